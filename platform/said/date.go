package said

import (
	"strings"
	"time"

	"maru/kernel"
)

// day makes a date, zero for one that does not exist.
func day(y, m, d int) kernel.Date {
	if y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > monthDays(y, m) {
		return kernel.Date{}
	}
	return kernel.Date{Year: int16(y), Month: uint8(m), Day: uint8(d)}
}

func monthDays(y, m int) int { return time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day() }

// near are days told by their distance from today.
var near = []struct {
	word string
	days int
}{
	{"그끄저께", -3}, {"그저께", -2}, {"그제", -2}, {"엊그제", -2}, {"엊그저께", -2}, {"어저께", -1}, {"어제", -1}, {"오늘", 0}, {"내일모레", 2}, {"낼모레", 2}, {"내일", 1}, {"낼", 1}, {"모레", 2}, {"글피", 3},
	{"the day before yesterday", -2}, {"day before yesterday", -2}, {"the day after tomorrow", 2}, {"day after tomorrow", 2}, {"yesterday", -1}, {"today", 0}, {"tonight", 0}, {"tomorrow", 1},
}

// date reads a day, or a month, week or year that one speaks of.
func (s *scan) date(i int) (Measure, int) {
	for _, n := range near {
		end, ok := s.has(i, n.word)
		if !ok || isLatin(rune(n.word[0])) && !s.wordEnd(end) || i > 0 && isHangul(s.r[i-1]) && isHangul(s.r[i]) {
			continue
		}
		if n.word == "낼" {
			if end < len(s.r) && isHangul(s.r[end]) && !strings.ContainsRune("부까은", s.r[end]) {
				continue // 낼 수 있나요 is another verb, as is 낼게요
			}
			if _, _, verb := s.any(s.blank(end), "수|거|때|돈|게"); verb {
				continue
			}
		}
		return Measure{Kind: Date, Date: s.today.AddDays(n.days)}, end
	}
	for _, read := range []func(int) (Measure, int){s.calendar, s.relative, s.weekday, s.englishDate} {
		if m, end := read(i); end > i {
			return m, end
		}
	}
	return Measure{}, i
}

// whole is the measure of a day.
func whole(d kernel.Date) Measure { return Measure{Kind: Date, Date: d} }

// month and year are spans of days.
func month(y, m int) Measure {
	return Measure{Kind: Date, Date: day(y, m, 1), Until: day(y, m, monthDays(y, m)), About: true}
}

func year(y int) Measure {
	return Measure{Kind: Date, Date: day(y, 1, 1), Until: day(y, 12, 31), About: true}
}

// calendar reads 2026년 3월 5일, 2026-03-05, 3월 5일, 3월, 94년생.
func (s *scan) calendar(i int) (Measure, int) {
	v, j, ok := s.plain(i)
	if !ok || v != float64(int(v)) || v > 9999 || i > 0 && strings.ContainsRune("-./:", s.r[i-1]) {
		return Measure{}, i
	}
	n, wide := int(v), j-i == 4
	if wide && n >= 1880 && n < 2200 {
		if m, end := s.numeric(n, j); end > j {
			return m, end
		}
	}
	if y, end, ok := s.yearAt(n, j, j-i); ok {
		if e, born := s.has(end, " 생"); born {
			if _, _, other := s.any(e, "각|활|기|겨|긴|일|계|산"); !other {
				m := year(y)
				m.Born = true
				return m, e
			}
		}
		if !wide {
			return Measure{}, i
		}
		k := s.blank(end)
		if w, k2, ok := s.plain(k); ok {
			if m, e := s.monthDay(y, int(w), k2); e > k2 {
				return m, e
			}
		}
		if e, ok := s.has(end, " 도"); ok {
			end = e
		}
		return year(y), end
	}
	if m, end := s.monthDay(0, n, j); end > j {
		return m, end
	}
	return Measure{}, i
}

// numeric reads -MM-DD after a year.
func (s *scan) numeric(y, j int) (Measure, int) {
	for _, sep := range "-./" {
		if j >= len(s.r) || s.r[j] != sep {
			continue
		}
		m, k, ok := s.part(s.blank(j + 1))
		if !ok || k >= len(s.r) || s.r[k] != sep {
			return Measure{}, j
		}
		d, e, ok := s.part(s.blank(k + 1))
		if at := day(y, m, d); ok && !at.IsZero() && (e >= len(s.r) || !isDigit(s.r[e])) {
			return whole(at), e
		}
	}
	return Measure{}, j
}

