package sweep

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"

	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/internal/mapped"
	"maru/domain/benefit/population"
	"maru/kernel"
	"maru/platform/durable"
)

// programme is one programme of a run.
type programme struct {
	programmeHead
	law       int // its number in the law
	old       int // its place in the last results, -1 without
	oldPerson bool
	same      bool // its meaning is that of the last run
}

// sweeper is one run on its way.
type sweeper struct {
	o          Options
	view       *population.View
	programmes []programme
	contents   []hash
	old        *results   // nil: there are none
	align      *alignment // nil without old
	run        Run
	identity   hash
	journal    *journal
	report     *Report
	passed     int // persons in blocks that are done
}

// errStopped ends workers when the run has failed elsewhere.
var errStopped = errors.New("sweep: stopped")

// Evaluate decides for everybody in a population and puts the results in the
// place of those of the last run. A run that is stopped, by the context or a
// crash, goes on where it was when Evaluate is called again with the same
// population, law, date and programmes. The error is ErrFormat, ErrBusy,
// ErrOthers, ErrProgramme, that of the listener, the context or the file system.
func Evaluate(ctx context.Context, v *population.View, o Options) (*Report, error) {
	if o.Workers < 1 {
		o.Workers = runtime.NumCPU()
	}
	unlock, err := lock(o.Results + ".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	s := &sweeper{o: o, view: v}
	if s.old, err = openResults(o.Results); err != nil {
		return nil, err
	}
	if s.old != nil {
		defer s.old.release() //nolint:errcheck // it was only read
	}
	engine := column.New(o.Law)
	if err := s.plan(engine); err != nil {
		return nil, err
	}
	if err := durable.RemoveParts(o.Results); err != nil {
		return nil, err
	}
	if s.report.Unchanged {
		return s.report, removeJournal(journalPath(o.Results))
	}
	if s.journal, err = openJournal(journalPath(o.Results), s.identity, len(s.programmes)); err != nil {
		return nil, err
	}
	defer s.journal.close() //nolint:errcheck // what counts was synced
	s.report.Resumed, s.report.Abandoned = len(s.journal.done), s.journal.foreign
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	if err := s.compute(ctx, engine); err != nil {
		return nil, err
	}
	if err := s.tellGone(ctx); err != nil {
		return nil, err
	}
	if err := s.write(ctx); err != nil {
		return nil, err
	}
	return s.report, removeJournal(journalPath(o.Results))
}

// lock keeps other sweeps away until unlock.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := mapped.Lock(f); err != nil {
		f.Close() // it was not written to
		return nil, fmt.Errorf("%w: %v", ErrBusy, err)
	}
	return func() { f.Close() }, nil // an error leaves nothing behind: the lock goes with the file
}

// plan works out what is to be computed, and gives the run its identity.
func (s *sweeper) plan(engine *column.Engine) error {
	if err := s.choose(engine); err != nil {
		return err
	}
	persons, households := s.view.Persons(), s.view.Households()
	for b := range s.view.Stretches() {
		s.contents = append(s.contents, s.view.Content(b))
	}
	s.run = Run{Number: 1, Date: s.o.Date, Population: s.view.File(), Law: s.o.LawHash}
	s.report = &Report{Date: s.o.Date, Population: s.run.Population, Law: s.o.LawHash, Persons: persons, Households: households,
		First: s.old == nil}
	for b := range s.contents {
		if from, to := s.view.Rows(b); from < to {
			s.report.Blocks++
		}
	}
	if s.old != nil {
		s.run.Number = s.old.head.Run + 1
		s.align = align(s.view, s.contents, s.old)
		if least := min(persons, s.old.head.Persons); 2*s.align.met < least {
			return fmt.Errorf("%w: of %d persons %d stand in them; give the results of this population a file of their own", ErrOthers, persons, s.align.met)
		}
		kept := make([]bool, len(s.old.head.Programmes))
		for _, p := range s.programmes {
			if p.old >= 0 {
				kept[p.old] = true
			}
		}
		for i, p := range s.old.head.Programmes {
			if !kept[i] {
				s.report.Dropped = append(s.report.Dropped, p.ID)
			}
		}
		if s.o.Programmes != nil && len(s.report.Dropped) > 0 {
			return fmt.Errorf("%w: the results hold %d programmes that were not named, %s among them; give results of named programmes a file of their own",
				ErrProgramme, len(s.report.Dropped), s.report.Dropped[0])
		}
	}
	s.identify()
	s.run.ID = hex.EncodeToString(s.identity[:16])
	s.report.Run, s.report.ID = s.run.Number, s.run.ID
	s.report.Unchanged = s.unchanged()
	if s.report.Unchanged {
		s.report.Run = s.old.head.Run
		for i, p := range s.programmes {
			s.programmes[i].programmeHead = s.old.head.Programmes[p.old]
			s.report.Programmes = append(s.report.Programmes, s.reportOf(&s.programmes[i], Counts{}))
		}
		info, err := os.Stat(s.o.Results)
		if err != nil {
			return err
		}
		s.report.Bytes = info.Size()
	}
	return nil
}

