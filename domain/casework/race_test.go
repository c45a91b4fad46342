package casework_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// rounds is how often each race is run; which side is first changes.
const rounds = 24

// race runs acts at once and gives their errors. Each loser hears why in words
// of the domain: never of an internal fault, never without a message.
func race(t *testing.T, w *casetest.World, acts ...func() error) []error {
	t.Helper()
	errs := make([]error, len(acts))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, act := range acts {
		wg.Go(func() {
			<-start
			errs[i] = act()
		})
	}
	close(start)
	wg.Wait()
	for _, err := range errs {
		var e *kernel.Error
		if err != nil && (!errors.As(err, &e) || e.Kind == kernel.Internal || !w.Texts.Has(e.Key)) {
			t.Fatalf("an error without words: %v", err)
		}
	}
	return errs
}

// decide is a decision as an act of a race.
func decide(t *testing.T, w *casetest.World, who authz.Actor, id kernel.ID) func() error {
	return func() error {
		_, err := w.Decide(t.Context(), who, id, "", casework.Decision{Decision: casework.Replied, Reason: "답은 " + who.Name})
		return err
	}
}

// wholeCase fails unless the case is one that a single order of acts could
// have left.
func wholeCase(t *testing.T, w *casetest.World, a *casework.Application, agencies ...string) *casework.Case {
	t.Helper()
	var c *casework.Case
	for _, agency := range agencies {
		got, err := w.Look(t.Context(), w.Official("looker", agency), a.ID)
		switch {
		case err == nil && c != nil:
			t.Fatal("the case lies at two desks")
		case err == nil:
			c = got
		case !kernel.Is(err, kernel.NotFound):
			t.Fatal(err)
		}
	}
	if c == nil {
		t.Fatal("the case lies at no desk")
	}
	decided := strings.Count(history(c), "decided:")
	docs := count(t, w, `SELECT COUNT(*) FROM casework_document WHERE application = $1`, c.ID)
	if c.Status == casework.Decided != (decided == 1) || decided != docs || decided > 1 {
		t.Fatalf("%s with %d decisions and %d documents: %s", c.Status, decided, docs, history(c))
	}
	return c
}

// TestRaceDecideTwice: two officials decide the same case at once; one does,
// the other hears that it is decided.
func TestRaceDecideTwice(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, lee := w.Hire("kim", "north"), w.Hire("lee", "north")
		for range rounds {
			a := submitted(t, w)
			errs := race(t, w, decide(t, w, kim, a.ID), decide(t, w, lee, a.ID))
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("both or neither: %v", errs)
			}
			wantError(t, errors.Join(errs...), kernel.Conflict, "casework.error.status")
			winner := kim
			if errs[1] == nil {
				winner = lee
			}
			if c := wholeCase(t, w, a, "north"); c.Assignee != winner.Account || c.Events[len(c.Events)-1].Note != "답은 "+winner.Name {
				t.Fatalf("decided by %s: %s", c.Assignee, c.Events[len(c.Events)-1].Note)
			}
		}
	})
}

// TestRaceTransferDecision: a transfer races a decision; the case is decided
// here, or not decided and there.
func TestRaceTransferDecision(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, lee := w.Hire("kim", "north"), w.Hire("lee", "north")
		for range rounds {
			a := submitted(t, w)
			errs := race(t, w, decide(t, w, kim, a.ID), func() error {
				_, err := w.Transfer(t.Context(), lee, a.ID, "", "south", "남구 일이에요")
				return err
			})
			c := wholeCase(t, w, a, "north", "south")
			switch {
			case errs[0] == nil && errs[1] != nil:
				wantError(t, errs[1], kernel.Conflict, "casework.error.status")
				if c.Agency != "north" || c.Status != casework.Decided {
					t.Fatalf("%s at %s", c.Status, c.Agency)
				}
			case errs[1] == nil && errs[0] != nil:
				// It is not north's case any more: there is no such case there.
				wantError(t, errs[0], kernel.NotFound, "casework.error.no_case")
				if c.Agency != "south" || c.Status != casework.Submitted || c.Assignee != "" {
					t.Fatalf("%s at %s with %q", c.Status, c.Agency, c.Assignee)
				}
			default:
				t.Fatalf("both or neither: %v", errs)
			}
		}
	})
}

