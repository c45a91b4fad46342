package pack_test

import (
	"errors"
	"os"
	"testing"

	"maru/domain/catalog"
)

// TestPack checks the Korean pack as `maru check` does and prints every
// finding with its file and line:
//
//	go test ./pack/ -run TestPack -v
func TestPack(t *testing.T) {
	p, found, err := catalog.LoadPack(os.DirFS("kr"))
	for _, f := range found {
		if f.Severity == catalog.Error {
			t.Errorf("pack/kr/%s", f)
		} else {
			t.Logf("pack/kr/%s", f)
		}
	}
	if err != nil && !errors.Is(err, catalog.ErrInvalid) {
		t.Fatal(err)
	}
	if err == nil {
		t.Logf("pack %s: %d services, %d facts", p.Hash[:12], len(p.Services), len(p.Facts))
	}
}
