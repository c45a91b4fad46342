package casework_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// springWorld lets petition and move share the day and the telephone number.
func springWorld(w *casetest.World) {
	w.Catalog.Change("move", func(s *catalog.Service) { s.Questions[0].Share = "move.on" })
	w.Catalog.Change("petition", func(s *catalog.Service) {
		s.Questions = append(s.Questions,
			catalog.Question{ID: "since", Type: "date", Past: true, Share: "move.on", Title: kernel.Text{KO: "언제부터인가요?", EN: "Since when?"}},
			catalog.Question{ID: "call", Type: "text", Fact: "phone", Max: 20, Title: kernel.Text{KO: "전화번호", EN: "Phone"}})
	})
}

// spring is an open bundle of petition and move.
func spring(t testing.TB, w *casetest.World, who authz.Actor) kernel.ID {
	t.Helper()
	id, err := w.StartBundle(t.Context(), who, "spring", []string{"move", "petition"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func bundle(t testing.TB, w *casetest.World, who authz.Actor, id kernel.ID) *casework.Bundle {
	t.Helper()
	b, err := w.OpenBundle(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// member is the draft of one service.
func member(t testing.TB, b *casework.Bundle, service string) *casework.Case {
	t.Helper()
	for _, c := range b.Members {
		if c.Service.ID == service {
			return c
		}
	}
	t.Fatalf("no %s in the bundle", service)
	return nil
}

// whole answers every question of the bundle.
func whole() answers {
	out := answers{"move.moved_on": text("2026-03-01"), "move.phone": text("010-1111-1111")}
	for id, v := range move() {
		if id != "moved_on" && id != "phone" {
			out["move."+id] = v
		}
	}
	for id, v := range petition("가로등이 꺼졌어요.") {
		out["petition."+id] = v
	}
	return out
}

func TestBundleAsksOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		springWorld(w)
		who := w.Resident("person-1")
		id := spring(t, w, who)
		var keys []string
		b := bundle(t, w, who, id)
		for _, q := range b.Questions(w.Today()) {
			keys = append(keys, fmt.Sprintf("%s/%d", q.Key, len(q.Uses)))
		}
		want := []string{"move.moved_on/2", "move.phone/2", "move.new_region/1", "move.new_address/1", "move.movers/1", "move.previous_address/1",
			"move.joins/1", "petition.subject/1", "petition.content/1", "petition.body/1", "petition.evidence/1"}
		slices.Sort(keys)
		slices.Sort(want)
		if !slices.Equal(keys, want) {
			t.Errorf("asks %v,\nwant %v", keys, want)
		}
		if q := b.Questions(w.Today()); !q[0].Shared || !q[1].Shared || q[2].Shared {
			t.Error("what is shared is not asked first")
		}

		if err := w.AnswerBundle(t.Context(), who, id, answers{"move.moved_on": text("2026-03-01")}); err != nil {
			t.Fatal(err)
		}
		b = bundle(t, w, who, id)
		day := kernel.DateValueOf(kernel.MustDate("2026-03-01"))
		if !member(t, b, "move").Content.Answers["moved_on"].Equal(day) || !member(t, b, "petition").Content.Answers["since"].Equal(day) {
			t.Error("the shared answer is not in both drafts")
		}
		// An answer given in one draft by itself reaches the other too.
		if err := w.Answer(t.Context(), who, member(t, b, "petition").ID, "call", text("010-2")); err != nil {
			t.Fatal(err)
		}
		if got := member(t, bundle(t, w, who, id), "move").Content.Answers["phone"].Text(); got != "010-2" {
			t.Errorf("the other draft says %q", got)
		}
		// All or none: one wrong answer keeps the right one out too.
		err := w.AnswerBundle(t.Context(), who, id, answers{"move.moved_on": text("2027-01-01"), "petition.subject": text("새 제목")})
		wantField(t, err, "move.moved_on", "casework.answer.not_past")
		if _, given := member(t, bundle(t, w, who, id), "petition").Content.Answers["subject"]; given {
			t.Error("half of the answers were kept")
		}
		wantKind(t, w.AnswerBundle(t.Context(), who, id, answers{"nonsense": text("x")}), kernel.Invalid)
		_, err = w.OpenBundle(t.Context(), w.Resident("person-3"), id)
		wantKind(t, err, kernel.NotFound)
		// The same choice again is the same bundle.
		if again := spring(t, w, who); again != id {
			t.Errorf("a second bundle: %s", again)
		}
	})
}

func TestBundleTakesWaitingDrafts(t *testing.T) {
	w := casetest.SQLite(t)
	springWorld(w)
	who := w.Resident("person-1")
	draft, err := w.Start(t.Context(), who, "petition")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Answer(t.Context(), who, draft, "since", text("2026-02-02")); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)
	id := spring(t, w, who)
	b := bundle(t, w, who, id)
	if member(t, b, "petition").ID != draft {
		t.Error("the draft that waited was not taken in")
	}
	if got, _ := member(t, b, "move").Content.Answers["moved_on"].Date(); got.String() != "2026-02-02" {
		t.Errorf("the other draft says %q", got)
	}
	// What is not chosen any more: an answered draft goes on alone.
	if _, err := w.StartBundle(t.Context(), who, "spring", []string{"move", "grant"}); err != nil {
		t.Fatal(err)
	}
	if c := open(t, w, who, draft); c.Status != casework.Draft {
		t.Errorf("the draft is %s", c.Status)
	}
	if _, _, ok, _ := w.BundleOf(t.Context(), who, draft); ok {
		t.Error("it is still in the bundle")
	}
	// A draft that was never answered goes.
	if _, err := w.StartBundle(t.Context(), who, "spring", []string{"move", "copy"}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, w, `SELECT COUNT(*) FROM casework_application WHERE service = 'grant'`); n != 0 {
		t.Errorf("%d empty drafts stay", n)
	}
	for _, wrong := range [][]string{nil, {"move"}, {"move", "counter"}, {"move", "nothing"}} {
		_, err := w.StartBundle(t.Context(), who, "spring", wrong)
		wantKind(t, err, kernel.Invalid)
	}
	_, err = w.StartBundle(t.Context(), who, "autumn", []string{"move", "copy"})
	wantKind(t, err, kernel.NotFound)
	_, err = w.StartBundle(t.Context(), authz.Actor{Account: "x", Name: "누구"}, "spring", []string{"move", "copy"})
	wantKind(t, err, kernel.Forbidden)
}

func TestBundleSubmitAtOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		springWorld(w)
		who := w.Resident("person-1")
		id := spring(t, w, who)
		_, err := w.SubmitBundle(t.Context(), who, id, "k0")
		wantField(t, err, "petition.since", "casework.answer.missing.date")
		wantField(t, err, "move.new_region", "casework.answer.missing.choice")
		if err := w.AnswerBundle(t.Context(), who, id, whole()); err != nil {
			t.Fatal(err)
		}

		// Pressed by many at once, with one key and with several: once.
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				if _, err := w.SubmitBundle(t.Context(), who, id, fmt.Sprintf("k%d", i%3+1)); err != nil && !kernel.Is(err, kernel.Conflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		b := bundle(t, w, who, id)
		if b.Status != casework.BundleSubmitted || len(b.Members) != 2 {
			t.Fatalf("%s with %d", b.Status, len(b.Members))
		}
		for _, c := range b.Members {
			if c.Status != casework.Submitted || c.Number == "" || c.DueAt == 0 {
				t.Errorf("%s is %s %q", c.Service.ID, c.Status, c.Number)
			}
		}
		told := 0
		for _, e := range w.Events(t) {
			if e.Type == contract.Submitted {
				told++
			}
		}
		if told != 2 {
			t.Errorf("%d are told of as received", told)
		}
		sisters, err := w.Sisters(t.Context(), who, b.Members[0].ID)
		if err != nil || len(sisters) != 1 || sisters[0].ID != b.Members[1].ID {
			t.Errorf("sisters: %v %v", sisters, err)
		}
		wantKind(t, w.AnswerBundle(t.Context(), who, id, answers{"petition.subject": text("다른")}), kernel.Conflict)
		wantKind(t, w.LeaveBundle(t.Context(), who, id, b.Members[0].ID), kernel.Conflict)
		// A new bundle begins a new one.
		if next := spring(t, w, who); next == id {
			t.Error("a bundle that was handed in opened again")
		}
	})
}

