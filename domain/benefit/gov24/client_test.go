package gov24

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

const testKey = "se cret+key/=="

// portal answers like the data portal. fail decides what to answer instead.
type portal struct {
	rows  int
	calls int
	fail  func(call int, w http.ResponseWriter) bool
}

func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.calls++
	if p.fail != nil && p.fail(p.calls, w) {
		return
	}
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	per, _ := strconv.Atoi(q.Get("perPage"))
	if q.Get("serviceKey") != testKey || per != perPage || page < 1 {
		fmt.Fprint(w, `{"code":-401,"msg":"no such key"}`)
		return
	}
	var rows []string
	for i := (page - 1) * per; i < min(page*per, p.rows); i++ {
		rows = append(rows, fmt.Sprintf(`{"%s":"A%d"}`, idKey, i))
	}
	fmt.Fprintf(w, `{"page":%d,"perPage":%d,"totalCount":%d,"currentCount":%d,"matchCount":%d,"data":[%s]}`, page, per, p.rows, len(rows), p.rows, strings.Join(rows, ","))
}

func open(t *testing.T, p http.Handler) (*Client, *[]time.Duration) {
	t.Helper()
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	c, err := NewClient(srv.URL+"/api/gov24/v3/", testKey)
	if err != nil {
		t.Fatal(err)
	}
	waits := new([]time.Duration)
	c.wait = func(_ context.Context, d time.Duration) error { *waits = append(*waits, d); return nil }
	return c, waits
}

func TestFetch(t *testing.T) {
	p := &portal{rows: 1203}
	c, waits := open(t, p)
	got, err := c.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Services) != 1203 || len(got.Details) != 1203 || len(got.Conditions) != 1203 || got.Conditions[1202].ID != "A1202" || p.calls != 9 || len(*waits) != 0 {
		t.Errorf("%d services, %d calls", len(got.Services), p.calls)
	}
}

func TestFetchRetries(t *testing.T) {
	p := &portal{rows: 3, fail: func(call int, w http.ResponseWriter) bool {
		switch call {
		case 1:
			w.WriteHeader(http.StatusBadGateway)
		case 2:
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
		case 3: // breaks off
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
		default:
			return false
		}
		return true
	}}
	c, waits := open(t, p)
	if _, err := c.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(*waits) != "[500ms 7s 2s]" {
		t.Error(*waits)
	}
}

// TestFetchFails: what goes wrong is said without the key.
func TestFetchFails(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		want   string
		calls  int
	}{
		"down":     {func(w http.ResponseWriter) { w.WriteHeader(500) }, "answers 500", tries},
		"refused":  {func(w http.ResponseWriter) { w.WriteHeader(403); fmt.Fprint(w, "no: "+testKey) }, "answers 403: no: ...", 1},
		"key":      {func(w http.ResponseWriter) { fmt.Fprint(w, `{"code":-4,"msg":"unknown"}`) }, "code -4", 1},
		"html":     {func(w http.ResponseWriter) { fmt.Fprint(w, `<html>`) }, "no page of the catalogue", 1},
		"redirect": {func(w http.ResponseWriter) { w.Header().Set("Location", "/x"); w.WriteHeader(302) }, "redirects", 1},
		"short":    {func(w http.ResponseWriter) { fmt.Fprint(w, `{"totalCount":9,"data":[]}`) }, "0 of 9", 1},
	} {
		p := &portal{fail: func(_ int, w http.ResponseWriter) bool { c.answer(w); return true }}
		client, _ := open(t, p)
		_, err := client.Fetch(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.want) || p.calls != c.calls {
			t.Errorf("%s: %v after %d calls", name, err, p.calls)
		}
		for _, secret := range []string{testKey, "se+cret", "serviceKey"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error holds the key: %v", name, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	client, _ := open(t, &portal{rows: 1})
	if _, err := client.Fetch(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNewClient(t *testing.T) {
	c, err := NewClient(BaseURL, "a%2Fb%3D%3D")
	if err != nil || c.key != "a/b==" {
		t.Error(c, err)
	}
	for _, bad := range [][2]string{{"", "k"}, {"ftp://x", "k"}, {"https://x?y=1", "k"}, {BaseURL, " "}, {BaseURL, "%zz"}} {
		if _, err := NewClient(bad[0], bad[1]); err == nil {
			t.Error(bad)
		}
	}
}
