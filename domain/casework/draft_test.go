package casework_test

import (
	"sync"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// draft starts a draft and fills in answers.
func draft(t testing.TB, w *casetest.World, actor authz.Actor, service string, a answers) kernel.ID {
	t.Helper()
	id, err := w.Start(t.Context(), actor, service)
	if err != nil {
		t.Fatal(err)
	}
	for q, v := range a {
		if err := w.Answer(t.Context(), actor, id, q, v); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func open(t testing.TB, w *casetest.World, actor authz.Actor, id kernel.ID) *casework.Case {
	t.Helper()
	c, err := w.Open(t.Context(), actor, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDraftAtOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		id := draft(t, w, hana, "petition", answers{"subject": text("가로등")})
		again, err := w.Start(t.Context(), hana, "petition")
		if err != nil || again != id {
			t.Errorf("a second draft %s beside %s, %v", again, id, err)
		}
		c := open(t, w, hana, id)
		if c.Status != casework.Draft || c.Number != "" || c.Agency != "" || c.Content.Answers["subject"].Text() != "가로등" {
			t.Errorf("draft %+v", c)
		}
		// Nobody else sees it: neither a neighbour nor an official.
		_, err = w.Open(t.Context(), w.Resident("person-3"), id)
		wantKind(t, err, kernel.NotFound)
		_, err = w.Look(t.Context(), w.Official("kim", "north"), id)
		wantKind(t, err, kernel.NotFound)
		wantKind(t, w.Answer(t.Context(), w.Resident("person-3"), id, "subject", text("x")), kernel.NotFound)
		wantKind(t, w.Discard(t.Context(), w.Resident("person-3"), id), kernel.NotFound)
		wantKind(t, w.Answer(t.Context(), hana, id, "nothing", text("x")), kernel.NotFound)

		_, err = w.Submit(t.Context(), hana, id, "k")
		wantField(t, err, "content", "casework.answer.missing.text")
		for q, v := range petition("어두워요") {
			if err := w.Answer(t.Context(), hana, id, q, v); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if a, err := w.Submit(t.Context(), hana, id, "k"); err != nil || a.Status != casework.Submitted {
					t.Errorf("submit: %+v, %v", a, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, w, "SELECT COUNT(*) FROM casework_event WHERE act = 'submitted'"); n != 1 {
			t.Errorf("submitted %d times", n)
		}
		wantKind(t, w.Answer(t.Context(), hana, id, "subject", text("x")), kernel.Conflict)
		wantKind(t, w.Discard(t.Context(), hana, id), kernel.Conflict)
	})
}

func TestOneDraftFromTwoClicksAtOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if _, err := w.Start(t.Context(), w.Resident("person-1"), "petition"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := count(t, w, "SELECT COUNT(*) FROM casework_application"); n != 1 {
			t.Errorf("%d drafts", n)
		}
	})
}

func TestDiscard(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		id := draft(t, w, hana, "petition", petition("지워 주세요"))
		attach(t, w, hana, id, "evidence", "사진.pdf")
		if err := w.Discard(t.Context(), hana, id); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"casework_application", "casework_event", "casework_file", "blob_file", "blob_chunk"} {
			if n := count(t, w, "SELECT COUNT(*) FROM "+table); n != 0 {
				t.Errorf("%d rows of %s stayed", n, table)
			}
		}
	})
}

// TestRefill: who agreed once is not asked to type at the next application
// for the same service what registers know; who never agreed is left alone.
func TestRefill(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		first := draft(t, w, hana, "move", nil)
		if err := w.Refill(t.Context(), hana, first); err != nil {
			t.Fatal(err)
		}
		if c := open(t, w, hana, first); len(c.Content.Facts) != 0 {
			t.Errorf("filled in without consent: %v", c.Content.Facts)
		}
		if err := w.Agree(t.Context(), hana, first); err != nil {
			t.Fatal(err)
		}
		if err := w.Discard(t.Context(), hana, first); err != nil {
			t.Fatal(err)
		}
		second := draft(t, w, hana, "move", nil)
		if err := w.Refill(t.Context(), hana, second); err != nil {
			t.Fatal(err)
		}
		c := open(t, w, hana, second)
		if c.Content.Answers["previous_address"].Text() != "가나로 1" || len(c.Content.Members) == 0 {
			t.Errorf("not filled in: %v, %v", c.Content.Answers, c.Content.Members)
		}
		// A second look does not undo what the applicant changed meanwhile.
		if err := w.Answer(t.Context(), hana, second, "previous_address", text("다른길 2")); err != nil {
			t.Fatal(err)
		}
		if err := w.Refill(t.Context(), hana, second); err != nil {
			t.Fatal(err)
		}
		if got := open(t, w, hana, second).Content.Answers["previous_address"].Text(); got != "다른길 2" {
			t.Errorf("overwritten: %q", got)
		}
	})
}

