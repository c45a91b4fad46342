package crypto

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"maru/kernel"
	"maru/platform/durable"
)

// keyFile is what the file holds, as JSON.
type keyFile struct {
	Version int         `json:"version"` // 1
	Current uint32      `json:"current"` // the key that seals
	Keys    []sealKey   `json:"keys"`
	Index   []byte      `json:"index"` // for Blind and MAC, never rotated
	Made    kernel.Time `json:"made"`
}

type sealKey struct {
	ID     uint32      `json:"id"`
	Made   kernel.Time `json:"made"`
	Secret []byte      `json:"secret"`
}

// maxKeyFile bounds what is read (bytes): room for thousands of rotations.
const maxKeyFile = 1 << 20

// LoadOrCreate reads the key file at path, or makes one, readable by its owner
// only, when there is none.
func LoadOrCreate(path string) (*Keys, error) {
	k, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	f := keyFile{Version: 1, Index: randomSecret(), Made: kernel.TimeOf(time.Now())}.add(kernel.TimeOf(time.Now()))
	if err := createKeyFile(path, f); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, kernel.E(kernel.Unavailable, "crypto.file", fmt.Errorf("crypto: %w", err))
	}
	return Load(path) // ours, or that of whoever was faster
}

// Load reads the key file at path. A missing file is fs.ErrNotExist; one that
// others than its owner may read is refused.
func Load(path string) (*Keys, error) {
	f, seen, err := readKeyFile(path)
	if err != nil {
		return nil, err
	}
	return newKeys(path, f, seen)
}

func readKeyFile(path string) (keyFile, os.FileInfo, error) {
	file, err := os.Open(path)
	if err != nil {
		return keyFile{}, nil, kernel.E(kernel.Unavailable, "crypto.file", fmt.Errorf("crypto: %w", err))
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return keyFile{}, nil, kernel.E(kernel.Unavailable, "crypto.file", fmt.Errorf("crypto: %w", err))
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return keyFile{}, nil, kernel.E(kernel.Forbidden, "crypto.open", fmt.Errorf("crypto: %s is open to others (mode %v); it must be a plain file with mode 0600", path, info.Mode())).With("path", path)
	}
	b, err := io.ReadAll(io.LimitReader(file, maxKeyFile+1))
	if err != nil {
		return keyFile{}, nil, kernel.E(kernel.Unavailable, "crypto.file", fmt.Errorf("crypto: %w", err))
	}
	f, err := parseKeyFile(b)
	if err != nil {
		return keyFile{}, nil, kernel.E(kernel.Invalid, "crypto.broken", fmt.Errorf("crypto: %s: %w", path, err)).With("path", path)
	}
	return f, info, nil
}

// parseKeyFile never quotes the file in its errors.
func parseKeyFile(b []byte) (keyFile, error) {
	if len(b) > maxKeyFile {
		return keyFile{}, errors.New("too long")
	}
	var f keyFile
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return keyFile{}, errors.New("not the JSON of a key file")
	}
	if _, err := d.Token(); err != io.EOF {
		return keyFile{}, errors.New("more than one JSON value")
	}
	if f.Version != 1 {
		return keyFile{}, fmt.Errorf("version %d is unknown", f.Version)
	}
	if len(f.Index) != secretSize {
		return keyFile{}, errors.New("the index secret has a wrong length")
	}
	ids := map[uint32]bool{}
	for _, k := range f.Keys {
		if len(k.Secret) != secretSize || k.ID == 0 || ids[k.ID] {
			return keyFile{}, fmt.Errorf("key %d is broken or there twice", k.ID)
		}
		ids[k.ID] = true
	}
	if !ids[f.Current] {
		return keyFile{}, fmt.Errorf("the current key %d is missing", f.Current)
	}
	return f, nil
}

// add appends a fresh key and makes it the current one.
func (f keyFile) add(now kernel.Time) keyFile {
	var last uint32
	for _, k := range f.Keys {
		last = max(last, k.ID)
	}
	f.Keys = append(f.Keys[:len(f.Keys):len(f.Keys)], sealKey{ID: last + 1, Made: now, Secret: randomSecret()})
	f.Current = last + 1
	return f
}

// createKeyFile writes a file that must not exist yet, so that two programs
// starting at once agree on one.
func createKeyFile(path string, f keyFile) error {
	return writeKeyFile(path, f, (*durable.File).CommitNew)
}

// replaceKeyFile swaps the file in one step: a crash leaves the old or the new
// one, never half.
func replaceKeyFile(path string, f keyFile) error {
	if err := writeKeyFile(path, f, (*durable.File).Commit); err != nil {
		return kernel.E(kernel.Unavailable, "crypto.file", fmt.Errorf("crypto: %w", err))
	}
	return nil
}

func writeKeyFile(path string, f keyFile, commit func(*durable.File) error) error {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	t, err := durable.Create(path)
	if err != nil {
		return err
	}
	defer t.Abort()
	if _, err := t.Write(append(b, '\n')); err != nil {
		return err
	}
	return commit(t)
}
