package journeys

import (
	"testing"

	"maru/kernel"
)

// TestCatalogue looks at the programmes of the public catalogue beside the
// pack's own: somebody who said where they live and when they were born sees
// those that may fit, more of them, one with all its texts, and finds others by
// name. In the try-out they are made up, and every page says so.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		for name, opts := range map[string][]how{"script": nil, "no script": {withoutScript}} {
			t.Run(string(l)+" "+name, func(t *testing.T) {
				v := visit(t, append(opts, in(l))...)
				v.open("/benefits/catalogue")
				v.until(v.T("benefit.imported.made_up")) // it is read after the start
				v.write("q", "난방비")
				v.press(v.T("benefit.imported.search_press"))
				v.reads(v.T("benefit.imported.hits"), "난방비")
				v.snap("catalogue-search")

				v.open("/benefits")
				v.pick("members", "2")
				v.press(v.T("benefit.page.begin"))
				v.pick("place", "12110")
				v.snap("catalogue-place")
				v.press(v.T("benefit.imported.place_press"))
				for told := 0; !v.has(v.T("benefit.imported.likely")); told++ {
					if told > 40 {
						t.Fatal("nothing becomes likely")
					}
					answerNext(v)
				}
				v.reads(v.T("benefit.imported.made_up_text"))
				v.snap("catalogue-section")
				v.press(v.T("benefit.imported.all"))
				v.reads(v.T("benefit.imported.list_title"))
				v.snap("catalogue-all")
				if v.there(`document.querySelector("[name=from]")`) {
					v.press(v.T("benefit.imported.more"))
					v.press(v.T("benefit.imported.prev"))
				}
				v.unfold(eval[string](v, `document.querySelector("main summary").textContent`))
				title := v.text("main .cards h3 a")
				v.press(title)
				v.reads(v.T("benefit.imported.made_up"), v.T("benefit.imported.conditions_title"), v.T("benefit.imported.texts_title"))
				if got := v.text("h1"); got != title {
					t.Errorf("%q leads to %q", title, got)
				}
				v.snap("catalogue-one")
				v.openFor(404, "/benefits/catalogue/gov24-nothing")
			})
		}
	}
}
