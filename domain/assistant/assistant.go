package assistant

import (
	"errors"
	"strings"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
)

// Deps are what the tools stand on. Catalog, Finder, Benefits, Bodies, Texts and
// Clock are required. Without DB nothing is recorded, without Keys nothing is
// handed over: so the tools also work over a pack alone.
type Deps struct {
	Catalog      Catalog
	Finder       Finder
	Benefits     Benefits
	Bodies       Bodies
	Texts        Texts
	Clock        clock.Clock
	Applications Applications
	Own          Own // nil where nobody signs in
	DB           *store.DB
	Keys         *crypto.Keys
	// Site is where people reach this installation, without a path and slash;
	// "" where there is none, and then no links are given.
	Site string
}

// Service answers assistants. It is safe for concurrent use.
type Service struct{ d Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Pack is the active pack.
func (s *Service) Pack() Pack { return s.d.Catalog.Pack() }

// Site is where people reach this installation, "" where there is none.
func (s *Service) Site() string { return s.d.Site }

// link is the address of a page of ours in a language, "" without a site.
func (s *Service) link(l kernel.Lang, path string) string {
	if s.d.Site == "" {
		return ""
	}
	if l == kernel.EN {
		path = "/en" + path
	}
	return s.d.Site + path
}

func (s *Service) t(l kernel.Lang, key string, args ...any) string {
	return s.d.Texts.T(l, key, args...)
}

func (s *Service) today() kernel.Date { return s.d.Clock.Now().DateIn(kernel.Seoul) }

// T is the message of key.
func (s *Service) T(l kernel.Lang, key string, args ...any) string { return s.t(l, key, args...) }

// ParseLang reads the language that an assistant asks for; Korean if it names
// none.
func ParseLang(lang string) kernel.Lang {
	if lang == string(kernel.EN) {
		return kernel.EN
	}
	return kernel.KO
}

// Says is an error in words for the assistant and its person: what is wrong, and
// where. Causes stay inside.
func (s *Service) Says(err error, l kernel.Lang) string {
	var e *kernel.Error
	if !errors.As(err, &e) {
		e = kernel.E(kernel.Internal, "", err)
	}
	key := e.Key
	if key == "" || !s.d.Texts.Has(key) {
		key = "error." + e.Kind.String() + ".text"
		if !s.d.Texts.Has(key) {
			key = "assistant.error.failed"
		}
	}
	var b strings.Builder
	b.WriteString(s.d.Texts.TMap(l, key, e.Args))
	for _, f := range e.Fields {
		b.WriteString("\n- " + f.Field + ": ")
		if s.d.Texts.Has(f.Key) {
			b.WriteString(s.d.Texts.TMap(l, f.Key, f.Args))
		}
	}
	return b.String()
}

// noService tells an assistant that it made an id up.
func noService() error { return kernel.E(kernel.NotFound, "assistant.error.no_service", nil) }
