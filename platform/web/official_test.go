package web_test

import (
	"testing"

	"maru/platform/web"
	"maru/platform/web/webtest"
)

func TestOfficialMastheadIsAClaimWithAGate(t *testing.T) {
	const claim, tryout = "공식 전자정부 누리집입니다", "시범용입니다. 실제 정부 누리집이 아닙니다."
	tests := []struct {
		name string
		cfg  web.Config
		want bool
	}{
		{"allowed", web.Config{Official: true, OfficialSuffix: "go.kr", PublicURL: "https://maru.example.go.kr"}, true},
		{"the suffix itself", web.Config{Official: true, OfficialSuffix: ".Go.Kr", PublicURL: "https://GO.KR"}, true},
		{"with a port", web.Config{Official: true, OfficialSuffix: "go.kr", PublicURL: "https://maru.go.kr:8443"}, true},
		{"no setting", web.Config{OfficialSuffix: "go.kr", PublicURL: "https://maru.go.kr"}, false},
		{"no suffix", web.Config{Official: true, PublicURL: "https://maru.go.kr"}, false},
		{"other host", web.Config{Official: true, OfficialSuffix: "go.kr", PublicURL: "https://maru.example.com"}, false},
		{"look-alike host", web.Config{Official: true, OfficialSuffix: "go.kr", PublicURL: "https://evilgo.kr"}, false},
		{"suffix in the path", web.Config{Official: true, OfficialSuffix: "go.kr", PublicURL: "https://evil.example/maru.go.kr"}, false},
		{"not encrypted", web.Config{Official: true, OfficialSuffix: "go.kr", PublicURL: "http://maru.go.kr"}, false},
		{"try-out world", web.Config{Demo: true, Official: true, OfficialSuffix: "go.kr", PublicURL: "https://maru.go.kr"}, false},
		{"nothing set", web.Config{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "suffix in the path" {
				// An origin has no path, so such a URL is refused at start.
				defer func() {
					if recover() == nil {
						t.Error("a public URL with a path is accepted")
					}
				}()
			}
			p := webtest.NewConfig(t, tt.cfg).Get("/help")
			if p.Has(claim) != tt.want || p.Has(tryout) == tt.want {
				t.Errorf("masthead says official: %v", p.Has(claim))
			}
		})
	}
}

func TestTryOutBannerIsOnEveryPage(t *testing.T) {
	site := webtest.New(t)
	for _, path := range []string{"/help", "/_ui", "/nope", "/preferences"} {
		if p := site.Get(path); !p.Has("시범용입니다. 실제 정부 누리집이 아닙니다.") {
			t.Errorf("%s has no banner", path)
		}
	}
}
