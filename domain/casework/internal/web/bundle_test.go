package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	catalog "maru/domain/catalog/contract"
)

// TestBundlePages goes the whole way of an application for two services.
func TestBundlePages(t *testing.T) {
	inBoth(t, func(s *site) { s.bundle("person-1") })
}

// bundle is the way of a person who moves and complains.
func (s *site) bundle(person string) {
	s.w.Catalog.Change("petition", func(svc *catalog.Service) {
		svc.Questions = append(svc.Questions, catalog.Question{ID: "call", Type: "text", Fact: "phone", Max: 20})
		svc.Questions[len(svc.Questions)-1].Title.KO, svc.Questions[len(svc.Questions)-1].Title.EN = "전화", "Telephone"
	})
	who := s.w.Resident(person)

	// Nothing chosen leads back, one goes by itself.
	p := s.post(who, "/bundles/start", answer("event", "spring"), http.StatusSeeOther)
	s.leads(p, "/life-events/spring")
	p = s.post(who, "/bundles/start", answer("event", "spring", "service", "grant"), http.StatusSeeOther)
	if !strings.Contains(p.Location(), "/applications/") {
		s.t.Errorf("one leads to %s", p.Location())
	}

	p = s.post(who, "/bundles/start", answer("event", "spring", "service", "move", "service", "petition"), http.StatusSeeOther)
	consent, _ := strings.CutPrefix(p.Location(), strings.TrimSuffix(s.path("/"), "/"))
	base := strings.TrimSuffix(consent, "/consent")
	if base == consent {
		s.t.Fatalf("leads to %s", consent)
	}
	s.has(s.get(who, consent, 200), s.say("casework.bundle.consent_title"))
	p = s.post(who, consent, answer("agree", "yes", "service", "move", "service", "petition"), http.StatusSeeOther)
	s.leads(p, base)
	p = s.get(who, base, 200)
	s.has(p, s.say("casework.bundle.shared"), s.say("casework.bundle.progress", "done", 2, "of", 11))
	s.leads(s.get(who, consent, http.StatusSeeOther), base)

	// A draft of the bundle is answered in the bundle.
	mine, err := s.w.Mine(s.t.Context(), who, 0, 10)
	if err != nil {
		s.t.Fatal(err)
	}
	move := ""
	for _, a := range mine {
		if a.Service == "move" {
			move = string(a.ID)
			s.leads(s.get(who, "/applications/"+string(a.ID), http.StatusSeeOther), base)
			s.leads(s.get(who, "/applications/"+string(a.ID)+"/check", http.StatusSeeOther), base+"/check")
		}
	}

	s.get(who, base+"/questions/move.phone", 200)
	s.get(who, base+"/questions/move.head_person", http.StatusNotFound)
	s.post(who, base+"/questions/move.moved_on", answer("moved_on-year", "2026", "moved_on-month", "13", "moved_on-day", "1"), 422)
	for key, form := range map[string]url.Values{
		"move.moved_on":    answer("moved_on-year", "2026", "moved_on-month", "3", "moved_on-day", "1"),
		"move.new_region":  answer("new_region", "11110"),
		"move.new_address": answer("new_address", "새로 7"),
		"move.movers":      answer("movers", person),
		"move.joins":       answer("joins", "false"),
		"petition.subject": answer("subject", "가로등"),
		"petition.content": answer("content", "꺼졌어요."),
	} {
		s.post(who, base+"/questions/"+key, form, http.StatusSeeOther)
	}
	s.get(who, base+"/next", http.StatusSeeOther)

	// Handed in too early: each line names service and question.
	p = s.get(who, base+"/check", 200)
	s.has(p, s.say("casework.check.missing"), s.say("casework.bundle.no_fee"))
	p = s.post(who, base+"/submit", answer("key", "k1"), 422)
	s.has(p, map[bool]string{true: "민원 · 어느 기관인가요?", false: "Petition · Which office?"}[s.lang == "ko"])
	s.leads(s.post(who, base+"/questions/petition.body", answer("body", "north", "from", "check"), http.StatusSeeOther), base+"/check")
	s.w.Registers.Down(true)
	s.has(s.post(who, base+"/submit", answer("key", "k2"), http.StatusServiceUnavailable), s.say("casework.bundle.error.register"))
	s.w.Registers.Down(false)
	s.leads(s.post(who, base+"/submit", answer("key", "k3"), http.StatusSeeOther), base+"/done")
	p = s.get(who, base+"/done", 200)
	s.has(p, s.say("casework.bundle.done_title"), map[bool]string{true: "북구청", false: "North District Office"}[s.lang == "ko"])
	s.leads(s.get(who, base, http.StatusSeeOther), base+"/done")
	s.leads(s.post(who, base+"/submit", answer("key", "k3"), http.StatusSeeOther), base+"/done")

	// Each tells of the other.
	s.has(s.get(who, "/applications/"+move, 200), s.say("casework.bundle.sisters"))
	s.get(s.w.Resident("person-3"), base, http.StatusNotFound)
}

// TestBundleLeave takes a service out.
func TestBundleLeave(t *testing.T) {
	inBoth(t, func(s *site) { s.leavesBundle("person-1") })
}

// leavesBundle takes one service after another out.
func (s *site) leavesBundle(person string) {
	who := s.w.Resident(person)
	id, err := s.w.StartBundle(s.t.Context(), who, "spring", []string{"move", "petition"})
	if err != nil {
		s.t.Fatal(err)
	}
	base := "/bundles/" + string(id)
	s.leads(s.get(who, base+"/done", http.StatusSeeOther), base)
	b, err := s.w.OpenBundle(s.t.Context(), who, id)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range b.Members {
		s.leads(s.post(who, base+"/leave", answer("application", string(c.ID)), http.StatusSeeOther), base)
	}
	s.post(who, base+"/leave", answer("application", "nonsense"), http.StatusNotFound)
	s.has(s.get(who, base, 200), s.say("casework.bundle.choose_again"))
	s.leads(s.get(who, base+"/check", http.StatusSeeOther), base)
	if p := s.post(who, base+"/submit", answer("key", "k"), http.StatusSeeOther); p.Location() != s.path(base) {
		s.t.Errorf("leads to %s", p.Location())
	}
	s.get(who, "/applications/"+string(b.Members[0].ID), 200)
}
