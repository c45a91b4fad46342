package journeys

import "strings"

// learns waits until the person has a notice of the application, opens it and
// goes where it leads.
func (v *visitor) learns(number string) {
	v.t.Helper()
	v.open("/notices")
	v.until(number)
}

// holds opens the document of the application and gives its number.
func (v *visitor) holds(r receipt, reason string) string {
	v.t.Helper()
	v.open(r.page)
	v.reads(reason)
	v.press(v.T("casework.progress.document"))
	v.reads(reason)
	number := v.text("article .note strong")
	if !strings.HasPrefix(number, "D") {
		v.t.Fatalf("%s has no number: %s", v.page.Path, v.text("main"))
	}
	return number
}

// checks types a document's number on the public page, as anybody may.
func (v *visitor) checks(number string, r receipt) {
	v.t.Helper()
	v.open("/check")
	v.write("number", strings.ToLower(number))
	v.press(v.T("casework.verify.do"))
	v.reads(v.T("casework.verify.valid"), number, r.body)
	// The code on the paper leads here.
	v.open("/check/" + number)
	v.reads(v.T("casework.verify.valid"))
}

// watched finds in the access log that an official of the body looked.
func (v *visitor) watched(r receipt) {
	v.t.Helper()
	v.open("/access-log")
	v.until(v.T("casework.act.read"))
	v.reads(r.body)
}
