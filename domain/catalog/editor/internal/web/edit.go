package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maru/domain/catalog"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/strictyaml"
	"maru/platform/web"
)

type editView struct {
	*editor.Work
	Service  kernel.Text
	Name     string // of the section
	Title    string
	Hint     string
	Action   string // where the form goes
	Back     string
	BackText string
	Groups   []group
	Items    []item
	Add      string // what a new item is called, on the button
	Remove   bool   // the item may be taken out
	N        int
	Findings []findingLine
	Text     string // Markdown to show as it will look
	TextLang string
	Examples []editor.Example
	Sections []link
	Preview  string
	Stale    bool // the words are those typed, the draft went on
}

type link struct {
	Text, Href string
	Current    bool
}

// section shows the page of a section.
func (p *Pages) section(w http.ResponseWriter, r *web.Request) error {
	d, s, err := p.editing(r)
	if err != nil {
		return err
	}
	return p.showSection(w, r, d, s, -1, nil, nil)
}

// item shows one item of a section's list; "new" is one that is not there yet.
func (p *Pages) item(w http.ResponseWriter, r *web.Request) error {
	d, s, n, err := p.editingItem(r)
	if err != nil {
		return err
	}
	return p.showSection(w, r, d, s, n, nil, nil)
}

func (p *Pages) editing(r *web.Request) (*editor.Work, section, error) {
	d, err := p.open(r)
	if err != nil {
		return nil, section{}, err
	}
	s, ok := sectionNamed(r.PathValue("section"))
	if !ok {
		return nil, s, kernel.E(kernel.NotFound, "catalog.editor.no_section", nil)
	}
	if !d.MayWrite {
		return nil, s, kernel.E(kernel.Conflict, "catalog.editor.not_open", nil)
	}
	return d, s, nil
}

func (p *Pages) editingItem(r *web.Request) (*editor.Work, section, int, error) {
	d, s, err := p.editing(r)
	if err != nil {
		return nil, s, 0, err
	}
	n := 0
	if f, _ := strictyaml.Open([]byte(d.Files[serviceFile])); f != nil && s.list != "" {
		n = f.Len(s.list)
	}
	if r.PathValue("item") == "new" && s.list != "" {
		return d, s, n, nil
	}
	i, err := strconv.Atoi(r.PathValue("item"))
	if err != nil || i < 0 || i >= n {
		return nil, s, 0, kernel.E(kernel.NotFound, "catalog.editor.no_question", err)
	}
	return d, s, i, nil
}

// part is what a page edits; nil where service.yaml cannot be read.
func (p *Pages) part(r *web.Request, d *editor.Work, s section, n int) *part {
	f, _ := strictyaml.Open([]byte(d.Files[serviceFile]))
	if f == nil {
		return nil
	}
	f.Order = order
	x := &part{r: r, p: p, file: f}
	before := f.Len("questions")
	if n >= 0 {
		x.at = []string{s.list, strconv.Itoa(n)}
		if s.list == "questions" {
			before = min(before, n)
		}
	}
	lang := string(r.Lang)
	for i := range before {
		at := strconv.Itoa(i)
		x.svc.questions = append(x.svc.questions, choice{f.Text("questions", at, "id"), f.Text("questions", at, "title", lang)})
	}
	for _, id := range p.cat.FactIDs() {
		if fact, ok := p.cat.Fact(id); ok {
			x.svc.facts = append(x.svc.facts, choice{id, fact.Title.In(r.Lang)})
		}
	}
	return x
}

// groups are the form of a section, or of an item.
func (p *Pages) groups(d *editor.Work, s section, x *part, n int) []group {
	switch {
	case x != nil && s.name == "words":
		return wordsForm(x, d.Files)
	case len(s.files) == 1:
		name := s.files[0]
		f := field{Kind: "textarea", Name: formName(name), Label: name, Value: d.Files[name], Rows: 22}
		if strings.HasPrefix(name, "text.") {
			f.Lang, _, _ = strings.Cut(strings.TrimPrefix(name, "text."), ".")
			f.Lang, _, _ = strings.Cut(f.Lang, "-")
		}
		return []group{{Fields: []field{f}}}
	case x == nil || s.form == nil || s.list != "" && n < 0:
		return nil
	}
	return s.form(x)
}

