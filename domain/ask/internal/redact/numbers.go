package redact

import (
	"regexp"
	"strconv"
	"strings"
)

// run is a row of digits with what people write between them.
var run = regexp.MustCompile(`\+?\(?\d(?:[\s.\-)(·_/*x]{0,3}[\d*])+`)

// amount tells a number that is money, a count or a time by what follows it.
var amount = regexp.MustCompile(`^\s?(?:원|만|억|천|won|krw|년|명|개|퍼센트|%)`)

// day and span are dates and spans of time: they stay.
var (
	day     = regexp.MustCompile(`^(?:19|20)\d\d\s?[.\-/]\s?\d{1,2}\s?[.\-/]\s?\d{1,2}$`)
	months  = regexp.MustCompile(`^(?:19|20)\d\d\s?[.\-/]\s?\d{1,2}$`)
	hotline = regexp.MustCompile(`^(?:15|16|18)\d\d[\s\-]?\d{4}$`)
	// resident numbers have their gap after the day, or gaps everywhere.
	resident = regexp.MustCompile(`^(?:\d{6}\D{1,3}\d{7}|\d(?:\D\d){12})$`)
	licence  = regexp.MustCompile(`^\d{2}-\d{2}-\d{6}-\d{2}$`)
	hyphens  = regexp.MustCompile(`^\d{2,6}(?:-\d{2,7}){2,4}$`)
)

// numbers finds long numbers and tells what they are.
func numbers(text string) map[Kind][][]int {
	out := map[Kind][][]int{}
	for _, m := range run.FindAllStringIndex(text, -1) {
		if m[0] > 0 && text[m[0]-1] == ',' && m[0] > 1 && text[m[0]-2] >= '0' && text[m[0]-2] <= '9' {
			continue // the rest of 1,234,567
		}
		s := text[m[0]:m[1]]
		if k := kindOf(s, text[m[1]:]); k != "" {
			out[k] = append(out[k], m)
		}
	}
	return out
}

// kindOf tells what a row of digits is, "" for nothing personal.
func kindOf(s, after string) Kind {
	digits := onlyDigits(s)
	masked := strings.Contains(s, "*")
	n := len(digits)
	bare := n == len(s)
	switch {
	case day.MatchString(s) || months.MatchString(s) || hotline.MatchString(s):
		return ""
	case n == 13 && validDay(digits[:6]) && (bare || resident.MatchString(s)):
		return Resident
	case bare && amount.MatchString(after):
		return ""
	case masked && n >= 6 && validDay(digits[:6]):
		return Resident
	case n >= 7 && n < 13 && n != 8 && s[:6] == digits[:6] && s[6] == '-' && validDay(digits[:6]):
		return Resident // begun, or cut off
	case licence.MatchString(s):
		return License
	case phone(s, digits):
		return Phone
	case n >= 14 && n <= 19 && (n == 16 || n == 15 || luhn(digits)):
		return Card
	case n >= 10 && datesOrTimes(s):
		return ""
	case n >= 9:
		return Account
	case n == 8 && hyphens.MatchString(s):
		return Account
	}
	return ""
}

// datesOrTimes tells two days beside one another, or hours.
var daysBeside = regexp.MustCompile(`^(?:19|20)\d\d[.\-/]\d{1,2}[.\-/]\d{1,2}[\s.\-]+(?:(?:19|20)\d\d[.\-/])?\d{1,2}(?:[.\-/]\d{1,2})?$`)

func datesOrTimes(s string) bool { return daysBeside.MatchString(s) }

func onlyDigits(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// validDay tells whether yymmdd can be a day of birth.
func validDay(s string) bool {
	m, _ := strconv.Atoi(s[2:4])
	d, _ := strconv.Atoi(s[4:6])
	return m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// phone tells mobile and area numbers, with or without the country's.
func phone(s, digits string) bool {
	if strings.HasPrefix(strings.TrimLeft(s, "("), "+") {
		return len(digits) >= 8 && len(digits) <= 15
	}
	if d, ok := strings.CutPrefix(digits, "0082"); ok {
		digits = "0" + strings.TrimPrefix(d, "0")
	} else if d, ok := strings.CutPrefix(digits, "82"); ok && len(digits) >= 11 {
		digits = "0" + strings.TrimPrefix(d, "0")
	}
	n := len(digits)
	switch {
	case !strings.HasPrefix(digits, "0"):
		return false
	case len(digits) > 1 && digits[1] == '1' && n >= 10 && n <= 11:
		return true
	case strings.HasPrefix(digits, "02"):
		return n == 9 || n == 10
	case strings.HasPrefix(digits, "050"):
		return n == 11 || n == 12
	}
	return n >= 10 && n <= 11
}

// luhn is the check of card numbers (ISO/IEC 7812-1).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// read are digits as they are read aloud, one by one.
var read = regexp.MustCompile(`(?:[공영일이삼사오육륙칠팔구빵](?:[\s\-,.다시에]{0,3})){8,}`)

// spelledEnglish are digits as English reads them, one by one.
var spelledEnglish = regexp.MustCompile(`(?i)(?:\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b[\s\-,.]*){7,}`)

// spelled finds numbers told digit by digit in words.
func spelled(text string) map[Kind][][]int {
	out := map[Kind][][]int{}
	for _, re := range []*regexp.Regexp{read, spelledEnglish} {
		for _, m := range re.FindAllStringIndex(text, -1) {
			to := m[0] + len(strings.TrimRight(text[m[0]:m[1]], " -,."))
			out[Phone] = append(out[Phone], []int{m[0], to})
		}
	}
	return out
}
