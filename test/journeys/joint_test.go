package journeys

import (
	"fmt"
	"testing"
)

// TestJoint: an office asks another one for its opinion and shows it one
// answer and the photo; the other asks back, takes longer, and agrees with
// conditions; the applicant sees who is consulted, and no word of it.
func TestJoint(t *testing.T) {
	t.Parallel()
	v := visit(t)
	j := petition("self_employed")
	j.answers["files"] = paper(t, "lamp.png")
	r := v.apply(j)
	const other = "강남구청"

	o := official(t, r.body, false)
	o.openCase(r.number)
	o.unfold(o.T("casework.joint.ask_title"))
	o.pressFor(422, o.T("casework.joint.ask_do"))
	o.reads(o.T("casework.error.ask_missing"))
	o.pick("joint-agency", "sigungu-11680")
	o.write("ask", "이 신호등을 그쪽에서 관리하나요?")
	o.choose("joint-questions", "subject")
	o.choose("joint-files", o.offered("joint-files", 0))
	o.date("joint-until", today().AddDays(1).String())
	o.press(o.T("casework.joint.ask_do"))
	o.reads(o.T("casework.desk.done.joint"), other)

	v.open("/applications")
	v.press("일반 민원(국민신문고)")
	v.reads(v.T("casework.joint.consulted"), other)

	p := official(t, other, false)
	p.open("/desk/joint")
	p.press(r.number)
	p.reads("이 신호등을 그쪽에서 관리하나요?", "신호등이 꺼졌어요")
	if status, _ := p.fetches(p.href("lamp.png")); status != 200 {
		t.Errorf("the photo that was shown answers %d", status)
	}
	p.press(p.T("casework.joint.take"))
	p.reads(p.T("casework.joint.done.take"))
	p.unfold(p.T("casework.joint.back", "agency", r.body))
	p.write("message", "기둥 번호를 알 수 있나요?")
	p.press(p.T("casework.joint.back_do"))
	p.reads(p.T("casework.joint.done.question"))
	p.unfold(p.T("casework.joint.longer"))
	var y, m, d int
	if hint := p.text("#until-hint"); !dated(hint, &y, &m, &d) {
		t.Fatalf("no last day in %q", hint)
	}
	p.date("until", fmt.Sprintf("%04d-%02d-%02d", y, m, d))
	p.write("extend-reason", "현장을 보고 있어요.")
	p.press(p.T("casework.joint.longer_do"))
	p.reads(p.T("casework.joint.done.extend"), p.T("casework.event.joint_extended"))
	p.pressFor(422, p.T("casework.joint.answer_do"))
	p.reads(p.T("casework.error.reason_missing"))

	o.again()
	o.reads("기둥 번호를 알 수 있나요?")
	o.press(o.T("casework.joint.remind"))
	o.reads(o.T("casework.desk.done.joint_lead"))
	o.choose("decision", "replied")
	o.write("reason", "고쳤어요.")
	o.pressFor(409, o.T("casework.desk.decide_do"))
	o.reads(o.T("casework.joint.error.waits"))

	p.open("/desk/joint")
	p.press(r.number)
	p.choose("opinion", "conditions")
	p.write("reason", "밤에만 고쳐 주세요.")
	p.press(p.T("casework.joint.answer_do"))
	p.reads(p.T("casework.joint.done.answer"), p.T("casework.joint.over"), "밤에만 고쳐 주세요.")
	p.open("/desk/joint?closed=1")
	p.reads(r.number)

	o.open("/desk")
	o.openCase(r.number)
	o.reads(o.T("casework.joint.opinion.conditions"), "밤에만 고쳐 주세요.")
	o.decide("replied", "살펴보고 고쳤어요.")
	v.again()
	if v.has("밤에만 고쳐 주세요.") {
		t.Error("the applicant reads the opinion")
	}
}
