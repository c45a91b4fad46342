package reference

import (
	"maps"
	"math/big"
	"slices"
	"time"

	"maru/domain/benefit/rule"
)

// kind is what a value is.
type kind uint8

const (
	truth     kind = iota
	number         // an exact fraction
	day            // midnight UTC of the day
	word           // a member of an enum, or a region's code
	texts          // a set, or beginnings of codes
	person         // a member's place in the list
	household      // h
	record         // an entry of a list
)

// value is the value of an expression. It is unknown while missing holds refs;
// only its kind counts then.
type value struct {
	kind    kind
	missing refs
	// rests names what is unverified that a known value rests on.
	rests refs

	truth  bool
	number *big.Rat
	day    time.Time
	word   string
	texts  []string
	person int
	record map[string]rule.Constant
	fields map[string]string // the types of the record's fields
}

// refs is a set of refs.
type refs map[string]bool

func (r refs) list() []string { return slices.Sorted(maps.Keys(r)) }

func (v value) known() bool { return len(v.missing) == 0 }

func truthOf(b bool) value        { return value{kind: truth, truth: b} }
func numberOf(n int64) value      { return value{kind: number, number: new(big.Rat).SetInt64(n)} }
func ratOf(r *big.Rat) value      { return value{kind: number, number: r} }
func fractionOf(n, d int64) value { return ratOf(big.NewRat(n, d)) }
func dayOf(t time.Time) value     { return value{kind: day, day: t} }
func wordOf(s string) value       { return value{kind: word, word: s} }
func textsOf(list []string) value { return value{kind: texts, texts: list} }

// rat is the number; nought for anything else.
func (v value) rat() *big.Rat {
	if v.number == nil {
		return new(big.Rat)
	}
	return v.number
}

// whole is the number if it is whole and not beyond an int64.
func (v value) whole() (int64, bool) {
	r := v.rat()
	return r.Num().Int64(), r.IsInt() && r.Num().IsInt64()
}

// lacking is an unknown value of the kind: it lacks all that the values lack.
func lacking(k kind, of ...value) value {
	out := value{kind: k, missing: refs{}}
	for _, v := range of {
		maps.Copy(out.missing, v.missing)
	}
	return out
}

// allKnown tells whether every value is known.
func allKnown(of ...value) bool {
	return !slices.ContainsFunc(of, func(v value) bool { return !v.known() })
}

// strict is what compute gives, unknown if any operand is.
func strict(k kind, operands []value, compute func() value) value {
	if !allKnown(operands...) {
		return lacking(k, operands...)
	}
	return compute().resting(operands...)
}

// resting is the value, resting on what the operands rest on and on nothing else.
func (v value) resting(operands ...value) value {
	v.rests = nil
	for _, o := range operands {
		for name := range o.rests {
			v = v.restingOn(name)
		}
	}
	return v
}

// restingOn is the value, resting on something more.
func (v value) restingOn(name string) value {
	rests := refs{name: true}
	maps.Copy(rests, v.rests)
	v.rests = rests
	return v
}

// least is the first of values that rests on nothing, else the first; each alone
// decides.
func least(values []value) value {
	for _, v := range values {
		if len(v.rests) == 0 {
			return v
		}
	}
	return values[0]
}

// and is false if any operand is false, else unknown if any is unknown.
func and(operands ...value) value { return decisive(false, operands) }

// or is true if any operand is true, else unknown if any is unknown.
func or(operands ...value) value { return decisive(true, operands) }

// decisive is the decisive value if any operand is it, else unknown if any
// operand is unknown, else the other value.
func decisive(decides bool, operands []value) value {
	var deciding []value
	for _, v := range operands {
		if v.known() && v.truth == decides {
			deciding = append(deciding, v)
		}
	}
	if len(deciding) > 0 {
		return truthOf(decides).resting(least(deciding))
	}
	return strict(truth, operands, func() value { return truthOf(!decides) })
}

func not(v value) value {
	return strict(truth, []value{v}, func() value { return truthOf(!v.truth) })
}

// choose is the branch that the condition names. While the condition is unknown
// it is the value that both branches have, if both are known and equal.
func choose(condition value, then, otherwise func() value) value {
	if condition.known() {
		branch := otherwise
		if condition.truth {
			branch = then
		}
		v := branch()
		return v.resting(condition, v)
	}
	a, b := then(), otherwise()
	if allKnown(a, b) && same(a, b) {
		return a.resting(a, b)
	}
	return lacking(a.kind, condition, a, b)
}

// same tells whether two known values are equal.
func same(a, b value) bool {
	switch a.kind {
	case truth:
		return a.truth == b.truth
	case number:
		return a.rat().Cmp(b.rat()) == 0
	case day:
		return a.day.Equal(b.day)
	case word:
		return a.word == b.word
	case person:
		return a.person == b.person
	}
	return false
}

// compare is negative, nought or positive as a is less than, equal to or greater
// than b; both are known numbers or days.
func compare(a, b value) int {
	if a.kind == day {
		return a.day.Compare(b.day)
	}
	return a.rat().Cmp(b.rat())
}
