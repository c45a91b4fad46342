package situation

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// The days for which can be decided: values of law are kept from 2024 on, and
// the bounds of the rules are proven up to the last day.
var (
	firstDay = kernel.Date{Year: 2024, Month: 1, Day: 1}
	lastDay  = kernel.Date{Year: 2999, Month: 12, Day: 31}
	epoch    = kernel.Date{Year: 1970, Month: 1, Day: 1}
)

const (
	// maxID is how many characters the id of a member may have.
	maxID = 64
	// maxFindings bounds the answer to an input in which all is wrong.
	maxFindings = 100
)

// Check tells whether the law's rules can be asked about the situation. The
// error is kernel.Invalid and names each wrong place: members[1].birth_date,
// household.debt, members[0].id, members or date. Others are the facts of the
// dictionary that rules cannot use, such as names and addresses; they are
// accepted and ignored. A fact that stands neither in the law nor among others is
// an error.
func (s Situation) Check(law *rule.Law, others ...contract.Fact) error {
	var f findings
	s.check(&f, law, others)
	return f.err()
}

func (s Situation) check(f *findings, law *rule.Law, others []contract.Fact) {
	if s.Date.Before(firstDay) || lastDay.Before(s.Date) {
		f.add("date", "benefit.error.day", map[string]any{"first": firstDay.String(), "last": lastDay.String()})
	}
	checkFacts(f, "household.", s.Household, law, true, others)
	switch {
	case len(s.Members) == 0:
		f.add("members", "benefit.error.no_members", nil)
	case len(s.Members) > rule.MaxMembers:
		f.add("members", "benefit.error.members", map[string]any{"max": rule.MaxMembers})
		return
	}
	seen := map[string]bool{}
	for i, m := range s.Members {
		at := "members[" + strconv.Itoa(i) + "]."
		switch {
		case badID(m.ID):
			f.add(at+"id", "benefit.error.member_id", map[string]any{"max": maxID})
		case seen[m.ID]:
			f.add(at+"id", "benefit.error.member_twice", nil)
		}
		seen[m.ID] = true
		checkFacts(f, at, m.Facts, law, false, others)
	}
}

func badID(id string) bool {
	return id == "" || id == householdRef || utf8.RuneCountInString(id) > maxID || !utf8.ValidString(id)
}

// Shaped tells whether Check has nothing against date and members, their facts
// apart: for who goes through the facts anyway, and asks Check what is wrong only
// where something is.
func (s Situation) Shaped() bool {
	if s.Date.Before(firstDay) || lastDay.Before(s.Date) || len(s.Members) == 0 || len(s.Members) > rule.MaxMembers {
		return false
	}
	for i, m := range s.Members {
		if badID(m.ID) || slices.ContainsFunc(s.Members[:i], func(o Member) bool { return o.ID == m.ID }) {
			return false
		}
	}
	return true
}

func checkFacts(f *findings, at string, facts map[string]kernel.Value, law *rule.Law, household bool, others []contract.Fact) {
	if allSound(facts, law, household, others) {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(facts)) {
		fact := law.Fact(household, id)
		switch {
		case fact != nil:
			checkValue(f, at+id, facts[id], fact)
		case !ignored(others, household, id):
			f.add(at+clip(id), "benefit.error.name", nil)
		}
	}
}

// allSound tells whether nothing is wrong with any fact, which is the rule.
func allSound(facts map[string]kernel.Value, law *rule.Law, household bool, others []contract.Fact) bool {
	var f findings
	for id, v := range facts {
		if fact := law.Fact(household, id); fact != nil {
			checkValue(&f, "", v, fact)
		} else if !ignored(others, household, id) {
			return false
		}
	}
	return len(f.fields) == 0
}

// ignored tells whether the dictionary has the fact, though rules cannot use it.
func ignored(others []contract.Fact, household bool, id string) bool {
	return slices.ContainsFunc(others, func(o contract.Fact) bool {
		return o.ID == id && (o.Entity == "household") == household
	})
}

// checkValue sees that a known value is one that the fact can have.
func checkValue(f *findings, at string, v kernel.Value, fact *rule.Fact) {
	if !v.Known() {
		return
	}
	switch fact.Type {
	case rule.Bool:
		if _, ok := v.Bool(); !ok {
			f.add(at, "benefit.error.truth", nil)
		}
	case rule.Num:
		n, ok := v.Int()
		switch {
		case !ok:
			f.add(at, "benefit.error.number", nil)
		case n < fact.Lo || n > fact.Hi:
			f.add(at, "benefit.error.range", map[string]any{"low": fact.Lo, "high": fact.Hi})
		}
	case rule.Date:
		d, ok := v.Date()
		switch {
		case !ok:
			f.add(at, "benefit.error.date", nil)
		case dayNumber(d) < fact.Lo || dayNumber(d) > fact.Hi:
			f.add(at, "benefit.error.range", map[string]any{
				"low": epoch.AddDays(int(fact.Lo)).String(), "high": epoch.AddDays(int(fact.Hi)).String(),
			})
		}
	case rule.Word:
		if v.Kind() != kernel.TextValue || !slices.Contains(fact.Members, v.Text()) {
			f.add(at, "benefit.error.choice", choices(fact))
		}
	case rule.Code:
		if v.Kind() != kernel.TextValue || !isCode(v.Text()) {
			f.add(at, "benefit.error.region", nil)
		}
	case rule.Set:
		if _, ok := v.Set(); !ok {
			f.add(at, "benefit.error.list", nil)
		}
	}
}

func choices(fact *rule.Fact) map[string]any {
	return map[string]any{"choices": strings.Join(fact.Members, ", ")}
}

// dayNumber counts days from 1970-01-01, as the bounds of facts do.
func dayNumber(d kernel.Date) int64 { return rule.DayOf(d) }

// isCode tells whether a text is a region's code: five digits.
func isCode(s string) bool {
	return len(s) == 5 && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// clip keeps a name that somebody sent short enough to be sent back.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxID {
		return s
	}
	return string([]rune(s)[:maxID]) + "…"
}

// findings gathers what is wrong with an input, one finding a place.
type findings struct {
	fields []kernel.FieldError
	seen   map[string]bool
}

func (f *findings) add(field, key string, args map[string]any) {
	if f.seen[field] || len(f.fields) == maxFindings {
		return
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	f.seen[field] = true
	f.fields = append(f.fields, kernel.FieldError{Field: field, Key: key, Args: args})
}

// err is the error that names all findings, nil when there is none.
func (f *findings) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	e := kernel.E(kernel.Invalid, "benefit.error.situation", nil)
	e.Fields = f.fields
	return e
}