// choose finds the programmes of the run and their meanings.
func (s *sweeper) choose(engine *column.Engine) error {
	law := s.o.Law
	for _, id := range s.o.Programmes {
		if law.Programme(id) == nil {
			return fmt.Errorf("%w: the law has no programme %q", ErrProgramme, id)
		}
	}
	var wanted []int
	for k, p := range law.Programmes {
		if s.o.Programmes == nil || slices.Contains(s.o.Programmes, p.ID) {
			wanted = append(wanted, k)
		}
	}
	meanings, err := engine.Meanings(law.At(s.o.Date, kernel.Date{}), wanted)
	if err != nil {
		return err
	}
	places := map[string]int{}
	if s.old != nil {
		for i, p := range s.old.head.Programmes {
			places[p.ID] = i
		}
	}
	for i, k := range wanted {
		p := programme{law: k, old: -1, programmeHead: programmeHead{ID: law.Programmes[k].ID, Person: law.Programmes[k].Person, Meaning: meanings[i]}}
		if at, ok := places[p.ID]; ok {
			q := &s.old.head.Programmes[at]
			p.old, p.oldPerson, p.same = at, q.Person, q.Meaning == p.Meaning
		}
		s.programmes = append(s.programmes, p)
	}
	return nil
}

// identify makes one hash of all that the run's results and differences rest on.
func (s *sweeper) identify() {
	h := sha256.New() // a hash never fails
	previous := ""
	if s.old != nil {
		previous = s.old.number.String()
	}
	fmt.Fprintf(h, "maru sweep %d\n%q %q %q %s %t %d\n", formatVersion, previous, s.run.Population, s.o.LawHash, s.o.Date, s.o.TellFirst, len(s.programmes))
	for i := range s.programmes {
		p := &s.programmes[i]
		fmt.Fprintf(h, "%q %t %x\n", p.ID, p.Person, p.Meaning)
	}
	for _, c := range s.contents {
		h.Write(c[:])
	}
	h.Sum(s.identity[:0])
}

// unchanged tells whether the last run had the same inputs.
func (s *sweeper) unchanged() bool {
	if s.old == nil || s.old.head.Date != s.o.Date || s.old.head.Law != s.o.LawHash || len(s.old.blocks) != len(s.contents) || len(s.old.head.Programmes) != len(s.programmes) {
		return false
	}
	for i, p := range s.programmes {
		if !p.same || p.old != i {
			return false
		}
	}
	for b := range s.contents {
		if s.old.blocks[b].content != s.contents[b] {
			return false
		}
	}
	return true
}

// full tells whether a block is computed in full; else programmes of another
// meaning alone are, and the rest is carried over.
func (s *sweeper) full(b int) bool { return s.align == nil || !s.align.same[b] }

// computedIn are the places of the programmes to compute in a block.
func (s *sweeper) computedIn(full bool) []int {
	var out []int
	for i, p := range s.programmes {
		if full || !p.same {
			out = append(out, i)
		}
	}
	return out
}

// begins are the first rows of a block's households counted from its first, and
// the end.
func (s *sweeper) begins(b int, out []int32) []int32 {
	out = out[:0]
	from, to := s.view.HouseholdsIn(b)
	start := s.view.Start()
	for _, row := range start[from : to+1] {
		out = append(out, int32(row-start[from]))
	}
	return out
}

