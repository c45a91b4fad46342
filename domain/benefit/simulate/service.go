package simulate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"maru/domain/audit"
	"maru/domain/benefit"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
)

// Deps are what the service stands on. Persons and Workers have good zero values.
type Deps struct {
	DB      *store.DB
	Clock   clock.Clock
	Texts   Texts
	Catalog Catalog
	Places  Places
	// Dir is where made-up people are kept, one file a day of the law.
	Dir     string
	Persons int // how many are made up, 50,000 if 0
	Workers int // blocks at once in one computation, 2 if 0
}

// What the page computes with.
const (
	pagePersons = 50_000
	pageSeed    = 1
	// PageMinCell is the least count that pages show.
	PageMinCell = 10
	// atOnce is how many computations run at once; others wait as long as
	// patience and are then told to come back.
	atOnce   = 2
	patience = 3 * time.Second
	// keptResults and keptSamples bound what is kept for the next who asks alike.
	keptResults = 32
	keptSamples = 6
	// maxTyped bounds an overlay that is typed into the page, in characters: it
	// travels in the address.
	maxTyped = 3000
)

// pageDimensions are the tables of the page.
var pageDimensions = []string{ByDecile, ByRegion, ByAge, BySize}

// Service answers the pages. It is safe for concurrent use.
type Service struct {
	d     Deps
	slots chan struct{}
	wait  time.Duration

	mu      sync.Mutex
	law     *inForce
	results map[resultKey]*Result
	order   []resultKey
	samples map[string]*sample
}

// inForce is the law of one pack.
type inForce struct {
	pack benefit.Pack
	base *Base
}

type resultKey struct {
	pack, overlay string
	date          kernel.Date
}

// sample is one file of made-up people; ready is closed when it is there.
type sample struct {
	ready chan struct{}
	path  string
	err   error
}

// New makes the service.
func New(d Deps) *Service {
	if d.Persons == 0 {
		d.Persons = pagePersons
	}
	if d.Workers == 0 {
		d.Workers = 2
	}
	return &Service{d: d, slots: make(chan struct{}, atOnce), wait: patience, results: map[resultKey]*Result{}, samples: map[string]*sample{}}
}

