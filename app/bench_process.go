package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"time"

	"maru/platform/clock"
)

// benchServer is a running try-out that is measured.
type benchServer struct {
	address string
	pid     int
	began   time.Time // when the process was started
	stop    func() error
	said    *safeBuffer
}

// log is what the server wrote, for error messages.
func (s *benchServer) log() string { return s.said.String() }

func (s *benchServer) usage() usage { return usageOf(s.pid) }

// start begins the server: a process of its own running `maru demo`, or, when
// it is profiled, this one.
func (b *caseworkBench) start(ctx context.Context) (*benchServer, error) {
	if b.Profile != "" {
		return b.startProfiled(ctx)
	}
	args := []string{}
	if b.url != "" {
		args = append(args, "--db", b.url)
	}
	return startDemo(ctx, b.data, args...)
}

// startDemo runs this very program as `maru demo` on a free port and waits
// until it says where it listens.
func startDemo(ctx context.Context, data string, args ...string) (*benchServer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"demo", "--data", data, "--addr", "127.0.0.1:0", "--log-level", "warn"}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	s := &benchServer{said: &safeBuffer{}, began: time.Now()}
	cmd.Stderr = s.said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.pid = cmd.Process.Pid
	s.stop = func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		if err := cmd.Wait(); err != nil {
			return fmt.Errorf("maru demo: %w\n%s", err, s.log())
		}
		return nil
	}
	if s.address, err = listening(io.TeeReader(out, s.said)); err != nil {
		return nil, errors.Join(fmt.Errorf("maru demo did not start:\n%s", s.log()), err, s.stop())
	}
	return s, nil
}

// listening reads until the address is told.
func listening(r io.Reader) (string, error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if _, port, ok := strings.Cut(lines.Text(), "http://localhost:"); ok {
			port, _, _ = strings.Cut(port, "/")
			return net.JoinHostPort("127.0.0.1", strings.TrimSpace(port)), nil
		}
	}
	return "", errors.Join(lines.Err(), io.ErrUnexpectedEOF)
}

func (b *caseworkBench) startProfiled(ctx context.Context) (_ *benchServer, err error) {
	cfg := b.config()
	l, err := listen(cfg)
	if err != nil {
		return nil, err
	}
	s := &benchServer{said: &safeBuffer{}, began: time.Now(), address: l.Addr().String(), pid: os.Getpid()}
	a, err := Open(ctx, cfg, clock.System(), slog.New(slog.NewTextHandler(s.said, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	f, err := os.Create(b.Profile)
	if err != nil {
		return nil, errors.Join(err, l.Close(), a.Close())
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, l.Close(), a.Close())
	}
	running, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(running, l) }()
	s.stop = func() error {
		pprof.StopCPUProfile()
		cancel()
		return errors.Join(<-ended, a.Close(), f.Close())
	}
	return s, nil
}

// safeBuffer collects what a process says while it runs.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
