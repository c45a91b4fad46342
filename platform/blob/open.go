package blob

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"maru/kernel"
	"maru/platform/store"
)

// Open gives a stored file. Reading ends in an error instead of io.EOF when
// what is stored is not what was put.
func (s *Store) Open(ctx context.Context, id kernel.ID) (Meta, io.ReadCloser, error) {
	m, err := s.meta(ctx, id)
	if err != nil {
		return Meta{}, nil, err
	}
	return m, io.NopCloser(s.reader(ctx, m)), nil
}

func (s *Store) meta(ctx context.Context, id kernel.ID) (Meta, error) {
	m := Meta{ID: id}
	var name []byte
	err := s.db.View(ctx, func(tx *store.Tx) error {
		return tx.QueryRow("SELECT name, type, size, sha256, created_at FROM blob_file WHERE id = $1 AND complete", id).
			Scan(&name, &m.Type, &m.Size, &m.SHA256, &m.CreatedAt)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Meta{}, kernel.E(kernel.NotFound, "blob.not_found", nil)
	}
	if err != nil {
		return Meta{}, err
	}
	plain, err := s.keys.Open(nameContext(id), name)
	if err != nil {
		return Meta{}, err
	}
	m.Name = string(plain)
	return m, nil
}

// reader gives the plain file, a chunk at a time, so that memory stays small
// and no transaction stays open while a slow client reads.
func (s *Store) reader(ctx context.Context, m Meta) io.Reader {
	return &reader{ctx: ctx, store: s, meta: m, hash: sha256.New()}
}

type reader struct {
	ctx   context.Context //nolint:containedctx // io.Reader has no place for it
	store *Store
	meta  Meta
	hash  hash.Hash
	no    int
	size  int64
	rest  []byte // of the current chunk
	err   error
}

func (r *reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.rest) == 0 {
		if r.err == nil {
			r.err = r.next()
		}
		if r.err != nil {
			return 0, r.err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *reader) next() error {
	if r.size == r.meta.Size {
		if hex.EncodeToString(r.hash.Sum(nil)) != r.meta.SHA256 {
			return r.damaged(nil)
		}
		return io.EOF
	}
	var sealed []byte
	err := r.store.db.View(r.ctx, func(tx *store.Tx) error {
		return tx.QueryRow("SELECT sealed FROM blob_chunk WHERE file = $1 AND no = $2", r.meta.ID, r.no).Scan(&sealed)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err != nil {
		return r.damaged(err)
	}
	plain, err := r.store.keys.Open(chunkContext(r.meta.ID, r.no), sealed)
	if err != nil || len(plain) == 0 {
		return r.damaged(err)
	}
	_, _ = r.hash.Write(plain)
	r.no++
	r.size += int64(len(plain))
	r.rest = plain
	return nil
}

func (r *reader) damaged(err error) error {
	return kernel.E(kernel.Internal, "blob.damaged", errors.Join(fmt.Errorf("blob: file %s is damaged at chunk %d", r.meta.ID, r.no), err))
}
