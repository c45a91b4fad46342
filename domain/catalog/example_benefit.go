package catalog

import (
	"slices"
	"strconv"

	"maru/domain/catalog/contract"
	"maru/platform/strictyaml"
)

// BenefitExample is one household of examples.yaml with what the service's
// benefit rule must decide for it. Whoever runs the rules plays it.
//
//	benefits:
//	  - name: 혼자 사는 65세 생일
//	    date: 2026-05-01
//	    known_on: 2026-03-19            # by what was known on that day; mostly left out
//	    household: {household_size: 1, debt: 0}
//	    members: [{id: p1, birth_date: 1961-05-01, nationality: citizen}]
//	    expect:
//	      eligible: "yes"               # yes, no or unknown
//	      amount: 349700                # won
//	      missing: [p1.disability]      # exactly these, in order
//	      arrears: 0                    # won; 0 also where none are paid
//	      members: {p1: {eligible: "yes", amount: 349700, missing: []}}
type BenefitExample struct {
	Name          string
	Date, KnownOn string // YYYY-MM-DD; KnownOn "" for all that is known
	// Household and Members are the facts in JSON's terms, unread: the domain
	// that runs the rules knows what they may be.
	Household map[string]any
	Members   []map[string]any
	Expect    BenefitExpect
	Line      int

	doc  *strictyaml.Document
	path []string
}

// BenefitExpect is what must come of an example; what is not named is not tested.
type BenefitExpect struct {
	BenefitVerdict `yaml:",inline"`
	// Arrears are in won.
	Arrears *int64 `yaml:"arrears"`
	// Members are the verdicts by member of a programme of unit person.
	Members map[string]BenefitVerdict `yaml:"members"`
}

// BenefitVerdict is what one programme must decide for the household or a member.
type BenefitVerdict struct {
	Eligible string   `yaml:"eligible"` // yes, no or unknown
	Amount   *int64   `yaml:"amount"`   // won
	Missing  []string `yaml:"missing"`  // exactly these refs; empty: none
}

// LineOf is the line of a part of the example, such as "members", "0", "sex";
// that of the nearest part around it where the part itself is absent.
func (e *BenefitExample) LineOf(path ...string) int {
	return e.doc.Line(slices.Concat(e.path, path)...)
}

// benefitExample is a BenefitExample as the file has it. The facts are taken
// from the document, where dates stay texts.
type benefitExample struct {
	Name      string         `yaml:"name"`
	Date      string         `yaml:"date"`
	KnownOn   string         `yaml:"known_on"`
	Household map[string]any `yaml:"household"`
	Members   []struct {
		ID    string         `yaml:"id"`
		Facts map[string]any `yaml:",inline"`
	} `yaml:"members"`
	Expect BenefitExpect `yaml:"expect"`
}

// verdicts are the words for eligible.
var verdicts = []string{"", "yes", "no", "unknown"}

func (l *loader) benefitExamples(s *contract.Service, file string, list []benefitExample, doc *strictyaml.Document) {
	if len(list) > 0 && s.Benefit == nil {
		l.found.err(file, doc.Line("benefits"), "benefits: the service has no benefit rule")
		return
	}
	for i, x := range list {
		at := strconv.Itoa(i)
		e := BenefitExample{Name: x.Name, Date: x.Date, KnownOn: x.KnownOn, Expect: x.Expect, Line: doc.Line("benefits", at), doc: doc, path: []string{"benefits", at}}
		bad := func(format string, args ...any) {
			l.found.err(file, e.Line, "example %q: "+format, append([]any{x.Name}, args...)...)
		}
		if x.Name == "" {
			bad("has no name")
		}
		raw := part(doc.Value, "benefits", i)
		e.Household, _ = raw["household"].(map[string]any)
		members, _ := raw["members"].([]any)
		known := map[string]bool{}
		for _, m := range members {
			member, _ := m.(map[string]any)
			e.Members = append(e.Members, member)
		}
		for _, m := range x.Members {
			known[m.ID] = true
		}
		tell := func(v BenefitVerdict) {
			if !slices.Contains(verdicts, v.Eligible) {
				bad("eligible is yes, no or unknown, not %q", v.Eligible)
			}
		}
		tell(x.Expect.BenefitVerdict)
		if len(x.Expect.Members) > 0 && s.Benefit.Unit != "person" {
			bad("expects verdicts on members, but the benefit's unit is the household")
		}
		for id, v := range x.Expect.Members {
			if !known[id] {
				bad("expects a verdict on %q, who is no member", id)
			}
			tell(v)
		}
		l.pack.BenefitExamples[s.ID] = append(l.pack.BenefitExamples[s.ID], e)
	}
}
