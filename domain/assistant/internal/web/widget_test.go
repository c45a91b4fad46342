package web

import (
	"os"
	"strings"
	"testing"
)

// TestStyle: what partners paste looks like what our page shows.
func TestStyle(t *testing.T) {
	b, err := os.ReadFile("../../../../design/static/maru.css")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), Style) {
		t.Error("the style of the search box differs from the one in maru.css")
	}
	for _, line := range strings.Split(Style, "\n") {
		for _, selector := range strings.Split(line[:strings.Index(line, "{")], ",") {
			if !strings.HasPrefix(selector, ".maru-ask") {
				t.Errorf("%q reaches outside of the box", selector)
			}
		}
	}
}

// TestBox: one form, no script, no address with the words in it, and words of
// ours come escaped.
func TestBox(t *testing.T) {
	in := words{Action: "https://maru.example.go.kr/ask", Lang: "ko", Label: `a<b>"`, Button: "찾기", Note: "n", Example: `"><script>`, HandOn: "h"}
	for name, fillIn := range map[string]func() (string, error){"box": func() (string, error) { return fill(box, in) }, "hand on": func() (string, error) { return fill(handOn, in) }} {
		s, err := fillIn()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(s, "<form") != 1 || !strings.Contains(s, `action="https://maru.example.go.kr/ask" method="post"`) || !strings.Contains(s, `name="q"`) {
			t.Errorf("%s: %s", name, s)
		}
		for _, bad := range []string{"<script", "<b>", "style=", "onclick", "<iframe", "src="} {
			if strings.Contains(s, bad) {
				t.Errorf("%s has %s: %s", name, bad, s)
			}
		}
	}
}
