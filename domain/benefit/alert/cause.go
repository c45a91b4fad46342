package alert

import (
	"maps"
	"slices"
	"strings"

	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// changed says what of a household's facts is not as it was at the last look.
type changed struct {
	members bool     // somebody joined or left
	facts   []string // ids of facts of the household and of who stayed, sorted
}

// whatChanged compares fingerprints.
func (l *look) whatChanged() changed {
	if l.changed != nil {
		return *l.changed
	}
	c := changed{members: !slices.Equal(slices.Sorted(slices.Values(l.old.Members)), slices.Sorted(slices.Values(l.members)))}
	ids := map[string]bool{}
	for _, ref := range append(slices.Collect(maps.Keys(l.old.Facts)), slices.Collect(maps.Keys(l.facts))...) {
		i := strings.LastIndexByte(ref, '.')
		whose, id := ref[:i], ref[i+1:]
		if whose != "" && !(slices.Contains(l.old.Members, whose) && slices.Contains(l.members, whose)) {
			continue
		}
		was, had := l.old.Facts[ref]
		if is, has := l.facts[ref]; had != has || was != is {
			ids[id] = true
		}
	}
	c.facts = slices.Sorted(maps.Keys(ids))
	l.changed = &c
	return c
}

// told says whether one of some facts counts because the person told it: then no
// register need have changed.
func (l *look) told(facts []string) bool {
	for ref := range l.known.Told {
		if slices.Contains(facts, ref[strings.LastIndexByte(ref, '.')+1:]) {
			return true
		}
	}
	return false
}

// Facts that change with an address, and with who lives together.
var (
	ofAddress   = []string{"address", "capital_area", "depopulation_area", "previous_address", "region", "region_class", "resident_since"}
	ofHousehold = []string{"birth_order", "household_size", "marital_status", "parents", "relation_to_head", "single_parent", "spouse"}
)

// cause finds why a subject changed, by deciding again: with today's facts on
// the day of the last look, and on today without a birthday. The zero cause is
// one that is not known.
func (l *look) cause(s subject) cause {
	if l.old == nil {
		return cause{}
	}
	if s.person != "" && !slices.Contains(l.old.Members, s.person) {
		return cause{Kind: causeHousehold} // they joined since
	}
	now := s.verdict.Eligible
	if l.old.Day.Before(l.today) {
		then, ok := l.decide(s, l.old.Day, -1)
		if ok && then == opposite(now) {
			return l.ofDay(s, then)
		}
		if !ok || then != now {
			return cause{}
		}
	}
	// The day did not do it: it is the facts or the rules.
	c := l.whatChanged()
	same := l.old.Pack == l.known.Answer.Engine.Hash
	in := func(set []string) bool {
		return !slices.ContainsFunc(c.facts, func(id string) bool { return !slices.Contains(set, id) })
	}
	switch {
	case !same && !c.members && len(c.facts) == 0:
		return cause{Kind: causeRules, Day: l.since}
	case !same:
		return cause{}
	case c.members && in(ofHousehold):
		return cause{Kind: causeHousehold}
	case c.members || len(c.facts) == 0, l.told(c.facts):
		return cause{}
	case in(ofAddress):
		return cause{Kind: causeAddress}
	case len(c.facts) == 1:
		for _, household := range []bool{false, true} {
			if f, ok := l.known.Answer.Engine.Fact(household, c.facts[0]); ok {
				return cause{Kind: causeFact, Fact: f.Title}
			}
		}
	}
	return cause{Kind: causeFacts}
}

func opposite(t situation.Tri) situation.Tri { return -t }

// ofDay is the cause where the day alone made the difference: somebody's
// birthday if without it there is none, else a figure of law that came into
// force in between, else the day itself.
func (l *look) ofDay(s subject, then situation.Tri) cause {
	for i, m := range l.known.Answer.Situation.Members {
		born, ok := m.Facts["birth_date"].Date()
		if !ok || !slices.Contains(l.old.Members, l.known.Persons[m.ID]) {
			continue
		}
		day := birthday(born, l.today)
		if !l.old.Day.Before(day) {
			continue
		}
		if without, ok := l.decide(s, l.today, i); ok && without == then {
			kind := causeBirthdayOther
			if s.person != "" && l.known.Persons[m.ID] == s.person {
				kind = causeBirthday
			}
			return cause{Kind: kind, Day: day, Age: int(rule.Years(rule.DayOf(born), rule.DayOf(day)))}
		}
	}
	if c := l.whatChanged(); c.members || len(c.facts) > 0 {
		return cause{} // it may have taken both
	}
	law := l.known.Answer.Engine.Law()
	var came []*rule.Dated
	for _, k := range law.Defs[s.result.Programme.Eligible].Params {
		for i := range law.Params[k].Values {
			if v := &law.Params[k].Values[i]; rule.DayOf(l.old.Day) < v.From && v.From <= rule.DayOf(l.today) && i > 0 {
				came = append(came, v)
			}
		}
	}
	for _, v := range came {
		if before, ok := l.decide(s, rule.DateOf(v.From-1), -1); ok && before == then {
			if on, ok := l.decide(s, rule.DateOf(v.From), -1); ok && on != then {
				c := cause{Kind: causeLaw, Day: rule.DateOf(v.From), Article: v.Article}
				if slices.ContainsFunc(came, func(o *rule.Dated) bool { return o.From == v.From && o.Article != v.Article }) {
					c.Article = "" // which of them did it is not known
				}
				return c
			}
		}
	}
	if l.old.Pack != l.known.Answer.Engine.Hash {
		return cause{}
	}
	return cause{Kind: causeDay, Day: l.today}
}

// birthday is the last one up to today: of somebody born on 29 February in a
// common year 1 March.
func birthday(born, today kernel.Date) kernel.Date {
	of := func(year int16) kernel.Date {
		return rule.DateOf(rule.InYear(int64(year), int64(born.Month)*100+int64(born.Day)))
	}
	day := of(today.Year)
	if today.Before(day) {
		day = of(today.Year - 1)
	}
	return day
}

// decide decides the subject anew for a day, with today's facts; the member late,
// where it is not -1, has their birthday on the day after. ok is false where it
// cannot be decided.
func (l *look) decide(s subject, day kernel.Date, late int) (situation.Tri, bool) {
	a := l.known.Answer
	in := a.Situation
	in.Date = day
	if late >= 0 {
		born, _ := in.Members[late].Facts["birth_date"].Date()
		in.Members = slices.Clone(in.Members)
		facts := maps.Clone(in.Members[late].Facts)
		facts["birth_date"] = kernel.DateValueOf(born.AddDays(day.Days(birthday(born, day)) + 1))
		in.Members[late].Facts = facts
	}
	got, err := a.Engine.Evaluate(in)
	if err != nil {
		return situation.Unknown, false // such as a day from before the law in store
	}
	for i := range got.Results {
		r := &got.Results[i]
		if r.Programme.ID != s.result.Programme.ID {
			continue
		}
		if r.Person {
			return r.Members[s.member].Eligible, true
		}
		return r.Eligible, true
	}
	return situation.Unknown, false
}
