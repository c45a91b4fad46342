package web_test

import (
	"net/url"
	"strings"

	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
)

// visits books a visit with an application, moves and cancels it, and sees
// the visitor at the desk.
func (s *site) visits() {
	hana, kim := s.w.Resident("person-1"), s.w.Official("kim", "north")
	path := s.start(hana, "card")
	q := path + "/questions/"
	s.has(s.get(hana, q+"visit_at", ok), s.say("casework.visit.first")) // no office yet
	s.post(hana, q+"where", answer("where", "11110"), other)
	s.post(hana, q+"child", url.Values{}, other)
	s.leads(s.post(hana, q+"in_person", answer("in_person", "true"), other), q+"visit_at")
	page := s.get(hana, q+"visit_at", ok)
	days, err := s.w.OpeningsAt(s.t.Context(), hana, "card", "north")
	if err != nil {
		s.t.Fatal(err)
	}
	first, second := days[0].Openings[0].Slot(), days[1].Openings[3].Slot()
	if !strings.Contains(page.Body, `value="`+first+`"`) || strings.Contains(page.Body, " checked") {
		s.t.Errorf("the opening %s is not offered", first)
	}
	s.has(s.post(hana, q+"visit_at", url.Values{}, wrong), s.say("casework.answer.missing.slot"))
	s.leads(s.post(hana, q+"visit_at", answer("visit_at", first), other), path+"/check")
	s.leads(s.post(hana, path+"/submit", answer("key", "v"), other), path+"/pay")
	s.leads(s.post(hana, path+"/pay", url.Values{}, other), path+"/done")
	a := s.newest(hana)
	s.has(s.get(hana, path, ok), s.say("casework.visit.yours"), s.say("casework.visit.status.booked"), s.say("casework.visit.save"))
	s.has(s.get(hana, path+"/visit", ok), s.say("casework.visit.bring"))
	s.has(s.post(hana, path+"/visit", answer("key", "v1", "visit_at", "2020-01-01T09:00"), wrong), s.say("casework.answer.slot_gone"))
	s.leads(s.post(hana, path+"/visit", answer("key", "v2", "visit_at", second), other), path)
	ics := s.get(hana, path+"/visit.ics", ok)
	at, _ := catalog.ParseSlot(second)
	for _, want := range []string{"BEGIN:VEVENT\r\n", "DTSTART:" + at.Std().UTC().Format("20060102T150405Z") + "\r\n", "UID:visit-" + string(a.ID)} {
		if !strings.Contains(ics.Body, want) {
			s.t.Errorf("the calendar file lacks %q: %s", want, ics.Body)
		}
	}
	for line := range strings.Lines(ics.Body) {
		if len(line) > 77 {
			s.t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	s.leads(s.post(hana, path+"/visit/cancel", answer("key", "v3"), other), path)
	s.get(hana, path+"/visit.ics", gone)
	s.has(s.get(hana, path, ok), s.say("casework.visit.none_title"))
	s.post(hana, path+"/visit", answer("key", "v4", "visit_at", second), other)

	before := s.w.Clock.Now()
	s.lacks(s.get(kim, "/desk/visits", ok), a.Number)
	s.lacks(s.get(kim, "/desk/cases/"+string(a.ID), ok), s.say("casework.visit.came"))
	s.w.Clock.Set(at)
	page = s.get(kim, "/desk/visits", ok)
	s.has(page, a.Number, s.say("casework.visit.status.booked"))
	s.lacks(page, hana.Name)
	s.get(kim, "/desk/visits?day=soon", gone)
	s.leads(s.get(hana, path+"/visit", other), path)
	s.post(hana, path+"/visit", answer("key", "v5", "visit_at", second), clash)
	s.leads(s.post(kim, "/desk/cases/"+string(a.ID)+"/visit", answer("key", "v6", "came", "yes"), other), "/desk/cases/"+string(a.ID))
	s.has(s.get(kim, "/desk/cases/"+string(a.ID), ok), s.say("casework.visit.status."+casework.VisitCame))
	s.w.Clock.Set(before)
}

// pickup counts things, pays for them, and withdraws before anybody acts.
func (s *site) pickup() {
	hana := s.w.Resident("person-1")
	path := s.start(hana, "pickup")
	q := path + "/questions/"
	s.post(hana, q+"where", answer("where", "11110"), other)
	s.has(s.get(hana, q+"items", ok), "4,000", s.say("casework.counts.unit"))
	page := s.post(hana, q+"items", answer("items-sofa", "many", "items-chair", "2"), wrong)
	s.has(page, s.say("casework.answer.counts", "max", 99))
	if !strings.Contains(page.Body, `value="many"`) || !strings.Contains(page.Body, `value="2"`) {
		s.t.Error("what was typed is gone")
	}
	s.has(s.post(hana, q+"items", answer("items-sofa", "0"), wrong), s.say("casework.answer.missing.counts"))
	s.post(hana, q+"items", answer("items-sofa", "1", "items-chair", "2", "items-box", ""), other)
	s.post(hana, q+"speed", answer("speed", "fast"), other)
	s.has(s.get(hana, path+"/check", ok), "9,000", "3,000", "2,000")
	s.leads(s.post(hana, path+"/submit", answer("key", "p"), other), path+"/pay")
	s.has(s.get(hana, path+"/pay", ok), "9,000", "3,000")
	s.post(hana, path+"/pay", url.Values{}, other)
	s.has(s.get(hana, path+"/withdraw", ok), s.say("casework.withdraw.back", "won", s.newest(hana).Paid))
	s.post(hana, path+"/withdraw", answer("key", "p2"), other)
	if err := s.w.Refund(s.t.Context(), s.newest(hana).ID); err != nil {
		s.t.Fatal(err)
	}
	s.has(s.get(hana, path, ok), s.say("casework.event.refunded"))
}

// papers is decided entry by entry, and the applicant objects to one of them.
func (s *site) papers() {
	hana, kim := s.w.Resident("person-1"), s.w.Official("kim", "north")
	path := s.start(hana, "papers")
	q := path + "/questions/"
	s.post(hana, q+"body", answer("body", "north"), other)
	s.has(s.get(hana, q+"wanted", ok), s.say("casework.list.hint"))
	s.has(s.post(hana, q+"wanted", answer("wanted", " \r\n"), wrong), s.say("casework.answer.missing.text"))
	s.post(hana, q+"wanted", answer("wanted", "회의록\r\n\r\n 계약서 "), other)
	s.has(s.get(hana, q+"wanted", ok), "회의록", "계약서")
	s.post(hana, path+"/submit", answer("key", "l"), other)
	a := s.newest(hana)
	desk := "/desk/cases/" + string(a.ID)
	s.has(s.get(kim, desk, ok), "회의록", s.say("casework.parts.follow"), "제9조제1항제6호")
	form := answer("key", "l1", "entry", "회의록", "entry", "계약서", "decision", "", "reason", "나누어요", "part-1-decision", casework.Granted, "part-2-decision", casework.Refused)
	s.has(s.post(kim, desk+"/decision", form, wrong), s.say("casework.error.reason_missing"))
	form.Set("part-2-reason", "회사의 비밀이에요.")
	s.has(s.post(kim, desk+"/decision", form, wrong), s.say("casework.error.ground_missing"), "회사의 비밀이에요.")
	form.Add("part-2-grounds", "trade")
	s.leads(s.post(kim, desk+"/decision", form, other), desk)
	s.has(s.get(hana, path, ok), s.say("casework.decision."+casework.PartlyGranted), s.say("casework.parts.title"), s.say("casework.next.title"), "회사의 비밀이에요.")
	s.has(s.get(hana, "/documents/"+s.newest(hana).Document, ok), s.say("casework.parts.title"), s.say("casework.parts.refused"), s.say("casework.next.title"))
	page := s.get(hana, path+"/object", ok)
	s.has(page, s.say("casework.object.entries"), "계약서")
	s.post(hana, path+"/object", answer("key", "l2", "entries", "계약서", "reason", "비밀이 아니에요"), other)
	s.has(s.get(kim, desk, ok), s.say("casework.decision.dismissed"))
}
