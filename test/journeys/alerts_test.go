package journeys

import (
	"testing"

	"maru/kernel"
)

// TestAlerts turns on being told of benefits, changes what to hear of, and turns
// it off again, without script.
func TestAlerts(t *testing.T) {
	t.Parallel()
	for l, who := range map[kernel.Lang]string{kernel.KO: "farmer", kernel.EN: "foreigner"} {
		t.Run(string(l), func(t *testing.T) {
			v := resident(t, who, in(l), withoutScript)
			v.open("/benefits")
			v.press(v.T("benefit.page.alerts"))
			v.reads(v.T("benefit.alert.lead"), v.T("benefit.alert.what_read"))
			v.snap("alerts-off")

			// Wanting nothing at all is to be turned off, which the page says.
			boxes := eval[int](v, `(() => { const all = document.querySelectorAll("[name=topic]:checked"); all.forEach(b => b.checked = false); return all.length; })()`)
			if boxes < 5 {
				t.Errorf("%d topics are wanted at first", boxes)
			}
			v.pressFor(422, v.T("benefit.alert.start"))
			v.reads(v.T("benefit.alert.error.no_topic"))

			v.choose("topic", "moving")
			v.pick("from", "22")
			v.pick("to", "7")
			v.press(v.T("benefit.alert.start"))
			v.reads(v.T("benefit.alert.saved"))
			v.snap("alerts-on")
			v.open("/benefits/alerts")
			if got := eval[string](v, `[...document.querySelectorAll("[name=topic]:checked")].map(b => b.value).join(" ") + " " + document.querySelector("[name=from]").value`); got != "moving 22" {
				t.Errorf("kept %q", got)
			}
			v.press(v.T("benefit.alert.change"))

			v.press(v.T("benefit.alert.stop"))
			v.reads(v.T("benefit.alert.stopped"), v.T("benefit.alert.start"))
		})
	}
}
