package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"maru/kernel"
	"maru/platform/store"
)

// Put stores what r gives under a cleaned form of name. It refuses, and keeps
// nothing of, a file that is empty (Invalid), of another type than allowed
// (Invalid), longer than allowed (TooLarge, found while reading) or that the
// scanner rejects.
func (s *Store) Put(ctx context.Context, name string, r io.Reader, l Limits) (Meta, error) {
	if l.MaxBytes <= 0 {
		l.MaxBytes = defaultMaxBytes
	}
	buf := make([]byte, chunkSize)
	n, err := fill(r, buf)
	if err != nil {
		return Meta{}, err
	}
	if n == 0 {
		return Meta{}, kernel.E(kernel.Invalid, "blob.empty", nil)
	}
	kind, ok := sniff(buf[:n], l.Types)
	if !ok {
		return Meta{}, kernel.E(kernel.Invalid, "blob.type", nil)
	}
	now := s.clock.Now()
	m := Meta{ID: kernel.NewID(now), Name: CleanName(name, kind.ending), Type: kind.media, CreatedAt: now}
	if err := s.begin(ctx, m); err != nil {
		return Meta{}, err
	}
	err = s.fill(ctx, &m, r, buf, n, l.MaxBytes)
	if err == nil {
		err = s.scan(ctx, m)
	}
	if err == nil {
		err = s.complete(ctx, m)
	}
	if err != nil {
		return Meta{}, errors.Join(err, s.remove(context.WithoutCancel(ctx), m.ID))
	}
	return m, nil
}

// fill reads until buf is full or r ends. An error of reading is the sender's.
func fill(r io.Reader, buf []byte) (int, error) {
	n, err := io.ReadFull(r, buf)
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return n, nil
	}
	var known *kernel.Error
	if errors.As(err, &known) {
		return 0, err
	}
	return 0, kernel.E(kernel.Invalid, "blob.broken_off", err)
}

// begin writes the file's row, incomplete.
func (s *Store) begin(ctx context.Context, m Meta) error {
	name, err := s.keys.Seal(nameContext(m.ID), []byte(m.Name))
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec("INSERT INTO blob_file (id, name, type, size, sha256, complete, created_at) VALUES ($1, $2, $3, 0, '', FALSE, $4)",
			m.ID, name, m.Type, m.CreatedAt)
		return err
	})
}

// fill stores the chunks, of which the first n bytes are already in buf, and
// completes m.
func (s *Store) fill(ctx context.Context, m *Meta, r io.Reader, buf []byte, n int, limit int64) error {
	hash := sha256.New()
	for no := 0; n > 0; no++ {
		m.Size += int64(n)
		if m.Size > limit {
			return kernel.E(kernel.TooLarge, "blob.too_large", nil).With("limit", limit)
		}
		_, _ = hash.Write(buf[:n])
		sealed, err := s.keys.Seal(chunkContext(m.ID, no), buf[:n])
		if err != nil {
			return err
		}
		err = s.db.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec("INSERT INTO blob_chunk (file, no, sealed) VALUES ($1, $2, $3)", m.ID, no, sealed)
			return err
		})
		if err != nil {
			return err
		}
		if n < len(buf) {
			break // r has ended
		}
		if n, err = fill(r, buf); err != nil {
			return err
		}
	}
	m.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return nil
}

// scan shows the stored file to the scanner before anybody else can get it.
func (s *Store) scan(ctx context.Context, m Meta) error {
	if s.scanner == nil {
		return nil
	}
	err := s.scanner.Scan(ctx, s.reader(ctx, m))
	if err == nil || kernel.KindOf(err) != kernel.Internal {
		return err
	}
	return kernel.E(kernel.Unavailable, "blob.scanner", fmt.Errorf("blob: scan: %w", err))
}

func (s *Store) complete(ctx context.Context, m Meta) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec("UPDATE blob_file SET size = $1, sha256 = $2, complete = TRUE WHERE id = $3", m.Size, m.SHA256, m.ID)
		if err == nil && n != 1 {
			// The upload took more than a day and was cleared away.
			err = kernel.E(kernel.Invalid, "blob.broken_off", nil)
		}
		return err
	})
}

func (s *Store) remove(ctx context.Context, id kernel.ID) error {
	return s.db.Update(ctx, func(tx *store.Tx) error { return s.Delete(tx, id) })
}

// Delete removes a file in the caller's transaction. A file that is not there
// is no error.
func (s *Store) Delete(tx *store.Tx, id kernel.ID) error {
	_, err := tx.Exec("DELETE FROM blob_file WHERE id = $1", id)
	return err
}
