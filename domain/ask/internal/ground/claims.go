package ground

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// claim is a number with what it counts.
type claim struct {
	value string // decimal without zeros that say nothing; digits of a telephone number
	unit  string
}

// anyUnit marks a number whatever it counts.
const anyUnit = ""

// unit is the thing a number counts, by the words behind it.
type unit struct {
	re   *regexp.Regexp
	name string
}

var units = []unit{
	{regexp.MustCompile(`^\s?(?:원|₩)`), "won"},
	{regexp.MustCompile(`(?i)^\s?(?:won|krw)\b`), "won"},
	{regexp.MustCompile(`(?i)^\s?(?:%|퍼센트|프로|percent)`), "percent"},
	{regexp.MustCompile(`^\s?(?:개월|달)`), "month"},
	{regexp.MustCompile(`(?i)^[\s-]?months?\b`), "month"},
	{regexp.MustCompile(`^\s?월`), "of the year"},
	{regexp.MustCompile(`^\s?(?:년|해)`), "year"},
	{regexp.MustCompile(`(?i)^[\s-]?years?\b`), "year"},
	{regexp.MustCompile(`^\s?(?:주일|주)`), "week"},
	{regexp.MustCompile(`(?i)^[\s-]?weeks?\b`), "week"},
	{regexp.MustCompile(`^\s?일`), "day"},
	{regexp.MustCompile(`(?i)^[\s-]?(?:working\s|business\s|calendar\s)?days?\b`), "day"},
	{regexp.MustCompile(`^\s?시간`), "hour"},
	{regexp.MustCompile(`(?i)^[\s-]?hours?\b`), "hour"},
	{regexp.MustCompile(`^\s?(?:세|살)`), "age"},
	{regexp.MustCompile(`^\s?배`), "fold"},
	{regexp.MustCompile(`(?i)^[\s-]?minutes?\b`), "minute"},
	{regexp.MustCompile(`(?i)^\s?times\b`), "fold"},
}

// counters are what Korean counts with native numerals.
const counters = `달|살|명|사람|번|시간|시|주|해|개|가지|분|장|통|배|차례|곳|부|쪽|자녀|아이|식구|학기|차`

var (
	digits       = regexp.MustCompile(`\d[\d,]*(?:\.\d+)?`)
	joined       = regexp.MustCompile(`\d+(?:[-)]\d+)+`)
	carriedOn    = regexp.MustCompile(`^\s?\d[\d,]*`)
	englishPower = regexp.MustCompile(`(?i)^\s(thousand|million|billion)\b`)
	counter      = regexp.MustCompile(counters)
	multiplied   = regexp.MustCompile(`^\s?(?:천만|백만|십만|천|백|십)?[만억조]|^\s?[천백십](?:\s?만)?`)
	sino         = regexp.MustCompile(`[일이삼사오육칠팔구십백천만억조영공]{2,}|[일이삼사오육칠팔구십백천만억](?:개월|년|주일|퍼센트|프로|월|일|만|억|원|세)|[일이삼사오육칠팔구십백천만억]\s(?:개월|년|주일|퍼센트|프로|원|배|명)`)
	numeral      = regexp.MustCompile(`^(?:[영일이삼사오육칠팔구십백천만억조]{2,}|(?:열|스물|스무|서른|마흔|쉰|예순|일흔|여든|아흔)?(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)?|하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘|보름)$`)
	native       = regexp.MustCompile(`(?:열|스물|스무|서른|마흔|쉰|예순|일흔|여든|아흔)(?:하나|한|둘|두|셋|세|넷|네|다섯|여섯|일곱|여덟|아홉)?|다섯|여섯|일곱|여덟|아홉|(?:한|두|세|네|석|넉)\s?(?:` + counters + `)|하나|둘째|셋째|넷째|둘|셋|넷`)
	dayWords     = regexp.MustCompile(`하루|이틀|사흘|나흘|닷새|엿새|이레|여드레|아흐레|열흘|보름|반년|절반|반값|반액|갑절`)
	nothing      = regexp.MustCompile(`(?i)무료|공짜|무상|수수료[가는도]?\s?없|비용[이은도]?\s?없|돈[이은도]?\s?(?:안\s?들|들지)|\bfree\b|\bno\s(?:fee|charge|cost)\b|without (?:a )?(?:fee|charge|cost)\b`)
	relative     = regexp.MustCompile(`(?i)오늘|내일|모레|어제|글피|다음\s?[주달해]|이번\s?[주달]|내년|올해|작년|[월화수목금토일]요일|\b(?:today|tomorrow|yesterday|tonight|next (?:week|month|year)|this (?:week|month|year)|(?:mon|tues|wednes|thurs|fri|satur|sun)day|midnight|noon)\b`)
	monthNames   = regexp.MustCompile(`\b(?:January|February|March|April|June|July|August|September|October|November|December|(?:in|of|by|until|from|since|on|\d) May|May \d)\b`)
	englishWord  = regexp.MustCompile(`(?i)\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|dozen|half|double|twice|triple|thrice|quarter|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?:[\s-](?:and\s)?(?:one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion))*\b`)
	oneOf        = regexp.MustCompile(`(?i)\b(?:a|an|one)\s(month|year|week|day|hour|minute)s?\b`)
)

