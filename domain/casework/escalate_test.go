package casework_test

import (
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
)

// TestEscalate: each of those in charge hears of a due date once, in turn.
func TestEscalate(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		o := newOffice(t, w, false)
		ctx := t.Context()
		a := submitted(t, w) // seven days
		if _, err := w.Assign(ctx, o.kim, a.ID, ""); err != nil {
			t.Fatal(err)
		}
		due := a.DueAt
		run := func(at kernel.Time) {
			t.Helper()
			w.Clock.Set(at)
			for range 2 { // at least once
				if err := w.Escalate(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		run(due.Add(-48 * time.Hour))
		wantTold(t, w, o.kim)
		run(due.Add(-24 * time.Hour))
		wantTold(t, w, o.kim, casework.PingSoon)
		wantTold(t, w, o.lead, casework.PingDay)
		wantTold(t, w, o.manager)
		run(kernel.TimeOf(due.DateIn(kernel.Seoul).In(kernel.Seoul)))
		wantTold(t, w, o.manager, casework.PingToday)
		run(due.Add(100 * 24 * time.Hour))
		wantTold(t, w, o.kim, casework.PingSoon)
		wantTold(t, w, o.manager, casework.PingToday)

		// A clock that stands still breaks nothing; another due date begins anew.
		b := submitted(t, w)
		if _, err := w.AskBack(ctx, o.lee, b.ID, "", "무엇을?"); err != nil {
			t.Fatal(err)
		}
		run(b.DueAt.Add(30 * 24 * time.Hour))
		wantTold(t, w, o.lee)
		got, err := w.Correct(ctx, w.Resident("person-1"), b.ID, "", "이거예요", nil)
		if err != nil {
			t.Fatal(err)
		}
		// The program stood still past every stage: all are told, once.
		run(got.DueAt.Add(time.Hour))
		wantTold(t, w, o.lee, casework.PingSoon)
		wantTold(t, w, o.lead, casework.PingDay, casework.PingDay)
		for _, row := range append(dump(t, w, "casework_ping"), dump(t, w, "casework_alarm")...) {
			if strings.Contains(row, "김하나") || strings.Contains(row, "가로등") {
				t.Errorf("a person in %s", row)
			}
		}
	})
}

// TestEscalateShortLimit: a limit of hours warns one after the other too, of an
// absent official the deputy.
func TestEscalateShortLimit(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		o := newOffice(t, w, false)
		a := apply(t, w, w.Resident("person-1"), "move", move()) // three hours
		if _, err := w.Assign(t.Context(), o.kim, a.ID, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.BeAway(t.Context(), o.kim, "north", "", casework.AbsenceInput{Deputy: o.lee.Account, From: w.Today(), Until: w.Today()}); err != nil {
			t.Fatal(err)
		}
		whole := a.DueAt.Sub(a.SubmittedAt)
		for _, step := range []struct {
			percent int64
			lee     []string
			lead    []string
		}{
			{50, []string{casework.PingDeputy}, nil},
			{71, []string{casework.PingDeputy, casework.PingSoon}, nil},
			{86, []string{casework.PingDeputy, casework.PingSoon}, []string{casework.PingDay}},
		} {
			w.Clock.Set(a.SubmittedAt.Add(time.Duration(int64(whole) / 100 * step.percent)))
			if err := w.Escalate(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantTold(t, w, o.lee, step.lee...)
			wantTold(t, w, o.lead, step.lead...)
		}
	})
}

// TestWarningsEnd: nobody is warned any more of a limit that was met, moved or
// stopped.
func TestWarningsEnd(t *testing.T) {
	w := casetest.SQLite(t)
	o := newOffice(t, w, false)
	for name, act := range map[string]func(id kernel.ID) error{
		"decided": func(id kernel.ID) error {
			_, err := w.Decide(t.Context(), o.kim, id, "", casework.Decision{Decision: casework.Replied, Reason: "고쳤어요."})
			return err
		},
		"withdrawn": func(id kernel.ID) error {
			_, err := w.Withdraw(t.Context(), w.Resident("person-1"), id, "")
			return err
		},
		"stopped": func(id kernel.ID) error {
			_, err := w.StopClock(t.Context(), o.kim, id, "", "expert", "감정을 받아요.")
			return err
		},
	} {
		a := submitted(t, w)
		if _, err := w.Assign(t.Context(), o.kim, a.ID, ""); err != nil {
			t.Fatal(err)
		}
		w.Clock.Set(a.DueAt.Add(-time.Hour))
		if err := w.Escalate(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantTold(t, w, o.kim, casework.PingSoon)
		if err := act(a.ID); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, who := range []authz.Actor{o.kim, o.lead, o.manager} {
			wantTold(t, w, who)
		}
	}
}
