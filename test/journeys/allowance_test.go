package journeys

import (
	"testing"

	"maru/kernel"
)

// TestChildAllowance has three people: who applies, the child that it is for,
// and who holds the account. By mouse, without script, and by keyboard in
// English, where the father's account is named.
func TestChildAllowance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who string
		father    bool
		how       []how
	}{
		{"ko", "newborn", false, nil},
		{"no script", "moved", true, []how{withoutScript}},
		{"keyboard", "newborn", true, []how{byKeyboard, in(kernel.EN)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visit(t, c.how...)
			me := castOf(t, c.who).ID
			payee := me
			if c.father {
				payee = town.trial.Fact(me, "spouse").Text()
			}
			holder := town.trial.Fact(payee, "name").Text()
			r := v.apply(job{
				says:    kernel.Text{KO: "애 키우는 집에 매달 십만원 준다는 거요", EN: "monthly money for raising kids, how do I get it"},
				service: "child-allowance", title: kernel.Text{KO: "아동수당", EN: "Child allowance"}, who: c.who,
				answers: answers{
					"child_name": "이새봄", "born_on": today().AddDays(-9).String(), "child_nationality": "korean", "same_home": "true",
					"holder": payee, "bank": "마루은행", "account": "000-00-0000",
				},
			})
			if r.due == "" {
				t.Error("no word of when it will be decided")
			}

			o := official(t, r.body, false, c.how...)
			o.openCase(r.number)
			o.reads("이새봄", holder, "마루은행", kernel.Text{KO: "돈을 받을 통장의 주인", EN: "Holder of the account"}.In(o.lang))
			o.take()
			o.decide("granted", "아이를 키우는 보호자로 확인했습니다.")

			v.learns(r.number)
			document := v.holds(r, "아이를 키우는 보호자로 확인했습니다.")
			v.reads("이새봄")
			visit(t, c.how...).checks(document, r)
			v.watched(r)
		})
	}
}
