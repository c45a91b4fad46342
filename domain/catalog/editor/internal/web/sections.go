package web

import (
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/strictyaml"
	"maru/platform/web"
)

// serviceFile is what most sections edit.
const serviceFile = "service.yaml"

// section is one page of a draft. It edits either top keys of service.yaml or
// whole files.
type section struct {
	name  string
	keys  []string // of service.yaml
	files []string
	list  string // the list whose items have pages of their own
	form  func(p *part) []group
	apply func(c *change)
}

// sections in the order in which one fills them in.
var sections = []section{
	{name: "basics", keys: []string{"title", "summary", "who", "fee", "time_limit", "papers", "channels", "directions", "unverified"}, form: basics, apply: setBasics},
	{name: "text-ko", files: []string{"text.ko.md"}},
	{name: "text-en", files: []string{"text.en.md"}},
	{name: "text-easy", files: []string{"text.ko-easy.md"}},
	{name: "questions", keys: []string{"questions"}, list: "questions", form: question, apply: setQuestion},
	{name: "rules", keys: []string{"eligibility"}, list: "eligibility", form: rule, apply: setRule},
	{name: "work", keys: []string{"steps", "decisions", "four_eyes"}, form: work, apply: setWork},
	{name: "words", keys: []string{"terms"}, files: []string{"utterances.ko.txt", "utterances.en.txt"}},
	{name: "examples", files: []string{"examples.yaml"}},
}

func sectionNamed(name string) (section, bool) {
	i := slices.IndexFunc(sections, func(s section) bool { return s.name == name })
	if i < 0 {
		return section{}, false
	}
	return sections[i], true
}

// sectionOf is where a finding can be put right, "" where only the source has
// it.
func sectionOf(files map[string]string, f editor.Finding) string {
	if f.Elsewhere {
		return ""
	}
	key := ""
	if f.File == serviceFile {
		if path := pathOf(files[serviceFile], f); len(path) > 0 {
			key = path[0]
		}
	}
	for _, s := range sections {
		if f.File == serviceFile && slices.Contains(s.keys, key) || slices.Contains(s.files, f.File) {
			return s.name
		}
	}
	return ""
}

// changedSections tells which sections differ from what is in force.
func changedSections(d *editor.Work) map[string]bool {
	out := map[string]bool{}
	mark := func(in func(section) bool) {
		for _, s := range sections {
			if in(s) {
				out[s.name] = true
			}
		}
	}
	for name := range d.Changed() {
		if name != serviceFile {
			mark(func(s section) bool { return slices.Contains(s.files, name) })
		}
	}
	old, now := strictyaml.Blocks([]byte(d.Now[serviceFile])), strictyaml.Blocks([]byte(d.Files[serviceFile]))
	texts := map[string]string{}
	for _, b := range old.List {
		texts[b.Key] = b.Text
	}
	for _, b := range now.List {
		if texts[b.Key] != b.Text {
			mark(func(s section) bool { return slices.Contains(s.keys, b.Key) })
		}
		delete(texts, b.Key)
	}
	for key := range texts {
		mark(func(s section) bool { return slices.Contains(s.keys, key) })
	}
	return out
}

// The choices of the language of service.yaml (service.schema.json).
var (
	units      = []string{"immediate", "hours", "days", "weeks", "months", "years"}
	channels   = []string{"online", "visit", "phone", "post", "kiosk", "app"}
	decisions  = []string{"granted", "partly_granted", "refused", "accepted", "returned", "replied"}
	unverified = []string{"agency", "law", "who", "papers", "fee", "time_limit", "deadline", "channels", "directions", "eligibility", "outcome", "objection", "retention"}
)

