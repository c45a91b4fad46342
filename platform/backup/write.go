package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"maru/kernel"
	"maru/platform/crypto"
	"maru/platform/store"
)

// partSize is about how long a part gets before the next one begins (bytes).
const partSize = 1 << 20

// Backup writes everything db holds to w, as of one instant, while others go
// on working. keys may be nil; then nothing in the archive proves who made it.
// When Backup fails, what it has written is no archive: it lacks the manifest.
func Backup(ctx context.Context, db *store.DB, keys *crypto.Keys, now kernel.Time, w io.Writer) (Manifest, error) {
	zip := gzip.NewWriter(w)
	a := &archiver{tar: tar.NewWriter(zip), now: now}
	m := Manifest{Format: format, Made: now, Engine: db.Engine(), Schema: map[string]int{}}
	if keys != nil {
		m.Keys = keys.Fingerprint()
	}
	err := db.View(ctx, func(tx *store.Tx) error { return a.dump(tx, &m) })
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	if err := a.seal(&m, keys); err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	if err := a.tar.Close(); err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	if err := zip.Close(); err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	return m, nil
}

// archiver writes the entries of an archive.
type archiver struct {
	tar *tar.Writer
	now kernel.Time
}

func (a *archiver) entry(name string, content []byte) error {
	err := a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), ModTime: a.now.Std().Truncate(time.Second), Format: tar.FormatUSTAR})
	if err != nil {
		return err
	}
	_, err = a.tar.Write(content)
	return err
}

// dump writes all tables as the snapshot shows them.
func (a *archiver) dump(tx *store.Tx, m *Manifest) error {
	names, err := tableNames(tx)
	if err != nil {
		return err
	}
	if m.World, err = worldIn(tx, names); err != nil {
		return err
	}
	if slices.Contains(names, migrationTable) {
		applied, err := tx.Applied()
		if err != nil {
			return err
		}
		for _, x := range applied {
			m.Schema[x.Domain] = x.Version
		}
	}
	tables, err := dataTables(tx)
	if err != nil {
		return err
	}
	for _, name := range tables {
		t, err := a.table(tx, name)
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		m.Tables = append(m.Tables, t)
	}
	return nil
}

func (a *archiver) table(tx *store.Tx, name string) (Table, error) {
	rows, err := tx.Query("SELECT * FROM " + quoted(name))
	if err != nil {
		return Table{}, err
	}
	t := Table{Name: name}
	if t.Columns, err = rows.Columns(); err != nil {
		return Table{}, err
	}
	var buf bytes.Buffer
	var n int64
	flush := func() error {
		if n == 0 {
			return nil
		}
		sum := sha256.Sum256(buf.Bytes())
		p := Part{Name: fmt.Sprintf("tables/%s/%06d.jsonl", name, len(t.Parts)+1), Rows: n, SHA256: hex.EncodeToString(sum[:])}
		if err := a.entry(p.Name, buf.Bytes()); err != nil {
			return err
		}
		t.Parts = append(t.Parts, p)
		t.Rows += n
		n = 0
		buf.Reset()
		return nil
	}
	values := make([]any, len(t.Columns))
	targets := make([]any, len(t.Columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return Table{}, err
		}
		if err := encodeRow(&buf, values); err != nil {
			return Table{}, err
		}
		n++
		if buf.Len() >= partSize {
			if err := flush(); err != nil {
				return Table{}, err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return Table{}, err
	}
	return t, flush()
}

// seal writes the manifest and its MAC, which make the archive whole.
func (a *archiver) seal(m *Manifest, keys *crypto.Keys) error {
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	m.Archive = hex.EncodeToString(sum[:])
	if keys != nil {
		if err := a.entry(macName, keys.MAC(macContext, raw)); err != nil {
			return err
		}
	}
	return a.entry(manifestName, raw)
}
