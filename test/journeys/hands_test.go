package journeys

import (
	"fmt"
	"os"
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// What a visitor does, by mouse or by keyboard alone.

// press presses a button or follows a link, by its words, and waits for the
// page that it leads to.
func (v *visitor) press(text string) {
	v.t.Helper()
	v.pressFor(200, text)
}

// pressFor is press for a page with another status.
func (v *visitor) pressFor(status int, text string) {
	v.t.Helper()
	target := pass("press", text)
	if v.keyboard {
		v.tabTo(target)
		v.going(status, chromedp.KeyEvent(kb.Enter))
		return
	}
	x, y := v.aim(target)
	v.going(status, chromedp.MouseClickXY(x, y))
}

// goingTo clicks a spot that leads to another page.
func (v *visitor) goingTo(x, y float64) {
	v.t.Helper()
	v.going(200, chromedp.MouseClickXY(x, y))
}

// unfold opens a part of the page that was folded away.
func (v *visitor) unfold(text string) {
	v.t.Helper()
	v.click(pass("press", text))
}

// click presses what does not lead away.
func (v *visitor) click(target string) {
	v.t.Helper()
	if v.keyboard {
		v.tabTo(target)
		v.must(chromedp.Do(v.ctx, chromedp.KeyEvent(" ")))
		return
	}
	x, y := v.aim(target)
	v.must(chromedp.Do(v.ctx, chromedp.MouseClickXY(x, y)))
}

// spot is where something can be clicked.
type spot struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Where string  `json:"where"` // "" when there is nothing, "covered by" what lies over it
	Page  string  `json:"page"`
}

// aim brings something into view and finds the point to click. What lies under
// something else cannot be clicked.
func (v *visitor) aim(target string) (x, y float64) {
	v.t.Helper()
	s := eval[spot](v, `(() => {`+eyes+`
let e = `+target+`;
if (!e) return {where: "nowhere", page: words(document.body)};
const own = e;
if ((e.type === "radio" || e.type === "checkbox") && e.labels.length) e = e.labels[0];
e.scrollIntoView({block: "center", behavior: "instant"});
const r = e.getClientRects()[0];
if (!r) return {where: "nowhere", page: words(document.body)};
const x = r.left + r.width / 2, y = r.top + r.height / 2;
const top = document.elementFromPoint(x, y);
const fine = top && (e.contains(top) || own.contains(top) || top.contains(own) && top.tagName === "LABEL");
return {x, y, where: fine ? "" : "covered by " + (top ? top.outerHTML.slice(0, 120) : "nothing"), page: ""};
})()`)
	if s.Where != "" {
		v.snap("aim")
		v.t.Fatalf("on %s (%s): %s is %s. The page: %s", v.page.Path, v.page.H1, target, s.Where, s.Page)
	}
	return s.X, s.Y
}

// write types a text into a field, over what stood there.
func (v *visitor) write(name, text string) {
	v.t.Helper()
	v.writeIn(pass("field", name), text)
}

func (v *visitor) writeIn(target, text string) {
	v.t.Helper()
	if v.keyboard {
		v.tabTo(target)
	} else {
		x, y := v.aim(target)
		v.must(chromedp.Do(v.ctx, chromedp.MouseClickXY(x, y)))
	}
	v.must(chromedp.Do(v.ctx, chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))))
	if text == "" {
		v.must(chromedp.Do(v.ctx, chromedp.KeyEvent(kb.Backspace)))
		return
	}
	_, err := chromedp.Call(v.ctx, input.InsertText, input.InsertTextParams{Text: text})
	v.must(err)
	if got := eval[string](v, `document.activeElement.value || ""`); strings.ReplaceAll(got, "\r\n", "\n") != text {
		v.t.Fatalf("on %s: typed %q into %s, there stands %q", v.page.Path, text, target, got)
	}
}

// date types a date of the form YYYY-MM-DD into its three fields.
func (v *visitor) date(name, date string) {
	v.t.Helper()
	parts := strings.Split(date, "-")
	for i, part := range []string{"year", "month", "day"} {
		v.write(name+"-"+part, strings.TrimLeft(parts[i], "0"))
	}
}

// choose picks one of a group, or ticks a box, by its value.
func (v *visitor) choose(name, value string) {
	v.t.Helper()
	target := pass("choice", name, value)
	if !v.keyboard {
		v.click(target)
		return
	}
	if !eval[bool](v, `(() => {`+eyes+`const e = `+target+`; return !!e && e.type === "radio"; })()`) {
		v.click(target)
		return
	}
	// A group of radios is one stop; arrows move inside it.
	v.tabTo(`(e => [...document.getElementsByName(e.name)].find(r => r === document.activeElement) || e)(` + target + `)`)
	if eval[bool](v, `(() => {`+eyes+`return document.activeElement === `+target+`; })()`) {
		v.must(chromedp.Do(v.ctx, chromedp.KeyEvent(" ")))
		return
	}
	for range 30 {
		v.must(chromedp.Do(v.ctx, chromedp.KeyEvent(kb.ArrowDown)))
		if eval[bool](v, `(() => {`+eyes+`const e = `+target+`; return document.activeElement === e && e.checked; })()`) {
			return
		}
	}
	v.t.Fatalf("on %s: the arrows do not reach %s", v.page.Path, target)
}

