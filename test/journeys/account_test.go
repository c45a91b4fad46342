package journeys

import (
	"testing"
)

const (
	password      = "푸른 고래 일곱 기타 라일락"
	otherPassword = "느린 기차 여섯 우산 민들레"
)

// TestAccount makes an account, looks after it, and has it proven at a counter.
func TestAccount(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.open("/sign-in")
	v.press(v.T("identity.register.title"))
	v.write("login", "x")
	v.write("password", "short")
	v.pressFor(422, v.T("identity.register.go"))
	v.write("login", "journey.resident")
	v.write("name", "여정주민")
	v.write("password", password)
	v.press(v.T("identity.register.go"))
	v.reads(v.T("identity.register.done"), v.T("identity.account.unproven"))

	// What is personal waits for the proof.
	for _, path := range []string{"/access-log", "/my-data", "/applications", "/notices"} {
		v.open(path)
	}

	v.open("/account")
	v.unfold(v.T("identity.token.title"))
	v.write("name", "가계부")
	v.pressFor(422, v.T("identity.token.go"))
	v.write("name", "가계부")
	v.choose("scopes", "applications")
	v.press(v.T("identity.token.go"))
	v.reads(v.T("identity.token.once"))
	v.press(v.T("identity.token.revoke"))
	v.reads(v.T("identity.token.revoked"))

	v.write("current", "wrong wrong wrong wrong")
	v.write("password", otherPassword)
	v.pressFor(422, v.T("identity.password.go"))
	v.write("current", password)
	v.write("password", otherPassword)
	v.press(v.T("identity.password.go"))
	v.reads(v.T("identity.password.done"))

	// A second device, ended from the first.
	second := visit(t)
	second.open("/sign-in")
	second.write("login", "journey.resident")
	second.write("password", password)
	second.pressFor(422, second.T("identity.sign_in.go"))
	second.write("login", "journey.resident")
	second.write("password", otherPassword)
	second.press(second.T("identity.sign_in.go"))
	v.open("/account")
	other := eval[string](v, `(() => {`+eyes+`const f = [...document.querySelectorAll("form[action*='/sessions/']")].find(f => !words(f.closest("li")).includes(`+quote(v.T("identity.account.this"))+`));
return f ? f.getAttribute("action") : ""; })()`)
	x, y := v.aim(`document.querySelector("form[action='" + ` + quote(other) + ` + "'] button")`)
	v.goingTo(x, y)
	v.reads(v.T("identity.account.session_ended"))
	second.open("/account")
	if second.page.Name != "identity.sign_in" {
		t.Errorf("an ended session opens %s", second.page.Path)
	}

	v.press(v.T("identity.proof.get_code"))
	code := v.text(".receipt")
	const person = "p-00200"
	birth := town.trial.Fact(person, "birth_date").Text()
	o := official(t, "종로구청", false)
	o.open("/counter/proofing")
	o.pressFor(422, o.T("identity.proof.go"))
	o.write("code", code)
	o.write("name", town.trial.Fact(person, "name").Text())
	o.date("birth", birth)
	o.choose("sex", town.trial.Fact(person, "sex").Text())
	o.pick("region", town.trial.Fact(person, "region").Text())
	o.press(o.T("identity.proof.go"))
	o.reads(o.T("identity.proof.done"))

	v.open("/account")
	v.reads(v.T("identity.account.proven"))
	v.press(v.T("identity.account.access_log"))
	v.until(v.T("identity.act.prove"))
	v.open("/account")
	v.press(v.T("identity.sign_out"))
	v.reads(v.T("identity.signed_out"))
}
