package simulate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/strictyaml"
)

// MaxOverlay bounds an overlay's text, in bytes; maxParts each of its lists.
const (
	MaxOverlay = 64 << 10
	maxParts   = 200
)

// Overlay is a change of the law.
type Overlay struct {
	Title       string             `yaml:"title" json:"title,omitempty"`
	Description string             `yaml:"description" json:"description,omitempty"`
	Parameters  []ParameterChange  `yaml:"parameters" json:"parameters,omitempty"`
	Formulas    []contract.Formula `yaml:"formulas" json:"formulas,omitempty"`
	Programmes  []ProgrammeChange  `yaml:"programmes" json:"programmes,omitempty"`

	doc *strictyaml.Document
}

// ParameterChange gives a parameter other values. A value replaces the pack's of
// the same day and holds until the next one's day, the pack's included. A
// parameter that the pack does not have also needs a type.
type ParameterChange struct {
	ID     string                    `yaml:"id" json:"id"`
	Title  kernel.Text               `yaml:"title" json:"title,omitzero"`
	Type   string                    `yaml:"type" json:"type,omitempty"`
	By     []string                  `yaml:"by" json:"by,omitempty"`
	Values []contract.ParameterValue `yaml:"values" json:"values"`
}

// ProgrammeChange changes a programme, adds one or ends one. What is left out of
// Benefit stays as it is; a programme that the pack does not have must be whole.
type ProgrammeChange struct {
	ID      string        `yaml:"id" json:"id"`
	Title   kernel.Text   `yaml:"title" json:"title,omitzero"`
	End     bool          `yaml:"end" json:"end,omitempty"`
	Benefit BenefitChange `yaml:"benefit" json:"benefit,omitzero"`
}

// BenefitChange are the parts of a programme that are otherwise. A condition
// takes the place of the one with its id, or comes after all; Drop takes
// conditions out by id.
type BenefitChange struct {
	Unit       string                      `yaml:"unit" json:"unit,omitempty"`
	Period     string                      `yaml:"period" json:"period,omitempty"`
	Conditions []contract.BenefitCondition `yaml:"conditions" json:"conditions,omitempty"`
	Drop       []string                    `yaml:"drop" json:"drop,omitempty"`
	Amount     string                      `yaml:"amount" json:"amount,omitempty"`
}

// Problem is one thing wrong with an overlay. Line is 0 where no line of the
// overlay is to blame alone.
type Problem = strictyaml.Problem

// Decode reads an overlay strictly: unknown keys, keys that stand twice, anchors
// and a second document are problems.
func Decode(data []byte) (Overlay, []Problem) {
	var o Overlay
	if len(data) > MaxOverlay {
		return o, []Problem{{Message: fmt.Sprintf("the overlay is larger than %d bytes", MaxOverlay)}}
	}
	doc, problems := strictyaml.Into(data, nil, &o)
	if len(problems) > 0 {
		return Overlay{}, problems
	}
	o.doc = doc
	if len(o.Parameters)+len(o.Formulas)+len(o.Programmes) == 0 {
		return Overlay{}, []Problem{{Line: 1, Message: "it changes nothing: name parameters, formulas or programmes"}}
	}
	if len(o.Parameters) > maxParts || len(o.Formulas) > maxParts || len(o.Programmes) > maxParts {
		return Overlay{}, []Problem{{Line: 1, Message: fmt.Sprintf("at most %d entries of a kind", maxParts)}}
	}
	return o, nil
}

