package benefit

import (
	"slices"

	"maru/domain/benefit/situation"
	"maru/kernel"
)

// View is an answer as the API and the command line give it.
type View struct {
	Results map[string]ResultView `json:"results"`
}

// ResultView is one programme's result.
type ResultView struct {
	Title    string        `json:"title"`
	Unit     string        `json:"unit" enum:"person,household"`
	Eligible situation.Tri `json:"eligible"`
	Amount   *int64        `json:"amount"`
	Period   string        `json:"period" enum:"month,year,once,day,days_30,years_5,in_kind"`
	Missing  []string      `json:"missing"`
	// Confidence is null for a no.
	Confidence *Confidence `json:"confidence"`
	Unverified []string    `json:"unverified"`
	Arrears    *int64      `json:"arrears,omitempty"`
	// Members stand with the unit person, Reasons with the unit household.
	Members map[string]MemberView `json:"members,omitempty"`
	Reasons []Reason              `json:"reasons,omitempty"`
}

// MemberView is the result for one member.
type MemberView struct {
	Eligible situation.Tri `json:"eligible"`
	Amount   *int64        `json:"amount"`
	Missing  []string      `json:"missing"`
	Reasons  []Reason      `json:"reasons"`
}

// View writes the answer out in a language.
func (a *Answer) View(texts Texts, l kernel.Lang) View {
	out := View{Results: make(map[string]ResultView, len(a.Results))}
	for i := range a.Results {
		r := &a.Results[i]
		v := ResultView{Title: a.Engine.Titles[r.Programme.ID].In(l), Unit: "household", Eligible: r.Eligible, Amount: r.Amount, Period: r.Programme.Benefit.Period, Missing: r.Missing,
			Unverified: slices.Concat([]string{}, r.Unverified)}
		if r.Confidence != "" {
			v.Confidence = &r.Confidence
		}
		if r.Arrears != nil {
			v.Arrears = r.Arrears.Amount
		}
		if !r.Person {
			v.Reasons = a.Reasons(r, 0, texts, l)
		} else {
			v.Unit, v.Members = "person", make(map[string]MemberView, len(r.Members))
			for who, m := range a.Situation.Members {
				one := r.Members[who]
				v.Members[m.ID] = MemberView{Eligible: one.Eligible, Amount: one.Amount, Missing: one.Missing, Reasons: a.Reasons(r, who, texts, l)}
			}
		}
		out.Results[r.Programme.ID] = v
	}
	return out
}
