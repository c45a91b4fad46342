package journeys

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"maru/kernel"
)

// visitor is somebody with a browser of their own: own cookies, one tab.
type visitor struct {
	t     *testing.T
	ctx   context.Context
	house *house
	lang  kernel.Lang

	noScript bool
	keyboard bool   // never touches the mouse
	looks    string // "", "high contrast" ...: how pages look to this visitor
	choice   string // message of the button that makes them look so

	page  sight
	mu    sync.Mutex
	wires map[network.RequestID]wire
	doc   network.RequestID // of the page that stands there
	hears []string          // what the console said
}

// sight is the page that stands there.
type sight struct {
	Title string `json:"title"`
	Lang  string `json:"lang"`
	H1    string `json:"h1"`
	Kinds string `json:"kinds"`
	Path  string `json:"-"`
	Name  string `json:"-"` // in the route table
}

// wire is a request under way.
type wire struct{ method, url string }

// how changes a visitor before the first page.
type how func(*visitor)

func in(l kernel.Lang) how            { return func(v *visitor) { v.lang = l } }
func at(h *house) how                 { return func(v *visitor) { v.house = h } }
func withoutScript(v *visitor)        { v.noScript = true }
func byKeyboard(v *visitor)           { v.keyboard = true }
func seeing(looks, choice string) how { return func(v *visitor) { v.looks, v.choice = looks, choice } }
func (v *visitor) english() bool      { return v.lang == kernel.EN }

const width, height = 1280, 900

// visit opens a browser window that belongs to nobody yet.
func visit(t *testing.T, opts ...how) *visitor {
	t.Helper()
	v := &visitor{t: t, house: town, lang: kernel.KO, wires: map[network.RequestID]wire{}}
	for _, o := range opts {
		o(v)
	}
	ctx, cancel := chromedp.NewContext(kit.browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	v.ctx = ctx
	v.must(chromedp.Listen(ctx, v.hear))
	v.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, height)))
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorDeny})
	v.must(err)
	if v.noScript {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		v.must(err)
	}
	media := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}} // nothing glides while we look
	if v.looks == "forced colours" {
		media = append(media, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	}
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: media})
	v.must(err)
	t.Cleanup(v.complain)
	if v.choice != "" {
		looks := v.looks
		v.looks = "" // until the button is pressed
		v.open("/help")
		v.looks = looks
		v.press(v.T(v.choice))
	}
	return v
}

func (v *visitor) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatalf("on %s (%s): %v", v.page.Path, v.page.H1, err)
	}
}

// hear takes in what the tab tells: what it asks for and what goes wrong.
func (v *visitor) hear(ev any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if r := ev.RedirectResponse; r != nil {
			w := v.wires[ev.RequestID]
			location, _ := r.Headers["Location"].(string)
			v.mark(w, int(r.Status), location)
		}
		v.wires[ev.RequestID] = wire{ev.Request.Method, ev.Request.URL}
		if !strings.HasPrefix(ev.Request.URL, v.house.trial.URL+"/") && !strings.HasPrefix(ev.Request.URL, "data:") {
			v.hears = append(v.hears, "asks another site: "+ev.Request.URL)
		}
	case *network.EventResponseReceived:
		v.mark(v.wires[ev.RequestID], int(ev.Response.Status), "")
		if ev.Type == network.ResourceTypeDocument {
			v.doc = ev.RequestID
		} else if ev.Response.Status >= 400 {
			v.hears = append(v.hears, fmt.Sprintf("%d for %s", ev.Response.Status, ev.Response.URL))
		}
	case *log.EventEntryAdded:
		// An error page is a failed load too; journeys check statuses themselves.
		if ev.Entry.Source != log.EntrySourceNetwork && (ev.Entry.Level == log.EntryLevelError || ev.Entry.Level == log.EntryLevelWarning) {
			v.hears = append(v.hears, "console: "+ev.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		v.hears = append(v.hears, "exception: "+ev.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning {
			v.hears = append(v.hears, fmt.Sprintf("console: %s", ev.Type))
		}
	}
}

func (v *visitor) mark(w wire, status int, location string) {
	if u, err := url.Parse(w.url); err == nil && strings.HasPrefix(w.url, v.house.trial.URL) {
		seen.mark(w.method, u.Path, status, location)
	}
}

// complain fails for what the console said since the last complaint.
func (v *visitor) complain() {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, e := range v.hears {
		v.t.Errorf("%s: %s", v.page.Path, e)
	}
	v.hears = nil
}

// T is a message as this visitor reads it.
func (v *visitor) T(key string, args ...any) string {
	return v.house.trial.Texts.T(v.lang, key, args...)
}

// path is the address of a page in the visitor's language.
func (v *visitor) path(p string) string {
	if !v.english() {
		return p
	}
	return strings.TrimSuffix("/en"+p, "/")
}

// open types an address. The page must be there.
func (v *visitor) open(path string) {
	v.t.Helper()
	v.openFor(200, path)
}

// openFor types an address and expects a status.
func (v *visitor) openFor(status int, path string) {
	v.t.Helper()
	v.going(status, chromedp.Navigate(v.house.trial.URL+v.path(path)))
}

// again loads the page anew.
func (v *visitor) again() {
	v.t.Helper()
	v.going(200, chromedp.Reload())
}

// going runs what leads to another page, waits for that page and looks at it.
func (v *visitor) going(status int, act chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	resp, err := chromedp.RunResponse(ctx, act)
	if errors.Is(err, context.DeadlineExceeded) {
		v.snap("stuck")
	}
	v.must(err)
	v.arrive(status, resp)
}

func (v *visitor) arrive(status int, resp *network.Response) {
	v.t.Helper()
	v.page = eval[sight](v, look)
	u, err := url.Parse(resp.URL)
	v.must(err)
	v.page.Path = u.Path
	v.mu.Lock()
	method := v.wires[v.doc].method
	v.mu.Unlock()
	v.page.Name = seen.name(method, u.Path)
	if got := int(resp.Status); got != status {
		v.snap("unexpected")
		v.t.Fatalf("%s %s answers %d, want %d: %q", method, u.Path, got, status, v.page.H1)
	}
	v.complain()
	v.examine(status)
}

// eval runs a script in the page from outside, past its security policy.
func eval[T any](v *visitor, script string) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	v.must(err)
	return out
}

// quote is s as a literal of the page's language.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(b)
}

