package casework_test

import (
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

// TestTransfer: with the case goes who sees it, who finds it, and the time.
func TestTransfer(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, lee := w.Official("kim", "north"), w.Official("lee", "south")
		a := submitted(t, w)
		for _, tt := range []struct{ agency, reason, field, key string }{
			{"south", "", "reason", "casework.error.reason_missing"},
			{"nowhere", "이유", "agency", "casework.error.agency_unknown"},
			{"north", "이유", "agency", "casework.error.agency_same"},
		} {
			_, err := w.Transfer(t.Context(), kim, a.ID, "", tt.agency, tt.reason)
			wantField(t, err, tt.field, tt.key)
		}
		if _, err := w.Assign(t.Context(), kim, a.ID, ""); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(24 * time.Hour)
		got, err := w.Transfer(t.Context(), kim, a.ID, "k", "south", "남구 일이에요.")
		if err != nil || got.Agency != "south" || got.Status != casework.Submitted || got.Assignee != "" || got.DueAt <= a.DueAt || got.Number != a.Number {
			t.Fatalf("%+v, %v", got, err)
		}
		// The case is out of sight now, and the retry still succeeds.
		again, err := w.Transfer(t.Context(), kim, a.ID, "k", "south", "남구 일이에요.")
		if err != nil || again.Agency != "south" || again.Rev != got.Rev {
			t.Errorf("again: %+v, %v", again, err)
		}
		_, err = w.Transfer(t.Context(), kim, a.ID, "k", "interior", "남구 일이에요.")
		wantError(t, err, kernel.Conflict, "casework.error.key_reused")
		_, err = w.Look(t.Context(), kim, a.ID)
		wantKind(t, err, kernel.NotFound)
		for desk, want := range map[string]int{"north": 0, "south": 1} {
			for _, q := range []casework.DeskQuery{{}, {Text: "가로등"}, {Text: a.Number}} {
				if l, err := w.Desk(t.Context(), w.Official("x", desk), q); err != nil || len(l) != want {
					t.Errorf("%s %+v: %d, %v", desk, q, len(l), err)
				}
			}
		}
		c, err := w.Look(t.Context(), lee, a.ID)
		if err != nil || history(c) != "submitted assigned transferred:south" || c.Events[2].Agency != "north" {
			t.Fatalf("%s, %v", history(c), err)
		}
		// It was the northern office's act.
		if n := count(t, w, "SELECT COUNT(*) FROM audit_row WHERE act = 'casework.transfer' AND agency = 'north' AND role_agency = 'north'"); n != 1 {
			t.Errorf("%d rows of the northern office", n)
		}
		if e := w.Events(t); e[len(e)-1].Type != contract.Transferred || e[len(e)-1].Agency != "south" {
			t.Errorf("events %+v", e)
		}
		// A report of a move is no ministry's.
		m := apply(t, w, w.Resident("person-1"), "move", move())
		_, err = w.Transfer(t.Context(), kim, m.ID, "", "interior", "이유")
		wantField(t, err, "agency", "casework.error.agency_not_competent")
	})
}
