package web_test

import (
	"fmt"
	"net/url"
	"strings"

	"maru/domain/casework"
	"maru/kernel"
)

// timeLimit stops a case's clock, starts it, extends the limit and asks for
// more, and answers with a text that the agency keeps.
func (s *site) timeLimit() {
	hana, kim := s.w.Resident("person-1"), s.w.Official("kim", "north")
	a, err := s.w.Apply(s.t.Context(), hana, casework.Submission{Service: "petition", Key: "limit",
		Answers: map[string]kernel.Value{"subject": kernel.TextOf("가로등"), "content": kernel.TextOf("어두워요."), "body": kernel.TextOf("north")}})
	if err != nil {
		s.t.Fatal(err)
	}
	desk, own := fmt.Sprintf("/desk/cases/%s", a.ID), fmt.Sprintf("/applications/%s", a.ID)

	s.has(s.get(kim, "/desk/templates", ok), s.say("casework.template.none"))
	s.has(s.post(kim, "/desk/templates", answer("body", "안녕하세요."), wrong), s.say("casework.error.title_missing"))
	s.has(s.post(kim, "/desk/templates", answer("title", "인사", "body", "기다려 주시기 바랍니다.", "check", "wording"), ok), s.say("casework.wording.order"))
	s.post(kim, "/desk/templates", answer("title", "인사", "body", "{number}번을 보고 있어요."), other)
	l, err := s.w.Templates(s.t.Context(), kim, "", "")
	if err != nil || len(l) != 1 {
		s.t.Fatalf("%d templates, %v", len(l), err)
	}
	one := fmt.Sprintf("/desk/templates/%s", l[0].ID)
	s.has(s.get(kim, one, ok), s.say("casework.template.plain"))
	s.get(s.w.Official("park", "south"), one, gone)
	s.post(kim, one, answer("title", "인사", "body", "{number}번을 봐요.", "rev", "1"), other)
	s.post(kim, one, answer("title", "인사", "body", "늦었어요.", "rev", "1"), clash)
	s.has(s.get(kim, desk+"?template="+string(l[0].ID), ok), a.Number+"번을 봐요.")
	s.has(s.post(kim, desk+"/decision", answer("reason", "하시기 바랍니다.", "check", "wording"), ok), s.say("casework.wording.order"))
	s.post(kim, one+"/remove", url.Values{}, other)

	s.has(s.post(kim, desk+"/stop", answer("note", "기다려요."), wrong), s.say("casework.error.stop_reason"))
	s.leads(s.post(kim, desk+"/stop", answer("stop", "hearing", "note", "의견을 들어요."), other), desk)
	s.has(s.get(kim, desk, ok), s.say("casework.clock.stands"))
	s.leads(s.post(kim, desk+"/run", url.Values{}, other), desk)

	for range 2 {
		c, err := s.w.Look(s.t.Context(), kim, a.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		parts := strings.Split(s.w.Extension(c).Until.String(), "-")
		form := answer("until-year", parts[0], "until-month", parts[1], "until-day", parts[2])
		s.has(s.post(kim, desk+"/extend", form, wrong), s.say("casework.error.reason_missing"))
		form.Set("extend-reason", "부품을 기다려요.")
		s.post(kim, desk+"/extend", form, other)
	}
	s.has(s.get(hana, own, ok), s.say("casework.extension.asked_title"), "부품을 기다려요.")
	s.leads(s.post(hana, own+"/extension", answer("agree", "yes"), other), own)
	s.post(hana, own+"/extension", answer("agree", "no"), clash)
}
