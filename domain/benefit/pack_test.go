package benefit

import (
	"testing"

	"maru/domain/benefit/internal/ruletest"
	"maru/pack"
)

// koreanEngine decides by the Korean pack.
func koreanEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := NewEngine(Pack{Hash: "test", Source: ruletest.Pack(t, pack.KR())})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
