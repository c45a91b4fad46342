package backup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
	"time"

	"maru/app"
	"maru/platform/clock"
)

// town is a running try-out.
type town struct {
	t     *testing.T
	trial *app.Trial
	http  *http.Client
}

// serve opens the try-out of a data folder, on another database if db names
// one, until the test ends or stop.
func serve(t *testing.T, data, db string) *town {
	t.Helper()
	trial, err := app.StartTrial(t.Context(), app.Config{Data: data, DB: db}, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, trial: trial, http: &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}}
	t.Cleanup(w.stop)
	return w
}

func (w *town) stop() {
	if w.trial == nil {
		return
	}
	w.http.CloseIdleConnections()
	if err := w.trial.Stop(); err != nil {
		w.t.Error(err)
	}
	w.trial = nil
}

// person is somebody who asks the API with a token.
type person struct {
	town  *town
	token string
}

func (w *town) as(id string) *person {
	w.t.Helper()
	p := &person{town: w}
	var out struct{ Token string }
	p.must(http.MethodPost, "/demo/sign-in", "", map[string]string{"person": id}, &out)
	p.token = out.Token
	return p
}

// ask sends body, bytes as they are and anything else as JSON.
func (p *person) ask(method, path, key string, body, out any) error {
	raw, isFile := body.([]byte)
	kind := "application/octet-stream"
	if !isFile && body != nil {
		kind = "application/json"
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequest(method, p.town.trial.URL+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := p.town.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, b)
	}
	return json.Unmarshal(b, out)
}

func (p *person) must(method, path, key string, body, out any) {
	p.town.t.Helper()
	if err := p.ask(method, path, key, body, out); err != nil {
		p.town.t.Fatal(err)
	}
}

// application is what the API tells of one.
type application struct {
	ID       string         `json:"id"`
	Number   string         `json:"number"`
	Status   string         `json:"status"`
	Decision string         `json:"decision"`
	Answers  map[string]any `json:"answers"`
}

// petition hands one in, with a file if it has content.
func (p *person) petition(subject string, file []byte) (application, error) {
	answers := map[string]any{"subject": subject, "content": "가로등이 꺼져 있어요."}
	var a application
	if file != nil {
		var up struct{ ID string }
		if err := p.ask(http.MethodPost, "/files?name=lamp.png", "", file, &up); err != nil {
			return a, err
		}
		answers["files"] = []string{up.ID}
	}
	err := p.ask(http.MethodPost, "/applications", subject, map[string]any{"service": "general-petition", "answers": answers}, &a)
	return a, err
}

// all are the person's applications by their subjects, each read whole.
func (p *person) all() map[string]application {
	p.town.t.Helper()
	out := map[string]application{}
	for cursor, more := "", true; more; more = cursor != "" {
		var list struct {
			Applications []application
			Next         string
		}
		p.must(http.MethodGet, "/applications?limit=100&cursor="+url.QueryEscape(cursor), "", nil, &list)
		for _, a := range list.Applications {
			var whole application
			p.must(http.MethodGet, "/applications/"+a.ID, "", nil, &whole)
			subject, _ := whole.Answers["subject"].(string)
			out[subject] = whole
		}
		cursor = list.Next
	}
	return out
}

// download fetches the one file of an application, as a browser does.
func (w *town) download(id string, a application) []byte {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	browser := &http.Client{Transport: w.http.Transport, Jar: jar, Timeout: w.http.Timeout}
	res, err := browser.PostForm(w.trial.URL+"/demo/sign-in", url.Values{"person": {id}})
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	files, _ := a.Answers["files"].([]any)
	if len(files) != 1 {
		w.t.Fatalf("files of the application: %v", a.Answers["files"])
	}
	res, err = browser.Get(fmt.Sprintf("%s/applications/%s/files/%s", w.trial.URL, a.ID, files[0]))
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		w.t.Fatalf("download: %d %v", res.StatusCode, err)
	}
	return b
}
