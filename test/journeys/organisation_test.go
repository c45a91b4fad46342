package journeys

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"maru/kernel"
)

// staff opens a window and signs in as somebody who works at a body.
func staff(t *testing.T, kind, body string, opts ...how) *visitor {
	t.Helper()
	o := visit(t, opts...)
	o.open("/desk")
	o.press(o.T("identity.sign_in.demo_go"))
	o.be(o.T("identity.demo.name."+kind, "agency", body))
	return o
}

// TestOrganisation: officials hand a case around, write to each other about it,
// are away and come back; their lead sees who has how much.
func TestOrganisation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang kernel.Lang
		body string
		who  string
	}{{kernel.KO, "국민권익위원회", "alone_80"}, {kernel.EN, "Anti-Corruption and Civil Rights Commission", "joins"}} {
		t.Run(string(c.lang), func(t *testing.T) {
			v := visit(t)
			r := v.apply(petition(c.who))

			lead := staff(t, "lead", c.body, in(c.lang))
			lead.until(lead.T("casework.view.team")) // the try-out's desk is furnished soon
			first, second := staff(t, "official", c.body, in(c.lang)), staff(t, "official2", c.body, in(c.lang))
			kim, lee := "국민권익위원회 담당 공무원", "국민권익위원회 두 번째 담당 공무원"

			for _, view := range []string{"mine", "team", "unassigned", "due", "waiting", "all"} {
				first.open("/desk?view=" + view)
			}
			first.open("/desk?view=due&due=overdue")
			first.open("/desk?view=team&sort=last")
			first.open("/desk?view=unassigned&q=" + r.number)
			first.openCase(r.number)
			first.take()

			// From hand to hand.
			first.unfold(first.T("casework.handover.title"))
			first.pressFor(422, first.T("casework.handover.do"))
			first.pick("to", first.option("to", lee))
			first.write("handover-note", "이번 주에 자리를 비워요.")
			first.press(first.T("casework.handover.do"))
			first.reads(first.T("casework.desk.done.handover"), first.T("casework.handover.take_back"))
			second.open("/desk?view=waiting")
			second.press(second.T("casework.ping.handover", "who", kim))
			second.reads("이번 주에 자리를 비워요.")
			second.press(second.T("casework.handover.take_up"))

			// In writing, and not for the applicant.
			second.write("comment", "지도를 먼저 확인해요. @"+kim)
			second.press(second.T("casework.comment.do"))
			second.reads("지도를 먼저 확인해요.")
			second.press(second.T("casework.follow.stop"))
			second.press(second.T("casework.follow.start"))
			first.open("/desk?view=waiting")
			first.press(first.T("casework.ping.mention", "who", lee))
			first.reads("지도를 먼저 확인해요.")
			first.open("/desk?view=waiting")
			first.press(first.T("casework.ping.seen"))
			first.reads(first.T("casework.ping.done"))
			v.open("/applications")
			v.press("일반 민원(국민신문고)")
			v.reads(r.number)
			if v.has("지도를 먼저 확인해요.") || v.has("이번 주에 자리를 비워요.") {
				t.Error("the applicant reads what colleagues write")
			}

			// The lead's pages.
			lead.open("/desk/workload")
			lead.reads(kim, lee)
			if status, kind := lead.fetches("/desk/workload/cases.csv"); status != 200 || !strings.HasPrefix(kind, "text/csv; charset=utf-8; attachment") {
				t.Errorf("the list: %d %s", status, kind)
			}
			lead.open("/desk/teams")
			lead.press(lead.T("casework.team.new"))
			lead.pressFor(422, lead.T("casework.team.save"))
			lead.write("name_ko", "여정팀 "+string(c.lang))
			lead.write("name_en", "Journey team "+string(c.lang))
			lead.choose("leads", lead.offered("leads", 0))
			lead.choose("services", lead.offered("services", -1)) // not what other journeys apply for
			lead.press(lead.T("casework.team.save"))
			lead.reads(lead.T("casework.team.saved"))
			name := map[kernel.Lang]string{kernel.KO: "여정팀 ko", kernel.EN: "Journey team en"}[c.lang]
			lead.press(lead.T("casework.team.edit") + " " + name)
			lead.press(lead.T("casework.team.save"))
			lead.press(lead.T("casework.team.edit") + " " + name)
			lead.unfold(lead.T("casework.team.close"))
			lead.press(lead.T("casework.team.close_do"))
			lead.reads(lead.T("casework.team.closed"))

			// Away next month, and not after all.
			second.open("/desk/absence")
			second.pressFor(422, second.T("casework.absence.save"))
			next := kernel.TimeOf(time.Now()).DateIn(kernel.Seoul).AddDays(map[kernel.Lang]int{kernel.KO: 40, kernel.EN: 47}[c.lang])
			second.date("from", next.String())
			second.date("until", next.String())
			second.press(second.T("casework.absence.save"))
			second.reads(second.T("casework.absence.saved"))
			second.press(second.T("casework.absence.end") + " " + lee)
			second.reads(second.T("casework.absence.ended"))

			// All that is left, to a colleague.
			lead.openCase(r.number)
			lead.take()
			lead.open("/desk/handover")
			lead.pressFor(422, lead.T("casework.handover.all_do"))
			lead.pick("to", lead.option("to", kim))
			lead.press(lead.T("casework.handover.all_do"))
			first.open("/desk?view=mine&q=" + r.number)
			first.reads(r.number)
		})
	}
}

// offered is the value of a choice of that name, counted from the end below 0.
func (v *visitor) offered(name string, i int) string {
	v.t.Helper()
	return eval[string](v, fmt.Sprintf(`[...document.getElementsByName(%s)].at(%d).value`, quote(name), i))
}
