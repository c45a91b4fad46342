package journeys

import (
	"strings"
	"testing"
	"time"

	"maru/kernel"
)

// card writes what stands on the card of a person of the try-out.
func (v *visitor) card(prefix, person string) {
	v.t.Helper()
	v.write(prefix+"name", town.trial.Fact(person, "name").Text())
	v.date(prefix+"birth", town.trial.Fact(person, "birth_date").Text())
	v.choose(prefix+"sex", town.trial.Fact(person, "sex").Text())
	v.pick(prefix+"region", town.trial.Fact(person, "region").Text())
}

// actsFor sees what the bar of whoever acts for somebody says.
func (v *visitor) actsFor(key string, args ...any) {
	v.t.Helper()
	if bar, want := v.text(".acting"), v.T(key, args...); !strings.Contains(bar, want) {
		v.t.Fatalf("the bar says %q, want %q", bar, want)
	}
}

func inDays(n int) string { return kernel.DateOf(time.Now().In(kernel.Seoul)).AddDays(n).String() }

// TestMandate: a woman of over 80 lets somebody she trusts fetch papers for
// her. He accepts, gets one, she is told and ends it, and he can do nothing
// more.
func TestMandate(t *testing.T) {
	t.Parallel()
	her, him := castOf(t, "alone_80"), castOf(t, "soon_65")
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			p := resident(t, "alone_80", in(l), withoutScript)
			p.open("/account")
			p.press(p.T("identity.account.mandates"))
			p.press(p.T("mandate.give.open"))
			p.pressFor(422, p.T("mandate.give.go"))
			p.write("name", him.Name)
			p.date("birth", town.trial.Fact(him.ID, "birth_date").Text())
			p.choose("theme", "civil-documents")
			p.date("last", inDays(30))
			p.snap("mandate-give")
			p.press(p.T("mandate.give.go"))
			p.reads(p.T("mandate.code.title"), him.Name, p.T("mandate.never"))
			code := p.text("#code")
			given := p.page.Path
			p.snap("mandate-code")

			a := resident(t, "soon_65", in(l), withoutScript)
			a.open("/mandates")
			a.press(a.T("mandate.accept.open"))
			a.write("code", "ACDEF-GHJKM")
			a.pressFor(422, a.T("mandate.accept.look"))
			a.write("code", code)
			a.press(a.T("mandate.accept.look"))
			a.reads(a.T("mandate.accept.offer", "name", her.Name))
			a.snap("mandate-offer")
			a.press(a.T("mandate.accept.go"))
			a.reads(a.T("mandate.accepted"))
			a.press(a.T("mandate.act"))
			a.actsFor("ui.acting", "name", her.Name)
			a.snap("mandate-acting")
			if l == kernel.KO {
				j := registerCopy("")
				a.find(j)
				a.start(j)
				a.snap("mandate-tasks")
				a.fill(j)
				a.submit()
				a.reads(a.T("casework.done.title.decided"))
				p.open("/notices")
				p.until(p.T("notice.title.mandate_done", "actor", him.Name, "what", j.title.KO+", "+p.T("casework.act.submit")))
				p.open("/applications")
				p.press(j.title.KO)
				p.reads(p.T("casework.by.delegate", "name", him.Name))
				p.open("/access-log")
				p.reads(p.T("audit.delegate", "name", him.Name))
			}
			a.openFor(403, "/account")
			a.reads(a.T("error.acting"))

			if l == kernel.KO {
				p.open("/notices")
				p.until(p.T("notice.title.mandate_begun", "actor", him.Name))
				p.press(p.T("notice.title.mandate_begun", "actor", him.Name))
				p.press(p.T("notice.to_mandate"))
			} else {
				p.open(local(t, given))
			}
			p.press(p.T("mandate.end"))
			p.reads(p.T("mandate.ended"))
			p.snap("mandate-list")

			a.openFor(403, "/applications")
			a.actsFor("ui.acting_over")
			a.press(a.T("ui.acting_stop"))
			a.reads(a.T("mandate.stopped"))
		})
	}
}

// TestActForChild: a parent writes a petition for a minor child.
func TestActForChild(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			v := resident(t, "moved", in(l), withoutScript)
			v.open("/mandates")
			v.reads(v.T("mandate.child.text"))
			v.snap("mandate-children")
			v.press(v.T("mandate.act"))
			v.actsFor("ui.acting_told")
			v.open("/services/general-petition")
			v.press(v.T("catalog.service.start"))
			v.actsFor("ui.acting_told")
			v.open("/notices")
			v.open("/my-data")
			v.openFor(403, "/benefits/mine")
			v.press(v.T("ui.acting_stop"))
			v.reads(v.T("mandate.stopped"))

			// Of the others in the household, register papers and nothing else.
			v.press(v.T("mandate.mates.open"))
			v.reads(v.T("mandate.mates.own"))
			v.snap("mandate-household")
			v.press(v.T("mandate.act"))
			v.actsFor("ui.acting_told")
			v.openFor(403, "/notices")
			v.press(v.T("ui.acting_stop"))
			v.reads(v.T("mandate.stopped"))
		})
	}
}

// TestGuardianship: an official registers what a court ordered, a colleague
// confirms it, and the office ends it.
func TestGuardianship(t *testing.T) {
	t.Parallel()
	const ward, guardian = "p-00310", "p-00320"
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			body := map[kernel.Lang]string{kernel.KO: "종로구청", kernel.EN: "Jongno-gu Office"}[l]
			o := official(t, body, false, in(l), withoutScript)
			o.press(o.T("casework.desk.guardianships"))
			o.pressFor(422, o.T("mandate.orders.go"))
			o.card("ward-", ward)
			o.card("guardian-", guardian)
			o.choose("kind", "limited")
			o.choose("themes", "tax")
			o.write("court", "서울가정법원")
			o.write("case", "2026느단41")
			o.date("ordered", inDays(-30))
			o.date("last", inDays(300))
			o.attach("evidence", string(paper(t, "photo.png")))
			o.press(o.T("mandate.orders.go"))
			o.reads(o.T("mandate.orders.registered"), o.T("mandate.orders.other_confirms"), "2026느단41", o.T("mandate.kind.limited"))
			o.snap("mandate-orders")
			second := official(t, body, true, in(l), withoutScript)
			second.open("/counter/mandates")
			second.press(second.T("mandate.orders.confirm"))
			second.reads(second.T("mandate.orders.confirmed"))
			second.press(second.T("mandate.orders.end"))
			second.reads(second.T("mandate.ended"))
		})
	}
}

// TestEndHelpAtCounter: somebody who is helped at a counter ends the help on
// their own phone; the official can do nothing more.
func TestEndHelpAtCounter(t *testing.T) {
	t.Parallel()
	who := castOf(t, "farmer")
	o := official(t, "용산구청", false)
	o.open("/counter/assist")
	o.pick("service", o.option("service", "일반 민원(국민신문고)"))
	o.card("", who.ID)
	o.press(o.T("casework.assist.begin"))
	v := resident(t, "farmer")
	v.open("/mandates")
	v.reads(v.T("mandate.visit.title", "agency", "용산구청"))
	v.press(v.T("mandate.visit.end"))
	v.reads(v.T("mandate.visit.ended"))
	o.write("subject", "x")
	o.pressFor(409, o.T("casework.assist.save"))
}
