package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

func reads(t *testing.T, path, want string) {
	t.Helper()
	if b, err := os.ReadFile(path); err != nil || string(b) != want {
		t.Errorf("there stands %q, %v; want %q", b, err, want)
	}
}

func says(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// A file appears whole, readable by its owner alone, in place of another; a
// failure leaves what stood there and nothing beside it.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "kept")
	for _, s := range []string{"one", "two"} {
		if err := Write(path, says(s)); err != nil {
			t.Fatal(err)
		}
		reads(t, path, s)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	failed := errors.New("the source failed")
	err := Write(path, func(w io.Writer) error {
		_ = says("half")(w)
		reads(t, path, "two")
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	reads(t, path, "two")
	if got := names(t, dir); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("in the folder: %q", got)
	}
	if err := Write(filepath.Join(dir, "none", "x"), says("")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "folder"), says("x")); err == nil {
		t.Error("a folder was replaced")
	}
	if got := names(t, dir); !slices.Equal(got, []string{"folder", "kept"}) {
		t.Errorf("after a refusal: %q", got)
	}
}

// A path without a folder is one in the working directory.
func TestWriteHere(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := Write("here", says("x")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, "."); !slices.Equal(got, []string{"here"}) {
		t.Errorf("%q", got)
	}
}

func TestAbort(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(filepath.Join(dir, "x"))
	if err != nil {
		t.Fatal(err)
	}
	f.Abort()
	f.Abort()
	if err := f.Commit(); err == nil {
		t.Error("a file that was given up was put in place")
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if f, err = Create(filepath.Join(dir, "x")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort()
	reads(t, filepath.Join(dir, "x"), "")
}

// Of many who make a file at once one does, and all others learn it.
func TestCommitNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	var made atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			f, err := Create(path)
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprint(f, i)
			switch err := f.CommitNew(); {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := names(t, dir); made.Load() != 1 || !slices.Equal(got, []string{"x"}) {
		t.Errorf("made %d times; %q", made.Load(), got)
	}
}

func TestRemoveParts(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a*.12.part", "a*.part", "a*.x.part", "ab.3.part", "a*.4.part.gz", "a*"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "a*.7.part"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := RemoveParts(filepath.Join(dir, "a*")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"a*", "a*.4.part.gz", "a*.7.part", "a*.part", "a*.x.part", "ab.3.part"}) {
		t.Errorf("%q", got)
	}
}