// TestRaceDefinitionDraft: the definition changes while a draft is handed in;
// it is handed in as it was asked, or not at all and says why.
func TestRaceDefinitionDraft(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		for i := range rounds {
			id, err := w.Start(t.Context(), hana, "petition")
			if err != nil {
				t.Fatal(err)
			}
			for q, v := range petition("가로등") {
				if err := w.Answer(t.Context(), hana, id, q, v); err != nil {
					t.Fatal(err)
				}
			}
			before, err := w.Open(t.Context(), hana, id)
			if err != nil {
				t.Fatal(err)
			}
			errs := race(t, w, func() error {
				_, err := w.Submit(t.Context(), hana, id, "k")
				return err
			}, func() error {
				w.Catalog.Change("petition", func(s *catalog.Service) {
					for j := range s.Questions {
						if s.Questions[j].ID == "content" {
							s.Questions[j].Title.KO = fmt.Sprintf("내용 %d", i)
						}
					}
				})
				return nil
			})
			c, err := w.Open(t.Context(), hana, id)
			if err != nil {
				t.Fatal(err)
			}
			if errs[0] == nil {
				if c.Status != casework.Submitted || c.Pack != before.Pack || c.Content.Answers["content"].Text() != "가로등" {
					t.Fatalf("handed in: %s of %s, was %s", c.Status, c.Pack, before.Pack)
				}
				continue
			}
			wantError(t, errs[0], kernel.Conflict, "casework.error.definition_changed")
			// What was asked anew waits for an answer; the rest is still there.
			if _, asked := c.Content.Answers["content"]; c.Status != casework.Draft || c.Number != "" || asked || c.Content.Answers["subject"].Text() != "가로등" {
				t.Fatalf("not handed in: %s %q: %v", c.Status, c.Number, c.Content.Answers)
			}
			if err := w.Answer(t.Context(), hana, id, "content", text("가로등")); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Submit(t.Context(), hana, id, "k2"); err != nil {
				t.Fatalf("after another look: %v", err)
			}
		}
	})
}

// TestRaceLeaveDecision: an official leaves while deciding; the decision was
// made in office and stands, or the case is the team's again.
func TestRaceLeaveDecision(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		lead := w.Hire("lead", "north")
		team, err := w.MakeTeam(t.Context(), w.Manager("boss", "north"), "north", "", casework.TeamInput{Name: kernel.Text{KO: "팀", EN: "Team"}, Leads: []kernel.ID{lead.Account}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range rounds {
			kim := w.Hire(fmt.Sprintf("kim-%d", i), "north")
			a := submitted(t, w)
			if _, err := w.Assign(t.Context(), kim, a.ID, ""); err != nil {
				t.Fatal(err)
			}
			errs := race(t, w, decide(t, w, kim, a.ID), func() error {
				w.Leave(t, kim)
				return nil
			})
			c := wholeCase(t, w, a, "north")
			if errs[0] == nil {
				if c.Status != casework.Decided {
					t.Fatalf("decided and %s: %s", c.Status, history(c))
				}
				continue
			}
			wantError(t, errs[0], kernel.Forbidden, "casework.error.left")
			if c.Status != casework.InReview || c.Assignee != "" || c.Team != team.ID || !strings.HasSuffix(history(c), "requeued:left") {
				t.Fatalf("%s with %q of %q: %s", c.Status, c.Assignee, c.Team, history(c))
			}
			if _, err := w.Assign(t.Context(), lead, a.ID, ""); err != nil {
				t.Fatalf("the next in line: %v", err)
			}
		}
	})
}

// TestRaceHandOver: a hand-over meets a decision, and a colleague who takes
// the case at the same time.
func TestRaceHandOver(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, lee, cho := w.Hire("kim", "north"), w.Hire("lee", "north"), w.Hire("cho", "north")
		give := func(id kernel.ID) func() error {
			return func() error {
				_, err := w.HandOver(t.Context(), kim, id, "", lee.Account, "부탁해요")
				return err
			}
		}
		for i := range rounds {
			a := submitted(t, w)
			if _, err := w.Assign(t.Context(), kim, a.ID, ""); err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				errs := race(t, w, give(a.ID), decide(t, w, cho, a.ID))
				if errs[1] != nil {
					t.Fatalf("any official may decide: %v", errs[1])
				}
				if c := wholeCase(t, w, a, "north"); c.Status != casework.Decided {
					t.Fatal(c.Status)
				}
				if errs[0] != nil {
					wantError(t, errs[0], kernel.Conflict, "casework.error.status")
				}
				continue
			}
			errs := race(t, w, give(a.ID), func() error {
				_, err := w.Assign(t.Context(), cho, a.ID, "")
				return err
			})
			c := wholeCase(t, w, a, "north")
			switch {
			case errs[1] != nil:
				t.Fatalf("taking it over: %v", errs[1])
			case errs[0] != nil: // cho was first, and it is not kim's to give any more
				wantError(t, errs[0], kernel.Forbidden, "casework.handover.error.not_yours")
				fallthrough
			default: // given to lee, or taken by cho: cho has it in the end
				if c.Assignee != cho.Account {
					t.Fatalf("%s has it: %s", c.Assignee, history(c))
				}
				if n := count(t, w, `SELECT COUNT(*) FROM casework_handover WHERE application = $1`, a.ID); n != 0 {
					t.Fatal("a hand-over waits for somebody who lost the case")
				}
			}
		}
	})
}
