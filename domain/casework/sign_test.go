package casework_test

import (
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

// invitation is the one request to confirm of an application.
func invitation(t testing.TB, w *casetest.World, a *casework.Application) kernel.ID {
	t.Helper()
	c := open(t, w, authz.Actor{Account: a.Account}, a.ID)
	for _, p := range c.Parties {
		if p.Status == casework.PartyAsked {
			return p.ID
		}
	}
	t.Fatalf("nobody is asked: %+v", c.Parties)
	return ""
}

// TestSignAtOnce: the head of the household that somebody joins confirms, by a name
// the applicant typed; then the report goes on by itself.
func TestSignAtOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, head := w.Resident("person-1"), w.Resident("person-3")
		a := apply(t, w, hana, "move", moveIn(head.Name))
		if a.Status != casework.Signatures || a.Number != "" {
			t.Fatalf("application %+v", a)
		}
		id := invitation(t, w, a)
		if e := w.Events(t); len(e) != 1 || e[0].Type != contract.SignatureAsked || e[0].Code != string(id) || e[0].Person != "" {
			t.Errorf("events %+v", e)
		}
		// Knowing the address is not enough: not for a stranger, the applicant
		// or somebody who has not proven who they are.
		namesake := authz.Actor{Account: "somebody", Name: head.Name}
		for _, who := range []authz.Actor{w.Resident("person-4"), hana, w.Official("kim", "north")} {
			_, err := w.Invitation(t.Context(), who, id)
			if err == nil {
				t.Errorf("%s sees the request", who.Name)
			}
			if err := w.Sign(t.Context(), who, id, true); err == nil {
				t.Errorf("%s signs", who.Name)
			}
		}
		wantError(t, w.Sign(t.Context(), namesake, id, true), kernel.Forbidden, "casework.error.prove_first")
		_, err := w.Look(t.Context(), w.Official("kim", "north"), a.ID)
		wantKind(t, err, kernel.NotFound)

		inv, err := w.Invitation(t.Context(), head, id)
		if err != nil || inv.Applies != hana.Name || inv.Party.Party.Party != "head" {
			t.Fatalf("invitation %+v, %v", inv, err)
		}
		// An official signs as the person they are.
		head.Grants = []authz.Grant{{Role: authz.Official, Agency: "south"}}
		var wg sync.WaitGroup
		for range 3 { // pressed more than once
			wg.Go(func() {
				if err := w.Sign(t.Context(), head, id, true); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		c := look(t, w, &casework.Application{ID: a.ID, Agency: "north"})
		if c.Status != casework.Submitted || c.Number == "" || history(c) != "signed:head submitted" || c.Events[0].ByKind != "party" || c.Events[1].ByKind != "party" {
			t.Errorf("%s: %s %+v", c.Status, history(c), c.Events)
		}
		wantKind(t, w.Sign(t.Context(), head, id, false), kernel.Conflict)
	})
}

func TestSignByPerson(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, head := w.Resident("person-1"), w.Resident("person-3")
		in := casework.Submission{Service: "move", Answers: with(move(), "joins", text("true")), Parties: map[string]string{"head": "person-3"}, Key: "k"}
		a, err := w.Apply(t.Context(), hana, in)
		if err != nil {
			t.Fatal(err)
		}
		asked, err := w.Asked(t.Context(), head)
		if err != nil || len(asked) != 1 || asked[0].ID != invitation(t, w, a) {
			t.Fatalf("asked %+v, %v", asked, err)
		}
		if e := w.Events(t); len(e) != 1 || e[0].Person != "person-3" {
			t.Errorf("events %+v", e)
		}
		// Taken back, it is not asked and not shown any more.
		if _, err := w.Withdraw(t.Context(), hana, a.ID, ""); err != nil {
			t.Fatal(err)
		}
		_, err = w.Invitation(t.Context(), head, asked[0].ID)
		wantKind(t, err, kernel.NotFound)
		wantKind(t, w.Sign(t.Context(), head, asked[0].ID, true), kernel.NotFound)
		if asked, err = w.Asked(t.Context(), head); err != nil || len(asked) != 0 {
			t.Errorf("still asked %+v, %v", asked, err)
		}
	})
}

// TestDecline: it goes back to the applicant, who changes it and hands it in
// again.
func TestDecline(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		a := apply(t, w, hana, "move", moveIn("박셋"))
		if err := w.Sign(t.Context(), w.Resident("person-3"), invitation(t, w, a), false); err != nil {
			t.Fatal(err)
		}
		c := open(t, w, hana, a.ID)
		if c.Status != casework.Draft || len(c.Parties) != 0 || history(c) != "declined:head" {
			t.Fatalf("%s: %s, parties %+v", c.Status, history(c), c.Parties)
		}
		if err := w.Answer(t.Context(), hana, a.ID, "joins", text("false")); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Minute)
		again, err := w.Submit(t.Context(), hana, a.ID, "k")
		if err != nil || again.Status != casework.Submitted {
			t.Errorf("%+v, %v", again, err)
		}
	})
}

// TestTwoWitnesses: two witnesses are two people, also where they share a name.
func TestTwoWitnesses(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		w.Catalog.Change("petition", func(s *catalog.Service) {
			s.Questions = append(s.Questions, catalog.Question{ID: "first", Type: "person"}, catalog.Question{ID: "second", Type: "person"})
			s.Parties = []catalog.Party{{ID: "one", Role: "witness", Question: "first"}, {ID: "two", Role: "witness", Question: "second"}}
		})
		a := apply(t, w, w.Resident("person-1"), "petition", with(with(petition("x"), "first", text("박셋")), "second", text("박셋")))
		witness := w.Resident("person-3")
		if err := w.Sign(t.Context(), witness, invitation(t, w, a), true); err != nil {
			t.Fatal(err)
		}
		id := invitation(t, w, a)
		wantError(t, w.Sign(t.Context(), witness, id, true), kernel.Conflict, "casework.error.signed_already")
		other := w.Resident("person-9")
		other.Name = "박셋"
		if err := w.Sign(t.Context(), other, id, true); err != nil {
			t.Fatal(err)
		}
		if c := open(t, w, w.Resident("person-1"), a.ID); c.Status != casework.Submitted {
			t.Errorf("both signed, and it is %s", c.Status)
		}
	})
}
