package mandate

import (
	"strings"
	"testing"
	"time"

	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
	"maru/platform/store/storetest"
)

// People of one household have the register's papers about each other, for as
// long as they are one household, and nothing else.
func TestMates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		b := newBench(t, db)
		ctx := t.Context()
		if l, err := b.Mates(ctx, mother); err != nil || len(l) != 0 {
			t.Fatalf("a minor child, for whom a mother has more, is a mate: %v %v", l, err)
		}
		b.town.moves("p-friend", "1")
		if l, err := b.Mates(ctx, mother); err != nil || len(l) != 1 || l[0] != (Mate{"p-friend", "이벗"}) {
			t.Fatalf("mates: %v %v", l, err)
		}
		for _, person := range []string{"p-other", "p-mother", "p-child", "p-nobody"} {
			_, err := b.ForMate(ctx, mother, person)
			want(t, err, kernel.Forbidden)
		}
		m, err := b.ForMate(ctx, mother, "p-friend")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := b.ForMate(ctx, mother, "p-friend"); err != nil || again.ID != m.ID {
			t.Errorf("a second row: %v", err)
		}
		want(t, b.End(ctx, mother, m.ID), kernel.Conflict)
		who, _, err := b.As(ctx, mother, m.ID, Use{Action: authz.SubmitApplications})
		if err != nil || who.Person != "p-friend" || !who.Helper.Own || who.Helper.Law == "" || !who.Covers("resident-register-copy") || who.Covers("family-relation-certificate") {
			t.Errorf("acts as %+v, %v", who, err)
		}
		for _, action := range []string{authz.GiveConsent, authz.ReadConsents, authz.WithdrawConsent, authz.ReadNotices} {
			if _, _, err := b.As(ctx, mother, m.ID, Use{Action: action}); !kernel.Is(err, kernel.Forbidden) {
				t.Errorf("a mate may %s: %v", action, err)
			}
		}
		if b.may(other, m.ID) || b.may(friend, m.ID) {
			t.Error("others may use it")
		}
		acts := strings.Join(b.acts(authz.Actor{Account: acct("2"), Person: "p-friend"}), "\n")
		for _, said := range []string{"Checked who is of the same household", "as one of the same household"} {
			if !strings.Contains(acts, said) {
				t.Errorf("the log does not say %q: %s", said, acts)
			}
		}
		b.town.keeps("p-mother", "p-friend", true)
		if b.may(mother, m.ID) {
			t.Error("has papers that an office keeps from her")
		}
		b.town.keeps("p-mother", "p-friend", false)
		b.town.change("p-mother", func(p *Person) { p.Birth = kernel.MustDate("2008-01-01") })
		if l, err := b.Mates(ctx, mother); err != nil || len(l) != 0 || b.may(mother, m.ID) {
			t.Errorf("who is not of age has papers of others: %v %v", l, err)
		}
		b.town.change("p-mother", func(p *Person) { p.Birth = kernel.MustDate("1984-05-01") })
		b.town.moves("p-friend", "9")
		if b.may(mother, m.ID) {
			t.Error("acts for somebody who moved out")
		}
		b.town.moves("p-friend", "1")
		b.clock.Set(b.clock.Now().Add(48 * time.Hour))
		if b.may(mother, m.ID) {
			t.Error("acts two days later")
		}
		next, err := b.ForMate(ctx, mother, "p-friend")
		if err != nil || next.ID == m.ID || !b.may(mother, next.ID) {
			t.Fatalf("two days later: %v", err)
		}
		err = db.View(ctx, func(tx *pstore.Tx) error {
			row, err := store.Get(tx, m.ID)
			if err == nil && row.State != Ended {
				t.Errorf("the row before is %s", row.State)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		b.town.change("p-friend", func(p *Person) { p.Alive = false })
		if b.may(mother, next.ID) {
			t.Error("acts for the dead")
		}
	}, migrations()...)
}

// A parent keeps acting for a child whose papers an office keeps from them, but
// for the papers: they would say where the child fled to.
func TestPapersWithheld(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, migrations()...))
	ctx := t.Context()
	m, err := b.ForChild(ctx, mother, "p-child")
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []bool{false, true} {
		b.town.keeps("p-mother", "p-child", kept)
		who, _, err := b.As(ctx, mother, m.ID, Use{Action: authz.SubmitApplications})
		if err != nil || !who.Covers("passport-issue") || who.Covers("resident-register-copy") == kept || who.Covers("family-relation-certificate") == kept {
			t.Errorf("kept %v: %+v %v", kept, who.Helper.Services, err)
		}
	}
}
