package hostile

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// person asks the trial, over the network, as one person of the world.
type person struct {
	t     *testing.T
	base  string
	http  *http.Client
	token string
}

// anybody has not signed in.
func anybody(t *testing.T, base string) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, base: base, http: &http.Client{Transport: &http.Transport{}, Jar: jar, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	t.Cleanup(p.http.CloseIdleConnections)
	return p
}

// somebody signs in, for the API and for pages.
func somebody(t *testing.T, id string) *person {
	t.Helper()
	p := anybody(t, trial.URL)
	var out struct{ Token string }
	p.api(http.MethodPost, "/demo/sign-in", `{"person":"`+id+`"}`).is(http.StatusOK).read(&out)
	p.token = out.Token
	p.form("/demo/sign-in", url.Values{"person": {id}}).is(http.StatusSeeOther)
	return p
}

// answer is what came back.
type answer struct {
	t      *testing.T
	asked  string
	status int
	header http.Header
	body   string
}

func (p *person) send(method, path string, body io.Reader, header map[string]string) *answer {
	p.t.Helper()
	req, err := http.NewRequest(method, p.base+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := p.http.Do(req)
	if err != nil {
		p.t.Fatalf("%s %.100s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return &answer{p.t, method + " " + path, res.StatusCode, res.Header, string(b)}
}

// api asks the JSON API; headers are pairs that come on top.
func (p *person) api(method, path, body string, headers ...string) *answer {
	p.t.Helper()
	h := map[string]string{}
	if body != "" {
		h["Content-Type"] = "application/json"
	}
	if p.token != "" {
		h["Authorization"] = "Bearer " + p.token
	}
	for i := 0; i < len(headers); i += 2 {
		h[headers[i]] = headers[i+1]
	}
	return p.send(method, "/api/v1"+path, strings.NewReader(body), h)
}

// page opens a page.
func (p *person) page(path string) *answer {
	p.t.Helper()
	return p.send(http.MethodGet, path, nil, map[string]string{"Accept": "text/html"})
}

// form posts a form as a page would.
func (p *person) form(path string, values url.Values) *answer {
	p.t.Helper()
	return p.send(http.MethodPost, path, strings.NewReader(values.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
}

func (a *answer) is(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%.120s: status %d, want %d\n%.600s", a.asked, a.status, status, a.body)
	}
	return a
}

func (a *answer) read(out any) {
	a.t.Helper()
	if err := json.Unmarshal([]byte(a.body), out); err != nil {
		a.t.Fatalf("%.120s: %v\n%.600s", a.asked, err, a.body)
	}
}

// problem sees that the answer is a problem of that status which names the
// field, "" for none.
func (a *answer) problem(status int, field string) {
	a.t.Helper()
	a.is(status).closed()
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("%.120s: content type %q", a.asked, got)
	}
	var p struct {
		Title, Detail, Kind, ID string
		Status                  int
		Errors                  []struct{ Field, Message string }
	}
	a.read(&p)
	if p.Status != status || p.Title == "" || p.Detail == "" || p.Kind == "" || p.ID == "" {
		a.t.Errorf("%.120s: incomplete problem %s", a.asked, a.body)
	}
	if field == "" {
		return
	}
	for _, e := range p.Errors {
		if e.Field == field && e.Message != "" {
			return
		}
	}
	a.t.Errorf("%.120s: no word on field %q: %.600s", a.asked, field, a.body)
}

// refusal sees that the answer is a page of that status.
func (a *answer) refusal(status int) *answer {
	a.t.Helper()
	a.is(status).closed()
	if got := a.header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		a.t.Errorf("%.120s: content type %q", a.asked, got)
	}
	for _, want := range []string{"<html lang=", "<h1", "</html>"} {
		if !strings.Contains(a.body, want) {
			a.t.Errorf("%.120s: no whole page: %q is missing", a.asked, want)
		}
	}
	return a
}

// closed sees that the answer tells nothing of the inside.
func (a *answer) closed() {
	a.t.Helper()
	for _, word := range []string{"goroutine", "panic", ".go:", "SELECT", "sqlite", "casework_", "runtime error", "huma"} {
		if strings.Contains(a.body, word) {
			a.t.Errorf("%.120s: the answer tells %q: %.600s", a.asked, word, a.body)
		}
	}
}
