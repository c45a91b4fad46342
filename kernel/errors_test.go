package kernel_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"maru/kernel"
)

func TestError(t *testing.T) {
	err := kernel.E(kernel.Invalid, "casework.wrong", io.EOF).With("max", 5).Field("subject", "casework.long", map[string]any{"max": 5})
	wrapped := fmt.Errorf("outer: %w", err)
	if kernel.KindOf(wrapped) != kernel.Invalid || !kernel.Is(wrapped, kernel.Invalid) || !errors.Is(wrapped, io.EOF) {
		t.Errorf("wrapped: %v", wrapped)
	}
	for _, want := range []string{"invalid", "casework.wrong", "subject", "casework.long", "EOF"} {
		if !strings.Contains(wrapped.Error(), want) {
			t.Errorf("the log does not show %q: %v", want, wrapped)
		}
	}
	if err.Args["max"] != 5 || len(err.Fields) != 1 {
		t.Errorf("%+v", err)
	}
	if kernel.KindOf(io.EOF) != kernel.Internal || !kernel.Is(io.EOF, kernel.Internal) || kernel.Is(nil, kernel.Internal) {
		t.Error("an error of nobody's is internal, and none is of no kind")
	}
	// The outermost kind counts: it was given by whoever knew more.
	if outer := kernel.E(kernel.Unavailable, "", err); kernel.KindOf(outer) != kernel.Unavailable {
		t.Errorf("%v", outer)
	}
}

func TestKindNames(t *testing.T) {
	seen := map[string]bool{}
	for k := kernel.Internal; k <= kernel.TooLarge; k++ {
		if k.String() == "" || seen[k.String()] {
			t.Errorf("kind %d is called %q", k, k)
		}
		seen[k.String()] = true
	}
	if got := kernel.Kind(200).String(); got != "internal" {
		t.Errorf("a kind that is none is called %q", got)
	}
}
