package catalog

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/store"
)

// ServiceFiles are the files that a service's folder may hold, in the order in
// which people read them.
func ServiceFiles() []string { return slices.Clone(known) }

// Archive is a stored version as a zip archive; NotFound when there is none.
func (s *Service) Archive(ctx context.Context, hash string) (data []byte, err error) {
	err = s.deps.DB.View(ctx, func(tx *store.Tx) error {
		data, err = cstore.Files(tx, hash)
		return err
	})
	return data, err
}

// InForceOn is the approved activation in force on a day, which may be still
// to come; approved later ones may follow on later days.
func (s *Service) InForceOn(tx *store.Tx, on kernel.Date) (cstore.Activation, error) {
	a, found, err := s.inForceOn(tx, on)
	if err == nil && !found {
		err = kernel.E(kernel.NotFound, "catalog.no_version", nil)
	}
	return a, err
}

// Folder is what an archive holds of one service, by file name.
func Folder(archive []byte, service string) (map[string]string, error) {
	fsys, err := unpack(archive)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, name := range known {
		data, err := fs.ReadFile(fsys, "services/"+service+"/"+name)
		if err == nil {
			out[name] = string(data)
		}
	}
	return out, nil
}

// Digests are the hashes of all service folders of an archive.
func Digests(archive []byte) (map[string]string, error) {
	fsys, err := unpack(archive)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(fsys, "services")
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	out := map[string]string{}
	for _, e := range entries {
		files, err := Folder(archive, e.Name())
		if err != nil {
			return nil, err
		}
		out[e.Name()] = Digest(files)
	}
	return out, nil
}

// Digest is the hash of a service's folder.
func Digest(files map[string]string) string {
	h := sha256.New()
	for _, name := range known {
		if text, ok := files[name]; ok {
			fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Replace is the archive with other files for one service; everything else is
// copied as it is.
func Replace(archive []byte, service string, files map[string]string) ([]byte, error) {
	old, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("catalog: stored version: %w", err)
	}
	dir := path.Join("services", service) + "/"
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range old.File {
		if !strings.HasPrefix(f.Name, dir) {
			if err := z.Copy(f); err != nil {
				return nil, fmt.Errorf("catalog: %w", err)
			}
		}
	}
	for _, name := range known {
		text, ok := files[name]
		if !ok {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: dir + name, Method: zip.Deflate})
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return buf.Bytes(), nil
}

// CheckArchive is Check of an archive.
func CheckArchive(archive []byte, h Hooks) (*Pack, []Finding, error) {
	fsys, err := unpack(archive)
	if err != nil {
		return nil, nil, err
	}
	return Check(fsys, h)
}