// claims finds the numbers of a text, in digits and in words.
func claims(text string) []claim {
	var out []claim
	rest := joined.ReplaceAllStringFunc(text, func(s string) string {
		out = append(out, claim{strings.NewReplacer("-", "", ")", "").Replace(s), "number"})
		return strings.Repeat(" ", len(s))
	})
	rest = digitClaims(rest, &out)
	take := func(re *regexp.Regexp, of func(match string) (string, string)) {
		for _, m := range re.FindAllStringIndex(rest, -1) {
			value, name := of(rest[m[0]:m[1]])
			if value == "" {
				continue
			}
			if name == "" {
				name, _ = unitAt(rest[m[1]:])
			}
			out = append(out, claim{value, name})
		}
	}
	take(dayWords, func(s string) (string, string) { return dayValues[s][0], dayValues[s][1] })
	take(nothing, func(string) (string, string) { return "0", "won" })
	take(relative, func(s string) (string, string) { return strings.ToLower(strings.ReplaceAll(s, " ", "")), "when" })
	take(monthNames, func(s string) (string, string) { return monthOf(s), "of the year" })
	take(oneOf, func(s string) (string, string) {
		return "1", strings.TrimSuffix(strings.ToLower(strings.Fields(s)[1]), "s")
	})
	take(englishWord, func(s string) (string, string) { return englishValue(s), "" })
	korean(rest, &out)
	return out
}

// digitClaims takes numbers in digits out of a text, with their multipliers:
// "34만 9,700원" is one number.
func digitClaims(text string, out *[]claim) string {
	b := []byte(text)
	for at := 0; ; {
		m := digits.FindStringIndex(text[at:])
		if m == nil {
			return string(b)
		}
		from, end := at+m[0], at+m[1]
		sum, part := 0.0, number(text[from:end])
		for {
			mm := multiplied.FindString(text[end:])
			if mm == "" {
				break
			}
			part *= power(mm)
			end += len(mm)
			next := carriedOn.FindString(text[end:])
			if next == "" {
				break
			}
			sum += part
			part = number(strings.TrimSpace(next))
			end += len(next)
		}
		if word := englishPower.FindStringSubmatch(text[end:]); word != nil {
			part *= englishNumbers[strings.ToLower(word[1])]
			end += len(word[0])
		}
		name, _ := unitAt(text[end:])
		if before := strings.TrimRight(text[:from], " "); strings.HasSuffix(before, "₩") {
			name = "won"
		}
		*out = append(*out, claim{decimal(sum + part), name})
		for i := from; i < end; i++ {
			b[i] = ' '
		}
		at = end
	}
}

func unitAt(rest string) (string, int) {
	for _, u := range units {
		if m := u.re.FindStringIndex(rest); m != nil {
			return u.name, m[1]
		}
	}
	return anyUnit, 0
}

func number(s string) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimRight(s, ","), ",", ""), 64)
	if err != nil {
		return 0 // the expression lets only digits through; too many are infinite
	}
	return v
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

var powers = map[rune]float64{'십': 10, '백': 100, '천': 1000, '만': 1e4, '억': 1e8, '조': 1e12}

// power is the product of multipliers: 천만 is ten million.
func power(s string) float64 {
	p := 1.0
	for _, r := range s {
		if v := powers[r]; v > 0 {
			p *= v
		}
	}
	return p
}

