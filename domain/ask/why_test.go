package ask

import (
	"testing"

	"maru/kernel"
)

// counted counts how often the rules of benefits are asked.
type counted struct{ n int }

func (c *counted) Fit(map[string]kernel.Value, map[string]kernel.Value, kernel.Date) map[string]bool {
	c.n++
	return map[string]bool{"basic-pension": true, "long-term-care": true, "health-screening": true}
}

// TestReasonsAreWorkedOutOnce: the rules are asked for all facts together and
// for each fact alone, however many services are shown.
func TestReasonsAreWorkedOutOnce(t *testing.T) {
	rules := &counted{}
	s := New(Deps{Catalog: fixed(made().pack), Rules: rules})
	s.ix = made()
	a, err := s.Ask(Query{Text: "저는 70세이고 실직했어요. 받을 수 있는 돈이 있나요?", Limit: MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	told, quoted := 0, 0
	for _, f := range a.Facts {
		if f.ID != "" {
			told++
		}
	}
	for _, r := range a.Results {
		if len(r.Why.Facts) > 0 {
			quoted++
		}
	}
	if told < 2 || quoted < 2 {
		t.Fatalf("%d facts, %d services that name one: too few to count with", told, quoted)
	}
	if rules.n > 1+told {
		t.Errorf("the rules are asked %d times for %d facts", rules.n, told)
	}
}
