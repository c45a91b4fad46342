package journeys

import "testing"

// TestRoles gives a new colleague a role, which takes two operators, and takes
// it away again.
func TestRoles(t *testing.T) {
	t.Parallel()
	first, second := visit(t), visit(t)
	for v, name := range map[*visitor]string{first: "operator1", second: "operator2"} {
		v.open("/admin/roles")
		v.press(v.T("identity.sign_in.demo_go"))
		v.press(v.T("identity.demo.name." + name))
	}
	first.pressFor(422, first.T("identity.roles.invite_go"))
	first.write("name", "여정직원")
	first.press(first.T("identity.roles.invite_go"))
	link := local(t, first.text("#invitation"))

	colleague := visit(t)
	colleague.open(link)
	colleague.write("login", "journey.official")
	colleague.write("name", "여정직원")
	colleague.write("password", "short")
	colleague.pressFor(422, colleague.T("identity.register.go"))
	colleague.write("password", password)
	colleague.press(colleague.T("identity.register.go"))
	colleague.openFor(403, "/desk")
	visit(t).openFor(404, link)

	ask := func(reason string) {
		first.open("/admin/roles")
		first.write("login", "journey.official")
		first.choose("role", "official")
		first.pick("agency", "sigungu-11110")
		first.write("reason", reason)
		first.press(first.T("identity.roles.request_go"))
		first.reads(first.T("identity.roles.asked"), first.T("identity.roles.other_approves"))
	}
	ask("잘못 요청했습니다")
	first.press(first.T("identity.roles.decline"))
	first.reads(first.T("identity.roles.declined"))
	first.pressFor(422, first.T("identity.roles.request_go"))
	ask("전입 업무를 맡습니다")
	second.open("/admin/roles")
	second.press(second.T("identity.roles.approve"))
	second.reads(second.T("identity.roles.approved"))
	colleague.open("/desk")

	mine := eval[string](second, `(() => {`+eyes+`const p = [...document.querySelectorAll(".panel")].find(p => words(p).includes("여정직원") && p.querySelector("form[action$='/revoke']"));
return p ? p.querySelector("form[action$='/revoke']").getAttribute("action") : ""; })()`)
	x, y := second.aim(`document.querySelector("form[action='" + ` + quote(mine) + ` + "'] button")`)
	second.goingTo(x, y)
	second.reads(second.T("identity.roles.revoked"))
	colleague.openFor(403, "/desk")
}
