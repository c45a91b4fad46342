package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"maru/design"
)

// static serves the design system's files under names that hold their hash,
// so that browsers keep them for good; compressed once, at start.
type static struct {
	paths map[string]string // "maru.css" -> "/static/maru.0123abcd.css"
	files map[string]staticFile
}

type staticFile struct {
	kind        string
	plain, gzip []byte
}

// loadStatic panics on failure: the files are part of the program.
func loadStatic() *static {
	s := &static{paths: map[string]string{}, files: map[string]staticFile{}}
	err := fs.WalkDir(design.Static, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(design.Static, name)
		if err != nil {
			return err
		}
		return s.add(name, b)
	})
	if err != nil {
		panic("web: static files: " + err.Error())
	}
	return s
}

func (s *static) add(name string, b []byte) error {
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		return fmt.Errorf("%s: no type for its extension", name)
	}
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	ext := path.Ext(name)
	url := "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	s.paths[name] = url
	s.files[url] = staticFile{kind: kind, plain: b, gzip: z.Bytes()}
	return nil
}

// path is the hashed path of a file; an unknown one fails the template.
func (s *static) path(name string) (string, error) {
	p, ok := s.paths[name]
	if !ok {
		return "", fmt.Errorf("web: no static file %q", name)
	}
	return p, nil
}

func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := f.plain
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
