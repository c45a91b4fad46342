package ground

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"maru/domain/ask/internal/redact"
	"maru/kernel"
)

// Rule is what a refused sentence broke.
type Rule string

// The rules.
const (
	Passes     Rule = ""
	Shape      Rule = "shape"      // empty or too long
	Characters Rule = "characters" // markup, signs and scripts that no plain sentence needs
	Language   Rule = "language"   // not in the language asked for
	Source     Rule = "source"     // no source, or one that does not exist
	Link       Rule = "link"       // an address, or a link nobody offered
	Number     Rule = "number"     // a number or day that the sources do not tell of this
	Verdict    Rule = "verdict"    // says who is entitled, or what will be decided
	Act        Rule = "act"        // claims to have done something, or offers to
	Secret     Rule = "secret"     // asks for a secret, names a way around, or holds personal data
	Support    Rule = "support"    // says what the sources do not
	Denial     Rule = "denial"     // denies what the sources do not deny, or the other way round
)

// MaxSentence is the longest sentence in characters.
const MaxSentence = 240

// Sentence is what a model wrote, with the passages it cites.
type Sentence struct {
	Text    string
	Sources []string
}

// Passages are texts that may be cited, by id.
type Passages map[string]*Passage

// Passage is a text with what it tells.
type Passage struct {
	lines []line
	words map[string]bool
}

// line is one sentence of a passage.
type line struct {
	claims map[claim]bool
	words  map[string]bool
	denies bool
}

// sentenceEnd parts what a model wrote.
var sentenceEnd = regexp.MustCompile(`[.?!…]+(?:\s|$)`)

var lineEnd = regexp.MustCompile(`[.?!]\s|\n`)

// NewPassage reads a text once, so that many sentences can be compared with it.
func NewPassage(text string) *Passage {
	p := &Passage{words: map[string]bool{}}
	text = norm.NFKC.String(text)
	for _, part := range lineEnd.Split(text, -1) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		l := line{claims: map[claim]bool{}, words: map[string]bool{}, denies: denies(part)}
		for _, c := range claims(part) {
			l.claims[c] = true
			l.claims[claim{c.value, anyUnit}] = true
		}
		for _, w := range pieces(part) {
			l.words[w], p.words[w] = true, true
		}
		p.lines = append(p.lines, l)
	}
	return p
}

// How much of a sentence must stand in what it cites, as shares of its pieces:
// in all of it, in the line that is nearest, in that line where something is
// denied, and in the line that tells a number.
const (
	inAll    = 0.6
	inLine   = 0.4
	inShort  = 0.6 // in the nearest line, of a short sentence
	inDenial = 0.85
	inNumber = 0.34
)

var linkToken = regexp.MustCompile(`\[link_(\d{1,2})\]`)

// Links are the numbers of the link tokens in a text, in order.
func Links(text string) []int {
	var out []int
	for _, m := range linkToken.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		out = append(out, n)
	}
	return out
}

// Split cuts a text at its link tokens: words, link, words, link, words.
func Split(text string) []string { return linkToken.Split(text, -1) }

// Check tells which rule a sentence breaks, Passes for none. links is how many
// link tokens were offered: link_1 to link_N.
func (p Passages) Check(s Sentence, lang kernel.Lang, links int) Rule {
	n := len([]rune(s.Text))
	if strings.TrimSpace(s.Text) == "" || n > MaxSentence {
		return Shape
	}
	for _, l := range Links(s.Text) {
		if l < 1 || l > links {
			return Link
		}
	}
	text := linkToken.ReplaceAllString(s.Text, " ")
	if !plain(text) {
		return Characters
	}
	switch {
	case strings.TrimSpace(text) == "":
		return Shape
	case address.MatchString(text):
		return Link
	case !inLanguage(text, lang):
		return Language
	}
	cited, rule := p.cited(s.Sources)
	if rule != Passes {
		return rule
	}
	if rule := forbidden(text); rule != Passes {
		return rule
	}
	if _, found := redact.Redact(text); personal(found) {
		return Secret
	}
	return supported(text, cited)
}

// cited are the passages a sentence names: one at least, all of them there.
func (p Passages) cited(sources []string) ([]*Passage, Rule) {
	if len(sources) == 0 || len(sources) > 6 {
		return nil, Source
	}
	var out []*Passage
	for _, id := range sources {
		if p[id] == nil {
			return nil, Source
		}
		out = append(out, p[id])
	}
	return out, Passes
}