// pick chooses from a list that folds out.
func (v *visitor) pick(name, value string) {
	v.t.Helper()
	target := pass("field", name)
	if v.keyboard {
		v.tabTo(target)
		for range 400 {
			if eval[string](v, `document.activeElement.value`) == value {
				return
			}
			v.must(chromedp.Do(v.ctx, chromedp.KeyEvent(kb.ArrowDown)))
		}
		v.t.Fatalf("on %s: the arrows do not reach %s of %s", v.page.Path, value, name)
	}
	v.aim(target)
	// The list itself is drawn by the operating system, out of reach of a
	// mouse that is not there.
	if !eval[bool](v, `(() => {`+eyes+`const e = `+target+`; e.value = `+quote(value)+`; e.dispatchEvent(new Event("change", {bubbles: true})); return e.value === `+quote(value)+`; })()`) {
		v.t.Fatalf("on %s: %s does not offer %s", v.page.Path, name, value)
	}
}

// option is the value of a list's line with these words.
func (v *visitor) option(name, text string) string {
	v.t.Helper()
	return eval[string](v, `(() => {`+eyes+`const o = [...`+pass("field", name)+`.options].find(o => words(o) === `+quote(text)+`); return o ? o.value : ""; })()`)
}

// attach chooses a file for a file field.
func (v *visitor) attach(name, file string) {
	v.t.Helper()
	v.must(chromedp.Do(v.ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type=file][name="`+name+`"]`), []string{file})))
}

// fetches asks for an address as the page would, for what is not a page.
func (v *visitor) fetches(path string) (status int, kind string) {
	v.t.Helper()
	got := eval[struct {
		Status int    `json:"status"`
		Kind   string `json:"kind"`
	}](v, `fetch(`+quote(path)+`).then(r => ({status: r.status, kind: r.headers.get("content-type") + "; " + r.headers.get("content-disposition")}))`)
	return got.Status, got.Kind
}

// href is where a link leads.
func (v *visitor) href(text string) string {
	v.t.Helper()
	href := eval[string](v, `(() => {`+eyes+`const e = `+pass("press", text)+`; return e && e.getAttribute("href") || ""; })()`)
	if href == "" {
		v.t.Fatalf("on %s (%s) there is no link %q: %s", v.page.Path, v.page.H1, text, v.text("main"))
	}
	return href
}

// stop is one stop of the Tab key.
type stop struct {
	There   bool    `json:"there"`   // it is what was looked for
	What    string  `json:"what"`    // its words
	Visible bool    `json:"visible"` // one can see that it has the focus
	Hidden  string  `json:"hidden"`  // what covers it
	Top     float64 `json:"top"`
	Index   int     `json:"index"` // in the order of the document
}

// tabTo moves the focus with the Tab key until it is on something. On the way
// each stop must be visible, not covered, and come after the one before.
func (v *visitor) tabTo(target string) {
	v.t.Helper()
	last := stop{Index: -1}
	for range 120 {
		s := eval[stop](v, `(() => {`+eyes+`
const e = document.activeElement, wanted = `+target+`;
if (!wanted) return {what: "nothing to reach"};
if (!e || e === document.body) return {visible: true, index: -1};
const ring = s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; // on the thing or on the box around it
const box = e.getBoundingClientRect(), x = Math.max(box.left + Math.min(box.width / 2, 40), 0), y = box.top + Math.min(box.height / 2, 20);
const top = document.elementFromPoint(x, y);
const near = top && (e.contains(top) || top.contains(e) || (e.labels || [])[0]?.contains(top));
return {there: e === wanted, what: words(e).slice(0, 60) || e.name || e.id, visible: [e, e.parentElement, e.parentElement.parentElement].some(x => x && ring(getComputedStyle(x))),
  hidden: near ? "" : (top ? top.outerHTML.slice(0, 80) : "out of the window"), top: box.top + scrollY,
  index: [...document.querySelectorAll("*")].indexOf(e)};
})()`)
		switch {
		case s.What == "nothing to reach":
			v.t.Fatalf("on %s (%s): no %s. The page: %s", v.page.Path, v.page.H1, target, v.text("main"))
		case s.Index >= 0 && !s.Visible && s.What != "main":
			v.t.Errorf("on %s: one cannot see the focus on %q", v.page.Path, s.What)
		case s.Index >= 0 && s.Hidden != "":
			v.t.Errorf("on %s: %q has the focus and is covered by %s", v.page.Path, s.What, s.Hidden)
		case s.Index >= 0 && s.Index < last.Index && last.Index > 0 && s.Index > 0:
			v.t.Errorf("on %s: Tab goes back from %q to %q", v.page.Path, last.What, s.What)
		}
		if s.There {
			return
		}
		last = s
		v.must(chromedp.Do(v.ctx, chromedp.KeyEvent(kb.Tab)))
	}
	v.t.Fatalf("on %s (%s): Tab does not reach %s", v.page.Path, v.page.H1, target)
}

func write(name string, b []byte) error {
	if err := os.WriteFile(name, b, 0o600); err != nil {
		return fmt.Errorf("picture: %w", err)
	}
	return nil
}
