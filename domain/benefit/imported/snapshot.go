package imported

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/imported/internal/store"
	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/internal/index"
	"maru/domain/benefit/rule"
	"maru/kernel"
	"maru/platform/search"
)

// snapshot is the active version compiled with a pack, on a day. It does not
// change and serves any number of callers.
type snapshot struct {
	*compiled
	day   kernel.Date
	run   *rule.Run
	index *index.Index
	bench sync.Pool // of *worker
}

// compiled is what is the same on every day.
type compiled struct {
	version Version
	pack    string
	source  rule.Source
	law     *rule.Law
	machine *closure.Machine
	// list are the programmes in the order of the law, behind those of the pack,
	// which are the first of the law.
	list []gov24.Programme
	// general and tier by programme, see rank.
	general []bool
	byID    map[string]int
	// words finds programmes by name, purpose and agency.
	words *search.Index

	mu   sync.Mutex
	days map[[2]kernel.Date]*rule.Run // other days lately asked for
}

// worker is the memory of one evaluation.
type worker struct {
	frame    *frame.Frame
	closure  *closure.Scratch
	index    *index.Scratch
	set      *index.Set
	verdicts closure.Verdicts
	missing  closure.Missing
	best     []best
}

// compile makes a law of the pack and of imported programmes. Programmes whose
// rules do not fit the pack are left out, and named.
func compile(base Base, programmes []gov24.Programme) (law *rule.Law, fit []gov24.Programme, unfit []string, err error) {
	for range 2 {
		src := base.Source
		src.Programmes = slices.Clone(src.Programmes)
		for i := range programmes {
			src.Programmes = append(src.Programmes, programmes[i].Rule())
		}
		law, problems := rule.Compile(src)
		if law != nil {
			return law, programmes, unfit, nil
		}
		bad := map[string]bool{}
		for _, p := range problems {
			bad[p.Programme] = true
		}
		before := len(programmes)
		fit := make([]gov24.Programme, 0, before)
		for i := range programmes {
			if bad[programmes[i].ID] {
				unfit = append(unfit, programmes[i].Service.ID)
				continue
			}
			fit = append(fit, programmes[i])
		}
		if programmes = fit; len(fit) == before {
			return nil, nil, nil, kernel.E(kernel.Invalid, "benefit.error.rules", fmt.Errorf("benefit: %d problems, first %s", len(problems), problems[0]))
		}
	}
	return nil, nil, nil, kernel.E(kernel.Invalid, "benefit.error.rules", fmt.Errorf("benefit: imported programmes do not compile"))
}

// load compiles a version with the pack in force.
func (s *Service) load(v store.Version, list []record) (*compiled, error) {
	base := s.d.Pack.Base()
	programmes, _ := gov24.Import(catalogueOf(list), base.Provinces, s.d.Texts)
	law, programmes, unfit, err := compile(base, programmes)
	if err != nil {
		return nil, err
	}
	if len(unfit) > 0 {
		s.d.Log.Warn("imported programmes do not fit the pack", "n", len(unfit), "first", unfit[0])
	}
	c := &compiled{version: versionOf(v, v.Number), pack: base.Hash, source: base.Source, law: law, machine: closure.New(law), list: programmes,
		general: make([]bool, len(programmes)), byID: make(map[string]int, len(programmes)), days: map[[2]kernel.Date]*rule.Run{}}
	for i := range programmes {
		p := &programmes[i]
		c.byID[p.ID] = i
		c.general[i] = general(p) || p.Unlocated
	}
	c.words = wordsOf(programmes)
	return c, nil
}

// wordsOf makes programmes searchable.
func wordsOf(programmes []gov24.Programme) *search.Index {
	doc := func(i int) search.Doc {
		p := &programmes[i]
		return search.Doc{ID: p.ID, Lines: [][]string{{p.Service.Name}, {p.Service.Summary}, {p.Service.Agency}}}
	}
	return search.New([]search.Field{{Weight: 3, B: 0.3}, {Weight: 1, B: 0.7}, {Weight: 1, B: 0.3}}, len(programmes), doc, search.Options{Mix: search.Mix{Words: 1, Grams: 1}})
}

// first is the number in the law of the first imported programme.
func (c *compiled) first() int { return len(c.law.Programmes) - len(c.list) }

// on is the snapshot on a day.
func (c *compiled) on(day kernel.Date) *snapshot {
	s := &snapshot{compiled: c, day: day, run: c.law.At(day, kernel.Date{})}
	s.index = index.New(c.machine, s.run)
	s.bench.New = func() any {
		return &worker{frame: frame.New(c.law), closure: c.machine.Scratch(), index: s.index.Scratch(), set: s.index.Set(), best: make([]best, len(c.list))}
	}
	return s
}

// keptDays is how many other days of the law are kept.
const keptDays = 4

// at is the law on any day.
func (s *snapshot) at(date, knownOn kernel.Date) *rule.Run {
	if date == s.day && knownOn.IsZero() {
		return s.run
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := [2]kernel.Date{date, knownOn}
	if r := s.days[key]; r != nil {
		return r
	}
	if len(s.days) >= keptDays {
		clear(s.days)
	}
	r := s.law.At(date, knownOn)
	s.days[key] = r
	return r
}

// Refresh builds the snapshot anew where the active version, the pack or the
// day is another than the one served; the one before serves meanwhile. A second
// caller waits for the first and then finds nothing to do.
func (s *Service) Refresh(ctx context.Context) error {
	s.build.Lock()
	defer s.build.Unlock()
	have := s.now.Load()
	number, err := s.activeNumber(ctx)
	if err != nil {
		return err
	}
	if number == 0 {
		s.now.Store(nil)
		return nil
	}
	today := s.d.Clock.Now().DateIn(kernel.Seoul)
	if have != nil && have.version.Number == number && have.pack == s.d.Pack.PackHash() {
		if have.day != today {
			s.now.Store(have.on(today))
		}
		return nil
	}
	v, list, err := s.active(ctx)
	if err != nil || v.Number == 0 {
		return err
	}
	c, err := s.load(v, list)
	if err != nil {
		return err
	}
	s.now.Store(c.on(today))
	return nil
}