// catchUp tells the listener of blocks that an interrupted run had computed and
// not told.
func (s *sweeper) catchUp(ctx context.Context) error {
	c := comparer{s: s}
	for b := range s.contents {
		from, to := s.view.Rows(b)
		_, done := s.journal.done[b]
		if done || len(s.computedIn(s.full(b))) == 0 || from == to {
			s.passed += to - from
		}
		if !done || s.journal.told[b] || s.o.Listener == nil {
			continue
		}
		all := make([][]byte, len(s.programmes))
		if err := s.journal.sections(b, all); err != nil {
			return err
		}
		computed := s.computedIn(s.full(b))
		sections := make([][]byte, len(computed))
		for i, k := range computed {
			if sections[i] = all[k]; all[k] == nil {
				return fmt.Errorf("%w: the journal lacks a programme of block %d", ErrFormat, b)
			}
		}
		_, changes, err := c.block(b, computed, sections, true)
		if err != nil {
			return err
		}
		if err := s.tell(ctx, b, changes); err != nil {
			return err
		}
	}
	s.progress(false)
	return nil
}

func (s *sweeper) progress(writing bool) {
	if s.o.Progress != nil {
		s.o.Progress(Progress{Done: s.passed, Persons: s.report.Persons, Writing: writing})
	}
}

// compute computes the blocks that are not done.
func (s *sweeper) compute(ctx context.Context, engine *column.Engine) error {
	run := s.o.Law.At(s.o.Date, kernel.Date{})
	for _, full := range []bool{true, false} {
		g := &gatherer{s: s, computed: s.computedIn(full)}
		if len(g.computed) == 0 {
			continue
		}
		var stretches []column.Stretch
		for b := range s.contents {
			from, to := s.view.HouseholdsIn(b)
			if _, done := s.journal.done[b]; !done && from < to && s.full(b) == full {
				g.stretch = append(g.stretch, b)
				stretches = append(stretches, column.Stretch{From: from, To: to})
			}
		}
		if len(stretches) == 0 {
			continue
		}
		wanted := make([]int, len(g.computed))
		for i, k := range g.computed {
			wanted[i] = s.programmes[k].law
		}
		workers := min(s.o.Workers, len(stretches))
		g.workers = make([]gathering, workers)
		for i := range g.workers {
			g.workers[i].programmes = make([]gathered, len(wanted))
			g.workers[i].comparer.s = s
		}
		if err := s.pass(ctx, g, func(ctx context.Context) error {
			return engine.Run(ctx, run, s.view, column.Options{Wanted: wanted, Amounts: true, Workers: workers, Stretches: stretches}, g)
		}); err != nil {
			return err
		}
	}
	return nil
}

// pass runs the workers while this goroutine makes their blocks last and tells
// of them.
func (s *sweeper) pass(ctx context.Context, g *gatherer, work func(context.Context) error) error {
	line, stopped := make(chan finished, len(g.workers)), make(chan struct{})
	g.finished, g.stopped = line, stopped
	worked := make(chan error, 1)
	go func() {
		err := work(ctx)
		close(line)
		worked <- err
	}()
	err := s.keep(ctx, line)
	close(stopped)
	for range line { // nothing more is taken
	}
	if failed := <-worked; err == nil {
		err = failed
	}
	return err
}

// keep writes blocks down as they come and tells of those that are on disk.
func (s *sweeper) keep(ctx context.Context, line <-chan finished) error {
	var some []finished
	for f := range line {
		some = append(some[:0], f)
		// What has come meanwhile is made last by the same sync.
		for more := true; more; {
			select {
			case f, ok := <-line:
				if more = ok; ok {
					some = append(some, f)
				}
			default:
				more = false
			}
		}
		for _, f := range some {
			e, err := s.journal.write(f.record)
			if err != nil {
				return err
			}
			s.journal.done[f.block] = e
			for _, c := range f.counts {
				s.journal.counts[c.programme].Add(c.Counts)
			}
			s.passed += f.persons
		}
		if err := s.journal.sync(); err != nil {
			return err
		}
		for _, f := range some {
			if err := s.tell(ctx, f.block, f.changes); err != nil {
				return err
			}
		}
		s.progress(false)
	}
	return nil
}

// changesAtOnce is how many differences a listener hears of in one call at most.
const changesAtOnce = 10_000

