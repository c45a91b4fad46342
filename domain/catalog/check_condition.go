package catalog

import (
	"slices"
	"strconv"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// condition checks that c can be tested at all: one form, known references,
// tests that fit the type. Only the first n questions may be named: what is
// asked later cannot decide what is asked now.
func (c *checker) condition(s *contract.Service, src *source, cond *contract.Condition, n int, path ...string) {
	if cond == nil {
		return
	}
	bad := func(format string, args ...any) {
		c.found.err(src.file, src.line(path...), "condition: "+format, args...)
	}
	forms := 0
	for _, has := range []bool{cond.All != nil, cond.Any != nil, cond.Not != nil, cond.Question != "", cond.Fact != ""} {
		if has {
			forms++
		}
	}
	if forms != 1 {
		bad("needs exactly one of all, any, not, question, fact; it has %d", forms)
		return
	}
	sub := func(more ...string) []string { return append(slices.Clone(path), more...) }
	for i := range cond.All {
		c.condition(s, src, &cond.All[i], n, sub("all", strconv.Itoa(i))...)
	}
	for i := range cond.Any {
		c.condition(s, src, &cond.Any[i], n, sub("any", strconv.Itoa(i))...)
	}
	c.condition(s, src, cond.Not, n, sub("not")...)

	tested := cond.Is != nil || cond.Has != "" || cond.AtLeast != nil || cond.AtMost != nil || cond.Known != nil
	if cond.Question == "" && cond.Fact == "" {
		if tested || cond.Age {
			bad("a test needs the question or fact it is about")
		}
		return
	}
	if !tested {
		bad("says what to look at but not what to look for")
		return
	}
	if kind, members, ok := c.subject(s, cond, n, bad); ok {
		fits(cond, kind, members, bad)
	}
}

// subject is the kind of value the condition looks at and, for choices, what
// it can be.
func (c *checker) subject(s *contract.Service, cond *contract.Condition, n int, bad func(string, ...any)) (kernel.ValueKind, []string, bool) {
	if cond.Fact != "" {
		f := c.pack.Facts[cond.Fact]
		if f == nil {
			bad("no fact %q in facts.yaml", cond.Fact)
			return 0, nil, false
		}
		return f.ValueKind(), f.Members, true
	}
	for i := range s.Questions[:n] {
		q := &s.Questions[i]
		if q.ID != cond.Question {
			continue
		}
		var members []string
		for _, o := range q.Options {
			members = append(members, o.Value)
		}
		return q.ValueKind(), members, true
	}
	if _, ok := s.Question(cond.Question); ok {
		bad("question %q is asked only later", cond.Question)
	} else {
		bad("no question %q", cond.Question)
	}
	return 0, nil, false
}

func fits(cond *contract.Condition, kind kernel.ValueKind, members []string, bad func(string, ...any)) {
	if cond.Age && kind != kernel.DateValue {
		bad("age is told by a date")
	}
	numeric := cond.AtLeast != nil || cond.AtMost != nil
	if numeric && kind != kernel.IntValue && !cond.Age {
		bad("at_least and at_most are for numbers and ages")
	}
	if cond.Has != "" && kind != kernel.SetValue {
		bad("has is for sets")
	}
	if cond.Has != "" && members != nil && !slices.Contains(members, cond.Has) {
		bad("%q is none of the choices", cond.Has)
	}
	for _, want := range cond.Is {
		if v, err := kernel.TextOf(want).As(kind); err != nil || !v.Known() {
			bad("%q is no value of the right type", want)
		} else if members != nil && kind == kernel.TextValue && !slices.Contains(members, want) {
			bad("%q is none of the choices", want)
		}
	}
}
