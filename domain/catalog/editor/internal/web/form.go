package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/kernel"
	"maru/platform/strictyaml"
	"maru/platform/web"
)

// order is where keys that a form adds go, in service.yaml and in its parts.
var order = []string{"id", "kind", "type", "value", "unit", "rule", "role", "online", "won", "online_won", "fact", "of", "from", "confirmed", "title", "summary", "agency", "law", "who",
	"text", "url", "phone", "hint", "optional", "options", "min", "max", "past", "future", "when", "if", "article", "else",
	"parties", "papers", "fee", "time_limit", "deadline", "life_events", "channels", "directions", "note", "terms", "questions", "eligibility",
	"share", "visit", "notices", "steps", "decisions", "four_eyes", "auto", "outcome", "uploads", "objection", "retention", "unverified"}

// group is a part of a form under one heading.
type group struct {
	Title, Hint string
	Fields      []field
}

// field is one input. Its name is the path in the part that the form edits,
// "title.ko".
type field struct {
	Kind    string // text textarea select radios checkboxes checkbox
	Name    string
	Label   string
	Hint    string
	Value   string
	Values  []string // of checkboxes
	Options []design.Option
	Empty   string // first line of a select
	Rows    int
	Width   string
	Number  bool
	Lang    string
	Pair    int // 1 and 2: the two languages of a text, side by side where there is room
}

// part is what one form edits: service.yaml, or the item of a list in it.
type part struct {
	r    *web.Request
	p    *Pages
	file *strictyaml.File
	at   []string // path of the item, nil for the whole file
	svc  services // what choices are made of
}

// services is what a form knows of the service beside the part it edits.
type services struct {
	questions []choice // asked before the item
	facts     []choice
}

type choice struct{ Value, Text string }

func (p *part) path(name string) []string {
	return append(slices.Clone(p.at), strings.Split(name, ".")...)
}

func (p *part) text(name string) string { return p.file.Text(p.path(name)...) }

func (p *part) label(key string) string { return p.r.T("catalog.editor.field." + key) }

// both are the two inputs of a text in two languages.
func (p *part) both(name, label string, rows int) []field {
	kind := "text"
	if rows > 1 {
		kind = "textarea"
	}
	return []field{
		{Kind: kind, Name: name + ".ko", Label: p.r.T("catalog.editor.in_ko", "what", label), Value: p.text(name + ".ko"), Rows: rows, Lang: "ko", Pair: 1},
		{Kind: kind, Name: name + ".en", Label: p.r.T("catalog.editor.in_en", "what", label), Value: p.text(name + ".en"), Rows: rows, Lang: "en", Pair: 2},
	}
}

func (p *part) line(name, key, width string) field {
	return field{Kind: "text", Name: name, Label: p.label(key), Value: p.text(name), Width: width}
}

func (p *part) number(name, key string) field {
	return field{Kind: "text", Name: name, Label: p.label(key), Value: p.text(name), Width: "s", Number: true}
}

func (p *part) flag(name, key string) field {
	return field{Kind: "checkbox", Name: name, Label: p.label(key), Value: p.text(name)}
}

func (p *part) options(prefix string, values []string) []design.Option {
	var out []design.Option
	for _, v := range values {
		label := prefix + v
		if strings.HasSuffix(prefix, ".") {
			label = p.r.T(prefix + v)
		}
		out = append(out, design.Option{Value: v, Label: label})
	}
	return out
}

// blanks is how many empty rows follow those that are there: enough to add
// some without script, and saving brings new ones.
const blanks = 2

// change is what a posted form does to a part. It notes wrong inputs in bad.
type change struct {
	*part
	form url.Values
	bad  *kernel.Error
}

func (c *change) wrong(name, key string, args map[string]any) {
	c.bad.Field(name, key, args)
}

func (c *change) get(name string) string { return strings.TrimSpace(c.form.Get(name)) }

// has tells whether the form had this input at all.
func (c *change) has(name string) bool { return c.form.Has(name) }

func (c *change) fail(name string, err error) {
	if err != nil {
		c.wrong(name, "catalog.editor.cannot", nil)
	}
}

// setText writes a text, or takes an empty one out.
func (c *change) setText(name string) {
	if v := c.get(name); v != "" {
		c.fail(name, c.file.Set(v, c.path(name)...))
	} else {
		c.file.Remove(c.path(name)...)
	}
}

// setBoth writes a text in two languages. One that is empty in both goes; one
// that is there in one only stays, and the check says what is missing.
func (c *change) setBoth(name string) {
	if c.get(name+".ko") == "" && c.get(name+".en") == "" {
		c.file.Remove(c.path(name)...)
		return
	}
	for _, l := range []string{".ko", ".en"} {
		if v := c.get(name + l); v != "" || c.file.Has(c.path(name+l)...) {
			c.fail(name+l, c.file.Set(v, c.path(name+l)...))
		}
	}
}

func (c *change) setNumber(name string) {
	v := strings.ReplaceAll(c.get(name), ",", "")
	if v == "" {
		c.file.Remove(c.path(name)...)
		return
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		c.wrong(name, "catalog.editor.no_number", nil)
		return
	}
	c.fail(name, c.file.Set(n, c.path(name)...))
}

func (c *change) setFlag(name string) {
	if c.form.Get(name) != "" {
		c.fail(name, c.file.Set(true, c.path(name)...))
	} else if c.text(name) != "false" {
		c.file.Remove(c.path(name)...)
	}
}

// setList writes what was chosen of several, in the order of the choices;
// what is there but no choice stays.
func (c *change) setList(name string, choices []string) {
	var out []string
	for _, v := range choices {
		if slices.Contains(c.form[name], v) {
			out = append(out, v)
		}
	}
	for _, v := range c.file.Texts(c.path(name)...) {
		if !slices.Contains(choices, v) {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		c.file.Remove(c.path(name)...)
		return
	}
	c.fail(name, c.file.SetTexts(out, c.path(name)...))
}

// setRows writes a list whose rows were typed: rows that are empty go, rows
// behind the last are new. names are the inputs of a row that count.
func (c *change) setRows(list string, names []string, write func(row string)) {
	at := c.path(list)
	had := c.file.Len(at...)
	var keep, from []int
	for i := range had + blanks {
		row := list + "." + strconv.Itoa(i)
		filled := slices.ContainsFunc(names, func(n string) bool { return c.get(row+"."+n) != "" })
		switch {
		case i < had && !slices.ContainsFunc(names, func(n string) bool { return c.has(row + "." + n) }):
			keep, from = append(keep, i), append(from, -1) // not on the form
		case filled && i < had:
			keep, from = append(keep, i), append(from, i)
		case filled:
			keep, from = append(keep, -1), append(from, i)
		}
	}
	if len(keep) == 0 {
		c.file.Remove(at...)
		return
	}
	if err := c.file.Arrange(keep, at...); err != nil {
		c.fail(list, err)
		return
	}
	// Rows may have moved up: each takes the words that were typed for it.
	typed := c.form
	defer func() { c.form = typed }()
	for to, i := range from {
		if i < 0 {
			continue
		}
		row := list + "." + strconv.Itoa(to)
		moved := url.Values{}
		for k, v := range typed {
			if rest, ok := strings.CutPrefix(k, list+"."+strconv.Itoa(i)+"."); ok {
				moved[row+"."+rest] = v
			}
		}
		c.form = moved
		write(row)
	}
}

// lines are the filled lines of a text area.
func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