// personal tells whether something was found that no explanation holds.
// Telephone numbers of offices may be told; that they are true is checked as
// numbers are. A name that no source holds is a word that no source holds.
func personal(found []redact.Kind) bool {
	for _, k := range found {
		if k != redact.Phone && k != redact.Address && k != redact.Name {
			return true
		}
	}
	return false
}

// plain tells whether a text is made of Hangul syllables, ASCII and the signs
// of plain prose: no markup, nothing invisible, no look-alikes of other scripts.
func plain(text string) bool {
	for _, r := range text {
		switch {
		case r >= '가' && r <= '힣':
		case r >= ' ' && r <= '~':
			if strings.ContainsRune("<>{}[]|\\^$@#*=_`/&;", r) {
				return false
			}
		case strings.ContainsRune("“”‘’…·₩–", r):
		default:
			return false
		}
	}
	return true
}

// inLanguage: Korean has more Hangul than Latin letters, English has no Hangul.
func inLanguage(text string, lang kernel.Lang) bool {
	hangul, latin := 0, 0
	for _, r := range text {
		switch {
		case r >= '가' && r <= '힣':
			hangul++
		case unicode.IsLetter(r):
			latin++
		}
	}
	if lang == kernel.EN {
		return hangul == 0 && latin > 0
	}
	return hangul > 2*latin
}

// supported compares a text with what it cites, sentence by sentence: each must
// stand in one of the passages alone, so that nothing is pieced together.
func supported(text string, cited []*Passage) Rule {
	for _, part := range sentenceEnd.Split(text, -1) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		if len(pieces(part)) == 0 && len(claims(part)) == 0 {
			continue
		}
		worst := Passes
		for _, p := range cited {
			if worst = p.holds(part); worst == Passes {
				break
			}
		}
		if worst != Passes {
			return worst
		}
	}
	return Passes
}

// holds compares one sentence with one passage.
func (p *Passage) holds(text string) Rule {
	all := pieces(text)
	if len(all) == 0 {
		return Support
	}
	share := make(map[*line]float64)
	var best *line
	for i := range p.lines {
		l := &p.lines[i]
		share[l] = part(all, l.words)
		if best == nil || share[l] > share[best] {
			best = l
		}
	}
	for _, c := range claims(text) {
		if !told(c, share) {
			return Number
		}
	}
	words, strange := p.strange(text)
	near := inLine
	if words < few {
		near = inShort
	}
	switch {
	case best == nil || part(all, p.words) < inAll || share[best] < near || strange > words/few:
		return Support
	case denies(text) && share[best] < inDenial, denies(text) != best.denies:
		return Denial
	}
	return Passes
}

func part(all []string, in map[string]bool) float64 {
	n := 0
	for _, w := range all {
		if in[w] {
			n++
		}
	}
	return float64(n) / float64(len(all))
}

// few words are so few that each of them must be the passage's; of so many
// more one may be strange to it.
const few = 6

// strange counts the words of a sentence, and those that do not even begin as a
// word of the passage does.
func (p *Passage) strange(text string) (words, strange int) {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if _, english := englishNumbers[w]; english || joins[w] || numeral.MatchString(w) {
			continue // claims are looked at elsewhere
		}
		of := pieces(w)
		if len(of) == 0 {
			continue // a number, a syllable: what they count is looked at elsewhere
		}
		if words++; !p.words[of[0]] {
			strange++
		}
	}
	return words, strange
}

// told tells whether a claim stands in a line that is about what the sentence
// is about.
func told(c claim, share map[*line]float64) bool {
	for l, n := range share {
		if n >= inNumber && l.claims[c] {
			return true
		}
	}
	return false
}

// pieces are what texts are compared by: pairs of syllables of Korean words,
// beginnings of English ones without those that carry nothing.
func pieces(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r := []rune(w)
		if r[0] < '가' || r[0] > '힣' {
			if _, number := englishNumbers[w]; unicode.IsLetter(r[0]) && !carriesNothing[w] && !number {
				out = append(out, string(r[:min(5, len(r))]))
			}
			continue
		}
		if len(r) == 1 || numeral.MatchString(w) {
			continue
		}
		for i := range len(r) - 1 {
			out = append(out, string(r[i:i+2]))
		}
	}
	return out
}
