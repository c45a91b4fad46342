package hostile

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"maru/app"
	"maru/platform/clock"
)

// TestServeHasNoDemo looks for the try-out's doors in a real installation.
func TestServeHasNoDemo(t *testing.T) {
	var log lockedBuffer
	a, err := app.Open(t.Context(), app.Config{Data: t.TempDir()}, clock.System(), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	srv := httptest.NewServer(a.Handler())
	defer srv.Close()
	p := anybody(t, srv.URL)
	p.api(http.MethodGet, "/demo/people", "").problem(http.StatusNotFound, "")
	p.api(http.MethodPost, "/demo/sign-in", `{"person":"p-00001"}`).problem(http.StatusNotFound, "")
	for _, path := range []string{"/demo/sign-in", "/en/demo/sign-in", "/demo", "/demo/gallery", "/gallery"} {
		p.page(path).refusal(http.StatusNotFound)
	}
	p.form("/demo/sign-in", url.Values{"person": {"operator-1"}}).refusal(http.StatusNotFound)
	for _, path := range []string{"/", "/sign-in"} {
		if page := p.page(path).is(http.StatusOK).body; strings.Contains(page, "/demo/") {
			t.Errorf("%s leads to the try-out", path)
		}
	}
	if spec := p.send(http.MethodGet, "/api/openapi.json", nil, nil).is(http.StatusOK).body; strings.Contains(spec, "/demo/") {
		t.Error("the description tells of the try-out")
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("logged:\n%s", log.String())
	}
}
