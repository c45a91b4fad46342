package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"maru/design"
	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

func (p *Pages) start(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	id, agree, err := p.s.Begin(r.Context(), r.Actor, form.Get("service"), nil)
	if err != nil {
		return err
	}
	if agree {
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s/consent", id))
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", id))
}

// asksConsent tells whether registers could fill something in that the person
// has not yet agreed to.
func (p *Pages) asksConsent(r *web.Request, c *casework.Case) (bool, error) {
	return p.s.AsksConsent(r.Context(), r.Actor, c)
}

type consentView struct {
	ID      kernel.ID
	Demand  string // where the data can be demanded of who holds it instead
	Service kernel.Text
	Agency  string
	Items   []string
	Years   int
}

func (p *Pages) consent(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	v := consentView{ID: c.ID, Demand: r.Link("/my-data/demands/new?bundle=service." + c.Service.ID), Service: c.Service.Title, Agency: p.s.Agencies.Name(c.Service.Agency.Body, r.Lang), Years: c.Service.Retention.Years}
	if v.Agency == "" {
		v.Agency = r.T("casework.consent.agency_later")
	}
	v.Items = p.s.Registers.Items(c.Service, r.Lang)
	return p.srv.Render(w, r, views, web.View{Template: "apply-consent", Title: r.T("casework.consent.title"), Data: v, Active: "applications"})
}

func (p *Pages) consentSave(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if form.Get("agree") == "yes" {
		if err := p.s.Agree(r.Context(), r.Actor, id); err != nil {
			return err
		}
		p.srv.Flash(w, "casework.consent.filled")
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", id))
}

func (p *Pages) mineByPath(r *web.Request) (*casework.Case, error) {
	id, err := pathID(r, "id")
	if err != nil {
		return nil, err
	}
	return p.s.Open(r.Context(), r.Actor, id)
}

type tasksView struct {
	ID      kernel.ID
	Service kernel.Text
	Saved   kernel.Time
	Consent string // where to agree, "" when there is nothing to agree to
	Agreed  bool
	Tasks   []design.Task
	Next    string // where the button leads
	Ready   bool
	// Declined: it came back because somebody did not confirm it.
	Declined bool
	Deadline *deadline
}

// deadline is until when the law wants an application, nil while it cannot be
// counted.
type deadline struct {
	Last kernel.Date
	Note kernel.Text
}

func (p *Pages) deadline(c *casework.Case) *deadline {
	last := p.s.LastDay(c)
	if last.IsZero() {
		return nil
	}
	return &deadline{last, c.Service.Deadline.Note}
}

// tasks shows a draft as a list of what is done and what is left.
func (p *Pages) tasks(w http.ResponseWriter, r *web.Request, c *casework.Case) error {
	if done, err := p.inBundle(w, r, c.ID, ""); done || err != nil {
		return err
	}
	v := tasksView{ID: c.ID, Service: c.Service.Title, Saved: c.UpdatedAt, Ready: true, Deadline: p.deadline(c)}
	if n := len(c.Events); n > 0 {
		v.Declined = c.Events[n-1].Act == "declined"
	}
	asks, err := p.asksConsent(r, c)
	if err != nil {
		return err
	}
	if r.Actor.Proven() && r.Actor.Can(authz.GiveConsent) && len(p.s.Registers.Items(c.Service, r.Lang)) > 0 {
		v.Consent, v.Agreed = fmt.Sprintf("/applications/%s/consent", c.ID), !asks
	}
	for _, q := range c.Content.Shown(c.Service, p.today()) {
		t := design.Task{Text: q.Title.In(r.Lang), Href: r.Link(questionPath(c.ID, q.ID)), Status: r.T("casework.task.todo"), Tone: "info"}
		_, asked := c.Content.Answers[q.ID]
		_, filled := c.Content.Sources[q.ID]
		_, told := c.Content.Told[q.ID]
		switch {
		case asked && told:
			t.Status, t.Tone = r.T("casework.task.told"), "success"
		case asked && filled:
			t.Status, t.Tone = r.T("casework.task.filled"), "success"
		case asked:
			t.Status, t.Tone = r.T("casework.task.done"), "success"
		case q.Optional:
			t.Status, t.Tone = r.T("casework.task.optional"), "neutral"
		default:
			v.Ready = false
		}
		if !asked && v.Next == "" {
			v.Next = questionPath(c.ID, q.ID)
		}
		v.Tasks = append(v.Tasks, t)
	}
	if v.Next == "" {
		v.Next = fmt.Sprintf("/applications/%s/check", c.ID)
	}
	return p.srv.Render(w, r, views, web.View{Template: "apply-tasks", Title: c.Service.Title.In(r.Lang), Data: v, Active: "applications"})
}

func questionPath(id kernel.ID, question string) string {
	return fmt.Sprintf("/applications/%s/questions/%s", id, question)
}

type questionView struct {
	ID       kernel.ID
	Service  kernel.Text
	Q        *catalog.Question
	Value    kernel.Value
	Typed    map[string]string // parts of a date as they were typed
	Other    string            // typed names
	Options  []design.Option
	Members  bool
	Source   *casework.Source
	Told     kernel.Date // when the applicant told it elsewhere
	Confirm  bool        // shown, not asked
	Words    string
	Files    []fileRow
	Accept   string
	MaxBytes int64
	From     string // "check": come back to the check page
	Back     string
	At, Of   int
	// Correcting: files are added to an application that is already handed in.
	Correcting bool
	// Where the forms and the way out lead; Preview is the way back of an
	// editor who only looks, "" else.
	Action, FileAction, Home, Preview string
	Counts                            []countField
	Lines                             string // of a list, as it is typed
	Days                              []openDay
	Visit                             *catalog.Visit
	Place                             string // name of the office that receives, "" while it is open
}

type fileRow struct {
	ID   kernel.ID
	Name string
	Size int64
	Href string
}

func (p *Pages) question(w http.ResponseWriter, r *web.Request) error {
	c, q, err := p.shown(r)
	if err != nil {
		return err
	}
	return p.renderQuestion(w, r, c, q, c.Content.Answers[q.ID], nil, nil)
}

// shown finds the question of the path, if it can be answered now: any of a
// draft, and files while the office waits for a correction.
func (p *Pages) shown(r *web.Request) (*casework.Case, *catalog.Question, error) {
	c, err := p.mineByPath(r)
	if err != nil {
		return nil, nil, err
	}
	q, ok := c.Service.Question(r.PathValue("question"))
	if !ok {
		return nil, nil, kernel.E(kernel.NotFound, "casework.error.no_question", nil)
	}
	if c.Status != casework.Draft && (c.Status != casework.Correction || q.Type != "file") {
		return nil, nil, kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", c.Status)
	}
	return c, q, nil
}

func (p *Pages) renderQuestion(w http.ResponseWriter, r *web.Request, c *casework.Case, q *catalog.Question, value kernel.Value, typed url.Values, fail error) error {
	v, err := p.viewQuestion(r, c, q, value, typed, fail)
	if err != nil {
		return err
	}
	return p.srv.Render(w, r, views, web.View{Template: "apply-question", Title: q.Title.In(r.Lang) + " - " + c.Service.Title.In(r.Lang), Data: v,
		Active: "applications", Err: fail})
}

// viewQuestion is everything that the page of a question shows.
func (p *Pages) viewQuestion(r *web.Request, c *casework.Case, q *catalog.Question, value kernel.Value, typed url.Values, fail error) (questionView, error) {
	members := c.Content.Known()
	v := questionView{ID: c.ID, Service: c.Service.Title, Q: q, Value: value, From: r.URL.Query().Get("from"), Members: len(members) > 0,
		Words: p.s.Words(q, value, members, c.Files, r.Lang)}
	if src, ok := c.Content.Sources[q.ID]; ok {
		src.Registry = p.s.Registers.Registry(src.Registry, r.Lang)
		v.Source = &src
		v.Confirm = q.Confirmed && !src.Disputed && fail == nil && r.URL.Query().Get("edit") == ""
	}
	v.Told = c.Content.Told[q.ID]
	v.Options = p.choices(r, c.Service, q, members)
	if q.Type == "persons" || q.Type == "person" {
		v.Other = strings.Join(typedNames(value, members), "\n")
	}
	if typed != nil {
		v.From = typed.Get("from")
		v.Typed = map[string]string{"year": typed.Get(q.ID + "-year"), "month": typed.Get(q.ID + "-month"), "day": typed.Get(q.ID + "-day")}
		v.Other = typed.Get(q.ID + "-other")
	}
	v.Lines = lines(value)
	switch q.Type {
	case "counts":
		v.Counts = countFields(r, q, value, typed)
	case "list":
		if typed != nil {
			v.Lines = typed.Get(q.ID)
		}
	case "slot":
		days, agency, err := p.s.Openings(r.Context(), c)
		if err != nil {
			return v, err
		}
		v.Visit = c.Service.Visit
		v.Days, v.Place = openDays(r, days, value.Text()), p.s.Agencies.Name(agency, r.Lang)
	}
	if q.Type == "file" {
		_, l := casework.UploadLimits(c.Service)
		v.MaxBytes = l.MaxBytes
		for _, t := range l.Types {
			v.Accept += map[string]string{"pdf": ".pdf,", "png": ".png,", "jpeg": ".jpg,.jpeg,"}[t]
		}
		v.Accept = strings.TrimSuffix(v.Accept, ",")
		for _, f := range c.Files {
			if f.Question == q.ID {
				v.Files = append(v.Files, fileRow{f.ID, f.Name, f.Size, fmt.Sprintf("/applications/%s/files/%s", c.ID, f.ID)})
			}
		}
	}
	shown := c.Content.Shown(c.Service, p.today())
	v.Action, v.Home = questionPath(c.ID, q.ID), fmt.Sprintf("/applications/%s", c.ID)
	v.FileAction = v.Action + "/file"
	v.Back, v.Of = v.Home, len(shown)
	for i, s := range shown {
		if s.ID == q.ID {
			v.At = i + 1
			if i > 0 {
				v.Back = questionPath(c.ID, shown[i-1].ID)
			}
		}
	}
	if c.Status == casework.Correction {
		v.Back, v.Correcting = fmt.Sprintf("/applications/%s/correct", c.ID), true
	}
	return v, nil
}

// choices are what a question offers.
func (p *Pages) choices(r *web.Request, svc *catalog.Service, q *catalog.Question, members []casework.Member) []design.Option {
	var out []design.Option
	switch q.Type {
	case "bool":
		out = append(out, design.Option{Value: "true", Label: r.T("casework.yes")}, design.Option{Value: "false", Label: r.T("casework.no")})
	case "enum", "set":
		for _, o := range q.Options {
			label := o.Text.In(r.Lang)
			if o.Won > 0 {
				label = r.T("casework.counts.priced", "what", label, "won", o.Won)
			}
			out = append(out, design.Option{Value: o.Value, Label: label})
		}
	case "region":
		for _, g := range p.s.Agencies.Regions(p.today(), r.Lang) {
			for _, c := range g.Choices {
				out = append(out, design.Option{Value: c.Value, Label: c.Text})
			}
		}
	case "person", "persons":
		for _, m := range members {
			if m.Person == r.Actor.Person && confirms(svc, q.ID) {
				continue // nobody confirms to themselves
			}
			o := design.Option{Value: m.Person, Label: m.Name}
			if m.Relation != "" {
				o.Hint = r.T("casework.relation." + m.Relation)
			}
			out = append(out, o)
		}
	case "agency":
		for _, b := range p.s.Agencies.Bodies(catalog.AgencyRule{}, p.today(), r.Lang) {
			out = append(out, design.Option{Value: b.Value, Label: b.Text})
		}
	}
	return out
}

// confirms tells whether the person of a question has to confirm.
func confirms(svc *catalog.Service, question string) bool {
	return slices.ContainsFunc(svc.Parties, func(p catalog.Party) bool {
		return p.Question == question && (p.Role == "cosigner" || p.Role == "witness")
	})
}

// typedNames are the persons of an answer that are no known members.
func typedNames(v kernel.Value, members []casework.Member) []string {
	set, ok := v.Set()
	if !ok && v.Known() {
		set = []string{v.Text()}
	}
	var out []string
next:
	for _, s := range set {
		for _, m := range members {
			if m.Person == s {
				continue next
			}
		}
		out = append(out, s)
	}
	return out
}

func (p *Pages) questionSave(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	c, q, err := p.shown(r)
	if err != nil {
		return err
	}
	if c.Status == casework.Correction {
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s/correct", c.ID))
	}
	value, err := read(q, form)
	if form.Get("confirm") != "" {
		value, err = c.Content.Answers[q.ID], nil // what was shown is right as it is
	}
	if err == nil && q.Type == "file" {
		value = c.Content.Answers[q.ID] // files come and go by their own posts
		if !value.Known() && !q.Optional {
			err = kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(q.ID, "casework.answer.missing.file", nil)
		}
	}
	if err == nil {
		err = p.s.Answer(r.Context(), r.Actor, c.ID, q.ID, value)
	}
	if kernel.Is(err, kernel.Invalid) {
		if q.Type == "file" {
			err = rename(err, q.ID, "file")
		}
		return p.renderQuestion(w, r, c, q, value, form, err)
	}
	if err != nil {
		return err
	}
	if form.Get("from") == "check" {
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s/check", c.ID))
	}
	return p.nextQuestion(w, r, c.ID, q.ID)
}

// nextQuestion goes to the first question after this one that has no answer,
// or to the check page.
func (p *Pages) nextQuestion(w http.ResponseWriter, r *web.Request, id kernel.ID, after string) error {
	if done, err := p.inBundle(w, r, id, "next"); done || err != nil {
		return err
	}
	c, err := p.s.Open(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	shown := c.Content.Shown(c.Service, p.today())
	past := false
	for _, q := range shown {
		if _, asked := c.Content.Answers[q.ID]; past && !asked {
			return p.srv.Redirect(w, r, questionPath(id, q.ID))
		}
		past = past || q.ID == after
	}
	for _, q := range shown {
		if _, asked := c.Content.Answers[q.ID]; !asked && !q.Optional {
			return p.srv.Redirect(w, r, questionPath(id, q.ID))
		}
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s/check", id))
}

// read takes a question's answer out of a posted form.
func read(q *catalog.Question, form url.Values) (kernel.Value, error) {
	switch q.Type {
	case "date":
		d, err := web.FormDate(form, q.ID)
		return kernel.DateValueOf(d), err
	case "set":
		return kernel.SetOf(form[q.ID]...), nil
	case "persons":
		all := append([]string(nil), form[q.ID]...)
		for _, n := range strings.FieldsFunc(form.Get(q.ID+"-other"), func(r rune) bool { return r == '\n' || r == ',' }) {
			if n = strings.TrimSpace(n); n != "" {
				all = append(all, n)
			}
		}
		return kernel.SetOf(all...), nil
	case "person":
		if other := strings.TrimSpace(form.Get(q.ID + "-other")); other != "" {
			return kernel.TextOf(other), nil
		}
	case "counts":
		return readCounts(q, form), nil
	case "list":
		return readList(form.Get(q.ID)), nil
	case "file":
		return kernel.Value{}, nil
	}
	return kernel.TextOf(form.Get(q.ID)), nil
}

func (p *Pages) upload(w http.ResponseWriter, r *web.Request) error {
	c, q, err := p.shown(r)
	if err != nil {
		return err
	}
	took := 0
	_, err = r.ParseMultipart(func(_ url.Values, f web.File) error {
		took++
		_, err := p.s.Attach(r.Context(), r.Actor, c.ID, q.ID, f.Name, f.Body)
		return err
	})
	if err == nil && took == 0 {
		err = kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("file", "casework.answer.missing.file", nil)
	}
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.TooLarge || k == kernel.Limited) {
		fresh, oerr := p.s.Open(r.Context(), r.Actor, c.ID)
		if oerr != nil {
			return oerr
		}
		return p.renderQuestion(w, r, fresh, q, fresh.Content.Answers[q.ID], nil, ofFile(err))
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.file.added")
	return p.srv.Redirect(w, r, questionPath(c.ID, q.ID))
}

// ofFile points an error that names no input at the one for the file.
func ofFile(err error) error {
	var e *kernel.Error
	if !errors.As(err, &e) || e.Key == "" || len(e.Fields) > 0 {
		return err
	}
	return kernel.E(e.Kind, e.Key, err).Field("file", e.Key, e.Args)
}

func (p *Pages) fileRemove(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	file, err := pathID(r, "file")
	if err != nil {
		return err
	}
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	if err := p.s.Detach(r.Context(), r.Actor, id, file); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.file.removed")
	return p.srv.Redirect(w, r, questionPath(id, form.Get("question")))
}

func (p *Pages) file(w http.ResponseWriter, r *web.Request) error {
	return p.serve(w, r, "id", "file", p.s.FileFor)
}

// serve sends a stored file, once may lets the actor have it: of and name are
// the parts of the path that say what it belongs to and which it is.
func (p *Pages) serve(w http.ResponseWriter, r *web.Request, of, name string, may func(context.Context, authz.Actor, kernel.ID, kernel.ID) error) error {
	id, err := pathID(r, of)
	if err != nil {
		return err
	}
	file, err := pathID(r, name)
	if err != nil {
		return err
	}
	if err := may(r.Context(), r.Actor, id, file); err != nil {
		return err
	}
	return p.s.Blobs.Serve(w, r.Request, file)
}

type checkView struct {
	ID       kernel.ID
	Service  kernel.Text
	Rows     []design.Row
	Key      string
	Doubts   []kernel.Text
	Fee      kernel.Money
	FeeRows  []feeRow
	Missing  bool
	Cosigner bool
	Deadline *deadline
}

func (p *Pages) checkAnswers(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	if c.Status != casework.Draft {
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
	}
	if done, err := p.inBundle(w, r, c.ID, "check"); done || err != nil {
		return err
	}
	return p.renderCheck(w, r, c, nil)
}

func (p *Pages) renderCheck(w http.ResponseWriter, r *web.Request, c *casework.Case, fail error) error {
	v := checkView{ID: c.ID, Service: c.Service.Title, Key: p.key(), Deadline: p.deadline(c)}
	v.Fee, v.FeeRows = p.feeRows(r, c)
	rows, err := p.answerRows(r, c, true)
	if err != nil {
		return err
	}
	v.Rows = append(rows, p.takingRows(r, c)...)
	for _, q := range c.Content.Shown(c.Service, p.today()) {
		if a := c.Content.Answers[q.ID]; !a.Known() && !q.Optional {
			v.Missing = true
		}
	}
	env := catalog.Env{Answers: c.Content.Answers, Facts: c.Content.Facts, Today: p.today()}
	_, no, _ := c.Service.Eligible(env)
	for _, rule := range no {
		v.Doubts = append(v.Doubts, rule.Else)
	}
	for i := range c.Service.Parties {
		party := &c.Service.Parties[i]
		if party.Role == "cosigner" && catalog.Eval(party.When, env) == catalog.Yes && c.Content.Answers[party.Question].Known() {
			v.Cosigner = true
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "apply-check", Title: r.T("casework.check.title"), Data: v, Active: "applications", Err: fail})
}

// named says in each line of an error which question it is about: the check
// page shows all of them at once.
func named(r *web.Request, c *casework.Case, err error) error {
	var e *kernel.Error
	if !errors.As(err, &e) {
		return err
	}
	out := kernel.E(e.Kind, e.Key, err)
	for _, f := range e.Fields {
		q, ok := c.Service.Question(f.Field)
		if !ok {
			out.Field(f.Field, f.Key, f.Args)
			continue
		}
		var args []any
		for k, v := range f.Args {
			args = append(args, k, v)
		}
		out.Field(f.Field, "casework.check.wrong", map[string]any{"question": q.Title.In(r.Lang), "message": r.T(f.Key, args...)})
	}
	return out
}

// answerRows lists the answers in the order of the questions.
func (p *Pages) answerRows(r *web.Request, c *casework.Case, change bool) ([]design.Row, error) {
	members := c.Content.Known()
	var rows []design.Row
	for _, q := range c.Content.Shown(c.Service, p.today()) {
		row := design.Row{Key: q.Title.In(r.Lang), Value: p.s.Words(q, c.Content.Answers[q.ID], members, c.Files, r.Lang)}
		if src, ok := c.Content.Sources[q.ID]; ok {
			key := "casework.source.note"
			if src.Disputed {
				key = "casework.source.disputed"
			}
			row.Note = r.T(key, "registry", p.s.Registers.Registry(src.Registry, r.Lang), "date", src.AsOf)
		}
		if on, ok := c.Content.Told[q.ID]; ok {
			row.Note = r.T("casework.source.told", "date", on)
		}
		if change {
			row.ID, row.Href = q.ID, r.Link(questionPath(c.ID, q.ID))+"?from=check"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (p *Pages) submit(w http.ResponseWriter, r *web.Request) error {
	_, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	a, err := p.s.Submit(r.Context(), r.Actor, id, key)
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.Conflict) {
		c, oerr := p.s.Open(r.Context(), r.Actor, id)
		if oerr != nil {
			return oerr
		}
		return p.renderCheck(w, r, c, named(r, c, err))
	}
	if err != nil {
		return err
	}
	switch a.Status {
	case casework.Payment:
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s/pay", id))
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s/done", id))
}
