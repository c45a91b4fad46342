package said

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"maru/kernel"
)

// today is a Sunday.
var today = kernel.MustDate("2026-11-22")

func show(m Measure) string {
	switch m.Kind {
	case Date:
		out := "date " + m.Date.String()
		if !m.Until.IsZero() {
			out += ".." + m.Until.String()
		}
		if m.Born {
			out += " born"
		}
		return out
	}
	return fmt.Sprintf("%s %v %s", m.Kind, m.Value, m.Unit)
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		// ages
		"올해 예순다섯인데 나라에서 주는 돈":               "date 2026-01-01..2026-12-31|age 65 year",
		"아버지가 곧 만 65세세요":                    "age 65 year",
		"만 나이로 예순셋이에요":                      "age 63 year",
		"생활비가 없어요 칠십둘입니다":                   "age 72 year",
		"우리 애 7살인데":                         "age 7 year",
		"스물아홉 살 딸":                          "age 29 year",
		"18개월 된 아기":                         "age 18 month",
		"십팔 개월짜리 아이":                        "age 18 month",
		"30대 남자":                            "",
		"초3 아들":                             "grade 3 elementary",
		"중학교 2학년인데요":                        "grade 2 middle",
		"고3 엄마":                             "grade 3 high",
		"my mother is 66 and has no income": "age 66 year",
		"I am turning 65 this year":         "age 65 year|date 2026-01-01..2026-12-31",
		"a 3-year-old boy":                  "age 3 year",
		"18 months old baby":                "age 18 month",
		"I'm seventy two":                   "age 72 year",
		"세대주 변경":                            "",
		"두 세대가 살아요":                         "",
		// money
		"월급이 250만원이에요":        "money 2.5e+06 won",
		"전세 3.5억":             "money 3.5e+08 won",
		"보증금 1억 2천만 원에 월세 40": "money 1.2e+08 won",
		"이백오십만 원":             "money 2.5e+06 won",
		"월세 50만 원":            "money 500000 won",
		"월 200만 벌어요":          "money 2e+06 won",
		"십만원 준다는 거요":          "money 100000 won",
		"3천5백만 원":             "money 3.5e+07 won",
		"2.5 million won":     "money 2.5e+06 won",
		"I pay ₩300,000":      "money 300000 won",
		"300k won a month":    "money 300000 won|duration 1 month",
		"빚이 3.5억이에요":          "money 3.5e+08 won",
		"월급이 이백만이에요":          "money 2e+06 won",
		"원룸 두 개":              "",
		// dates
		"2026년 3월 5일에":       "date 2026-03-05",
		"2026-03-05 출생":      "date 2026-03-05",
		"2026. 3. 5.":        "date 2026-03-05",
		"3월 5일에 이사":          "date 2026-03-05",
		"어제 이사했어요":           "date 2026-11-21",
		"3일 전에 아기가":          "date 2026-11-19",
		"다음 주 월요일":           "date 2026-11-23",
		"지난주에 이사":            "date 2026-11-09..2026-11-15",
		"담주 화요일":             "date 2026-11-24",
		"지난달 3일":             "date 2026-10-03",
		"작년에 퇴사":             "date 2025-01-01..2025-12-31",
		"열흘 전":               "date 2026-11-12",
		"두 달 뒤":              "date 2027-01-22",
		"2주 안에":              "date 2026-12-06",
		"94년생":               "date 1994-01-01..1994-12-31 born",
		"2017년생인데 생일":        "date 2017-01-01..2017-12-31 born",
		"12월 말에 출산 예정":       "date 2026-12-21..2026-12-31",
		"in two weeks":       "date 2026-12-06",
		"three days ago":     "date 2026-11-19",
		"next Monday":        "date 2026-11-23",
		"I moved yesterday":  "date 2026-11-21",
		"March 5th, 2026":    "date 2026-03-05",
		"5 March 2026":       "date 2026-03-05",
		"I was born in 1994": "date 1994-01-01..1994-12-31 born",
		"may I apply":        "",
		"지금 그냥 낼 수 있나요":      "",
		"주민센터 주차":            "",
		"이번 주말에":             "date 2026-11-21..2026-11-22",
		"2026년 13월":          "date 2026-01-01..2026-12-31",
		"2월 30일":             "",
		"10000000000000년 전에": "duration 1e+13 year",
		"999999999년 뒤에":      "duration 9.99999999e+08 year",
		// durations and counts
		"임신 12주":            "duration 12 week",
		"3년 반 동안":           "duration 3.5 year",
		"한 달 내내":            "duration 1 month",
		"석 달 일했어요":          "duration 3 month",
		"애 둘 키워요":           "count 2 child",
		"자녀 셋":              "count 3 child",
		"4인 가구":             "count 4 household",
		"세 식구":              "count 3 household",
		"둘째 가졌어요":           "count 2 place",
		"three kids":        "count 3 child",
		"family of four":    "count 4 household",
		"12 weeks pregnant": "duration 12 week",
		"010-1234-5678로 전화": "",
		"지번 12-3":           "",
		"a":                 "",
	} {
		var got []string
		for _, m := range Read(Clean(text), today) {
			got = append(got, show(m))
		}
		if g := strings.Join(got, "|"); g != want {
			t.Errorf("%q: %q, want %q", text, g, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"만 65세", "2026년 3월 5일", "3.5억", "in two weeks", "９９년생", "1,2,3", "천만 억조", "초초3", "\xff", "a couple of", "9999999999999999999년 전"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := Clean(s)
		last := 0
		for _, m := range Read(clean, today) {
			if m.From < last || m.To <= m.From || m.To > len(clean) || clean[m.From:m.To] != m.Text {
				t.Fatalf("%q: span %d-%d after %d", s, m.From, m.To, last)
			}
			last = m.To
			if !utf8.ValidString(m.Text) || m.Value != m.Value {
				t.Fatalf("%q: %+v", s, m)
			}
			if m.Kind == Date && m.Date.IsZero() {
				t.Fatalf("%q: a date without a day", s)
			}
		}
	})
}