// failing routes n times, then fails as a broken machine would.
type failing struct {
	casework.Agencies
	n int
}

func (f *failing) Route(rule catalog.AgencyRule, a, b map[string]kernel.Value, at kernel.Date) (string, error) {
	if f.n--; f.n < 0 {
		return "", errors.New("the machine broke")
	}
	return f.Agencies.Route(rule, a, b, at)
}

// TestBundleAllOrNothing: wherever handing in breaks off, nothing is received.
func TestBundleAllOrNothing(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		springWorld(w)
		who := w.Resident("person-1")
		id := spring(t, w, who)
		if err := w.AnswerBundle(t.Context(), who, id, whole()); err != nil {
			t.Fatal(err)
		}
		agencies := w.Service.Agencies
		for n := range 2 {
			w.Service.Agencies = &failing{agencies, n}
			if _, err := w.SubmitBundle(t.Context(), who, id, "key"); err == nil {
				t.Fatal("a broken machine handed in")
			}
			w.Service.Agencies = agencies
			nothing(t, w, who, id)
		}
		if err := w.Registers.Consent(t.Context(), who, member(t, bundle(t, w, who, id), "move").Service, catalog.Ref{ServiceID: "move"}); err != nil {
			t.Fatal(err)
		}
		w.Registers.Down(true)
		_, err := w.SubmitBundle(t.Context(), who, id, "key")
		wantError(t, err, kernel.Unavailable, "casework.bundle.error.register")
		w.Registers.Down(false)
		nothing(t, w, who, id)
		// The key of what failed is free.
		if _, err := w.SubmitBundle(t.Context(), who, id, "key"); err != nil {
			t.Fatal(err)
		}
	})
}

