package casework

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
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
	return store.PutTerms(tx, a.Seq, terms)
}

// tokens are the words of a text in lower case, and of each word with Hangul
// its pairs of neighbouring syllables, which find a stem inside joined words.
func tokens(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if utf8.RuneCountInString(w) > 40 {
			continue
		}
		out = append(out, w)
		r := []rune(w)
		for i := 0; i+1 < len(r); i++ {
			if unicode.Is(unicode.Hangul, r[i]) && unicode.Is(unicode.Hangul, r[i+1]) && len(r) > 2 {
				out = append(out, string(r[i:i+2]))
			}
		}
	}
	return out
}

// queryTokens are the tokens a case must hold to be found: words without
// Hangul whole, words with Hangul by their pairs.
func queryTokens(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r := []rune(w)
		hangul := slices.ContainsFunc(r, func(c rune) bool { return unicode.Is(unicode.Hangul, c) })
		if !hangul || len(r) <= 2 {
			out = append(out, w)
			continue
		}
		for i := 0; i+1 < len(r); i++ {
			if unicode.Is(unicode.Hangul, r[i]) && unicode.Is(unicode.Hangul, r[i+1]) {
				out = append(out, string(r[i:i+2]))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// search finds a desk's cases by number or by words, newest first.
func (s *Service) search(tx *pstore.Tx, agency string, q DeskQuery) ([]*Application, error) {
	if number, ok := ParseNumber(q.Text); ok {
		a, err := store.ByNumber(tx, number)
		if kernel.Is(err, kernel.NotFound) || err == nil && a.Agency != agency {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []*Application{a}, nil
	}
	words := queryTokens(q.Text)
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
		n, err := store.TermCount(tx, h, enough)
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
	before := q.Before
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
				if ok, err := store.HasTerm(tx, t.hash, seq); err != nil {
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
			if out = append(out, a); len(out) == q.Limit {
				return out, nil
			}
		}
		if len(seqs) < enough {
			break
		}
	}
	return out, nil
}
