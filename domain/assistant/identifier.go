package assistant

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"maru/kernel"
)

// The kinds of values that are never taken from an assistant.
const (
	ResidentNumber = "resident_number"
	CardNumber     = "card_number"
	LicenceNumber  = "licence_number"
	PassportNumber = "passport_number"
)

// maxDepth is how deep arguments may nest; ours nest three deep.
const maxDepth = 16

// Identifier looks through the arguments of a call for a number that only its
// owner may type, on our page: "" where there is none, else its kind. Arguments
// that are no JSON or nest too deep are Invalid. It looks at texts, at numbers
// and at names of members alike.
func Identifier(arguments []byte, today kernel.Date) (string, error) {
	if len(arguments) == 0 {
		return "", nil
	}
	d := json.NewDecoder(strings.NewReader(string(arguments)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return "", kernel.E(kernel.Invalid, "assistant.error.arguments", err)
	}
	return identifierIn(v, today, 0)
}

func identifierIn(v any, today kernel.Date, depth int) (string, error) {
	if depth > maxDepth {
		return "", kernel.E(kernel.Invalid, "assistant.error.arguments", nil)
	}
	switch v := v.(type) {
	case string:
		return IdentifierIn(v, today), nil
	case json.Number:
		return IdentifierIn(v.String(), today), nil
	case []any:
		for _, x := range v {
			if kind, err := identifierIn(x, today, depth+1); kind != "" || err != nil {
				return kind, err
			}
		}
	case map[string]any:
		for name, x := range v {
			if kind := IdentifierIn(name, today); kind != "" {
				return kind, nil
			}
			if kind, err := identifierIn(x, today, depth+1); kind != "" || err != nil {
				return kind, err
			}
		}
	}
	return "", nil
}

// IdentifierIn looks for such a number in a text: runs of digits with blanks and
// dashes between them, in any script's digits.
func IdentifierIn(text string, today kernel.Date) string {
	if kind := passport(text); kind != "" {
		return kind
	}
	run := make([]rune, 0, 32)
	var kind string
	end := func() {
		if kind == "" {
			kind = identifier(strings.TrimRight(string(run), "-"), today)
		}
		run = run[:0]
	}
	gap := 0
	for _, r := range text {
		switch n, digit := digitOf(r); {
		case digit:
			if gap > 0 && len(run) > 0 {
				run = append(run, '-')
			}
			run, gap = append(run, rune('0'+n)), 0
		case len(run) > 0 && gap < 3 && joins(r):
			gap++
		default:
			end()
			gap = 0
		}
	}
	end()
	return kind
}

// joins tells whether a character may stand between the digits of one number.
func joins(r rune) bool {
	return r == '-' || r == '.' || r == '·' || r == '_' || r == '/' || unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r)
}

// digitOf is the value of a decimal digit of any script: each has its ten in one
// row, and the rows begin at zero.
func digitOf(r rune) (int, bool) {
	if r >= '0' && r <= '9' {
		return int(r - '0'), true
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	first := r
	for first-1 > 0x80 && r-first < 10 && unicode.Is(unicode.Nd, first-1) {
		first--
	}
	return int(r-first) % 10, true
}

// identifier tells what a run of digits is, dashes where it was broken.
func identifier(run string, today kernel.Date) string {
	digits, begins, ends := broken(run)
	// Inside a longer run only a number that stands by itself counts: other
	// numbers next to it must not make one up.
	alone := func(i, n int) bool { return i+n <= len(digits) && begins[i] && ends[i+n-1] }
	for i := range digits {
		if alone(i, 13) && resident(digits[i:i+13], today) {
			return ResidentNumber
		}
	}
	if licence(run) {
		return LicenceNumber
	}
	for n := 19; n >= 14; n-- {
		for i := range digits {
			if alone(i, n) && card(digits[i:i+n]) {
				return CardNumber
			}
		}
	}
	return ""
}

// broken are the digits of a run, and at which of them a number may begin and
// end: where the run begins, is broken or ends.
func broken(run string) (digits string, begins, ends []bool) {
	var b strings.Builder
	for k := range len(run) {
		if run[k] == '-' {
			continue
		}
		b.WriteByte(run[k])
		begins = append(begins, k == 0 || run[k-1] == '-')
		ends = append(ends, k+1 == len(run) || run[k+1] == '-')
	}
	return b.String(), begins, ends
}

// resident tells whether 13 digits can be the number of a resident or foreigner
// (Resident Registration Act art. 7-2): a day of birth that was, and a digit for
// century and sex. Its last digit was a checksum until October 2020; numbers
// given since have none, so that a checksum cannot clear anything.
func resident(d string, today kernel.Date) bool {
	century := map[byte]int{'1': 1900, '2': 1900, '5': 1900, '6': 1900, '3': 2000, '4': 2000, '7': 2000, '8': 2000, '9': 1800, '0': 1800}[d[6]]
	if century == 1800 && !checksum(d) { // nobody of them lives; other numbers begin alike
		return false
	}
	year := century + int(d[0]-'0')*10 + int(d[1]-'0')
	born := time.Date(year, time.Month((d[2]-'0')*10+d[3]-'0'), int(d[4]-'0')*10+int(d[5]-'0'), 0, 0, 0, 0, time.UTC)
	if born.Format("060102") != d[:6] {
		return false
	}
	return !born.After(time.Date(int(today.Year), time.Month(today.Month), int(today.Day), 0, 0, 0, 0, time.UTC))
}

// checksum is the one of numbers given before October 2020.
func checksum(d string) bool {
	sum := 0
	for i, weight := range []int{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5} {
		sum += int(d[i]-'0') * weight
	}
	return (11-sum%11)%10 == int(d[12]-'0')
}

// card tells whether 14 to 19 digits can be those of a payment card: the first
// digits of a card network, and the checksum of ISO/IEC 7812-1.
func card(d string) bool {
	if network := strings.IndexByte("34569", d[0]) >= 0 || d[:4] >= "2221" && d[:4] <= "2720"; !network {
		return false
	}
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// licence tells whether a run is written as a driving licence's number:
// 11-22-333333-44.
func licence(run string) bool {
	parts := strings.Split(run, "-")
	for i := 0; i+4 <= len(parts); i++ {
		if len(parts[i]) == 2 && len(parts[i+1]) == 2 && len(parts[i+2]) == 6 && len(parts[i+3]) == 2 && parts[i] >= "11" && parts[i] <= "28" {
			return true
		}
	}
	return false
}

// passport finds the number of a Korean passport, old (M12345678) or new
// (M123A4567), as a word of its own.
func passport(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') })
	for _, w := range words {
		if len(w) != 9 || !strings.ContainsRune("MSRGDmsrgd", rune(w[0])) {
			continue
		}
		digits, letters := 0, 0
		for i := 1; i < len(w); i++ {
			switch {
			case w[i] >= '0' && w[i] <= '9':
				digits++
			case i == 4:
				letters++
			}
		}
		if digits == 8 || digits == 7 && letters == 1 {
			return PassportNumber
		}
	}
	return ""
}
