package casework

import (
	"slices"
	"unicode"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/search"
	pstore "maru/platform/store"
)

// The content index holds keyed hashes of words and of pairs of Hangul
// syllables, bound to the agency, so that a stolen database tells no word and
// one desk's search never meets another's cases. Only questions without a
// register fact are indexed: identifiers never are.

// maxTerms bounds how much of a long text is indexed.
const maxTerms = 600

// index puts an application's free texts into the agency's index.
func (s *Service) index(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) error {
	seen := map[int64]bool{}
	var terms []int64
	for i := range svc.Questions {
		q := &svc.Questions[i]
		if q.Fact != "" || q.Type != "text" && q.Type != "longtext" {
			continue
		}
		for _, t := range tokens(c.Answers[q.ID].Text()) {
			h := s.Keys.Blind("casework.search", a.Agency+"\x00"+t)
			if !seen[h] && len(terms) < maxTerms {
				seen[h] = true
				terms = append(terms, h)
			}
		}
	}
	slices.Sort(terms)
	return store.PutWords(tx, a.Seq, terms)
}

// words are the runs of Hangul and of other letters and digits of a text, in
// the one spelling that people take for the same: "A동 101호" is a, 동, 101, 호.
func words(s string) [][]rune {
	var out [][]rune
	kind := 0
	for _, r := range search.Normalize(s) {
		k := 0
		switch {
		case unicode.Is(unicode.Hangul, r):
			k = 1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			k = 2
		}
		switch {
		case k == 0:
		case k == kind:
			out[len(out)-1] = append(out[len(out)-1], r)
		default:
			out = append(out, []rune{r})
		}
		kind = k
	}
	return out
}

// maxWord bounds the words of the index and of queries (characters); no word
// of a language is longer.
const maxWord = 40

// tokens are the words of a text, longer ones of Hangul as their pairs of
// neighbouring syllables, which find a stem inside joined words. A case is
// found when it holds every token of the query.
func tokens(s string) []string {
	var out []string
	for _, w := range words(s) {
		switch p := pairs(w); {
		case len(w) > maxWord:
		case p != nil:
			out = append(out, p...)
		default:
			out = append(out, string(w))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pairs of a word of Hangul of three syllables or more; nil for any other.
func pairs(w []rune) []string {
	if len(w) < 3 || !unicode.Is(unicode.Hangul, w[0]) {
		return nil
	}
	out := make([]string, 0, len(w)-1)
	for i := range len(w) - 1 {
		out = append(out, string(w[i:i+2]))
	}
	return out
}

// search finds a desk's cases by number or by words, newest first.
func (s *Service) search(tx *pstore.Tx, agency, text string, f store.Filter) ([]*Application, error) {
	fits := func(a *Application) bool {
		return a.Agency == agency && (f.Status == "" || a.Status == f.Status) && (f.Assignee == "" || string(a.Assignee) == f.Assignee)
	}
	if number, ok := ParseNumber(text); ok {
		a, err := store.ByNumber(tx, number)
		if kernel.Is(err, kernel.NotFound) || err == nil && !fits(a) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []*Application{a}, nil
	}
	words := tokens(text)
	if len(words) == 0 {
		return nil, nil
	}
	if len(words) > 16 {
		words = words[:16]
	}
	type term struct {
		hash  int64
		count int
	}
	terms := make([]term, len(words))
	const enough = 400
	for i, w := range words {
		h := s.Keys.Blind("casework.search", agency+"\x00"+w)
		n, err := store.WordCount(tx, h, enough)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, nil
		}
		terms[i] = term{h, n}
	}
	// Walk the rarest word's list and test the others: the work is bounded by
	// the rarest word, not by the size of the desk.
	slices.SortFunc(terms, func(a, b term) int { return a.count - b.count })
	before := f.Before
	if before == 0 {
		before = 1<<63 - 1
	}
	var out []*Application
	for range 5 { // at most 5 * enough postings: a search answers soon or asks for more words
		seqs, err := store.Postings(tx, terms[0].hash, before, enough)
		if err != nil {
			return nil, err
		}
	postings:
		for _, seq := range seqs {
			before = seq
			for _, t := range terms[1:] {
				if ok, err := store.HasWord(tx, t.hash, seq); err != nil {
					return nil, err
				} else if !ok {
					continue postings
				}
			}
			a, err := store.BySeq(tx, seq)
			if kernel.Is(err, kernel.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if !fits(a) {
				continue
			}
			if out = append(out, a); len(out) == f.Limit {
				return out, nil
			}
		}
		if len(seqs) < enough {
			break
		}
	}
	return out, nil
}
