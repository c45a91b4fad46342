package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"
	"testing/iotest"
	"time"

	"maru/kernel"
	"maru/platform/blob"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func keys(t *testing.T) *crypto.Keys {
	t.Helper()
	k, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func each(t *testing.T, scanner blob.Scanner, fn func(t *testing.T, db *store.DB, s *blob.Store, c *clock.Manual)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := clock.NewManual(1_764_000_000_000_000)
		fn(t, db, blob.New(db, keys(t), c, scanner), c)
	}, blob.Migrations())
}

// pdf is a file of n bytes that begins as one.
func pdf(n int) []byte {
	b := bytes.Repeat([]byte("0123456789abcdef"), n/16+1)[:n]
	copy(b, "%PDF-1.7\n")
	return b
}

func rows(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow("SELECT (SELECT COUNT(*) FROM blob_file) + (SELECT COUNT(*) FROM blob_chunk)").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPutAndOpen(t *testing.T) {
	each(t, nil, func(t *testing.T, db *store.DB, s *blob.Store, c *clock.Manual) {
		for _, size := range []int{9, 256<<10 - 1, 256 << 10, 256<<10 + 1, 600_000} {
			want := pdf(size)
			m, err := s.Put(t.Context(), "C:\\fakepath\\진단서.PDF", iotest.HalfReader(bytes.NewReader(want)), blob.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if m.Name != "진단서.pdf" || m.Type != "application/pdf" || m.Size != int64(size) || m.CreatedAt != c.Now() {
				t.Errorf("meta %+v", m)
			}
			again, body, err := s.Open(t.Context(), m.ID)
			if err != nil {
				t.Fatal(err)
			}
			if again != m {
				t.Errorf("opened %+v, put %+v", again, m)
			}
			if err := iotest.TestReader(body, want); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
		}
	})
}

func TestNothingLiesOpen(t *testing.T) {
	each(t, nil, func(t *testing.T, db *store.DB, s *blob.Store, _ *clock.Manual) {
		if _, err := s.Put(t.Context(), "secret.pdf", bytes.NewReader(pdf(100)), blob.Limits{}); err != nil {
			t.Fatal(err)
		}
		err := db.View(t.Context(), func(tx *store.Tx) error {
			var name, chunk []byte
			if err := tx.QueryRow("SELECT name, sealed FROM blob_file, blob_chunk").Scan(&name, &chunk); err != nil {
				return err
			}
			if bytes.Contains(name, []byte("secret")) || bytes.Contains(chunk, []byte("PDF")) {
				t.Error("stored in the open")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, nil, func(t *testing.T, db *store.DB, s *blob.Store, _ *clock.Manual) {
		for name, c := range map[string]struct {
			body io.Reader
			l    blob.Limits
			kind kernel.Kind
			key  string
		}{
			"empty":      {bytes.NewReader(nil), blob.Limits{}, kernel.Invalid, "blob.empty"},
			"script":     {bytes.NewReader([]byte("<script>alert(1)</script>")), blob.Limits{}, kernel.Invalid, "blob.type"},
			"disguise":   {bytes.NewReader([]byte("MZ\x90\x00%PDF-1.7")), blob.Limits{}, kernel.Invalid, "blob.type"},
			"not wanted": {bytes.NewReader(pdf(10)), blob.Limits{Types: []string{"png"}}, kernel.Invalid, "blob.type"},
			"one more":   {bytes.NewReader(pdf(300_001)), blob.Limits{MaxBytes: 300_000}, kernel.TooLarge, "blob.too_large"},
			"endless":    {io.MultiReader(bytes.NewReader(pdf(9)), endless{}), blob.Limits{MaxBytes: 1 << 20}, kernel.TooLarge, "blob.too_large"},
			"broken off": {io.MultiReader(bytes.NewReader(pdf(300_000)), iotest.ErrReader(errors.New("reset"))), blob.Limits{}, kernel.Invalid, "blob.broken_off"},
		} {
			_, err := s.Put(t.Context(), "x.pdf", c.body, c.l)
			var e *kernel.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Key != c.key {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := rows(t, db); n != 0 {
			t.Errorf("%d rows stayed", n)
		}
		if _, err := s.Put(t.Context(), "x.pdf", bytes.NewReader(pdf(300_000)), blob.Limits{MaxBytes: 300_000, Types: []string{"pdf"}}); err != nil {
			t.Errorf("exactly as long as allowed: %v", err)
		}
		if _, _, err := s.Open(t.Context(), "nobody"); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("got %v", err)
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type scanner struct{ err error }

func (s scanner) Scan(_ context.Context, r io.Reader) error {
	b, err := io.ReadAll(r)
	if err == nil && bytes.Contains(b, []byte("EICAR")) {
		return s.err
	}
	return err
}

func TestScanner(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		kind kernel.Kind
	}{
		"found":       {kernel.E(kernel.Invalid, "blob.virus", nil), kernel.Invalid},
		"cannot look": {errors.New("no connection"), kernel.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, scanner{c.err}, func(t *testing.T, db *store.DB, s *blob.Store, _ *clock.Manual) {
				if _, err := s.Put(t.Context(), "x.pdf", bytes.NewReader(append(pdf(400_000), "EICAR"...)), blob.Limits{}); !kernel.Is(err, c.kind) {
					t.Errorf("got %v", err)
				}
				if n := rows(t, db); n != 0 {
					t.Errorf("%d rows stayed", n)
				}
				if _, err := s.Put(t.Context(), "x.pdf", bytes.NewReader(pdf(100)), blob.Limits{}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"flipped": "UPDATE blob_chunk SET sealed = (SELECT sealed FROM blob_chunk WHERE no = 0) WHERE no = 1",
		"swapped": "UPDATE blob_chunk SET sealed = x.sealed FROM (SELECT no, sealed FROM blob_chunk) x WHERE x.no = 1 - blob_chunk.no",
		"dropped": "DELETE FROM blob_chunk WHERE no = 2",
		"cut":     "UPDATE blob_file SET size = 262144",
		"renamed": "UPDATE blob_file SET name = (SELECT sealed FROM blob_chunk WHERE no = 0)",
	} {
		t.Run(name, func(t *testing.T) {
			each(t, nil, func(t *testing.T, db *store.DB, s *blob.Store, _ *clock.Manual) {
				m, err := s.Put(t.Context(), "x.pdf", bytes.NewReader(pdf(600_000)), blob.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				err = db.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Exec(damage)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				_, body, err := s.Open(t.Context(), m.ID)
				if err == nil {
					_, err = io.Copy(io.Discard, body)
				}
				if !kernel.Is(err, kernel.Internal) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestServe(t *testing.T) {
	each(t, nil, func(t *testing.T, _ *store.DB, s *blob.Store, _ *clock.Manual) {
		want := pdf(600_000)
		m, err := s.Put(t.Context(), `가족 "관계".pdf`, bytes.NewReader(want), blob.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		if err := s.Serve(w, httptest.NewRequest(http.MethodGet, "/f", nil), m.ID); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(w.Body.Bytes(), want) {
			t.Error("another body")
		}
		for name, value := range map[string]string{
			"Content-Type":            "application/pdf",
			"Content-Length":          strconv.Itoa(len(want)),
			"X-Content-Type-Options":  "nosniff",
			"Content-Security-Policy": "sandbox; default-src 'none'",
			"Cache-Control":           "private, no-store",
		} {
			if got := w.Header().Get(name); got != value {
				t.Errorf("%s: %q, want %q", name, got, value)
			}
		}
		kind, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
		if err != nil || kind != "attachment" || params["filename"] != "가족 관계.pdf" {
			t.Errorf("disposition %q %v %v", kind, params, err)
		}
		if err := s.Serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/f", nil), "nobody"); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOrphans(t *testing.T) {
	each(t, nil, func(t *testing.T, db *store.DB, s *blob.Store, c *clock.Manual) {
		put := func() kernel.ID {
			m, err := s.Put(t.Context(), "x.pdf", bytes.NewReader(pdf(100)), blob.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			return m.ID
		}
		used, unused, half := put(), put(), put()
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE blob_file SET complete = FALSE WHERE id = $1", half)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		orphans := func(want int) {
			t.Helper()
			if n, err := s.Orphans(t.Context()); n != want || err != nil {
				t.Errorf("removed %d, want %d; error %v", n, want, err)
			}
		}
		orphans(0)
		c.Advance(25 * time.Hour)
		young := put()
		orphans(1) // nobody has told who refers to files: only the half one goes
		s.UsedBy(func(_ *store.Tx, id kernel.ID) (bool, error) { return id == used, nil })
		orphans(1)
		for id, there := range map[kernel.ID]bool{used: true, young: true, unused: false, half: false} {
			if _, _, err := s.Open(t.Context(), id); (err == nil) != there {
				t.Errorf("%s: %v", id, err)
			}
		}
		if n := rows(t, db); n != 4 {
			t.Errorf("%d rows, want 4", n)
		}
	})
}