// Run computes an overlay for somebody who works for the government, and records
// that it did. The error is kernel.Forbidden, Invalid (with fields naming lines
// of the overlay) or Unavailable while others compute.
func (s *Service) Run(ctx context.Context, actor authz.Actor, o Overlay, on kernel.Date) (*Result, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	if err := s.possible(on); err != nil {
		return nil, err
	}
	r, pack, err := s.compute(ctx, o, on)
	if err != nil {
		return nil, err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		return audit.Append(tx, s.d.Clock.Now(), audit.Entry{Actor: actor, Act: "benefit.simulate", Object: "overlay:" + r.Overlay, Purpose: "benefit.purpose.simulate",
			Detail: map[string]string{"date": on.String(), "pack": pack}})
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// For tells whether the pages are for somebody.
func For(a authz.Actor) bool {
	return a.Has(authz.Official) || a.Has(authz.Editor) || a.Has(authz.Manager) || a.Has(authz.Operator)
}

// admit lets those in who shape or run services.
func admit(a authz.Actor) error {
	if !a.SignedIn() {
		return kernel.E(kernel.Unauthorized, "error.sign_in", nil)
	}
	if For(a) {
		return nil
	}
	return kernel.E(kernel.Forbidden, "simulate.error.staff", nil)
}

// days are the first and last day that can be asked for.
func (s *Service) days() (first, last kernel.Date) {
	return kernel.MustDate("2024-01-01"), kernel.Date{Year: s.today().Year + 5, Month: 12, Day: 31}
}

func (s *Service) today() kernel.Date { return s.d.Clock.Now().DateIn(kernel.Seoul) }

func (s *Service) possible(on kernel.Date) error {
	first, last := s.days()
	if on.Before(first) || last.Before(on) {
		return kernel.E(kernel.Invalid, "simulate.error.check", nil).Field("date", "simulate.error.date", map[string]any{"first": first.String(), "last": last.String()})
	}
	return nil
}

// current is the law in force.
func (s *Service) current() (*inForce, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.law != nil && s.law.pack.Hash == s.d.Catalog.PackHash() {
		return s.law, nil
	}
	pack := s.d.Catalog.Benefits()
	base, err := NewBase(pack.Source)
	if err != nil {
		return nil, err
	}
	s.law = &inForce{pack, base}
	return s.law, nil
}

func (s *Service) compute(ctx context.Context, o Overlay, on kernel.Date) (*Result, string, error) {
	law, err := s.current()
	if err != nil {
		return nil, "", err
	}
	key := resultKey{law.pack.Hash, o.Hash(), on}
	s.mu.Lock()
	r := s.results[key]
	s.mu.Unlock()
	if r != nil {
		return r, law.pack.Hash, nil
	}
	free, err := s.slot(ctx)
	if err != nil {
		return nil, "", err
	}
	defer free()
	pair, problems := law.base.With(o, on)
	if pair == nil {
		return nil, "", wrong(problems)
	}
	if r, err = s.overMadeUp(ctx, pair); err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.results[key] == nil {
		s.order = append(s.order, key)
	}
	s.results[key] = r
	for len(s.order) > keptResults {
		delete(s.results, s.order[0])
		s.order = s.order[1:]
	}
	return r, law.pack.Hash, nil
}

// slot waits for a place among those that compute.
func (s *Service) slot(ctx context.Context) (free func(), err error) {
	free = func() { <-s.slots }
	select {
	case s.slots <- struct{}{}:
		return free, nil
	default:
	}
	timer := time.NewTimer(s.wait)
	defer timer.Stop()
	select {
	case s.slots <- struct{}{}:
		return free, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, kernel.E(kernel.Unavailable, "simulate.error.busy", nil)
	}
}

// wrong tells people what is wrong with an overlay, at most ten things.
func wrong(problems []Problem) error {
	e := kernel.E(kernel.Invalid, "simulate.error.check", errors.New("simulate: a wrong overlay"))
	for _, p := range problems[:min(len(problems), 10)] {
		if p.Line > 0 {
			e = e.Field("overlay", "simulate.error.line", map[string]any{"line": p.Line, "reason": p.Message})
		} else {
			e = e.Field("overlay", "simulate.error.reason", map[string]any{"reason": p.Message})
		}
	}
	return e
}

// overMadeUp compares over the made-up people of the day.
func (s *Service) overMadeUp(ctx context.Context, p *Pair) (*Result, error) {
	path, err := s.people(ctx, p.Base.law, p.Date)
	if err != nil {
		return nil, err
	}
	people, done, err := OpenPeople(ctx, path, p, madeUp, population.Nobody{})
	if errors.Is(err, population.ErrFormat) || errors.Is(err, fs.ErrNotExist) {
		// Somebody tidied up, or the disk forgot: they can be made again.
		s.forget(path)
		if path, err = s.people(ctx, p.Base.law, p.Date); err == nil {
			people, done, err = OpenPeople(ctx, path, p, madeUp, population.Nobody{})
		}
	}
	if errors.Is(err, population.ErrDictionary) {
		return nil, kernel.E(kernel.Invalid, "simulate.error.check", err).Field("overlay", "simulate.error.people", nil)
	}
	if err != nil {
		return nil, err
	}
	r, err := s.publish(ctx, p, people, path)
	if err := errors.Join(err, done()); errors.Is(err, errLarge) {
		return nil, kernel.E(kernel.Invalid, "simulate.error.check", err).Field("value", "simulate.error.large", nil)
	} else if err != nil {
		return nil, err
	}
	return r, nil
}

func (s *Service) publish(ctx context.Context, p *Pair, people People, path string) (*Result, error) {
	origin, _, _, err := population.Describe(path)
	if err != nil {
		return nil, err
	}
	profile, err := NewProfile(p.Base.law, people.Before, p.Date, pageDimensions)
	if err != nil {
		return nil, err
	}
	return p.Publish(ctx, people, profile, s.d.Workers, PageMinCell, origin.Source, true)
}

// people is the file of the made-up people of a day; whoever asks first makes
// it, the others wait.
func (s *Service) people(ctx context.Context, law *rule.Law, on kernel.Date) (string, error) {
	o := SampleOptions{Persons: s.d.Persons, Seed: pageSeed, On: on, Now: s.d.Clock.Now()}
	name, err := sampleName(law, o)
	if err != nil {
		return "", err
	}
	path := filepath.Join(s.d.Dir, name)
	s.mu.Lock()
	it := s.samples[path]
	if it == nil {
		it = &sample{ready: make(chan struct{}), path: path}
		s.samples[path] = it
		s.mu.Unlock()
		// For all who wait, whatever becomes of this request.
		it.err = s.make(context.WithoutCancel(ctx), law, path, o)
		if it.err != nil {
			s.forget(path)
		}
		close(it.ready)
		return it.path, it.err
	}
	s.mu.Unlock()
	select {
	case <-it.ready:
		return it.path, it.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *Service) forget(path string) {
	s.mu.Lock()
	delete(s.samples, path)
	s.mu.Unlock()
	_ = os.Remove(path) // it may not be there
}

// make writes the file unless it is there, and keeps few of them.
func (s *Service) make(ctx context.Context, law *rule.Law, path string, o SampleOptions) error {
	if err := os.MkdirAll(s.d.Dir, 0o700); err != nil {
		return fmt.Errorf("simulate: folder of made-up people: %w", err)
	}
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	s.tidy(path)
	return WriteSample(ctx, law, path, o, s.d.Workers)
}

// tidy removes what was left half-written, and the oldest files. One that
// another computation has open stays readable for it.
func (s *Service) tidy(but string) {
	entries, err := os.ReadDir(s.d.Dir)
	if err != nil {
		return // nothing to tidy
	}
	type file struct {
		path string
		at   time.Time
	}
	var files []file
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		path := filepath.Join(s.d.Dir, e.Name())
		switch {
		case strings.HasSuffix(path, ".part") && info.ModTime().Before(time.Now().Add(-time.Hour)):
			_ = os.Remove(path)
		case strings.HasSuffix(path, ".people") && path != but:
			files = append(files, file{path, info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return a.at.Compare(b.at) })
	for len(files) >= keptSamples {
		s.forget(files[0].path)
		files = files[1:]
	}
}
