package journeys

import (
	"fmt"
	"strings"
)

// opening is an answer that books the first time offered.
type opening struct{}

// codes are the codes that the page after handing in shows, in its order.
func (v *visitor) codes() []string {
	v.t.Helper()
	return eval[[]string](v, `(() => {`+eyes+`return [...document.querySelectorAll("main strong.code")].map(words); })()`)
}

// confirms signs in as the person of a situation on a device of their own,
// types the code that the applicant passed on, reads what it is about, and
// agrees.
func (v *visitor) confirms(situation, code string, reads ...string) {
	v.t.Helper()
	v.open("/confirm")
	if v.page.Name != "casework.confirm" {
		v.press(v.T("identity.sign_in.demo_go"))
		v.signInAs(situation)
	}
	v.write("code", strings.ToLower(code))
	v.press(v.T("casework.code.go"))
	v.reads(v.T("casework.signature.title"))
	v.reads(reads...)
	v.press(v.T("casework.signature.agree"))
	v.reads(v.T("casework.signature.signed"))
}

// firstOpening is the value of the first time that a page of visits offers.
func (v *visitor) firstOpening(q string) string {
	v.t.Helper()
	return eval[string](v, fmt.Sprintf(`(document.getElementsByName(%s)[0] || {value: ""}).value`, quote(q)))
}

// unfoldLast opens the last day that has a free time and chooses its last one.
func (v *visitor) unfoldLast(q string) {
	v.t.Helper()
	day := `[...document.querySelectorAll("main details")].at(-1)`
	if !eval[bool](v, day+".open") {
		v.click(day + `.querySelector("summary")`)
	}
	v.choose(q, eval[string](v, `[...`+day+`.querySelectorAll("input")].at(-1).value`))
}