// nothing fails where anything of a bundle was received.
func nothing(t *testing.T, w *casetest.World, who authz.Actor, id kernel.ID) {
	t.Helper()
	b := bundle(t, w, who, id)
	if b.Status != casework.BundleOpen || len(b.Drafts()) != 2 {
		t.Errorf("the bundle is %s with %d drafts", b.Status, len(b.Drafts()))
	}
	if n := count(t, w, `SELECT COUNT(*) FROM casework_event`) + count(t, w, `SELECT COUNT(*) FROM casework_key`); n != 0 {
		t.Errorf("%d rows stay", n)
	}
}

// TestBundleChanges: what changes under a bundle ends in one consistent state.
func TestBundleChanges(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		springWorld(w)
		who := w.Resident("person-1")
		fresh := func() (kernel.ID, *casework.Bundle) {
			id := spring(t, w, who)
			if err := w.AnswerBundle(t.Context(), who, id, whole()); err != nil {
				t.Fatal(err)
			}
			return id, bundle(t, w, who, id)
		}

		// A definition changes: it is looked at again, the rest of the answers stays.
		id, _ := fresh()
		w.Catalog.Change("petition", func(s *catalog.Service) { s.Questions[0].Title.KO = "새로 묻는 제목" })
		_, err := w.SubmitBundle(t.Context(), who, id, "a1")
		wantError(t, err, kernel.Conflict, "casework.error.definition_changed")
		_, err = w.SubmitBundle(t.Context(), who, id, "a2")
		wantField(t, err, "petition.subject", "casework.answer.missing.text")
		if err := w.AnswerBundle(t.Context(), who, id, answers{"petition.subject": text("제목")}); err != nil {
			t.Fatal(err)
		}

		// A draft is handed in alone: it stays what it is, the other follows.
		b := bundle(t, w, who, id)
		alone, err := w.Submit(t.Context(), who, member(t, b, "petition").ID, "alone")
		if err != nil {
			t.Fatal(err)
		}
		b, err = w.SubmitBundle(t.Context(), who, id, "a3")
		if err != nil || b.Status != casework.BundleSubmitted || member(t, b, "petition").Number != alone.Number {
			t.Errorf("%+v %v", b, err)
		}

		// A draft is deleted: the bundle tells so and goes on without it.
		id, b = fresh()
		if err := w.Discard(t.Context(), who, member(t, b, "petition").ID); err != nil {
			t.Fatal(err)
		}
		b = bundle(t, w, who, id)
		if len(b.Members) != 1 || len(b.Left) != 1 || b.Left[0].Fate != casework.LeftDiscarded {
			t.Errorf("%d in, left %v", len(b.Members), b.Left)
		}
		if b, err = w.SubmitBundle(t.Context(), who, id, "a4"); err != nil || len(b.Members) != 1 {
			t.Error(err)
		}

		// Somebody must confirm one of them: it waits, the other is received.
		id, _ = fresh()
		if err := w.AnswerBundle(t.Context(), who, id, answers{"move.joins": text("true"), "move.head_person": text("박셋")}); err != nil {
			t.Fatal(err)
		}
		if b, err = w.SubmitBundle(t.Context(), who, id, "a5"); err != nil {
			t.Fatal(err)
		}
		if member(t, b, "move").Status != casework.Signatures || member(t, b, "petition").Status != casework.Submitted {
			t.Errorf("move %s, petition %s", member(t, b, "move").Status, member(t, b, "petition").Status)
		}
		// Who says no sends that one back, and nothing else.
		if err := w.Sign(t.Context(), w.Resident("person-3"), member(t, b, "move").Parties[2].ID, false); err != nil {
			t.Fatal(err)
		}
		b = bundle(t, w, who, id)
		if member(t, b, "move").Status != casework.Draft || member(t, b, "petition").Status != casework.Submitted || b.Status != casework.BundleSubmitted {
			t.Error("a refusal reached further than its own application")
		}
		if err := w.Discard(t.Context(), who, member(t, b, "move").ID); err != nil {
			t.Fatal(err)
		}

		// A service leaves the catalogue: the rest can be handed in.
		id, _ = fresh()
		w.Catalog.Change("petition", func(s *catalog.Service) { s.Online = false })
		_, err = w.SubmitBundle(t.Context(), who, id, "a6")
		wantError(t, err, kernel.Conflict, "casework.bundle.error.gone")
		if b = bundle(t, w, who, id); len(b.Members) != 1 || b.Left[0].Fate != casework.LeftGone {
			t.Errorf("%d in, left %v", len(b.Members), b.Left)
		}
		if _, err = w.SubmitBundle(t.Context(), who, id, "a7"); err != nil {
			t.Error(err)
		}
	})
}

