package agency

import (
	"embed"
	"io/fs"
	"sync/atomic"

	"maru/domain/agency/internal/api"
	"maru/domain/agency/internal/web"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	papi "maru/platform/api"
	"maru/platform/clock"
	"maru/platform/module"
	pweb "maru/platform/web"
)

// Deps is what the domain needs.
type Deps struct {
	Packs Packs       // needs.go
	Clock clock.Clock // nil: the system's
}

// Service answers from the directory of the active pack.
type Service struct {
	packs Packs
	clock clock.Clock
	built atomic.Pointer[built]
}

// built is a directory with the version of the pack it was made from.
type built struct {
	version string
	dir     *Directory
}

// New makes the service.
func New(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = clock.System()
	}
	return &Service{packs: d.Packs, clock: d.Clock}
}

// Directory is that of the active pack. It is rebuilt when another version
// comes into force; two requests that do so at once come to the same result.
func (s *Service) Directory() *Directory {
	version, data := s.packs.Agencies()
	if b := s.built.Load(); b != nil && b.version == version {
		return b.dir
	}
	b := &built{version, NewDirectory(data)}
	s.built.Store(b)
	return b.dir
}

// today is the day in Korea.
func (s *Service) today() kernel.Date { return s.clock.Now().DateIn(kernel.Seoul) }

// Route is Directory.Route of the active pack.
func (s *Service) Route(rule catalog.AgencyRule, answers, facts map[string]kernel.Value, at kernel.Date) (string, error) {
	return s.Directory().Route(rule, answers, facts, at)
}

// Name is Directory.Name of the active pack.
func (s *Service) Name(id string, l kernel.Lang) string { return s.Directory().Name(id, l) }

// Exists is Directory.Exists of the active pack.
func (s *Service) Exists(id string, at kernel.Date) bool { return s.Directory().Exists(id, at) }

// ByType is Directory.ByType of the active pack.
func (s *Service) ByType(typ string, at kernel.Date) []string { return s.Directory().ByType(typ, at) }

// All lists every body that exists today, the short lists first.
func (s *Service) All() []string {
	d := s.Directory()
	var out []string
	for _, typ := range d.typeOrder() {
		out = append(out, d.ByType(typ, s.today())...)
	}
	return out
}

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the domain's catalogues.
func Messages() fs.FS { return messages }

// Module hands the domain to the program.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:     "agency",
		Messages: messages,
		Pages: func(srv *pweb.Server) {
			web.Register(srv, web.Views, func(id string, l kernel.Lang) (web.Body, bool) { return s.body(id, l) })
		},
		Operations: func(a *papi.API) { api.Register(a, lists{s}) },
	}
}

// body is what the page shows of a body.
func (s *Service) body(id string, l kernel.Lang) (web.Body, bool) {
	d := s.Directory()
	info, ok := d.Info(id, l)
	if !ok {
		return web.Body{}, false
	}
	b := web.Body{Name: info.Name, Type: info.Type, Region: info.Region, Phone: info.Phone}
	if today := s.today(); !info.Until.IsZero() && info.Until.Before(today) {
		b.Until = info.Until
		if now, ok := d.Current(id, today); ok {
			b.Successor, b.SuccessorName = now, d.Name(now, l)
		}
	}
	return b, true
}
