package journeys

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"maru/platform/web/webtest"
)

// examined remembers which states of which pages were held to the rules, so
// that each is only once.
var examined = struct {
	sync.Mutex
	states map[string]bool // pages of the same parts
	parts  map[string]bool // parts of pages
}{states: map[string]bool{}, parts: map[string]bool{}}

// examine holds the page that stands there to what every page must be. What was
// sent is looked at for each set of parts that a page is built of; how it looks
// and what the accessibility checker says, which takes more of the processor than
// all else that a journey does, where at least one part is new to that page.
func (v *visitor) examine(status int) {
	v.t.Helper()
	name := v.page.Name
	if status >= 400 && status != 422 {
		name = "" // the error page is one
	}
	kind := fmt.Sprintf("%s|%s|%d|%s|%v|", name, v.page.Lang, status, v.looks, v.noScript)
	parts := sha256.Sum256([]byte(v.page.Kinds))
	state, novel := kind+string(parts[:8]), false
	examined.Lock()
	known := examined.states[state]
	examined.states[state] = true
	for part := range strings.SplitSeq(v.page.Kinds, "\n") {
		novel = novel || !examined.parts[kind+part]
		examined.parts[kind+part] = true
	}
	examined.Unlock()
	if known {
		return
	}
	if want := string(v.lang); v.page.Lang != want {
		v.t.Errorf("%s is in %q, want %q", v.page.Path, v.page.Lang, want)
	}
	v.contract()
	if !novel {
		v.complain()
		return
	}
	for _, f := range v.reflow() {
		v.t.Errorf("%s (%s) at 320 px: %s", v.page.Path, v.page.H1, f)
	}
	if !v.noScript { // the checker is a script; the page is the same with it
		for _, f := range v.accessible() {
			v.t.Errorf("%s (%s) %s: %s", v.page.Path, v.page.H1, v.looks, f)
		}
	}
	v.complain()
}

// contract holds the page as it was sent to the rules that need no browser.
func (v *visitor) contract() {
	v.t.Helper()
	v.mu.Lock()
	doc := v.doc
	v.mu.Unlock()
	body, err := chromedp.Call(v.ctx, network.GetResponseBody, network.GetResponseBodyParams{RequestID: doc})
	v.must(err)
	for _, problem := range webtest.Problems(body.Body) {
		v.t.Errorf("%s (%s): %s", v.page.Path, v.page.H1, problem)
	}
}

// reflow makes the window as narrow as a small phone, or a desk screen at
// 400 %, where nothing may stick out sideways (WCAG 1.4.10).
func (v *visitor) reflow() []string {
	v.t.Helper()
	v.must(chromedp.Do(v.ctx, chromedp.EmulateViewport(320, 640)))
	out := eval[[]string](v, `(() => {
const wide = document.documentElement.scrollWidth;
if (wide <= 320) return [];
const out = ["the page is " + wide + " px wide"];
for (const e of document.querySelectorAll("body *")) {
  const r = e.getBoundingClientRect();
  if (r.right > 321 && r.width > 0 && out.length < 4) out.push(e.outerHTML.slice(0, 100) + " ends at " + Math.round(r.right));
}
return out;
})()`)
	v.picture("320")
	v.must(chromedp.Do(v.ctx, chromedp.EmulateViewport(width, height)))
	v.picture("1280")
	return out
}

// violation is a finding of the accessibility checker.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// accessible runs the accessibility checker.
func (v *visitor) accessible() []string {
	v.t.Helper()
	eval[chromedp.Void](v, kit.axe+"\n;0")
	raw := eval[string](v, `axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
  preload: false, // style sheets are for a rule that is not among these
}).then(r => JSON.stringify(r.violations))`)
	var found []violation
	v.must(json.Unmarshal([]byte(raw), &found))
	var out []string
	for _, f := range found {
		for _, n := range f.Nodes {
			out = append(out, fmt.Sprintf("axe %s: %s\n\t%s\n\t%s", f.ID, f.Help, n.HTML, strings.ReplaceAll(n.Summary, "\n", " ")))
		}
	}
	return out
}

// picture keeps what the page looks like, if pictures are wanted.
func (v *visitor) picture(size string) {
	v.t.Helper()
	if kit.shots == "" || v.noScript {
		return
	}
	b, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	v.must(err)
	examined.Lock()
	n := len(examined.states)
	examined.Unlock()
	name := strings.ReplaceAll(v.page.Name, ".", "-")
	v.must(write(filepath.Join(kit.shots, fmt.Sprintf("%03d-%s-%s-%s%s.png", n, name, v.page.Lang, size, strings.ReplaceAll(v.looks, " ", "-"))), b))
}
