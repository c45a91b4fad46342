package journeys

import "testing"

// TestLooks opens five pages that stand for the rest with each look that a
// person can choose, here or on the device.
func TestLooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ looks, choice string }{
		{"forced colours", ""},
		{"high contrast", "ui.contrast_high"},
		{"largest text", "ui.size_156"},
	} {
		t.Run(c.looks, func(t *testing.T) {
			v := visit(t, seeing(c.looks, c.choice))
			v.open("/")
			v.open("/services/moving-in-report")
			v.open("/sign-in")
			v.press(v.T("identity.sign_in.demo_go"))
			v.signInAs("turned_65")
			v.open("/services/general-petition")
			v.press(v.T("catalog.service.start"))
			v.press(v.T("casework.tasks.go_on"))
			v.pressFor(422, v.T("casework.question.next"))
			o := official(t, "국민권익위원회", false, seeing(c.looks, c.choice))
			o.open("/desk?all=1")
		})
	}
}
