package journeys

import (
	"testing"

	"maru/kernel"
)

// petition is a petition of somebody. Each journey has somebody else write it:
// whoever begins anew goes on with what they have not handed in.
func petition(who string) job {
	return job{
		says:    kernel.Text{KO: "정부에 민원을 내고 건의하고 싶어요", EN: "I want to send a petition to the government"},
		service: "general-petition", title: kernel.Text{KO: "일반 민원(국민신문고)", EN: "General civil petition"}, who: who,
		answers: answers{
			"subject": "신호등이 꺼졌어요", "content": "우리 동네 신호등이 두 달째 꺼져 있어요.\n고쳐 주세요.",
			"petition_type": "grievance", "place": "11110",
		},
	}
}

// TestPetition is asked back once, and goes to the body whose business it is.
func TestPetition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who string
		how       []how
	}{
		{"ko", "disability", nil},
		{"no script", "farmer", []how{withoutScript}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit(t, c.how...)
			r := v.apply(petition(c.who))

			o := official(t, r.body, false, c.how...)
			o.openCase(r.number)
			o.take()
			o.askBack("어느 길의 신호등인가요?")

			v.learns(r.number)
			v.until(v.T("notice.title.correction_asked", "service", "일반 민원(국민신문고)"))
			v.press(v.T("notice.title.correction_asked", "service", "일반 민원(국민신문고)"))
			v.press(v.T("notice.to_answer"))
			v.reads("어느 길의 신호등인가요?")
			if v.page.Name == "casework.application" {
				v.press(v.T("casework.progress.correct_link"))
			}
			v.pressFor(422, v.T("casework.correct.send"))
			v.write("message", "예시로 12 앞이에요.")
			v.press(v.T("casework.correct.send"))
			v.reads(v.T("casework.correct.done"))

			o.again()
			o.reads("예시로 12 앞이에요.")
			o.unfold(o.T("casework.desk.transfer"))
			to := "경찰청"
			o.pick("agency", o.option("agency", to))
			o.write("transfer-reason", "교통안전 시설의 일입니다.")
			o.press(o.T("casework.desk.transfer_do"))
			o.reads(o.T("casework.desk.done.transfer"))

			next := official(t, to, false, c.how...)
			next.write("q", "신호등")
			next.press(next.T("casework.desk.search_do"))
			next.openCase(r.number)
			next.take()
			next.decide("replied", "다음 주까지 고치겠습니다.")

			r.body = to
			v.learns(r.number)
			visit(t, c.how...).checks(v.holds(r, "다음 주까지 고치겠습니다."), r)
			v.watched(r)
		})
	}
}
