package journeys

import "testing"

// TestTogether: an official asks about several cases at once, thinks better of
// it, and has a decision approved by a colleague.
func TestTogether(t *testing.T) {
	t.Parallel()
	v := visit(t)
	r := v.apply(petition("student"))

	o := official(t, r.body, false)
	o.press(o.T("casework.bulk.title"))
	o.pressFor(422, o.T("casework.bulk.preview_do"))
	o.choose("case", eval[string](o, `[...document.querySelectorAll("input[name=case]")].find(e => e.labels[0].textContent.includes(`+quote(r.number)+`)).value`))
	o.choose("act", "ask")
	o.write("text", "{number}번은 어느 길인가요?")
	o.press(o.T("casework.bulk.preview_do"))
	o.reads(r.number+"번은 어느 길인가요?", o.T("casework.bulk.can"))
	o.press(o.T("casework.bulk.do", "n", 1))
	o.reads(o.T("casework.bulk.waits"))
	o.press(o.T("casework.bulk.undo"))
	o.reads(o.T("casework.bulk.undone_all"))

	o.openCase(r.number)
	o.take()
	second := official(t, r.body, true)
	propose := func(reason string) {
		o.choose("decision", "replied")
		o.write("reason", reason)
		o.unfold(o.T("casework.approval.choose"))
		o.pick("line-approve", o.option("line-approve", second.T("identity.demo.name.official2", "agency", r.body)))
		o.press(o.T("casework.desk.decide_do"))
		o.reads(o.T("casework.approval.waits"))
	}
	propose("곧 고칠게요.")
	o.press(o.T("casework.approval.recall"))
	o.reads(o.T("casework.desk.done.recall"))
	propose("이번 주에 고칠게요.")
	second.open("/desk/approvals")
	second.press(r.number)
	second.press(second.T("casework.desk.confirm"))
	second.reads(second.T("casework.desk.done.confirmation"), second.T("casework.event.approved"))
	v.learns(r.number)
	v.until(v.T("notice.title.decided.replied", "service", "일반 민원(국민신문고)"))
}
