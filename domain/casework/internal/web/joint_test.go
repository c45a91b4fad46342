package web_test

import (
	"net/url"
	"strings"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
)

// consults asks another office about a petition, which asks back, takes longer
// and answers; a second request is taken back.
func (s *site) consults() {
	hana, kim, park := s.w.Resident("person-1"), s.w.Official("kim", "north"), s.w.Official("park", "south")
	s.post(hana, s.start(hana, "petition")+"/questions/subject", answer("subject", "가로수"), other)
	path := "/applications/" + string(s.newest(hana).ID)
	for q, v := range map[string]string{"content": "비밀 이야기", "body": "north"} {
		s.post(hana, path+"/questions/"+q, answer(q, v), other)
	}
	s.send(hana, path+"/questions/evidence/file", "사진.pdf", pdf, other)
	s.post(hana, path+"/submit", answer("key", "j"), other)
	a := s.newest(hana)
	desk := "/desk/cases/" + string(a.ID)
	c, err := s.w.Open(s.t.Context(), hana, a.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	file := string(c.Files[0].ID)
	day := strings.Split(s.w.Today().AddDays(2).String(), "-")
	form := answer("key", "ja", "joint-agency", "south", "joint-questions", "subject", "joint-files", file,
		"joint-until-year", day[0], "joint-until-month", day[1], "joint-until-day", day[2])
	s.has(s.post(kim, desk+"/joint", form, wrong), s.say("casework.error.ask_missing"))
	form.Set("ask", "누구의 나무인가요?")
	s.leads(s.post(kim, desk+"/joint", form, other), desk)
	s.has(s.get(kim, desk, ok), "누구의 나무인가요?", s.say("casework.joint.without"))
	s.has(s.get(hana, path, ok), s.say("casework.joint.consulted"), s.w.Agencies.Name("south", s.lang))
	s.lacks(s.get(hana, path, ok), "누구의 나무인가요?")

	page := s.get(park, "/desk/joint", ok)
	s.has(page, a.Number)
	l, err := s.w.JointDesk(s.t.Context(), park, casework.JointQuery{})
	if err != nil || len(l) != 1 {
		s.t.Fatalf("%d requests, %v", len(l), err)
	}
	one := "/desk/joint/" + string(l[0].ID)
	page = s.get(park, one, ok)
	s.has(page, "누구의 나무인가요?", "가로수", "사진.pdf")
	s.lacks(page, "비밀 이야기", hana.Name)
	s.get(kim, one, gone)
	if p := s.get(park, one+"/files/"+file, ok); p.Body != string(pdf) {
		s.t.Errorf("file %q", p.Body)
	}
	s.leads(s.post(park, one+"/take", answer("key", "t"), other), one)
	s.has(s.post(park, one+"/question", answer("key", "q"), wrong), s.say("casework.error.message_missing"))
	s.post(park, one+"/question", answer("key", "q", "message", "몇 번 나무인가요?"), other)
	s.post(kim, desk+"/joint/"+string(l[0].ID), answer("key", "r", "do", "reply", "joint-text-"+string(l[0].ID), "3번이에요."), other)
	s.post(kim, desk+"/joint/"+string(l[0].ID), answer("key", "m"), other)
	s.has(s.get(park, one, ok), "3번이에요.")
	s.has(s.post(park, one+"/extend", answer("key", "e", "until-year", "2020", "until-month", "1", "until-day", "1", "extend-reason", "바빠요."), wrong), s.say("casework.joint.longer"))
	day = strings.Split(s.w.Today().AddDays(3).String(), "-")
	s.leads(s.post(park, one+"/extend", answer("key", "e", "until-year", day[0], "until-month", day[1], "until-day", day[2], "extend-reason", "현장을 봐요."), other), one)
	s.has(s.post(park, one+"/answer", answer("key", "a", "reason", "네"), wrong), s.say("casework.joint.error.opinion"))
	s.leads(s.post(park, one+"/answer", answer("key", "a", "opinion", "object", "reason", "자르면 안 돼요."), other), one)
	page = s.get(park, one, ok)
	s.has(page, "자르면 안 돼요.")
	s.lacks(page, "가로수", "누구의 나무인가요?")
	s.has(s.get(park, "/desk/joint?closed=1", ok), a.Number)
	s.get(park, one+"/files/"+file, gone)
	s.has(s.get(kim, desk, ok), s.say("casework.joint.opinion.object"), "자르면 안 돼요.")
	s.lacks(s.get(hana, path, ok), "자르면 안 돼요.")
	s.get(hana, "/desk/joint", refused)
}

// helps applies for somebody at the counter.
func (s *site) helps() {
	kim := s.w.Official("kim", "interior")
	s.get(s.w.Resident("person-1"), "/counter/assist", refused)
	s.has(s.get(kim, "/counter/assist", ok), s.say("casework.assist.logged"))
	card := answer("service", "grant", "name", "없는 사람", "birth-year", "1960", "birth-month", "1", "birth-day", "1", "sex", "male", "region", "11140")
	s.post(kim, "/counter/assist", card, wrong)
	card.Set("name", "박셋")
	at := s.post(kim, "/counter/assist", card, other).Location()
	at = strings.TrimPrefix(at, "/en")
	s.has(s.get(kim, at, ok), "박셋", s.say("casework.assist.asks"))
	s.has(s.get(kim, "/counter/assist", ok), s.say("casework.assist.running"))
	s.get(s.w.Official("lee", "interior"), at, gone)
	s.has(s.get(kim, at+"/consent", ok), s.say("casework.assist.aloud"))
	s.has(s.post(kim, at+"/consent", url.Values{}, wrong), s.say("casework.assist.error.how"))
	s.leads(s.post(kim, at+"/consent", answer("how", "code", "code", casetest.Code), other), at)
	s.has(s.post(kim, at, answer("income", "천", "kind", "rent"), wrong), s.say("casework.answer.type.number"))
	s.send(kim, at+"/files/lease", "", nil, wrong)
	s.leads(s.send(kim, at+"/files/lease", "계약서.pdf", pdf, other), at)
	form := answer("income", "100000", "kind", "rent", "starts_on-year", "2026", "starts_on-month", "4", "starts_on-day", "1")
	s.leads(s.post(kim, at, form, other), at+"/check")
	s.has(s.get(kim, at+"/check", ok), "계약서.pdf", s.say("casework.assist.read_back"))
	s.leads(s.post(kim, at+"/submit", answer("key", "as"), other), at+"/receipt")
	s.has(s.get(kim, at+"/receipt", ok), s.say("casework.assist.pay"))
	s.leads(s.post(kim, at+"/pay", url.Values{}, other), at+"/receipt")
	park := s.w.Resident("person-3")
	number := s.newest(park).Number
	s.has(s.get(kim, at+"/receipt", ok), number, s.say("casework.assist.next_ask"))
	s.leads(s.post(kim, at+"/finish", url.Values{}, other), "/counter/assist/locked")
	s.lacks(s.get(kim, "/counter/assist/locked", ok), "박셋", number)
	s.get(kim, at+"/receipt", clash)
	mine := "/applications/" + string(s.newest(park).ID)
	s.has(s.get(park, mine, ok), s.say("casework.by.assisted", "agency", s.w.Agencies.Name("interior", s.lang)))
	s.get(kim, "/desk/cases/"+string(s.newest(park).ID), refused)
}

// helpsWithAll fills in at the counter what is counted, listed or booked, and
// reads out what the answers cost.
func (s *site) helpsWithAll() {
	kim := s.w.Official("kim", "interior")
	begin := func(service string) string {
		card := answer("service", service, "name", "박셋", "birth-year", "1960", "birth-month", "1", "birth-day", "1", "sex", "male", "region", "11140")
		return strings.TrimPrefix(s.post(kim, "/counter/assist", card, other).Location(), "/en")
	}
	at := begin("pickup")
	s.has(s.get(kim, at, ok), "4,000", s.say("casework.counts.unit"))
	page := s.post(kim, at, answer("where", "11110", "items-sofa", "many", "items-chair", "2"), wrong)
	s.has(page, s.say("casework.answer.counts", "max", 99))
	if !strings.Contains(page.Body, `value="many"`) {
		s.t.Error("what was typed is gone")
	}
	s.leads(s.post(kim, at, answer("where", "11110", "items-sofa", "1", "items-chair", "2", "speed", "fast"), other), at+"/check")
	s.has(s.get(kim, at+"/check", ok), "9,000", "3,000", "2,000")
	s.leads(s.post(kim, at+"/submit", answer("key", "ap"), other), at+"/receipt")
	s.has(s.get(kim, at+"/receipt", ok), "9,000", s.say("casework.assist.pay"))

	at = begin("papers")
	s.leads(s.post(kim, at, answer("body", "north", "wanted", "회의록\r\n계약서"), other), at+"/check")
	if page := s.get(kim, at, ok); !strings.Contains(page.Body, "회의록\n계약서</textarea>") {
		s.t.Errorf("the list does not stand line by line: %s", page.Body)
	}

	at = begin("card")
	s.leads(s.post(kim, at, answer("where", "11110", "in_person", "true"), other), at)
	days, err := s.w.OpeningsAt(s.t.Context(), s.w.Resident("person-3"), "card", "north")
	if err != nil {
		s.t.Fatal(err)
	}
	slot := days[0].Openings[0].Slot()
	if page := s.get(kim, at, ok); !strings.Contains(page.Body, `type="radio" id="visit_at-0-0" name="visit_at" value="`+slot+`"`) {
		s.t.Errorf("the opening %s is not offered", slot)
	}
	s.leads(s.post(kim, at, answer("where", "11110", "in_person", "true", "visit_at", slot), other), at+"/check")
	s.post(kim, at+"/finish", url.Values{}, other)
}
