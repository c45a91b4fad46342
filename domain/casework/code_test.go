package casework_test

import (
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// codes are the codes of an application's parties, in their order.
func codes(t testing.TB, w *casetest.World, a *casework.Application) []string {
	t.Helper()
	all, err := w.Codes(t.Context(), authz.Actor{Account: a.Account}, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range open(t, w, authz.Actor{Account: a.Account}, a.ID).Parties {
		if c, ok := all[p.ID]; ok && !c.Dead {
			out = append(out, c.Code)
		}
	}
	return out
}

// wedding is a petition that two witnesses and a co-signer of typed names
// confirm.
func wedding(t testing.TB, w *casetest.World) *casework.Application {
	t.Helper()
	w.Catalog.Change("petition", func(s *catalog.Service) {
		s.Questions = append(s.Questions, catalog.Question{ID: "spouse", Type: "person"}, catalog.Question{ID: "first", Type: "person"}, catalog.Question{ID: "second", Type: "person"})
		s.Parties = []catalog.Party{{ID: "spouse", Role: "cosigner", Question: "spouse"}, {ID: "one", Role: "witness", Question: "first"}, {ID: "two", Role: "witness", Question: "second"}}
	})
	return apply(t, w, w.Resident("person-1"), "petition",
		with(with(with(petition("x"), "spouse", text("박셋")), "first", text("박셋")), "second", text("이넷")))
}

func TestCode(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, head := w.Resident("person-1"), w.Resident("person-3")
		a := apply(t, w, hana, "move", moveIn(head.Name))
		l := codes(t, w, a)
		if len(l) != 1 || len(l[0]) != 9 || l[0][4] != '-' || strings.ContainsAny(l[0], "0O1IL2Z5S8B") {
			t.Fatalf("codes %q", l)
		}
		if n := count(t, w, `SELECT COUNT(*) FROM casework_request WHERE hash LIKE '%'||$1||'%'`, strings.ReplaceAll(l[0], "-", "")); n != 0 {
			t.Error("the code is stored")
		}
		_, err := w.Redeem(t.Context(), authz.Actor{Account: "x", Name: head.Name}, l[0])
		wantError(t, err, kernel.Forbidden, "casework.error.prove_first")
		_, err = w.Redeem(t.Context(), head, " ")
		wantField(t, err, "code", "casework.error.code_missing")
		_, err = w.Redeem(t.Context(), head, "AAAA-AAAA")
		wantField(t, err, "code", "casework.error.code_wrong")
		_, err = w.Redeem(t.Context(), w.Resident("person-4"), l[0])
		wantField(t, err, "code", "casework.error.code_name")
		_, err = w.Redeem(t.Context(), hana, l[0])
		wantField(t, err, "code", "casework.error.code_name")
		for range 2 { // entered twice
			id, err := w.Redeem(t.Context(), head, strings.ToLower(strings.Replace(l[0], "-", " ", 1)))
			if err != nil || id != invitation(t, w, a) {
				t.Fatalf("%s, %v", id, err)
			}
		}
		if asked, err := w.Asked(t.Context(), head); err != nil || len(asked) != 1 {
			t.Errorf("asked %+v, %v", asked, err)
		}
		if err := w.Sign(t.Context(), head, invitation(t, w, a), true); err != nil {
			t.Fatal(err)
		}
		_, err = w.Redeem(t.Context(), head, l[0])
		if err != nil {
			t.Errorf("after signing: %v", err)
		}
		if l = codes(t, w, a); len(l) != 0 {
			t.Errorf("codes %q of what is signed", l)
		}
	})
}

func TestCodeEnds(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, head := w.Resident("person-1"), w.Resident("person-3")
		a := apply(t, w, hana, "move", moveIn(head.Name))
		old := codes(t, w, a)[0]
		if _, err := w.RenewCode(t.Context(), hana, a.ID, invitation(t, w, a), "same"); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Second)
		for range 2 {
			if _, err := w.RenewCode(t.Context(), hana, a.ID, invitation(t, w, a), "k"); err != nil {
				t.Fatal(err)
			}
		}
		_, err := w.RenewCode(t.Context(), head, a.ID, invitation(t, w, a), "k")
		wantKind(t, err, kernel.NotFound)
		fresh := codes(t, w, a)[0]
		_, err = w.Redeem(t.Context(), head, old)
		wantField(t, err, "code", "casework.error.code_wrong")
		// Passed round among others, it is dead.
		for range 5 {
			w.Clock.Advance(time.Second)
			_, err = w.Redeem(t.Context(), w.Resident("person-4"), fresh)
			wantField(t, err, "code", "casework.error.code_name")
		}
		_, err = w.Redeem(t.Context(), head, fresh)
		wantField(t, err, "code", "casework.error.code_wrong")
		if _, err := w.RenewCode(t.Context(), hana, a.ID, invitation(t, w, a), "k2"); err != nil {
			t.Fatal(err)
		}
		fresh = codes(t, w, a)[0]
		w.Clock.Advance(14 * 24 * time.Hour)
		_, err = w.Redeem(t.Context(), head, fresh)
		wantField(t, err, "code", "casework.error.code_wrong")
		// An account that guesses is stopped for an hour.
		for range 9 {
			w.Clock.Advance(time.Second)
			_, err = w.Redeem(t.Context(), head, "nonsense")
			wantField(t, err, "code", "casework.error.code_wrong")
		}
		_, err = w.Redeem(t.Context(), head, "nonsense")
		wantError(t, err, kernel.Limited, "casework.error.code_tries")
		w.Clock.Advance(time.Hour)
		_, err = w.Redeem(t.Context(), head, "nonsense")
		wantField(t, err, "code", "casework.error.code_wrong")
	})
}

