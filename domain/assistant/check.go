package assistant

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"maru/kernel"
)

// Verdict is what the benefit engine decides for one programme.
type Verdict struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Unit       string   `json:"unit" jsonschema:"person: decided for each member; household: for all together"`
	Eligible   string   `json:"eligible" jsonschema:"yes, no or unknown; unknown is not no: ask for what is missing"`
	Confidence string   `json:"confidence,omitempty" jsonschema:"entitled, likely or ask_office; never say more than this"`
	Amount     *int64   `json:"amount,omitempty" jsonschema:"won for the period, absent while unknown"`
	Period     string   `json:"period,omitempty" jsonschema:"month, year, once, day, days_30, years_5 or in_kind"`
	Unverified []string `json:"unverified,omitempty" jsonschema:"figures that were not found in their notice"`
	// Members stand with the unit person, Reasons with the unit household; both
	// only where one programme was asked for.
	Members []MemberVerdict `json:"members,omitempty"`
	Reasons []Reason        `json:"reasons,omitempty"`
	Missing []MissingFact   `json:"missing,omitempty" jsonschema:"facts that would settle it"`
	URL     string          `json:"url,omitempty"`
}

// MemberVerdict is the verdict for one member of the household.
type MemberVerdict struct {
	Member   string   `json:"member" jsonschema:"id of the member"`
	Eligible string   `json:"eligible"`
	Amount   *int64   `json:"amount,omitempty"`
	Reasons  []Reason `json:"reasons"`
}

// Reason is one condition of the law.
type Reason struct {
	Text    string `json:"text" jsonschema:"what must hold"`
	Article string `json:"article,omitempty" jsonschema:"law and article"`
	Holds   string `json:"holds" jsonschema:"yes, no or unknown"`
	Change  string `json:"change,omitempty" jsonschema:"what would have to be otherwise"`
}

// MissingFact is a fact that a verdict waits for.
type MissingFact struct {
	Member  string   `json:"member,omitempty" jsonschema:"id of the member; absent for the household"`
	Fact    string   `json:"fact" jsonschema:"name of the fact in household or members"`
	Title   string   `json:"title"`
	Type    string   `json:"type" jsonschema:"bool, int, date (YYYY-MM-DD), enum, code (region, 5 digits) or set"`
	Unit    string   `json:"unit,omitempty"`
	Options []Option `json:"options,omitempty"`
	Tell    string   `json:"tell" jsonschema:"here: ask the person and call again; on_site: the person tells it on our page only"`
}

// Situation is a household as an assistant tells it.
type Situation struct {
	Date      string           `json:"date,omitempty"`
	Household map[string]any   `json:"household,omitempty"`
	Members   []map[string]any `json:"members"`
}

// Checked is what was decided.
type Checked struct {
	Lang      string    `json:"lang"`
	Date      string    `json:"date" jsonschema:"the day for which was decided"`
	Verdicts  []Verdict `json:"verdicts"`
	OnSiteURL string    `json:"on_site_url,omitempty" jsonschema:"page where the person answers by themselves, also what may be told there only"`
	Version   string    `json:"version" jsonschema:"version of the catalogue, a hash of its content"`
}

// Check decides for a household, about one programme with its reasons or, with
// an empty id, about all that do not come out as no, in short. Facts that the
// dictionary calls sensitive or identifiers are refused by name, whatever they
// hold. Nothing is kept.
func (s *Service) Check(id, lang string, in Situation) (Checked, string, error) {
	l := ParseLang(lang)
	if err := s.decidable(id); err != nil {
		return Checked{}, "", err
	}
	if len(in.Members) == 0 {
		return Checked{}, "", kernel.E(kernel.Invalid, "assistant.error.no_members", nil)
	}
	if err := s.mayTell(s.Pack(), in); err != nil {
		return Checked{}, "", err
	}
	if in.Date == "" {
		in.Date = s.today().String()
	}
	if in.Household == nil {
		in.Household = map[string]any{}
	}
	for i := range in.Members {
		if in.Members[i] == nil {
			in.Members[i] = map[string]any{}
		}
		if _, named := in.Members[i]["id"]; !named {
			in.Members[i]["id"] = fmt.Sprintf("p%d", i+1)
		}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return Checked{}, "", kernel.E(kernel.Invalid, "assistant.error.arguments", err)
	}
	verdicts, err := s.d.Benefits.Decide(body, l)
	if err != nil {
		return Checked{}, "", err
	}
	out, text := s.checked(verdicts, id, l, in.Date, "/benefits")
	return out, text, nil
}

