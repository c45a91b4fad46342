package casework_test

import (
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

// TestCorrection: while the office waits for an answer its clock stands still,
// for working hours only.
func TestCorrection(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		a := apply(t, w, hana, "move", move()) // three hours from 10:00: 14:00 after lunch
		due := a.DueAt
		w.Clock.Advance(time.Hour)
		_, err := w.Correct(t.Context(), hana, a.ID, "", "물은 사람이 없어요", nil)
		wantError(t, err, kernel.Conflict, "casework.error.status")
		_, err = w.AskBack(t.Context(), kim, a.ID, "", "")
		wantField(t, err, "message", "casework.error.message_missing")
		a, err = w.AskBack(t.Context(), kim, a.ID, "k", "동·호수를 알려 주세요.")
		if err != nil || a.Status != casework.Correction || a.PausedAt != w.Clock.Now() || a.Assignee != kim.Account {
			t.Fatalf("%+v, %v", a, err)
		}
		_, err = w.AskBack(t.Context(), kim, a.ID, "", "또")
		wantKind(t, err, kernel.Conflict)
		w.Clock.Advance(24 * time.Hour) // a whole working day of eight hours
		_, err = w.Correct(t.Context(), hana, a.ID, "", "", nil)
		wantField(t, err, "message", "casework.error.message_missing")
		_, err = w.Correct(t.Context(), w.Resident("person-3"), a.ID, "", "제가요", nil)
		wantKind(t, err, kernel.NotFound)
		_, err = w.Correct(t.Context(), hana, a.ID, "", "", answers{"new_region": text("99999"), "nothing": text("x")})
		wantField(t, err, "new_region", "casework.answer.region")
		wantField(t, err, "nothing", "casework.answer.unknown_question")
		c, err := w.Correct(t.Context(), hana, a.ID, "c", "101동이에요.", answers{"new_address": text("새로 7, 101동 101호")})
		if err != nil || c.Status != casework.InReview || c.PausedAt != 0 {
			t.Fatalf("%+v, %v", c, err)
		}
		if want := due.Add(24 * time.Hour); c.DueAt != want {
			t.Errorf("due %v, want %v", c.DueAt, want)
		}
		if _, err := w.Correct(t.Context(), hana, a.ID, "c", "101동이에요.", answers{"new_address": text("새로 7, 101동 101호")}); err != nil {
			t.Errorf("pressed twice: %v", err)
		}
		if got := look(t, w, c); history(got) != "submitted correction_asked correction_given" || got.Content.Answers["new_address"].Text() != "새로 7, 101동 101호" {
			t.Errorf("%s: %v", history(got), got.Content.Answers)
		}
		e := w.Events(t)
		if len(e) != 3 || e[1].Type != contract.CorrectionAsked || e[2].Type != contract.CorrectionGiven {
			t.Errorf("events %+v", e)
		}
	})
}

// TestCorrectionFollows: changed answers change who takes part, what is found,
// and what is noted as disputed.
func TestCorrectionFollows(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		w.Registers.Agree("person-1", "move")
		in := move()
		in["previous_address"], in["phone"], in["movers"] = text("가나로 1"), text("010-1111-1111"), kernel.SetOf("person-1", "person-2")
		a := apply(t, w, hana, "move", in)
		if _, err := w.AskBack(t.Context(), kim, a.ID, "", "누가 이사했나요?"); err != nil {
			t.Fatal(err)
		}
		_, err := w.Correct(t.Context(), hana, a.ID, "", "", answers{"movers": kernel.SetOf("person-1", "김새봄"), "new_address": text("무지개로 9"), "previous_address": text("아니로 2")})
		if err != nil {
			t.Fatal(err)
		}
		c := look(t, w, a)
		var movers []string
		for _, p := range c.Parties {
			if p.Party.Party == "movers" {
				movers = append(movers, p.Person+p.Name)
			}
		}
		if len(movers) != 2 || movers[1] != "김새봄" {
			t.Errorf("movers %q", movers)
		}
		if !c.Content.Sources["previous_address"].Disputed || c.Content.Sources["phone"].Disputed {
			t.Errorf("sources %+v", c.Content.Sources)
		}
		for q, want := range map[string]int{"무지개로": 1, "새로": 0} {
			if l, err := w.Desk(t.Context(), kim, casework.DeskQuery{Text: q}); err != nil || len(l) != want {
				t.Errorf("search for %q: %d, %v", q, len(l), err)
			}
		}
	})
}

// TestConfirmedStays: what somebody else confirmed is not changed behind their
// back, and nobody is drawn in without being asked.
func TestConfirmedStays(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, head, kim := w.Resident("person-1"), w.Resident("person-3"), w.Official("kim", "north")
		a := apply(t, w, hana, "move", moveIn(head.Name))
		if err := w.Sign(t.Context(), head, invitation(t, w, a), true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AskBack(t.Context(), kim, a.ID, "", "전화번호가 맞나요?"); err != nil {
			t.Fatal(err)
		}
		for q, v := range (answers{"new_address": text("다른 곳"), "head_person": text("이넷"), "joins": text("false")}) {
			_, err := w.Correct(t.Context(), hana, a.ID, "", "", answers{q: v})
			wantField(t, err, q, "casework.answer.confirmed")
		}
		got, err := w.Correct(t.Context(), hana, a.ID, "", "", answers{"phone": text("010-5555-5555"), "new_address": text("새로 7, 101호")})
		if err != nil || got.Status != casework.InReview {
			t.Fatalf("%+v, %v", got, err)
		}
		if c := look(t, w, got); len(c.Parties) != 3 || c.Parties[2].Status != casework.PartySigned {
			for _, p := range c.Parties {
				t.Errorf("party %+v", p.Party)
			}
		}

		b := apply(t, w, hana, "move", move())
		if _, err := w.AskBack(t.Context(), kim, b.ID, "", "혼자 사나요?"); err != nil {
			t.Fatal(err)
		}
		_, err = w.Correct(t.Context(), hana, b.ID, "", "", answers{"joins": text("true"), "head_person": text(head.Name)})
		wantField(t, err, "head_person", "casework.answer.confirmed")
	})
}