func basics(p *part) []group {
	name := group{Title: p.label("name_group")}
	name.Fields = append(name.Fields, p.both("title", p.label("title"), 1)...)
	name.Fields = append(name.Fields, p.both("summary", p.label("summary"), 2)...)
	name.Fields = append(name.Fields, p.both("who", p.label("who"), 3)...)

	money := group{Title: p.label("fee")}
	money.Fields = append(money.Fields, p.number("fee.won", "fee_won"), p.number("fee.online_won", "fee_online"))
	money.Fields = append(money.Fields, p.both("fee.note", p.label("note"), 1)...)

	limit := group{Title: p.label("time_limit")}
	limit.Fields = append(limit.Fields,
		field{Kind: "select", Name: "time_limit.unit", Label: p.label("limit_unit"), Value: p.text("time_limit.unit"), Options: p.options("catalog.editor.unit.", units), Empty: p.r.T("catalog.editor.not_stated")},
		p.number("time_limit.value", "limit_value"),
		field{Kind: "select", Name: "time_limit.rule", Label: p.label("limit_rule"), Value: p.text("time_limit.rule"), Options: []design.Option{{Value: "civil", Label: p.r.T("catalog.editor.rule.civil")}}, Empty: p.r.T("catalog.editor.rule.petitions")})
	limit.Fields = append(limit.Fields, p.both("time_limit.note", p.label("note"), 1)...)

	papers := group{Title: p.label("papers"), Hint: p.r.T("catalog.editor.rows_hint")}
	for i := range p.file.Len("papers") + blanks {
		row := "papers." + strconv.Itoa(i)
		papers.Fields = append(papers.Fields, p.both(row, p.r.T("catalog.editor.row", "what", p.label("paper"), "n", i+1), 1)...)
	}

	ways := group{Title: p.label("ways"), Fields: []field{
		{Kind: "checkboxes", Name: "channels", Label: p.label("channels"), Values: p.file.Texts("channels"), Options: p.options("catalog.channel.", channels)},
	}}
	ways.Fields = append(ways.Fields, p.both("directions.text", p.label("directions"), 3)...)
	ways.Fields = append(ways.Fields, p.line("directions.url", "url", ""), p.line("directions.phone", "phone", "m"))

	sure := group{Title: p.label("unverified"), Hint: p.r.T("catalog.editor.unverified_hint")}
	listed := p.file.Texts("unverified")
	choices := unverified
	for _, v := range listed {
		if !slices.Contains(choices, v) {
			choices = append(slices.Clone(choices), v)
		}
	}
	f := field{Kind: "checkboxes", Name: "unverified", Label: p.label("unverified_fields"), Values: listed}
	for _, v := range choices {
		f.Options = append(f.Options, design.Option{Value: v, Label: fieldName(p.r, v)})
	}
	sure.Fields = append(sure.Fields, f)
	return []group{name, money, limit, papers, ways, sure}
}

func setBasics(c *change) {
	for _, name := range []string{"title", "summary", "who"} {
		c.setBoth(name)
	}
	if c.get("fee.won") == "" && c.get("fee.online_won") == "" && c.get("fee.note.ko") == "" && c.get("fee.note.en") == "" {
		c.file.Remove("fee")
	} else {
		c.setNumber("fee.won")
		c.setNumber("fee.online_won")
		c.setBoth("fee.note")
	}
	if c.get("time_limit.unit") == "" {
		c.file.Remove("time_limit")
	} else {
		c.setText("time_limit.unit")
		c.setNumber("time_limit.value")
		c.setText("time_limit.rule")
		c.setBoth("time_limit.note")
	}
	c.setRows("papers", []string{"ko", "en"}, c.setBoth)
	c.setList("channels", channels)
	if c.get("directions.text.ko") == "" && c.get("directions.text.en") == "" && c.get("directions.url") == "" && c.get("directions.phone") == "" {
		c.file.Remove("directions")
	} else {
		c.setBoth("directions.text")
		c.setText("directions.url")
		c.setText("directions.phone")
	}
	choices := unverified
	for _, v := range c.file.Texts("unverified") {
		if !slices.Contains(choices, v) {
			choices = append(slices.Clone(choices), v)
		}
	}
	c.setList("unverified", choices)
}

