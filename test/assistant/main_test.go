package assistant

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"maru/app"
	"maru/kernel"
	"maru/platform/clock"
)

var (
	trial *app.Trial
	logs  lockedBuffer
)

// asProgram makes this test binary the program, for the standard streams.
const asProgram = "MARU_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(app.Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "maru-assistant-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	log := slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if trial, err = app.StartTrial(context.Background(), app.Config{Data: dir}, clock.System(), log); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := trial.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	// Nothing of what was said is anywhere on the disk or in the log.
	if found := remains(dir); found != "" {
		fmt.Fprintln(os.Stderr, "--- FAIL: words of a call remain in", found)
		code = 1
	}
	return code
}

// The words that no file and no line of the log may hold. They are said in many
// calls below.
var secrets = []string{"귤상자를이고지붕에", "900101-1234567", "zanzibar-umbrella"}

func remains(dir string) string {
	claimed := false
	for _, s := range secrets {
		if strings.Contains(logs.String(), s) {
			return "the log: " + s
		}
	}
	found := ""
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		claimed = claimed || bytes.Contains(b, []byte(`"assistant":"Probe 1.0","claimed":true`))
		for _, s := range secrets {
			if bytes.Contains(b, []byte(s)) {
				found = path + ": " + s
			}
		}
		return nil
	})
	if found == "" && called.Load() && !claimed {
		return "nowhere, nor does the audit log name who called"
	}
	return found
}

// called: a tool was called by the client of the SDK, over HTTP.
var called atomic.Bool

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// overHTTP and overStreams connect a client of the SDK.
func overHTTP(t testing.TB, o *sdk.ClientOptions) *sdk.ClientSession {
	called.Store(true)
	return connect(t, o, &sdk.StreamableClientTransport{Endpoint: trial.URL + "/mcp", MaxRetries: -1})
}

func overStreams(t testing.TB, o *sdk.ClientOptions) *sdk.ClientSession {
	cmd := exec.Command(os.Args[0], "mcp", "--site", "https://maru.example.go.kr")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return connect(t, o, &sdk.CommandTransport{Command: cmd})
}

func connect(t testing.TB, o *sdk.ClientOptions, to sdk.Transport) *sdk.ClientSession {
	t.Helper()
	s, err := sdk.NewClient(&sdk.Implementation{Name: "Probe", Version: "1.0"}, o).Connect(t.Context(), to, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // the other side may be gone already
	return s
}

// result is what a tool answered.
type result struct {
	t    testing.TB
	text string
	err  bool
	data map[string]any
}

func call(t testing.TB, s *sdk.ClientSession, tool string, arguments any) result {
	t.Helper()
	r, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	out := result{t: t, err: r.IsError}
	for _, c := range r.Content {
		if text, ok := c.(*sdk.TextContent); ok {
			out.text += text.Text
		}
	}
	b, err := json.Marshal(r.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out.data); err != nil {
		t.Fatal(err)
	}
	return out
}

func (r result) good() result {
	r.t.Helper()
	if r.err || r.data == nil {
		r.t.Fatalf("an error: %s", r.text)
	}
	return r
}

func (r result) refused(says string) {
	r.t.Helper()
	if !r.err || r.data != nil {
		r.t.Errorf("answered: %s", r.text)
	}
	if !strings.Contains(r.text, says) {
		r.t.Errorf("does not say %q: %s", says, r.text)
	}
}

// ids are those of a list of objects.
func (r result) ids(list string) (out []string) {
	items, _ := r.data[list].([]any)
	for _, i := range items {
		m, _ := i.(map[string]any)
		id, _ := m["id"].(string)
		out = append(out, id)
	}
	return out
}

// raw posts a body without any client.
func raw(t testing.TB, body string, change func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, trial.URL+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	r.Header.Set("Mcp-Protocol-Version", "2025-11-25")
	if change != nil {
		change(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// said is a text in a language.
func said(l kernel.Lang, ko, en string) string {
	if l == kernel.EN {
		return en
	}
	return ko
}
