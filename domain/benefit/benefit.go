package benefit

import (
	"sync"

	"maru/domain/benefit/imported"
	"maru/domain/benefit/rule"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
)

// Deps are what the domain stands on; all but Imported are required.
type Deps struct {
	DB        *store.DB
	Keys      *crypto.Keys
	Catalog   Catalog
	Clock     clock.Clock
	Texts     Texts
	Places    Places
	Registers Registers
	Drafts    Drafts
	// Imported are the programmes of the public catalogue, nil without them.
	Imported *imported.Service
}

// Service decides by the active pack. It is safe for concurrent use.
type Service struct {
	d Deps

	mu     sync.Mutex
	engine *Engine
}

// New makes the service.
func New(d Deps) *Service { return &Service{d: d} }

// Engine is that of the active pack, made anew when another comes into force.
func (s *Service) Engine() (*Engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine != nil && s.engine.Hash == s.d.Catalog.PackHash() {
		return s.engine, nil
	}
	e, err := NewEngine(s.d.Catalog.Benefits())
	if err != nil {
		return nil, err
	}
	s.engine = e
	return e, nil
}

// Check finds what is wrong with the rules and their texts.
func Check(src rule.Source) []rule.Problem {
	law, problems := rule.Compile(src)
	if law == nil {
		return problems
	}
	return checkTexts(law)
}
