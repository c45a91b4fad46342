package journeys

import (
	"testing"

	"maru/kernel"
)

// TestMarriage: one prepares the report on one device, the other and both
// witnesses confirm on theirs with the codes that were passed on, and the
// office takes the paper at the booked visit.
func TestMarriage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who, spouse string
		how               []how
	}{
		{"ko", "joins", "student", nil},
		{"no script", "student", "joins", []how{withoutScript}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit(t, c.how...)
			spouse, first, second := castOf(t, c.spouse), castOf(t, "farmer"), castOf(t, "disability")
			r := v.apply(job{
				says:    kernel.Text{KO: "여자친구랑 정식으로 부부 되려면 구청에 뭐 내야 해요"},
				service: "marriage-report", title: kernel.Text{KO: "혼인신고"}, who: c.who,
				answers: answers{
					"spouse": typed(spouse.Name), "spouse_born_on": town.trial.Fact(spouse.ID, "birth_date").Text(),
					"close_kin": "false", "foreigner": "false", "mothers_name": "false",
					"witness_1": typed(first.Name), "witness_2": typed(second.Name), "who_comes": "both",
					"visit_slot": opening{},
				},
			})
			v.reads(v.T("casework.done.title.signatures"), spouse.Name, first.Name, second.Name)
			codes := v.codes()
			if len(codes) != 3 {
				t.Fatalf("%d codes, want 3: %s", len(codes), v.text("main"))
			}

			// A code opens for the named person only.
			stranger := resident(t, "self_employed", c.how...)
			stranger.open("/confirm")
			stranger.write("code", codes[0])
			stranger.pressFor(422, stranger.T("casework.code.go"))

			visit(t, c.how...).confirms(c.spouse, codes[0], v.T("casework.signature.means.cosigner"))
			visit(t, c.how...).confirms("farmer", codes[1], v.T("casework.signature.means.witness"), spouse.Name)
			v.open(r.page)
			v.reads(v.T("casework.progress.sign_title")) // one is not here yet
			visit(t, c.how...).confirms("disability", codes[2], v.T("casework.signature.means.witness"))

			// All have confirmed: it is handed in, and the visit stands.
			v.open(r.page)
			r.number = v.value(v.T("casework.progress.number"))
			v.reads(v.T("casework.visit.yours"), v.T("casework.visit.status.booked"), "두 사람의 신분증")
			booked := v.value(v.T("casework.visit.when"))
			if !v.noScript {
				if status, kind := v.fetches(v.href(v.T("casework.visit.save"))); status != 200 || kind == "" {
					t.Errorf("the calendar entry answers %d %s", status, kind)
				}
				v.press(v.T("casework.visit.change"))
				v.unfoldLast("visit_slot")
				v.press(v.T("casework.visit.book"))
				v.reads(v.T("casework.visit.booked"))
				if now := v.value(v.T("casework.visit.when")); now == booked {
					t.Errorf("the visit still stands at %s", now)
				}
				v.press(v.T("casework.visit.change"))
				v.press(v.T("casework.visit.cancel"))
				v.reads(v.T("casework.visit.cancelled"))
				v.press(v.T("casework.visit.book_link"))
				v.unfoldLast("visit_slot")
				v.press(v.T("casework.visit.book"))
				v.reads(v.T("casework.visit.booked"), v.T("casework.visit.yours"))
			}

			o := official(t, r.body, false, c.how...)
			o.openCase(r.number)
			o.reads(o.T("casework.party.signed"), first.Name, second.Name)
			o.take()
			o.decide("accepted", "두 사람의 신분증과 신고서를 확인했습니다.")
			v.learns(r.number)
			visit(t, c.how...).checks(v.holds(r, "두 사람의 신분증과 신고서를 확인했습니다."), r)
			v.watched(r)
		})
	}
}
