package journeys

import (
	"net/url"
	"strings"
	"testing"
)

// official opens a window and signs in as an official of a body; the second
// one is for acts that take two people.
func official(t *testing.T, body string, second bool, opts ...how) *visitor {
	t.Helper()
	o := visit(t, opts...)
	o.open("/desk")
	o.press(o.T("identity.sign_in.demo_go"))
	kind := "official"
	if second {
		kind = "official2"
	}
	o.be(o.T("identity.demo.name."+kind, "agency", body))
	return o
}

// resident opens a window and signs in as the person of a situation.
func resident(t *testing.T, situation string, opts ...how) *visitor {
	t.Helper()
	v := visit(t, opts...)
	v.open("/demo/sign-in")
	v.signInAs(situation)
	return v
}

// signInAs presses the person of a situation on the try-out's sign-in page.
func (v *visitor) signInAs(situation string) {
	v.t.Helper()
	v.press(v.T("mydata.sample." + situation))
}

// be chooses somebody out of a list of the try-out's sign-in page.
func (v *visitor) be(name string) {
	v.t.Helper()
	found := eval[struct {
		Value string `json:"value"`
		List  string `json:"list"`
		Press string `json:"press"`
	}](v, `(() => {`+eyes+`
for (const s of document.querySelectorAll("main select")) for (const o of s.options) if (words(o) === `+quote(name)+`)
  return {value: o.value, list: s.id, press: words(s.form.querySelector("button"))};
return {value: "", list: "", press: ""}; })()`)
	if found.Value == "" {
		v.t.Fatalf("nobody is called %q", name)
	}
	eval[bool](v, `(() => { document.getElementById(`+quote(found.List)+`).value = `+quote(found.Value)+`; return true; })()`)
	v.press(found.Press)
}

// local is the path of an absolute address of the house, without language.
func local(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/en")
}

// cast is who plays a situation of the try-out.
type cast struct{ ID, Name string }

// castOf looks somebody up on the try-out's sign-in page.
func castOf(t *testing.T, situation string, opts ...how) cast {
	t.Helper()
	v := visit(t, opts...)
	v.open("/demo/sign-in")
	return eval[cast](v, `(() => {`+eyes+`const e = `+pass("press", v.T("mydata.sample."+situation))+`; return {ID: e.value, Name: words(e.querySelector(".note"))}; })()`)
}
