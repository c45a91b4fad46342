package said

import (
	"strings"

	"maru/kernel"
)

var (
	ones = map[string]float64{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
		"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}
	tens = map[string]float64{"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
	mult = map[string]float64{"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "k": 1e3, "m": 1e6}
	// articles count one before a unit only.
	articles = map[string]float64{"a": 1, "an": 1, "a couple of": 2, "a few": 3, "several": 3, "half a": 0.5}
	months   = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	long     = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	days     = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
)

// word is the Latin word at i.
func (s *scan) word(i int) (string, int) {
	j := i
	for j < len(s.r) && isLatin(s.r[j]) {
		j++
	}
	return string(s.r[i:j]), j
}

// gap passes over blanks and a hyphen.
func (s *scan) gap(i int) int {
	i = s.blank(i)
	if i < len(s.r) && s.r[i] == '-' {
		i = s.blank(i + 1)
	}
	return i
}

// englishNumber reads 65, sixty-five, two and a half million, 300k.
func (s *scan) englishNumber(i int) (v float64, end int, ok bool) {
	if v, end, ok = s.plain(i); !ok {
		group := 0.0
		j := i
		for {
			w, e := s.word(j)
			if n, t := tens[w]; t {
				group, end, ok = group+n, e, true
			} else if n, o := ones[w]; o {
				group, end, ok = group+n, e, true
			} else if w == "hundred" && ok {
				group, end = max(1, group)*100, e
			} else if w == "and" && ok {
				if n, _ := s.word(s.blank(e)); ones[n] == 0 && tens[n] == 0 {
					break
				}
			} else {
				break
			}
			j = s.gap(e)
		}
		v = group
	}
	for ok {
		w, e := s.word(s.blank(end))
		m, known := mult[w]
		if !known || w == "m" && e-end > 1 {
			break
		}
		v, end = v*m, e
	}
	return v, end, ok
}

// english reads a number with its English unit.
func (s *scan) english(i int) (Measure, int) {
	if i > 0 && isLatin(s.r[i-1]) {
		return Measure{}, i
	}
	if m, end := s.symbol(i); end > i {
		return m, end
	}
	for _, lead := range []string{"aged ", "turning ", "turns ", "turned ", "i am ", "i'm ", "im ", "he is ", "she is ", "he's ", "she's ", "who is ", "is "} {
		j, ok := s.has(i, lead)
		if !ok || s.r[j-1] != ' ' || lead == "is " && !s.person(i) {
			continue
		}
		if v, end, ok := s.englishNumber(j); ok && v == float64(int(v)) && v < 130 && s.wordEnd(end) {
			if u, _ := s.word(s.gap(end)); s.unit(u) == "" && !strings.Contains(" won krw dollars percent people kids children km th nd rd st ", " "+u+" ") && (end >= len(s.r) || s.r[end] != '%') {
				return Measure{Kind: Age, Value: v, Unit: "year"}, end
			}
		}
	}
	v, end, ok := s.englishNumber(i)
	article := false
	if !ok {
		for a, n := range articles {
			if e, has := s.has(i, a); has && s.wordEnd(e) && e > end {
				v, end, ok, article = n, e, true, true
			}
		}
	}
	if !ok || !isDigit(s.r[i]) && !s.wordEnd(end) {
		return Measure{}, i
	}
	k := s.gap(end)
	u, e := s.word(k)
	if unit := s.unit(u); unit != "" && e > k {
		return s.englishSpan(i, v, unit, e)
	}
	if article {
		return Measure{}, i
	}
	switch u {
	case "won", "krw":
		return Measure{Kind: Money, Value: v, Unit: "won"}, e
	case "dollar", "dollars", "usd", "bucks":
		return Measure{Kind: Money, Value: v, Unit: "USD"}, e
	case "kids", "children", "child", "kid", "babies", "sons", "daughters":
		return Measure{Kind: Count, Value: v, Unit: "child"}, e
	case "people", "persons", "members":
		return Measure{Kind: Count, Value: v, Unit: "person"}, e
	case "yo", "yrs":
		return Measure{Kind: Age, Value: v, Unit: "year"}, e
	case "th", "st", "nd", "rd":
		if g, e2 := s.word(s.blank(e)); g == "grade" || g == "grader" {
			return grade(int(v)), e2
		}
	}
	if b := s.before(i, 14); strings.HasSuffix(b, "family of ") || strings.HasSuffix(b, "household of ") {
		return Measure{Kind: Count, Value: v, Unit: "household"}, end
	}
	if b := s.before(i, 7); strings.HasSuffix(b, "grade ") {
		return grade(int(v)), end
	}
	return Measure{}, i
}

// person tells whether the word before i is one for a person, so that a bare
// number after "is" is an age.
func (s *scan) person(i int) bool {
	lead := strings.Fields(s.before(i, 14))
	return len(lead) > 0 && strings.Contains(" mother father mom mum dad grandma grandpa grandmother grandfather husband wife son daughter baby kid child parent brother sister aunt uncle he she ", " "+lead[len(lead)-1]+" ")
}

// grade is an American school year.
func grade(n int) Measure {
	switch {
	case n <= 6:
		return Measure{Kind: Grade, Value: float64(n), Unit: "elementary"}
	case n <= 9:
		return Measure{Kind: Grade, Value: float64(n - 6), Unit: "middle"}
	}
	return Measure{Kind: Grade, Value: float64(n - 9), Unit: "high"}
}

// unit is the unit of time that a word names.
func (s *scan) unit(w string) string {
	switch strings.TrimSuffix(w, "s") {
	case "year", "yr":
		return "year"
	case "month", "week", "day", "hour", "minute":
		return strings.TrimSuffix(w, "s")
	}
	return ""
}

// englishSpan reads what follows a span: old, ago, from now; or what stood
// before it: in, within.
func (s *scan) englishSpan(i int, v float64, unit string, end int) (Measure, int) {
	m := Measure{Kind: Duration, Value: v, Unit: unit}
	w, e := s.word(s.gap(end))
	lead := strings.Fields(s.before(i, 12))
	last := ""
	if len(lead) > 0 {
		last = lead[len(lead)-1]
	}
	dated := unit != "hour" && unit != "minute"
	switch {
	case w == "old" || w == "olds":
		m.Kind = Age
		return m, e
	case w == "ago" && dated:
		return s.moved(m, -1, end, e)
	case (last == "in" || last == "within") && dated:
		return s.moved(m, 1, end, end)
	case w == "later" && dated:
		return s.moved(m, 1, end, e)
	case w == "from" && dated:
		if n, e2 := s.word(s.blank(e)); n == "now" || n == "today" {
			return s.moved(m, 1, end, e2)
		}
	}
	return m, end
}

// moved makes a duration the day so far away.
func (s *scan) moved(m Measure, sign, end, to int) (Measure, int) {
	d := s.shift(sign, m)
	if d.IsZero() {
		return m, end
	}
	m.Kind, m.Date = Date, d
	return m, to
}

// symbol reads ₩300,000 and $5.
func (s *scan) symbol(i int) (Measure, int) {
	unit := map[rune]string{'₩': "won", '￦': "won", '$': "USD", '€': "EUR", '£': "GBP"}[s.r[i]]
	j := i + 1
	if unit == "" {
		e, ok := s.has(i, "krw ")
		if !ok {
			return Measure{}, i
		}
		unit, j = "won", e
	}
	v, end, ok := s.englishNumber(s.blank(j))
	if !ok {
		return Measure{}, i
	}
	return Measure{Kind: Money, Value: v, Unit: unit}, end
}

// monthName is 1 to 12.
func monthName(w string) int {
	for i := range months {
		if w == long[i] || w == months[i] || w == "sept" && i == 8 {
			return i + 1
		}
	}
	return 0
}

// englishDate reads 3 March 2026, March 3rd, next Monday, last month, born in
// 1994.
func (s *scan) englishDate(i int) (Measure, int) {
	if i > 0 && (isLatin(s.r[i-1]) || isDigit(s.r[i-1])) {
		return Measure{}, i
	}
	if d, j, ok := s.ordinal(i); ok {
		k := s.blank(j)
		if e, of := s.has(k, "of "); of {
			k = e
		}
		w, e := s.word(k)
		if m := monthName(w); m > 0 {
			return s.englishDay(m, d, e, i)
		}
	}
	w, e := s.word(i)
	if e == i {
		return Measure{}, i
	}
	if m := monthName(w); m > 0 {
		if d, j, ok := s.ordinal(s.blank(e)); ok {
			return s.englishDay(m, d, j, i)
		}
		if y, j, ok := s.plain(s.blank(e)); ok && y >= 1880 && y < 2200 {
			return month(int(y), m), j
		}
		// "may" and "march" are verbs too; a month alone needs "in" or the like.
		lead := strings.Fields(s.before(i, 12))
		if len(lead) > 0 && strings.Contains(" in since until by next last this from early late ", " "+lead[len(lead)-1]+" ") {
			out := month(int(s.today.Year), m)
			if out.Until.Before(s.today) {
				out.Other = addMonths(out.Date, 12)
			}
			return out, e
		}
		return Measure{}, i
	}
	by, known := map[string]int{"last": -1, "this": 0, "next": 1, "coming": 1}[w]
	if known {
		unit, e2 := s.word(s.blank(e))
		switch unit {
		case "week":
			monday := s.monday(by)
			return Measure{Kind: Date, Date: monday, Until: monday.AddDays(6), About: true}, e2
		case "month":
			first := addMonths(kernel.Date{Year: s.today.Year, Month: s.today.Month, Day: 1}, by)
			return month(int(first.Year), int(first.Month)), e2
		case "year":
			return year(int(s.today.Year) + by), e2
		}
		for k, name := range days {
			if unit == name {
				return whole(s.named(k, w, by)), e2
			}
		}
		return Measure{}, i
	}
	for k, name := range days {
		if w == name {
			m := whole(s.named(k, "last", 0))
			m.Other = s.named(k, "coming", 0)
			return m, e
		}
	}
	if w == "born" {
		for _, lead := range []string{" in ", " "} {
			j, ok := s.has(e, lead)
			if !ok {
				continue
			}
			if y, k, ok := s.plain(j); ok && y >= 1880 && y <= float64(s.today.Year) {
				m := year(int(y))
				m.Born = true
				return m, k
			}
		}
	}
	return Measure{}, i
}

// ordinal reads 3, 3rd.
func (s *scan) ordinal(i int) (int, int, bool) {
	n, j, ok := s.part(i)
	if !ok || n < 1 || n > 31 || j < len(s.r) && isDigit(s.r[j]) {
		return 0, i, false
	}
	if w, e := s.word(j); w == "st" || w == "nd" || w == "rd" || w == "th" {
		return n, e, true
	} else if w != "" {
		return 0, i, false
	}
	return n, j, true
}

func (s *scan) englishDay(m, d, j, from int) (Measure, int) {
	k := j
	if k < len(s.r) && s.r[k] == ',' {
		k++
	}
	if y, e, ok := s.plain(s.blank(k)); ok && y >= 1880 && y < 2200 && y == float64(int(y)) {
		if at := day(int(y), m, d); !at.IsZero() {
			return whole(at), e
		}
		return Measure{}, from
	}
	if at := day(int(s.today.Year), m, d); !at.IsZero() {
		return s.around(at), j
	}
	return Measure{}, from
}
