package redact

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Kind is a kind of personal data.
type Kind string

// The kinds.
const (
	Resident Kind = "RESIDENT_NUMBER" // of residents and of foreigners
	Phone    Kind = "PHONE"
	Account  Kind = "ACCOUNT" // and other long numbers, of businesses and of insurance
	Card     Kind = "CARD"
	Passport Kind = "PASSPORT"
	License  Kind = "DRIVER_LICENCE"
	Plate    Kind = "CAR_PLATE"
	Email    Kind = "EMAIL"
	Address  Kind = "ADDRESS"
	Birth    Kind = "BIRTH_DATE"
	Name     Kind = "NAME"
	Secret   Kind = "SECRET" // a password or a code, where it is called so
)

// Clean is a text as Redact reads it: compatibility forms composed, every
// script's decimal digits as ASCII, all dashes as one, nothing invisible.
func Clean(s string) string {
	s = norm.NFKC.String(strings.ToValidUTF8(s, " "))
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Nd, r):
			b.WriteByte(byte('0' + digit(r)))
		case unicode.Is(unicode.Pd, r) || r == '−' || r == '⁃':
			b.WriteByte('-')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Co, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\u115f' || r == '\u1160':
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// digit is the value of a decimal digit of any script: they stand in runs of
// ten from zero.
func digit(r rune) int {
	n := 0
	for n < 9 && unicode.Is(unicode.Nd, r-rune(n)-1) {
		n++
	}
	if n == 9 { // runs that follow one another, as the mathematical digits do
		for _, t := range unicode.Nd.R32 {
			if rune(t.Lo) <= r && r <= rune(t.Hi) {
				return int(r-rune(t.Lo)) % 10
			}
		}
	}
	return n
}

// Redact takes personal data out of a text and tells the kinds it found, each
// once, in order of their names. The result is Clean.
func Redact(text string) (clean string, found []Kind) {
	clean = Clean(text)
	take := func(k Kind, spans [][]int) {
		if len(spans) == 0 {
			return
		}
		var b strings.Builder
		at := 0
		for _, sp := range spans {
			if sp[0] < at {
				continue
			}
			b.WriteString(clean[at:sp[0]])
			b.WriteString("[" + string(k) + "]")
			at = sp[1]
		}
		b.WriteString(clean[at:])
		clean = b.String()
		if !slices.Contains(found, k) {
			found = append(found, k)
		}
	}
	for _, p := range patterns {
		take(p.kind, p.spans(clean))
	}
	for _, r := range []func(string) map[Kind][][]int{numbers, spelled} {
		spans := r(clean)
		// Spans of one pass do not overlap; the later ones are moved by the earlier,
		// so each kind looks again.
		for len(spans) > 0 {
			for _, k := range order {
				if len(spans[k]) > 0 {
					take(k, spans[k])
					break
				}
			}
			spans = r(clean)
		}
	}
	take(Name, names(clean))
	slices.Sort(found)
	return clean, found
}

var order = []Kind{Resident, Card, Phone, License, Account, Birth}

// pattern is a kind of data that an expression finds; group 1, where there is
// one, is what is taken.
type pattern struct {
	kind Kind
	re   *regexp.Regexp
	but  func(text string, from, to int) bool // true: this one is none
}

func (p *pattern) spans(text string) [][]int {
	var out [][]int
	for _, m := range p.re.FindAllStringSubmatchIndex(text, -1) {
		from, to := m[0], m[1]
		if len(m) > 2 && m[2] >= 0 {
			from, to = m[2], m[3]
		}
		if p.but == nil || !p.but(text, from, to) {
			out = append(out, []int{from, to})
		}
	}
	return out
}

// dates are ways to write a whole day.
const date = `(?:(?:19|20)\d\d\s?[.\-/년]\s?\d{1,2}\s?[.\-/월]\s?\d{1,2}\s?[.일]?|(?:19|20)\d{6}|\d\d\s?[.\-/년]\s?\d{1,2}\s?[.\-/월]\s?\d{1,2}\s?[.일]?|\d{6}|\d{1,2}/\d{1,2}/(?:19|20)\d\d|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)?\s(?i:of\s)?(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s(?:19|20)\d\d)`

