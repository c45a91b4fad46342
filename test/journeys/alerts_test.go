package journeys

import (
	"testing"
	"time"

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

// TestAlertAfterBirth: somebody agrees, turns alerts on and has a child
// registered; the next day a message says what the child is entitled to, why, and
// where to go on.
func TestAlertAfterBirth(t *testing.T) {
	t.Parallel()
	h, c := ownHouse(t, nil)
	v := resident(t, "newborn", at(h), withoutScript)
	v.open("/benefits/mine/consent")
	v.choose("sensitive", "yes")
	v.press(v.T("benefit.consent.agree"))
	v.open("/benefits/alerts")
	v.pick("from", "0")
	v.pick("to", "0")
	v.press(v.T("benefit.alert.start"))
	v.reads(v.T("benefit.alert.on"))
	v.open("/notices")
	v.until(v.T("benefit.alert.letter.summary_text"))
	v.snap("alerts-summary")

	mother := castOf(t, "newborn", at(h)).ID
	w := visit(t, at(h))
	r := w.apply(job{
		says:    kernel.Text{KO: "며칠 전에 아기가 태어나서 출생신고를 하고 싶어요"},
		service: "birth-report", title: kernel.Text{KO: "출생신고"}, who: "newborn",
		answers: answers{
			"reporter_relation": "mother", "in_wedlock": "true", "mother": mother, "father": h.trial.Fact(mother, "spouse").Text(),
			"born_on": today().AddDays(-5).String(), "born_time": "03:20", "birth_region": "11110",
			"birth_place": "예시병원, 종로구 예시로 1", "child_name": "김예시", "child_sex": "female", "mothers_name": "false",
		},
	})
	o := official(t, r.body, false, at(h))
	o.openCase(r.number)
	o.take()
	o.decide("accepted", "출생증명서를 확인했습니다.")
	v.open("/notices")
	v.until("출생신고")

	c.until(kernel.TimeOf(today().AddDays(1).In(kernel.Seoul).Add(10 * time.Hour)))
	for _, l := range kernel.Langs {
		v = resident(t, "newborn", at(h), in(l), withoutScript)
		title := v.T("benefit.alert.letter.many_check", "n", 3) // allowance, parental benefit and voucher
		v.open("/notices")
		v.until(title)
		v.press(title)
		v.reads(v.T("benefit.alert.cause.household"), v.T("notice.to_alerts"))
		v.snap("alert")
		v.press(v.T("notice.to_alerts"))
	}
}
