package casework_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/store"
)

// dump is a table's rows as text, bytes as they are.
func dump(t testing.TB, w *casetest.World, table string) []string {
	t.Helper()
	var out []string
	err := w.DB.View(t.Context(), func(tx *store.Tx) error {
		out = nil
		rows, err := tx.Query("SELECT * FROM " + table)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // read to the end below
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			var b strings.Builder
			for i, v := range values {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				fmt.Fprintf(&b, "%s=%v ", columns[i], v)
			}
			out = append(out, b.String())
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// caseTables are the tables of casework, and what a purge leaves of a closed
// case: none means nothing.
var caseTables = []string{"casework_inspection", "casework_photo", "casework_application", "casework_party", "casework_event", "casework_key", "casework_document", "casework_file", "casework_waiting", "casework_words", "casework_block", "blob_file", "blob_chunk"}

// wantNothing fails where a table holds one of the words, as it is or in hex.
func wantNothing(t *testing.T, w *casetest.World, words ...string) {
	t.Helper()
	for _, table := range caseTables {
		for _, row := range dump(t, w, table) {
			for _, word := range words {
				if strings.Contains(row, word) || strings.Contains(row, hex.EncodeToString([]byte(word))) {
					t.Errorf("%s holds %q: %.300q", table, word, row)
				}
			}
		}
	}
}

// TestSealed: nothing that people wrote, or that registers told, lies open.
func TestSealed(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		w.Registers.Agree("person-1", "move")
		a := apply(t, w, hana, "move", moveIn("박셋"))
		if err := w.Sign(t.Context(), w.Resident("person-3"), invitation(t, w, a), true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AskBack(t.Context(), kim, a.ID, "", "물어볼게요"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Correct(t.Context(), hana, a.ID, "", "대답할게요", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Returned, Reason: "까닭이에요"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Object(t.Context(), hana, a.ID, "", "다르게 봐요"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Upload(t.Context(), hana, "비밀문서.pdf", bytes.NewReader(pdf)); err != nil {
			t.Fatal(err)
		}
		wantNothing(t, w, "김하나", "박셋", "새로 7", "가나로", "1111-1111", "1990-05-04", "물어볼게요", "대답할게요", "까닭이에요", "다르게 봐요", "비밀문서", "이사 신고 확인서", "%PDF")
	})
}

// TestPurge: when the time is over, of a closed case stays that it was; of
// everything else nothing.
func TestPurge(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, head, kim := w.Resident("person-1"), w.Resident("person-3"), w.Official("kim", "north")
		closed := apply(t, w, hana, "move", moveIn(head.Name))
		if err := w.Sign(t.Context(), head, invitation(t, w, closed), true); err != nil {
			t.Fatal(err)
		}
		closed, err := w.Decide(t.Context(), kim, closed.ID, "k", casework.Decision{Decision: casework.Returned, Reason: "아니에요"})
		if err != nil {
			t.Fatal(err)
		}
		withdrawn, err := w.Withdraw(t.Context(), hana, submitted(t, w).ID, "w")
		if err != nil {
			t.Fatal(err)
		}
		granted := paid(t, w, hana)
		if _, err := w.Decide(t.Context(), w.Official("kim", "interior"), granted.ID, "", casework.Decision{Decision: casework.Granted, Reason: "예"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Confirm(t.Context(), w.Official("lee", "interior"), granted.ID, "", true, ""); err != nil {
			t.Fatal(err)
		}
		alive := submitted(t, w)
		id := draft(t, w, hana, "petition", petition("쓰다 만 것"))
		attach(t, w, hana, id, "evidence", "사진.pdf")
		waiting := apply(t, w, hana, "move", moveIn("이넷"))

		purge := func(want int) {
			t.Helper()
			if n, err := w.Purge(t.Context()); err != nil || n != want {
				t.Errorf("purged %d, %v; want %d", n, err, want)
			}
		}
		purge(0)
		w.Clock.Set(casetest.Start.Add(90*24*time.Hour - time.Second))
		purge(0)
		w.Clock.Set(casetest.Start.Add(90 * 24 * time.Hour))
		purge(2) // the draft, and what nobody confirmed
		for _, gone := range []kernel.ID{id, waiting.ID} {
			_, err := w.Open(t.Context(), hana, gone)
			wantKind(t, err, kernel.NotFound)
		}
		w.Clock.Set(kernel.TimeOf(withdrawn.PurgeAt.Std()))
		purge(1)
		w.Clock.Set(closed.PurgeAt)
		purge(1)
		w.Clock.Advance(6 * 365 * 24 * time.Hour)
		purge(1)

		// What is still open stays whole.
		c := look(t, w, alive)
		if c.Content.Answers["subject"].Text() != "가로등" {
			t.Errorf("the open case holds %v", c.Content.Answers)
		}
		for _, row := range dump(t, w, "casework_application") {
			if strings.Contains(row, string(alive.ID)) {
				continue
			}
			for _, secret := range []string{string(hana.Account), hana.Person, string(kim.Account)} {
				if strings.Contains(row, secret) {
					t.Errorf("a purged case holds %q: %s", secret, row)
				}
			}
			if !strings.Contains(row, "number=M26-") || !strings.Contains(row, "answers= ") {
				t.Errorf("a purged case is %s", row)
			}
		}
		for _, table := range []string{"casework_party", "casework_file", "blob_file", "blob_chunk", "casework_key"} {
			if n := count(t, w, "SELECT COUNT(*) FROM "+table); n != 0 {
				t.Errorf("%d rows of %s stayed", n, table)
			}
		}
		if n := count(t, w, "SELECT COUNT(*) FROM casework_event WHERE application <> $1 AND (actor <> '' OR code LIKE 'R-%')", alive.ID); n != 0 {
			t.Errorf("%d timeline entries tell who", n)
		}
		if n := count(t, w, "SELECT COUNT(*) FROM casework_waiting WHERE seq <> $1", alive.Seq); n != 0 {
			t.Errorf("%d terms stayed", n)
		}
		for _, table := range []string{"casework_event", "casework_document"} {
			for _, row := range dump(t, w, table) {
				if !strings.Contains(row, string(alive.ID)) && !strings.Contains(row, "note= ") && !strings.Contains(row, "body= ") {
					t.Errorf("%s keeps a text: %.200q", table, row)
				}
			}
		}
		// The document's number still answers, and says nothing else.
		if got, err := w.Check(t.Context(), closed.Document); err != nil || got.Agency != "north" {
			t.Errorf("check %+v, %v", got, err)
		}
		_, _, err = w.PaperOf(t.Context(), hana, closed.Document)
		wantKind(t, err, kernel.NotFound)
		_, err = w.Open(t.Context(), hana, closed.ID)
		wantKind(t, err, kernel.NotFound)
		if c := look(t, w, closed); len(c.Content.Answers)+len(c.Parties)+len(c.Files) != 0 || c.Decision != casework.Returned {
			t.Errorf("at the desk: %+v", c)
		}
	})
}

// TestObjectionKeeps: a case that is objected to is kept as long as that takes.
func TestObjectionKeeps(t *testing.T) {
	w := casetest.SQLite(t)
	a := returned(t, w)
	if _, err := w.Object(t.Context(), w.Resident("person-1"), a.ID, "", "아니에요"); err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(a.PurgeAt.Add(time.Hour))
	if n, err := w.Purge(t.Context()); err != nil || n != 0 {
		t.Errorf("purged %d, %v", n, err)
	}
}
