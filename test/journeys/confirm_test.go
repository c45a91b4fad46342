package journeys

import (
	"testing"

	"maru/kernel"
)

// TestConfirmAndVisitors opens where a code to confirm is entered, and who
// comes to an office today.
func TestConfirmAndVisitors(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		v := resident(t, "pregnant", in(l))
		v.open("/confirm")
		v.write("code", "AAAA-AAAA")
		v.pressFor(422, v.T("casework.code.go"))
		v.reads(v.T("casework.error.code_wrong"))
	}
	o := official(t, "종로구청", false)
	o.press(o.T("casework.visit.desk_link"))
	o.reads(o.T("casework.visit.nobody"))
}
