package contract

import (
	"slices"

	"maru/kernel"
)

// Env is what conditions are tested against: the answers by question id, the
// applicant's facts by fact id, and the day it is. What is absent is unknown.
type Env struct {
	Answers map[string]kernel.Value
	Facts   map[string]kernel.Value
	Today   kernel.Date
}

// Eval tests c. No condition (nil) holds. A test of something unknown, or of
// a value of another type than the test is for, is unknown; All, Any and Not
// follow three-valued logic, so their result does not depend on the order.
func Eval(c *Condition, env Env) Tri {
	switch {
	case c == nil:
		return Yes
	case c.All != nil:
		t := Yes
		for i := range c.All {
			t = t.And(Eval(&c.All[i], env))
		}
		return t
	case c.Any != nil:
		t := No
		for i := range c.Any {
			t = t.Or(Eval(&c.Any[i], env))
		}
		return t
	case c.Not != nil:
		return Eval(c.Not, env).Not()
	}
	return c.test(c.value(env), env)
}

func (c *Condition) value(env Env) kernel.Value {
	if c.Question != "" {
		return env.Answers[c.Question]
	}
	return env.Facts[c.Fact]
}

// test applies every test the condition names; all of them must hold.
func (c *Condition) test(v kernel.Value, env Env) Tri {
	tests := 0
	t := Yes
	and := func(u Tri) { tests++; t = t.And(u) }
	if c.Known != nil {
		and(tri(v.Known() == *c.Known))
	}
	if c.Is != nil {
		and(when(v.Known(), func() bool { return slices.Contains(c.Is, v.Text()) }))
	}
	if c.Has != "" {
		set, ok := v.Set()
		and(when(ok, func() bool { return slices.Contains(set, c.Has) }))
	}
	if c.AtLeast != nil || c.AtMost != nil {
		n, ok := c.number(v, env.Today)
		if c.AtLeast != nil {
			and(when(ok, func() bool { return n >= *c.AtLeast }))
		}
		if c.AtMost != nil {
			and(when(ok, func() bool { return n <= *c.AtMost }))
		}
	}
	if tests == 0 {
		return Unknown
	}
	return t
}

func (c *Condition) number(v kernel.Value, today kernel.Date) (int64, bool) {
	if !c.Age {
		return v.Int()
	}
	born, ok := v.Date()
	if !ok || today.IsZero() {
		return 0, false
	}
	return int64(born.AgeOn(today)), true
}

func when(known bool, f func() bool) Tri {
	if !known {
		return Unknown
	}
	return tri(f())
}