// formName is the input's name for a whole file.
func formName(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(file, ".txt"), ".md")
}

func (p *Pages) showSection(w http.ResponseWriter, r *web.Request, d *editor.Work, s section, n int, typed url.Values, fail error) error {
	report, err := p.s.Check(r.Context(), d)
	if err != nil {
		return err
	}
	x := p.part(r, d, s, n)
	v := editView{Work: d, Service: d.InForce.Title, Name: s.name, N: n, Title: r.T("catalog.editor.section." + s.name), Hint: r.T("catalog.editor.section_hint." + s.name),
		Back: draftPath(d.ID, ""), BackText: r.T("catalog.editor.back_draft"), Action: draftPath(d.ID, "/edit/"+s.name), Groups: p.groups(d, s, x, n)}
	if x == nil && len(v.Groups) == 0 {
		return p.srv.Redirect(w, r, draftPath(d.ID, "/files/"+serviceFile))
	}
	if s.list != "" && x != nil {
		p.listPage(r, &v, s, x, n, report)
	}
	v.sections(r, s)
	var at []string
	if x != nil {
		at = x.at
	}
	status := http.StatusOK
	rest, marks := p.marks(r, d, s, at, v.Groups, report)
	if n < 0 && s.list != "" {
		marks, rest = nil, nil // each item shows its own
	}
	if n >= 0 && x != nil && n == x.file.Len(s.list) {
		marks, rest = nil, nil // nothing is there yet
	}
	if fail != nil {
		status, marks = 0, fail
		v.Stale = kernel.KindOf(fail) == kernel.Conflict
	}
	if typed != nil {
		retype(v.Groups, typed)
	}
	v.Findings = p.findings(r, d.ID, rest, 30)
	if strings.HasPrefix(s.name, "text-") {
		v.Text = d.Files[s.files[0]]
		v.TextLang = v.Groups[0].Fields[0].Lang
		v.Preview = draftPath(d.ID, "/preview")
		if s.name == "text-easy" {
			v.Preview += "?text=easy"
		}
	}
	if s.name == "examples" {
		v.Examples = report.Examples
	}
	return p.srv.Render(w, r, views, web.View{Template: "edit", Title: v.Title + " - " + v.Service.In(r.Lang), Data: v, Active: nav(r), Err: marks, Status: status})
}

// listPage fills in what pages of lists have: the list, or one item of it.
func (p *Pages) listPage(r *web.Request, v *editView, s section, x *part, n int, report *editor.Report) {
	v.Add = r.T("catalog.editor.add." + s.name)
	if n < 0 {
		v.Items = p.items(r, v.Work, s, x.file, report)
		return
	}
	v.Back, v.BackText = draftPath(v.ID, "/edit/"+s.name), v.Title
	if n < x.file.Len(s.list) {
		v.Title, v.Remove, v.Action = r.T("catalog.editor.item."+s.name, "n", n+1), true, v.Action+"/"+strconv.Itoa(n)
		if s.list == "questions" {
			v.Preview = draftPath(v.ID, "/preview/"+x.text("id"))
		}
	} else {
		v.Title, v.Action = r.T("catalog.editor.new."+s.name), v.Action+"/new"
	}
	v.Hint = ""
}

func (v *editView) sections(r *web.Request, here section) {
	for _, s := range sections {
		v.Sections = append(v.Sections, link{r.T("catalog.editor.section." + s.name), r.Link(draftPath(v.ID, "/edit/"+s.name)), s.name == here.name})
	}
}

