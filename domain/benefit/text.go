package benefit

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
	"maru/platform/i18n"
)

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	T(l kernel.Lang, key string, args ...any) string
}

// placeholder stands in a condition's text for a value of law.
var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)

// checkTexts sees that each placeholder of a condition's text is one value: a
// parameter's or a formula's over nobody.
func checkTexts(law *rule.Law) []rule.Problem {
	var out []rule.Problem
	for _, p := range law.Programmes {
		for i, c := range p.Benefit.Conditions {
			for _, text := range []string{c.Text.KO, c.Text.EN} {
				for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
					if !hasValue(law, m[1]) {
						out = append(out, rule.Problem{Programme: p.ID, Path: []string{"benefit", "conditions", fmt.Sprint(i), "text"},
							Message: fmt.Sprintf("{%s} is neither a parameter without keys nor a formula over nobody", m[1])})
					}
				}
			}
		}
	}
	return out
}

func hasValue(law *rule.Law, name string) bool {
	if k := law.ParamIndex(name); k >= 0 {
		return len(law.Params[k].By) == 0 && law.Params[k].Kind != "codes"
	}
	d := law.Def(name)
	return d != nil && d.Persons == 0
}

// namedInTexts are the formulas that texts of conditions name.
func namedInTexts(law *rule.Law) []int {
	var out []int
	for _, p := range law.Programmes {
		for _, c := range p.Benefit.Conditions {
			for _, m := range placeholder.FindAllStringSubmatch(c.Text.KO+c.Text.EN, -1) {
				if i := law.DefIndex(m[1]); i >= 0 && law.ParamIndex(m[1]) < 0 {
					out = append(out, i)
				}
			}
		}
	}
	return out
}

// value is what a formula gave; it is unknown without known.
type value struct {
	number int64
	known  bool
}

// said is what a condition says on a day, cut where it names a formula's value,
// which is each household's: a piece, then the formula's place in Engine.named
// with the piece after it. What it says to everybody is one piece.
type said struct {
	pieces  []string
	named   []int
	article string
}

// saidOn are the conditions of a programme on a day.
func (e *Engine) saidOn(run *rule.Run, p *rule.Compiled, l kernel.Lang) []said {
	out := make([]said, len(p.Benefit.Conditions))
	for i, c := range p.Benefit.Conditions {
		law, text, piece := c.Article.Name, c.Text.In(l), ""
		if l == kernel.EN {
			law = c.Article.NameEN
		}
		for {
			at := placeholder.FindStringSubmatchIndex(text)
			if at == nil {
				break
			}
			name := text[at[2]:at[3]]
			piece, text = piece+text[:at[0]], text[at[1]:]
			if k := run.ParamIndex(name); k >= 0 {
				piece += paramText(run, run.Params[k], run.Param[k].Number, l)
				continue
			}
			out[i].pieces, piece = append(out[i].pieces, piece), ""
			out[i].named = append(out[i].named, slices.Index(e.named, run.DefIndex(name)))
		}
		out[i].pieces = append(out[i].pieces, piece+text)
		out[i].article = strings.TrimSpace(law + " " + c.Article.Article)
	}
	return out
}

// sentence is a condition's text for the household.
func (a *Answer) sentence(s *said, texts Texts, l kernel.Lang) string {
	out := s.pieces[0]
	for i, n := range s.named {
		v, body := a.values[n], a.Run.Defs[a.Engine.named[n]].Body
		text := ""
		if v.known {
			text = numberText(body.Type, v.number/body.Den, unitOf(body), l)
		} else {
			text = texts.T(l, "benefit.not_known_yet")
		}
		out += text + s.pieces[i+1]
	}
	return out
}

// unitOf guesses money where nothing says a unit: what can be in the hundred
// thousands is won.
func unitOf(e *rule.Expr) string {
	if e.Type == rule.Num && e.Hi/e.Den > 100_000 {
		return "won"
	}
	return ""
}

func paramText(run *rule.Run, p *rule.Param, n int64, l kernel.Lang) string {
	switch p.Kind {
	case "won":
		return i18n.Money(l, kernel.Money(n))
	case "date":
		return i18n.Date(l, rule.DateOf(n))
	case "rate":
		percent := new(big.Rat).SetFrac64(n*100, p.Den)
		s := percent.FloatString(2)
		return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + "%"
	case "month_day":
		y, _, _ := rule.Civil(run.Date)
		return i18n.Date(l, rule.DateOf(rule.InYear(y, n)))
	}
	return i18n.Number(l, n)
}

