package ask

import (
	"slices"
	"testing"
)

// TestLifeEventsOfUnseenWords: of words of life events that are in no index, most
// lead to the event's services; sentences about a service seldom lead to an
// event that it is not part of. Without word vectors, which are not trained for
// a test.
func TestLifeEventsOfUnseenWords(t *testing.T) {
	rest, lines, events := HoldOut(readPack(t))
	s := New(Deps{Catalog: fixed(rest)})
	recall := s.bundles(events)
	offered, astray, n := 0, 0, 0
	for i, l := range lines {
		if i%6 != 0 {
			continue
		}
		n++
		a, err := s.Ask(Query{Text: l.Text})
		if err != nil {
			t.Fatal(err)
		}
		if a.Bundle != nil {
			if offered++; !slices.Contains(a.Bundle.Services, l.Services[0]) {
				astray++
			}
		}
	}
	t.Logf("recall@8 %v of %d; of %d sentences %d are offered a life event, %d one without their service", recall, recall.Of, n, offered, astray)
	if recall.Part() < 0.75 {
		t.Errorf("services of life events among the first eight: %v", recall)
	}
	if astray*8 > n {
		t.Errorf("%d of %d sentences are offered a life event that their service is not part of", astray, n)
	}
}

// TestNoEventIsGuessed: where nothing of a life event is told, none is offered,
// however many services are shown.
func TestNoEventIsGuessed(t *testing.T) {
	s := full(t)
	for _, text := range []string{"여권 재발급", "뷁", "passport renewal"} {
		for _, limit := range []int{1, 5, MaxLimit} {
			if a, err := s.Ask(Query{Text: text, Limit: limit}); err != nil || a.Bundle != nil || len(a.Results) > limit {
				t.Errorf("%q, %d: %v, %d services, %v", text, limit, a.Bundle, len(a.Results), err)
			}
		}
	}
	for _, limit := range []int{1, 5, MaxLimit} {
		if a, err := s.Ask(Query{Text: "남편이 세상을 떠났어요", Limit: limit}); err != nil || a.Bundle == nil || a.Bundle.ID != "bereavement" {
			t.Errorf("limit %d: %v, %v", limit, a.Bundle, err)
		}
	}
}
