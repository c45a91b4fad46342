package journeys

import (
	"testing"

	"maru/kernel"
)

// TestChangingOnesMind throws a draft away, withdraws an application, and takes
// back the consent to look things up.
func TestChangingOnesMind(t *testing.T) {
	t.Parallel()
	v := visit(t)
	v.find(moving("pregnant"))
	v.start(moving("pregnant"))
	v.press(v.T("casework.tasks.discard"))
	v.press(v.T("casework.withdraw.keep"))
	v.press(v.T("casework.tasks.discard"))
	v.press(v.T("casework.withdraw.do"))
	v.reads(v.T("casework.withdraw.discarded"))

	r := v.apply(petition("pregnant"))
	v.press(v.T("casework.done.follow"))
	v.press(v.T("casework.progress.withdraw"))
	v.press(v.T("casework.withdraw.do"))
	v.reads(v.T("casework.withdraw.done"), v.T("casework.status.withdrawn"))
	v.learns(r.number)
	v.until(v.T("notice.title.withdrawn", "service", "일반 민원(국민신문고)"))
	v.press(v.T("notice.read_all"))
	v.reads(v.T("notice.all_read"))

	v.open("/my-data")
	v.reads("전입신고")
	v.press(v.T("mydata.withdraw"))
	v.reads(v.T("mydata.withdrawn"), v.T("mydata.ended_withdrawn"))
}

// TestByHand agrees to nothing and writes everything.
func TestByHand(t *testing.T) {
	t.Parallel()
	v := visit(t)
	j := moving("foreigner")
	j.decline = true
	j.answers["movers"] = typed("SAMPLE SUMMER")
	j.answers["previous_address"] = "예시로 3"
	j.answers["phone"] = "010-0000-3326"
	v.lang = kernel.EN
	r := v.apply(j)
	if r.number == "" {
		t.Error("no number")
	}
	v.open("/my-data")
	v.reads(v.T("mydata.none_title"))
}

// TestWrongRegister corrects what a register says.
func TestWrongRegister(t *testing.T) {
	t.Parallel()
	v := visit(t)
	j := moving("mokpo_67")
	v.find(j)
	v.start(j)
	page := v.page.Path
	v.open(page + "/questions/previous_address")
	v.press(v.T("casework.source.wrong"))
	v.write("previous_address", "예시로 99")
	v.press(v.T("casework.question.next"))
	v.open(page + "/check")
	v.reads("예시로 99", v.T("casework.check.missing"))
	v.pressFor(422, v.T("casework.check.submit"))
	v.press(v.T("ui.change"))
	v.date("moved_on", "2026-13-40")
	v.pressFor(422, v.T("casework.question.next"))
	v.date("moved_on", today().AddDays(-2).String())
	v.press(v.T("casework.question.next"))
	if v.page.Name != "casework.check_answers" {
		t.Errorf("a change from the check page leads to %s", v.page.Path)
	}
}
