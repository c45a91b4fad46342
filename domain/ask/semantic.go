package ask

import (
	"context"
	"sync"
	"time"

	"maru/domain/ask/internal/redact"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/embeddings"
	"maru/platform/search"
)

// Embedder gives unit vectors of texts; *embeddings.Client is one.
type Embedder interface {
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Semantic is the operator's embeddings endpoint.
type Semantic struct {
	Query     Embedder
	Catalogue *embeddings.Cache
	// Timeout bounds the wait for the vector of a query; 0 for two seconds.
	Timeout time.Duration
}

// bySemantics weighs the ranking by the endpoint's vectors against the others.
const bySemantics = 1.2

// semantic is the catalogue as the endpoint sees it.
type semantic struct {
	Semantic
	mu      sync.Mutex
	hash    string // of the pack whose vectors are ready
	loading bool   // a pack's vectors are being asked for, one pack's at a time
	loads   sync.WaitGroup
	retry   kernel.Time
	clock   clock.Clock
	vectors [][]float32
	doc     []int
}

// prepare asks for the vectors of the pack's sentences, beside the queries,
// which go without until they are there. A failure is tried again after a
// while.
func (m *semantic) prepare(ix *index) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hash == ix.pack.Hash || m.loading || m.clock.Now() < m.retry {
		return
	}
	m.loading = true
	m.loads.Go(func() { m.load(ix) })
}

// patience is how long after a failure the endpoint is left alone.
const patience = time.Minute

func (m *semantic) load(ix *index) {
	var texts []string
	var doc []int
	for d, s := range ix.pack.Services {
		lines := document(s).Lines
		for _, f := range []int{0, 1, 4} { // titles, summaries, example sentences
			for _, l := range lines[f] {
				if search.Normalize(l) != "" {
					texts, doc = append(texts, l), append(doc, d)
				}
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	vectors, err := m.Catalogue.Of(ctx, texts)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loading = false
	if err != nil {
		m.retry = m.clock.Now().Add(patience)
		return
	}
	m.hash, m.vectors, m.doc = ix.pack.Hash, vectors, doc
}

// rank scores every service by its nearest sentence; false where the endpoint
// did not answer in time or has not seen the catalogue yet.
func (m *semantic) rank(ctx context.Context, ix *index, text string) (search.Extra, bool) {
	m.prepare(ix)
	m.mu.Lock()
	ready, vectors, doc, away := m.hash == ix.pack.Hash, m.vectors, m.doc, m.clock.Now() < m.retry
	m.mu.Unlock()
	if !ready || away {
		return search.Extra{}, false
	}
	wait := m.Timeout
	if wait <= 0 {
		wait = 2 * time.Second
	}
	bounded, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	// As to a language model, nothing personal leaves that is recognised.
	clean, _ := redact.Redact(text)
	got, err := m.Query.Embed(bounded, []string{clean})
	if ctx.Err() != nil {
		return search.Extra{}, false // whoever asked went away: the endpoint is not to blame
	}
	if err != nil || len(got) != 1 {
		m.mu.Lock()
		// Nobody else waits for an endpoint that is down.
		m.retry = m.clock.Now().Add(patience / 6)
		m.mu.Unlock()
		return search.Extra{}, false
	}
	out := search.Extra{Scores: make([]float64, len(ix.pack.Services)), Weight: bySemantics}
	for i, v := range vectors {
		out.Scores[doc[i]] = max(out.Scores[doc[i]], embeddings.Cosine(got[0], v))
	}
	return out, true
}
