package casework_test

import (
	"sync"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
)

// acts are all that an official can do to a case.
func acts(w *casetest.World, t testing.TB, id kernel.ID) map[string]func(authz.Actor) error {
	drop := func(_ *casework.Application, err error) error { return err }
	return map[string]func(authz.Actor) error{
		"look": func(o authz.Actor) error {
			_, err := w.Look(t.Context(), o, id)
			return err
		},
		"assign":   func(o authz.Actor) error { return drop(w.Assign(t.Context(), o, id, "")) },
		"ask back": func(o authz.Actor) error { return drop(w.AskBack(t.Context(), o, id, "", "무엇을?")) },
		"transfer": func(o authz.Actor) error {
			return drop(w.Transfer(t.Context(), o, id, "", "south", "남구 일이에요."))
		},
		"decide": func(o authz.Actor) error {
			return drop(w.Decide(t.Context(), o, id, "", casework.Decision{Decision: casework.Replied, Reason: "고쳤어요."}))
		},
		"confirm": func(o authz.Actor) error { return drop(w.Confirm(t.Context(), o, id, "", true, "")) },
	}
}

// TestWhoActs: nobody but an official of the agency in charge does anything to
// a case, never one of the household it is about, and no attempt leaves a trace.
func TestWhoActs(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		a := submitted(t, w)
		official := func(person, agency string) authz.Actor {
			o := w.Resident(person)
			o.Grants = []authz.Grant{{Role: authz.Official, Agency: agency}}
			return o
		}
		token := w.Official("robot", "north")
		token.Token, token.Scopes = true, []string{authz.ScopeApplications}
		operator := w.Official("root", "north")
		operator.Grants[0].Role = authz.Operator
		for _, tt := range []struct {
			name string
			who  authz.Actor
			kind kernel.Kind
		}{
			{"a visitor", authz.Actor{}, kernel.Unauthorized},
			{"a neighbour", w.Resident("person-3"), kernel.Forbidden},
			{"an operator", operator, kernel.Forbidden},
			{"a token without the desk", token, kernel.Forbidden},
			{"an official of another agency", w.Official("lee", "south"), kernel.NotFound},
			{"the applicant, an official", official("person-1", "north"), kernel.Forbidden},
			{"an official of the same household", official("person-9", "north"), kernel.Forbidden},
		} {
			for name, act := range acts(w, t, a.ID) {
				if err := act(tt.who); !kernel.Is(err, tt.kind) {
					t.Errorf("%s: %s: %v, want %v", tt.name, name, err, tt.kind)
				}
			}
		}
		if c := look(t, w, a); history(c) != "submitted" || c.Rev != 1 {
			t.Errorf("the case has changed: %s, revision %d", history(c), c.Rev)
		}
		// An official who lives elsewhere may.
		if _, err := w.Assign(t.Context(), official("person-3", "north"), a.ID, ""); err != nil {
			t.Error(err)
		}
	})
}

// TestPartysHousehold: it is not the applicant's household alone that keeps an
// official away.
func TestPartysHousehold(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		head := w.Resident("person-1")
		in := casework.Submission{Service: "move", Answers: with(move(), "joins", text("true")), Parties: map[string]string{"head": "person-1"}, Key: "k"}
		a, err := w.Apply(t.Context(), w.Resident("person-3"), in)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Sign(t.Context(), head, invitation(t, w, a), true); err != nil {
			t.Fatal(err)
		}
		relative := w.Resident("person-9")
		relative.Grants = []authz.Grant{{Role: authz.Official, Agency: "north"}}
		_, err = w.Look(t.Context(), relative, a.ID)
		wantError(t, err, kernel.Forbidden, "casework.error.own_household")
	})
}

// TestLookIsLogged: no log, no data.
func TestLookIsLogged(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		a := submitted(t, w)
		look(t, w, a)
		look(t, w, a)
		if n := count(t, w, "SELECT COUNT(*) FROM audit_row WHERE act = 'casework.read' AND agency = 'north' AND subject <> ''"); n != 2 {
			t.Errorf("%d looks logged", n)
		}
	})
}

