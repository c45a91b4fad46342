package journeys

import (
	"testing"

	"maru/kernel"
)

func pension(who string) job {
	return job{
		says:    kernel.Text{KO: "나이가 들어 매달 기초연금을 받고 싶어요"},
		service: "basic-pension", title: kernel.Text{KO: "기초연금"}, who: who,
		answers: answers{"financial_consent": "true", "keep_on_file": "true"},
	}
}

// TestPensionGranted takes two officials: one proposes, the other confirms.
func TestPensionGranted(t *testing.T) {
	t.Parallel()
	v := visit(t)
	r := v.apply(pension("alone_80"))
	first, second := official(t, r.body, false), official(t, r.body, true)
	first.openCase(r.number)
	first.take()
	first.decide("granted", "소득인정액이 기준보다 적습니다.")
	first.reads(first.T("casework.desk.second_person"))

	second.openCase(r.number)
	second.write("reason", "소득을 다시 확인해 주세요.")
	second.press(second.T("casework.desk.send_back"))
	second.reads(second.T("casework.desk.done.confirmation"))

	first.again()
	first.decide("granted", "소득을 다시 확인했습니다. 소득인정액이 기준보다 적습니다.")
	second.again()
	second.press(second.T("casework.desk.confirm"))
	second.reads(second.T("casework.desk.done.confirmation"))

	v.learns(r.number)
	visit(t).checks(v.holds(r, "소득인정액이 기준보다 적습니다."), r)
	v.watched(r)
}

// TestPensionRefused is a couple's: the spouse agrees, the office refuses, and
// the objection is dismissed.
func TestPensionRefused(t *testing.T) {
	t.Parallel()
	v := visit(t)
	j := pension("turned_65")
	j.answers["spouse_public_pension"] = "false"
	r := v.apply(j)
	v.reads(v.T("casework.done.title.signatures"))
	spouse := resident(t, "turned_65_spouse")
	spouse.open("/applications")
	spouse.press(spouse.T("casework.mine.asked_title"))
	spouse.press(spouse.T("casework.signature.agree"))

	v.open(r.page)
	r.number = v.value(v.T("casework.progress.number"))
	first, second := official(t, r.body, false), official(t, r.body, true)
	first.openCase(r.number)
	// Refusing takes a reason and the law.
	first.choose("decision", "refused")
	first.pressFor(422, first.T("casework.desk.decide_do"))
	first.reads(first.T("casework.error.reason_missing"))
	first.decide("refused", "소득인정액이 기준보다 많습니다.")
	second.openCase(r.number)
	second.press(second.T("casework.desk.confirm"))

	v.learns(r.number)
	v.holds(r, "소득인정액이 기준보다 많습니다.")
	v.reads(v.T("casework.document.objection"))
	v.open(r.page)
	v.press(v.T("casework.progress.object"))
	v.pressFor(422, v.T("casework.object.send"))
	v.write("reason", "통장의 돈은 빌린 돈이에요. 다시 봐 주세요.")
	v.press(v.T("casework.object.send"))
	v.reads(v.T("casework.object.done"))

	first.open("/desk")
	first.openCase(r.number)
	first.reads("통장의 돈은 빌린 돈이에요.")
	first.decide("dismissed", "빌린 돈을 빼고도 기준보다 많습니다.")
	second.again()
	second.press(second.T("casework.desk.confirm"))
	v.learns(v.T("notice.text.objection_decided.dismissed"))
	v.open(r.page)
	v.reads("빌린 돈을 빼고도 기준보다 많습니다.")
}