// retype puts what was typed back into the inputs.
func retype(groups []group, typed url.Values) {
	for _, g := range groups {
		for i := range g.Fields {
			f := &g.Fields[i]
			f.Value, f.Values = typed.Get(f.Name), typed[f.Name]
		}
	}
}

func (p *Pages) sectionSave(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	d, s, err := p.editing(r)
	if err != nil {
		return err
	}
	if s.list != "" {
		return kernel.E(kernel.NotFound, "catalog.editor.no_section", nil)
	}
	return p.save(w, r, d, s, -1, form)
}

func (p *Pages) itemSave(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	d, s, n, err := p.editingItem(r)
	if err != nil {
		return err
	}
	return p.save(w, r, d, s, n, form)
}

// save applies a form to the draft. What was typed is never lost: wrong inputs
// and an older revision show the page again with it.
func (p *Pages) save(w http.ResponseWriter, r *web.Request, d *editor.Work, s section, n int, form url.Values) error {
	_, err := p.s.Save(r.Context(), r.Actor, d.ID, revision(form), func(files map[string]string) (map[string]string, error) {
		return p.changed(r, d, s, n, files, form)
	})
	if kernel.Is(err, kernel.Invalid) || stale(err) {
		if again, fresh := p.open(r); fresh == nil {
			d = again
		}
		return p.showSection(w, r, d, s, n, form, err)
	}
	if err != nil {
		return err
	}
	to := draftPath(d.ID, "/edit/"+s.name)
	if n >= 0 {
		to += "/" + strconv.Itoa(n)
	}
	p.srv.Flash(w, "catalog.editor.done.saved")
	return p.srv.Redirect(w, r, to)
}

func stale(err error) bool {
	var e *kernel.Error
	return kernel.Is(err, kernel.Conflict) && errors.As(err, &e) && e.Key == "catalog.editor.stale"
}

// changed are the files after a form was applied to them.
func (p *Pages) changed(r *web.Request, d *editor.Work, s section, n int, files map[string]string, form url.Values) (map[string]string, error) {
	out := map[string]string{}
	for k, v := range files {
		out[k] = v
	}
	for _, name := range s.files {
		if form.Has(formName(name)) {
			out[name] = form.Get(formName(name))
		}
	}
	if s.apply == nil && s.name != "words" {
		return out, nil
	}
	now := *d
	now.Files = files
	x := p.part(r, &now, s, n)
	if x == nil {
		return nil, kernel.E(kernel.Invalid, "catalog.editor.unreadable", nil)
	}
	c := &change{part: x, form: form, bad: kernel.E(kernel.Invalid, "catalog.editor.check_form", nil)}
	if s.name == "words" {
		c.setTerms()
	} else {
		if n >= 0 && n == x.file.Len(s.list) {
			all := make([]int, n, n+1)
			for i := range all {
				all[i] = i
			}
			c.fail("id", x.file.Arrange(append(all, -1), s.list))
		}
		s.apply(c)
	}
	if len(c.bad.Fields) > 0 {
		return nil, c.bad
	}
	text, err := x.file.Bytes()
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "catalog.editor.cannot", err)
	}
	out[serviceFile] = string(text)
	return out, nil
}

func (c *change) setTerms() {
	if list := lines(c.form.Get("terms")); len(list) > 0 {
		c.fail("terms", c.file.SetTexts(list, "terms"))
	} else {
		c.file.Remove("terms")
	}
}

