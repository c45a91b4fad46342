package journeys

import (
	"testing"

	"maru/kernel"
)

// TestBusinessRegistration opens a café in a rented shop.
func TestBusinessRegistration(t *testing.T) {
	t.Parallel()
	v := visit(t)
	j := job{
		says:    kernel.Text{KO: "가게 차리려고 하는데 세무서에 뭐 내야 해요"},
		service: "business-registration", title: kernel.Text{KO: "사업자등록"}, who: "job_loss",
		answers: answers{
			"owner": "individual", "opens_on": today().AddDays(10).String(), "business_name": "하나커피", "business_kind": "커피와 빵을 팔아요",
			"business_region": "11110", "business_address": "서울특별시 종로구 마루길 1", "premises": "leased", "lease": paper(t, "lease.png"),
			"permit": "have", "permit_paper": paper(t, "permit.png"), "partners": "false", "tax_type": "simplified", "expected_sales": "60000000",
		},
	}
	r := v.apply(j)

	// The office asks for the paper again, and goes on with the answer.
	o := official(t, r.body, false)
	o.openCase(r.number)
	o.reads("하나커피", "lease.png", "permit.png")
	o.take()
	o.askBack("계약서의 둘째 쪽도 보내 주세요.")
	v.learns(r.number)
	v.open(r.page)
	v.press(v.T("casework.progress.correct_link"))
	v.write("message", "한 쪽짜리 계약서예요.")
	v.press(v.T("casework.correct.send"))
	v.reads(v.T("casework.correct.done"))
	o.again()
	o.reads("한 쪽짜리 계약서예요.")
	o.decide("granted", "등록번호는 000-00-00000입니다.")

	v.learns(v.T("notice.title.decided.granted", "service", "사업자등록 신청"))
	document := v.holds(r, "등록번호는 000-00-00000입니다.")
	v.reads("하나커피", "서울특별시 종로구 마루길 1")
	visit(t).checks(document, r)
	v.watched(r)
}
