package chaos

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// slowSync is how much longer every sync takes under the trace: an answer that
// does not wait for its sync comes before it, without doubt.
const slowSync = 20 * time.Millisecond

// TestSyncBeforeAnswer watches the system calls of the program: between
// reading an application from the network and writing the 201, the database
// file is written and synced.
func TestSyncBeforeAnswer(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("strace is not installed: apt-get install strace")
		}
		t.Skip("SKIPPED, NOT PROVEN: strace is not installed")
	}
	dir := t.TempDir()
	data, trace := filepath.Join(dir, "data"), filepath.Join(dir, "trace")
	start(t, data).terminate() // makes the world without the trace

	s := start(t, data, strace, "-f", "-y", "-s", "48", "-o", trace,
		"-e", "trace=read,write,writev,sendto,pwrite64,fsync,fdatasync",
		"-e", "inject=fsync,fdatasync:delay_exit="+strconv.FormatInt(slowSync.Microseconds(), 10))
	c := signIn(t, s, "p-00200")
	const posts = 5
	for i := range posts {
		began := time.Now()
		if _, err := c.apply("traced " + strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d < slowSync {
			t.Errorf("application %d was acknowledged after %v; a sync takes at least %v", i, d, slowSync)
		}
	}
	terminateTraced(t, s)
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	checkTrace(t, calls(string(text)), posts)
}

// terminateTraced ends the traced program; strace ends with it.
func terminateTraced(t *testing.T, s *server) {
	t.Helper()
	strace := strconv.Itoa(s.cmd.Process.Pid)
	children, err := os.ReadFile("/proc/" + strace + "/task/" + strace + "/children")
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(children)))
	if err != nil {
		t.Fatalf("children of strace: %q", children)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.wait(); err != nil {
		t.Fatalf("after SIGTERM: %v\n%s", err, s.said)
	}
}

// systemCall is one call; from and to are the lines of the trace where it
// began and ended.
type systemCall struct {
	name     string
	text     string // arguments and result
	from, to int
}

// calls reads a trace. A call that others interrupt stands on two lines:
//
//	7 fdatasync(5</tmp/maru.db-wal> <unfinished ...>
//	7 <... fdatasync resumed>) = 0 (DELAYED)
func calls(trace string) []systemCall {
	var out []systemCall
	open := map[string]systemCall{} // by thread
	for i, line := range strings.Split(trace, "\n") {
		thread, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		if head, ok := strings.CutSuffix(rest, "<unfinished ...>"); ok {
			name, text, _ := strings.Cut(head, "(")
			open[thread] = systemCall{name: name, text: text, from: i}
			continue
		}
		if strings.HasPrefix(rest, "<... ") {
			c, ok := open[thread]
			if _, tail, found := strings.Cut(rest, " resumed>"); ok && found {
				delete(open, thread)
				c.text, c.to = c.text+tail, i
				out = append(out, c)
			}
			continue
		}
		if name, text, ok := strings.Cut(rest, "("); ok && !strings.HasPrefix(rest, "+++") && !strings.HasPrefix(rest, "---") {
			out = append(out, systemCall{name, text, i, i})
		}
	}
	return out
}

// checkTrace walks from each POST to its 201.
func checkTrace(t *testing.T, list []systemCall, posts int) {
	t.Helper()
	var received, answered []systemCall
	for _, c := range list {
		switch {
		// net/http reads the first byte of a further request by itself.
		case c.name == "read" && strings.Contains(c.text, `OST /api/v1/applications `):
			received = append(received, c)
		case c.name != "read" && strings.Contains(c.text, `"HTTP/1.1 201 Created`):
			answered = append(answered, c)
		}
	}
	if len(received) != posts || len(answered) != posts {
		t.Fatalf("the trace holds %d applications and %d answers, want %d", len(received), len(answered), posts)
	}
	for i := range posts {
		read, answer := received[i], answered[i]
		synced := false
		for _, c := range list {
			if (c.name == "fsync" || c.name == "fdatasync") && strings.Contains(c.text, "maru.db") && strings.Contains(c.text, "= 0") &&
				written(list, read.to, c.from) && c.to < answer.from {
				synced = true
			}
		}
		if !synced {
			t.Errorf("application %d: nothing was written and synced between lines %d and %d of the trace", i, read.to+1, answer.from+1)
		}
	}
}

// written tells whether the database's log was written between two lines.
func written(list []systemCall, after, before int) bool {
	for _, c := range list {
		if c.name == "pwrite64" && strings.Contains(c.text, "maru.db-wal") && c.from > after && c.to < before {
			return true
		}
	}
	return false
}
