package chaos

import (
	"bufio"
	"bytes"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// server is a running maru.
type server struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string
	said    *output
	once    sync.Once
	ended   error
}

// start runs maru demo on a free port, under another program if one is named,
// and waits until it says where it listens.
func start(t *testing.T, data string, under ...string) *server {
	t.Helper()
	return run(t, append(under, program, "demo", "--data", data, "--addr", "127.0.0.1:0")...)
}

func run(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{t: t, cmd: exec.Command(args[0], args[1:]...), said: &output{}}
	s.cmd.Stderr = s.said
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	lines := bufio.NewScanner(io.TeeReader(out, s.said))
	for lines.Scan() {
		if _, port, ok := strings.Cut(lines.Text(), "http://localhost:"); ok {
			s.address = "http://127.0.0.1:" + strings.TrimSpace(port)
			return s
		}
	}
	s.kill()
	t.Fatalf("%v did not start:\n%s", args, s.said)
	return nil
}

// kill ends the process without a chance to tidy up.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // fails when it has ended, which is as good
	s.wait()
}

// terminate asks the process to end and fails the test unless it ends well.
func (s *server) terminate() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.wait(); err != nil {
		s.t.Fatalf("after SIGTERM: %v\n%s", err, s.said)
	}
}

func (s *server) wait() error {
	s.once.Do(func() { s.ended = s.cmd.Wait() })
	return s.ended
}

// output collects what a process says while it runs.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
