package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"

	agency "maru/domain/agency/contract"
	"maru/domain/catalog/contract"
	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/calendar"
	"maru/platform/clock"
	"maru/platform/store"
)

// Deps is what the catalogue needs. Bodies comes late, because the agency
// domain reads its directory from here: see Service.UseBodies.
type Deps struct {
	DB    *store.DB
	Clock clock.Clock
	Log   *slog.Logger
	// Pack is what the program brings along.
	Pack fs.FS
	// Demo is the try-out world: the program's pack is always the active one,
	// and one that lies in a folder is read again when its files change.
	Demo bool
}

// Service is the catalogue: the active pack and all that came before.
type Service struct {
	deps   Deps
	bodies Bodies
	active atomic.Pointer[version]

	// refreshing is held from reading which pack is in force until it is used:
	// of two refreshes at once the one that read last must use last.
	refreshing sync.Mutex

	mu     sync.Mutex
	loaded map[string]*Pack // by hash; versions never change
	stamp  string           // of the folder when it was read last
}

// version is a pack with its calendar, made once.
type version struct {
	pack *Pack
	cal  *calendar.Calendar
}

// New makes the catalogue; Start fills it.
func New(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = clock.System()
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{deps: d, loaded: map[string]*Pack{}}
}

// UseBodies tells the pages what bodies are called; call it before serving.
func (s *Service) UseBodies(b Bodies) { s.bodies = b }

// Active is the pack in force. It is never nil after Start.
func (s *Service) Active() *Pack { return s.active.Load().pack }

// PackHash is the version in force.
func (s *Service) PackHash() string { return s.Active().Hash }

// Service is the definition in force.
func (s *Service) Service(id string) (*contract.Service, bool) {
	svc, ok := s.Active().Services[id]
	return svc, ok
}

// Current is the definition in force with the reference that pins it, or
// NotFound.
func (s *Service) Current(id string) (*contract.Service, contract.Ref, error) {
	p := s.Active()
	svc, ok := p.Services[id]
	if !ok {
		return nil, contract.Ref{}, kernel.E(kernel.NotFound, "catalog.no_service", nil)
	}
	return svc, contract.Ref{ServiceID: id, Pack: p.Hash}, nil
}

// Online lists the definitions in force that can be applied for here, in the
// pack's order.
func (s *Service) Online() []*contract.Service {
	p := s.Active()
	var out []*contract.Service
	for _, id := range p.Order {
		if svc := p.Services[id]; svc.Online {
			out = append(out, svc)
		}
	}
	return out
}

// Pinned is the definition in the version of ref, whatever came into force
// since; an empty version means the active one.
func (s *Service) Pinned(ctx context.Context, ref contract.Ref) (*contract.Service, error) {
	p := s.Active()
	if ref.Pack != "" && ref.Pack != p.Hash {
		var err error
		if p, err = s.load(ctx, ref.Pack); err != nil {
			return nil, err
		}
	}
	if svc, ok := p.Services[ref.ServiceID]; ok {
		return svc, nil
	}
	return nil, kernel.E(kernel.NotFound, "catalog.no_service", nil)
}

// Fact is the entry of the fact dictionary in force.
func (s *Service) Fact(id string) (*contract.Fact, bool) {
	f, ok := s.Active().Facts[id]
	return f, ok
}

// Agencies is what the pack in force says about bodies and regions.
func (s *Service) Agencies() (version string, d agency.Data) {
	p := s.Active()
	return p.Hash, p.Agencies
}

// Calendar is that of the pack in force.
func (s *Service) Calendar() *calendar.Calendar { return s.active.Load().cal }

// Due is the instant by which the office must act on what it received at
// start.
func (s *Service) Due(start kernel.Time, l contract.Limit) kernel.Time {
	return s.Calendar().Due(start, CalendarLimit(l))
}

// Resume is a due after the office waited for the applicant from pausedAt to
// now.
func (s *Service) Resume(due, pausedAt, now kernel.Time, l contract.Limit) kernel.Time {
	return s.Calendar().Resume(due, pausedAt, now, CalendarLimit(l))
}

// Further is the last instant to which a due may be extended.
func (s *Service) Further(due kernel.Time, l contract.Limit) kernel.Time {
	return s.Calendar().Further(due, CalendarLimit(l))
}

// LastDay is a person's own deadline when what it counts from was on day.
func (s *Service) LastDay(day kernel.Date, d *contract.Deadline) kernel.Date {
	return s.Calendar().LastDay(day, calendar.Limit{Value: d.Value, Unit: d.Unit, Rule: calendar.Civil}, d.From)
}

// Close is the end of an office day.
func (s *Service) Close(d kernel.Date) kernel.Time { return s.Calendar().Close(d) }

// Working tells whether offices work on d.
func (s *Service) Working(d kernel.Date) bool { return s.Calendar().Working(d) }

// load is a stored version. What today's checks would find in it does not
// matter: it was good enough when people applied under it.
func (s *Service) load(ctx context.Context, hash string) (*Pack, error) {
	s.mu.Lock()
	p := s.loaded[hash]
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	var data []byte
	err := s.deps.DB.View(ctx, func(tx *store.Tx) (err error) {
		data, err = cstore.Files(tx, hash)
		return err
	})
	if err != nil {
		return nil, err
	}
	fsys, err := unpack(data)
	if err != nil {
		return nil, err
	}
	p, _, err = LoadPack(fsys)
	if err != nil && !errors.Is(err, ErrInvalid) {
		return nil, err
	}
	if p.Hash != hash {
		return nil, fmt.Errorf("catalog: stored version %s has the content of %s", hash, p.Hash)
	}
	s.keep(p)
	return p, nil
}

// keep remembers a loaded version. While somebody edits a folder versions come
// and go, so that the memory is bounded.
func (s *Service) keep(p *Pack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const most = 16
	for hash := range s.loaded {
		if len(s.loaded) < most {
			break
		}
		delete(s.loaded, hash)
	}
	s.loaded[p.Hash] = p
}

func (s *Service) use(p *Pack) {
	s.keep(p)
	s.active.Store(&version{pack: p, cal: p.Calendar()})
}