// decidable tells whether a rule decides the service, "" for all of them.
func (s *Service) decidable(id string) error {
	switch {
	case id == "":
		return nil
	case s.Pack().Services[id] == nil:
		return noService()
	case !s.d.Benefits.Has(id):
		return kernel.E(kernel.Invalid, "assistant.error.no_rule", nil)
	}
	return nil
}

// checked tells the verdicts of one programme, or of all that are not no. page is
// where the person goes on by themselves.
func (s *Service) checked(verdicts []Verdict, id string, l kernel.Lang, date, page string) (Checked, string) {
	p := s.Pack()
	out := Checked{Lang: string(l), Date: date, Verdicts: []Verdict{}, OnSiteURL: s.link(l, page), Version: p.Hash}
	var b strings.Builder
	for _, v := range verdicts {
		if id != "" && v.ID != id || id == "" && v.Eligible == "no" {
			continue
		}
		if id == "" {
			v.Members, v.Reasons = nil, nil
		}
		v.URL = s.link(l, "/services/"+v.ID)
		for i := range v.Missing {
			v.Missing[i].Tell = "here"
			if private(p, v.Missing[i].Fact) {
				v.Missing[i].Tell = "on_site"
			}
		}
		out.Verdicts = append(out.Verdicts, v)
		s.say(&b, v, l)
	}
	if len(out.Verdicts) == 0 {
		b.WriteString(s.t(l, "assistant.check.none") + "\n")
	}
	b.WriteString(s.t(l, "assistant.check.office"))
	return out, strings.TrimSpace(b.String())
}

// mayTell names the facts that an assistant must not tell.
func (s *Service) mayTell(p Pack, in Situation) error {
	e := kernel.E(kernel.Invalid, "assistant.error.private", nil).With("url", s.d.Site+"/benefits")
	look := func(at string, facts map[string]any) {
		for _, name := range slices.Sorted(maps.Keys(facts)) {
			if private(p, name) {
				e.Field(at+name, "assistant.error.private_fact", nil)
			}
		}
	}
	look("household.", in.Household)
	for i, m := range in.Members {
		look(fmt.Sprintf("members[%d].", i), m)
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// say puts a verdict into a few words.
func (s *Service) say(b *strings.Builder, v Verdict, l kernel.Lang) {
	key := "assistant.check." + v.Eligible
	if v.Confidence != "" && v.Eligible == "yes" {
		key = "assistant.check." + v.Confidence
	}
	fmt.Fprintf(b, "%s (%s): %s\n", v.Title, v.ID, s.t(l, key))
	reasons := func(list []Reason) {
		for _, r := range list {
			fmt.Fprintf(b, "  - %s: %s", s.t(l, "assistant.check.holds_"+r.Holds), r.Text)
			if r.Article != "" {
				fmt.Fprintf(b, " (%s)", r.Article)
			}
			b.WriteByte('\n')
		}
	}
	reasons(v.Reasons)
	for _, m := range v.Members {
		fmt.Fprintf(b, " %s:\n", m.Member)
		reasons(m.Reasons)
	}
	var missing []string
	for _, m := range v.Missing {
		missing = append(missing, m.Title)
	}
	if len(missing) > 0 && v.Eligible == "unknown" {
		b.WriteString("  " + s.t(l, "assistant.check.missing", "facts", strings.Join(slices.Compact(missing), ", ")) + "\n")
	}
}
