package alert

import (
	"encoding/json"

	"maru/domain/benefit"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// standing is what was last decided for a subscriber.
type standing struct {
	Day  kernel.Date `json:"day"` // for which it was decided
	Pack string      `json:"pack"`
	// Entries are by subject: the programme's id, or with /person after it where
	// it is decided for each.
	Entries map[string]entry `json:"entries"`
	// Members are the household's by register id; Facts fingerprints of what was
	// known, by person or "" and fact.
	Members []string         `json:"members"`
	Facts   map[string]int64 `json:"facts"`
}

// entry is what stands for one subject.
type entry struct {
	State  string `json:"state"` // the last that was known, and not taken back
	Amount *int64 `json:"amount,omitempty"`
	// Episode is the day on which the present or last entitlement began, as days
	// since 1970; 0 before the first.
	Episode int64 `json:"episode,omitempty"`
	// Told and LostTold say that the person heard of it in this episode. Owed:
	// they did not, because it was only likely.
	Told     bool `json:"told,omitempty"`
	LostTold bool `json:"lost_told,omitempty"`
	Owed     bool `json:"owed,omitempty"`
	// Lost is the day on which it was last lost; Gone the day from which the
	// subject was no longer there.
	Lost kernel.Date `json:"lost,omitzero"`
	Gone kernel.Date `json:"gone,omitzero"`
}

// The states of a subject. Unknown is never kept.
const (
	entitled = "entitled"
	likely   = "likely"
	no       = "no"
	unknown  = ""
)

func (e entry) yes() bool { return e.State == entitled || e.State == likely }

// flapDays is within how many days something lost and regained is the same
// episode.
const flapDays = 90

func within(earlier, today kernel.Date) bool {
	return !earlier.IsZero() && today.Days(earlier) < flapDays
}

// subject is one thing decided about one person, or about the household.
type subject struct {
	key     string
	result  *benefit.Result
	member  int    // in the situation; 0 for the household
	person  string // register id, "" for the household
	verdict situation.Verdict
	born    kernel.Date // of a minor told to a parent or guardian
}

// state is what the subject's verdict amounts to: sure only where nothing that
// it rests on is unverified and the rule is whole.
func (s subject) state() string {
	switch {
	case s.verdict.Eligible == situation.No:
		return no
	case s.verdict.Eligible == situation.Unknown:
		return unknown
	case len(s.result.Unverified) > 0 || s.result.Programme.Benefit.Partial:
		return likely
	}
	return entitled
}

// ward is a member whom the person acts for.
type ward struct {
	member int
	person string
	born   kernel.Date
}

// subjects are what the person may hear of: what is decided for the household,
// for themselves, and for the minors they act for.
func subjects(known *benefit.Known, self ward, wards []ward) []subject {
	var out []subject
	for i := range known.Answer.Results {
		r := &known.Answer.Results[i]
		if !r.Person {
			out = append(out, subject{key: r.Programme.ID, result: r, verdict: r.Verdict})
			continue
		}
		for _, w := range append([]ward{self}, wards...) {
			out = append(out, subject{key: r.Programme.ID + "/" + w.person, result: r, member: w.member, person: w.person, born: w.born,
				verdict: r.Members[w.member]})
		}
	}
	return out
}

// fingerprint are keyed hashes of a household's facts: they tell which changed,
// and nothing of what they are.
func (s *Service) fingerprint(person string, known *benefit.Known) (members []string, facts map[string]int64, err error) {
	facts = map[string]int64{}
	put := func(whose string, values map[string]kernel.Value) error {
		for id, v := range values {
			if !v.Known() {
				continue
			}
			b, err := json.Marshal(v)
			if err != nil {
				return err
			}
			facts[whose+"."+id] = s.d.Keys.Blind("benefit.alert.fact:"+person+":"+whose+"."+id, string(b))
		}
		return nil
	}
	situation := known.Answer.Situation
	if err := put("", situation.Household); err != nil {
		return nil, nil, err
	}
	for _, m := range situation.Members {
		id := known.Persons[m.ID]
		members = append(members, id)
		if err := put(id, m.Facts); err != nil {
			return nil, nil, err
		}
	}
	return members, facts, nil
}

// receives tells whether the household gets a programme already, by what is
// known.
func receives(s situation.Situation, programme string) bool {
	set, _ := s.Household["receives"].Set()
	for _, id := range set {
		if id == programme {
			return true
		}
	}
	return false
}

// dayNumber is a day as episodes are named.
func dayNumber(d kernel.Date) int64 { return rule.DayOf(d) }
