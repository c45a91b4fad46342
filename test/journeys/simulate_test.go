package journeys

import (
	"strings"
	"testing"

	"maru/kernel"
)

// TestSimulate: an official changes a limit and sees who gains, a colleague opens
// the same address, and rules can be changed too. People without such a role do
// not get in.
func TestSimulate(t *testing.T) {
	t.Parallel()
	body := map[kernel.Lang]string{kernel.KO: "국민권익위원회", kernel.EN: "Anti-Corruption and Civil Rights Commission"}
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			v := staff(t, "official", body[l], in(l), withoutScript)
			v.press(v.T("app.nav.simulate"))
			v.reads(v.T("simulate.page.form"), v.T("simulate.synthetic"))
			v.snap("simulate-form")

			// A parameter alone shows what it is; nonsense is refused with its reason.
			v.pick("parameter", "livelihood_percent")
			v.press(v.T("simulate.page.go"))
			v.reads("국민기초생활 보장법 제8조")
			v.write("value", "a lot")
			v.pressFor(422, v.T("simulate.page.go"))

			v.write("value", "35")
			v.press(v.T("simulate.page.go"))
			v.reads(v.T("simulate.synthetic"), v.T("simulate.page.programmes"), v.T("simulate.chart.by_region"), v.T("simulate.headline.worse_none"))
			if n := eval[int](v, `document.querySelectorAll("svg.chart[role=img] > title").length`); n != 5 {
				t.Errorf("%d drawings", n)
			}
			v.snap("simulate-result")
			address := eval[string](v, `location.pathname + location.search`)
			table := eval[string](v, `document.querySelector("a[href*='table.csv']").getAttribute("href")`)
			if status, kind := v.fetches(strings.TrimPrefix(table, "/en")); status != 200 || !strings.HasPrefix(kind, "text/csv; charset=utf-8; attachment") {
				t.Errorf("the table: %d %s", status, kind)
			}

			colleague := staff(t, "lead", body[l], in(l))
			colleague.open(strings.TrimPrefix(address, "/en"))
			if got, want := colleague.text(".simulate-headline"), v.text(".simulate-headline"); got != want || got == "" {
				t.Errorf("the colleague reads %q, not %q", got, want)
			}

			// Rules as YAML: a wrong one names its line, a right one counts.
			colleague.open("/benefits/simulate")
			colleague.unfold(colleague.T("simulate.page.overlay_summary"))
			colleague.write("overlay", "programmes:\n  - id: basic-pension\n    benefit: {amount: nonsense}\n")
			colleague.pressFor(422, colleague.T("simulate.page.go"))
			colleague.reads("nonsense")
			colleague.write("overlay", "programmes:\n  - {id: child-allowance, end: true}\n")
			colleague.press(colleague.T("simulate.page.go"))
			colleague.reads(colleague.T("simulate.headline.better_none"))
			colleague.snap("simulate-ended")
		})
	}
	resident(t, "pregnant").openFor(403, "/benefits/simulate")
}