// TestAssignRace: two officials take a case at once; it is one's in the end,
// and the timeline tells of both.
func TestAssignRace(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		a := submitted(t, w)
		officials := []authz.Actor{w.Official("kim", "north"), w.Official("lee", "north")}
		var wg sync.WaitGroup
		for _, o := range officials {
			wg.Go(func() {
				if _, err := w.Assign(t.Context(), o, a.ID, "take"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		c := look(t, w, a)
		if history(c) != "submitted assigned assigned" || c.Status != casework.InReview || c.Events[2].Actor != c.Assignee {
			t.Errorf("%s by %s: %s", c.Status, c.Assignee, history(c))
		}
		// Taking it again, with the key or without, changes nothing.
		last := officials[0]
		if c.Assignee == officials[1].Account {
			last = officials[1]
		}
		for _, key := range []string{"take", ""} {
			if _, err := w.Assign(t.Context(), last, a.ID, key); err != nil {
				t.Error(err)
			}
		}
		if c := look(t, w, a); history(c) != "submitted assigned assigned" {
			t.Errorf("again: %s", history(c))
		}
	})
}

func TestDesk(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		var all []*casework.Application
		for range 5 {
			all = append(all, submitted(t, w))
			w.Clock.Advance(24 * time.Hour)
		}
		other := apply(t, w, w.Resident("person-1"), "petition", with(petition("남쪽"), "body", text("south")))
		if _, err := w.Assign(t.Context(), kim, all[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Decide(t.Context(), kim, all[1].ID, "", casework.Decision{Decision: casework.Replied, Reason: "했어요."}); err != nil {
			t.Fatal(err)
		}
		list := func(o authz.Actor, q casework.DeskQuery) []*casework.Application {
			t.Helper()
			l, err := w.Desk(t.Context(), o, q)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		same := func(name string, got []*casework.Application, want ...*casework.Application) {
			t.Helper()
			ok := len(got) == len(want)
			for i := range min(len(got), len(want)) {
				ok = ok && got[i].ID == want[i].ID
			}
			if !ok {
				t.Errorf("%s: %d cases, want %d in order", name, len(got), len(want))
			}
		}
		same("newest first", list(kim, casework.DeskQuery{}), all[4], all[3], all[2], all[1], all[0])
		same("most urgent first", list(kim, casework.DeskQuery{ByDue: true}), all[0], all[2], all[3], all[4])
		same("of one status", list(kim, casework.DeskQuery{Status: casework.Decided}), all[1])
		same("mine, urgent", list(kim, casework.DeskQuery{ByDue: true, Mine: true}), all[0])
		// The page is cut after the filter, not before.
		same("mine", list(kim, casework.DeskQuery{Mine: true, Limit: 2}), all[1], all[0])
		same("mine of one status", list(kim, casework.DeskQuery{Mine: true, Status: casework.InReview, Limit: 1}), all[0])
		first := list(kim, casework.DeskQuery{Limit: 2})
		same("first page", first, all[4], all[3])
		same("second page", list(kim, casework.DeskQuery{Limit: 2, Before: first[1].Seq}), all[2], all[1])
		same("the other desk", list(w.Official("lee", "south"), casework.DeskQuery{}), other)

		both := w.Official("both", "north")
		both.Grants = append(both.Grants, authz.Grant{Role: authz.Official, Agency: "south"})
		same("the other of two", list(both, casework.DeskQuery{Agency: "south"}), other)
		_, err := w.Desk(t.Context(), kim, casework.DeskQuery{Agency: "south"})
		wantKind(t, err, kernel.Forbidden)
		_, err = w.Desk(t.Context(), w.Resident("person-1"), casework.DeskQuery{})
		wantKind(t, err, kernel.Forbidden)
		_, err = w.Desk(t.Context(), kim, casework.DeskQuery{Status: casework.Draft})
		wantKind(t, err, kernel.Invalid)

		n, err := w.DeskCounts(t.Context(), kim, "")
		if err != nil || n[casework.Submitted] != 3 || n[casework.InReview] != 1 || n[casework.Objected] != 0 {
			t.Errorf("counts %v, %v", n, err)
		}
	})
}
