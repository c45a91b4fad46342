package crypto_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"maru/kernel"
	"maru/platform/crypto"
)

func fresh(t testing.TB) (*crypto.Keys, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	k, err := crypto.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func TestSeal(t *testing.T) {
	k, _ := fresh(t)
	for _, plain := range [][]byte{nil, {}, {0}, []byte("주민등록번호"), bytes.Repeat([]byte("x"), 1<<20)} {
		sealed, err := k.Seal("a:1", plain)
		if err != nil {
			t.Fatal(err)
		}
		if len(sealed) != len(plain)+crypto.Overhead {
			t.Errorf("%d bytes became %d", len(plain), len(sealed))
		}
		if len(plain) > 8 && bytes.Contains(sealed, plain[:8]) {
			t.Error("sealed in the open")
		}
		got, err := k.Open("a:1", sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("opened %d bytes, error %v", len(got), err)
		}
		for _, other := range []string{"", "a:2", "a:1 "} {
			if _, err := k.Open(other, sealed); !errors.Is(err, crypto.ErrSealed) || !kernel.Is(err, kernel.Internal) {
				t.Errorf("opened for %q: %v", other, err)
			}
		}
	}
	a, _ := k.Seal("a", []byte("same"))
	b, _ := k.Seal("a", []byte("same"))
	if bytes.Equal(a, b) {
		t.Error("equal values look equal")
	}
}

func TestEveryBitCounts(t *testing.T) {
	k, _ := fresh(t)
	sealed, err := k.Seal("a", []byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(sealed) * 8 {
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := k.Open("a", bad); !errors.Is(err, crypto.ErrSealed) {
			t.Errorf("bit %d: %v", i, err)
		}
	}
	for n := range len(sealed) {
		if _, err := k.Open("a", sealed[:n]); !errors.Is(err, crypto.ErrSealed) {
			t.Errorf("cut to %d: %v", n, err)
		}
	}
}

func TestRotate(t *testing.T) {
	k, path := fresh(t)
	other, err := crypto.Load(path) // another copy of the program
	if err != nil {
		t.Fatal(err)
	}
	old, err := k.Seal("a", []byte("old"))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := other.Rotate(); err != nil { // must not undo the first
		t.Fatal(err)
	}
	sealed, err := other.Seal("a", []byte("new"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(sealed[:5], old[:5]) {
		t.Error("still sealed with the old key")
	}
	later, err := crypto.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]*crypto.Keys{"first": k, "other": other, "later": later} {
		for _, s := range [][]byte{old, sealed} {
			if _, err := k.Open("a", s); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if k.Blind("c", "홍") != later.Blind("c", "홍") || !bytes.Equal(k.MAC("c", nil), later.MAC("c", nil)) || k.Fingerprint() != later.Fingerprint() {
			t.Errorf("%s: the index secret changed", name)
		}
	}
}

func TestBlind(t *testing.T) {
	k, _ := fresh(t)
	stranger, _ := fresh(t)
	seen := map[int64]string{}
	for _, c := range []string{"", "a", "ab"} {
		for _, s := range []string{"", "b", "bc", "c"} {
			h := k.Blind(c, s)
			if h < 0 || h != k.Blind(c, s) || h == stranger.Blind(c, s) {
				t.Errorf("Blind(%q, %q) = %d", c, s, h)
			}
			if twin, ok := seen[h]; ok {
				t.Errorf("%q and %q collide", twin, c+"|"+s)
			}
			seen[h] = c + "|" + s
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	k, path := fresh(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			mine, err := crypto.LoadOrCreate(path)
			if err != nil {
				t.Error(err)
				return
			}
			for range 20 {
				sealed, err := k.Seal("a", []byte("x"))
				if err != nil {
					t.Error(err)
				}
				if _, err := mine.Open("a", sealed); err != nil {
					t.Error(err)
				}
				k.Blind("a", "b")
			}
		})
	}
	wg.Go(func() {
		for range 3 {
			if err := k.Rotate(); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
}

// TestCreateTogether has several programs start at once without a file.
func TestCreateTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	prints := make([]string, 8)
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			k, err := crypto.LoadOrCreate(path)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = k.Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p != prints[0] {
			t.Error("two programs made different keys")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.part")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFile(t *testing.T) {
	_, path := fresh(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := crypto.LoadOrCreate(path); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"empty":   nil,
		"cut":     good[:len(good)/2],
		"twice":   append(bytes.Clone(good), good...),
		"version": bytes.Replace(good, []byte(`"version": 1`), []byte(`"version": 2`), 1),
		"current": bytes.Replace(good, []byte(`"current": 1`), []byte(`"current": 9`), 1),
		"unknown": bytes.Replace(good, []byte(`"version"`), []byte(`"x": 1, "version"`), 1),
		"short":   []byte(`{"version":1,"current":1,"keys":[{"id":1,"made":null,"secret":"AAAA"}],"index":"AAAA","made":null}`),
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := crypto.LoadOrCreate(path); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := crypto.Load(path + ".no"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "no", "keys.json")); !kernel.Is(err, kernel.Unavailable) {
		t.Errorf("got %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	k, _ := fresh(f)
	good, err := k.Seal("a", []byte("hello"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:20])
	f.Add([]byte{1, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if plain, err := k.Open("a", sealed); err == nil && !bytes.Equal(sealed, good) {
			t.Errorf("a forgery opened: %q", plain)
		}
	})
}

func FuzzSeal(f *testing.F) {
	k, _ := fresh(f)
	f.Add("casework.answers:1", []byte("hello"))
	f.Fuzz(func(t *testing.T, context string, plain []byte) {
		sealed, err := k.Seal(context, plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Open(context, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("got %q, error %v", got, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	k, _ := fresh(b)
	plain := make([]byte, 1024)
	b.SetBytes(1024)
	for b.Loop() {
		if _, err := k.Seal("casework.answers:1", plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlind(b *testing.B) {
	k, _ := fresh(b)
	for b.Loop() {
		k.Blind("casework.search", "전입신고")
	}
}
