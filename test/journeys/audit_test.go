package journeys

import (
	"testing"

	"maru/kernel"
)

// TestAuditor looks something up in the audit log, which takes a reason.
func TestAuditor(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			o := visit(t, in(l), withoutScript)
			o.open("/audit")
			o.press(o.T("identity.sign_in.demo_go"))
			o.press(o.T("identity.demo.name.auditor"))
			o.open("/audit")
			o.pressFor(422, o.T("audit.search.do"))
			o.write("purpose", "report 2026-17 of the inspector")
			o.write("act", "identity")
			o.press(o.T("audit.search.do"))
			o.reads(o.T("audit.search.found"))
			o.snap("audit")
		})
	}
}
