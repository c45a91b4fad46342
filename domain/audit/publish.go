package audit

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"maru/domain/audit/proof"
	"maru/platform/store"
)

// Handler shows the log's tree to everybody under a prefix (C2SP tlog-tiles):
// checkpoint, tile/… and tile/entries/…, and the log's key at key. An entry is
// a row's commitment alone, so what is shown tells nothing about anybody.
// Tiles never change and may be cached for ever.
func (l *Log) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*") // any page may check the log
		h.Set("X-Content-Type-Options", "nosniff")
		path := strings.TrimPrefix(r.URL.Path, "/")
		var body []byte
		var err error
		switch path {
		case "checkpoint", "key":
			h.Set("Content-Type", "text/plain; charset=utf-8")
			h.Set("Cache-Control", "public, max-age=1")
			body, err = l.head(r.Context(), path == "key")
		default:
			tile, ok := proof.ParseTilePath(path)
			if !ok {
				http.NotFound(w, r)
				return
			}
			h.Set("Content-Type", "application/octet-stream")
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
			body, err = l.tile(r.Context(), tile)
		}
		switch {
		case err != nil:
			l.d.Log.Error("show the log", "path", path, "err", err)
			h.Set("Cache-Control", "no-store")
			http.Error(w, "the log cannot be read now", http.StatusServiceUnavailable)
		case body == nil:
			h.Set("Cache-Control", "no-store") // it may come to be
			http.NotFound(w, r)
		default:
			_, _ = w.Write(body)
		}
	})
}

// head is the newest checkpoint, with the witnesses' signatures where there
// are witnesses, or the log's key; nil while the log is empty.
func (l *Log) head(ctx context.Context, key bool) ([]byte, error) {
	newest, verifier, err := l.Checkpoint(ctx)
	if err != nil || verifier == "" {
		return nil, err
	}
	if key {
		return []byte(verifier + "\n"), nil
	}
	if len(l.d.Witnesses) == 0 {
		return []byte(newest), nil
	}
	var signed string
	err = l.d.DB.View(ctx, func(tx *store.Tx) error {
		_, signed, err = witnessed(tx)
		return err
	})
	if err != nil || signed == "" {
		return nil, err
	}
	return []byte(signed), nil
}

// witnessed is the newest checkpoint that enough witnesses signed, "" before
// the first.
func witnessed(tx *store.Tx) (size int64, signed string, err error) {
	err = tx.QueryRow(`SELECT size, note FROM audit_witnessed WHERE name = 'newest'`).Scan(&size, &signed)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	return size, signed, err
}

// tile is the content of a tile, nil where the tree does not reach that far.
func (l *Log) tile(ctx context.Context, t tlog.Tile) ([]byte, error) {
	var data []byte
	err := l.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if t.L < 0 {
			data, err = entries(tx, t.N<<tileHeight, t.N<<tileHeight+int64(t.W))
			return err
		}
		data, err = readTile(tx, tileID{int64(t.L), t.N})
		if len(data) < t.W*tlog.HashSize {
			data = nil
			return err
		}
		// A tile that has grown still shows what it was.
		data = data[:t.W*tlog.HashSize]
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("audit: read a tile: %w", err)
	}
	return data, nil
}

// entries are the commitments at the places from to to-1, each after its
// length in two bytes; nil where one is not there.
func entries(tx *store.Tx, from, to int64) ([]byte, error) {
	rows, err := tx.Query(`SELECT leaf FROM audit_row WHERE seq >= $1 AND seq < $2 ORDER BY seq`, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []byte
	n := int64(0)
	for rows.Next() {
		var leaf []byte
		if err := rows.Scan(&leaf); err != nil {
			return nil, err
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(leaf)))
		out = append(out, leaf...)
		n++
	}
	if n < to-from {
		return nil, rows.Err()
	}
	return out, rows.Err()
}

// readAll reads at most a limit of bytes, and fails beyond.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = errors.New("the answer is too large")
	}
	return b, err
}
