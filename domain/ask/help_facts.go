package ask

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/said"
)

// aboutWhom are whom a fact may be about.
var aboutWhom = append(slices.Clone(whos), "other")

// toldFact is a fact as the model tells it.
type toldFact struct {
	Fact  string `json:"fact"`
	Value string `json:"value"`
	Who   string `json:"who"`
	Quote string `json:"quote"`
}

// tellable are the facts that words may tell: those of said.yaml whose values a
// few words can hold, and no identifiers.
func (t *teller) tellable() []*contract.Fact {
	var out []*contract.Fact
	for _, e := range slices.Concat(t.words, t.measures) {
		f := t.facts[e.fact]
		if f == nil || f.Sensitivity == "identifier" || slices.Contains(out, f) {
			continue
		}
		switch f.Type {
		case "bool", "int", "enum", "date":
			out = append(out, f)
		}
	}
	return out
}

// accept keeps the facts that stand the checks and are not known already: the
// fact is one that may be told, the quote stands in what was said and in what
// the model saw, the value has the fact's type, and a number or day is the one
// that our own grammar reads in the quote. None of them is exact: they order
// what is found, and are never filled in.
func (t *teller) accept(told []toldFact, text, redacted string, today kernel.Date, known []Fact) []Fact {
	clean := said.Clean(text)
	seen := map[[2]string]bool{}
	for _, f := range known {
		seen[[2]string{f.ID, f.Who}] = true
	}
	may := t.tellable()
	var out []Fact
	for _, f := range told {
		i := slices.IndexFunc(may, func(m *contract.Fact) bool { return m.ID == f.Fact })
		at := strings.Index(clean, f.Quote)
		n := utf8.RuneCountInString(f.Quote)
		if i < 0 || n < 2 || n > 80 || at < 0 || !strings.Contains(redacted, f.Quote) || !slices.Contains(aboutWhom, f.Who) || seen[[2]string{f.Fact, f.Who}] {
			continue
		}
		value, ok := quoted(may[i], f.Value, f.Quote, today)
		if !ok {
			continue
		}
		seen[[2]string{f.Fact, f.Who}] = true
		out = append(out, Fact{ID: f.Fact, Value: value, Who: f.Who, Text: f.Quote, From: at, To: at + len(f.Quote), Model: true})
	}
	return out
}

// quoted is a value in the type of its fact.
func quoted(f *contract.Fact, value, quote string, today kernel.Date) (kernel.Value, bool) {
	switch f.Type {
	case "bool":
		return kernel.BoolOf(value == "true"), value == "true" || value == "false"
	case "enum":
		return kernel.TextOf(value), slices.Contains(f.Members, value)
	case "int":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return kernel.Value{}, false
		}
		for _, m := range said.Read(said.Clean(quote), today) {
			if math.Abs(m.Value) < 1e15 && int64(m.Value+0.5) == n && m.Kind != said.Date {
				return kernel.IntOf(n), true
			}
		}
	case "date":
		d, err := kernel.ParseDate(value)
		if err != nil {
			return kernel.Value{}, false
		}
		for _, m := range said.Read(said.Clean(quote), today) {
			switch {
			case m.Kind == said.Date && (m.Date == d || !m.Other.IsZero() && m.Other == d):
				return kernel.DateValueOf(d), true
			case m.Kind == said.Age && m.Value >= 0 && m.Value < 150:
				return kernel.DateValueOf(bornAbout(m, today)), true
			}
		}
	}
	return kernel.Value{}, false
}
