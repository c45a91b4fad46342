package ask

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/said"
	"maru/platform/search"
)

// Fact is something a query tells about somebody, with the words it was read
// from.
type Fact struct {
	// ID is the fact of the dictionary, "" where it has none.
	ID string
	// Value is unknown where the words give no value of the fact.
	Value kernel.Value
	// Who the fact is about: self, child, parent, spouse, grandparent, other.
	Who string
	// Exact: the value can stand in a form as it is. An age gives a day of birth
	// that is good enough to choose services by, not to fill in.
	Exact bool
	// Model: a language model read it, and the checks let it pass.
	Model bool
	// Text is the quoted span, From and To its bytes in said.Clean of the query.
	Text     string
	From, To int
	// Measure is what was read, of kind "" for words.
	Measure said.Measure
}

// teller reads facts of a pack's words.
type teller struct {
	people   []told
	words    []told
	measures []told
	facts    map[string]*contract.Fact
	places   *gazetteer
}

// told is an entry of said.yaml with its words as they are matched.
type told struct {
	korean, english       []string // squeezed; normalized
	notKorean, notEnglish []string
	who, fact, value      string
	kind, unit            string
}

func entry(words, not map[kernel.Lang][]string) told {
	var t told
	prepare := func(list []string, how func(string) string) []string {
		var out []string
		for _, w := range list {
			if s := how(w); s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	t.korean, t.english = prepare(words[kernel.KO], search.Squeeze), prepare(words[kernel.EN], squeezeEnglish)
	t.notKorean, t.notEnglish = prepare(not[kernel.KO], search.Squeeze), prepare(not[kernel.EN], squeezeEnglish)
	return t
}

// squeezeEnglish keeps letters, digits and single blanks.
func squeezeEnglish(s string) string { return search.Normalize(s) }

func newTeller(p Pack, places []Place) *teller {
	t := &teller{facts: p.Facts, places: newGazetteer(places)}
	for _, x := range p.Said.People {
		e := entry(x.Words, nil)
		e.who = x.Who
		t.people = append(t.people, e)
	}
	for _, x := range p.Said.Words {
		e := entry(x.Words, x.Not)
		e.fact, e.value, e.who = x.Fact, x.Value, x.Who
		t.words = append(t.words, e)
	}
	for _, x := range p.Said.Measures {
		e := entry(x.Words, nil)
		e.fact, e.kind, e.unit = x.Fact, x.Kind, x.Unit
		t.measures = append(t.measures, e)
	}
	return t
}

// spread is a text without blanks and signs, whose runes know their bytes.
type spread struct {
	runes []rune
	at    []int  // byte of each rune in the clean text
	first []bool // the rune begins a word
	end   int
}

func spreadOut(clean string) *spread {
	s := &spread{end: len(clean)}
	first := true
	for i, r := range clean {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			s.runes = append(s.runes, unicode.ToLower(r))
			s.at = append(s.at, i)
			s.first = append(s.first, first)
			first = false
		case r == '\'' || r == '’':
		default:
			first = true
		}
	}
	return s
}

// byteEnd is where rune i-1 ends.
func (s *spread) byteEnd(i int, clean string) int {
	at := s.at[i-1]
	for j := at + 1; j <= len(clean); j++ {
		if j == len(clean) || clean[j]&0xC0 != 0x80 {
			return j
		}
	}
	return len(clean)
}

// find gives the places, in runes, where a word stands. Korean words stand
// anywhere; English ones begin with a word and end with one.
func (s *spread) find(word string, english bool) [][2]int {
	w := []rune(strings.ReplaceAll(word, " ", ""))
	var out [][2]int
	for i := 0; i+len(w) <= len(s.runes); i++ {
		if !slices.Equal(s.runes[i:i+len(w)], w) {
			continue
		}
		end := i + len(w)
		if english && (!s.first[i] || end < len(s.runes) && !s.first[end]) {
			continue
		}
		out = append(out, [2]int{i, end})
	}
	return out
}

// spans are all places where one of the entry's words stands.
func (t *told) spans(s *spread) [][2]int {
	var out [][2]int
	for _, w := range t.korean {
		out = append(out, s.find(w, false)...)
	}
	for _, w := range t.english {
		out = append(out, s.find(w, true)...)
	}
	return out
}

// denied tells whether the company of the words gives them another meaning.
func (t *told) denied(s *spread) bool {
	for _, w := range t.notKorean {
		if len(s.find(w, false)) > 0 {
			return true
		}
	}
	for _, w := range t.notEnglish {
		if len(s.find(w, true)) > 0 {
			return true
		}
	}
	return false
}

// person is a word for somebody in the text.
type person struct {
	at  int // byte
	who string
}

// read finds the facts of a text, in order.
func (t *teller) read(clean string, today kernel.Date) []Fact {
	s := spreadOut(clean)
	people := t.persons(s)
	var out []Fact
	for _, w := range t.words {
		spans := w.spans(s)
		if len(spans) == 0 || w.denied(s) {
			continue
		}
		sp := slices.MinFunc(spans, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
		from, to := s.at[sp[0]], s.byteEnd(sp[1], clean)
		who := w.who
		if who == "" {
			who = whoAt(people, from)
		}
		out = append(out, Fact{ID: w.fact, Value: t.value(w.fact, w.value), Who: who, Exact: true, Text: clean[from:to], From: from, To: to})
	}
	for _, m := range said.Read(clean, today) {
		out = append(out, t.measured(s, m, people, today))
	}
	for _, p := range t.places.find(clean) {
		f := Fact{Text: clean[p.from:p.to], From: p.from, To: p.to, Who: whoAt(people, p.from), Measure: said.Measure{Kind: "place", Text: clean[p.from:p.to], Unit: string(p.region)}}
		for _, m := range t.measures {
			if m.kind == "place" && p.exact {
				f.ID, f.Value, f.Exact = m.fact, kernel.TextOf(string(p.region)), true
			}
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b Fact) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return distinctFacts(out)
}

// distinctFacts keeps the first value told of a fact of somebody.
func distinctFacts(in []Fact) []Fact {
	seen := map[[2]string]bool{}
	return slices.DeleteFunc(in, func(f Fact) bool {
		k := [2]string{f.ID, f.Who}
		twice := f.ID != "" && seen[k]
		seen[k] = true
		return twice
	})
}

func (t *teller) persons(s *spread) []person {
	var out []person
	for _, p := range t.people {
		for _, w := range p.korean {
			for _, sp := range s.find(w, false) {
				// One syllable says too little inside a word: 형 is in 형편.
				if sp[1]-sp[0] > 1 || s.first[sp[0]] {
					out = append(out, person{s.at[sp[0]], p.who})
				}
			}
		}
		for _, w := range p.english {
			for _, sp := range s.find(w, true) {
				out = append(out, person{s.at[sp[0]], p.who})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b person) int { return cmp.Compare(a.at, b.at) })
	return out
}

// whoAt is whom a fact at a byte is about: who was named last before it, else
// who is named next, else the speaker.
func whoAt(people []person, at int) string {
	who := ""
	for _, p := range people {
		if p.at > at && who != "" {
			break
		}
		if who = p.who; p.at > at {
			break
		}
	}
	if who == "" {
		return "self"
	}
	return who
}

// beside is how far from a measure its words may stand, in characters.
const beside = 12

// measured makes a measure a fact: of the entries of its kind the one whose
// words stand nearest, or one that needs no words.
func (t *teller) measured(s *spread, m said.Measure, people []person, today kernel.Date) Fact {
	f := Fact{Who: whoAt(people, m.From), Text: m.Text, From: m.From, To: m.To, Measure: m}
	from, to := s.index(m.From), s.index(m.To)
	best, near := -1, beside+1
	for i, e := range t.measures {
		if e.kind != string(m.Kind) || e.unit != "" && e.unit != m.Unit || m.Kind == said.Money && m.Unit != "won" {
			continue
		}
		if len(e.korean)+len(e.english) == 0 {
			if best < 0 {
				best = i
			}
			continue
		}
		for _, sp := range e.spans(s) {
			away := max(0, from-sp[1], sp[0]-to)
			// What stands before a number names it more often than what follows.
			if sp[0] >= to {
				away += 2
			}
			if away < near {
				best, near = i, away
			}
		}
	}
	if m.Born && m.Kind == said.Date {
		for i, e := range t.measures {
			if e.kind == "age" {
				best = i
			}
		}
	}
	if best < 0 {
		return f
	}
	f.ID = t.measures[best].fact
	f.Value, f.Exact = t.measuredValue(f.ID, m, today)
	return f
}

// index is the rune of a byte.
func (s *spread) index(at int) int {
	i, _ := slices.BinarySearch(s.at, at)
	return i
}

func (t *teller) measuredValue(fact string, m said.Measure, today kernel.Date) (kernel.Value, bool) {
	switch m.Kind {
	case said.Age:
		return kernel.DateValueOf(bornAbout(m, today)), false
	case said.Date:
		if !m.Until.IsZero() {
			return kernel.DateValueOf(m.Date.AddDays(m.Until.Days(m.Date) / 2)), false
		}
		return kernel.DateValueOf(m.Date), m.Other.IsZero() && !m.About
	case said.Money, said.Count:
		if m.Value < 0 || m.Value > 1e15 {
			return kernel.Value{}, false
		}
		return kernel.IntOf(int64(m.Value + 0.5)), true
	case said.Grade:
		if f := t.facts[fact]; f != nil && slices.Contains(f.Members, m.Unit) {
			return kernel.TextOf(m.Unit), true
		}
	}
	return kernel.Value{}, false
}

// bornAbout is a day of birth that gives the age: half a year after the last
// birthday that was possible.
func bornAbout(m said.Measure, today kernel.Date) kernel.Date {
	days := map[string]float64{"year": 365.2425, "month": 30.4369, "week": 7, "day": 1}[m.Unit]
	return today.AddDays(-int((m.Value + 0.5) * days))
}

// value is what an entry says, in the fact's type.
func (t *teller) value(fact, text string) kernel.Value {
	f := t.facts[fact]
	if f == nil {
		return kernel.Value{}
	}
	switch f.Type {
	case "bool":
		return kernel.BoolOf(text == "true")
	case "int":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return kernel.Value{}
		}
		return kernel.IntOf(n)
	}
	return kernel.TextOf(text)
}