// TestBundleProperty: whatever is done to an open bundle and its drafts, the
// drafts never say two things where they share a name.
func TestBundleProperty(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		springWorld(w)
		who := w.Resident("person-1")
		rapid.Check(t, func(rt *rapid.T) {
			id := spring(t, w, who)
			for range rapid.IntRange(1, 8).Draw(rt, "acts") {
				w.Clock.Advance(time.Minute)
				b := bundle(t, w, who, id)
				if len(b.Drafts()) == 0 {
					break
				}
				c := rapid.SampledFrom(b.Drafts()).Draw(rt, "draft")
				day := text(rapid.SampledFrom([]string{"2026-01-01", "2026-02-02", "2030-01-01", ""}).Draw(rt, "day"))
				call := text(rapid.SampledFrom([]string{"010-1", "010-2", "0123456789012345678901", ""}).Draw(rt, "call"))
				names := map[string][2]string{"move": {"moved_on", "phone"}, "petition": {"since", "call"}}[c.Service.ID]
				var err error
				switch rapid.SampledFrom([]string{"bundle", "bundle", "alone", "consent", "leave", "discard", "choose"}).Draw(rt, "act") {
				case "bundle":
					err = w.AnswerBundle(t.Context(), who, id, answers{c.Service.ID + "." + names[0]: day, c.Service.ID + "." + names[1]: call})
				case "alone":
					err = w.Answer(t.Context(), who, c.ID, names[0], day)
				case "consent":
					err = w.AgreeBundle(t.Context(), who, id, []string{c.Service.ID})
				case "leave":
					err = w.LeaveBundle(t.Context(), who, id, c.ID)
				case "discard":
					err = w.Discard(t.Context(), who, c.ID)
				case "choose":
					spring(t, w, who)
				}
				if kernel.KindOf(err) == kernel.Internal && err != nil {
					rt.Fatal(err)
				}
				for _, q := range bundle(t, w, who, id).Questions(w.Today()) {
					for _, u := range q.Uses[1:] {
						x, a := q.Uses[0].Case.Content.Answers[q.Uses[0].Q.ID]
						y, b := u.Case.Content.Answers[u.Q.ID]
						if a && b && !x.Equal(y) {
							rt.Fatalf("%s: %v and %v", q.Key, x, y)
						}
					}
				}
			}
		})
	})
}

// TestBundleRetention: what ties applications together goes with them.
func TestBundleRetention(t *testing.T) {
	w := casetest.SQLite(t)
	springWorld(w)
	who := w.Resident("person-1")
	spring(t, w, who)
	w.Clock.Advance(100 * 24 * time.Hour)
	if _, err := w.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"casework_bundle", "casework_bundle_member", "casework_application"} {
		if n := count(t, w, `SELECT COUNT(*) FROM `+table); n != 0 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
}
