package web

import (
	"slices"
	"strings"

	"maru/design"
	"maru/platform/strictyaml"
)

// tests are what a condition can look for in one answer or fact.
var tests = []string{"is", "has", "at_least", "at_most", "age_at_least", "age_at_most", "known", "unknown"}

// example is a condition of two tests, for the hint.
const example = `all: [{question: a, is: ["true"]}, {fact: birth_date, age: true, at_least: 65}]`

// condition is the form of a condition. What is more than one test of one
// answer is written as text.
func (p *part) condition(name string, always bool) []field {
	subject, test, value, simple := p.simple(name)
	mode := "test"
	source := ""
	switch at := p.path(name); {
	case !p.file.Has(at...):
		mode = "always"
	case !simple:
		mode, source = "text", p.file.Source(at...)
	}
	var modes []design.Option
	if always {
		modes = append(modes, design.Option{Value: "always", Label: p.r.T("catalog.editor.condition.always")})
	}
	modes = append(modes, design.Option{Value: "test", Label: p.r.T("catalog.editor.condition.test")}, design.Option{Value: "text", Label: p.r.T("catalog.editor.condition.text")})
	var subjects []design.Option
	for _, q := range p.svc.questions {
		subjects = append(subjects, design.Option{Value: "question:" + q.Value, Label: p.r.T("catalog.editor.condition.question", "title", q.Text)})
	}
	for _, f := range p.svc.facts {
		subjects = append(subjects, design.Option{Value: "fact:" + f.Value, Label: p.r.T("catalog.editor.condition.fact", "title", f.Text)})
	}
	if subject != "" && !slices.ContainsFunc(subjects, func(o design.Option) bool { return o.Value == subject }) {
		subjects = append(subjects, design.Option{Value: subject, Label: subject})
	}
	return []field{
		{Kind: "radios", Name: name + ".mode", Label: p.label("condition_mode"), Value: mode, Options: modes},
		{Kind: "select", Name: name + ".subject", Label: p.label("condition_subject"), Value: subject, Options: subjects, Empty: p.r.T("catalog.editor.choose_one")},
		{Kind: "select", Name: name + ".test", Label: p.label("condition_test"), Value: test, Options: p.options("catalog.editor.test.", tests), Empty: p.r.T("catalog.editor.choose_one")},
		{Kind: "text", Name: name + ".value", Label: p.label("condition_value"), Hint: p.r.T("catalog.editor.condition.value_hint"), Value: value},
		{Kind: "textarea", Name: name + ".source", Label: p.label("condition_source"), Hint: p.r.T("catalog.editor.condition.source_hint", "example", example), Value: source, Rows: 4},
	}
}

// simple reads a condition that is one test of one answer or fact.
func (p *part) simple(name string) (subject, test, value string, ok bool) {
	doc, problems := strictyaml.Parse([]byte(p.file.Source(p.path(name)...)))
	if doc == nil || len(problems) > 0 {
		return "", "", "", false
	}
	m, _ := doc.Value.(map[string]any)
	age := m["age"] == true
	rest := 0
	for key := range m {
		switch key {
		case "question", "fact":
			subject = key + ":" + p.text(name+"."+key)
		case "age":
		case "is":
			test, value = key, strings.Join(p.file.Texts(append(p.path(name), key)...), ", ")
			rest++
		case "has", "at_least", "at_most":
			test, value = key, p.text(name+"."+key)
			if age {
				test = "age_" + key
			}
			rest++
		case "known":
			test = "known"
			if m[key] == false {
				test = "unknown"
			}
			rest++
		default:
			return "", "", "", false
		}
	}
	_, q := m["question"]
	_, f := m["fact"]
	return subject, test, value, rest == 1 && q != f && (!age || strings.HasPrefix(test, "age_"))
}

// setCondition writes what the form of condition says.
func (c *change) setCondition(name string) {
	at := c.path(name)
	switch c.form.Get(name + ".mode") {
	case "always":
		c.file.Remove(at...)
	case "text":
		source := c.get(name + ".source")
		if source == "" {
			c.wrong(name+".source", "catalog.editor.condition.empty", nil)
			return
		}
		if problems := c.file.SetSource(source, at...); len(problems) > 0 {
			c.wrong(name+".source", "catalog.editor.condition.bad", map[string]any{"n": problems[0].Line})
		}
	default:
		c.setTest(name, at)
	}
}

func (c *change) setTest(name string, at []string) {
	kind, id, _ := strings.Cut(c.form.Get(name+".subject"), ":")
	test, value := c.form.Get(name+".test"), c.get(name+".value")
	switch {
	case (kind != "question" && kind != "fact") || id == "":
		c.wrong(name+".subject", "catalog.editor.condition.no_subject", nil)
	case !slices.Contains(tests, test):
		c.wrong(name+".test", "catalog.editor.condition.no_test", nil)
	case value == "" && test != "known" && test != "unknown":
		c.wrong(name+".value", "catalog.editor.condition.no_value", nil)
	default:
		if s, t, v, ok := c.simple(name); ok && s == kind+":"+id && t == test && v == value {
			return // as it was, and every byte of it
		}
		c.write(name, at, kind, id, test, value)
	}
}

func (c *change) write(name string, at []string, kind, id, test, value string) {
	c.file.Remove(at...)
	set := func(v any, key string) { c.fail(name+".value", c.file.Set(v, append(slices.Clone(at), key)...)) }
	set(id, kind)
	switch key, age := strings.CutPrefix(test, "age_"); {
	case test == "known" || test == "unknown":
		set(test == "known", "known")
	case test == "is":
		var list []string
		for v := range strings.SplitSeq(value, ",") {
			if v = strings.TrimSpace(v); v != "" {
				list = append(list, v)
			}
		}
		c.fail(name+".value", c.file.SetTexts(list, append(slices.Clone(at), "is")...))
	case test == "has":
		set(value, "has")
	default:
		if age {
			set(true, "age")
		}
		c.form.Set(name+"."+key, value)
		c.setNumber(name + "." + key)
		c.rename(name+"."+key, name+".value")
	}
}

// rename lets a wrong input point at the one that people see.
func (c *change) rename(from, to string) {
	for i := range c.bad.Fields {
		if c.bad.Fields[i].Field == from {
			c.bad.Fields[i].Field = to
		}
	}
}