// patterns go from the surest to the vaguest.
var patterns = []pattern{
	{kind: Email, re: regexp.MustCompile(`(?i)[\p{L}\d._%+\-]+\s?(?:@|\(at\)|\[at\]|\s골뱅이\s?|골뱅이)\s?[\p{L}\d\-]+(?:\s?(?:\.|\(dot\)|\[dot\]|\s?점\s?|닷)\s?[a-z]{2,})+`)},
	{kind: Secret, re: regexp.MustCompile(`(?i)(?:비밀번호|비번|패스워드|인증\s?번호|password|passcode|\bpin\b|\botp\b)(?:\s?(?:은|는|이|가|:|=|is))+\s?([^\s,]{3,})`), but: plainWord},
	{kind: Passport, re: regexp.MustCompile(`(?i)(?:^|[^a-z\d])([msrodgpt](?:\d{8}|\d{3}[a-z]\d{4}))(?:[^a-z\d]|$)`)},
	{kind: Passport, re: regexp.MustCompile(`(?i)(?:여권|passport)[^\d\[]{0,14}?([a-z]{0,2}\d{6,9})(?:[^\d]|$)`)},
	{kind: Birth, re: regexp.MustCompile(`(?i)(?:생년월일|생일|태어난\s?날|출생일|\bborn(?:\son)?|\bbirth\s?(?:date|day)|date\sof\sbirth|\bdob)[^\d\[]{0,8}?(` + date + `)`)},
	{kind: Birth, re: regexp.MustCompile(`(` + date + `)\s?(?:생|일생|에\s?태어|출생)`)},
	{kind: Birth, re: regexp.MustCompile(`(?:^|[^\d\-])((?:19\d\d|20[01]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:[^\d\-]|$)`)},
	{kind: Plate, re: regexp.MustCompile(`(?:^|[^\d])((?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)\s?)?\d{2,3}\s?[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호]\s?\d{4})(?:[^\d년]|$)`)},
	{kind: Address, re: regexp.MustCompile(`(?:[가-힣]{1,8}\d{0,2}(?:대로|로|길)\s?(?:\d{1,4}\s?번?길\s?)?\d{1,4}(?:\s?-\s?\d{1,4})?)(?:번지)?(?:[\s,]+(?:지하\s?)?\d{1,4}동)?(?:[\s,]+\d{1,3}층)?(?:[\s,]+\d{1,4}호)?`), but: noRoad},
	{kind: Address, re: regexp.MustCompile(`[가-힣]{1,6}\d?(?:동|리|가)\s(?:산\s?)?\d{1,4}(?:\s?-\s?\d{1,4}|번지)(?:\s?번지)?(?:[\s,]+\d{1,4}동)?(?:[\s,]+\d{1,4}호)?`)},
	{kind: Address, re: regexp.MustCompile(`(?:[가-힣]+(?:아파트|빌라|오피스텔|맨션|타운|빌딩|캐슬|자이|힐스테이트|푸르지오)\s?)?\d{1,4}동\s?\d{1,4}호`)},
	{kind: Address, re: regexp.MustCompile(`[가-힣]+(?:아파트|빌라|오피스텔|맨션|빌딩)\s?\d{1,4}호`)},
	{kind: Address, re: regexp.MustCompile(`(?i)(?:우편\s?번호|zip(?:\scode)?|post(?:al)?\s?code)[^\d\[]{0,5}?(\d{3}-?\d{2,3})`)},
	{kind: Address, re: regexp.MustCompile(`(?i)\b(?:(?:apt\.?|apartment|unit|room|no\.?)\s?#?\d[\d\-]*,?\s)?(?:\d{1,4}(?:-\d{1,4})?,?\s)(?:[a-z][a-z\-]*\d{0,3}(?:beon)?-(?:daero|ro|gil)\b)(?:\s\d{1,4}\S*)?`)},
	{kind: Address, re: regexp.MustCompile(`(?i)\b[a-z][a-z\-]*\d{0,3}-(?:daero|ro|gil)(?:\s\d{1,4}beon-gil)?\s\d{1,4}(?:-\d{1,4})?\b`)},
	{kind: Address, re: regexp.MustCompile(`(?i)\b\d{1,5}\s(?:[a-z]+\s){1,3}(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|boulevard|blvd\.?)(?:\b|$)`)},
	{kind: Address, re: regexp.MustCompile(`(?i)\b(?:apt\.?|apartment|unit)\s?#?\d[\d\-]+\b`)},
}

// plainWord: what follows the word is no secret but the rest of a sentence.
func plainWord(text string, from, to int) bool {
	return !strings.ContainsAny(text[from:to], "0123456789!@#$%^&*")
}

// unitAfter begins what makes of a number an amount, a time or a count.
var unitAfter = regexp.MustCompile(`^\s?(?:[만천백억원년월일분초시개명세살번째주회층평%대도점배박인가차급호선위장권통부건종곳씩권]|퍼센트|won|year|month|day|hour|min|개월|kg|km|센티|미터)`)

// noRoad tells words that end like a road and stand before an amount.
func noRoad(text string, from, to int) bool {
	s := text[from:to]
	i := strings.IndexAny(s, "0123456789")
	word := strings.TrimSpace(s[:i])
	if strings.HasSuffix(word, "으로") || slices.Contains(noRoads, word) {
		return true
	}
	return !strings.Contains(s, "번길") && !strings.HasSuffix(s, "호") && !strings.HasSuffix(s, "번지") && (unitAfter.MatchString(text[to:]) || strings.HasPrefix(text[to:], ",") && len(text) > to+1 && text[to+1] >= '0' && text[to+1] <= '9')
}

var noRoads = strings.Fields("서로 바로 새로 별로 따로 스스로 그대로 실제로 진짜로 정말로 주로 대로 이대로 제대로 마음대로 의외로 억지로 함부로 홀로 월세로 전세로 카드로 이자로 벌로 추가로 최대로 전화로")
