package web

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/kernel"
	"maru/platform/i18n"
)

// funcs are the template functions of one language.
func (s *Server) funcs(l kernel.Lang) template.FuncMap {
	c := s.cfg.Catalog
	return template.FuncMap{
		"t": func(key string, args ...any) (string, error) {
			if !c.Has(key) {
				return "", fmt.Errorf("no message %q", key)
			}
			return c.T(l, key, args...), nil
		},
		"has":       c.Has,
		"link":      func(path string) string { return link(l, path) },
		"josa":      i18n.Josa,
		"date":      func(d kernel.Date) string { return i18n.Date(l, d) },
		"dateshort": func(d kernel.Date) string { return i18n.DateShort(l, d) },
		"day":       func(t kernel.Time) string { return i18n.Date(l, dayOf(t)) },
		"datetime":  func(t kernel.Time) string { return i18n.DateTime(l, t) },
		"clock":     func(t kernel.Time) string { return i18n.TimeOfDay(l, t) },
		"iso":       iso,
		"money":     func(m kernel.Money) string { return i18n.Money(l, m) },
		"units":     func(m kernel.Money) string { return i18n.MoneyUnits(l, m) },
		"number":    func(n any) string { return i18n.Format(l, n) },
		"bytes":     i18n.Bytes,
		"text":      func(t kernel.Text) string { return t.In(l) },
		"lang":      func() kernel.Lang { return l },
		"static":    s.static.path,
		"md":        newMarkdown(l),
		"icon":      design.Icon,
		"dict":      dict,
		"list":      func(items ...any) []any { return items },
		"args":      args,
		"merge":     merge,
		"without":   without,
		"options":   options,
		"chosen":    chosen,
		"words":     strings.Fields,
		"datepart":  datePart,
		"describe":  describe,
		"iscell":    isCell,
		"str":       str,
		"fail":      failTemplate,
		"hasword":   func(s, word string) bool { return slices.Contains(strings.Fields(s), word) },
		"join": func(s ...string) string {
			return strings.Join(slices.DeleteFunc(s, func(x string) bool { return x == "" }), " ")
		},
		"add": func(a, b int) int { return a + b },
	}
}

// placeholderFuncs let templates parse before a server exists.
var placeholderFuncs = func() template.FuncMap {
	m := template.FuncMap{}
	for name := range (&Server{static: &static{}}).funcs(kernel.KO) {
		m[name] = func(...any) string { return "" }
	}
	return m
}()

func dayOf(t kernel.Time) kernel.Date {
	if t.IsZero() {
		return kernel.Date{}
	}
	return t.DateIn(kernel.Seoul)
}

// iso is the machine's form of a date or instant, for <time datetime>.
func iso(v any) string {
	switch x := v.(type) {
	case kernel.Date:
		return x.String()
	case kernel.Time:
		return x.String()
	}
	return ""
}

// options builds choices from value, label pairs.
func options(pairs ...string) ([]design.Option, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("options: a value without a label")
	}
	out := make([]design.Option, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, design.Option{Value: pairs[i], Label: pairs[i+1]})
	}
	return out, nil
}

// chosen tells whether value is the chosen one: have is a text or a list.
func chosen(have any, value string) bool {
	switch h := have.(type) {
	case string:
		return h == value && value != ""
	case []string:
		return slices.Contains(h, value)
	case kernel.Value:
		if set, ok := h.Set(); ok {
			return slices.Contains(set, value)
		}
		return h.Known() && h.Text() == value
	case fmt.Stringer:
		return h.String() == value
	}
	return false
}

// datePart is what stands in one field of a date-input: what the person typed
// (Year, Month, Day) or the part of Value, a date.
func datePart(dot map[string]any, part string) string {
	if typed := str(dot[strings.ToUpper(part[:1])+part[1:]]); typed != "" {
		return typed
	}
	var d kernel.Date
	switch v := dot["Value"].(type) {
	case kernel.Date:
		d = v
	case kernel.Value:
		d, _ = v.Date()
	case string:
		d, _ = kernel.ParseDate(v)
	}
	switch {
	case d.IsZero():
		return ""
	case part == "year":
		return strconv.Itoa(int(d.Year))
	case part == "month":
		return strconv.Itoa(int(d.Month))
	}
	return strconv.Itoa(int(d.Day))
}

// describe lists the ids that aria-describedby names: hint, then error.
func describe(id string, hint, errText any) string {
	var ids []string
	if str(hint) != "" {
		ids = append(ids, id+"-hint")
	}
	if str(errText) != "" {
		ids = append(ids, id+"-error")
	}
	return strings.Join(ids, " ")
}

func isCell(v any) bool {
	_, ok := v.(design.Cell)
	return ok
}

// str is v as text, "" for nothing.
func str(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func failTemplate(why string, v any) (string, error) { return "", fmt.Errorf("%s: %v", why, v) }
