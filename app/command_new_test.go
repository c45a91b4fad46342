package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maru/domain/catalog"
	"maru/kernel"
	"maru/pack"
	"maru/platform/clock"
)

// guide is what a stranger reads; its example is the one tested here.
const guide = "../docs/adding-a-service.md"

// TestNewServiceByTheGuide walks the guide: the command writes the folder, the
// guide's lines go where the check says that something is left, and the try-out
// takes the service from a person's words to the decision.
func TestNewServiceByTheGuide(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kr")
	if err := os.CopyFS(dir, pack.KR()); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	args := []string{"new", "service", "wheelchair-loan", "--title-ko", "휠체어 대여 신청", "--title-en", "Wheelchair loan", "--pack", dir}
	if code := Main(args, &out, &out); code != 0 {
		t.Fatalf("maru new ended with %d: %s", code, out.String())
	}
	var again bytes.Buffer
	if code := Main(args, &again, &again); code != 1 || !strings.Contains(again.String(), "exists already") {
		t.Errorf("a second time: %d: %s", code, again.String())
	}
	fill(t, dir, "wheelchair-loan")
	_, found, err := catalog.Check(os.DirFS(dir), PackHooks())
	if err != nil {
		t.Error(err)
	}
	for _, f := range found {
		// The guide publishes with the least number of sentences; the check asks for
		// more, which may come later.
		more := f.Severity == catalog.Warning && strings.Contains(f.Message, "people find a service in most words by 40")
		if f.Severity == catalog.Error || strings.Contains(f.File, "wheelchair-loan") && !more {
			t.Error(f)
		}
	}
	if !t.Failed() {
		decide(t, dir)
	}
}

// fill writes the guide's lines over the lines that the check names.
func fill(t *testing.T, dir, id string) {
	t.Helper()
	_, found, _ := catalog.Check(os.DirFS(dir), PackHooks())
	lines := map[string][]int{} // by file, each once
	for _, f := range found {
		if f.Severity != catalog.Error {
			continue
		}
		if l := lines[f.File]; len(l) == 0 || l[len(l)-1] != f.Line {
			lines[f.File] = append(l, f.Line)
		}
	}
	if len(lines) != 6 {
		t.Errorf("findings in %d files", len(lines))
	}
	for file, numbers := range lines {
		want := block(t, filepath.Base(file))
		if len(want) != len(numbers) {
			t.Fatalf("%s: the guide has %d lines for %d that are left", file, len(want), len(numbers))
		}
		name := filepath.Join(dir, file)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Split(string(data), "\n")
		for i, n := range numbers {
			if old := text[n-1]; !strings.Contains(old, "<<") || key(old) != key(want[i]) {
				t.Fatalf("%s:%d: the guide replaces %q by %q", file, n, old, want[i])
			}
			text[n-1] = want[i]
		}
		if err := os.WriteFile(name, []byte(strings.Join(text, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// key is the beginning of a line of YAML, by which one sees that a line goes
// where it belongs; "" for other lines.
func key(line string) string {
	k, _, yaml := strings.Cut(line, ": ")
	if !yaml || strings.HasPrefix(line, "<<") {
		return ""
	}
	return k
}

// block is what the guide shows for a file: the fenced lines after its name.
func block(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, named := strings.Cut(string(data), "\n`"+file+"`")
	_, rest, opened := strings.Cut(rest, "\n```")
	_, rest, _ = strings.Cut(rest, "\n")
	lines, _, closed := strings.Cut(rest, "\n```")
	if !named || !opened || !closed {
		t.Fatalf("the guide shows nothing for %s", file)
	}
	return strings.Split(lines, "\n")
}

// decide has a resident of the try-out find the service, apply for it, and
// the official in charge decide, over the JSON API.
func decide(t *testing.T, dir string) {
	now := clock.NewManual(kernel.TimeOf(time.Date(2026, 3, 10, 10, 0, 0, 0, kernel.Seoul)))
	trial, err := StartTrial(t.Context(), Config{Pack: dir, Data: t.TempDir()}, now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := trial.Stop(); err != nil {
			t.Error(err)
		}
	}()
	c := newBenchClient(strings.TrimPrefix(trial.URL, "http://"), 1)
	defer c.http.CloseIdleConnections()
	ask := func(method, path string, k call) {
		t.Helper()
		if err := c.call(t.Context(), method, path, k); err != nil {
			t.Fatal(err)
		}
	}
	signIn := func(person string) string {
		t.Helper()
		var got struct{ Token string }
		ask(http.MethodPost, "/demo/sign-in", call{body: map[string]string{"person": person}, want: http.StatusOK, out: &got})
		return got.Token
	}

	for _, q := range []string{"무릎 수술하고 걷기 힘들어요", "I broke my leg, can I borrow a wheelchair"} {
		var answer struct{ Results []struct{ Service string } }
		ask(http.MethodPost, "/ask", call{body: map[string]string{"q": q}, want: http.StatusOK, out: &answer})
		if len(answer.Results) == 0 || answer.Results[0].Service != "wheelchair-loan" {
			t.Errorf("%q finds %v", q, answer.Results)
		}
	}

	const resident = "p-00009"
	place := trial.Fact(resident, "region").Text()
	token := signIn(resident)
	var consent struct{ Status string }
	ask(http.MethodPost, "/consents", call{token: token, body: map[string]string{"service": "wheelchair-loan"}, want: http.StatusCreated, out: &consent})
	var filled struct{ Answers map[string]string }
	ask(http.MethodGet, "/applications/prefill?service=wheelchair-loan", call{token: token, want: http.StatusOK, out: &filled})
	if filled.Answers["phone"] == "" {
		t.Errorf("the register fills in %v", filled.Answers)
	}
	var got struct{ ID, Number, Status, Agency, Decision, Document string }
	answers := map[string]string{"choice": "usual", "phone": filled.Answers["phone"]}
	ask(http.MethodPost, "/applications", call{token: token, key: "apply", body: map[string]any{"service": "wheelchair-loan", "answers": answers}, want: http.StatusCreated, out: &got})
	if got.Status != "submitted" || got.Agency != "sigungu-"+place {
		t.Fatalf("sent in: %+v", got)
	}

	official := signIn("official-" + got.Agency)
	desk := "/desk/cases/" + got.ID
	ask(http.MethodPost, desk+"/assign", call{token: official, key: "assign", want: http.StatusOK, out: &got})
	ask(http.MethodPost, desk+"/decision", call{token: official, key: "decide", want: http.StatusOK, out: &got,
		body: map[string]string{"decision": "granted", "reason": "빌려줄 휠체어가 있습니다."}})
	if got.Status != "decided" || got.Decision != "granted" || got.Document == "" {
		t.Fatalf("decided: %+v", got)
	}
	var document struct {
		Title string
		Valid bool
	}
	ask(http.MethodGet, "/documents/"+got.Document, call{want: http.StatusOK, out: &document})
	if !document.Valid || document.Title != "휠체어 대여 신청 결과" {
		t.Errorf("the document: %+v", document)
	}
}
