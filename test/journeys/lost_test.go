package journeys

import (
	"strings"
	"testing"
	"time"

	"maru/kernel"
)

// TestLostEverything proves somebody with the played mobile ID, then gives the
// account back at a counter: declined once, stopped by the owner once, and at
// last taken over on the device that began.
func TestLostEverything(t *testing.T) {
	t.Parallel()
	const person = "p-00233"
	card := func(o *visitor) {
		o.write("name", town.trial.Fact(person, "name").Text())
		o.date("birth", town.trial.Fact(person, "birth_date").Text())
		o.choose("sex", town.trial.Fact(person, "sex").Text())
		o.pick("region", town.trial.Fact(person, "region").Text())
	}
	one, two := official(t, "종로구청", false), official(t, "종로구청", true)
	two.lang = kernel.EN

	owner := visit(t, in(kernel.EN))
	owner.open("/register")
	owner.write("login", "journey.lost")
	owner.write("name", "여정주민")
	owner.write("password", password)
	owner.press(owner.T("identity.register.go"))
	owner.press(owner.T("identity.account.mobile"))
	owner.snap("mobile")
	owner.phone(person)
	owner.reads(owner.T("identity.proof.done"), owner.T("identity.account.proven"))
	owner.press(owner.T("identity.account.session_time"))
	owner.snap("session")
	owner.press(owner.T("ui.session_stay"))
	owner.reads(owner.T("identity.session.go_on"))

	lost := visit(t, withoutScript)
	begin := func() string {
		lost.open("/sign-in")
		lost.press(lost.T("identity.regain.title"))
		lost.press(lost.T("identity.regain.begin"))
		return lost.text(".receipt")
	}
	ask := func(code string) {
		one.open("/counter/recovery")
		one.write("code", code)
		card(one)
		one.press(one.T("identity.regain.ask_go"))
		one.reads(one.T("identity.regain.asked"), one.T("identity.regain.other_confirms"))
	}
	code := begin()
	lost.snap("lost-code")
	one.open("/account")
	one.press(one.T("identity.regain.counter"))
	one.pressFor(422, one.T("identity.regain.ask_go"))
	ask(code)
	one.snap("counter")
	two.open("/counter/recovery")
	two.press(two.T("identity.regain.look"))
	two.snap("counter-look")
	two.press(two.T("identity.regain.decline"))
	two.reads(two.T("identity.regain.declined"))
	lost.press(lost.T("identity.regain.reload"))
	lost.reads(lost.T("identity.regain.stopped"))

	ask(begin())
	owner.open("/account/keys")
	owner.reads(owner.T("identity.regain.is_asked"))
	owner.snap("keys-asked")
	owner.press(owner.T("identity.regain.stop"))
	owner.reads(owner.T("identity.regain.stopped_flash"))

	ask(begin())
	two.open("/counter/recovery")
	two.press(two.T("identity.regain.look"))
	card(two)
	two.press(two.T("identity.regain.confirm_go"))
	number := two.text(".receipt")
	two.snap("counter-number")
	lost.press(lost.T("identity.regain.reload"))
	lost.snap("lost-open")
	lost.write("number", "12")
	lost.write("password", otherPassword)
	lost.pressFor(422, lost.T("identity.regain.finish"))
	lost.write("number", number)
	lost.write("password", otherPassword)
	lost.press(lost.T("identity.regain.finish"))
	lost.reads(lost.T("identity.regain.done"), lost.T("identity.keys.cooling"))

	// Without script the style sheet alone warns before the session ends.
	if eval[string](lost, `getComputedStyle(document.querySelector(".session-soon")).visibility`) != "hidden" {
		t.Error("the warning shows an hour before the end")
	}
	eval[bool](lost, `(() => { document.querySelector(".session-soon").className = "session-soon"; return true; })()`)
	for deadline := time.Now().Add(patience); eval[string](lost, `getComputedStyle(document.querySelector(".session-soon")).visibility`) != "visible"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the warning never shows")
		}
	}
	lost.snap("session-soon")
	owner.open("/account")
	if !strings.HasPrefix(owner.page.Name, "identity.sign_in") {
		t.Errorf("the old session opens %s", owner.page.Path)
	}

	// The mobile ID does it without a counter.
	v := visit(t)
	v.open("/recover")
	v.press(v.T("identity.regain.begin"))
	v.press(v.T("identity.mobile.regain"))
	v.phone(person)
	v.reads(v.T("identity.regain.open"), "journey.lost")
}

// phone answers with the played mobile ID, as a person.
func (v *visitor) phone(person string) {
	v.t.Helper()
	v.press(v.T("identity.mobile.open"))
	v.snap("mobile-played-" + string(v.lang))
	v.write("other", "p-0")
	v.pressFor(422, v.T("identity.mobile.send"))
	v.write("other", person)
	v.press(v.T("identity.mobile.send"))
	v.press(v.T("identity.mobile.go"))
}

// TestSignInByMobile signs somebody in with the played mobile ID alone: without an
// account they are led to making one, and are proven at once.
func TestSignInByMobile(t *testing.T) {
	t.Parallel()
	const newcomer = "p-00236"
	n := visit(t, withoutScript)
	for _, known := range []bool{false, true} {
		n.open("/sign-in")
		n.snap("sign-in")
		n.press(n.T("identity.mobile.sign_in"))
		n.phone(newcomer)
		if known {
			break
		}
		n.reads(n.T("identity.register.proven", "name", town.trial.Fact(newcomer, "name").Text()))
		n.snap("register-proven")
		n.write("login", "journey.newcomer")
		n.write("password", "short")
		n.pressFor(422, n.T("identity.register.go"))
		n.write("password", password)
		n.press(n.T("identity.register.go"))
		n.reads(n.T("identity.register.done"), n.T("identity.account.proven"))
		n.press(n.T("ui.sign_out"))
	}
	n.open("/account")
	n.reads(n.T("identity.account.proven"))
}
