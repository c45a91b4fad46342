package identity

import (
	"context"
	"net/http/httptest"
	"net/url"
	"testing"

	"maru/platform/clock"
	"maru/platform/web"
)

// A form posted with a session that ended is its owner's alone, once, for an
// hour.
func TestKept(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		secret, me := register(t, s, "known")
		_, stranger := register(t, s, "stranger")
		keep := func(cookie string) string {
			t.Helper()
			r := httptest.NewRequest("POST", "/applications/1/questions/q", nil)
			r.Header.Set("Cookie", Cookie+"="+cookie)
			token, err := s.Keep(r, web.Kept{Path: "/applications/1/questions/q", Form: url.Values{"answer": {"서울"}}})
			fine(t, err)
			return token
		}
		c.Advance(residentIdle)
		token := keep(secret)
		if token == "" {
			t.Fatal("the form of an ended session is not kept")
		}
		for range 2 {
			if _, ok, err := s.Kept(ctx, stranger, token); ok || err != nil {
				t.Fatalf("a stranger got the form: %v", err)
			}
		}
		k, ok, err := s.Kept(ctx, me, token)
		if err != nil || !ok || k.Form.Get("answer") != "서울" || k.Path != "/applications/1/questions/q" {
			t.Fatalf("%+v %v %v", k, ok, err)
		}
		if _, ok, _ := s.Kept(ctx, me, token); ok {
			t.Fatal("handed out twice")
		}
		late := keep(secret)
		c.Advance(keptTime)
		if _, ok, _ := s.Kept(ctx, me, late); ok {
			t.Fatal("kept too long")
		}
		if token := keep("never-was"); token != "" {
			t.Fatal("kept for nobody")
		}
		fine(t, s.SignOut(ctx, me, secret))
		if token := keep(secret); token != "" {
			t.Fatal("kept for somebody who signed out")
		}
	})
}