// tell tells the listener of a block, and writes down that it heard. That is made
// last by the next sync.
func (s *sweeper) tell(ctx context.Context, b int, changes []Change) error {
	if s.o.Listener == nil || s.journal.told[b] {
		return nil
	}
	for some := range slices.Chunk(changes, changesAtOnce) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.o.Listener.Changed(ctx, s.run, some); err != nil {
			return fmt.Errorf("sweep: the listener: %w", err)
		}
	}
	return s.journal.tell(b)
}

// tellGone counts and tells of those who are in the population no more, as a
// block behind the last.
func (s *sweeper) tellGone(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	counts, changes, err := s.gone(s.o.Listener != nil)
	if err != nil {
		return err
	}
	for i, n := range counts {
		s.journal.counts[i].Add(n)
	}
	if len(changes) == 0 {
		return nil
	}
	if err := s.tell(ctx, len(s.contents), changes); err != nil {
		return err
	}
	return s.journal.sync()
}

// write makes the results file of what is computed and what is carried over.
func (s *sweeper) write(ctx context.Context) error {
	s.progress(true)
	head := header{Run: s.run.Number, Population: s.run.Population, Law: s.o.LawHash, Date: s.o.Date, Persons: s.report.Persons, Households: s.report.Households}
	if s.old != nil {
		head.Previous = s.old.number.String()
	}
	w, err := newWriter(s.o.Results, head)
	if err != nil {
		return err
	}
	defer w.abort()
	var ids []population.ID
	var begins []int32
	var text []byte
	for b, content := range s.contents {
		if err := ctx.Err(); err != nil {
			return err
		}
		sections := make([][]byte, len(s.programmes))
		begins, ids = s.begins(b, begins), s.view.IDs(b, ids[:0])
		if err := s.sectionsOf(b, len(ids), sections); err != nil {
			return err
		}
		for i := range s.programmes {
			p := &s.programmes[i]
			sec, err := parse(sections[i], unitRows(p.Person, len(ids), len(begins)-1), true)
			if err != nil {
				return fmt.Errorf("sweep: programme %s: %w", p.ID, err)
			}
			p.Entitled += int64(count(sec.entitled))
			p.Unknown += int64(count(sec.unknown))
			p.AmountUnknown += int64(count(sec.open))
			p.Amount += sec.sum()
		}
		text = appendBlock(text[:0], content, ids, begins, sections)
		if err := w.block(text); err != nil {
			return err
		}
	}
	for i := range s.programmes {
		p := &s.programmes[i]
		w.head.Programmes = append(w.head.Programmes, p.programmeHead)
		s.report.Programmes = append(s.report.Programmes, s.reportOf(p, s.journal.counts[i]))
	}
	if err := w.close(); err != nil {
		return err
	}
	s.report.Bytes = w.at
	return nil
}

// sectionsOf are all sections of a block: computed, carried over, or of nobody.
func (s *sweeper) sectionsOf(b, persons int, into [][]byte) error {
	if persons == 0 {
		for i := range into {
			into[i] = []byte{0, 0, 0, paysNobody}
		}
		return nil
	}
	if _, done := s.journal.done[b]; done {
		if err := s.journal.sections(b, into); err != nil {
			return err
		}
	}
	for i := range into {
		p := &s.programmes[i]
		switch {
		case into[i] != nil:
		case !s.full(b) && p.same:
			into[i] = s.old.blocks[s.align.pair[b]].section(p.old)
		default:
			return fmt.Errorf("sweep: programme %s was not computed in block %d", p.ID, b)
		}
	}
	return nil
}

// reportOf is what a programme came to.
func (s *sweeper) reportOf(p *programme, n Counts) ProgrammeReport {
	r := ProgrammeReport{ID: p.ID, Unit: "household", Entitled: p.Entitled, Unknown: p.Unknown, Amount: p.Amount, AmountUnknown: p.AmountUnknown, Counts: n}
	if p.Person {
		r.Unit = "person"
	}
	for b := range s.contents {
		from, to := s.view.Rows(b)
		switch {
		case from == to:
		case s.full(b) || !p.same:
			r.Computed++
		default:
			r.Carried++
		}
	}
	switch {
	case p.old < 0:
		r.Why = WhyFirst
	case !p.same:
		r.Why = WhyMeaning
	case r.Computed > 0:
		r.Why = WhyFacts
	default:
		r.Why = WhyNothing
	}
	return r
}
