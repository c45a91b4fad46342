package app

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/crypto"
)

// The reference of the settings in the handbook is what the program prints.
func TestSettingsAreDocumented(t *testing.T) {
	var printed bytes.Buffer
	if code := Main([]string{"config"}, &printed, os.Stderr); code != 0 {
		t.Fatalf("maru config ended with %d", code)
	}
	doc, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), printed.String()) {
		t.Errorf("docs/operations.md lacks what `maru config` prints; put this under its heading Settings:\n%s", printed.String())
	}
}

func TestHelpTeaches(t *testing.T) {
	var out bytes.Buffer
	if code := Main(nil, &out, &out); code != 0 {
		t.Fatalf("maru without a command ended with %d", code)
	}
	for _, want := range []string{"maru demo", "maru serve", "maru check", "maru new service", "backup", "restore", "verify"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the help does not tell of %q:\n%s", want, out.String())
		}
	}
}

func TestWrongCommandLine(t *testing.T) {
	for _, args := range [][]string{{"fly"}, {"serve", "--rate-ip", "many"}, {"check", "/no/such/folder"}, {"demo", "--nonsense"}} {
		var out, errs bytes.Buffer
		if code := Main(args, &out, &errs); code != 2 {
			t.Errorf("maru %v ended with %d, want 2", args, code)
		}
		if errs.Len() == 0 {
			t.Errorf("maru %v says nothing about what is wrong", args)
		}
	}
}

func TestTryOutStaysOnLoopback(t *testing.T) {
	for _, addr := range []string{":8080", "0.0.0.0:0", "192.0.2.1:0", "example.org:80", "nonsense"} {
		l, err := listen(Config{Addr: addr, demo: true})
		if err == nil {
			l.Close()
			t.Errorf("the try-out listens on %q", addr)
		}
	}
	l, err := listen(Config{Addr: "127.0.0.1:0", demo: true})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestPublicURLIsSchemeAndHost(t *testing.T) {
	for public, good := range map[string]bool{
		"https://maru.example.go.kr": true, "https://maru.example.go.kr/": true, "http://localhost:8080": true,
		"maru.example.go.kr": false, "https://": false, "https://maru.example.go.kr/portal": false, "https://a@maru.example.go.kr": false,
		"ftp://maru.example.go.kr": false, "https://maru.example.go.kr?x": false, "https://maru.example.go.kr#x": false,
	} {
		c := Config{PublicURL: public, Data: t.TempDir()}
		if err := c.complete(); (err == nil) != good {
			t.Errorf("%q: %v", public, err)
		}
	}
}

// A lost key file is not replaced by a fresh one that opens nothing, and a
// second copy of the program cannot bring its own.
func TestDatabaseKeepsItsKeyFile(t *testing.T) {
	cfg := Config{Data: t.TempDir()}
	open := func() error {
		a, err := Open(t.Context(), cfg, clock.System(), slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return a.Close()
	}
	if err := open(); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(cfg.Data, "keys.json")
	if err := os.Rename(own, own+".kept"); err != nil {
		t.Fatal(err)
	}
	if err := open(); !kernel.Is(err, kernel.Conflict) {
		t.Errorf("without its key file: %v", err)
	}
	if _, err := os.Stat(own); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key file was made: %v", err)
	}
	if _, err := crypto.LoadOrCreate(own); err != nil {
		t.Fatal(err)
	}
	if err := open(); !kernel.Is(err, kernel.Conflict) {
		t.Errorf("with another key file: %v", err)
	}
	if err := os.Rename(own+".kept", own); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil {
		t.Errorf("with its own again: %v", err)
	}
}

func TestPublicURLFollowsTheAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://localhost:8080", ":80": "http://localhost:80", "192.0.2.7:8080": "http://192.0.2.7:8080",
	} {
		c := Config{Addr: addr, Data: t.TempDir()}
		if err := c.complete(); err != nil {
			t.Fatal(err)
		}
		if c.PublicURL != want {
			t.Errorf("address %s: public URL %s, want %s", addr, c.PublicURL, want)
		}
	}
}
