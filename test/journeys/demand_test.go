package journeys

import (
	"testing"

	"maru/kernel"
)

// TestMoveMyData is somebody who asks for their own data while one body is
// silent: they see who has not answered, ask again when it does, look at what
// arrived, find it in the log, and take it back. In English by keyboard, in Korean
// without script.
func TestMoveMyData(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who, source, mood string
		how                     []how
	}{
		{"no script", "farmer", "passport_register", "silent", []how{withoutScript}},
		{"keyboard", "self_employed", "passport_register", "refuses", []how{byKeyboard, in(kernel.EN)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := resident(t, c.who, c.how...)
			v.open("/demo/registers")
			v.reads(v.T("exchange.sources.lead"))
			v.mood(c.source, c.mood)
			v.reads(v.T("exchange.sources.done"))

			v.open("/my-data")
			v.press(v.T("exchange.list.title"))
			v.reads(v.T("exchange.list.none"))
			v.press(map[kernel.Lang]string{kernel.KO: "면허와 여권 묶음", kernel.EN: "Licences and passport"}[v.lang])
			v.reads(v.T("exchange.ask.fields_text"), v.T("exchange.says.basis_own"), v.T("exchange.ask.free"))
			v.snap("demand-new")
			v.press(v.T("exchange.ask.sign"))
			v.reads(v.T("exchange.signed"))
			if c.mood == "silent" {
				v.reads(v.T("exchange.wait.title"), v.T("exchange.state.waiting"))
				v.snap("demand-waiting")
				here := v.page.Path
				v.open("/demo/registers")
				v.mood(c.source, "answers")
				v.open(here)
				v.press(v.T("exchange.wait.again"))
			} else {
				v.reads(v.T("exchange.call.refused"), v.T("exchange.ground.2"))
			}
			v.reads(v.T("exchange.state.done"))
			v.snap("demand-done")
			if !v.noScript {
				v.file(v.href(v.T("exchange.transfer.receipt")), "GET", "application/jwt")
			}
			v.press(v.T("exchange.transfer.look"))
			v.reads(v.T("exchange.data.lead"))
			v.snap("demand-data")
			if !v.noScript {
				v.file(v.page.Path, "POST", "application/jwt")
				here := v.page.Path[len("/en"):]
				v.open("/my-data")
				v.file(v.href(v.T("mydata.record")), "GET", "application/ld+json")
				v.open(here)
			}
			v.press(v.T("ui.back"))
			v.press(v.T("exchange.withdraw.do"))
			v.reads(v.T("exchange.withdrawn"), v.T("exchange.transfer.gone"))
			v.snap("demand-withdrawn")
			v.press(v.T("mydata.see_log"))
			v.reads(v.T("exchange.act.transfer"), v.T("exchange.act.withdrawn"), v.T("exchange.act.take"))
			v.snap("demand-log")
			v.open("/my-data/demands")
			v.reads(v.T("exchange.state.withdrawn"))
			v.snap("demand-list")
		})
	}
}

// file fetches what the page offers as a file.
func (v *visitor) file(path, method, kind string) {
	v.t.Helper()
	got := eval[string](v, `fetch(`+quote(path)+`, {method: `+quote(method)+`}).then(r => r.status + " " + r.headers.get("content-type"))`)
	if got != "200 "+kind {
		v.t.Errorf("%s %s: %s, want a file of %s", method, path, got, kind)
	}
}

// mood sets how a register of the try-out behaves.
func (v *visitor) mood(source, mood string) {
	v.t.Helper()
	v.pick("source", source)
	v.choose("mood", mood)
	v.press(v.T("exchange.sources.set"))
}

// TestApplyWithMovedData demands what an application needs from those who hold
// it, and finds the form filled in with it.
func TestApplyWithMovedData(t *testing.T) {
	t.Parallel()
	v := resident(t, "job_loss", withoutScript)
	v.open("/services/driving-licence-renewal")
	v.press(v.T("catalog.service.start"))
	v.press(v.T("casework.consent.demand"))
	v.reads(v.T("exchange.says.basis_case"))
	v.press(v.T("exchange.ask.sign"))
	v.reads(v.T("exchange.state.done"))
	v.snap("demand-service")
	v.press(v.T("exchange.demand.apply"))
	v.press(v.T("catalog.service.start"))
	v.press(v.T("casework.consent.agree"))
	v.reads(v.T("casework.consent.filled"))
	v.open("/access-log?what=data")
	v.reads(v.T("exchange.act.use"), v.T("exchange.act.transfer"))
}
