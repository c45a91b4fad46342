package model

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maru/domain/ask/internal/model/replay"
	"maru/kernel"
	"maru/platform/clock"
)

var question = Request{System: "s", User: "u", Name: "answer", Schema: json.RawMessage(`{"type":"object"}`)}

const key = "sk-very-secret"

func client(t *testing.T, h http.Handler, change func(*Config)) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	cfg := Config{URL: s.URL + "/v1", Model: "m", Key: key, Clock: clock.NewManual(kernel.Time(1))}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestComplete(t *testing.T) {
	for _, format := range []string{FormatSchema, FormatTool} {
		e := replay.New(replay.Exchange{Object: json.RawMessage(`{"a":1}`)})
		e.Tool = format == FormatTool
		c := client(t, e, func(cfg *Config) { cfg.Format = format })
		got, err := c.Complete(context.Background(), question)
		if err != nil || string(got.Object) != `{"a":1}` || got.Tokens != 900 {
			t.Fatalf("%s: %s, %v", format, got.Object, err)
		}
		var sent map[string]any
		if err := json.Unmarshal([]byte(e.Asked()[0]), &sent); err != nil {
			t.Fatal(err)
		}
		tools, _ := sent["tools"].([]any)
		if sent["stream"] != false || sent["max_tokens"] != 900.0 || sent["temperature"] != 0.0 || (len(tools) == 1) != e.Tool {
			t.Errorf("%s: asked with %v", format, sent)
		}
		if strings.Contains(e.Asked()[0], key) {
			t.Error("the key is in the body")
		}
	}
}

// TestHostile: no answer of a hostile endpoint is taken for one, in either
// format; errors tell neither key nor answer.
func TestHostile(t *testing.T) {
	f, err := os.Open("testdata/hostile.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := replay.Read(f)
	if err != nil || len(all) < 15 {
		t.Fatalf("%d exchanges, %v", len(all), err)
	}
	for _, x := range all {
		for _, format := range []string{FormatSchema, FormatTool} {
			c := client(t, replay.New(x), func(cfg *Config) { cfg.Format = format })
			got, err := c.Complete(context.Background(), question)
			if !errors.Is(err, ErrAnswer) || got.Object != nil {
				t.Errorf("%s (%s): %s, %v", x.Name, format, got.Object, err)
			}
			if err != nil && (strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "entitled")) {
				t.Errorf("%s: the error tells %v", x.Name, err)
			}
		}
	}
}

func TestDown(t *testing.T) {
	short := func(cfg *Config) { cfg.Timeout = 100 * time.Millisecond }
	for name, x := range map[string]replay.Exchange{
		"429": {Status: 429, Body: `{"error":"slow down"}`}, "500": {Status: 500, Body: "oops"}, "401": {Status: 401},
		"hangs": {Hang: true}, "drips": {Body: strings.Repeat(" ", 100_000), Drip: 1},
	} {
		began := time.Now()
		c := client(t, replay.New(x), short)
		if _, err := c.Complete(context.Background(), question); !errors.Is(err, ErrDown) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	c, err := New(Config{URL: "http://127.0.0.1:1/v1", Model: "m", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Complete(context.Background(), question); !errors.Is(err, ErrDown) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var others atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { others.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 307, 308} {
		c := client(t, replay.New(replay.Exchange{Status: status, Header: map[string]string{"Location": other.URL + "/v1/chat/completions"}}), nil)
		if _, err := c.Complete(context.Background(), question); !errors.Is(err, ErrDown) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if others.Load() != 0 {
		t.Error("words and key went to another host")
	}
}

// TestBreaker: after three failures the endpoint is left alone for a minute;
// then one call looks whether it is back.
func TestBreaker(t *testing.T) {
	at := clock.NewManual(kernel.Time(1))
	bad, good := replay.Exchange{Status: 500}, replay.Exchange{Object: json.RawMessage(`{}`)}
	e := replay.New(bad, bad, bad, bad, good)
	c := client(t, e, func(cfg *Config) { cfg.Clock = at })
	ask := func(want error) {
		t.Helper()
		if _, err := c.Complete(context.Background(), question); !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
	}
	for range 3 {
		ask(ErrDown)
	}
	ask(ErrAway)
	at.Advance(patience)
	ask(ErrDown)
	ask(ErrAway)
	if n := len(e.Asked()); n != 4 {
		t.Fatalf("asked %d times", n)
	}
	at.Advance(patience)
	ask(nil)
	ask(nil)
}

// An answer that fails keeps nobody else from the model, nor does somebody who
// leaves.
func TestOthersAreNotKept(t *testing.T) {
	c := client(t, replay.New(replay.Exchange{Body: "{"}), nil)
	for range 5 {
		if _, err := c.Complete(context.Background(), question); !errors.Is(err, ErrAnswer) {
			t.Fatal(err)
		}
	}
	c = client(t, replay.New(replay.Exchange{Hang: true}), nil)
	gone, leave := context.WithCancel(context.Background())
	leave()
	for range 5 {
		if _, err := c.Complete(gone, question); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}

func TestTokensOfADay(t *testing.T) {
	at := clock.NewManual(kernel.Time(1))
	c := client(t, replay.New(replay.Exchange{Object: json.RawMessage(`{}`)}), func(cfg *Config) { cfg.Clock, cfg.DayTokens = at, 2000 })
	for i, want := range []error{nil, nil, ErrSpent} { // 900 each
		if _, err := c.Complete(context.Background(), question); !errors.Is(err, want) {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	at.Advance(24 * time.Hour)
	if _, err := c.Complete(context.Background(), question); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func TestAtOnce(t *testing.T) {
	hold, in := make(chan struct{}), make(chan struct{}, 2)
	c := client(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in <- struct{}{}
		<-hold
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(replay.Completion(json.RawMessage(`{}`), "", false))
	}), func(cfg *Config) { cfg.AtOnce = 2 })
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := c.Complete(context.Background(), question); err != nil {
				t.Error(err)
			}
		})
	}
	<-in
	<-in
	if _, err := c.Complete(context.Background(), question); !errors.Is(err, ErrBusy) {
		t.Errorf("a third at once: %v", err)
	}
	close(hold)
	wg.Wait()
}

func TestConfig(t *testing.T) {
	for _, bad := range []Config{{}, {URL: "https://h/v1"}, {URL: "ftp://h", Model: "m"}, {URL: "https://u:p@h/v1", Model: "m"}, {URL: "https://h/v1?key=1", Model: "m"}, {URL: "https://h/v1", Model: "m", Format: "xml"}} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(string(replay.Completion(json.RawMessage(`{"a":1}`), "", false)))
	f.Add(`{"choices":[{"finish_reason":"stop","message":{"content":"{}"}}]}`)
	f.Fuzz(func(t *testing.T, s string) {
		c := &Client{cfg: Config{Format: FormatSchema}}
		got, err := c.read([]byte(s), "answer")
		if (err == nil) != (got.Object != nil) || err == nil && !json.Valid(got.Object) {
			t.Fatalf("%q: %q, %v", s, got.Object, err)
		}
	})
}
