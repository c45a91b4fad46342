package column

import (
	"math/rand/v2"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// TestConstants: loops and branches over what does not depend on anybody.
func TestConstants(t *testing.T) {
	s := rule.Source{Facts: facts(), Law: contract.BenefitLaw{Parameters: parameters()}}
	for id, when := range map[string]string{
		"count":  "members.count(n, true) > 1",
		"date":   `members.any(n, date > day("2025-01-01"))`,
		"sum":    "members.sum(n, h.size) > 4",
		"wage":   "members.sum(n, wage) > 40",
		"some":   "members.count(n, h.single) > 1",
		"branch": `(true ? 3 : h.size) + wage > 2 && (m == head || h.single)`,
	} {
		s.Programmes = append(s.Programmes, rule.Programme{ID: id, Benefit: contract.Benefit{
			Unit: "person", Amount: "members.count(n, n == n) * 100 + wage", Conditions: []contract.BenefitCondition{{ID: "c1", When: when}}}})
	}
	law, problems := rule.Compile(s)
	if law == nil {
		t.Fatal(problems)
	}
	r := rand.New(rand.NewPCG(1, 2))
	m := populate(law, 60, 0.2, r)
	agree(t, law, law.At(kernel.MustDate("2026-01-05"), kernel.Date{}), m, Options{Wanted: everything(law), Amounts: true, Workers: 1})
}
