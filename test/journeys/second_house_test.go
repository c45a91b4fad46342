package journeys

import (
	"bytes"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"maru/app"
	"maru/kernel"
	"maru/pack"
	"maru/platform/clock"
)

// running is a clock that goes on from a time that can be moved.
type running struct{ ahead atomic.Int64 }

func (c *running) Now() kernel.Time { return clock.System().Now().Add(time.Duration(c.ahead.Load())) }

// until moves the clock to an instant.
func (c *running) until(at kernel.Time) { c.ahead.Store(int64(at.Sub(clock.System().Now()))) }

// ownHouse opens a try-out for one test, with a clock that can be moved and a
// pack that was changed.
func ownHouse(t *testing.T, change func(dir string) error) (*house, *running) {
	t.Helper()
	dir := t.TempDir()
	cfg := app.Config{}
	if change != nil {
		cfg.Pack = filepath.Join(dir, "pack")
		if err := os.CopyFS(cfg.Pack, pack.KR()); err != nil {
			t.Fatal(err)
		}
		if err := change(cfg.Pack); err != nil {
			t.Fatal(err)
		}
	}
	c := &running{}
	h, err := openHouse(filepath.Join(dir, "house"), cfg, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.trial.Stop(); err != nil {
			t.Error(err)
		}
	})
	return h, c
}

// TestFeeAndLateAnswer pays a fee, which none of the five services asks for,
// and answers a question after the session has ended.
func TestFeeAndLateAnswer(t *testing.T) {
	t.Parallel()
	h, c := ownHouse(t, func(dir string) error {
		name := filepath.Join(dir, "services/resident-register-copy/service.yaml")
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, bytes.Replace(b, []byte("online_won: 0"), []byte("online_won: 400"), 1), 0o600)
	})
	v := visit(t, at(h))
	j := registerCopy("job_loss")
	v.find(j)
	v.start(j)
	v.press(v.T("casework.tasks.go_on"))
	v.choose("kind", "full")

	c.ahead.Store(int64(time.Hour))
	v.press(v.T("casework.question.next"))
	v.reads(v.T("identity.sign_in.kept"))
	v.press(v.T("identity.sign_in.demo_go"))
	v.signInAs("job_loss")
	if v.page.Name != "casework.question" {
		t.Fatalf("after signing in again stands %s (%s)", v.page.Path, v.page.H1)
	}
	v.press(v.T("casework.question.later"))
	delete(j.answers, "kind") // it survived
	v.fill(j)
	v.reads("400")
	v.press(v.T("casework.check.submit"))
	v.reads(v.T("casework.pay.title"), v.T("casework.pay.demo"))
	v.press(v.T("casework.pay.do"))
	v.reads(v.T("casework.done.title.decided"))
}