// TestPrefill: an answer from a register says where it comes from; another
// value is noted as disputed, the register's own is agreed to again.
func TestPrefill(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		_, err := w.Prefill(t.Context(), hana, "move")
		wantKind(t, err, kernel.Forbidden)
		id := draft(t, w, hana, "move", answers{"phone": text("010-0000-0000")})
		if err := w.Agree(t.Context(), hana, id); err != nil {
			t.Fatal(err)
		}
		c := open(t, w, hana, id)
		if v, src := c.Content.Answers["previous_address"], c.Content.Sources["previous_address"]; v.Text() != "가나로 1" || src.Registry != "people" || src.AsOf.IsZero() || src.Disputed {
			t.Errorf("address %q from %+v", v.Text(), src)
		}
		// What was typed before the consent stays, and stands against the register.
		if v, src := c.Content.Answers["phone"], c.Content.Sources["phone"]; v.Text() != "010-0000-0000" || !src.Disputed {
			t.Errorf("phone %q, %+v", v.Text(), src)
		}
		for _, step := range []struct {
			value    string
			disputed bool
		}{{"다른길 2", true}, {" 가나로 1 ", false}} {
			if err := w.Answer(t.Context(), hana, id, "previous_address", text(step.value)); err != nil {
				t.Fatal(err)
			}
			if src := open(t, w, hana, id).Content.Sources["previous_address"]; src.Disputed != step.disputed {
				t.Errorf("%q: %+v", step.value, src)
			}
		}
		p, err := w.Prefill(t.Context(), hana, "move")
		if err != nil || p.Answers["phone"].Text() != "010-1111-1111" || p.Sources["phone"].Registry != "people" {
			t.Errorf("prefill %+v, %v", p, err)
		}
		w.Registers.Down(true)
		wantKind(t, w.Agree(t.Context(), hana, id), kernel.Unavailable)
	})
}

// TestNewerDefinition: a draft follows the definition in force and is asked
// again only what changed.
func TestNewerDefinition(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		id := draft(t, w, hana, "petition", petition("어두워요"))
		// A new pack in which this service is as it was changes nothing.
		w.Catalog.Change("copy", func(s *catalog.Service) { s.Fee.Online = 100 })
		if c := open(t, w, hana, id); len(c.Content.Answers) != 3 || c.Pack != "pack-1" {
			t.Errorf("%s with %v", c.Pack, c.Content.Answers)
		}
		w.Catalog.Change("petition", func(s *catalog.Service) {
			s.Questions[0].Title.KO = "무엇에 대한 민원인가요"                                  // asked another way
			s.Questions[1].Hint.KO = "자세히"                                            // a hint changes no answer
			s.Questions[2].Options = append(s.Questions[2].Options, catalog.Option{}) // another choice
			s.Questions = append(s.Questions, catalog.Question{ID: "when", Type: "date"})
		})
		// The form on the screen is the old one: it is not handed in unseen.
		_, err := w.Submit(t.Context(), hana, id, "k")
		wantError(t, err, kernel.Conflict, "casework.error.definition_changed")
		c := open(t, w, hana, id)
		if _, kept := c.Content.Answers["content"]; !kept || len(c.Content.Answers) != 1 || c.Pack != "pack-3" {
			t.Errorf("%s with %v", c.Pack, c.Content.Answers)
		}
		_, err = w.Submit(t.Context(), hana, id, "k")
		wantField(t, err, "when", "casework.answer.missing.date")
		for q, v := range with(petition("어두워요"), "when", text("2026-03-01")) {
			if err := w.Answer(t.Context(), hana, id, q, v); err != nil {
				t.Fatal(err)
			}
		}
		a, err := w.Submit(t.Context(), hana, id, "k")
		if err != nil || a.Pack != "pack-3" {
			t.Fatalf("%+v, %v", a, err)
		}
		// What is handed in stays with its version.
		w.Catalog.Change("petition", func(s *catalog.Service) { s.Questions = s.Questions[:2] })
		if c := look(t, w, a); len(c.Service.Questions) != 5 || c.Pack != "pack-3" {
			t.Errorf("%s has %d questions", c.Pack, len(c.Service.Questions))
		}
	})
}

func TestMine(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		var ids []kernel.ID
		for range 3 {
			w.Clock.Advance(time.Minute)
			ids = append(ids, submitted(t, w).ID)
		}
		apply(t, w, w.Resident("person-3"), "petition", petition("남의 것"))
		first, err := w.Mine(t.Context(), hana, 0, 2)
		if err != nil || len(first) != 2 || first[0].ID != ids[2] || first[1].ID != ids[1] {
			t.Fatalf("first page %v, %v", first, err)
		}
		rest, err := w.Mine(t.Context(), hana, first[1].Seq, 2)
		if err != nil || len(rest) != 1 || rest[0].ID != ids[0] {
			t.Errorf("second page %v, %v", rest, err)
		}
	})
}
