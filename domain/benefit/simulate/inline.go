package simulate

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/strictyaml"
)

// InForce is the value of a parameter that holds on a day: before the first
// one's day the first. ok is false for a parameter without values.
func InForce(p contract.Parameter, on kernel.Date) (v contract.ParameterValue, ok bool) {
	for i, x := range p.Values {
		if i == 0 || !on.Before(x.From) {
			v, ok = x, true
		}
	}
	return v, ok
}

// Set adds to the overlay that a parameter has another value from the day on
// which its present value began, on a date: "livelihood_percent=33". Numbers may
// have commas; a rate is a text such as 4% or 7/10; tables and codes are written
// as in the pack, on one line.
func (o *Overlay) Set(s rule.Source, assignment string, on kernel.Date) error {
	id, text, ok := strings.Cut(assignment, "=")
	id, text = strings.TrimSpace(id), strings.TrimSpace(text)
	if !ok || id == "" || text == "" {
		return fmt.Errorf("%q: write parameter=value", assignment)
	}
	at := slices.IndexFunc(s.Law.Parameters, func(p contract.Parameter) bool { return p.ID == id })
	if at < 0 {
		return fmt.Errorf("the pack has no parameter %q", id)
	}
	if slices.ContainsFunc(o.Parameters, func(p ParameterChange) bool { return p.ID == id }) {
		return fmt.Errorf("%q is set twice", id)
	}
	p := s.Law.Parameters[at]
	now, ok := InForce(p, on)
	if !ok {
		return fmt.Errorf("parameter %s has no value", id)
	}
	value, err := valueOf(p, text)
	if err != nil {
		return fmt.Errorf("parameter %s: %w", id, err)
	}
	o.Parameters = append(o.Parameters, ParameterChange{ID: id, Values: []contract.ParameterValue{{From: now.From, KnownFrom: now.KnownFrom, Value: value}}})
	return nil
}

// valueOf reads a value as somebody types it.
func valueOf(p contract.Parameter, text string) (any, error) {
	if len(text) > 2000 || strings.ContainsAny(text, "\n\r") {
		return nil, errors.New("a value stands on one line of 2,000 characters at most")
	}
	if len(p.By) == 0 && (p.Type == "won" || p.Type == "int") {
		n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no whole number", text)
		}
		return n, nil
	}
	if len(p.By) == 0 && p.Type != "codes" {
		return strings.Trim(text, `"'`), nil
	}
	var out struct {
		Value any `yaml:"value"`
	}
	if _, problems := strictyaml.Into([]byte("value: "+text+"\n"), nil, &out); len(problems) > 0 {
		return nil, fmt.Errorf("write it as the pack does, such as [1, 2, 3]: %s", problems[0].Message)
	}
	return out.Value, nil
}

// Written is a value as the pack writes it on one line.
func Written(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = Written(x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for i, k := range keys {
			keys[i] = strconv.Quote(k) + ": " + Written(v[k])
		}
		return "{" + strings.Join(keys, ", ") + "}"
	case string:
		return strconv.Quote(v)
	case nil:
		return "null"
	}
	return fmt.Sprint(v)
}

// YAML writes an overlay of parameters alone as a file that Decode reads, "" for
// one that holds more: that one came as a file.
func (o Overlay) YAML() string {
	if len(o.Formulas)+len(o.Programmes) > 0 {
		return ""
	}
	var b strings.Builder
	for _, line := range [][2]string{{"title", o.Title}, {"description", o.Description}} {
		if line[1] != "" {
			fmt.Fprintf(&b, "%s: %s\n", line[0], strconv.Quote(line[1]))
		}
	}
	b.WriteString("parameters:\n")
	for _, p := range o.Parameters {
		fmt.Fprintf(&b, "  - id: %s\n", p.ID)
		if p.Type != "" {
			fmt.Fprintf(&b, "    type: %s\n", p.Type)
		}
		if len(p.By) > 0 {
			fmt.Fprintf(&b, "    by: [%s]\n", strings.Join(p.By, ", "))
		}
		b.WriteString("    values:\n")
		for _, v := range p.Values {
			known := ""
			if !v.KnownFrom.IsZero() {
				known = "known_from: " + v.KnownFrom.String() + ", "
			}
			fmt.Fprintf(&b, "      - {from: %s, %svalue: %s}\n", v.From, known, Written(v.Value))
		}
	}
	return b.String()
}
