package casework_test

import (
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

// TestStopClock: the clock stands still for a named reason, the applicant is
// told, and the due date moves by the working time that passed.
func TestStopClock(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		a := apply(t, w, w.Resident("person-1"), "move", move())
		due := a.DueAt
		_, err := w.StopClock(t.Context(), kim, a.ID, "", "lunch", "점심이에요.")
		wantField(t, err, "reason", "casework.error.stop_reason")
		_, err = w.StopClock(t.Context(), kim, a.ID, "", "expert", "")
		wantField(t, err, "note", "casework.error.note_missing")
		_, err = w.RunClock(t.Context(), kim, a.ID, "")
		wantError(t, err, kernel.Conflict, "casework.error.clock_runs")
		a, err = w.StopClock(t.Context(), kim, a.ID, "s", "expert", "건물 검사를 기다려요.")
		if err != nil || a.Status != casework.InReview || a.PausedAt != w.Clock.Now() || a.Assignee != kim.Account {
			t.Fatalf("%+v, %v", a, err)
		}
		_, err = w.StopClock(t.Context(), kim, a.ID, "", "hearing", "또")
		wantError(t, err, kernel.Conflict, "casework.error.clock_stands")
		_, err = w.RunClock(t.Context(), w.Official("park", "south"), a.ID, "")
		wantKind(t, err, kernel.NotFound)
		w.Clock.Advance(24 * time.Hour)
		a, err = w.RunClock(t.Context(), kim, a.ID, "r")
		if err != nil || a.PausedAt != 0 || a.DueAt != due.Add(24*time.Hour) {
			t.Fatalf("due %v, want %v; %v", a.DueAt, due.Add(24*time.Hour), err)
		}
		if _, err := w.RunClock(t.Context(), kim, a.ID, "r"); err != nil {
			t.Errorf("pressed twice: %v", err)
		}
		if e := w.Events(t); len(e) != 3 || e[1].Type != contract.ClockStopped || e[2].Type != contract.ClockStarted {
			t.Errorf("events %+v", e)
		}
	})
}

// TestStandingClockMovesOn: whatever is done while the clock stands still
// leaves no pause behind.
func TestStandingClockMovesOn(t *testing.T) {
	stopped := func(t *testing.T, w *casetest.World, service string, a answers) *casework.Application {
		c := apply(t, w, w.Resident("person-1"), service, a)
		c, err := w.StopClock(t.Context(), w.Official("kim", "north"), c.ID, "", "hearing", "의견을 들어요.")
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(time.Hour)
		return c
	}
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Official("kim", "north")
		a := stopped(t, w, "move", move())
		due := a.DueAt
		a, err := w.AskBack(t.Context(), kim, a.ID, "", "동·호수를 알려 주세요.")
		if err != nil || a.PausedAt != w.Clock.Now() || a.DueAt <= due {
			t.Errorf("asked back: %+v, %v", a, err)
		}
		b := stopped(t, w, "petition", petition("가로등"))
		b, err = w.Transfer(t.Context(), kim, b.ID, "", "south", "남쪽 일이에요.")
		if err != nil || b.PausedAt != 0 {
			t.Errorf("handed on: %+v, %v", b, err)
		}
		c := stopped(t, w, "petition", petition("신호등"))
		c, err = w.Decide(t.Context(), kim, c.ID, "", casework.Decision{Decision: casework.Replied, Reason: "고쳤어요."})
		if err != nil || c.PausedAt != 0 {
			t.Errorf("decided: %+v, %v", c, err)
		}
	})
}