// Hash names an overlay by its content.
func (o Overlay) Hash() string {
	b, err := json.Marshal(o)
	if err != nil {
		o.doc = nil
		b = fmt.Appendf(nil, "%+v", o) // a value no JSON has, such as a map by numbers: still its own
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// applied is a source with an overlay on top.
type applied struct {
	source   rule.Source
	problems []Problem
	doc      *strictyaml.Document
	// lines lead from places of the source to the overlay's: "parameters 3",
	// "formulas 2", "programme id", "programme id c1".
	lines map[string]int
}

// apply puts an overlay on a copy of a source.
func (o Overlay) apply(s rule.Source) *applied {
	a := &applied{source: s, doc: o.doc, lines: map[string]int{}}
	a.source.Law.Parameters = slices.Clone(s.Law.Parameters)
	a.source.Law.Formulas = slices.Clone(s.Law.Formulas)
	a.source.Programmes = slices.Clone(s.Programmes)
	seen := map[string]bool{}
	twice := func(line int, id string) bool {
		if seen[id] {
			a.problem(line, "%q stands twice", id)
		}
		was := seen[id]
		seen[id] = true
		return was
	}
	for i, p := range o.Parameters {
		line := a.line("parameters", strconv.Itoa(i))
		if !twice(line, p.ID) {
			a.parameter(p, line)
		}
	}
	for i, f := range o.Formulas {
		line := a.line("formulas", strconv.Itoa(i))
		if !twice(line, f.ID) {
			a.formula(f, line)
		}
	}
	for i, p := range o.Programmes {
		line := a.line("programmes", strconv.Itoa(i))
		if !twice(line, "programme "+p.ID) {
			a.programme(p, line, i)
		}
	}
	return a
}

// line is where a part of the overlay stands, 0 for one made without a text.
func (a *applied) line(path ...string) int {
	if a.doc == nil {
		return 0
	}
	return a.doc.Line(path...)
}

func (a *applied) problem(line int, format string, args ...any) {
	a.problems = append(a.problems, Problem{Line: line, Message: fmt.Sprintf(format, args...)})
}

func (a *applied) parameter(p ParameterChange, line int) {
	list := a.source.Law.Parameters
	at := slices.IndexFunc(list, func(q contract.Parameter) bool { return q.ID == p.ID })
	if len(p.Values) == 0 {
		a.problem(line, "parameter %s: it has no value", p.ID)
		return
	}
	var q contract.Parameter
	if at < 0 {
		if p.Type == "" {
			a.problem(line, "the pack has no parameter %q; a new one needs a type", p.ID)
			return
		}
		q = contract.Parameter{ID: p.ID, Title: p.Title, Type: p.Type, By: p.By}
		a.source.Law.Parameters = append(list, q)
		list, at = a.source.Law.Parameters, len(list)
	} else {
		q = list[at]
		if p.Type != "" && p.Type != q.Type || len(p.By) > 0 && !slices.Equal(p.By, q.By) {
			a.problem(line, "parameter %s is of type %s in the pack and stays so", p.ID, q.Type)
			return
		}
	}
	values := map[kernel.Date]contract.ParameterValue{}
	for _, v := range q.Values {
		values[v.From] = v
	}
	for _, v := range p.Values {
		values[v.From] = v
	}
	q.Values = slices.SortedFunc(maps.Values(values), func(x, y contract.ParameterValue) int { return x.From.Days(y.From) })
	list[at] = q
	a.lines["parameters "+strconv.Itoa(at)] = line
}

func (a *applied) formula(f contract.Formula, line int) {
	list := a.source.Law.Formulas
	at := slices.IndexFunc(list, func(q contract.Formula) bool { return q.ID == f.ID })
	if at < 0 {
		a.source.Law.Formulas, at = append(list, f), len(list)
	} else {
		q := list[at]
		q.Rule = f.Rule
		if f.Of != nil {
			q.Of = f.Of
		}
		list[at] = q
	}
	a.lines["formulas "+strconv.Itoa(at)] = line
}

func (a *applied) programme(p ProgrammeChange, line, number int) {
	list := a.source.Programmes
	at := slices.IndexFunc(list, func(q rule.Programme) bool { return q.ID == p.ID })
	if p.End {
		switch b := p.Benefit; {
		case at < 0:
			a.problem(line, "the pack has no programme %q to end", p.ID)
		case b.Unit+b.Period+b.Amount != "" || b.Conditions != nil || b.Drop != nil:
			a.problem(line, "programme %s ends: nothing else can be said of it", p.ID)
		default:
			// It stays in the law, for others may read it; it pays nobody.
			q := list[at]
			q.Benefit.Conditions = []contract.BenefitCondition{{ID: "c1", When: "false"}}
			q.Benefit.Amount = "0"
			list[at] = q
			a.lines["programme "+p.ID] = line
		}
		return
	}
	if !named(p.ID) {
		a.problem(line, "a programme's id is small letters, digits and hyphens, not %q", p.ID)
		return
	}
	q := rule.Programme{ID: p.ID}
	if at >= 0 {
		q = list[at]
	} else if p.Benefit.Unit == "" || p.Benefit.Period == "" || p.Benefit.Amount == "" || len(p.Benefit.Conditions) == 0 {
		a.problem(line, "the pack has no programme %q; a new one needs unit, period, conditions and amount", p.ID)
		return
	}
	b := &q.Benefit
	for to, v := range map[*string]string{&b.Unit: p.Benefit.Unit, &b.Period: p.Benefit.Period, &b.Amount: p.Benefit.Amount} {
		if v != "" {
			*to = v
		}
	}
	if _, ok := yearly[b.Period]; !ok {
		a.problem(line, "programme %s: unknown period %q: %s", p.ID, b.Period, strings.Join(slices.Sorted(maps.Keys(yearly)), ", "))
	}
	b.Conditions = slices.Clone(b.Conditions)
	for _, id := range p.Benefit.Drop {
		n := len(b.Conditions)
		b.Conditions = slices.DeleteFunc(b.Conditions, func(c contract.BenefitCondition) bool { return c.ID == id })
		if len(b.Conditions) == n {
			a.problem(line, "programme %s has no condition %q to drop", p.ID, id)
		}
	}
	for i, c := range p.Benefit.Conditions {
		a.lines["programme "+p.ID+" "+c.ID] = a.line("programmes", strconv.Itoa(number), "benefit", "conditions", strconv.Itoa(i))
		if !conditionID(c.ID) {
			a.problem(a.lines["programme "+p.ID+" "+c.ID], "a condition's id is c and a number, not %q", c.ID)
			continue
		}
		k := slices.IndexFunc(b.Conditions, func(x contract.BenefitCondition) bool { return x.ID == c.ID })
		if k < 0 {
			b.Conditions = append(b.Conditions, c)
			continue
		}
		b.Conditions[k].When = c.When
	}
	a.lines["programme "+p.ID] = line
	if at >= 0 {
		list[at] = q
	} else {
		a.source.Programmes = append(list, q)
	}
}

func named(id string) bool {
	return id != "" && len(id) <= 60 && !strings.ContainsFunc(id, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') })
}

func conditionID(id string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "c"))
	return err == nil && n > 0 && id == "c"+strconv.Itoa(n)
}

// compile reads the source. What is wrong is told by lines of the overlay.
func (a *applied) compile() (*rule.Law, []Problem) {
	if len(a.problems) > 0 {
		return nil, a.problems
	}
	law, problems := rule.Compile(a.source)
	for _, p := range problems {
		a.problems = append(a.problems, Problem{Line: a.blame(p), Message: p.Message})
	}
	if law == nil {
		return nil, a.problems
	}
	return law, nil
}

// blame is the line of the overlay that a problem of the whole law comes from.
// A rule that the overlay left as it was may break too: by the line of nothing.
func (a *applied) blame(p rule.Problem) int {
	if p.Programme == "" {
		if len(p.Path) >= 2 {
			return a.lines[p.Path[0]+" "+p.Path[1]]
		}
		return 0
	}
	if len(p.Path) >= 3 && p.Path[1] == "conditions" {
		i, err := strconv.Atoi(p.Path[2])
		at := slices.IndexFunc(a.source.Programmes, func(q rule.Programme) bool { return q.ID == p.Programme })
		if err == nil && at >= 0 && i < len(a.source.Programmes[at].Benefit.Conditions) {
			if line, ok := a.lines["programme "+p.Programme+" "+a.source.Programmes[at].Benefit.Conditions[i].ID]; ok {
				return line
			}
		}
	}
	return a.lines["programme "+p.Programme]
}
