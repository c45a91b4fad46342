package words

import (
	"cmp"
	"database/sql"
	"errors"
	"math"
	"slices"
	"sort"

	"maru/platform/store"
)

const (
	// mostWaiting bounds how many lists a search reads: far more than ever wait.
	mostWaiting = 10_000
	// mostBlocks bounds how many blocks a search reads. Only words that are
	// frequent each and never meet come near: who seeks them adds a word.
	mostBlocks = 1000
)

// Find gives the applications below seq before that hold all the terms, newest
// first, until fn has enough.
func Find(tx *store.Tx, m *Memory, terms []Term, before int64, fn func(seq int64) (more bool, err error)) error {
	if len(terms) == 0 {
		return nil
	}
	waiting, err := findWaiting(tx, terms, before)
	if err != nil {
		return err
	}
	f := &finder{tx: tx, memory: m, terms: slices.Clone(terms), before: before}
	if f.closed, err = segments(tx, `state = 'live' AND low < $1 ORDER BY high DESC, id`, before); err != nil {
		return err
	}
	for {
		seq, ok, err := f.next()
		if err != nil {
			return err
		}
		// What waits is handed out where its turn is.
		for len(waiting) > 0 && (!ok || waiting[0] > seq) {
			if more, err := fn(waiting[0]); err != nil || !more {
				return err
			}
			waiting = waiting[1:]
		}
		if !ok {
			return nil
		}
		if more, err := fn(seq); err != nil || !more {
			return err
		}
	}
}

// findWaiting looks through the lists.
func findWaiting(tx *store.Tx, terms []Term, before int64) ([]int64, error) {
	var out []int64
	for _, w := range waitingLists {
		err := eachList(tx, w.read, func(seq int64, l list) {
			if l.holdsAll(terms) {
				out = append(out, seq)
			}
		}, w.newest, before, mostWaiting)
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b int64) int { return cmp.Compare(b, a) })
	return out, nil
}

// finder walks all segments at once, newest application first.
type finder struct {
	tx     *store.Tx
	memory *Memory
	terms  []Term
	before int64
	closed []*segment // not begun yet, the newest first
	open   []*walk
	read   int // blocks
}

// next is the next application of any segment.
func (f *finder) next() (seq int64, ok bool, err error) {
	for {
		var best *walk
		for _, w := range f.open {
			if best == nil || w.seq > best.seq {
				best = w
			}
		}
		// A segment is begun when it may hold the next one.
		if len(f.closed) > 0 && (best == nil || f.closed[0].high > best.seq) {
			w := &walk{f: f, s: f.closed[0]}
			f.closed = f.closed[1:]
			for _, t := range f.terms {
				w.lists = append(w.lists, &places{w: w, term: t})
			}
			if err := w.advance(w.s.place(f.before - 1)); err != nil {
				return 0, false, err
			}
			f.learn(w)
			if !w.done {
				f.open = append(f.open, w)
			}
			continue
		}
		if best == nil {
			return 0, false, nil
		}
		seq = best.seq
		if err := best.advance(best.s.place(seq) + 1); err != nil {
			return 0, false, err
		}
		if best.done {
			f.open = slices.DeleteFunc(f.open, func(w *walk) bool { return w == best })
		}
		return seq, true, nil
	}
}

// learn puts first the word that stands in the fewest of a segment's cases, as
// far as they were read: where it is missing the others are not looked up.
func (f *finder) learn(w *walk) {
	rank := map[Term]int{}
	for _, l := range w.lists {
		switch {
		case l.read == 0:
			rank[l.term] = math.MaxInt
		case l.ended:
			rank[l.term] = len(l.here)
		default:
			rank[l.term] = blockBytes
		}
	}
	slices.SortStableFunc(f.terms, func(a, b Term) int { return cmp.Compare(rank[a], rank[b]) })
}

// walk goes through one segment's applications that hold all terms.
type walk struct {
	f     *finder
	s     *segment
	lists []*places
	seq   int64 // the application it stands at
	done  bool
}

// advance moves to the first application from a place on that all lists name
// and no removal hides.
func (w *walk) advance(place uint64) error {
	for agreed := 0; ; {
		l := w.lists[agreed]
		got, ok, err := l.from(place)
		if err != nil || !ok {
			w.done = true
			return err
		}
		if got != place {
			place, agreed = got, 0
			if l == w.lists[0] {
				agreed = 1
			}
		} else {
			agreed++
		}
		if agreed < len(w.lists) {
			continue
		}
		w.seq = w.s.seq(place)
		hidden, err := removed(w.f.tx, w.seq, w.s.born)
		if err != nil || !hidden {
			return err
		}
		place, agreed = place+1, 0
	}
}

// removed tells whether an application was taken out after a segment was born.
func removed(tx *store.Tx, seq, born int64) (bool, error) {
	var one int
	err := tx.QueryRow(`SELECT 1 FROM casework_unword WHERE seq = $1 AND n > $2`, seq, born).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// places reads one term's postings in one segment, block by block.
type places struct {
	w     *walk
	term  Term
	block block
	here  []uint64 // the term's places in the block
	read  int      // blocks
	ended bool     // no further block holds the term
}

// from is the first place of the term that is not before the given one.
func (l *places) from(place uint64) (uint64, bool, error) {
	for {
		if i := sort.Search(len(l.here), func(i int) bool { return l.here[i] >= place }); i < len(l.here) {
			return l.here[i], true, nil
		}
		if l.ended {
			return 0, false, nil
		}
		if err := l.load(place); err != nil {
			return 0, false, err
		}
	}
}

// load reads the block in which a place stands, or the next one when that was
// read already.
func (l *places) load(place uint64) error {
	if l.w.f.read++; l.w.f.read > mostBlocks {
		l.here, l.ended = nil, true
		return nil
	}
	want := posting{l.term, place}
	b, ok, err := l.w.f.memory.blockAt(l.w.f.tx, l.w.s, want)
	if err != nil {
		return err
	}
	if !ok || l.read > 0 && b.first == l.block.first && b.top == l.block.top {
		from := want
		if ok {
			from = posting{b.first, b.top}
		}
		if b, ok, err = l.w.f.memory.blockAfter(l.w.f.tx, l.w.s, from); err != nil {
			return err
		}
	}
	if !ok || b.first > l.term {
		l.here, l.ended, l.read = nil, true, l.read+1
		return nil
	}
	l.read, l.block = l.read+1, b
	var last bool
	l.here, last, err = b.of(l.term)
	l.ended = !last
	return err
}
