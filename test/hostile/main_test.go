package hostile

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"

	"maru/app"
	"maru/platform/clock"
)

// trial is the try-out world that all tests send their requests to. Each test
// is somebody else, so that they do not meet.
var (
	trial *app.Trial
	logs  lockedBuffer
)

func TestMain(m *testing.M) { os.Exit(withTrial(m)) }

func withTrial(m *testing.M) int {
	dir, err := os.MkdirTemp("", "maru-hostile-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	trial, err = app.StartTrial(context.Background(), app.Config{Data: dir}, clock.System(), slog.New(slog.NewTextHandler(&logs, nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := trial.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// Whatever was sent is the sender's mistake: nothing of it may look like
	// ours.
	if text := logs.String(); bytes.Contains([]byte(text), []byte("level=ERROR")) {
		fmt.Fprintf(os.Stderr, "the program logged errors of its own:\n%s", text)
		return 1
	}
	return code
}

// lockedBuffer takes the log.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
