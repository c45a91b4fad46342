package journeys

import (
	"testing"

	"maru/kernel"
)

func registerCopy(who string) job {
	return job{
		says:    kernel.Text{KO: "은행에 낼 주민등록등본이 필요해요"},
		service: "resident-register-copy", title: kernel.Text{KO: "주민등록표 등본·초본 교부"}, who: who,
		answers: answers{"kind": "full", "members": everyone{}, "number_back": "false", "purpose": "finance", "copies": "1"},
	}
}

// TestRegisterCopy is granted at once: the register settles everything.
func TestRegisterCopy(t *testing.T) {
	t.Parallel()
	v := visit(t)
	r := v.apply(registerCopy("job_loss"))
	v.reads(v.T("casework.done.title.decided"))
	v.press(v.T("casework.progress.document"))
	v.reads(v.T("casework.document.by_rule"))
	number := v.text("article .note strong")
	visit(t).checks(number, r)
	v.learns(r.number)
}