// part reads one or two digits.
func (s *scan) part(i int) (int, int, bool) {
	j, n := i, 0
	for j < len(s.r) && j < i+2 && isDigit(s.r[j]) {
		n = n*10 + int(s.r[j]-'0')
		j++
	}
	return n, j, j > i
}

// yearAt reads 년 after a number of two or four digits.
func (s *scan) yearAt(n, j, width int) (y, end int, ok bool) {
	end, ok = s.has(j, " 년")
	switch {
	case !ok:
		return 0, j, false
	case width == 4 && n >= 1880 && n < 2200:
		return n, end, true
	case width == 2:
		y := 1900 + n
		if n <= int(s.today.Year)%100 {
			y += 100
		}
		return y, end, true
	}
	return 0, j, false
}

// monthDay reads 월 and 일 after a number; y is 0 for a year not told.
func (s *scan) monthDay(y, m, j int) (Measure, int) {
	end, ok := s.has(j, " 월")
	if !ok || m < 1 || m > 12 {
		return Measure{}, j
	}
	if _, _, other := s.any(end, "급|세|요일|별"); other {
		return Measure{}, j
	}
	told := y > 0
	if !told {
		y = int(s.today.Year)
	}
	k := s.blank(end)
	if d, e, ok := s.plain(k); ok && d >= 1 && d <= 31 {
		if e, ok := s.has(e, " 일"); ok {
			at := day(y, m, int(d))
			if at.IsZero() {
				return Measure{}, j
			}
			out := whole(at)
			if !told {
				out = s.around(at)
			}
			return out, s.weekdayAfter(e)
		}
	}
	out := month(y, m)
	switch _, e, ok := s.any(k, "말|초|중순"); {
	case ok && strings.HasPrefix(s.rest(k, 2), "말") && !strings.HasPrefix(s.rest(k, 2), "말씀") && !strings.HasPrefix(s.rest(k, 2), "말했"):
		out.Date, end = out.Until.AddDays(-10), e
	case ok && strings.HasPrefix(s.rest(k, 2), "초"):
		out.Until, end = out.Date.AddDays(9), e
	case ok && strings.HasPrefix(s.rest(k, 2), "중순"):
		out.Until, out.Date, end = out.Date.AddDays(19), out.Date.AddDays(10), e
	}
	if !told && out.Date.Before(s.today) && out.Until.Before(s.today) {
		out.Other = addMonths(out.Date, 12)
	}
	return out, end
}

// around completes a day without a year: Date is the last one of that name,
// Other the next.
func (s *scan) around(at kernel.Date) Measure {
	m := whole(at)
	other := 12
	if s.today.Before(at) {
		other = -12
	}
	o := addMonths(at, other)
	if m.Other = o; o.Before(at) {
		m.Date, m.Other = o, at
	}
	return m
}

// weekdayAfter passes over a weekday that only confirms a date.
func (s *scan) weekdayAfter(i int) int {
	k := s.blank(i)
	if k < len(s.r) && strings.ContainsRune(weekdays, s.r[k]) {
		if e, ok := s.has(k+1, "요일"); ok {
			return e
		}
	}
	return i
}

const weekdays = "일월화수목금토"

// distances are words for the span before, this and the next.
var distances = []struct {
	word string
	by   int
}{
	{"지지난 ", -2}, {"저저번 ", -2}, {"지난 ", -1}, {"저번 ", -1}, {"이번 ", 0}, {"금 ", 0}, {"다다음 ", 2}, {"다음 ", 1}, {"담 ", 1}, {"오는 ", 1}, {"다가오는 ", 1}, {"내 ", 1},
}

