package ask

import (
	"context"
	"strings"
	"sync"
	"unicode/utf8"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/said"
	"maru/platform/search"
	"maru/platform/store"
	"maru/platform/wordvec"
)

const (
	// MaxQuery is the longest query in characters.
	MaxQuery = 1000
	// DefaultLimit and MaxLimit are how many services one answer names.
	DefaultLimit = 5
	MaxLimit     = 20
)

// Deps are what the service stands on. Catalog is required.
type Deps struct {
	Catalog Catalog
	Places  Places      // nil: no places are read
	Rules   Rules       // nil: benefits' rules do not weigh
	Clock   clock.Clock // nil: the system's
	// Vectors are word vectors, nil for none.
	Vectors *wordvec.Model
	// Semantic is the operator's embeddings endpoint, nil for none.
	Semantic *Semantic
	// Keys seal what was understood while somebody signs in, and Applications
	// begin with it; without both every service begins on its own page.
	Keys         *crypto.Keys
	Applications Applications
	// DB keeps what people said that nothing fitted, as they agreed, sealed by
	// Keys. nil: nothing is counted or kept.
	DB *store.DB
	// Offices lead to the body of a region; nil for none.
	Offices Offices
	// Language is the operator's language model, nil for none.
	Language *Language
}

// Service finds public services by everyday words. It is safe for concurrent
// use.
type Service struct {
	catalog Catalog
	places  Places
	rules   Rules
	clock   clock.Clock
	vectors *wordvec.Model
	meaning *semantic // nil for none
	// language is the model that may help, nil for none.
	language *language

	mu sync.Mutex
	ix *index

	tables tables

	keys         *crypto.Keys
	applications Applications
	db           *store.DB
	unmetKeys    *crypto.Keys
	offices      Offices
}

// New makes the service.
func New(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = clock.System()
	}
	s := &Service{catalog: d.Catalog, places: d.Places, rules: d.Rules, clock: d.Clock, vectors: d.Vectors, applications: d.Applications, db: d.DB, unmetKeys: d.Keys, offices: d.Offices}
	if d.Applications != nil {
		s.keys = d.Keys
	}
	if d.Semantic != nil {
		s.meaning = &semantic{Semantic: *d.Semantic, clock: d.Clock}
	}
	if d.Language != nil {
		s.language = d.Language.language
	}
	return s
}

// Query is what somebody said.
type Query struct {
	Text  string
	Lang  kernel.Lang // to answer in; "" guesses from the text
	Limit int         // 0 for DefaultLimit
	// Help asks for the help of the language model. It takes seconds.
	Help bool
}

// Answer is what was found for a query.
type Answer struct {
	Lang kernel.Lang
	// Read is the query as it was understood, when a wrong keyboard layout was
	// mended; "" otherwise.
	Read    string
	Results []Result
	Bundle  *contract.LifeEvent // nil for none
	Crisis  *contract.Crisis    // nil for none; to be shown before anything else
	// Facts are what the query tells about people, in order, each with the
	// words it was read from.
	Facts []Fact
	// Fallback: there is an embeddings endpoint, and it gave no help this time.
	Fallback bool
	// Help is what the language model added, nil where it was not asked for.
	Help *Help
}

// Result is one service found.
type Result struct {
	Service *contract.Service
	// Score orders the results of one answer; it is no probability.
	Score float64
	// Matched is the example sentence, title or word nearest to the query, of
	// those that may be shown to whoever said it.
	Matched string
	Why     Why
}

// Why tells what lifted a result.
type Why struct {
	// Line is the nearest sentence, Field where it stands: title, term or
	// utterance.
	Line, Field string
	// Words are the words of the query that counted most, the strongest first.
	Words []string
	// Facts are quotes of the query that fit the rules of the service.
	Facts []string
}

// Ask finds services for everyday words. The text is neither stored nor
// logged. Errors are Invalid on the field "q": empty, longer than MaxQuery,
// broken UTF-8 or with NUL.
func (s *Service) Ask(q Query) (Answer, error) { return s.AskIn(context.Background(), q) }

// AskIn is Ask whose wait for an embeddings endpoint ends with ctx.
func (s *Service) AskIn(ctx context.Context, q Query) (Answer, error) {
	if err := check(q.Text); err != nil {
		return Answer{}, err
	}
	ix := s.index()
	text := q.Text
	answer := Answer{Lang: q.Lang}
	if repaired, ok := search.Repair(text, ix.words.Knows); ok {
		text, answer.Read = repaired, repaired
	}
	normalized := search.Normalize(text)
	if answer.Lang == "" {
		answer.Lang = search.Language(normalized)
	}
	answer.Crisis = ix.crisisIn(strings.ReplaceAll(normalized, " ", ""))
	limit := q.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	today := s.clock.Now().DateIn(kernel.Seoul)
	answer.Facts = ix.teller.read(said.Clean(text), today)
	lift := s.lift(ix, answer.Facts, today)
	also := search.Standard(normalized)
	query := ix.quiet.tactful(search.Query{Text: normalized, Also: also, Lift: lift, N: MaxLimit}, append(also, normalized)...)
	// In an emergency nobody waits for an endpoint, nor does it hear of it.
	if s.meaning != nil && answer.Crisis == nil {
		extra, ok := s.meaning.rank(ctx, ix, text)
		if ok {
			query.Extra = append(query.Extra, extra)
		}
		answer.Fallback = !ok
	}
	hits := ix.words.Search(query)
	because := s.reasons(ix, answer.Facts, lift, today)
	for _, h := range hits[:min(limit, len(hits))] {
		answer.Results = append(answer.Results, Result{Service: ix.pack.Services[h.Doc], Score: h.Score, Matched: h.Line, Why: because.why(h)})
	}
	answer.Bundle = ix.bundleFor(normalized, hits)
	if q.Help {
		s.help(ctx, asked{ix: ix, text: text, lang: answer.Lang, normalized: normalized, today: today, limit: min(limit, MaxLimit)}, &answer)
	}
	return answer, nil
}

func check(text string) error {
	invalid := func(key string) *kernel.Error {
		return kernel.E(kernel.Invalid, "ask.error.query", nil).Field("q", key, map[string]any{"max": MaxQuery})
	}
	switch {
	case strings.TrimSpace(text) == "":
		return invalid("ask.error.empty")
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return invalid("ask.error.text")
	case utf8.RuneCountInString(text) > MaxQuery:
		return invalid("ask.error.long")
	}
	return nil
}

// index is the index of the active pack, made when the pack is new. Others
// wait meanwhile: it takes a fraction of a second.
func (s *Service) index() *index {
	p := s.catalog.Pack()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ix == nil || s.ix.pack.Hash != p.Hash {
		var places []Place
		if s.places != nil {
			places = s.places.Regions()
		}
		s.ix = newIndex(p, places, s.vectors)
	}
	return s.ix
}

// Prepare makes the index of the active pack now, so that the first query does
// not wait for it.
func (s *Service) Prepare() { s.index() }
