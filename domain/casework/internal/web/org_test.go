package web_test

import (
	"net/url"
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
)

// organises goes through the pages on which officials work together.
func (s *site) organises() {
	w := s.w
	kim, lee := w.Hire("kim", "north"), w.Hire("lee", "north")
	lead := w.Hire("lead", "north")
	lead.Grants = append(lead.Grants, authz.Grant{Role: authz.Manager, Agency: "north"})
	ctx := s.t.Context()

	// A team.
	s.has(s.get(kim, "/desk/teams", ok), s.say("casework.team.empty"))
	s.get(kim, "/desk/teams/new", refused)
	s.leads(s.get(w.Manager("boss", "north"), "/desk", other), "/desk/teams")
	s.get(lead, "/desk/teams/new", ok)
	s.has(s.post(lead, "/desk/teams/new", answer("agency", "north"), wrong), s.say("casework.team.error.no_lead"))
	s.post(lead, "/desk/teams/new", answer("agency", "north", "key", "org-t", "name_ko", "민원팀", "name_en", "Petitions", "how", "offer",
		"leads", string(lead.Account), "members", string(kim.Account), "members", string(lee.Account)), other)
	s.has(s.get(kim, "/desk/teams", ok), "kim", "lead", s.say("casework.team.services_all"))
	teams, err := w.Teams(ctx, lead, "north")
	if err != nil || len(teams) != 1 {
		s.t.Fatal(teams, err)
	}
	team := "/desk/teams/" + string(teams[0].ID)
	s.get(kim, team, refused)
	s.get(lead, team, ok)
	s.post(lead, team, answer("agency", "north", "rev", "1", "name_ko", "민원 1팀", "name_en", "Petitions 1", "how", "offer",
		"leads", string(lead.Account), "members", string(kim.Account), "members", string(lee.Account)), other)
	s.has(s.post(lead, team, answer("agency", "north", "rev", "1", "name_ko", "x", "name_en", "x", "leads", string(lead.Account)), clash), s.say("casework.team.error.changed"))

	// A case goes from hand to hand.
	a, err := w.Apply(ctx, w.Resident("person-3"), casework.Submission{Service: "petition", Key: "org", Answers: map[string]kernel.Value{
		"subject": kernel.TextOf("보도"), "content": kernel.TextOf("깨졌어요"), "body": kernel.TextOf("north")}})
	if err != nil {
		s.t.Fatal(err)
	}
	desk := "/desk/cases/" + string(a.ID)
	s.has(s.get(kim, "/desk", ok), a.Number, s.say("casework.view.team"))
	s.post(kim, desk+"/assign", answer("key", "org-a"), other)
	s.has(s.get(kim, "/desk?view=mine", ok), a.Number)
	s.has(s.post(kim, desk+"/handover", answer("key", "org-h", "to", ""), wrong), s.say("casework.handover.error.to"))
	s.post(kim, desk+"/handover", answer("key", "org-h", "to", string(lee.Account), "handover-note", "부탁해요"), other)
	s.has(s.get(lee, "/desk?view=waiting", ok), s.say("casework.ping.handover", "who", "kim"))
	s.has(s.get(lee, desk, ok), "부탁해요", s.say("casework.handover.take_up"))
	s.has(s.post(lee, desk+"/handover/answer", answer("key", "org-n", "answer", "decline"), wrong), s.say("casework.error.reason_missing"))
	s.post(lee, desk+"/handover/answer", answer("key", "org-n", "answer", "decline", "decline-reason", "바빠요"), other)
	s.post(kim, desk+"/handover", answer("key", "org-h2", "to", string(lee.Account)), other)
	s.has(s.get(kim, desk, ok), s.say("casework.handover.take_back"))
	s.post(kim, desk+"/handover/answer", answer("key", "org-b", "answer", "back"), other)
	s.post(kim, desk+"/handover", answer("key", "org-h3", "to", string(lee.Account)), other)
	s.post(lee, desk+"/handover/answer", answer("key", "org-y", "answer", "take"), other)

	// Notes.
	s.has(s.post(lee, desk+"/comments", answer("key", "org-c", "comment", ""), wrong), s.say("casework.error.comment_missing"))
	s.post(lee, desk+"/comments", answer("key", "org-c", "comment", "비밀 메모 @kim", "mentions", string(lead.Account)), other)
	s.has(s.get(lead, desk, ok), "비밀 메모")
	s.lacks(s.get(w.Resident("person-3"), "/applications/"+string(a.ID), ok), "비밀 메모", "부탁해요")
	s.post(lead, desk+"/follow", answer("on", "yes"), other)
	s.post(lead, desk+"/follow", answer("on", "no"), other)
	s.has(s.get(kim, "/desk?view=waiting", ok), s.say("casework.ping.mention", "who", "lee"))
	l, err := w.Pings(ctx, kim, "north", "", 0)
	if err != nil || len(l) == 0 {
		s.t.Fatal(l, err)
	}
	s.post(kim, "/desk/notes/"+string(l[0].ID), answer("agency", "north"), other)
	s.post(lee, "/desk/notes/"+string(l[0].ID), answer("agency", "north"), gone)

	// Every list, narrowed and not.
	for _, view := range casework.Views {
		s.get(lee, "/desk?view="+view, ok)
		s.get(lee, "/desk?sort=last&service=petition&status=in_review&view="+view, ok)
	}
	for _, due := range casework.Dues {
		s.get(lee, "/desk?view=due&due="+due, ok)
	}
	s.get(lee, "/desk?view=shoe", wrong)
	s.get(lee, "/desk?view=mine&after=shoe", gone)
	s.get(lee, "/desk?status=decided", ok)
	w.Clock.Set(a.DueAt)
	if err := w.Escalate(ctx); err != nil {
		s.t.Fatal(err)
	}
	s.has(s.get(lee, "/desk", ok), s.say("casework.view.warned", "n", 1))

	// Away.
	day := strings.Split(w.Today().String(), "-")
	form := answer("agency", "north", "account", string(lee.Account), "deputy", string(lee.Account), "from-year", day[0], "from-month", day[1], "from-day", day[2],
		"until-year", day[0], "until-month", day[1], "until-day", day[2], "key", "org-aw")
	s.get(lee, "/desk/absence", ok)
	s.has(s.post(lee, "/desk/absence", form, wrong), s.say("casework.absence.error.self"))
	s.post(lee, "/desk/absence", answer("agency", "north", "from-year", "soon"), wrong)
	form.Set("deputy", string(kim.Account))
	s.post(lee, "/desk/absence", form, other)
	s.has(s.get(kim, "/desk?view=mine", ok), a.Number, s.say("casework.view.instead", "who", "lee"))
	s.has(s.get(lee, "/desk?view=mine", ok), s.say("casework.view.away_title"))
	s.has(s.get(lead, "/desk/workload", ok), "lee", "kim")
	s.get(kim, "/desk/workload", refused)
	s.Actor = lead
	csv := s.Get(s.path("/desk/workload/cases.csv"))
	s.seen["GET /desk/workload/cases.csv"] = true
	if csv.Status != ok || !strings.Contains(csv.Body, a.Number) || strings.Contains(csv.Body, "박셋") || strings.Contains(csv.Body, "lee") {
		s.t.Errorf("the list: %s", csv.Body)
	}
	all, err := w.Absences(ctx, lee, "north")
	if err != nil || len(all) != 1 {
		s.t.Fatal(all, err)
	}
	s.has(s.get(lead, "/desk/absence", ok), s.say("casework.absence.end"))
	s.post(lee, "/desk/absence/"+string(all[0].ID)+"/end", answer("agency", "north"), other)

	// Everything at once, and no team any more.
	s.get(lee, "/desk/handover", ok)
	s.has(s.post(lee, "/desk/handover", answer("agency", "north"), wrong), s.say("casework.handover.error.to"))
	s.has(s.post(lee, "/desk/handover", url.Values{"agency": {"north"}, "to": {string(kim.Account)}}, ok), s.say("casework.handover.moved", "n", 1, "kept", 0))
	s.post(lead, team+"/close", answer("agency", "north"), other)
	s.has(s.get(lead, "/desk/teams", ok), s.say("casework.team.empty"))
}

// TestOrganisation goes through them in both languages.
func TestOrganisation(t *testing.T) { inBoth(t, func(s *site) { s.organises() }) }