func question(p *part) []group {
	ask := group{Title: p.label("question_group"), Fields: []field{
		{Kind: "text", Name: "id", Label: p.label("id"), Hint: p.r.T("catalog.editor.id_hint"), Value: p.text("id"), Width: "m"},
		{Kind: "select", Name: "type", Label: p.label("type"), Value: p.text("type"), Options: p.types(), Empty: p.r.T("catalog.editor.choose_one")},
	}}
	ask.Fields = append(ask.Fields, p.both("title", p.label("question"), 1)...)
	ask.Fields = append(ask.Fields, p.both("hint", p.label("hint"), 2)...)
	ask.Fields = append(ask.Fields, p.flag("optional", "optional"))

	options := group{Title: p.label("options"), Hint: p.r.T("catalog.editor.options_hint")}
	for i := range p.file.Len(p.path("options")...) + blanks {
		row := "options." + strconv.Itoa(i)
		options.Fields = append(options.Fields, field{Kind: "text", Name: row + ".value", Label: p.r.T("catalog.editor.row", "what", p.label("option_value"), "n", i+1), Value: p.text(row + ".value"), Width: "m"})
		options.Fields = append(options.Fields, p.both(row+".text", p.r.T("catalog.editor.row", "what", p.label("option"), "n", i+1), 1)...)
	}

	when := group{Title: p.label("when"), Fields: p.condition("when", true)}

	var facts, of []design.Option
	for _, f := range p.svc.facts {
		facts = append(facts, design.Option{Value: f.Value, Label: f.Text + " (" + f.Value + ")"})
	}
	for _, q := range p.svc.questions {
		of = append(of, design.Option{Value: q.Value, Label: q.Text})
	}
	fill := group{Title: p.label("fill"), Hint: p.r.T("catalog.editor.fill_hint"), Fields: []field{
		{Kind: "select", Name: "fact", Label: p.label("fact"), Value: p.text("fact"), Options: facts, Empty: p.r.T("catalog.editor.no_fact")},
		p.flag("confirmed", "confirmed"),
		{Kind: "select", Name: "from", Label: p.label("from"), Value: p.text("from"), Options: p.options("catalog.editor.from.", []string{"household", "family"}), Empty: p.r.T("catalog.editor.nobody")},
		{Kind: "select", Name: "of", Label: p.label("of"), Value: p.text("of"), Options: of, Empty: p.r.T("catalog.editor.applicant")},
	}}
	bounds := group{Title: p.label("bounds"), Hint: p.r.T("catalog.editor.bounds_hint"), Fields: []field{p.number("min", "min"), p.number("max", "max"), p.flag("past", "past"), p.flag("future", "future")}}
	return []group{ask, options, when, fill, bounds}
}

// types are the types of questions; one that this page has no word for is
// shown as it is called in the file.
func (p *part) types() []design.Option {
	var out []design.Option
	for _, t := range contract.QuestionTypes {
		out = append(out, design.Option{Value: t, Label: typeName(p.r, t)})
	}
	return out
}

var namedTypes = []string{"text", "longtext", "int", "money", "bool", "date", "enum", "set", "region", "agency", "person", "persons", "file", "counts", "list", "slot"}

func typeName(r *web.Request, t string) string {
	if slices.Contains(namedTypes, t) {
		return r.T("catalog.editor.type." + t)
	}
	return t
}

func setQuestion(c *change) {
	c.setText("id")
	c.setText("type")
	c.setBoth("title")
	c.setBoth("hint")
	c.setFlag("optional")
	c.setRows("options", []string{"value", "text.ko", "text.en"}, func(row string) {
		c.setText(row + ".value")
		c.setBoth(row + ".text")
	})
	c.setCondition("when")
	c.setText("fact")
	c.setFlag("confirmed")
	c.setText("from")
	c.setText("of")
	c.setNumber("min")
	c.setNumber("max")
	c.setFlag("past")
	c.setFlag("future")
}

func rule(p *part) []group {
	words := group{Title: p.label("else_group"), Hint: p.r.T("catalog.editor.else_hint")}
	words.Fields = append(words.Fields, p.both("else", p.label("else"), 2)...)
	words.Fields = append(words.Fields, p.line("article", "article", "m"))
	return []group{{Title: p.label("if"), Fields: p.condition("if", false)}, words}
}

func setRule(c *change) {
	c.setCondition("if")
	c.setBoth("else")
	c.setText("article")
}

