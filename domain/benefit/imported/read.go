package imported

import (
	"context"
	"unicode/utf8"

	"maru/domain/benefit/gov24"
	"maru/kernel"
	"maru/platform/search"
)

// Programme is one of the active version. NotFound where there is none of that
// id.
func (s *Service) Programme(ctx context.Context, id string) (*gov24.Programme, Version, error) {
	now, err := s.current(ctx)
	if err != nil {
		return nil, Version{}, err
	}
	if now != nil {
		if i, ok := now.byID[id]; ok {
			return &now.list[i], now.version, nil
		}
	}
	return nil, Version{}, kernel.E(kernel.NotFound, "benefit.imported.error.no_programme", nil)
}

// General tells whether a programme is one of those listed apart.
func (s *Service) General(p *gov24.Programme) bool { return general(p) || p.Unlocated }

// MaxQuery is the longest search, in characters.
const MaxQuery = 100

// maxHits is how far a search can be paged through.
const maxHits = 200

// Search finds programmes by their names, purposes and agencies. It gives the
// zero version where no catalogue was imported.
func (s *Service) Search(ctx context.Context, text string, from, limit int) (list []*gov24.Programme, next int, v Version, err error) {
	now, err := s.current(ctx)
	if err != nil || now == nil {
		return nil, 0, Version{}, err
	}
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > MaxQuery {
		return nil, 0, now.version, kernel.E(kernel.Invalid, "benefit.imported.error.query", nil).Field("q", "benefit.imported.error.query", map[string]any{"max": MaxQuery})
	}
	if repaired, ok := search.Repair(text, now.words.Knows); ok {
		text = repaired
	}
	hits := now.words.Search(search.Query{Text: search.Normalize(text), N: maxHits})
	from = min(max(from, 0), len(hits))
	to := min(from+min(max(limit, 1), MaxLimit), len(hits))
	for _, h := range hits[from:to] {
		list = append(list, &now.list[h.Doc])
	}
	if to < len(hits) {
		next = to
	}
	return list, next, now.version, nil
}

// Active is the version that serves; the zero version where there is none or
// the first is still being built.
func (s *Service) Active() Version {
	if now := s.now.Load(); now != nil {
		return now.version
	}
	return Version{}
}
