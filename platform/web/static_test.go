package web

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func TestStaticFiles(t *testing.T) {
	s := testServer(t)
	h := s.Handler()
	for name, budget := range map[string]int{"maru.css": 8 << 10, "maru.js": 10 << 10, "field.js": 7 << 10, "field-worker.js": 1 << 10, "voice.js": 1 << 10, "passkey.js": 1 << 10, "maru.svg": 1 << 10} {
		path, err := s.static.path(name)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^/static/(maru|field|field-worker|voice|passkey)\.[0-9a-f]{10}\.(css|js|svg)$`).MatchString(path) {
			t.Errorf("path %s holds no hash", path)
		}
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if n := w.Body.Len(); n > budget {
			t.Errorf("%s is %d bytes compressed, at most %d", name, n, budget)
		}
	}
}

func TestFirstViewIsFourRequestsAtMost(t *testing.T) {
	s := testServer(t)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/help", nil))
	loads := regexp.MustCompile(`(?:src|href)="/static/[^"]*"`).FindAllString(w.Body.String(), -1)
	if len(loads)+1 > 4 {
		t.Errorf("the page and %v", loads)
	}
	if strings.Contains(w.Body.String(), "@font-face") {
		t.Error("a font is loaded")
	}
}

func BenchmarkGallery(b *testing.B) {
	s := testServer(b)
	h := s.Handler()
	for b.Loop() {
		r := httptest.NewRequest("GET", "/_ui", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}

func BenchmarkPage(b *testing.B) {
	s := testServer(b)
	h := s.Handler()
	for b.Loop() {
		r := httptest.NewRequest("GET", "/help", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