func work(p *part) []group {
	steps := group{Title: p.label("steps"), Hint: p.r.T("catalog.editor.rows_hint")}
	for i := range p.file.Len("steps") + blanks {
		row := "steps." + strconv.Itoa(i)
		steps.Fields = append(steps.Fields, field{Kind: "text", Name: row + ".id", Label: p.r.T("catalog.editor.row", "what", p.label("id"), "n", i+1), Value: p.text(row + ".id"), Width: "m"})
		steps.Fields = append(steps.Fields, p.both(row+".title", p.r.T("catalog.editor.row", "what", p.label("step"), "n", i+1), 1)...)
	}
	end := group{Title: p.label("decisions"), Fields: []field{
		{Kind: "checkboxes", Name: "decisions", Label: p.label("decisions_which"), Values: p.file.Texts("decisions"), Options: p.options("catalog.editor.decision.", decisions)},
		p.flag("four_eyes", "four_eyes"),
	}}
	return []group{steps, end}
}

func setWork(c *change) {
	c.setRows("steps", []string{"id", "title.ko", "title.en"}, func(row string) {
		c.setText(row + ".id")
		c.setBoth(row + ".title")
	})
	c.setList("decisions", decisions)
	c.setFlag("four_eyes")
}

// wordsForm edits terms and utterances, one a line.
func wordsForm(p *part, files map[string]string) []group {
	area := func(name, key, value, lang string) group {
		return group{Title: p.label(key), Hint: p.r.T("catalog.editor.lines_hint"), Fields: []field{{Kind: "textarea", Name: name, Label: p.label(key), Value: value, Rows: 14, Lang: lang}}}
	}
	return []group{
		area("utterances.ko", "utterances_ko", files["utterances.ko.txt"], "ko"),
		area("utterances.en", "utterances_en", files["utterances.en.txt"], "en"),
		area("terms", "terms", strings.Join(p.file.Texts("terms"), "\n"), ""),
	}
}

// fieldName is what people call a top key of service.yaml.
func fieldName(r *web.Request, key string) string {
	top, more, _ := strings.Cut(key, ".")
	name := top
	if slices.Contains(namedFields, top) {
		name = r.T("catalog.editor.key." + top)
	}
	if more != "" {
		return name + " (" + key + ")"
	}
	return name
}

var namedFields = []string{"title", "summary", "agency", "law", "who", "parties", "papers", "fee", "time_limit", "deadline", "life_events", "channels", "directions", "terms", "questions",
	"eligibility", "steps", "decisions", "four_eyes", "auto", "outcome", "uploads", "objection", "retention", "unverified"}

// list is one line for each item of a section's list.
type item struct {
	N           int
	Title, Note string
	Href        string
	Errors      int
	First, Last bool
}

func (p *Pages) items(r *web.Request, d *editor.Work, s section, f *strictyaml.File, report *editor.Report) []item {
	var out []item
	n := f.Len(s.list)
	for i := range n {
		at := []string{s.list, strconv.Itoa(i)}
		x := item{N: i, Href: r.Link(draftPath(d.ID, "/edit/"+s.name+"/"+at[1])), First: i == 0, Last: i == n-1}
		get := func(names ...string) string { return f.Text(append(slices.Clone(at), names...)...) }
		lang := "ko"
		if r.Lang == kernel.EN {
			lang = "en"
		}
		switch s.name {
		case "questions":
			x.Title = get("title", lang)
			x.Note = typeName(r, get("type")) + " · " + get("id")
			if f.Has(append(slices.Clone(at), "when")...) {
				x.Note += " · " + r.T("catalog.editor.sometimes")
			}
		default:
			x.Title, x.Note = get("else", lang), get("article")
		}
		if x.Title == "" {
			x.Title = r.T("catalog.editor.untitled", "n", i+1)
		}
		for _, found := range report.Of(serviceFile) {
			if path := pathOf(d.Files[serviceFile], found); len(path) > 1 && path[0] == s.list && path[1] == at[1] && found.Severity == "error" {
				x.Errors++
			}
		}
		out = append(out, x)
	}
	return out
}
