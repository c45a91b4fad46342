package words

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"maru/kernel"
	"maru/platform/store"
)

const (
	// fanout is how many segments of a size become one of the next: fewer are
	// searched faster, and written more often.
	fanout = 4
	// smallest is the least number of cases that sets a segment apart from
	// those below; it is about what waits when lists are gathered.
	smallest = 64
	// atOnce is how many lists one segment is made of, at most.
	atOnce = 4096
	// stepBlocks is how many blocks one transaction of a merge writes: some
	// milliseconds of work, for which a submission may have to wait.
	stepBlocks = 192
	// keepRemoved is how long postings that are hidden may stay in a segment.
	keepRemoved = 7 * 24 * time.Hour
)

// errRival tells that another copy of the program was first.
var errRival = kernel.E(kernel.Conflict, "", errors.New("casework: another copy merges words"))

// Merge gathers the lists that wait and merges segments until nothing is left
// to do or another copy of the program is at it. It returns soon after ctx
// ends; what is begun is taken up again by the next call.
func Merge(ctx context.Context, db *store.DB, now kernel.Time) error {
	for ctx.Err() == nil {
		n, err := gather(ctx, db)
		if err == nil && n < atOnce {
			var more bool
			if more, err = tidy(ctx, db, now); err == nil && !more {
				return nil
			}
		}
		if store.IsConflict(err) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// gather makes the oldest waiting lists a segment and tells how many they were.
// The work is done before the transaction that writes, which finds out whether
// the lists are still the same.
func gather(ctx context.Context, db *store.DB) (cases int, err error) {
	for _, w := range waitingLists {
		var s segment
		var found []posting // the place is the application itself for now
		cases = 0
		sum := uint64(0)
		err = db.View(ctx, func(tx *store.Tx) error {
			return eachList(tx, w.read, func(seq int64, l list) {
				sum ^= check(seq, l)
				if cases++; cases == 1 {
					s.low = seq
				}
				s.high = seq
				for i := range l.len() {
					found = append(found, posting{l.at(i), uint64(seq)})
				}
			}, w.oldest, atOnce)
		})
		if err != nil {
			return 0, err
		}
		if cases == 0 {
			continue
		}
		slices.SortFunc(found, func(a, b posting) int {
			return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(b.place, a.place))
		})
		var p packer
		for _, x := range found {
			p.add(posting{x.term, s.place(int64(x.place))})
		}
		p.flush()
		return cases, db.Update(ctx, func(tx *store.Tx) error {
			now := uint64(0)
			if err := eachList(tx, w.read, func(seq int64, l list) { now ^= check(seq, l) }, w.remove, s.low, s.high); err != nil {
				return err
			}
			if now != sum {
				return errRival // or a list came or changed in between: next time
			}
			id, err := count(tx)
			if err != nil {
				return err
			}
			made := segment{id: id, born: id, state: live, cases: int64(cases), low: s.low, high: s.high}
			if err := made.insert(tx); err != nil {
				return err
			}
			return made.put(tx, p.blocks)
		})
	}
	return 0, nil
}

// check is a sum by which lists that changed are noticed.
func check(seq int64, l list) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(seq)))
	_, _ = h.Write(l)
	return h.Sum64()
}

// tidy does one step of the smallest merge that is begun or due, or removes a
// part of a dead segment. more is false when nothing is to be done.
func tidy(ctx context.Context, db *store.DB, now kernel.Time) (more bool, err error) {
	var all []*segment
	var removals []removal
	err = db.View(ctx, func(tx *store.Tx) error {
		if all, err = segments(tx, `id > 0 ORDER BY id`); err != nil {
			return err
		}
		removals, err = readRemovals(tx)
		return err
	})
	if err != nil {
		return false, err
	}
	slices.SortStableFunc(all, func(a, b *segment) int { return cmp.Compare(a.cases, b.cases) })
	for _, s := range all {
		switch s.state {
		case dead:
			return true, bury(ctx, db, s)
		case building:
			return true, build(ctx, db, s, sources(all, s), removals)
		}
		if group := due(all, s, removals, now); group != nil {
			return true, begin(ctx, db, group)
		}
	}
	return false, nil
}

