package journeys

import (
	"fmt"
	"strings"
	"testing"
)

// dated reads the date behind "늦어도".
func dated(text string, y, m, d *int) bool {
	_, after, _ := strings.Cut(text, "늦어도 ")
	n, _ := fmt.Sscanf(after, "%d년 %d월 %d일", y, m, d)
	return n == 3
}

// TestTimeLimit: an office answers with a text it keeps, stops the clock,
// starts it again, and asks for more time, which the applicant declines once.
func TestTimeLimit(t *testing.T) {
	t.Parallel()
	v := visit(t)
	r := v.apply(petition("job_loss"))

	o := official(t, r.body, false)
	o.press(o.T("casework.template.title"))
	o.pressFor(422, o.T("casework.template.save"))
	o.write("title", "현장 확인")
	o.write("body", "{name} 님, {due}까지 현장을 보고 조치하시기 바랍니다.")
	o.press(o.T("casework.template.check"))
	o.reads(o.T("casework.wording.order"))
	o.write("body", "{name} 님, {due}까지 현장을 보고 알려 드릴게요.")
	o.press(o.T("casework.template.save"))
	o.reads(o.T("casework.template.saved"), o.T("casework.template.plain"))

	o.openCase(r.number)
	o.take()
	o.pick("template", o.option("template", "현장 확인"))
	o.press(o.T("casework.template.insert"))
	if got := eval[string](o, `document.getElementById("reason").value`); !strings.Contains(got, "님, 20") || !strings.Contains(got, "현장을 보고 알려 드릴게요.") {
		t.Errorf("the reason is %q", got)
	}
	o.press(o.T("casework.template.check"))
	o.reads(o.T("casework.template.plain"))

	o.unfold(o.T("casework.clock.stop"))
	o.pressFor(422, o.T("casework.clock.stop_do"))
	o.choose("stop", "expert")
	o.write("note", "전문가가 신호등을 보고 있어요.")
	o.press(o.T("casework.clock.stop_do"))
	o.reads(o.T("casework.desk.done.stop"), o.T("casework.clock.stands"))
	v.learns(r.number)
	v.until(v.T("notice.title.clock_stopped", "service", "일반 민원(국민신문고)"))
	o.press(o.T("casework.clock.run"))
	o.reads(o.T("casework.desk.done.run"))

	extend := func() {
		o.unfold(o.T("casework.extension.title"))
		var y, m, d int
		if hint := o.text("#until-hint"); !dated(hint, &y, &m, &d) {
			t.Fatalf("no last day in %q", hint)
		}
		o.date("until", fmt.Sprintf("%04d-%02d-%02d", y, m, d))
		o.write("extend-reason", "부품을 기다려요.")
		o.press(o.T("casework.extension.do"))
		o.reads(o.T("casework.desk.done.extend"))
	}
	extend()
	extend()
	v.open("/applications")
	v.press("일반 민원(국민신문고)")
	v.reads(v.T("casework.extension.asked_title"))
	v.press(v.T("casework.extension.decline"))
	v.reads(v.T("casework.extension.declined"))
	o.again()
	extend()
	v.again()
	v.press(v.T("casework.extension.agree"))
	v.reads(v.T("casework.extension.agreed"))

	o.open("/desk/templates")
	o.press("현장 확인")
	o.write("title", "현장을 본 뒤")
	o.press(o.T("casework.template.save"))
	o.reads(o.T("casework.template.saved"), "현장을 본 뒤")
	o.press(o.T("casework.template.remove"))
	o.reads(o.T("casework.template.removed"))
}
