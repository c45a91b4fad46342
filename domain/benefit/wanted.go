package benefit

import (
	"slices"

	"maru/domain/benefit/rule"
)

// notHeld are sources that are no registers: what a person or an office tells,
// and what follows from the region.
var notHeld = []string{"self", "self, officer", "computed from region"}

// Wanted are the facts that the rules in force read and a register holds, in the
// order of the fact dictionary: what a consent for benefits names.
func (s *Service) Wanted() ([]string, error) {
	e, err := s.Engine()
	if err != nil {
		return nil, err
	}
	return e.wanted(), nil
}

func (e *Engine) wanted() []string {
	reads := reads(e.law)
	var out []string
	for _, f := range e.Source.Facts {
		fact := e.law.Fact(f.Entity == "household", f.ID)
		if fact != nil && reads[fact] && !slices.Contains(notHeld, f.Registry) {
			out = append(out, f.ID)
		}
	}
	return out
}

// reads are the facts that a verdict or an amount of any programme can rest on.
func reads(law *rule.Law) map[*rule.Fact]bool {
	out := map[*rule.Fact]bool{}
	seen := map[*rule.Expr]bool{}
	var walk func(e *rule.Expr)
	walk = func(e *rule.Expr) {
		if seen[e] {
			return
		}
		seen[e] = true
		switch e.Op {
		case rule.OpFact:
			out[law.Persons[e.K]] = true
		case rule.OpHousehold:
			out[law.Households[e.K]] = true
		}
		for _, a := range e.Args {
			walk(a)
		}
	}
	for _, p := range law.Programmes {
		for _, def := range []int{p.Eligible, p.Amount} {
			walk(law.Defs[def].Body)
			for _, called := range law.Defs[def].Calls {
				walk(law.Defs[called].Body)
			}
		}
	}
	return out
}
