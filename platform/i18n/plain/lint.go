package plain

import (
	"fmt"
	"strings"
	"unicode"
)

// Rule names a rule.
type Rule string

// The rules.
const (
	OfficeWord     Rule = "office-word"     // an everyday word says the same
	LongSentence   Rule = "long-sentence"   // more than 15 words or 45 syllables
	DoubleNegative Rule = "double-negative" // 없지 않다, 않을 수 없다
	Order          Rule = "order"           // 하시기 바랍니다
	NoAction       Rule = "no-action"       // an error that does not say what to do
)

// The longest sentence: by 어절 (words between spaces) or by Hangul syllables,
// whichever it exceeds both; short words may be more, long ones fewer.
const (
	MaxWords     = 15
	MaxSyllables = 45
)

// Finding is one place that could be plainer.
type Finding struct {
	Rule Rule
	Text string // what was found
	Hint string // what to write instead, in Korean, or how much too long
}

func (f Finding) String() string { return fmt.Sprintf("%s: %q: %s", f.Rule, f.Text, f.Hint) }

// Lint lists what in a Korean text could be plainer, in the order of rules.
func Lint(text string) []Finding {
	var out []Finding
	out = append(out, officeWords(text)...)
	for _, s := range sentences(text) {
		out = append(out, length(s)...)
		out = append(out, negatives(s)...)
		out = append(out, orders(s)...)
	}
	return out
}

// LintError is Lint for an error message, which also holds what to do.
func LintError(text string) []Finding {
	out := Lint(text)
	for _, action := range []string{"세요", "주십시오", "줘", "하기", "보기"} {
		if strings.Contains(text, action) {
			return out
		}
	}
	return append(out, Finding{NoAction, text, "무엇을 하면 되는지 적어 주세요"})
}

func officeWords(text string) []Finding {
	var out []Finding
	for _, t := range terms {
		for from := 0; ; {
			i := strings.Index(text[from:], t.word)
			if i < 0 {
				break
			}
			if from += i; startsWord(text, from) {
				out = append(out, Finding{OfficeWord, strings.TrimSpace(t.word), t.plain})
				break
			}
			from += len(t.word)
		}
	}
	return out
}

// startsWord tells whether no letter stands right before text[i:].
func startsWord(text string, i int) bool {
	before := []rune(text[max(0, i-4):i])
	return len(before) == 0 || !unicode.IsLetter(before[len(before)-1])
}

// sentences cuts a text at ends of sentences and at lines. A point after a
// digit is part of a number or date.
func sentences(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		start, runes := 0, []rune(line)
		for i, r := range runes {
			end := r == '.' || r == '?' || r == '!' || r == '。'
			if end && i+1 < len(runes) && !unicode.IsSpace(runes[i+1]) || end && i > 0 && unicode.IsDigit(runes[i-1]) {
				continue
			}
			if end {
				out = append(out, strings.TrimSpace(string(runes[start:i+1])))
				start = i + 1
			}
		}
		if rest := strings.TrimSpace(string(runes[start:])); rest != "" {
			out = append(out, rest)
		}
	}
	return out
}

func length(s string) []Finding {
	words, syllables := len(strings.Fields(s)), 0
	for _, r := range s {
		if r >= '가' && r <= '힣' {
			syllables++
		}
	}
	if words <= MaxWords && syllables <= MaxSyllables {
		return nil
	}
	return []Finding{{LongSentence, s, fmt.Sprintf("%d어절 %d음절이에요. 문장을 나누어 주세요", words, syllables)}}
}

// doubles are negations of negations.
var doubles = []string{"없지 않", "없지는 않", "않지 않", "않을 수 없", "아니할 수 없", "못하지 않", "모르지 않", "아니지 않", "않으면 안", "아니하면 안", "없으면 안", "아닌 것은 아니", "않는 것은 아니", "않은 것은 아니", "없는 것은 아니"}

func negatives(s string) []Finding {
	for _, d := range doubles {
		if strings.Contains(s, d) {
			return []Finding{{DoubleNegative, d, "긍정으로 바꾸어 말해 주세요"}}
		}
	}
	return nil
}

// orderEndings ask by wishing: say what to do instead.
var orderEndings = []string{"시기 바랍니다", "기 바람", "을 요함", "할 것.", "주시기 바라", "여 주시길 바랍니다"}

func orders(s string) []Finding {
	for _, o := range orderEndings {
		if strings.Contains(s, o) {
			return []Finding{{Order, o, "‘-해 주세요’로 써 주세요"}}
		}
	}
	return nil
}
