package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"maru/kernel"
	"maru/platform/crypto"
)

// maxEntry bounds one entry of an archive (bytes): a part is about a megabyte
// and one row longer at most.
const maxEntry = 64 << 20

// zipHead is how every archive begins; the check sums cover all the rest.
var zipHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// walk shows each entry of the archive to fn, in order, and checks that the
// archive ends as it should.
func walk(ctx context.Context, r io.ReadSeeker, fn func(name string, content []byte) error) error {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return kernel.E(kernel.Unavailable, "backup.file", err)
	}
	head := make([]byte, len(zipHead))
	if _, err := io.ReadFull(r, head); err != nil || !bytes.Equal(head, zipHead) {
		return broken("this is no archive")
	}
	zip, err := gzip.NewReader(io.MultiReader(bytes.NewReader(head), r))
	if err != nil {
		return broken("%w", err)
	}
	t := tar.NewReader(zip)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken("%w", err)
		}
		if h.Typeflag != tar.TypeReg || h.Size > maxEntry {
			return broken("entry %q is no file of an archive", h.Name)
		}
		content := make([]byte, h.Size)
		if _, err := io.ReadFull(t, content); err != nil {
			return broken("entry %q: %w", h.Name, err)
		}
		if err := fn(h.Name, content); err != nil {
			return err
		}
	}
	// Reading to the end makes gzip compare its own sum.
	if _, err := io.Copy(io.Discard, zip); err != nil {
		return broken("%w", err)
	}
	return nil
}

// Verify reads the whole archive and checks every part against the manifest,
// and the manifest against the keys.
func Verify(ctx context.Context, keys *crypto.Keys, r io.ReadSeeker) (Manifest, error) {
	sums := map[string]string{}
	counts := map[string]int64{}
	var raw, mac []byte
	err := walk(ctx, r, func(name string, content []byte) error {
		switch {
		case raw != nil:
			return broken("entry %q follows the manifest", name)
		case name == manifestName:
			raw = content
		case name == macName:
			mac = content
		default:
			if _, twice := sums[name]; twice {
				return broken("entry %q is there twice", name)
			}
			sum := sha256.Sum256(content)
			sums[name] = hex.EncodeToString(sum[:])
			counts[name] = int64(bytes.Count(content, []byte{'\n'}))
		}
		return nil
	})
	if err != nil {
		return Manifest{}, err
	}
	if raw == nil {
		return Manifest{}, broken("%w", errNoManifest)
	}
	m, err := parseManifest(raw, mac, keys)
	if err != nil {
		return Manifest{}, err
	}
	sum := sha256.Sum256(raw)
	m.Archive = hex.EncodeToString(sum[:])
	for _, t := range m.Tables {
		var rows int64
		for _, p := range t.Parts {
			if sums[p.Name] != p.SHA256 || counts[p.Name] != p.Rows {
				return Manifest{}, broken("part %q is missing or changed", p.Name)
			}
			delete(sums, p.Name)
			rows += p.Rows
		}
		if rows != t.Rows {
			return Manifest{}, broken("table %q has %d rows of %d", t.Name, rows, t.Rows)
		}
	}
	for name := range sums {
		return Manifest{}, broken("entry %q is in no table", name)
	}
	return m, nil
}