// due are the segments to merge with s now, nil for none.
func due(all []*segment, s *segment, removals []removal, now kernel.Time) []*segment {
	if s.into != 0 {
		return nil
	}
	var group []*segment
	for _, o := range all {
		if o.state == live && o.into == 0 && o.level() == s.level() {
			group = append(group, o)
		}
	}
	if len(group) >= fanout {
		return group
	}
	for _, r := range removals {
		if r.n > s.id && r.at.Add(keepRemoved) <= now {
			return []*segment{s}
		}
	}
	return nil
}

func sources(all []*segment, target *segment) []*segment {
	var out []*segment
	for _, s := range all {
		if s.into == target.id {
			out = append(out, s)
		}
	}
	return out
}

// begin sets up the segment that a group is merged into. Its number is drawn
// now: all removals below it are heeded by the merge.
func begin(ctx context.Context, db *store.DB, group []*segment) error {
	return db.Update(ctx, func(tx *store.Tx) error {
		id, err := count(tx)
		if err != nil {
			return err
		}
		t := segment{id: id, state: building, low: group[0].low}
		for _, s := range group {
			t.cases += s.cases
			t.low, t.high, t.born = min(t.low, s.low), max(t.high, s.high), max(t.born, s.born)
			n, err := tx.Exec(`UPDATE casework_segment SET into_id = $1 WHERE id = $2 AND state = 'live' AND into_id = 0`, id, s.id)
			if err != nil {
				return err
			}
			if n == 0 {
				return errRival
			}
		}
		return t.insert(tx)
	})
}

// build writes the next blocks of a segment; at the end the segment takes its
// sources' place.
func build(ctx context.Context, db *store.DB, t *segment, from []*segment, removals []removal) error {
	m := &merger{target: t, removals: map[int64]int64{}}
	for _, r := range removals {
		m.removals[r.seq] = r.n
	}
	var end bool
	err := db.View(ctx, func(tx *store.Tx) (err error) {
		end, err = m.step(tx, from)
		return err
	})
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *store.Tx) error {
		state := building
		switch {
		case end && t.atSeq == 0 && len(m.out.blocks) == 0:
			state = dead // every posting was removed
		case end:
			state = live
		}
		n, err := tx.Exec(`UPDATE casework_segment SET state = $1, at_term = $2, at_seq = $3
			WHERE id = $4 AND state = 'building' AND at_term = $5 AND at_seq = $6`,
			state, int64(m.last.term), t.seq(m.last.place), t.id, int64(t.atTerm), t.atSeq)
		if err != nil {
			return err
		}
		if n == 0 {
			return errRival
		}
		if err := t.put(tx, m.out.blocks); err != nil || !end {
			return err
		}
		if _, err := tx.Exec(`UPDATE casework_segment SET state = 'dead' WHERE into_id = $1`, t.id); err != nil {
			return err
		}
		// What all segments heeded hides nothing any more.
		_, err = tx.Exec(`DELETE FROM casework_unword WHERE n < (SELECT MIN(id) FROM casework_segment WHERE state = 'live')`)
		return err
	})
}

// bury removes some blocks of a dead segment, at last the segment.
func bury(ctx context.Context, db *store.DB, s *segment) error {
	return db.Update(ctx, func(tx *store.Tx) error {
		// Of one term there may be many blocks: they go by both parts of the key.
		n, err := tx.Exec(`DELETE FROM casework_block WHERE segment = $1 AND (term, place) IN
			(SELECT term, place FROM casework_block WHERE segment = $1 ORDER BY term, place LIMIT $2)`, s.id, 4*stepBlocks)
		if err != nil || n > 0 {
			return err
		}
		_, err = tx.Exec(`DELETE FROM casework_segment WHERE id = $1 AND state = 'dead'`, s.id)
		return err
	})
}

