package app

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"maru/domain/benefit/alert"
	"maru/domain/mydata"
	"maru/domain/mydata/sample"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
)

// forBenefits is under what name people agree that their benefits are worked out.
const forBenefits = "benefits"

// TestAlertsFromRegisters: by consent, what the registers of the try-out say about
// somebody who turns 65 is told once, with the birthday as the reason; a birth
// and a move look after them again; without consent nobody looks.
func TestAlertsFromRegisters(t *testing.T) {
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-11-20").In(kernel.Seoul).Add(12 * time.Hour)))
	a, err := Open(t.Context(), Config{Data: t.TempDir(), PublicURL: "http://localhost:8080", demo: true}, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	people := map[string]authz.Actor{}
	for _, s := range a.registry.World().Situations() {
		people[s.ID] = authz.Actor{Account: kernel.ID("00000000-0000-7000-8000-0000000" + s.Person[2:]), Person: s.Person}
	}
	run := func() {
		t.Helper()
		if _, err := a.jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	inbox := func(who string) (out []string) {
		t.Helper()
		list, _, err := a.notice.List(t.Context(), people[who], kernel.EN, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			words := m.Title + " | " + m.Text
			for _, i := range m.Changes {
				words += " | " + i.Title + ": " + strings.Join(i.Lines, "; ")
			}
			out = append(out, words)
		}
		return out
	}
	for _, who := range []string{"soon_65", "newborn"} {
		home, err := a.registry.Household(t.Context(), people[who].Person)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range home { // each for themselves
			actor := authz.Actor{Account: kernel.ID("00000000-0000-7000-8000-0000000" + m.Person[2:]), Person: m.Person}
			if _, err := a.mydata.Grant(t.Context(), actor, forBenefits, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, who := range []string{"soon_65", "newborn", "student"} {
		if err := a.alert.Save(t.Context(), people[who], alert.Setting{Lost: true, Likely: true}); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if got := inbox("soon_65"); len(got) != 1 {
		t.Fatalf("after the first look: %q", got)
	}
	if got := inbox("student"); len(got) != 0 {
		t.Errorf("without consent: %q", got)
	}
	// Somebody of the household takes their consent back, in part and wholly, and
	// gives it again: who lives with them is looked after each time.
	readings := func() (n int) {
		t.Helper()
		err := a.db.View(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM audit_row WHERE act = 'mydata.fetch'`).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	home, err := a.registry.Household(t.Context(), people["soon_65"].Person)
	if err != nil || len(home) < 2 {
		t.Fatalf("soon_65 lives with %v, %v", home, err)
	}
	spouse := home[slices.IndexFunc(home, func(m mydata.Member) bool { return m.Person != people["soon_65"].Person })].Person
	other := authz.Actor{Account: kernel.ID("00000000-0000-7000-8000-0000000" + spouse[2:]), Person: spouse}
	given, err := a.mydata.GrantSensitive(t.Context(), other, forBenefits, "")
	if err != nil {
		t.Fatal(err)
	}
	run()
	for _, c := range []struct {
		name string
		act  func() error
	}{
		{"in part", func() (err error) {
			given, err = a.mydata.WithdrawSensitive(t.Context(), other, given.ID)
			return err
		}},
		{"wholly", func() error { _, err := a.mydata.Withdraw(t.Context(), other, given.ID); return err }},
		{"again", func() error { _, err := a.mydata.Grant(t.Context(), other, forBenefits, ""); return err }},
	} {
		before := readings()
		if err := c.act(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if run(); readings() == before {
			t.Errorf("%s: nobody looked after who lives with them", c.name)
		}
	}
	mother := people["newborn"].Person
	if _, err := a.registry.Birth(t.Context(), sample.Birth{ID: "r", Mother: mother, Father: a.registry.World().Value(mother, "spouse").Text(), Name: "보기", Sex: "male", On: kernel.MustDate("2026-11-19")}); err != nil {
		t.Fatal(err)
	}
	for range 40 {
		c.Advance(24 * time.Hour)
		run()
	}
	for who, want := range map[string]string{"soon_65": "Because of the birthday on", "newborn": "For the child born on"} {
		got := strings.Join(inbox(who), "\n")
		if !strings.Contains(got, want) {
			t.Errorf("%s: no %q in %s", who, want, got)
		}
	}
	// After a year the consents have run out: what was told goes, and what was found.
	k, err := a.benefit.Known(t.Context(), people["soon_65"].Person)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.benefit.Tell(t.Context(), people["soon_65"], k, k.Self+".illness", kernel.BoolOf(false)); err != nil {
		t.Fatal(err)
	}
	c.Advance(330 * 24 * time.Hour)
	run()
	run()
	for what, query := range map[string]string{"statements": `SELECT count(*) FROM benefit_statement`, "standings": `SELECT count(*) FROM benefit_alert_standing`} {
		var n int
		if err := a.db.View(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(query).Scan(&n) }); err != nil || n != 0 {
			t.Errorf("%d %s are left, %v", n, what, err)
		}
	}
}
