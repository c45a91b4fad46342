package benefit

import (
	"encoding/json"
	"sync"
	"testing"

	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// TestAnswersKeep: answers share the memory that their parts are cut from, but
// none changes what another holds, whoever else asks at the same time.
func TestAnswersKeep(t *testing.T) {
	e := koreanEngine(t)
	draw := ruletest.Situations(e.Law())
	var list []situation.Situation
	var want []string
	written := func(a *Answer) string {
		b, err := json.Marshal(a.View(plainTexts{}, kernel.KO))
		if err != nil {
			t.Error(err)
		}
		return string(b)
	}
	for i := range 12 {
		list = append(list, draw.Example(i))
		a, err := e.Evaluate(list[i])
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, written(a))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			var answers []*Answer
			for i := range list {
				a, err := e.Evaluate(list[i])
				if err != nil {
					t.Error(err)
					return
				}
				answers = append(answers, a)
			}
			for i, a := range answers {
				if got := written(a); got != want[i] {
					t.Errorf("situation %d:\n got %s\nwant %s", i, got, want[i])
				}
			}
		})
	}
	all.Wait()
}
