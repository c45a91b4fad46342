package population

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"maru/kernel"
	"maru/platform/durable"
)

// Rebuild writes the file anew with all changes in it and strikes out the
// journal; basis, purpose, role and source stay. Blocks without changes are
// copied as they are. Changes wait meanwhile. Afterwards views still show the
// old file, and no more changes are taken: close it and open the new one. When
// it fails or the program is killed, the old file and its journal still count.
func (s *Snapshot) Rebuild(ctx context.Context, builder string, at kernel.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	if err := s.base.schema.changeable(); err != nil {
		return err
	}
	if err := s.openJournal(); err != nil {
		return err
	}
	o := s.base.head.Origin
	o.Builder, o.BuiltAt = builder, at
	w, err := NewWriter(s.path, s.base.schema, o)
	if err != nil {
		return err
	}
	defer w.Abort()
	w.head.Replaces = s.base.number.String()
	if err := s.copyTo(ctx, w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	s.failed = ErrReplaced
	if err := os.Remove(s.journalPath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return durable.SyncName(s.path)
}

func (s *Snapshot) copyTo(ctx context.Context, w *Writer) error {
	v, h := s.View(), NewHousehold(s.base.schema.law)
	for b, p := range v.patches {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p == nil {
			if b < len(s.base.blocks) {
				at := s.base.head.Blocks[b]
				w.flush()
				w.block(encoded{s.base.bytes[at.At : at.At+at.Length], at.Rows, at.Households, at.Checksum})
			}
			continue
		}
		for i := range p.households {
			v.Household(int(v.householdAt[b])+i, h)
			if err := w.Add(h); err != nil {
				return err
			}
		}
		w.flush()
	}
	return w.err
}
