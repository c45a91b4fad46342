package closure

import "maru/domain/benefit/rule"

// Tri is yes, no or unknown.
type Tri uint8

// The three values. Unknown is not no.
const (
	Unknown Tri = iota
	No
	Yes
)

// Verdict is what a programme decides for one member, or for the household.
// The amount is in won and counts while AmountKnown.
type Verdict struct {
	Eligible    Tri
	AmountKnown bool
	Amount      int64
}

// Verdicts are those of all programmes for one household: of a programme of
// unit household one, of unit person one a member, from First[programme] on.
type Verdicts struct {
	First []int
	All   []Verdict
}

// Of are the verdicts of a programme by its number.
func (v *Verdicts) Of(programme int) []Verdict {
	if programme+1 < len(v.First) {
		return v.All[v.First[programme]:v.First[programme+1]]
	}
	return v.All[v.First[programme]:]
}

// Decide decides every programme for the household taken up by Begin.
func (s *Scratch) Decide(out *Verdicts) {
	out.First, out.All = out.First[:0], out.All[:0]
	for _, p := range s.m.Law.Programmes {
		out.First = append(out.First, len(out.All))
		n := 1
		if p.Person {
			n = s.frame.Members
		}
		for who := range n {
			out.All = append(out.All, s.verdict(p, who))
		}
	}
}

// verdict decides one programme; who is the member for a programme of persons.
func (s *Scratch) verdict(p *rule.Compiled, who int) Verdict {
	s.vars[0] = who
	due, known := s.call(p.Eligible)
	switch {
	case !known:
		return Verdict{Eligible: Unknown}
	case due == 0:
		return Verdict{Eligible: No, AmountKnown: true}
	}
	amount, known := s.call(p.Amount)
	if !known {
		amount = 0
	}
	return Verdict{Eligible: Yes, AmountKnown: known, Amount: amount}
}

// Condition is whether condition i of a programme holds for a member.
func (s *Scratch) Condition(p *rule.Compiled, i, who int) Tri {
	s.vars[0] = who
	v, known := s.call(p.Conditions[i])
	switch {
	case !known:
		return Unknown
	case v == 0:
		return No
	}
	return Yes
}
