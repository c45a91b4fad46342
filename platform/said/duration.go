package said

import (
	"strings"

	"maru/kernel"
)

// fixed are durations that are one word.
var fixed = []struct {
	word string
	n    float64
	unit string
}{
	{"하루", 1, "day"}, {"이틀", 2, "day"}, {"사흘", 3, "day"}, {"나흘", 4, "day"}, {"닷새", 5, "day"}, {"엿새", 6, "day"}, {"이레", 7, "day"},
	{"여드레", 8, "day"}, {"아흐레", 9, "day"}, {"열흘", 10, "day"}, {"보름", 15, "day"}, {"반년", 6, "month"}, {"반 년", 6, "month"},
	{"한두 달", 1, "month"}, {"두세 달", 2, "month"}, {"며칠", 3, "day"}, {"몇 달", 3, "month"}, {"몇 주", 3, "week"}, {"몇 년", 3, "year"}, {"몇 시간", 3, "hour"}, {"몇 분", 3, "minute"},
}

func (s *scan) fixedDuration(i int) (Measure, int) {
	for _, f := range fixed {
		end, ok := s.has(i, f.word)
		if !ok {
			continue
		}
		about := strings.HasPrefix(f.word, "몇") || strings.HasPrefix(f.word, "며") || strings.HasPrefix(f.word, "한두") || strings.HasPrefix(f.word, "두세")
		if f.word == "하루" || f.word == "이레" {
			if _, _, other := s.any(end, "빨리|하루|속히|터"); other {
				return Measure{}, i
			}
		}
		return Measure{Kind: Duration, Value: f.n, Unit: f.unit, About: about}, end
	}
	return Measure{}, i
}

// span reads a duration: 3년 반, 18개월, 두 달, 1시간 30분.
func (s *scan) span(v float64, j int, how script) (Measure, int) {
	k := s.blank(j)
	for _, u := range []struct{ words, unit string }{
		{"개월|달", "month"}, {"주일|주간", "week"}, {"시간", "hour"}, {"년", "year"}, {"주", "week"}, {"일", "day"}, {"분", "minute"}, {"초", "second"},
	} {
		word, end, ok := s.any(k, u.words)
		if !ok {
			continue
		}
		if how == native && (u.unit == "day" || u.unit == "second" || u.unit == "minute" || word == "년" && v > 10) {
			return Measure{}, j
		}
		switch word {
		case "달":
			if _, _, other := s.any(k, "달러|달라|달력"); other {
				return Measure{}, j
			}
		case "주":
			if _, _, other := s.any(k, "주택|주민|주소|주차|주세|주식|주당|주년"); other && !strings.HasPrefix(s.rest(k, 2), "주차") {
				return Measure{}, j
			}
			if e, ok := s.has(k, "주차"); ok {
				end = e
			}
		case "년":
			if v >= 1900 && v < 2200 {
				return Measure{}, j // a year, which date has refused
			}
			if _, _, other := s.any(end, "도|생|대"); other {
				return Measure{}, j
			}
			if e, ok := s.has(end, " 반"); ok && !strings.HasPrefix(s.rest(e, 1), "드") {
				v, end = v+0.5, e
			}
		case "일":
			if _, _, other := s.any(k, "일하|일을|일이|일자리|일반|일찍"); other {
				return Measure{}, j
			}
			if e, ok := s.has(end, "간"); ok {
				end = e
			}
		case "분":
			if _, _, other := s.any(k, "분의|분기|분이|분은|분께"); other {
				return Measure{}, j
			}
		case "초":
			if _, _, other := s.any(k, "초등|초과|초반"); other {
				return Measure{}, j
			}
		case "시간":
			if n, e, _, ok := s.number(s.blank(end)); ok {
				if e2, ok := s.has(e, " 분"); ok {
					return Measure{Kind: Duration, Value: v*60 + n, Unit: "minute"}, e2
				}
			}
		}
		return Measure{Kind: Duration, Value: v, Unit: u.unit}, end
	}
	return Measure{}, j
}

// when turns a duration into an age or a date where the words after it say so:
// 18개월 된 아기, 3일 전에, 2주 안에.
func (s *scan) when(m Measure, end int) (Measure, int) {
	k := s.blank(end)
	if _, e, ok := s.any(k, "짜리|된 아|된 애|된 딸|된 아들|된 쌍|배기"); ok && m.Unit != "hour" && m.Unit != "minute" {
		_ = e
		m.Kind = Age
		return m, end
	}
	if m.Unit == "hour" || m.Unit == "minute" || m.Unit == "second" {
		return m, end
	}
	if word, e, ok := s.any(k, "전쯤|전|지났|째 안|안에|이내에|이내|내에|내로|내|후에|후|뒤에|뒤|있다가|이따"); ok {
		sign := 1
		switch word {
		case "전", "전쯤":
			sign = -1
			if _, _, other := s.any(k, "전세|전기|전화|전입|전체|전부|전월|전국|전문"); other {
				return m, end
			}
		case "지났", "째 안":
			return m, end
		case "내":
			if _, _, other := s.any(k, "내일|내년|내는|내야|내고|내라|내내|낼|내면|내도|내가|내달"); other {
				return m, end
			}
		case "후", "뒤":
			if _, _, other := s.any(k, "후원|후견|후불|뒤늦|뒤로"); other {
				return m, end
			}
		}
		day := s.shift(sign, m)
		if day.IsZero() {
			return m, end
		}
		m.Kind, m.Date = Date, day
		m.About = m.About || m.Value != float64(int(m.Value))
		return m, e
	}
	return m, end
}

// shift is the day a duration before (-1) or after (1) today; none where
// nobody could mean it.
func (s *scan) shift(sign int, m Measure) kernel.Date {
	if m.Value > map[string]float64{"year": 150, "month": 1800, "week": 8000, "day": 55000}[m.Unit] {
		return kernel.Date{}
	}
	n := sign * int(m.Value)
	half := sign * int((m.Value-float64(int(m.Value)))*2)
	switch m.Unit {
	case "year":
		return addMonths(s.today, 12*n+6*half)
	case "month":
		return addMonths(s.today, n).AddDays(15 * half)
	case "week":
		return s.today.AddDays(7 * n)
	}
	return s.today.AddDays(n)
}

// addMonths counts months as people do: the same day, or the month's last.
func addMonths(d kernel.Date, n int) kernel.Date {
	y, m := int(d.Year), int(d.Month)-1+n
	for m < 0 {
		m, y = m+12, y-1
	}
	y, m = y+m/12, m%12
	return day(y, m+1, min(int(d.Day), monthDays(y, m+1)))
}