// numberText writes a value of a type.
func numberText(t rule.Type, n int64, unit string, l kernel.Lang) string {
	switch {
	case t == rule.Date:
		return i18n.Date(l, rule.DateOf(n))
	case strings.HasPrefix(unit, "won"):
		return i18n.Money(l, kernel.Money(n))
	}
	return i18n.Number(l, n)
}

// Says is a change as a sentence.
func (c *Change) Says(a *Answer, texts Texts, l kernel.Lang) string {
	key := changeKeys[c.Kind]
	a.args[0] = "name"
	switch c.Kind {
	case "received", "not_received":
		a.args[1] = a.Engine.Titles[a.Engine.law.SetBits()[c.Want[0]]].In(l)
		return texts.T(l, key, a.args[:2]...)
	case "yes", "no":
		a.args[1] = c.name(l)
		return texts.T(l, key, a.args[:2]...)
	}
	want := ""
	if len(c.Want) == 1 {
		want = c.value(a, c.Want[0], l)
	} else {
		list := make([]string, len(c.Want))
		for i, w := range c.Want {
			list[i] = c.value(a, w, l)
		}
		want = strings.Join(list, " · ")
	}
	a.args = [6]any{"name", c.name(l), "have", c.value(a, c.Have, l), "want", want}
	return texts.T(l, key, a.args[:]...)
}

// spoken are sentences of an answer that were made already, by a hash of what they
// say: every other one is that of another programme or member again.
type spoken struct {
	by   *i18n.Catalog
	lang kernel.Lang
	said [128]struct {
		of   *Change
		text string
	}
}

// says is Says, or what it said of the same before.
func (a *Answer) says(c *Change, texts Texts, l kernel.Lang) string {
	by, ok := texts.(*i18n.Catalog)
	if !ok { // who knows whether it would say the same again
		return c.Says(a, texts, l)
	}
	if a.spoken == nil || a.spoken.by != by || a.spoken.lang != l {
		a.spoken = &spoken{by: by, lang: l}
	}
	at := &a.spoken.said[c.hash()%uint64(len(a.spoken.said))]
	if at.of == nil || !at.of.same(c) {
		at.of, at.text = c, c.Says(a, texts, l)
	}
	return at.text
}

// same tells whether two changes are the same sentence.
func (c *Change) same(d *Change) bool {
	return c.Compared == d.Compared && c.Have == d.Have && c.Kind == d.Kind && slices.Equal(c.Want, d.Want)
}

func (c *Change) hash() uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := (uint64(c.number)<<4 | uint64(len(c.Kind))) * odd
	h = (h ^ uint64(c.Have)) * odd
	for _, w := range c.Want {
		h = (h ^ uint64(w)) * odd
	}
	return h >> 32
}

// changeKeys are the messages of the kinds of changes.
var changeKeys = map[string]string{
	"at_most": "benefit.change.at_most", "at_least": "benefit.change.at_least", "below": "benefit.change.below", "above": "benefit.change.above",
	"is": "benefit.change.is", "is_not": "benefit.change.is_not", "yes": "benefit.change.yes", "no": "benefit.change.no",
	"received": "benefit.change.received", "not_received": "benefit.change.not_received",
}

func (c *Change) value(a *Answer, n int64, l kernel.Lang) string {
	if c.Type == rule.Word {
		word := a.Engine.law.Word(n)
		if c.Fact != nil && c.Fact.Labels != nil {
			return c.Fact.Labels[word].In(l)
		}
		return word
	}
	return numberText(c.Type, n, c.Unit, l)
}

// Reason is one condition as a sentence: what must hold, whether it does, and
// what stands against it.
type Reason struct {
	Text    string        `json:"text"`
	Article string        `json:"article"`
	Holds   situation.Tri `json:"holds"`
	// Change says what would have to be otherwise; "" where it holds or no
	// single figure tells.
	Change string `json:"change,omitempty"`
	// Alone: the programme would be due if this condition held.
	Alone bool `json:"alone,omitempty"`
}

// Reasons of a result for a member (0 for a programme of the household).
func (a *Answer) Reasons(r *Result, who int, texts Texts, l kernel.Lang) []Reason {
	said, ok := a.day.said[l]
	if !ok {
		said = a.day.said[kernel.KO]
	}
	n := len(r.Programme.Benefit.Conditions)
	if len(a.reasons) < n { // who asks for one mostly asks for all
		a.reasons = make([]Reason, max(n, a.conditions))
	}
	out := cut(&a.reasons, n)
	for i := range said[r.number] {
		s := &said[r.number][i]
		out[i] = Reason{Text: a.sentence(s, texts, l), Article: s.article, Holds: r.Conditions[i][who]}
		if change := r.Changes[i][who]; change != nil {
			out[i].Change, out[i].Alone = a.says(change, texts, l), change.Alone
		}
	}
	return out
}
