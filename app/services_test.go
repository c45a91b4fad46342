package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/web/webtest"
)

// trialAt opens the try-out in a folder of its own.
func trialAt(t *testing.T) *App {
	t.Helper()
	a, err := Open(t.Context(), Config{Data: t.TempDir(), PublicURL: "http://localhost:8080", demo: true}, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// TestEveryServicePage walks the page of every service in Korean, English and,
// where there is one, easy Korean. Each must say what the service is, what it
// costs, how long it takes, the law it rests on and where to go; and whatever
// is not confirmed must be called so.
func TestEveryServicePage(t *testing.T) {
	a := trialAt(t)
	pack := a.catalog.Active()
	if len(pack.Order) < 82 {
		t.Fatalf("%d services", len(pack.Order))
	}
	var online, easy int
	for _, id := range pack.Order {
		s := pack.Services[id]
		if s.Online {
			online++
		}
		for _, l := range kernel.Langs {
			base := "/services/" + id
			if l == kernel.EN {
				base = "/en" + base
			}
			page := a.read(t, base)
			servicePage(t, base, page, a, s, l)
			if l != kernel.KO || s.Body["ko-easy"] == "" {
				continue
			}
			easy++
			servicePage(t, base+"?text=easy", a.read(t, base+"?text=easy"), a, s, l)
		}
	}
	if online < 30 || easy < 30 {
		t.Errorf("%d services are done online and %d are told in easy words, want 30 each", online, easy)
	}
}

// read asks for a page as a visitor and holds it to the page contract.
func (a *App) read(t *testing.T, path string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:1"
	w := httptest.NewRecorder()
	a.web.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("%s: %d", path, w.Code)
	}
	for _, p := range webtest.Problems(w.Body.Bytes()) {
		t.Errorf("%s: %s", path, p)
	}
	return w.Body.String()
}

// leftOpen are the marks of a message without words, or of a blank that nobody
// filled.
var leftOpen = regexp.MustCompile(`\b(?:catalog|ui|casework)\.[a-z_]+\.[a-z_.]+\b|\{[a-z_]+[|}]|%!|&lt;nil&gt;`)

func servicePage(t *testing.T, path, page string, a *App, s *contract.Service, l kernel.Lang) {
	t.Helper()
	body, foreign := spoken(t, page)
	wants := map[string]string{"title": s.Title.In(l), "summary": s.Summary.In(l), "who": s.Who.In(l)}
	for _, law := range s.Law {
		if l == kernel.EN {
			wants["law "+law.NameEN] = law.NameEN
		} else {
			wants["law "+law.Name] = law.Name
		}
	}
	if d := s.Directions; d != nil {
		wants["directions"], wants["phone"], wants["site"] = d.Text.In(l), d.Phone, d.URL
	}
	if len(s.Unverified) > 0 { // beside the fact itself, or in the list at the end
		atEnd, _, _ := strings.Cut(a.texts.Source(l, "catalog.service.unverified"), "{")
		if !strings.Contains(body, strings.TrimSpace(atEnd)) && !strings.Contains(body, a.texts.T(l, "catalog.service.unsure")) {
			t.Errorf("%s hides that it is not sure of %v", path, s.Unverified)
		}
	}
	for what, want := range wants {
		if !strings.Contains(body, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%s does not say its %s: %q", path, what, want)
		}
	}
	if m := leftOpen.FindString(body); m != "" {
		t.Errorf("%s: %q is left open", path, m)
	}
	if l == kernel.EN && foreign != "" {
		t.Errorf("%s: Korean in the English page: %q", path, foreign)
	}
}

var hangul = regexp.MustCompile(`[가-힣][가-힣 ]*`)

// spoken is the text of a page's main part, and the first Korean words in it
// that are not marked as Korean.
func spoken(t *testing.T, page string) (text, foreign string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(n *html.Node, in, korean bool)
	walk = func(n *html.Node, in, korean bool) {
		if n.Type == html.ElementNode {
			in = in || n.Data == "main"
			for _, at := range n.Attr {
				if at.Key == "lang" {
					korean = at.Val == "ko"
				}
			}
		}
		if n.Type == html.TextNode && in {
			b.WriteString(n.Data + " ")
			if m := hangul.FindString(n.Data); m != "" && !korean && foreign == "" {
				foreign = m
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in, korean)
		}
	}
	walk(doc, false, false)
	return strings.Join(strings.Fields(b.String()), " "), foreign
}

// TestEveryLifeEventPage walks the guide of every life event in each language:
// it names each of its steps and who does it.
func TestEveryLifeEventPage(t *testing.T) {
	a := trialAt(t)
	pack := a.catalog.Active()
	for _, e := range pack.LifeEvents {
		for _, l := range kernel.Langs {
			path := "/life-events/" + e.ID
			if l == kernel.EN {
				path = "/en" + path
			}
			body, foreign := spoken(t, a.read(t, path))
			for _, step := range e.Steps {
				title := step.Title
				if s := pack.Services[step.Service]; s != nil && title.IsZero() {
					title = s.Title
				}
				for _, want := range []string{title.In(l), step.Who.In(l)} {
					if !strings.Contains(body, strings.Join(strings.Fields(want), " ")) {
						t.Errorf("%s, step %s does not say %q", path, step.ID, want)
					}
				}
			}
			if m := leftOpen.FindString(body); m != "" {
				t.Errorf("%s: %q is left open", path, m)
			}
			if l == kernel.EN && foreign != "" {
				t.Errorf("%s: Korean in the English page: %q", path, foreign)
			}
		}
	}
}
