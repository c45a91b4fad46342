package ask

import (
	"slices"
	"testing"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// subjectsOf are the marks of a sentence of a service, nil for none.
func subjectsOf(r Result) []string { return r.Service.Quiet[r.Matched] }

// TestBirthShowsNoLoss: whoever tells of a birth is shown no sentence about a
// loss, a divorce or hunger, in whichever place it would stand.
func TestBirthShowsNoLoss(t *testing.T) {
	s := full(t)
	for _, text := range []string{
		"아기가 태어났어요", "어제 딸을 낳았어요 회사를 쉬려고요", "출산 휴가 급여 신청", "임신했어요 병원비 카드 주세요", "애 낳았는데 받을 수 있는 돈", "둘째가 태어나서 육아휴직 하려고요",
		"our baby was born yesterday", "I am having a baby, can I take paid time off", "pregnant, help with the clinic bill", "money for a newborn",
	} {
		a, err := s.Ask(Query{Text: text, Limit: MaxLimit})
		if err != nil || len(a.Results) < DefaultLimit {
			t.Fatalf("%q: %v, %v", text, ids(a), err)
		}
		for _, r := range a.Results {
			if marks := subjectsOf(r); len(marks) > 0 {
				t.Errorf("%q: %s shows %q, which speaks of %v", text, r.Service.ID, r.Matched, marks)
			}
		}
	}
}

// TestNobodyIsShownWhatTheyDidNotSay asks with a tenth of the sentences that
// carry no mark: what is shown speaks of nothing that they do not speak of.
func TestNobodyIsShownWhatTheyDidNotSay(t *testing.T) {
	p := readPack(t)
	s := New(Deps{Catalog: fixed(p)})
	said := newQuiet(p)
	asked, lacking := 0, 0
	for _, svc := range p.Services {
		for _, l := range kernel.Langs {
			for _, u := range svc.Utterances[l] {
				if _, marked := svc.Quiet[u]; marked || hashOf(u)%10 != 0 {
					continue
				}
				a, err := s.Ask(Query{Text: u})
				if err != nil {
					t.Fatal(err)
				}
				asked++
				for _, r := range a.Results {
					if hidden := said.lines[r.Matched] &^ said.spoken(u); hidden != 0 {
						t.Errorf("%q: %s shows %q, marked %v", u, r.Service.ID, r.Matched, subjectsOf(r))
					}
					if r.Matched == "" {
						lacking++
					}
				}
			}
		}
	}
	if asked < 300 || lacking*100 > asked*DefaultLimit {
		t.Errorf("%d sentences asked, %d cards without a sentence", asked, lacking)
	}
}

// TestLossIsAnsweredWithLoss: whoever tells of a loss sees, where a service has
// sentences about it, one of those, not a cheerful one.
func TestLossIsAnsweredWithLoss(t *testing.T) {
	s := full(t)
	for text, want := range map[string]struct{ service, subject string }{
		"유산했는데 회사를 쉴 수 있나요":                                       {"maternity-leave-benefit", "pregnancy-loss"},
		"아기를 잃었어요 휴가 급여가 나오나요":                                    {"maternity-leave-benefit", "pregnancy-loss"},
		"I had a miscarriage, is there paid leave":                {"maternity-leave-benefit", "pregnancy-loss"},
		"I lost my baby and cannot work":                          {"maternity-leave-benefit", "pregnancy-loss"},
		"남편이 죽고 아이 둘을 혼자 키워요":                                     {"single-parent-support", "death"},
		"my husband died and I am left with three small children": {"single-parent-support", "death"},
	} {
		a, err := s.Ask(Query{Text: text, Limit: MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(a.Results, func(r Result) bool { return r.Service.ID == want.service })
		if i < 0 {
			t.Errorf("%q does not find %s: %s", text, want.service, ids(a))
			continue
		}
		if r := a.Results[i]; !slices.Contains(subjectsOf(r), want.subject) {
			t.Errorf("%q: %s shows %q, marked %v", text, r.Service.ID, r.Matched, subjectsOf(r))
		}
	}
}

// TestMarksChangeNoOrder: a marked sentence finds its service as before.
func TestMarksChangeNoOrder(t *testing.T) {
	p := readPack(t)
	marked := New(Deps{Catalog: fixed(p)})
	p.Quiet = nil
	p.Services = slices.Clone(p.Services)
	for i, svc := range p.Services {
		c := *svc
		c.Quiet = nil
		p.Services[i] = &c
	}
	plain := New(Deps{Catalog: fixed(p)})
	for _, text := range []string{"아기가 태어났어요", "유산했어요", "빚이 많아요", "my husband died", "장애가 있는 아들", "이사했어요"} {
		a, _ := marked.Ask(Query{Text: text, Limit: MaxLimit})
		b, _ := plain.Ask(Query{Text: text, Limit: MaxLimit})
		if ids(a) != ids(b) {
			t.Errorf("%q: %s with marks, %s without", text, ids(a), ids(b))
		}
	}
}

// TestUnknownMarkIsNeverShown: a mark whose subject the pack does not know
// hides its sentence from everybody.
func TestUnknownMarkIsNeverShown(t *testing.T) {
	svc := &contract.Service{ID: "a", Title: kernel.Text{KO: "신고", EN: "Report"}, Terms: []string{"강아지 별"},
		Utterances: map[kernel.Lang][]string{kernel.KO: {"강아지가 별이 됐어요"}}, Quiet: map[string][]string{"강아지가 별이 됐어요": {"lost"}, "강아지 별": {}}}
	s := New(Deps{Catalog: fixed(Pack{Hash: "one", Services: []*contract.Service{svc, {ID: "b", Title: kernel.Text{KO: "등록", EN: "Register"}}}})})
	a, err := s.Ask(Query{Text: "강아지가 별이 됐어요"})
	if err != nil || len(a.Results) == 0 || a.Results[0].Service.ID != "a" || a.Results[0].Matched != "강아지 별" {
		t.Errorf("%+v, %v", a.Results, err)
	}
}
