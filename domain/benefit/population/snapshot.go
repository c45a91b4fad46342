package population

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"maru/domain/benefit/internal/mapped"
	"maru/domain/benefit/rule"
)

// Snapshot is an open population with the changes made since it was built.
type Snapshot struct {
	base *base
	path string
	view atomic.Pointer[View]

	// mu orders changes; readers do not need it.
	mu      sync.Mutex
	file    *os.File
	release func() error
	journal *os.File // nil until the first change
	written int64    // bytes of the journal that count, 0 without one
	seen    int64    // bytes that the journal had when it was read
	failed  error    // why no change can be made any more
}

// Describe tells how a population came about and how large it is, without
// reading a row. The error is ErrFormat, or that of the file system.
func Describe(path string) (o Origin, persons, households int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return Origin{}, 0, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Origin{}, 0, 0, err
	}
	h, _, err := readHeader(f, info.Size())
	if err != nil {
		return Origin{}, 0, 0, err
	}
	return h.Origin, h.Persons, h.Households, nil
}

// Open opens a population for a law. Who opens it, on what basis, for what
// purpose and in which role is recorded before a row is read; when that fails
// nothing is opened. Then every checksum is checked and the journal of changes
// is read. The error is ErrAccess, ErrFormat, ErrDictionary, the recorder's, or
// that of the file system.
func Open(ctx context.Context, path string, law *rule.Law, a Access, r Recorder) (*Snapshot, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, f, path, law, a, r)
	if err != nil {
		f.Close() // it was only read
		return nil, err
	}
	return s, nil
}

func open(ctx context.Context, f *os.File, path string, law *rule.Law, a Access, r Recorder) (*Snapshot, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !mapped.Private(info) {
		return nil, fmt.Errorf("%w: %s can be read by others than its owner", ErrAccess, path)
	}
	h, number, err := readHeader(f, info.Size())
	if err != nil {
		return nil, err
	}
	if err := a.check(h.Origin); err != nil {
		return nil, err
	}
	schema, err := schemaOf(h.Facts, h.Programmes, law)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fmt.Errorf("%w: nobody records the opening", ErrAccess)
	}
	o := Opening{Path: path, Access: a, Origin: h.Origin, File: number.String(), Persons: h.Persons, Households: h.Households}
	if err := r.RecordOpening(ctx, o); err != nil {
		return nil, fmt.Errorf("population: the opening could not be recorded, so nothing was opened: %w", err)
	}
	b, release, err := mapped.Map(f, info.Size())
	if err != nil {
		return nil, err
	}
	s := &Snapshot{path: path, file: f, release: release}
	if err := s.read(b, schema, h, number); err != nil {
		return nil, errors.Join(err, release())
	}
	return s, nil
}

// read checks the bytes of the file and takes up the journal.
func (s *Snapshot) read(b []byte, schema *Schema, h *header, number fileNumber) error {
	blocks := make([]*block, len(h.Blocks))
	var next atomic.Int64
	var failed [2]error
	var wait sync.WaitGroup
	for i := range failed {
		wait.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(blocks) || failed[i] != nil {
					return
				}
				blocks[n], failed[i] = checkedBlock(b, h.Blocks[n], schema)
			}
		})
	}
	wait.Wait()
	if err := errors.Join(failed[:]...); err != nil {
		return err
	}
	part := b[h.Index.At : h.Index.At+h.Index.Length]
	if checksum(part) != h.Index.Checksum {
		return fmt.Errorf("%w: the index is damaged", ErrFormat)
	}
	x, err := parseIndex(part, h.Persons)
	if err != nil {
		return err
	}
	s.base = newBase(schema, h, number, b, blocks, x)
	changes, err := s.readJournal()
	if err != nil {
		return err
	}
	v := newView(s.base, make([]*patch, len(blocks)+1))
	if len(changes) > 0 {
		v = v.with(changes)
	}
	s.view.Store(v)
	return nil
}

func checkedBlock(b []byte, at blockAt, schema *Schema) (*block, error) {
	part := b[at.At : at.At+at.Length : at.At+at.Length]
	if checksum(part) != at.Checksum {
		return nil, fmt.Errorf("%w: the rows at byte %d are damaged", ErrFormat, at.At)
	}
	k, err := parseBlock(part, schema)
	if err == nil && (k.rows != at.Rows || k.households != at.Households) {
		err = fmt.Errorf("%w: the rows at byte %d are not those of the header", ErrFormat, at.At)
	}
	return k, err
}

// View is the population as it is now.
func (s *Snapshot) View() *View { return s.view.Load() }

// Under is the population as it was when the snapshot was opened, for another law
// over the same facts, and from the same memory: two snapshots of a country would
// count its file twice against what a process may hold. It may be read until the
// snapshot is closed. The error is ErrDictionary, or ErrFormat where the population
// was changed since.
func (s *Snapshot) Under(law *rule.Law) (*View, error) {
	b := s.base
	schema, err := schemaOf(b.head.Facts, b.head.Programmes, law)
	if err != nil {
		return nil, err
	}
	other := &Snapshot{path: s.path}
	if err := other.read(b.bytes, schema, b.head, b.number); err != nil {
		return nil, err
	}
	if other.seen != s.seen {
		return nil, fmt.Errorf("%w: %s was changed meanwhile", ErrFormat, s.path)
	}
	return other.View(), nil
}

// Law is that for which it was opened.
func (s *Snapshot) Law() *rule.Law { return s.base.schema.law }

// Origin is how the file came about.
func (s *Snapshot) Origin() Origin { return s.base.head.Origin }

// Close ends it. No view of it may be read any more: its memory is gone.
func (s *Snapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.release(), s.file.Close())
	if s.journal != nil {
		err = errors.Join(err, s.journal.Close())
	}
	s.file, s.journal, s.failed = nil, nil, os.ErrClosed
	return err
}
