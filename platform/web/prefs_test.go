package web_test

import (
	"net/url"
	"strings"
	"testing"

	"maru/platform/web"
	"maru/platform/web/webtest"
)

func TestPreferencesStay(t *testing.T) {
	site := webtest.New(t)
	if p := site.Get("/help"); !strings.Contains(p.Body, `data-size="100" data-contrast="auto"`) {
		t.Error("defaults are not as the device says")
	}
	p := site.Post("/en/preferences", url.Values{"size": {"156"}, "return": {"/help?x=1"}})
	if p.Status != 303 || p.Location() != "/en/help?x=1" {
		t.Errorf("%d %s", p.Status, p.Location())
	}
	site.Post("/preferences", url.Values{"contrast": {"high"}, "return": {"/help"}})
	if p := site.Get("/help"); !strings.Contains(p.Body, `data-size="156" data-contrast="high"`) {
		t.Error("preferences are forgotten")
	}
	site.Post("/preferences", url.Values{"size": {"9999"}, "contrast": {`"><script>`}, "return": {"/help"}})
	if p := site.Get("/help"); !strings.Contains(p.Body, `data-size="100" data-contrast="standard"`) {
		t.Error("an unknown preference is not the default")
	}
	for _, evil := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "", "help", "/a\r\nb"} {
		if p := site.Post("/preferences", url.Values{"return": {evil}}); p.Location() != "/" {
			t.Errorf("return %q leads to %q", evil, p.Location())
		}
	}
}

func TestCookiesAreGuarded(t *testing.T) {
	for publicURL, secure := range map[string]bool{"http://localhost:8080": false, "https://maru.example": true} {
		site := webtest.NewConfig(t, web.Config{PublicURL: publicURL})
		c := site.Post("/preferences", url.Values{"size": {"122"}}).Header.Get("Set-Cookie")
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} {
			if !strings.Contains(c, want) {
				t.Errorf("cookie %q lacks %s", c, want)
			}
		}
		if strings.Contains(c, "Secure") != secure {
			t.Errorf("%s: cookie %q", publicURL, c)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/a?b=c", "//x", `/\x`, "/%2f/x", "http://x", "/\t/x", "/a#b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := web.LocalPath(s)
		u, err := url.Parse("https://here.example")
		if err != nil {
			t.Fatal(err)
		}
		to, err := u.Parse(got)
		if err != nil || to.Host != "here.example" || to.Scheme != "https" || strings.HasPrefix(got, "//") || strings.HasPrefix(got, `/\`) {
			t.Errorf("LocalPath(%q) = %q leads away", s, got)
		}
	})
}
