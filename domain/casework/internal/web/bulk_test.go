package web_test

import (
	"fmt"
	"net/url"
	"time"

	"maru/domain/casework"
	"maru/kernel"
)

// together handles several cases in one go and has a decision approved.
func (s *site) together() {
	hana, kim, lee := s.w.Resident("person-1"), s.w.Hire("kim", "north"), s.w.Hire("lee", "north")
	var ids []string
	for i := range 2 {
		a, err := s.w.Apply(s.t.Context(), hana, casework.Submission{Service: "petition", Key: fmt.Sprintf("together %d", i),
			Answers: map[string]kernel.Value{"subject": kernel.TextOf("가로등"), "content": kernel.TextOf("어두워요."), "body": kernel.TextOf("north")}})
		if err != nil {
			s.t.Fatal(err)
		}
		ids = append(ids, string(a.ID))
	}
	s.has(s.get(kim, "/desk/bulk", ok), s.say("casework.bulk.which"))
	s.has(s.post(kim, "/desk/bulk/preview", url.Values{"case": ids}, wrong), s.say("casework.bulk.error.act"))
	form := url.Values{"case": ids, "act": {"ask"}, "text": {"{number}번은 어디인가요?"}}
	s.has(s.post(kim, "/desk/bulk/preview", form, ok), s.say("casework.bulk.can"), "번은 어디인가요?")
	s.has(s.post(kim, "/desk/bulk/preview", url.Values{"case": {string(kernel.RandomID())}, "act": {"assign"}}, ok), s.say("casework.bulk.cannot"))
	s.has(s.post(kim, "/desk/bulk", url.Values{"key": {"b0"}, "act": {"assign"}}, wrong), s.say("casework.bulk.error.cases"))
	form.Set("key", "b1")
	page := s.post(kim, "/desk/bulk", form, other)
	path := page.Header.Get("Location")
	if s.lang == kernel.EN {
		path = path[len("/en"):]
	}
	s.has(s.get(kim, path, ok), s.say("casework.bulk.undo"))
	s.get(lee, path, gone)
	s.leads(s.post(kim, path+"/undo", url.Values{}, other), path)
	s.has(s.get(kim, path, ok), s.say("casework.bulk.status.undone"))

	form.Set("key", "b2")
	path = s.post(kim, "/desk/bulk", form, other).Header.Get("Location")
	if s.lang == kernel.EN {
		path = path[len("/en"):]
	}
	s.w.Clock.Advance(6 * time.Minute)
	if err := s.w.RunBulks(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.has(s.get(kim, path, ok), s.say("casework.bulk.status.done"))
	s.post(kim, path+"/undo", url.Values{}, clash)

	desk := "/desk/cases/" + ids[0]
	reply := answer("decision", "replied", "reason", "고칠게요.", "line-review", string(lee.Account))
	s.has(s.post(kim, desk+"/decision", reply, wrong), s.say("casework.approval.error.order"))
	reply = answer("decision", "replied", "reason", "고칠게요.", "line-approve", string(lee.Account))
	s.leads(s.post(kim, desk+"/decision", reply, other), desk)
	s.has(s.get(kim, desk, ok), s.say("casework.approval.recall"), s.say("casework.approval.waits"))
	s.leads(s.post(kim, desk+"/recall", url.Values{}, other), desk)
	s.post(kim, desk+"/decision", reply, other)
	s.has(s.get(lee, "/desk/approvals", ok), s.say("casework.approval.title"))
	s.post(lee, desk+"/confirmation", answer("agree", "yes"), other)
	s.has(s.get(lee, desk, ok), s.say("casework.event.approved"))
}
