package casework

import (
	"context"
	"slices"
	"time"
	"unicode"

	"maru/domain/casework/internal/store"
	"maru/domain/casework/internal/words"
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
	seen := map[words.Term]bool{}
	var terms []words.Term
	for i := range svc.Questions {
		q := &svc.Questions[i]
		if q.Fact != "" || q.Type != "text" && q.Type != "longtext" {
			continue
		}
		for _, t := range tokens(c.Answers[q.ID].Text()) {
			h := s.term(a.Agency, t)
			if !seen[h] && len(terms) < maxTerms {
				seen[h] = true
				terms = append(terms, h)
			}
		}
	}
	if err := words.Put(tx, a.Seq, terms); err != nil || a.Seq%mergeEvery != 0 {
		return err
	}
	return s.Events.Publish(tx, WordsWait, nil)
}

// term is what stands for a token in the agency's index.
func (s *Service) term(agency, token string) words.Term {
	return words.TermOf(s.Keys.Blind("casework.search", agency+"\x00"+token))
}

// mergeEvery is how many cases wait on average until one of them, whose
// sequence number ends in the right bits by chance, has them all merged into
// the index: no copy of the program needs to count. More of them save writing,
// and cost each search the reading of their lists.
const mergeEvery = 64

// WordsWait is casework's event to itself: cases wait to be merged. Merging
// has transactions of its own, because in that of a submission PostgreSQL
// rolls it back, with the submission, whenever others submit meanwhile.
const WordsWait = "casework.words_wait.v1"

// mergeTime bounds one run of MergeWords. What it leaves the next one does.
const mergeTime = 30 * time.Second

// MergeWords merges the cases that wait, in steps so short that nobody waits
// long for the store. Two at once would only stand in each other's way: what
// one finds is left to the one that is at it.
func (s *Service) MergeWords(ctx context.Context) error {
	if !s.merging.TryLock() {
		return nil
	}
	defer s.merging.Unlock()
	limited, cancel := context.WithTimeout(ctx, mergeTime)
	defer cancel()
	err := words.Merge(limited, s.DB, s.Clock.Now())
	if limited.Err() != nil {
		return ctx.Err()
	}
	return err
}

// runs are the runs of Hangul and of other letters and digits of a text, in
// the one spelling that people take for the same: "A동 101호" is a, 동, 101, 호.
func runs(s string) [][]rune {
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
	for _, w := range runs(s) {
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
	said := tokens(text)
	if len(said) == 0 {
		return nil, nil
	}
	said = said[:min(len(said), 16)]
	terms := make([]words.Term, len(said))
	for i, w := range said {
		terms[i] = s.term(agency, w)
	}
	if f.Before == 0 {
		f.Before = 1<<63 - 1
	}
	var out []*Application
	looked := 0
	err := words.Find(tx, &s.words, terms, f.Before, func(seq int64) (more bool, err error) {
		a, err := store.BySeq(tx, seq)
		if err != nil && !kernel.Is(err, kernel.NotFound) {
			return false, err
		}
		if err == nil && fits(a) {
			out = append(out, a)
		}
		looked++
		return len(out) < f.Limit && looked < enough, nil
	})
	return out, err
}

// enough bounds how many cases with the words one search looks at: it answers
// soon, or asks for more words.
const enough = 2000