// removal hides an application's postings in segments born before it.
type removal struct {
	seq, n int64
	at     kernel.Time
}

func readRemovals(tx *store.Tx) ([]removal, error) {
	rows, err := tx.Query(`SELECT seq, n, at FROM casework_unword`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []removal
	for rows.Next() {
		var r removal
		if err := rows.Scan(&r.seq, &r.n, &r.at); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// merger merges the postings of several segments into blocks of another.
type merger struct {
	target   *segment
	removals map[int64]int64 // number by application
	out      packer
	last     posting // of the last whole block
}

// step fills blocks after what the target holds already; end tells that no
// posting is left.
func (m *merger) step(tx *store.Tx, from []*segment) (end bool, err error) {
	t := m.target
	m.last = posting{t.atTerm, t.place(t.atSeq)}
	var streams []*stream
	for _, s := range from {
		st := &stream{tx: tx, m: m, s: s, place: -1}
		if err := st.start(); err != nil {
			return false, err
		}
		streams = append(streams, st)
	}
	for {
		var first *stream
		for _, st := range streams {
			if len(st.here) > 0 && (first == nil || st.here[0].before(first.here[0])) {
				first = st
			}
		}
		if first == nil {
			break
		}
		x := first.here[0]
		if err := first.pop(); err != nil {
			return false, err
		}
		n := len(m.out.blocks)
		m.out.add(x)
		if len(m.out.blocks) > n {
			m.last = x
			if n+1 >= stepBlocks {
				return false, nil // what stands in the next block is merged again
			}
		}
	}
	if len(m.out.cur.data) > 0 {
		m.last = m.out.last
		m.out.flush()
	}
	return true, nil
}

// stream reads one source's postings that are still to be written, with their
// places in the target.
type stream struct {
	tx     *store.Tx
	m      *merger
	s      *segment
	blocks []block
	term   int64 // key of the last block read, before all others at first
	place  int64
	here   []posting
}

// readAhead is how many blocks a stream reads at once.
const readAhead = 32

// start finds where the target's last posting would stand in the source.
func (st *stream) start() error {
	t := st.m.target
	if t.atSeq != 0 {
		// The source's places begin later than the target's, so that one just
		// before the source's first counts as its first.
		b, ok, err := st.s.at(st.tx, posting{t.atTerm, st.s.place(t.atSeq)})
		if err != nil {
			return err
		}
		if ok {
			st.blocks = []block{b}
		}
	}
	return st.fill()
}

func (st *stream) pop() error {
	if st.here = st.here[1:]; len(st.here) > 0 {
		return nil
	}
	return st.fill()
}

// fill reads on until there are postings to hand out, or none at all.
func (st *stream) fill() error {
	for len(st.here) == 0 {
		if len(st.blocks) == 0 {
			var err error
			if st.blocks, err = st.s.some(st.tx, st.term, st.place, readAhead); err != nil || len(st.blocks) == 0 {
				return err
			}
		}
		b := st.blocks[0]
		st.blocks, st.term, st.place = st.blocks[1:], int64(b.first), int64(b.top)
		st.here = st.here[:0]
		if err := b.each(func(p posting) bool { st.take(p); return true }); err != nil {
			return err
		}
	}
	return nil
}

// take keeps a posting unless it was written already or taken out.
func (st *stream) take(p posting) {
	seq := st.s.seq(p.place)
	t := st.m.target
	x := posting{p.term, t.place(seq)}
	if t.atSeq != 0 && !(posting{t.atTerm, t.place(t.atSeq)}).before(x) {
		return
	}
	if n, ok := st.m.removals[seq]; ok && n > st.s.born {
		return
	}
	st.here = append(st.here, x)
}
