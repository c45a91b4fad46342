package casework

import (
	"cmp"
	"context"
	"errors"
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
	if err := store.PutWords(tx, a.Seq, terms); err != nil || a.Seq%mergeEvery != 0 {
		return err
	}
	return s.Events.Publish(tx, WordsWait, nil)
}

// mergeEvery is how many cases wait on average until one of them, whose
// sequence number ends in the right bits by chance, has them all merged into
// the index: no copy of the program needs to count. More of them save writing,
// and cost each search the reading of their lists.
const mergeEvery = 64

// WordsWait is casework's event to itself: cases wait to be merged. Merging
// has a transaction of its own, because in that of a submission PostgreSQL
// rolls it back, with the submission, whenever others submit meanwhile.
const WordsWait = "casework.words_wait.v1"

// MergeWords merges the cases that wait, some at a time, so that nobody waits
// long for the store. Two at once would only stand in each other's way: what
// one finds is left to the one that is at it.
func (s *Service) MergeWords(ctx context.Context) error {
	if !s.merging.TryLock() {
		return nil
	}
	defer s.merging.Unlock()
	const atOnce = 2 * mergeEvery
	for {
		n := 0
		err := s.DB.Update(ctx, func(tx *pstore.Tx) (err error) {
			n, err = store.MergeWords(tx, atOnce)
			return err
		})
		if pstore.IsConflict(err) {
			return nil // another copy of the program was first
		}
		if err != nil || n < atOnce {
			return err
		}
	}
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
	terms := make([]int64, len(words))
	for i, w := range words {
		terms[i] = s.Keys.Blind("casework.search", agency+"\x00"+w)
	}
	if f.Before == 0 {
		f.Before = 1<<63 - 1
	}
	// Neither part is newer than the other throughout: a case that is handed on
	// waits again.
	recent, merged := finder{tx: tx, fits: fits, limit: f.Limit}, finder{tx: tx, fits: fits, limit: f.Limit}
	if err := errors.Join(recent.inLists(terms, f.Before), merged.inIndex(terms, f.Before)); err != nil {
		return nil, err
	}
	out := append(recent.out, merged.out...)
	slices.SortFunc(out, func(a, b *Application) int { return cmp.Compare(b.Seq, a.Seq) })
	return out[:min(len(out), f.Limit)], nil
}

// finder collects the applications that fit, newest first, up to limit.
type finder struct {
	tx    *pstore.Tx
	fits  func(*Application) bool
	limit int
	out   []*Application
}

// take reads an application and keeps it if it fits; full tells that no more
// are wanted.
func (f *finder) take(seq int64) (full bool, err error) {
	a, err := store.BySeq(f.tx, seq)
	if kernel.Is(err, kernel.NotFound) {
		return false, nil
	}
	if err == nil && f.fits(a) {
		f.out = append(f.out, a)
	}
	return len(f.out) >= f.limit, err
}

// inLists looks through the cases that wait to be merged.
func (f *finder) inLists(terms []int64, before int64) error {
	seqs, err := store.RecentWords(f.tx, terms, before)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		if full, err := f.take(seq); err != nil || full {
			return err
		}
	}
	return nil
}

// A search of the index walks at most rounds * enough postings: it answers soon, or
// asks for more words.
const (
	enough = 400
	rounds = 5
)

// inIndex walks the rarest word's list and tests the others: the work is
// bounded by the rarest word, not by the size of the desk.
func (f *finder) inIndex(terms []int64, before int64) error {
	// An index without rows is not asked at all: PostgreSQL would keep a plan
	// that suits it, and go on reading the whole table when it has grown.
	if any, err := store.AnyMerged(f.tx); err != nil || !any {
		return err
	}
	type counted struct {
		term int64
		n    int
	}
	byCount := make([]counted, len(terms))
	for i, t := range terms {
		n, err := store.WordCount(f.tx, t, enough)
		if err != nil || n == 0 {
			return err
		}
		byCount[i] = counted{t, n}
	}
	slices.SortFunc(byCount, func(a, b counted) int { return cmp.Compare(a.n, b.n) })
	for range rounds {
		seqs, err := store.Postings(f.tx, byCount[0].term, before, enough)
		if err != nil {
			return err
		}
	postings:
		for _, seq := range seqs {
			before = seq
			for _, c := range byCount[1:] {
				if ok, err := store.HasWord(f.tx, c.term, seq); err != nil {
					return err
				} else if !ok {
					continue postings
				}
			}
			if full, err := f.take(seq); err != nil || full {
				return err
			}
		}
		if len(seqs) < enough {
			break
		}
	}
	return nil
}
