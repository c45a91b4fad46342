package journeys

import (
	"testing"

	"maru/kernel"
)

// TestAssist: somebody without an account comes to a counter. An official
// fills in two applications with them, leaves a clean screen behind, and must
// leave the case to a colleague; later the person sees who did what.
func TestAssist(t *testing.T) {
	t.Parallel()
	const person = "p-00300"
	name := town.trial.Fact(person, "name").Text()
	o := official(t, "종로구청", false)
	begin := func(service string) {
		o.open("/counter/assist")
		o.pick("service", o.option("service", service))
		o.write("name", name)
		o.date("birth", town.trial.Fact(person, "birth_date").Text())
		o.choose("sex", town.trial.Fact(person, "sex").Text())
		o.pick("region", town.trial.Fact(person, "region").Text())
		o.press(o.T("casework.assist.begin"))
		o.reads(name)
	}
	o.open("/desk")
	o.press(o.T("casework.assist.title"))
	o.pressFor(422, o.T("casework.assist.begin"))

	begin("일반 민원(국민신문고)")
	o.pressFor(422, o.T("casework.assist.save"))
	o.write("subject", "버스가 서지 않아요")
	o.write("content", "정류장에 버스가 서지 않고 지나가요.")
	o.choose("petition_type", "grievance")
	o.pick("place", "11110")
	o.press(o.T("casework.assist.save"))
	o.reads("버스가 서지 않아요", o.T("casework.assist.read_back"))
	o.press(o.T("casework.assist.submit"))
	o.reads(o.T("casework.assist.receipt"), o.T("casework.assist.next_ask"))
	number := o.text(".receipt")
	o.press(o.T("casework.assist.finish"))
	o.reads(o.T("casework.assist.locked"))
	if o.has(name) {
		t.Error("the locked screen names the person")
	}
	o.press(o.T("casework.assist.next"))

	// What government knows is fetched by their signature only. A passport wants
	// a photo, which is scanned, and costs what the booklet costs.
	begin("여권 발급·재발급")
	o.press(o.T("casework.assist.asks_link"))
	o.reads(o.T("casework.assist.aloud"))
	o.pressFor(422, o.T("casework.assist.agree"))
	o.choose("how", "paper")
	o.write("paper", "동의서철 2026-41")
	o.press(o.T("casework.assist.agree"))
	o.reads(o.T("casework.assist.agreed"))
	o.attach("file-photo", string(paper(t, "photo.png")))
	o.press(o.T("casework.file.add"))
	o.reads(o.T("casework.file.added"), "photo.png")
	o.choose("holder", "self")
	o.choose("reason", "expiring")
	o.press(o.T("casework.assist.save"))
	o.reads(o.T("casework.assist.more"))
	o.choose("booklet_adult", "p58")
	o.press(o.T("casework.assist.save"))
	o.reads("photo.png", "52,000")
	o.press(o.T("casework.assist.submit"))
	o.reads(o.T("casework.assist.fee", "won", kernel.Money(52000)))
	o.press(o.T("casework.assist.pay"))
	o.reads(o.T("casework.assist.next_ask"))
	o.press(o.T("casework.assist.finish"))

	v := visit(t)
	v.open("/demo/sign-in")
	eval[bool](v, `(() => { const f = document.querySelector("form[action*='/demo/sign-in']"); let e = f.querySelector("[name=person]");
const i = document.createElement("input"); i.type = "hidden"; i.name = "person"; i.value = `+quote(person)+`;
const g = document.createElement("form"); g.method = "post"; g.action = f.action; g.append(i);
const b = document.createElement("button"); b.textContent = "들어가기 시험"; g.append(b); document.querySelector("main").prepend(g); return true; })()`)
	v.press("들어가기 시험")
	v.open("/applications")
	v.press("일반 민원(국민신문고)")
	v.reads(number, v.T("casework.by.assisted", "agency", "종로구청"))
	v.open("/access-log")
	v.reads(v.T("casework.act.assist_consent"), v.T("casework.act.assist_submit"))
	v.open("/notices")
	v.until(v.T("notice.title.assist_consented", "service", "여권 발급·재발급"))
	v.open("/account")
	v.press(v.T("identity.proof.get_code"))
	v.reads(v.T("identity.proof.code"))
}
