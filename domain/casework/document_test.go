package casework_test

import (
	"fmt"
	"strings"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/store"
)

func TestDocument(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		w.Registers.Agree("person-1", "copy")
		a := apply(t, w, hana, "copy", answers{"number_back": text("false"), "copies": kernel.IntOf(2), "birth_date": text("1990-05-04")})
		p, d, err := w.PaperOf(t.Context(), hana, a.Document)
		if err != nil {
			t.Fatal(err)
		}
		if p.Holder != hana.Name || p.Case != a.Number || p.Title.EN != "Register copy" || p.Issuer.EN != "North District Office" || !p.ByRule || p.Reason.EN == "" || p.Statement.IsZero() {
			t.Errorf("paper %+v", p)
		}
		var rows []string
		for _, r := range p.Rows {
			rows = append(rows, r.Label.EN+"="+r.Value.EN)
		}
		if got := strings.Join(rows, " "); got != "name=김하나 birth_date=1990-05-04 address=가나로 1 How many?=2" {
			t.Errorf("rows %s", got)
		}
		// It is its holder's alone.
		for _, number := range []string{a.Document, strings.ToLower(a.Document)} {
			if _, _, err := w.PaperOf(t.Context(), hana, number); err != nil {
				t.Errorf("%s: %v", number, err)
			}
		}
		for _, number := range []string{a.Document, "D26-0000-0000-0000", "\x00", a.Number} {
			_, _, err := w.PaperOf(t.Context(), w.Resident("person-3"), number)
			wantKind(t, err, kernel.NotFound)
		}

		// Anybody may ask whether it is real, and learns nothing of the person.
		c, err := w.Check(t.Context(), strings.ReplaceAll(a.Document, "-", " "))
		if err != nil || c.Number != a.Document || c.Hash != d.Hash || c.Agency != "north" || c.Issued != a.DecidedAt || !c.Revoked.IsZero() {
			t.Fatalf("check %+v, %v", c, err)
		}
		told := fmt.Sprintf("%+v", *c)
		for _, secret := range []string{hana.Name, hana.Person, "1990", "가나로", a.Number, string(a.ID), string(a.Account)} {
			if strings.Contains(told, secret) {
				t.Errorf("the check tells %q: %s", secret, told)
			}
		}
		for _, typed := range []string{"", "D26", a.Number, a.Document + "0", strings.Repeat("D", 1<<20)} {
			_, err := w.Check(t.Context(), typed)
			wantField(t, err, "number", "casework.error.document_number")
		}
	})
}

// TestSameDecisionOtherHash: the published hash confirms no guess, even where
// two documents say the same.
func TestSameDecisionOtherHash(t *testing.T) {
	w := casetest.SQLite(t)
	w.Registers.Agree("person-1", "copy")
	seen := map[string]bool{}
	for range 2 {
		a := apply(t, w, w.Resident("person-1"), "copy", answers{"number_back": text("false"), "copies": kernel.IntOf(1), "birth_date": text("1990-05-04")})
		p, d, err := w.PaperOf(t.Context(), w.Resident("person-1"), a.Document)
		if err != nil || len(p.Salt) < 16 || seen[string(p.Salt)] || seen[d.Hash] {
			t.Errorf("salt %x, hash %s, %v", p.Salt, d.Hash, err)
		}
		seen[string(p.Salt)], seen[d.Hash] = true, true
	}
}

// TestForgedDocument: a row that somebody changed in the database does not
// open.
func TestForgedDocument(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		one, two := returned(t, w), returned(t, w)
		for name, forge := range map[string]string{
			"another hash":       "UPDATE casework_document SET hash = 'ff' WHERE number = $1",
			"another one's body": "UPDATE casework_document SET body = (SELECT body FROM casework_document WHERE number <> $1) WHERE number = $2",
		} {
			err := w.DB.Update(t.Context(), func(tx *store.Tx) error {
				args := []any{one.Document}
				if strings.Contains(forge, "$2") {
					args = append(args, one.Document)
				}
				_, err := tx.Exec(forge, args...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err = w.PaperOf(t.Context(), hana, one.Document); !kernel.Is(err, kernel.Internal) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, _, err := w.PaperOf(t.Context(), hana, two.Document); err != nil {
			t.Error(err)
		}
	})
}

// TestRegistered gives a register the answers it acts on, and logs it.
func TestRegistered(t *testing.T) {
	w := casetest.SQLite(t)
	a := apply(t, w, w.Resident("person-1"), "move", move())
	if _, err := w.Decide(t.Context(), w.Official("kim", "north"), a.ID, "", casework.Decision{Decision: casework.Accepted, Reason: "예"}); err != nil {
		t.Fatal(err)
	}
	got, person, err := w.Registered(t.Context(), a.ID)
	if err != nil || person != "person-1" || got["new_region"].Text() != "11110" {
		t.Errorf("%v of %s, %v", got, person, err)
	}
	if n := count(t, w, "SELECT COUNT(*) FROM audit_row WHERE act = 'casework.register'"); n != 1 {
		t.Errorf("%d rows", n)
	}
}
