package casework_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

func TestApply(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		a := submitted(t, w)
		if _, ok := casework.ParseNumber(a.Number); !ok || a.Status != casework.Submitted || a.Agency != "north" || a.SubmittedAt != w.Clock.Now() {
			t.Errorf("application %+v", a)
		}
		// Seven working days from Tuesday, Tuesday included, to closing time.
		if want := kernel.MustDate("2026-03-11").In(kernel.Seoul).Add(18 * time.Hour); a.DueAt != kernel.TimeOf(want) {
			t.Errorf("due %v, want %v", a.DueAt, want)
		}
		e := w.Events(t)
		if len(e) != 1 || e[0].Type != contract.Submitted || e[0].Number != a.Number || e[0].Account != a.Account || e[0].Due != a.DueAt {
			t.Errorf("events %+v", e)
		}
		if got := history(look(t, w, a)); got != "submitted" {
			t.Errorf("history %q", got)
		}
		if n := count(t, w, "SELECT COUNT(*) FROM audit_row WHERE act = 'casework.submit' AND object = $1", "application:"+string(a.ID)); n != 1 {
			t.Errorf("%d audit rows", n)
		}
	})
}

func TestApplyOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		in := casework.Submission{Service: "petition", Answers: petition("하나"), Key: "k1"}
		first, err := w.Apply(t.Context(), hana, in)
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Hour)
		again, err := w.Apply(t.Context(), hana, in)
		if err != nil || again.ID != first.ID || again.Number != first.Number {
			t.Errorf("again: %+v, %v", again, err)
		}
		other := in
		other.Answers = petition("둘")
		_, err = w.Apply(t.Context(), hana, other)
		wantError(t, err, kernel.Conflict, "casework.error.key_reused")
		// A key is its account's: somebody else's is another one.
		stranger, err := w.Apply(t.Context(), w.Resident("person-3"), in)
		if err != nil || stranger.ID == first.ID {
			t.Errorf("stranger: %+v, %v", stranger, err)
		}
		// Neither an outage nor a service that is gone undoes what was done.
		w.Registers.Agree("person-1", "petition")
		w.Registers.Down(true)
		w.Catalog.Change("petition", func(s *catalog.Service) { s.Online = false })
		again, err = w.Apply(t.Context(), hana, in)
		if err != nil || again.ID != first.ID {
			t.Errorf("during an outage: %+v, %v", again, err)
		}
		if n := count(t, w, "SELECT COUNT(*) FROM casework_application"); n != 2 {
			t.Errorf("%d applications", n)
		}
	})
}

func TestApplyTwiceAtOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		const n = 8
		var wg sync.WaitGroup
		ids, errs := make([]kernel.ID, n), make([]error, n)
		for i := range n {
			wg.Go(func() {
				a, err := w.Apply(t.Context(), w.Resident("person-1"), casework.Submission{Service: "petition", Answers: petition("함께"), Key: "same"})
				if errs[i] = err; err == nil {
					ids[i] = a.ID
				}
			})
		}
		wg.Wait()
		for i := range n {
			if errs[i] != nil || ids[i] != ids[0] {
				t.Errorf("%d: %s, %v; first %s", i, ids[i], errs[i], ids[0])
			}
		}
		if n := count(t, w, "SELECT COUNT(*) FROM casework_application"); n != 1 {
			t.Errorf("%d applications", n)
		}
	})
}

func TestApplyRefuses(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		unproven := authz.Actor{Account: w.Resident("person-1").Account, Name: "누구"}
		tests := []struct {
			name    string
			actor   authz.Actor
			service string
			key     string
			kind    kernel.Kind
		}{
			{"a visitor", authz.Actor{}, "petition", "k", kernel.Unauthorized},
			{"a token for something else", authz.Actor{Account: "a", Token: true, Scopes: []string{authz.ScopeDesk}}, "petition", "k", kernel.Forbidden},
			{"an unknown service", w.Resident("person-1"), "nothing", "k", kernel.NotFound},
			{"a service at the counter only", w.Resident("person-1"), "counter", "k", kernel.Conflict},
			{"somebody who has not proven who they are", unproven, "move", "k", kernel.Forbidden},
			{"no key", w.Resident("person-1"), "petition", "", kernel.Invalid},
			{"a key of control characters", w.Resident("person-1"), "petition", "k\x00", kernel.Invalid},
			{"an endless key", w.Resident("person-1"), "petition", strings.Repeat("k", 256), kernel.Invalid},
		}
		for _, tt := range tests {
			_, err := w.Apply(t.Context(), tt.actor, casework.Submission{Service: tt.service, Answers: petition("x"), Key: tt.key})
			if !kernel.Is(err, tt.kind) {
				t.Errorf("%s: %v, want %v", tt.name, err, tt.kind)
			}
		}
		if n := count(t, w, "SELECT COUNT(*) FROM casework_application"); n != 0 {
			t.Errorf("%d applications stayed", n)
		}
		// A petition needs no proof.
		if a := apply(t, w, unproven, "petition", petition("x")); a.Status != casework.Submitted {
			t.Errorf("unproven petition is %s", a.Status)
		}
	})
}

