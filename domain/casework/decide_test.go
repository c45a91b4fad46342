package casework_test

import (
	"strings"
	"sync"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

func TestDecide(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		a := apply(t, w, w.Resident("person-1"), "move", move())
		for _, tt := range []struct {
			d          casework.Decision
			field, key string
		}{
			{casework.Decision{Decision: casework.Accepted, Reason: " "}, "reason", "casework.error.reason_missing"},
			{casework.Decision{Decision: casework.Accepted, Reason: strings.Repeat("가", 5001)}, "reason", "casework.answer.too_long"},
			{casework.Decision{Decision: casework.Accepted, Reason: "a\u202eb"}, "reason", "casework.answer.control"},
			{casework.Decision{Decision: casework.Accepted, Reason: "예", Law: "\x00"}, "law", "casework.answer.control"},
			{casework.Decision{Reason: "예"}, "decision", "casework.error.decision_missing"},
			{casework.Decision{Decision: casework.Granted, Reason: "예"}, "decision", "casework.error.decision_unknown"},
			{casework.Decision{Decision: casework.Dismissed, Reason: "예"}, "decision", "casework.error.decision_unknown"},
		} {
			_, err := w.Decide(t.Context(), kim, a.ID, "", tt.d)
			wantField(t, err, tt.field, tt.key)
		}
		d := casework.Decision{Decision: casework.Accepted, Reason: "새 주소를 확인했어요."}
		got, err := w.Decide(t.Context(), kim, a.ID, "k", d)
		if err != nil || got.Status != casework.Decided || got.Decision != casework.Accepted || got.Document == "" || got.Assignee != kim.Account || !got.ObjectUntil.IsZero() {
			t.Fatalf("%+v, %v", got, err)
		}
		again, err := w.Decide(t.Context(), kim, a.ID, "k", d)
		if err != nil || again.Document != got.Document {
			t.Errorf("again: %+v, %v", again, err)
		}
		_, err = w.Decide(t.Context(), kim, a.ID, "k", casework.Decision{Decision: casework.Returned, Reason: "아니요"})
		wantError(t, err, kernel.Conflict, "casework.error.key_reused")
		_, err = w.Decide(t.Context(), kim, a.ID, "", d)
		wantError(t, err, kernel.Conflict, "casework.error.status")
		if e := w.Events(t); len(e) != 2 || e[1].Type != contract.Decided || e[1].Decision != casework.Accepted || e[1].Document != got.Document {
			t.Errorf("events %+v", e)
		}
		c := open(t, w, w.Resident("person-1"), a.ID)
		if history(c) != "submitted decided:accepted" || c.Events[1].Note != d.Reason || !c.Events[1].Shared {
			t.Errorf("history %s", history(c))
		}
	})
}

// TestAdverse: what takes something away carries its law, and until when one
// may object.
func TestAdverse(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		a := returned(t, w)
		// The sixtieth day after Tuesday 3 March is Saturday 2 May; Tuesday 5 May
		// is a holiday, but Monday is not.
		if want := kernel.MustDate("2026-05-04"); a.ObjectUntil != want {
			t.Errorf("objection until %v, want %v", a.ObjectUntil, want)
		}
		p, _, err := w.PaperOf(t.Context(), w.Resident("person-1"), a.Document)
		if err != nil || p.Objection == nil || p.Objection.Until != a.ObjectUntil || p.Objection.Route.IsZero() || p.Objection.Law == "" || p.Law != "주소법 제16조" {
			t.Errorf("paper %+v, %v", p, err)
		}
		if len(p.Rows) != 0 || !p.Statement.IsZero() {
			t.Errorf("a refusal that certifies %v %v", p.Rows, p.Statement)
		}

		kim := w.Official("kim", "north")
		w.Catalog.Change("move", func(s *catalog.Service) { s.Law = nil })
		b := apply(t, w, w.Resident("person-3"), "move", move())
		_, err = w.Decide(t.Context(), kim, b.ID, "", casework.Decision{Decision: casework.Returned, Reason: "아니요"})
		wantField(t, err, "law", "casework.error.law_missing")
		w.Catalog.Change("move", func(s *catalog.Service) { s.Objection = nil })
		b = apply(t, w, w.Resident("person-3"), "move", move())
		_, err = w.Decide(t.Context(), kim, b.ID, "", casework.Decision{Decision: casework.Returned, Reason: "아니요", Law: "주소법"})
		wantField(t, err, "decision", "casework.error.no_objection_route")
	})
}

