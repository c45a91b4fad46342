package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/store"
)

// several are petitions that lie at the northern office.
func several(t *testing.T, w *casetest.World, n int) []kernel.ID {
	var out []kernel.ID
	for i := range n {
		out = append(out, apply(t, w, w.Resident("person-1"), "petition", petition(fmt.Sprintf("가로등 %d번", i))).ID)
		w.Clock.Advance(time.Second)
	}
	return out
}

// TestBulk: what an order does is seen before, waits, and is then done to each
// case that still allows it.
func TestBulk(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Hire("kim", "north")
		ids := several(t, w, 3)
		o := casework.BulkOrder{Act: casework.BulkDecide, Cases: ids, Decision: casework.Replied, Text: "{name} 님, {number}번을 고쳤어요."}
		lines, err := w.Preview(t.Context(), kim, o)
		if err != nil || len(lines) != 3 {
			t.Fatalf("%d, %v", len(lines), err)
		}
		for _, l := range lines {
			if l.Why != nil || !strings.Contains(l.Text, l.Number) || strings.Contains(l.Text, "{") {
				t.Errorf("%+v", l)
			}
		}
		b, err := w.Order(t.Context(), kim, "k", o)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.Order(t.Context(), kim, "k", o); err != nil || again.ID != b.ID {
			t.Errorf("pressed twice: %+v, %v", again, err)
		}
		if err := w.RunBulks(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c := look(t, w, lines[0].Application); c.Status != casework.Submitted {
			t.Errorf("done before its time: %s", c.Status)
		}
		// Meanwhile the applicant takes one back.
		if _, err := w.Withdraw(t.Context(), w.Resident("person-1"), ids[1], ""); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(6 * time.Minute)
		for range 2 {
			if err := w.RunBulks(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		b, _, err = w.Bulk(t.Context(), kim, b.ID)
		if err != nil || b.Status != casework.BulkDone {
			t.Fatalf("%+v, %v", b, err)
		}
		for _, c := range b.Cases {
			want := "done"
			if c.Application == ids[1] {
				want = "casework.error.status"
			}
			if c.Outcome != want {
				t.Errorf("%s: %s", c.Application, c.Outcome)
			}
		}
		for _, l := range lines {
			c := look(t, w, l.Application)
			if l.ID != ids[1] && (c.Status != casework.Decided || history(c) != "submitted decided:replied") {
				t.Errorf("%s: %s", c.Status, history(c))
			}
		}
		wantError(t, w.Undo(t.Context(), kim, b.ID), kernel.Conflict, "casework.bulk.error.late")
		_, _, err = w.Bulk(t.Context(), w.Hire("lee", "north"), b.ID)
		wantKind(t, err, kernel.NotFound)
	})
}

// TestBulkUndone: taken back in time, nothing happens.
func TestBulkUndone(t *testing.T) {
	w := casetest.SQLite(t)
	kim := w.Hire("kim", "north")
	ids := several(t, w, 2)
	b, err := w.Order(t.Context(), kim, "k", casework.BulkOrder{Act: casework.BulkAsk, Cases: ids, Text: "어디인가요?"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Undo(t.Context(), kim, b.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Advance(time.Hour)
	if err := w.RunBulks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, w, `SELECT COUNT(*) FROM casework_application WHERE status = 'submitted'`); n != 2 {
		t.Errorf("%d of 2 are as they were", n)
	}
}

// TestBulkRefuses: nothing is taken away from people in bulk, nothing of
// another desk is touched, and who has left does nothing any more.
func TestBulkRefuses(t *testing.T) {
	w := casetest.SQLite(t)
	kim := w.Hire("kim", "north")
	ids := several(t, w, 1)
	for field, o := range map[string]casework.BulkOrder{
		"act":      {Act: "burn", Cases: ids},
		"case":     {Act: casework.BulkAssign},
		"to":       {Act: casework.BulkHandOver, Cases: ids},
		"decision": {Act: casework.BulkDecide, Cases: ids, Decision: casework.Refused, Text: "안 돼요."},
		"text":     {Act: casework.BulkAsk, Cases: ids},
	} {
		_, err := w.Order(t.Context(), kim, "k"+field, o)
		if !kernel.Is(err, kernel.Invalid) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	_, err := w.Order(t.Context(), w.Hire("park", "south"), "s", casework.BulkOrder{Act: casework.BulkAssign, Cases: ids})
	wantKind(t, err, kernel.Invalid)
	b, err := w.Order(t.Context(), kim, "k", casework.BulkOrder{Act: casework.BulkAssign, Cases: ids})
	if err != nil {
		t.Fatal(err)
	}
	w.Leave(t, kim)
	w.Clock.Advance(time.Hour)
	if err := w.RunBulks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, w, `SELECT COUNT(*) FROM casework_application WHERE assignee <> ''`); n != 0 {
		t.Error("somebody who left took a case")
	}
	if n := count(t, w, `SELECT COUNT(*) FROM casework_bulk_case WHERE bulk = $1 AND outcome IN ('', 'done')`, b.ID); n != 0 {
		t.Error("the outcome does not say so")
	}
}

// TestBulkGoesOn: a case that cannot be opened keeps neither the others back
// nor the act going for ever; and a case that was done before the program
// stopped is told as done, whatever its blanks say by now.
func TestBulkGoesOn(t *testing.T) {
	w := casetest.SQLite(t)
	kim := w.Hire("kim", "north")
	ids := several(t, w, 3)
	slices.Sort(ids) // as a bulk act goes through them
	if _, err := w.StopClock(t.Context(), kim, ids[1], "", "expert", "감정을 받아요."); err != nil {
		t.Fatal(err)
	}
	set := func(query string, args ...any) {
		t.Helper()
		if err := w.DB.Update(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	b, err := w.Order(t.Context(), kim, "k", casework.BulkOrder{Act: casework.BulkDecide, Cases: ids, Decision: casework.Replied, Text: "{due}까지 하려던 일을 마쳤어요."})
	if err != nil {
		t.Fatal(err)
	}
	set(`UPDATE casework_application SET answers = $1 WHERE id = $2`, []byte("broken"), ids[0])
	w.Clock.Advance(72 * time.Hour)
	outcomes := func() (status, out string) {
		t.Helper()
		b, _, err := w.Bulk(t.Context(), kim, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range b.Cases {
			out += c.Outcome + " "
		}
		return b.Status, out
	}
	// The program stops between the act and its note.
	w.Clock.Set(b.RunAt)
	if err := w.RunBulks(t.Context()); err == nil {
		t.Error("the broken case is not told of")
	}
	if status, out := outcomes(); status != casework.BulkRunning || out != " done done " {
		t.Errorf("%s: %q", status, out)
	}
	set(`UPDATE casework_bulk_case SET outcome = '' WHERE bulk = $1`, b.ID)
	w.Clock.Advance(25 * time.Hour)
	if err := w.RunBulks(t.Context()); err != nil {
		t.Error(err)
	}
	if status, out := outcomes(); status != casework.BulkDone || out != "casework.bulk.error.failed done done " {
		t.Errorf("%s: %q", status, out)
	}
}

// TestBulkAudited: who ordered an act on many cases, and who took it back,
// stands in the log.
func TestBulkAudited(t *testing.T) {
	w := casetest.SQLite(t)
	kim := w.Hire("kim", "north")
	b, err := w.Order(t.Context(), kim, "k", casework.BulkOrder{Act: casework.BulkAssign, Cases: several(t, w, 1)})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Undo(t.Context(), kim, b.ID); err != nil {
			t.Fatal(err)
		}
	}
	for _, act := range []string{"casework.bulk", "casework.bulk_undo"} {
		if n := count(t, w, `SELECT COUNT(*) FROM audit_row WHERE act = $1 AND object = $2`, act, "bulk:"+string(b.ID)); n != 1 {
			t.Errorf("%s: %d rows", act, n)
		}
	}
}

// TestBulkNote: a note to a colleague is given as it was typed, so that is what
// the preview shows.
func TestBulkNote(t *testing.T) {
	w := casetest.SQLite(t)
	kim, lee := w.Hire("kim", "north"), w.Hire("lee", "north")
	l, err := w.Preview(t.Context(), kim, casework.BulkOrder{Act: casework.BulkHandOver, To: lee.Account, Cases: several(t, w, 1), Text: "{name} 님 건이에요."})
	if err != nil || len(l) != 1 || l[0].Text != "{name} 님 건이에요." {
		t.Errorf("%+v, %v", l, err)
	}
}
