package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"maru/domain/benefit/gov24/catalogue"
	"maru/domain/catalog"
	"maru/kernel"
	"maru/platform/api/apitest"
	"maru/platform/clock"
)

// pagesOf is a made-up catalogue, as the API answers it.
func pagesOf(t *testing.T, seed uint64, n int) catalogue.Pages {
	t.Helper()
	p, _, err := catalog.LoadPack(packFS(Config{}))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := catalogue.Make(seed, n, 500, p.Agencies.Provinces)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// folderOf writes pages as files.
func folderOf(t *testing.T, p catalogue.Pages) string {
	t.Helper()
	dir := t.TempDir()
	for name, pages := range map[string][][]byte{"serviceList": p.List, "serviceDetail": p.Detail, "supportConditions": p.Conditions} {
		for i, page := range pages {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%03d.json", name, i)), page, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// command runs maru and gives what it printed.
func command(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Main(args, &out, &errs); code != want {
		t.Fatalf("maru %v ended with %d, want %d:\n%s%s", args, code, want, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

const secretKey = "a secret+key/of=the operator"

func keyFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(name, []byte(secretKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// importer gives the command in one open Maru, again and again: opening it takes
// longer than what the command does.
type importer struct {
	*testing.T
	app *App
	log bytes.Buffer
}

func openImporter(t *testing.T, cfg Config) *importer {
	t.Helper()
	i := &importer{T: t}
	a, err := Open(t.Context(), cfg, clock.System(), slog.New(slog.NewTextHandler(&i.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	i.app = a
	return i
}

// run gives what is printed, the error with it; ok says whether it is to succeed.
func (i *importer) run(ok bool, c benefitImportCmd) string {
	i.Helper()
	var out bytes.Buffer
	err := c.on(i.Context(), i.app, clock.System(), &out)
	if (err == nil) != ok {
		i.Fatalf("%+v: %v\n%s", c, err, out.String())
	}
	if err != nil {
		fmt.Fprintln(&out, words(err))
	}
	return out.String()
}

// TestImportCommand: from files, twice, back to the first, and what is refused.
func TestImportCommand(t *testing.T) {
	data := t.TempDir()
	in := func(args ...string) []string { return append([]string{"benefit", "import", "--data", data}, args...) }
	for _, bad := range [][]string{{}, {"--list", "--live"}, {"--live"}} { // before anything is opened
		command(t, 1, in(bad...)...)
	}
	out := command(t, 0, in("--files", folderOf(t, pagesOf(t, 1, 600)))...)
	for _, want := range []string{"services read", "restricted by region", "left out: For businesses or organisations", "version 1 is in force"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report does not say %q:\n%s", want, out)
		}
	}
	var report struct {
		Version int64
		Before  int
		Changes struct{ New, Gone, Changed []string }
	}
	second := folderOf(t, pagesOf(t, 1, 700))
	i := openImporter(t, Config{Data: data})
	if err := json.Unmarshal([]byte(i.run(true, benefitImportCmd{Files: second, JSON: true})), &report); err != nil || report.Version != 2 || len(report.Changes.New) == 0 || report.Before == 0 {
		t.Errorf("%+v %v", report, err)
	}
	if out := i.run(true, benefitImportCmd{Files: second}); !strings.Contains(out, "nothing changed") {
		t.Error(out)
	}
	small := folderOf(t, pagesOf(t, 1, 60))
	if out := i.run(false, benefitImportCmd{Files: small}); !strings.Contains(out, "--force") || !strings.Contains(out, "not imported") {
		t.Error(out)
	}
	if out := i.run(false, benefitImportCmd{Activate: 7}); !strings.Contains(out, "--list") {
		t.Error(out)
	}
	i.run(true, benefitImportCmd{Activate: 1})
	if out := i.run(true, benefitImportCmd{Files: small, Force: true}); !strings.Contains(out, "version 3 is in force") {
		t.Error(out)
	}
	if out := i.run(true, benefitImportCmd{List: true}); strings.Count(out, "yes") != 1 || !strings.Contains(out, "maru benefit import") {
		t.Error(out)
	}
	i.run(false, benefitImportCmd{Files: t.TempDir()})
}

// portal answers like the data portal.
type portal struct {
	*testing.T
	pages catalogue.Pages
	calls int
	fail  func(w http.ResponseWriter, r *http.Request) bool
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.calls++
	if p.fail != nil && p.fail(w, r) {
		return
	}
	if r.URL.Query().Get("serviceKey") != secretKey {
		p.Errorf("the key came as %q", r.URL.Query().Get("serviceKey"))
	}
	pages := map[string][][]byte{"serviceList": p.pages.List, "serviceDetail": p.pages.Detail, "supportConditions": p.pages.Conditions}[filepath.Base(r.URL.Path)]
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > len(pages) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Write(pages[n-1]) //nolint:errcheck // the other side is the test
}

// TestImportLive: from an API on loopback; the key is in no word that is
// printed or logged, whatever goes wrong, and it goes nowhere else.
func TestImportLive(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	p := &portal{T: t, pages: pagesOf(t, 2, 700)}
	srv := httptest.NewServer(p)
	defer srv.Close()
	data, key := t.TempDir(), keyFile(t)
	i := openImporter(t, Config{Data: data, Gov24KeyFile: key, Gov24URL: srv.URL + "/api"})
	out := i.run(true, benefitImportCmd{Live: true})
	if !strings.Contains(out, "version 1 is in force") || p.calls != 6 {
		t.Errorf("%d calls:\n%s", p.calls, out)
	}
	for name, fail := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"refused": func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, r.URL.String(), " ", secretKey)
			return true
		},
		"elsewhere": func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, elsewhere.URL+"/?"+r.URL.RawQuery, http.StatusFound)
			return true
		},
		"broken": func(w http.ResponseWriter, _ *http.Request) bool { fmt.Fprint(w, "<html>"); return true },
		"truncated": func(w http.ResponseWriter, _ *http.Request) bool {
			fmt.Fprint(w, `{"totalCount":9,"data":[{"x":1}`)
			return true
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) bool {
			block := bytes.Repeat([]byte(" "), 1<<20)
			for range 34 {
				if _, err := w.Write(block); err != nil {
					break
				}
			}
			return true
		},
	} {
		p.fail = fail
		said := i.run(false, benefitImportCmd{Live: true})
		if !strings.Contains(said, "page 1") {
			t.Errorf("%s: %s", name, said)
		}
		out += said
	}
	if list := i.run(true, benefitImportCmd{List: true}); strings.Count(list, "\n") != 2 {
		t.Errorf("a failure left something behind:\n%s", list)
	}
	out += i.log.String()
	for _, secret := range []string{secretKey, "a+secret", "a%20secret"} {
		if strings.Contains(out, secret) {
			t.Errorf("the key is told:\n%s", out)
		}
	}
	// A key that others can read, or that would go over the network in the open.
	live := []string{"benefit", "import", "--data", t.TempDir(), "--live", "--gov24-key-file", key, "--gov24-url"}
	command(t, 1, append(live, "http://portal.example/api")...)
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if out := command(t, 1, append(live, srv.URL)...); !strings.Contains(out, "chmod 600") {
		t.Error(out)
	}
}

// TestCatalogueOperations: the JSON interface in the try-out's world.
func TestCatalogueOperations(t *testing.T) {
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-10-15").In(kernel.Seoul)))
	a, err := Open(t.Context(), Config{Data: t.TempDir(), demo: true}, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	call := func(method, path, body string, want int) map[string]any {
		t.Helper()
		code, out := apitest.Of(t, a.Handler()).Call(method, path, body)
		if code != want {
			t.Fatalf("%s %s: %d, want %d: %v", method, path, code, want, out)
		}
		return out
	}
	const household = `{"date":"2026-10-15","household":{"household_size":1},"members":[{"id":"me","birth_date":"1955-03-01","region":"12110"}]}`
	if out := call("POST", "/benefits/catalogue", household, 200); out["version"] != nil || len(out["results"].([]any)) != 0 {
		t.Errorf("before any import: %v", out)
	}
	wait := a.keepImported(t.Context())
	look := time.NewTicker(5 * time.Millisecond) // without it the test keeps one processor busy
	defer look.Stop()
	for a.imported.Active().Number == 0 {
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatal("the try-out's catalogue does not come")
		}
	}
	wait()
	seen, total := map[string]bool{}, -1.0
	path := "/benefits/catalogue?limit=7&lang=en"
	for next := any(0.0); next != nil; {
		out := call("POST", fmt.Sprintf("%s&from=%v", path, next), household, 200)
		total, next = out["total"].(float64), out["next"]
		if v := out["version"].(map[string]any); v["made_up"] != true || v["source"] != "sample" {
			t.Fatal(v)
		}
		for _, r := range out["results"].([]any) {
			one := r.(map[string]any)
			if seen[one["id"].(string)] || one["confidence"] != "likely" && one["confidence"] != "ask_office" || one["member"] != "me" || len(one["conditions"].([]any)) == 0 {
				t.Errorf("%v", one)
			}
			seen[one["id"].(string)] = true
		}
	}
	if len(seen) == 0 || float64(len(seen)) != total {
		t.Errorf("%d of %v", len(seen), total)
	}
	for id := range seen {
		if one := call("GET", "/benefits/catalogue/"+id, "", 200); one["title"] == "" || one["texts"].(map[string]any)["agency"] == "" {
			t.Error(one)
		}
		break
	}
	call("GET", "/benefits/catalogue/gov24-nothing", "", 404)
	if out := call("GET", "/benefits/catalogue?q=%EB%82%9C%EB%B0%A9%EB%B9%84", "", 200); len(out["results"].([]any)) == 0 {
		t.Error(out)
	}
	call("GET", "/benefits/catalogue", "", 422)
	for body, want := range map[string]int{
		`{`: 400, `[]`: 422, `null`: 422, `"x"`: 422,
		`{"date":"2026-10-15","members":[]}`:                                          422,
		`{"date":"2026-10-15","members":[{"id":"me","height":3}]}`:                    422,
		`{"date":"1999-01-01","members":[{"id":"me"}]}`:                               422,
		`{"date":"2026-10-15","members":[{"id":"me","birth_date":"1955-02-30"}]}`:     422,
		`{"date":"2026-10-15","members":[{"id":"me","earned_income_month":1e99}]}`:    422,
		`{"date":"2027-01-01","known_on":"2026-01-01","members":[{"id":"me"}]}`:       200,
		`{"date":"2026-10-15","members":[{"id":"a"},{"id":"b","region":"../../.."}]}`: 422,
	} {
		call("POST", "/benefits/catalogue", body, want)
	}
	call("POST", "/benefits/catalogue?from=-1", household, 422)
	call("POST", "/benefits/catalogue?limit=1000", household, 422)
	// The household's own operations take the same body.
	call("POST", "/benefits/evaluate", household, 200)
	call("POST", "/benefits/next-question", household, 200)
}
