package reference

import (
	"fmt"
	"maps"

	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/domain/catalog/contract"
)

// Evaluate decides one programme of the law for a situation that Check accepts.
// The error tells of a programme that is not there, or of a rule or a value that
// a checked law or situation does not hold.
func Evaluate(law *rule.Law, s situation.Situation, programme string) (situation.Result, error) {
	p := law.Programme(programme)
	if p == nil {
		return situation.Result{}, fmt.Errorf("benefit: no programme %s", programme)
	}
	return evaluate(newRun(law, s), p)
}

func evaluate(r *run, p *rule.Compiled) (situation.Result, error) {
	out, err := r.decide(p)
	if err != nil {
		return situation.Result{}, err
	}
	out.Arrears, err = situation.Arrears(p.Benefit.Arrears, r.situation, func(s situation.Situation) (situation.Result, error) {
		return newRun(r.law, s).decide(p)
	})
	return out, err
}

// All decides every programme of the law, by id.
func All(law *rule.Law, s situation.Situation) (map[string]situation.Result, error) {
	out, r := map[string]situation.Result{}, newRun(law, s)
	for _, p := range law.Programmes {
		var err error
		if out[p.ID], err = evaluate(r, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func newRun(law *rule.Law, s situation.Situation) *run {
	r := &run{law: law, situation: s, date: midnight(s.Date), done: map[string]value{}}
	if !s.KnownOn.IsZero() {
		r.knownOn = midnight(s.KnownOn)
	}
	return r
}

// decide is the result without arrears.
func (r *run) decide(p *rule.Compiled) (situation.Result, error) {
	out := situation.Result{Person: p.Person, Conditions: make([][]situation.Tri, len(p.Benefit.Conditions))}
	if !p.Person {
		v := r.verdict(p, out.Conditions)
		out.Verdict, out.Rests = v.Verdict, v.rests.list()
		return out, r.err
	}
	rests := refs{}
	for i := range r.situation.Members {
		v := r.verdict(p, out.Conditions, value{kind: person, person: i})
		out.Members = append(out.Members, v.Verdict)
		maps.Copy(rests, v.rests)
	}
	out.Verdict, out.Rests = situation.Roll(out.Members), rests.list()
	return out, r.err
}

// decided is what was decided, and of a yes what it rests on.
type decided struct {
	situation.Verdict
	rests refs
}

// verdict decides for one member, or for the household if there are no persons,
// and notes what each condition says.
func (r *run) verdict(p *rule.Compiled, notes [][]situation.Tri, persons ...value) decided {
	conditions := r.conditions(p.ID, p.Benefit.Conditions, persons...)
	for i, c := range conditions {
		notes[i] = append(notes[i], tri(c))
	}
	eligible := and(conditions...)
	amount := r.tree(p.ID+".amount", persons...)
	var won *int64
	if amount.known() {
		n, ok := amount.whole()
		if !ok {
			r.fail("the amount of %s is %s", p.ID, amount.rat())
		}
		won = &n
	}
	out := decided{Verdict: situation.Conclude(tri(eligible), eligible.missing.list(), won, amount.missing.list())}
	if out.Eligible == situation.Yes {
		out.rests = eligible.rests
		if won != nil {
			out.rests = eligible.resting(eligible, amount).rests
		}
	}
	return out
}

// conditions are what each condition of a programme says.
func (r *run) conditions(programme string, list []contract.BenefitCondition, persons ...value) []value {
	var out []value
	for _, c := range list {
		out = append(out, r.tree(programme+"."+c.ID, persons...))
	}
	return out
}

func tri(v value) situation.Tri {
	if !v.known() {
		return situation.Unknown
	}
	return situation.TriOf(v.truth)
}