// relative reads 다음 주 월요일, 지난달 3일, 작년, 올해 5월.
func (s *scan) relative(i int) (Measure, int) {
	if i > 0 && isHangul(s.r[i-1]) && isHangul(s.r[i]) {
		return Measure{}, i
	}
	for _, y := range []struct {
		word string
		by   int
	}{{"재작년", -2}, {"작년", -1}, {"지난해", -1}, {"지난 해", -1}, {"올해", 0}, {"금년", 0}, {"이번 년도", 0}, {"내후년", 2}, {"내년", 1}, {"다음 해", 1}} {
		if end, ok := s.has(i, y.word); ok {
			at := int(s.today.Year) + y.by
			k := s.blank(end)
			if n, e, ok := s.plain(k); ok {
				if m, e2 := s.monthDay(at, int(n), e); e2 > e {
					return m, e2
				}
			}
			return year(at), end
		}
	}
	for _, d := range distances {
		j, ok := s.has(i, d.word)
		if !ok {
			continue
		}
		if end, ok := s.has(j, "주"); ok {
			if _, _, other := s.any(end, "택|민|소|인|차|세|식|머|당|문|변|거|로|말"); !other {
				return s.week(d.by, end), s.weekEnd(end)
			}
			if e, ok := s.has(end, "말"); ok {
				m := s.week(d.by, end)
				sat := s.monday(d.by).AddDays(5)
				m.Date, m.Until = sat, sat.AddDays(1)
				return m, e
			}
			continue
		}
		if end, ok := s.has(j, "달"); ok {
			if _, _, other := s.any(end, "력|러"); other {
				continue
			}
			first := addMonths(kernel.Date{Year: s.today.Year, Month: s.today.Month, Day: 1}, d.by)
			if n, e, ok := s.plain(s.blank(end)); ok {
				if e, ok := s.has(e, " 일"); ok {
					if at := day(int(first.Year), int(first.Month), int(n)); !at.IsZero() {
						return whole(at), e
					}
				}
			}
			return month(int(first.Year), int(first.Month)), end
		}
		if k, e, ok := s.weekdayName(j); ok && d.word != "내 " && d.word != "금 " {
			return whole(s.named(k, d.word, d.by)), e
		}
		if n, e, ok := s.plain(j); ok && d.by == 0 {
			if m, e2 := s.monthDay(int(s.today.Year), int(n), e); e2 > e {
				return m, e2
			}
		}
	}
	return Measure{}, i
}

// monday is that of the week as many weeks away.
func (s *scan) monday(by int) kernel.Date {
	return s.today.AddDays(-(int(s.today.Weekday())+6)%7 + 7*by)
}

// week reads the weekday after 주, or stands for the whole week.
func (s *scan) week(by, end int) Measure {
	monday := s.monday(by)
	if k, _, ok := s.weekdayName(s.blank(end)); ok {
		return whole(monday.AddDays((k + 6) % 7))
	}
	return Measure{Kind: Date, Date: monday, Until: monday.AddDays(6), About: true}
}

func (s *scan) weekEnd(end int) int {
	if _, e, ok := s.weekdayName(s.blank(end)); ok {
		return e
	}
	return end
}

// weekdayName reads 월요일 as 1, 일요일 as 0.
func (s *scan) weekdayName(i int) (int, int, bool) {
	if i < len(s.r) {
		if k := strings.IndexRune(weekdays, s.r[i]); k >= 0 {
			if e, ok := s.has(i+1, "요일"); ok {
				return k / 3, e, true
			}
		}
	}
	return 0, i, false
}

// named is the weekday that "last", "coming" and "next" mean: the last one
// gone, the first one to come, that of the next week.
func (s *scan) named(k int, word string, by int) kernel.Date {
	ahead := (k - int(s.today.Weekday()) + 7) % 7
	switch strings.TrimSpace(word) {
	case "오는", "다가오는", "coming":
		if ahead == 0 {
			ahead = 7
		}
		return s.today.AddDays(ahead)
	case "지난", "저번", "last":
		back := (7 - ahead) % 7
		if back == 0 {
			back = 7
		}
		return s.today.AddDays(-back)
	}
	return s.monday(by).AddDays((k + 6) % 7)
}

// weekday reads a weekday alone: Date is the last one, Other the next.
func (s *scan) weekday(i int) (Measure, int) {
	k, end, ok := s.weekdayName(i)
	if !ok || i > 0 && isHangul(s.r[i-1]) {
		return Measure{}, i
	}
	m := whole(s.named(k, "last", 0))
	m.Other = s.named(k, "coming", 0)
	return m, end
}