var dayValues = map[string][2]string{
	"하루": {"1", "day"}, "이틀": {"2", "day"}, "사흘": {"3", "day"}, "나흘": {"4", "day"}, "닷새": {"5", "day"}, "엿새": {"6", "day"}, "이레": {"7", "day"},
	"여드레": {"8", "day"}, "아흐레": {"9", "day"}, "열흘": {"10", "day"}, "보름": {"15", "day"}, "반년": {"6", "month"}, "절반": {"0.5", "fold"}, "반값": {"0.5", "fold"}, "반액": {"0.5", "fold"}, "갑절": {"2", "fold"},
}

var monthOrder = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

func monthOf(s string) string {
	for _, w := range strings.Fields(s) {
		if i := slices.IndexFunc(monthOrder, func(m string) bool { return strings.HasPrefix(w, m) }); i >= 0 {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}

var englishNumbers = map[string]float64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
	"fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
	"hundred": 100, "thousand": 1000, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12, "half": 0.5, "double": 2, "twice": 2, "triple": 3, "thrice": 3, "quarter": 0.25,
	"third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
}

func englishValue(s string) string {
	sum, part := 0.0, 0.0
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '-' }) {
		v, ok := englishNumbers[w]
		switch {
		case !ok:
		case v == 100:
			part = max(1, part) * 100
		case v >= 1000:
			sum += max(1, part) * v
			part = 0
		default:
			part += v
		}
	}
	return decimal(sum + part)
}

// korean finds numerals in words: those of Chinese origin with a unit or of
// several syllables, and those of Korean origin with what they count.
func korean(text string, out *[]claim) {
	for _, m := range sino.FindAllStringIndex(text, -1) {
		if m[0] > 0 && hangulBefore(text, m[0]) {
			continue
		}
		word, end := numeralsOf(text[m[0]:m[1]]), m[0]
		end += len(word)
		name, _ := unitAt(text[end:])
		if name == anyUnit && len([]rune(word)) < 3 && !strings.ContainsAny(word, "십백천만억") {
			continue // 일이, 이사, 구조: words
		}
		*out = append(*out, claim{decimal(sinoValue(word)), name})
	}
	for _, m := range native.FindAllStringIndex(text, -1) {
		if m[0] > 0 && hangulBefore(text, m[0]) {
			continue
		}
		word := text[m[0]:m[1]]
		v, name := nativeValue(word), ""
		if i := counter.FindStringIndex(word); i != nil && i[1] == len(word) && i[0] > 0 {
			name, _ = unitAt(word[i[0]:])
		} else {
			name, _ = unitAt(text[m[1]:])
		}
		if v > 0 {
			*out = append(*out, claim{decimal(v), name})
		}
	}
}

func hangulBefore(text string, at int) bool {
	var last rune
	for _, r := range text[:at] {
		last = r
	}
	return unicode.Is(unicode.Hangul, last)
}

// numeralsOf is the row of numerals a match begins with: of 일년, 일; a day or a
// month is a unit, not a one.
func numeralsOf(s string) string {
	r := []rune(s)
	n := 0
	for n < len(r) && strings.ContainsRune("일이삼사오육칠팔구십백천만억조영공", r[n]) {
		n++
	}
	if n > 1 && r[n-1] == '일' { // 삼십일: the thirtieth day more often than thirty-one
		n--
	}
	return string(r[:max(1, n)])
}

func sinoValue(s string) float64 {
	const numerals = "영일이삼사오육칠팔구"
	total, section, d := 0.0, 0.0, 0.0
	for _, r := range s {
		switch {
		case r == '공':
			d *= 10
		case strings.ContainsRune(numerals, r):
			d = d*10 + float64(slices.Index([]rune(numerals), r))
		case powers[r] >= 1e4:
			total += max(1, section+d) * powers[r]
			section, d = 0, 0
		default:
			section += max(1, d) * powers[r]
			d = 0
		}
	}
	return total + section + d
}

var nativeTens = map[string]float64{"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90}

var nativeOnes = []struct {
	word string
	v    float64
}{{"하나", 1}, {"다섯", 5}, {"여섯", 6}, {"일곱", 7}, {"여덟", 8}, {"아홉", 9}, {"한", 1}, {"둘", 2}, {"두", 2}, {"셋", 3}, {"세", 3}, {"석", 3}, {"넷", 4}, {"네", 4}, {"넉", 4}}

func nativeValue(word string) float64 {
	v := 0.0
	for w, n := range nativeTens {
		if rest, ok := strings.CutPrefix(word, w); ok {
			v, word = n, rest
			break
		}
	}
	for _, o := range nativeOnes {
		if strings.HasPrefix(word, o.word) {
			return v + o.v
		}
	}
	return v
}
