package ask

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"maru/kernel"
)

// TestGroupsDoNotHangOnOrder: the same sentences give the same groups, however
// they come, and every sentence is in one.
func TestGroupsDoNotHangOnOrder(t *testing.T) {
	s := New(Deps{Catalog: fixed(readPack(t))})
	texts := []string{}
	for i := range 12 {
		texts = append(texts, fmt.Sprintf("마을버스 %d번을 늘려 주세요", i), fmt.Sprintf("수어 통역사를 %d명 불러 주세요", i), fmt.Sprintf("please open the swimming pool at %d", i), fmt.Sprintf("%c%c", '가'+rune(i*97), '나'+rune(i*131)))
	}
	run := func(seed uint64) ([]Need, int) {
		var list []*sentence
		for _, i := range rand.New(rand.NewPCG(seed, 1)).Perm(len(texts)) {
			list = append(list, &sentence{text: texts[i], lang: kernel.KO, day: fmt.Sprintf("2026-03-%02d", i%28+1)})
		}
		return s.needs(list)
	}
	first, rest := run(1)
	if len(first) != 3 {
		t.Fatalf("%d needs: %+v", len(first), first)
	}
	n := rest
	for _, x := range first {
		n += x.Count
		if len(x.Near) == 0 || len(x.Words) == 0 {
			t.Errorf("%+v", x)
		}
	}
	if n != len(texts) {
		t.Errorf("%d of %d sentences", n, len(texts))
	}
	for seed := range uint64(5) {
		if again, r := run(seed + 2); !reflect.DeepEqual(again, first) || r != rest {
			t.Errorf("another order gives %+v", again)
		}
	}
	if needs, rest := s.needs(nil); len(needs) != 0 || rest != 0 {
		t.Error("something out of nothing")
	}
	if needs, rest := s.needs([]*sentence{{text: "[PHONE]"}, {text: "!"}, {text: "[NAME] [NAME]"}}); len(needs) != 0 || rest != 3 {
		t.Errorf("%v, %d", needs, rest)
	}
}
