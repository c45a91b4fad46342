package index

import (
	"encoding/binary"
	"slices"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/rule"
)

// Index is all programmes of a law on one run, ready to be decided.
type Index struct {
	machine *closure.Machine
	run     *rule.Run
	words   int
	// Programmes stand in an order of the index's own: side by side where the
	// lead lets the same persons through, so that it leaves few words.
	places     []int32 // by programme
	programmes []int32 // by place
	lead       *table
	// all are the programmes that the run does not rule out by itself; whole is
	// one span.
	all   []uint64
	whole []span
	// Stages over facts of the household or the head alone, those that also ask
	// of the member, and the clauses left to package closure, cheap ones first.
	household, member []stage
	slow              []slow
	width             int // most tables a stage has
}

// New builds the index of a law on a run, in less than a second for 11,000
// programmes. Rules change with the date, so it is built anew each day.
func New(m *closure.Machine, run *rule.Run) *Index {
	return build(m, run, wordsFor(len(run.Programmes))/16+2)
}

// wordsFor is how many words a bitmap of n programmes has, in whole blocks.
func wordsFor(n int) int { return (n + 64*block - 1) / (64 * block) * block }

// build leaves clauses to package closure in stages of fewer than least distinct
// clauses: going over all programmes would cost more than computing them.
func build(m *closure.Machine, run *rule.Run, least int) *Index {
	b := builder{
		run: run, machine: m, scratch: m.Scratch(), frame: frame.New(run.Law), least: least, known: map[place]rests{}, fits: map[int64]bool{},
		costs: map[*rule.Expr]int{}, slow: map[string]*task{}, gates: map[source]*shelf{},
		index: &Index{machine: m, run: run, words: wordsFor(len(run.Programmes))},
	}
	b.index.whole = []span{{0, b.index.words}}
	b.index.all = b.bits()
	for p := range run.Programmes {
		b.programme(p)
	}
	b.order()
	for _, p := range b.due {
		b.mark(b.index.all, p)
	}
	b.stages()
	b.leftovers()
	return b.index
}

type builder struct {
	run     *rule.Run
	machine *closure.Machine
	scratch *closure.Scratch
	frame   *frame.Frame
	least   int
	index   *Index

	known map[place]rests
	fits  map[int64]bool // literals that can be tabulated
	costs map[*rule.Expr]int

	due   []int // programmes that the run does not rule out
	slow  map[string]*task
	gates map[source]*shelf
	loose []loose
	lead  *shelf
}

// loose is a tabulated clause of a programme that is to lie in a layer.
type loose struct {
	programme int
	clause    clause
	sources   []source
}

// task is a distinct clause with the programmes that ask it.
type task struct {
	clause     clause
	programmes []int
}

// shelf are the clauses of a stage to be.
type shelf struct {
	tasks map[string]*task
	order []*task
}

func (b *builder) bits() []uint64 { return make([]uint64, b.index.words) }

func (b *builder) mark(bitmap []uint64, p int) {
	at := b.index.places[p]
	bitmap[at/64] |= 1 << (at % 64)
}

func (b *builder) clear(bitmap []uint64, p int) {
	at := b.index.places[p]
	bitmap[at/64] &^= 1 << (at % 64)
}

func keyOf(c clause) string {
	var out []byte
	for _, l := range c {
		out = binary.AppendVarint(out, l.key())
	}
	return string(out)
}

// add puts a programme's clause under its key.
func add(tasks map[string]*task, c clause, programme int) (t *task, first bool) {
	key := keyOf(c)
	t = tasks[key]
	if first = t == nil; first {
		t = &task{clause: c}
		tasks[key] = t
	}
	if n := len(t.programmes); n == 0 || t.programmes[n-1] != programme {
		t.programmes = append(t.programmes, programme)
	}
	return t, first
}

func newShelf() *shelf { return &shelf{tasks: map[string]*task{}} }

func (s *shelf) put(c clause, programme int) {
	if t, first := add(s.tasks, c, programme); first {
		s.order = append(s.order, t)
	}
}

// programme takes a programme apart and puts each clause where it belongs.
func (b *builder) programme(p int) {
	t := taker{law: b.run.Law}
	t.and(b.run.Defs[b.run.Programmes[p].Eligible].Body, false, false)
	var kept []clause
	for _, c := range t.clauses {
		c, decided, holds := b.fixed(c)
		if decided && holds {
			continue
		}
		if decided {
			return // never on this run
		}
		kept = append(kept, c)
	}
	b.due = append(b.due, p)
	for _, c := range kept {
		sources, ok := b.sources(c)
		switch {
		case !ok:
			add(b.slow, c, p)
		case len(sources) == 1 && b.listed(sources[0]) == nil:
			if b.gates[sources[0]] == nil {
				b.gates[sources[0]] = newShelf()
			}
			b.gates[sources[0]].put(c, p)
		default:
			b.loose = append(b.loose, loose{p, c, sources})
		}
	}
}

// fixed strikes out what the run alone decides.
func (b *builder) fixed(c clause) (left clause, decided, holds bool) {
	for _, l := range c {
		if !b.restsOn(l.e, l.head).none {
			left = append(left, l)
			continue
		}
		b.probe(source{}, 0, false)
		switch yes, open := b.holds(l, 0); {
		case yes:
			return nil, true, true
		case open:
			left = append(left, l)
		}
	}
	return left, len(left) == 0, false
}

// sources are the facts of a clause whose literals can all be tabulated.
func (b *builder) sources(c clause) ([]source, bool) {
	var out []source
	for _, l := range c {
		r := b.restsOn(l.e, l.head)
		if r.none || r.many || !b.fit(l, r.source) {
			return nil, false
		}
		if !slices.Contains(out, r.source) {
			out = append(out, r.source)
		}
	}
	return out, true
}

func (b *builder) fit(l literal, s source) bool {
	fits, ok := b.fits[l.key()]
	if !ok {
		var cuts []int64
		fits = b.listed(s) != nil || b.fact(s).Type != rule.Set && b.cuts(s, l.e, l.head, &cuts)
		b.fits[l.key()] = fits
	}
	return fits
}

// probe makes a household of two of whom one fact is known, or none.
func (b *builder) probe(s source, v int64, known bool) {
	f := b.frame
	f.Reset(2)
	if known {
		switch s.who {
		case ofHousehold:
			f.SetHousehold(s.slot, v)
		default: // written directly: the frame holds the head's relation as it is
			m := b.subject(s)
			f.Person[m*f.Stride+s.slot] = v
			f.PersonKnown[m] |= 1 << s.slot
		}
	} else if s.who == ofHead {
		f.PersonKnown[0] &^= 1 << s.slot
	}
	b.scratch.Begin(b.run, f)
}

// subject is the member whose fact a probe holds.
func (b *builder) subject(s source) int {
	if s.who == ofMember {
		return 1
	}
	return 0
}

// subjectOf is who variable 0 is in a probe.
func (b *builder) subjectOf(s source, head bool) int {
	if head {
		return 0
	}
	return b.subject(s)
}

// holds computes a literal: whether it holds, and whether it may.
func (b *builder) holds(l literal, member int) (yes, open bool) {
	if l.head {
		member = 0
	}
	v, known := b.scratch.Node(l.e, member)
	return known && (v != 0) != l.not, !known || (v != 0) != l.not
}
