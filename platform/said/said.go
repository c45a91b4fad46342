package said

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"maru/kernel"
)

// Kind is what a measure measures.
type Kind string

// The kinds.
const (
	Date     Kind = "date"     // Date; Until is the last day where a span of days was meant
	Age      Kind = "age"      // Value in Unit: year, month, week, day
	Money    Kind = "money"    // Value in Unit: won, or another currency's code
	Duration Kind = "duration" // Value in Unit: year, month, week, day, hour, minute, second
	Count    Kind = "count"    // Value in Unit: person, child, household, place (second child: 2)
	Grade    Kind = "grade"    // Value is the school year, Unit: elementary, middle, high, university
	Number   Kind = "number"   // a bare number
)

// Measure is one thing read.
type Measure struct {
	Kind     Kind
	From, To int    // bytes in the text as Clean gives it
	Text     string // the words it was read from
	Value    float64
	Unit     string
	Date     kernel.Date
	Until    kernel.Date // zero unless a month, year or week was meant
	// Other is the other day that an incomplete date may mean: of "5월 3일"
	// the one to come where Date has passed; zero where there is none.
	Other kernel.Date
	Born  bool // a year or day of birth
	About bool // not exact: a decade, a range, "over"
}

// Clean is the text whose bytes measures point to: NFC, half-width forms, no
// broken UTF-8.
func Clean(s string) string {
	return norm.NFC.String(width.Fold.String(strings.ToValidUTF8(s, " ")))
}

// Read finds the measures of a cleaned text, in order, none inside another.
// today is the day from which "tomorrow" counts.
func Read(clean string, today kernel.Date) []Measure {
	s := newScan(clean, today)
	var out []Measure
	for i := 0; i < len(s.r); {
		m, end := s.at(i)
		if end <= i {
			i++
			continue
		}
		m.From, m.To = s.byte[i], s.byte[end]
		m.Text = clean[m.From:m.To]
		out = append(out, m)
		i = end
	}
	return slices.DeleteFunc(out, func(m Measure) bool { return m.Kind == "" })
}

// scan is a text being read.
type scan struct {
	r     []rune // lower case
	byte  []int  // where each rune begins, and the end
	today kernel.Date
}

func newScan(clean string, today kernel.Date) *scan {
	s := &scan{today: today}
	for i, c := range clean {
		s.r = append(s.r, unicode.ToLower(c))
		s.byte = append(s.byte, i)
	}
	s.byte = append(s.byte, len(clean))
	return s
}

// at reads the measure that begins at rune i; end is i where there is none.
func (s *scan) at(i int) (Measure, int) {
	if s.latinInside(i) {
		return Measure{}, i
	}
	for _, read := range []func(int) (Measure, int){s.date, s.koreanAge, s.english, s.korean} {
		if m, end := read(i); end > i {
			return m, end
		}
	}
	return Measure{}, s.skip(i)
}

// skip passes over a number that means nothing, such as a phone number, so
// that its end is not read as another.
func (s *scan) skip(i int) int {
	j := i
	for j < len(s.r) && (isDigit(s.r[j]) || j > i && strings.ContainsRune(",.-/:", s.r[j]) && j+1 < len(s.r) && isDigit(s.r[j+1])) {
		j++
	}
	return j
}

// latinInside tells whether i stands inside a Latin word or a number.
func (s *scan) latinInside(i int) bool {
	if i == 0 {
		return false
	}
	a, b := s.r[i-1], s.r[i]
	return isLatin(a) && isLatin(b) || isDigit(a) && isDigit(b) || isLatin(a) && isDigit(b)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }
func isHangul(r rune) bool {
	return r >= 0xAC00 && r <= 0xD7A3
}

// has tells whether word stands at i, blanks in word meaning any blanks or
// none, and where it ends.
func (s *scan) has(i int, word string) (int, bool) {
	for _, w := range word {
		if w == ' ' {
			i = s.blank(i)
			continue
		}
		if i >= len(s.r) || s.r[i] != w {
			return 0, false
		}
		i++
	}
	return i, true
}

// any is the first of words, separated by bars, that stands at i.
func (s *scan) any(i int, words string) (string, int, bool) {
	for w := range strings.SplitSeq(words, "|") {
		if end, ok := s.has(i, w); ok {
			return w, end, true
		}
	}
	return "", i, false
}

// blank passes over blanks.
func (s *scan) blank(i int) int {
	for i < len(s.r) && unicode.IsSpace(s.r[i]) {
		i++
	}
	return i
}

// wordEnd tells whether a Latin word may end at i.
func (s *scan) wordEnd(i int) bool { return i >= len(s.r) || !isLatin(s.r[i]) }

// rest is the text from i on, n runes at most.
func (s *scan) rest(i, n int) string { return string(s.r[min(i, len(s.r)):min(len(s.r), i+n)]) }

// before is the text before i, n runes at most.
func (s *scan) before(i, n int) string { return string(s.r[max(0, i-n):i]) }
