package app

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"maru/domain/benefit/alert"
	"maru/domain/mydata/sample"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
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
}
