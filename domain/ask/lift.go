package ask

import (
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// byFacts is how much it raises a service, in deviations of the rankings, that
// what was told fits its rules, and how much it lowers it that it does not. It
// never removes one: people err, and so does the reading.
const (
	byFacts  = 0.3
	byMisfit = 0.3
)

// lift weighs the services by what was told, through the rules of benefits and
// the services' own conditions. A sentence that tells of several people speaks
// for a service when it does so for one of them.
func (s *Service) lift(ix *index, facts []Fact, today kernel.Date) map[int]float64 {
	people := map[string]map[string]kernel.Value{}
	household := map[string]kernel.Value{}
	for _, f := range facts {
		dictionary := ix.pack.Facts[f.ID]
		if dictionary == nil || !f.Value.Known() || f.Who == "other" {
			continue
		}
		if dictionary.Entity == "household" {
			household[f.ID] = f.Value
			continue
		}
		if people[f.Who] == nil {
			people[f.Who] = map[string]kernel.Value{}
		}
		people[f.Who][f.ID] = f.Value
	}
	if len(people) == 0 {
		if len(household) == 0 {
			return nil
		}
		people["self"] = map[string]kernel.Value{}
	}
	best := map[int]int{}
	weigh := func(doc, by int, first bool) {
		if old, ok := best[doc]; !ok && first || by > old {
			best[doc] = by
		}
	}
	first := true
	for _, who := range whos {
		person, ok := people[who]
		if !ok {
			continue
		}
		round := map[int]int{}
		if s.rules != nil {
			for id := range s.rules.Fit(person, household, today) {
				if d, ok := ix.byID[id]; ok {
					round[d] = 1
				}
			}
		}
		for d, svc := range ix.pack.Services {
			if by := conditions(svc, person, household, today); by < 0 || by > 0 && round[d] == 0 {
				round[d] = by
			}
		}
		for d := range ix.pack.Services {
			weigh(d, round[d], first)
		}
		first = false
	}
	out := map[int]float64{}
	for d, by := range best {
		switch {
		case by > 0:
			out[d] = byFacts
		case by < 0:
			out[d] = -byMisfit
		}
	}
	return out
}

// whos is the order in which people are weighed: maps have none.
var whos = []string{"self", "child", "parent", "spouse", "grandparent"}

// conditions says whether the service's own conditions hold for somebody: 1
// where one does and none fails, -1 where one fails, else 0. Answers are known
// where their question is bound to a fact.
func conditions(svc *contract.Service, person, household map[string]kernel.Value, today kernel.Date) int {
	if len(svc.Eligibility) == 0 {
		return 0
	}
	env := contract.Env{Answers: map[string]kernel.Value{}, Facts: map[string]kernel.Value{}, Today: today}
	for _, known := range []map[string]kernel.Value{household, person} {
		for id, v := range known {
			env.Facts[id] = v
		}
	}
	for i := range svc.Questions {
		// A question about somebody else is not about the person told of.
		if q := &svc.Questions[i]; q.Fact != "" && q.Of == "" {
			if v, ok := env.Facts[q.Fact]; ok {
				env.Answers[q.ID] = v
			}
		}
	}
	out := 0
	for i := range svc.Eligibility {
		switch contract.Eval(&svc.Eligibility[i].If, env) {
		case contract.No:
			return -1
		case contract.Yes:
			out = 1
		}
	}
	return out
}