// arrange moves an item of a list up or down, or takes it out.
func (p *Pages) arrange(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	d, s, err := p.editing(r)
	if err != nil {
		return err
	}
	if s.list == "" {
		return kernel.E(kernel.NotFound, "catalog.editor.no_section", nil)
	}
	act, at, _ := strings.Cut(form.Get("act"), " ")
	i, err := strconv.Atoi(at)
	if err != nil {
		return kernel.E(kernel.Invalid, "error.form", err)
	}
	_, err = p.s.Save(r.Context(), r.Actor, d.ID, revision(form), func(files map[string]string) (map[string]string, error) {
		f, _ := strictyaml.Open([]byte(files[serviceFile]))
		if f == nil {
			return nil, kernel.E(kernel.Invalid, "catalog.editor.unreadable", nil)
		}
		list := make([]int, f.Len(s.list))
		for n := range list {
			list[n] = n
		}
		if i < 0 || i >= len(list) {
			return nil, kernel.E(kernel.NotFound, "catalog.editor.no_question", nil)
		}
		switch {
		case act == "up" && i > 0:
			list[i-1], list[i] = list[i], list[i-1]
		case act == "down" && i+1 < len(list):
			list[i], list[i+1] = list[i+1], list[i]
		case act == "remove":
			list = slices.Delete(list, i, i+1)
		}
		if len(list) == 0 {
			f.Remove(s.list)
		} else if err := f.Arrange(list, s.list); err != nil {
			return nil, kernel.E(kernel.Invalid, "catalog.editor.cannot", err)
		}
		text, err := f.Bytes()
		if err != nil {
			return nil, kernel.E(kernel.Invalid, "catalog.editor.cannot", err)
		}
		return editor.Files(map[string]string{serviceFile: string(text)})(files)
	})
	if err != nil {
		return err
	}
	p.srv.Flash(w, "catalog.editor.done.saved")
	return p.srv.Redirect(w, r, draftPath(d.ID, "/edit/"+s.name))
}

type fileView struct {
	*editor.Work
	Service  kernel.Text
	Name     string
	Content  string
	Findings []findingLine
	Lines    []sourceLine // where there are findings, the lines with them
	Others   []link
}

type sourceLine struct {
	N     int
	Text  string
	Found []findingLine
}

// file shows a file of the draft as text, with the findings by line.
func (p *Pages) file(w http.ResponseWriter, r *web.Request) error {
	d, err := p.open(r)
	if err != nil {
		return err
	}
	return p.showFile(w, r, d, d.Files[r.PathValue("file")], nil)
}

func (p *Pages) showFile(w http.ResponseWriter, r *web.Request, d *editor.Work, content string, fail error) error {
	name := r.PathValue("file")
	if !slices.Contains(catalog.ServiceFiles(), name) {
		return kernel.E(kernel.NotFound, "catalog.editor.no_such_file", nil)
	}
	report, err := p.s.Check(r.Context(), d)
	if err != nil {
		return err
	}
	v := fileView{Work: d, Service: d.InForce.Title, Name: name, Content: content}
	found := report.Of(name)
	v.Findings = p.findings(r, d.ID, found, 200)
	byLine := map[int][]findingLine{}
	for _, f := range found {
		byLine[f.Line] = append(byLine[f.Line], p.findings(r, d.ID, []editor.Finding{f}, 1)...)
	}
	n := 0
	for line := range strings.Lines(d.Files[name]) {
		n++
		if len(byLine[n]) > 0 || !d.MayWrite {
			v.Lines = append(v.Lines, sourceLine{n, strings.TrimRight(line, "\n"), byLine[n]})
		}
	}
	for _, f := range catalog.ServiceFiles() {
		v.Others = append(v.Others, link{f, r.Link(draftPath(d.ID, "/files/"+f)), f == name})
	}
	return p.srv.Render(w, r, views, web.View{Template: "source", Title: name + " - " + v.Service.In(r.Lang), Data: v, Active: nav(r), Err: fail})
}

func (p *Pages) fileSave(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	d, err := p.open(r)
	if err != nil {
		return err
	}
	name := r.PathValue("file")
	_, err = p.s.Save(r.Context(), r.Actor, d.ID, revision(form), editor.Files(map[string]string{name: form.Get("content")}))
	if kernel.Is(err, kernel.Invalid) || stale(err) {
		if again, fresh := p.open(r); fresh == nil {
			d = again
		}
		return p.showFile(w, r, d, form.Get("content"), err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "catalog.editor.done.saved")
	return p.srv.Redirect(w, r, draftPath(d.ID, "/files/"+name))
}