// TestWhoMayWitness: of age, and nobody who confirms as somebody else.
func TestWhoMayWitness(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		a := wedding(t, w)
		l := codes(t, w, a)
		park, lee := w.Resident("person-3"), w.Resident("person-4")
		if _, err := w.Redeem(t.Context(), park, l[0]); err != nil {
			t.Fatal(err)
		}
		_, err := w.Redeem(t.Context(), park, l[1])
		wantError(t, err, kernel.Conflict, "casework.error.signed_already")
		namesake := w.Resident("person-9")
		namesake.Name = "박셋"
		if _, err := w.Redeem(t.Context(), namesake, l[1]); err != nil {
			t.Errorf("a namesake: %v", err)
		}
		// person-4 was born on 31 December 2010.
		_, err = w.Redeem(t.Context(), lee, l[2])
		wantError(t, err, kernel.Forbidden, "casework.error.witness_minor")
		c := open(t, w, w.Resident("person-1"), a.ID)
		wantError(t, w.Sign(t.Context(), lee, c.Parties[2].ID, true), kernel.Forbidden, "casework.error.witness_minor")
		w.Clock.Set(kernel.TimeOf(kernel.MustDate("2029-12-31").In(kernel.Seoul)))
		if err := w.Sign(t.Context(), lee, c.Parties[2].ID, true); err != nil {
			t.Errorf("on the nineteenth birthday: %v", err)
		}
	})
}

func TestReminders(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		typed := apply(t, w, hana, "move", moveIn("박셋"))
		in := casework.Submission{Service: "move", Answers: with(move(), "joins", text("true")), Parties: map[string]string{"head": "person-3"}, Key: "k"}
		if _, err := w.Apply(t.Context(), w.Resident("person-9"), in); err != nil {
			t.Fatal(err)
		}
		visit := carded(t, w, w.Resident("person-4"), "2026-03-09T09:00")
		asked := carded(t, w, hana, "2026-03-12T09:00")
		for key, days := range map[string]int{"d1": 0, "d2": 61} {
			_, err := w.AskBackBy(t.Context(), kim, asked.ID, key, "사진", days)
			wantField(t, err, "days", "casework.error.answer_days")
		}
		if _, err := w.AskBackBy(t.Context(), kim, asked.ID, "", "사진을 올려 주세요.", 4); err != nil {
			t.Fatal(err)
		}
		if c := look(t, w, asked); c.AnswerBy != kernel.MustDate("2026-03-09") || c.AnswerLate(w.Today()) {
			t.Errorf("answer by %v", c.AnswerBy)
		}
		w.Clock.Advance(5 * 24 * time.Hour) // Sunday the 8th
		for range 2 {
			if _, err := w.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]int{}
		for _, e := range w.Events(t) {
			switch {
			case e.Type == contract.SignatureReminder && e.Account == hana.Account && e.Application == typed.ID:
				got["typed"]++
			case e.Type == contract.SignatureReminder && e.Account == "" && e.Person == "person-3":
				got["known"]++
			case e.Type == contract.VisitChanged && e.Code == "tomorrow" && e.Application == visit.ID:
				got["visit"]++
			case e.Type == contract.CorrectionReminder && e.Application == asked.ID && e.Due.DateIn(kernel.Seoul) == kernel.MustDate("2026-03-09"):
				got["answer"]++
			}
		}
		if len(got) != 4 || got["typed"]*got["known"]*got["visit"]*got["answer"] != 1 {
			t.Errorf("told %v", got)
		}
		w.Clock.Advance(2 * 24 * time.Hour)
		if c := look(t, w, asked); !c.AnswerLate(w.Today()) || c.Status != casework.Correction {
			t.Errorf("%s, late %t", c.Status, c.AnswerLate(w.Today()))
		}
		if _, err := w.Correct(t.Context(), hana, asked.ID, "", "여기요", nil); err != nil {
			t.Errorf("a late answer is an answer: %v", err)
		}
	})
}
