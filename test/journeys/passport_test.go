package journeys

import (
	"testing"

	"maru/kernel"
)

// TestPassport: who has one gets the next one online and pays for the booklet
// chosen; a first one is finished at the counter, on the day of the visit.
func TestPassport(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who string
		first     bool
		won       string
		how       []how
	}{
		{"ko", "job_loss", false, "52,000", nil},
		{"first", "student", true, "49,000", []how{withoutScript}},
		{"keyboard", "single_parent", false, "52,000", []how{byKeyboard, in(kernel.EN)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var clock *running
			if c.first { // the day of the visit comes
				var h *house
				h, clock = ownHouse(t, nil)
				c.how = append(c.how, at(h))
			}
			v := visit(t, c.how...)
			j := job{
				says:    kernel.Text{KO: "해외출장 급하게 잡혔는데 여권이 만료됐어요", EN: "my passport has run out and I fly next week"},
				service: "passport-issue", title: kernel.Text{KO: "여권 발급·재발급", EN: "Passport issue or reissue"}, who: c.who,
				answers: answers{
					"holder": "self", "reason": "expiring", "booklet_adult": "p58", "photo": paper(t, "photo.png"),
				},
			}
			if c.first {
				j.answers["reason"], j.answers["booklet_adult"] = "first", "p26"
				j.answers["latin_name"], j.answers["visit_slot"] = "HONG GILDONG", opening{}
			}
			v.find(j)
			v.start(j)
			v.fill(j)
			v.reads(c.won)
			v.press(v.T("casework.check.submit"))
			v.reads(v.T("casework.pay.title"), c.won)
			v.press(v.T("casework.pay.do"))
			v.reads(v.T("casework.done.title.submitted"))
			r := v.receipt()
			if c.first {
				v.open(r.page)
				v.reads(v.T("casework.visit.yours"), v.T("casework.visit.status.booked"), "여섯 달 안에 찍은 여권 사진 1장")
				clock.until(v.instant(v.T("casework.visit.when")))
			}

			o := official(t, r.body, false, c.how...)
			if c.first {
				o.press(o.T("casework.visit.desk_link"))
				o.press(r.number)
				o.press(o.T("casework.visit.came"))
				o.reads(o.T("casework.visit.status.came"))
			} else {
				o.openCase(r.number)
			}
			o.take()
			o.decide("granted", "본인과 사진을 확인했습니다.")

			if c.first { // the days have ended the session
				v.open("/demo/sign-in")
				v.signInAs(c.who)
			}
			v.learns(r.number)
			v.until(v.T("notice.title.decided.granted", "service", j.title.In(v.lang)))
			v.press(v.T("notice.title.decided.granted", "service", j.title.In(v.lang)))
			v.reads(kernel.Text{KO: "고른 창구에서 찾으세요", EN: "Collect it at the counter you chose"}.In(v.lang))
			visit(t, c.how...).checks(v.holds(r, "본인과 사진을 확인했습니다."), r)
			v.watched(r)
		})
	}
}
