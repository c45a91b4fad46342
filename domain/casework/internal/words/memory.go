package words

import (
	"sort"
	"sync"

	"maru/platform/store"
)

const (
	// mostKept is the size (cases) up to which a segment is read whole, once: a
	// search of one in the store costs a query for each word, and small ones
	// are many. A whole one of this size takes some 10 MB and 20 ms to read.
	mostKept = 32 << 10
	// keptBytes bounds what is kept of all of them.
	keptBytes = 96 << 20
)

// Memory keeps small segments as they were read, for the searches to come. A
// segment never changes, so that what is kept is never wrong; copies of the
// program each have their own. The zero Memory is ready.
type Memory struct {
	mu    sync.Mutex
	kept  map[segmentKey]*whole
	bytes int
	turn  int
	none  bool // no segment counts as small
}

// segmentKey tells a segment from one that had its number before it.
type segmentKey struct{ id, born, low, high int64 }

type whole struct {
	blocks []block
	bytes  int
	used   int // the turn in which it was last asked for
}

// whole gives a segment's blocks in order; ok is false for a large one.
func (m *Memory) whole(tx *store.Tx, s *segment) (blocks []block, ok bool, err error) {
	if s.cases > mostKept || m.none {
		return nil, false, nil
	}
	key := segmentKey{s.id, s.born, s.low, s.high}
	m.mu.Lock()
	m.turn++
	w := m.kept[key]
	if w != nil {
		w.used = m.turn
	}
	m.mu.Unlock()
	if w != nil {
		return w.blocks, true, nil
	}
	// Two searches may read it at once: the second one's takes its place.
	if blocks, err = s.some(tx, -1, -1, 1<<30); err != nil {
		return nil, false, err
	}
	w = &whole{blocks: blocks}
	for _, b := range blocks {
		w.bytes += len(b.data)
	}
	m.keep(key, w)
	return blocks, true, nil
}

// keep adds a segment and forgets those that nobody asked for the longest.
func (m *Memory) keep(key segmentKey, w *whole) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[segmentKey]*whole{}
	}
	if old := m.kept[key]; old != nil {
		m.bytes -= old.bytes
	}
	w.used = m.turn
	m.kept[key] = w
	m.bytes += w.bytes
	for m.bytes > keptBytes && len(m.kept) > 1 {
		var oldest segmentKey
		least := m.turn + 1
		for k, v := range m.kept {
			if k != key && v.used < least {
				oldest, least = k, v.used
			}
		}
		m.bytes -= m.kept[oldest].bytes
		delete(m.kept, oldest)
	}
}

// blockAt is segment.at, from memory where the segment is small.
func (m *Memory) blockAt(tx *store.Tx, s *segment, p posting) (block, bool, error) {
	blocks, ok, err := m.whole(tx, s)
	if err != nil {
		return block{}, false, err
	}
	if !ok {
		return s.at(tx, p)
	}
	i := sort.Search(len(blocks), func(i int) bool { return p.before(posting{blocks[i].first, blocks[i].top}) })
	if i == 0 {
		return block{}, false, nil
	}
	return blocks[i-1], true, nil
}

// blockAfter is segment.after, from memory where the segment is small.
func (m *Memory) blockAfter(tx *store.Tx, s *segment, p posting) (block, bool, error) {
	blocks, ok, err := m.whole(tx, s)
	if err != nil {
		return block{}, false, err
	}
	if !ok {
		return s.after(tx, p)
	}
	i := sort.Search(len(blocks), func(i int) bool { return p.before(posting{blocks[i].first, blocks[i].top}) })
	if i == len(blocks) {
		return block{}, false, nil
	}
	return blocks[i], true, nil
}
