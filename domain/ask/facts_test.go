package ask

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/said"
)

// The day of these tests is a Sunday.
var sunday = kernel.MustDate("2026-11-22")

type somePlaces struct{}

func (somePlaces) Regions() []Place {
	return []Place{
		{"11", kernel.Text{KO: "서울특별시", EN: "Seoul"}}, {"11110", kernel.Text{KO: "종로구", EN: "Jongno-gu"}}, {"11140", kernel.Text{KO: "중구", EN: "Jung-gu"}},
		{"26", kernel.Text{KO: "부산광역시", EN: "Busan"}}, {"26110", kernel.Text{KO: "중구", EN: "Jung-gu"}},
		{"41", kernel.Text{KO: "경기도", EN: "Gyeonggi-do"}}, {"41111", kernel.Text{KO: "수원시 장안구", EN: "Jangan-gu, Suwon-si"}}, {"41310", kernel.Text{KO: "구리시", EN: "Guri-si"}},
		{"43", kernel.Text{KO: "충청북도", EN: "Chungcheongbuk-do"}}, {"43720", kernel.Text{KO: "보은군", EN: "Boeun-gun"}},
	}
}

func tellerOf(t testing.TB) *teller {
	return newTeller(readPack(t), somePlaces{}.Regions())
}

func TestFacts(t *testing.T) {
	tell := tellerOf(t)
	for text, want := range map[string]string{
		"어머니가 72세이신데 혼자 사세요":                "birth_date~1954-05-24 parent",
		"제가 올해 만 65세가 돼요":                   "?date birth_date~1961-05-24 self",
		"94년생 남자":                           "birth_date~1994-07-02 self",
		"2020년 3월 2일에 태어난 아들":               "birth_date=2020-03-02 child",
		"임신 12주예요":                          "?duration",
		"임신 중인데 12주예요":                      "pregnant=true self ?duration",
		"임신 준비 중":                           "planning_child=true self",
		"월세 50만원에 보증금 1000만원":               "rent_month=500000 self deposit=10000000 self",
		"월급 250만원 받아요":                      "earned_income_month=2500000 self",
		"빚이 3.5억이에요":                        "debt=350000000 self",
		"회사에서 잘렸어요":                         "employment=unemployed self job_left_reason=involuntary self",
		"지난달 3일에 퇴사했어요":                     "job_left_on=2026-10-03 self employment=unemployed self",
		"혼자 애 키우는 미혼모":                      "single_parent=true self",
		"4인 가구예요":                           "household_size=4 self",
		"초3 딸":                              "student=elementary child",
		"남편이 죽었어요":                          "marital_status=widowed spouse",
		"종로구로 이사":                           "region=11110 self",
		"서울 중구에 살아요":                        "region=11140 self",
		"중구에 살아요":                           "",
		"부산에서 살아요":                          "?place",
		"수원에서 왔어요":                          "?place",
		"구리가 비싸요":                           "",
		"충북 보은군":                            "region=43720 self",
		"I live in Jongno-gu":               "region=11110 self",
		"my mother is 72":                   "birth_date~1954-05-24 parent",
		"I was laid off last week":          "employment=unemployed self job_left_reason=involuntary self job_left_on~2026-11-12 self",
		"I'm pregnant, due on 3 March 2027": "pregnant=true self due_date=2027-03-03 self",
		"not pregnant":                      "",
		"rent is 500,000 won":               "rent_month=500000 self",
		"single mother of two children":     "single_parent=true parent ?count",
		"형편이 어려워요":                          "",
		"":                                  "",
	} {
		var got []string
		for _, f := range tell.read(said.Clean(text), sunday) {
			switch {
			case f.ID == "":
				got = append(got, "?"+string(f.Measure.Kind))
			case f.Exact:
				got = append(got, fmt.Sprintf("%s=%s %s", f.ID, f.Value.Text(), f.Who))
			default:
				got = append(got, fmt.Sprintf("%s~%s %s", f.ID, f.Value.Text(), f.Who))
			}
			if f.Text != said.Clean(text)[f.From:f.To] || f.Text == "" {
				t.Errorf("%q: the quote %q is not where it is said to be", text, f.Text)
			}
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q: %q, want %q", text, g, want)
		}
	}
}

// elderly is a rule for people of 65 and over.
type elderly struct{}

func (elderly) Fit(person, _ map[string]kernel.Value, today kernel.Date) map[string]bool {
	if born, ok := person["birth_date"].Date(); ok && born.AgeOn(today) >= 65 {
		return map[string]bool{"basic-pension": true}
	}
	return nil
}

// TestFactsRerank: an age lifts the services whose rules it fits, says so, and
// takes nothing away.
func TestFactsRerank(t *testing.T) {
	at := clock.NewManual(kernel.TimeOf(sunday.In(kernel.Seoul)))
	with := New(Deps{Catalog: fixed(readPack(t)), Rules: elderly{}, Clock: at})
	without := New(Deps{Catalog: fixed(readPack(t)), Clock: at})
	score := func(s *Service, q string) (float64, Why) {
		a, err := s.Ask(Query{Text: q, Limit: MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Results {
			if r.Service.ID == "basic-pension" {
				return r.Score, r.Why
			}
		}
		t.Fatalf("%q does not find the basic pension", q)
		return 0, Why{}
	}
	const q = "저는 67세인데 매달 받는 돈 신청"
	a, why := score(with, q)
	b, plain := score(without, q)
	// The service's own condition on the age may lift it without the rules.
	if a < b || !slices.Contains(why.Facts, "67세") {
		t.Errorf("67 years: %.2f with the rules (%v), %.2f without (%v)", a, why, b, plain)
	}
	young, none := score(with, "저는 23세인데 매달 받는 돈 신청")
	if young >= a || len(none.Facts) != 0 {
		t.Errorf("23 years: %.2f (%v), 67 years %.2f", young, none, a)
	}
}

func FuzzFacts(f *testing.F) {
	tell := tellerOf(f)
	for _, s := range []string{"어머니가 72세", "서울 중구에 살아요", "월세 50만원", "\xff\x00", "I'm pregnant", "종로구종로구"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := said.Clean(s)
		for _, x := range tell.read(clean, sunday) {
			if x.From < 0 || x.To > len(clean) || x.From >= x.To || clean[x.From:x.To] != x.Text {
				t.Fatalf("%q: %+v", s, x)
			}
		}
	})
}