// TestFourEyes: another official of the agency confirms, and nobody else.
func TestFourEyes(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, lee := w.Official("kim", "interior"), w.Official("lee", "interior")
		hana := w.Resident("person-1")
		a := paid(t, w, hana)
		propose := func() {
			t.Helper()
			got, err := w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Refused, Reason: "소득이 많아요."})
			if err != nil || got.Status != casework.SecondLook || got.Decision != "" || got.Document != "" {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		propose()
		// The applicant learns nothing before it stands.
		c := open(t, w, hana, a.ID)
		for _, e := range c.Events {
			if e.Act == "proposed" && e.Shared {
				t.Error("the proposal is shown to the applicant")
			}
		}
		_, err := w.Confirm(t.Context(), kim, a.ID, "", true, "")
		wantError(t, err, kernel.Forbidden, "casework.error.second_person")
		_, err = w.Confirm(t.Context(), lee, a.ID, "", false, "")
		wantField(t, err, "reason", "casework.error.reason_missing")
		got, err := w.Confirm(t.Context(), lee, a.ID, "", false, "다시 계산해 주세요.")
		if err != nil || got.Status != casework.InReview {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err = w.Confirm(t.Context(), lee, a.ID, "", true, "")
		wantKind(t, err, kernel.Conflict)
		propose()
		got, err = w.Confirm(t.Context(), lee, a.ID, "c", true, "")
		if err != nil || got.Status != casework.Decided || got.Decision != casework.Refused {
			t.Fatalf("%+v, %v", got, err)
		}
		if _, err := w.Confirm(t.Context(), lee, a.ID, "c", true, ""); err != nil {
			t.Errorf("pressed twice: %v", err)
		}

		// An objection is looked at by two as well, and goes back to being one.
		if _, err := w.Object(t.Context(), hana, a.ID, "", "소득이 줄었어요."); err != nil {
			t.Fatal(err)
		}
		decide := func(want string) {
			t.Helper()
			got, err := w.Decide(t.Context(), lee, a.ID, "", casework.Decision{Decision: casework.Granted, Reason: "다시 보니 맞아요."})
			if err != nil || got.Status != want {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		decide(casework.SecondLook)
		_, err = w.Withdraw(t.Context(), hana, a.ID, "")
		wantKind(t, err, kernel.Conflict)
		if got, err = w.Confirm(t.Context(), kim, a.ID, "", false, "근거를 더 적어 주세요."); err != nil || got.Status != casework.Objected {
			t.Fatalf("%+v, %v", got, err)
		}
		decide(casework.SecondLook)
		got, err = w.Confirm(t.Context(), kim, a.ID, "", true, "")
		if err != nil || got.Status != casework.Decided || got.Decision != casework.Granted {
			t.Fatalf("%+v, %v", got, err)
		}
		if want := "paid:R-1 submitted proposed:refused sent_back:refused proposed:refused confirmed:refused decided:refused objected " +
			"proposed:granted sent_back:granted proposed:granted confirmed:granted objection_decided:granted"; history(look(t, w, got)) != want {
			t.Errorf("history %s", history(look(t, w, got)))
		}
	})
}

// TestDecideRace: of a decision, a transfer and a withdrawal at once, one
// happens, and the others are told.
func TestDecideRace(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		for range 5 {
			a := submitted(t, w)
			kim, lee, hana := w.Official("kim", "north"), w.Official("lee", "north"), w.Resident("person-1")
			race := []func() error{
				func() error {
					_, err := w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Replied, Reason: "했어요."})
					return err
				},
				func() error {
					_, err := w.Transfer(t.Context(), lee, a.ID, "", "south", "남구 일이에요.")
					return err
				},
				func() error {
					_, err := w.Withdraw(t.Context(), hana, a.ID, "")
					return err
				},
			}
			errs := make([]error, len(race))
			var wg sync.WaitGroup
			for i, do := range race {
				wg.Go(func() { errs[i] = do() })
			}
			wg.Wait()
			c := open(t, w, hana, a.ID)
			var did []string
			for i, name := range []string{"decided", "transferred", "withdrawn"} {
				switch {
				case errs[i] == nil:
					did = append(did, name)
				case !kernel.Is(errs[i], kernel.Conflict) && !kernel.Is(errs[i], kernel.NotFound):
					t.Errorf("%s: %v", name, errs[i])
				}
			}
			// A transferred petition may still be withdrawn; nothing else goes together.
			said := history(c)
			for _, name := range did {
				if !strings.Contains(said, name) {
					t.Errorf("%s succeeded, and the history is %s", name, said)
				}
			}
			if n := len(strings.Fields(said)); n != 1+len(did) {
				t.Errorf("%v succeeded, and the history is %s", did, said)
			}
			if (c.Status == casework.Decided) != (c.Document != "") {
				t.Errorf("%s with document %q", c.Status, c.Document)
			}
			if c.Status == casework.Decided && len(did) != 1 {
				t.Errorf("%v beside a decision", did)
			}
		}
	})
}

// TestUnanswered: a case whose applicant does not answer can be ended, its
// clock set going again.
func TestUnanswered(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		a := apply(t, w, w.Resident("person-1"), "move", move())
		if _, err := w.AskBack(t.Context(), kim, a.ID, "", "주소를 다시 알려 주세요."); err != nil {
			t.Fatal(err)
		}
		got, err := w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Returned, Reason: "답이 없어 돌려보내요."})
		if err != nil || got.Status != casework.Decided || got.PausedAt != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		_, err = w.Correct(t.Context(), w.Resident("person-1"), a.ID, "", "늦었어요", nil)
		wantKind(t, err, kernel.Conflict)
	})
}

// TestUnprovenOfficial keeps an account from its own case even where no
// register knows the official.
func TestUnprovenOfficial(t *testing.T) {
	w := casetest.SQLite(t)
	both := authz.Actor{Account: "both", Name: "누구", Grants: []authz.Grant{{Role: authz.Official, Agency: "north"}}}
	a := apply(t, w, both, "petition", petition("내 일"))
	_, err := w.Look(t.Context(), both, a.ID)
	wantError(t, err, kernel.Forbidden, "casework.error.own_household")
}