func TestPartiesByName(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		a := move()
		a["joins"] = text("true")
		in := casework.Submission{Service: "move", Answers: a, Parties: map[string]string{"head": "person-3"}, Key: "k"}
		got, err := w.Apply(t.Context(), w.Resident("person-1"), in)
		if err != nil || got.Status != casework.Signatures {
			t.Fatalf("%+v, %v", got, err)
		}
		in.Key, in.Parties = "k2", map[string]string{"witness": "person-3"}
		_, err = w.Apply(t.Context(), w.Resident("person-1"), in)
		wantField(t, err, "parties.witness", "casework.answer.unknown_party")
	})
}

// TestSeveralTypedNames: whom registers were not asked about is typed, and
// there may be more than one of them.
func TestSeveralTypedNames(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		a := apply(t, w, w.Resident("person-1"), "move", with(move(), "movers", kernel.SetOf("김하나", "김둘이", "김셋이")))
		var names []string
		for _, p := range look(t, w, a).Parties {
			if p.Party.Party == "movers" {
				names = append(names, p.Name)
			}
		}
		if strings.Join(names, " ") != "김하나 김둘이 김셋이" {
			t.Errorf("movers %q", names)
		}
	})
}

// TestRuleGrants: a rule decides what registers settle, and nothing else.
func TestRuleGrants(t *testing.T) {
	good := answers{"number_back": text("false"), "copies": kernel.IntOf(1), "birth_date": text("1990-05-04")}
	young := answers{"number_back": text("false"), "copies": kernel.IntOf(1), "birth_date": text("2010-12-31")}
	tests := []struct {
		name   string
		person string
		agree  bool
		a      answers
		status string
	}{
		{"all borne out", "person-1", true, good, casework.Decided},
		{"with what an official must see", "person-1", true, with(good, "number_back", text("true")), casework.Submitted},
		{"another date of birth than the register's", "person-1", true, with(good, "birth_date", text("1980-01-01")), casework.Submitted},
		{"a claim against the register that would open the door", "person-2", true, good, casework.Submitted},
		{"too young: an official decides, not the rule", "person-4", true, young, casework.Submitted},
	}
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		for _, tt := range tests {
			w.Registers.Agree(tt.person, "copy")
			a := apply(t, w, w.Resident(tt.person), "copy", tt.a)
			if a.Status != tt.status {
				t.Errorf("%s: %s, want %s", tt.name, a.Status, tt.status)
			}
			if a.Status != casework.Decided {
				continue
			}
			c := look(t, w, a)
			if got := history(c); got != "submitted decided:granted" || c.Events[1].ByKind != "rule" || a.Assignee != "" || a.Decision != casework.Granted {
				t.Errorf("%s: %s by %s", tt.name, got, c.Events[1].ByKind)
			}
			if c.Events[1].At <= c.Events[0].At {
				t.Error("the decision stands before the submission")
			}
		}
		// Without consent registers settle nothing, not even where to go.
		_, err := w.Apply(t.Context(), w.Resident("person-3"), casework.Submission{Service: "copy", Answers: good, Key: "k"})
		wantKind(t, err, kernel.Invalid)
	})
}

// TestDoubt: a condition that registers do not bear out is a note for the
// official, never a refusal.
func TestDoubt(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		w.Registers.Agree("person-4", "copy")
		a := apply(t, w, w.Resident("person-4"), "copy", answers{"number_back": text("false"), "copies": text("2"), "birth_date": text("2010-12-31")})
		c := look(t, w, a)
		if c.Status != casework.Submitted || !strings.HasPrefix(history(c), "eligibility_doubt:") {
			t.Fatalf("%s: %s", c.Status, history(c))
		}
		if e := c.Events[0]; e.Shared || e.ByKind != "rule" || e.Note == "" {
			t.Errorf("doubt %+v", e)
		}
	})
}

// TestConsentTakenBack: what registers told stays only as long as the consent.
func TestConsentTakenBack(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		id, err := w.Start(t.Context(), hana, "move")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Agree(t.Context(), hana, id); err != nil {
			t.Fatal(err)
		}
		for q, v := range move() {
			if err := w.Answer(t.Context(), hana, id, q, v); err != nil {
				t.Fatal(err)
			}
		}
		w.Registers.Revoke("person-1", "move")
		a, err := w.Submit(t.Context(), hana, id, "k")
		if err != nil {
			t.Fatal(err)
		}
		if c := look(t, w, a); len(c.Content.Facts)+len(c.Content.Sources)+len(c.Content.Members) != 0 {
			t.Errorf("facts %v, sources %v", c.Content.Facts, c.Content.Sources)
		}
	})
}