// pass is a call of one of the finders.
func pass(kind string, args ...string) string {
	for i := range args {
		args[i] = quote(args[i])
	}
	return "find." + kind + "(" + strings.Join(args, ", ") + ")"
}

// has tells whether the page shows a text.
func (v *visitor) has(text string) bool {
	v.t.Helper()
	return eval[bool](v, `(() => {`+eyes+`return words(document.querySelector("main")).includes(tidy(`+quote(text)+`)); })()`)
}

// reads fails unless the page shows each text.
func (v *visitor) reads(texts ...string) {
	v.t.Helper()
	for _, text := range texts {
		if !v.has(text) {
			v.snap("missing")
			v.t.Fatalf("%s (%s) does not say %q; it says: %s", v.page.Path, v.page.H1, text, v.text("main"))
		}
	}
}

// there tells whether something can be found.
func (v *visitor) there(finder string) bool {
	v.t.Helper()
	return eval[bool](v, `(() => {`+eyes+`return !!`+finder+`; })()`)
}

// text is what stands in the first element that a selector finds.
func (v *visitor) text(selector string) string {
	v.t.Helper()
	return eval[string](v, `(() => {`+eyes+`const e = document.querySelector(`+quote(selector)+`); return e ? words(e) : ""; })()`)
}

// value is what stands beside a term of a list.
func (v *visitor) value(term string) string {
	v.t.Helper()
	out := eval[string](v, `(() => {`+eyes+`const dt = [...document.querySelectorAll("main dt")].find(e => words(e) === `+quote(term)+`);
return dt && dt.nextElementSibling ? words(dt.nextElementSibling) : ""; })()`)
	if out == "" {
		v.t.Fatalf("%s says nothing of %q: %s", v.page.Path, term, v.text("main"))
	}
	return out
}

// instant is the time beside a term of a list.
func (v *visitor) instant(term string) kernel.Time {
	v.t.Helper()
	v.value(term)
	iso := eval[string](v, `(() => {`+eyes+`const dt = [...document.querySelectorAll("main dt")].find(e => words(e) === `+quote(term)+`);
return dt.nextElementSibling.querySelector("time").dateTime; })()`)
	at, err := time.Parse(time.RFC3339, iso)
	v.must(err)
	return kernel.TimeOf(at)
}

// until loads the page anew until it shows a text: what jobs do is there soon.
func (v *visitor) until(text string) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); !v.has(text); v.again() {
		if time.Now().After(deadline) {
			v.reads(text)
		}
	}
}

// snap takes a picture of the page, if pictures are wanted.
func (v *visitor) snap(name string) {
	v.t.Helper()
	if kit.shots == "" {
		return
	}
	picture, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	v.must(err)
	v.must(write(filepath.Join(kit.shots, name+"-"+strings.ReplaceAll(v.t.Name(), "/", "-")+".png"), picture))
}
