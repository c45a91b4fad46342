package casework_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
)

// TestInvariants: whatever anybody tries in whatever order, a case keeps its
// invariants, and an act succeeds only for whom it is.
func TestInvariants(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		residents := []authz.Actor{w.Resident("person-1"), w.Resident("person-3"), w.Resident("person-4")}
		var officials []authz.Actor
		for _, agency := range []string{"north", "south", "interior"} {
			officials = append(officials, w.Official("a-"+agency, agency), w.Official("b-"+agency, agency))
		}
		begin := map[string]func() *casework.Application{
			"petition": func() *casework.Application { return submitted(t, w) },
			"move":     func() *casework.Application { return apply(t, w, residents[0], "move", move()) },
			"move in":  func() *casework.Application { return apply(t, w, residents[0], "move", moveIn(residents[1].Name)) },
			"grant":    func() *casework.Application { return unpaid(t, w, residents[0]) },
		}
		kinds := []string{"petition", "move", "move in", "grant"}
		tries := append(strings.Fields(strings.Repeat("pay sign sign decline correct correct object object submit answer "+
			"assign ask-back transfer decide decide decide dismiss confirm confirm send-back ", 3)), "withdraw")
		rapid.Check(t, func(rt *rapid.T) {
			owner := residents[0]
			id := begin[rapid.SampledFrom(kinds).Draw(rt, "kind")]().ID
			before := open(t, w, owner, id)
			check(rt, before)
			var log []string
			for range rapid.IntRange(5, 20).Draw(rt, "steps") {
				w.Clock.Advance(rapid.SampledFrom([]time.Duration{0, time.Minute, 30 * time.Hour}).Draw(rt, "wait"))
				act := rapid.SampledFrom(tries).Draw(rt, "act")
				who := rapid.SampledFrom(slices.Concat(residents, officials)).Draw(rt, "who")
				// Mostly somebody whose act it is, or nothing would ever end.
				if fit := slices.DeleteFunc(slices.Concat(residents, officials), func(a authz.Actor) bool { return !mayDo(before, a, act) }); len(fit) > 0 && rapid.IntRange(0, 3).Draw(rt, "fit") > 0 {
					who = rapid.SampledFrom(fit).Draw(rt, "whose")
				}
				decision := rapid.SampledFrom(append([]string{casework.Accepted, casework.Granted}, before.Service.Decisions...)).Draw(rt, "decision")
				err := do(t, w, who, before, act, decision)
				after := open(t, w, owner, id)
				log = append(log, fmt.Sprintf("%s by %s: %v -> %s", act, who.Name, err, after.Status))
				if err != nil {
					if kernel.KindOf(err) == kernel.Internal {
						rt.Fatalf("%v\n%v", err, log)
					}
					if after.Rev != before.Rev || after.Status != before.Status || len(after.Events) != len(before.Events) {
						rt.Fatalf("a refused act changed the case: %v", log)
					}
					continue
				}
				if after.Rev != before.Rev && !mayDo(before, who, act) {
					rt.Fatalf("%s may not: %v", who.Name, log)
				}
				if len(after.Events) < len(before.Events) {
					rt.Fatalf("the timeline lost something: %v", log)
				}
				for i := range before.Events {
					if !reflect.DeepEqual(before.Events[i], after.Events[i]) {
						rt.Fatalf("the timeline was rewritten: %v", log)
					}
				}
				check(rt, after)
				before = after
			}
		})
		if n := count(t, w, `SELECT COUNT(*) FROM casework_application a WHERE a.status = 'decided' AND NOT EXISTS
			(SELECT 1 FROM casework_document d WHERE d.number = a.document AND d.revoked_at = 0)`); n != 0 {
			t.Errorf("%d decided cases without a document that stands", n)
		}
	})
}

// do tries an act on the case as it was last seen.
func do(t *testing.T, w *casetest.World, who authz.Actor, c *casework.Case, act, decision string) error {
	ctx, id := t.Context(), c.ID
	one := func(_ *casework.Application, err error) error { return err }
	switch act {
	case "withdraw":
		return one(w.Withdraw(ctx, who, id, ""))
	case "pay":
		return one(w.Pay(ctx, who, id))
	case "correct":
		return one(w.Correct(ctx, who, id, "", "답이에요", nil))
	case "object":
		return one(w.Object(ctx, who, id, "", "달라요"))
	case "submit":
		return one(w.Submit(ctx, who, id, "k"))
	case "answer":
		return w.Answer(ctx, who, id, "joins", text("false"))
	case "assign":
		return one(w.Assign(ctx, who, id, ""))
	case "ask-back":
		return one(w.AskBack(ctx, who, id, "", "무엇을?"))
	case "transfer":
		to := map[string]string{"north": "south", "south": "north"}[c.Agency]
		return one(w.Transfer(ctx, who, id, "", to, "우리 일이 아니에요"))
	case "decide":
		return one(w.Decide(ctx, who, id, "", casework.Decision{Decision: decision, Reason: "그래요"}))
	case "dismiss":
		return one(w.Decide(ctx, who, id, "", casework.Decision{Decision: casework.Dismissed, Reason: "그대로예요"}))
	case "confirm":
		return one(w.Confirm(ctx, who, id, "", true, ""))
	case "send-back":
		return one(w.Confirm(ctx, who, id, "", false, "다시요"))
	}
	for _, p := range c.Parties { // sign, decline
		if p.Role == "cosigner" {
			return w.Sign(ctx, who, p.ID, act == "sign")
		}
	}
	return kernel.E(kernel.NotFound, "", nil)
}

// mayDo tells for whom an act is, from the case as it was.
func mayDo(c *casework.Case, who authz.Actor, act string) bool {
	switch act {
	case "withdraw", "pay", "correct", "object", "submit", "answer":
		return who.Account == c.Account
	case "sign", "decline":
		return slices.ContainsFunc(c.Parties, func(p casework.PartyView) bool { return p.Name == who.Name && p.Status == casework.PartyAsked })
	case "confirm":
		return who.HasIn(authz.Official, c.Agency) && c.Content.Pending != nil && c.Content.Pending.By != who.Account
	}
	return who.HasIn(authz.Official, c.Agency)
}

// check tests what holds for every case at every time.
func check(t *rapid.T, c *casework.Case) {
	holds := func(name string, ok bool) {
		if !ok {
			row := *c.Application
			row.Answers = nil
			t.Fatalf("%s: %+v: %s", name, row, history(c))
		}
	}
	early := slices.Contains([]string{casework.Draft, casework.Signatures, casework.Payment}, c.Status)
	closed := c.Status == casework.Decided || c.Status == casework.Withdrawn
	holds("a number, an office's time and a date of receipt once it is received", c.Status == casework.Withdrawn || early == (c.Number == ""))
	holds("they come together", (c.Number == "") == (c.DueAt == 0) && (c.Number == "") == (c.SubmittedAt == 0))
	holds("an agency in charge once it is received", c.Number == "" || c.Agency != "")
	holds("a document goes with a decision", (c.Document == "") == (c.Decision == ""))
	holds("a decided case has both", c.Status != casework.Decided || c.Decision != "")
	holds("the clock stands still in a correction only", (c.PausedAt > 0) == (c.Status == casework.Correction))
	holds("a proposal waits in a second look only", (c.Content.Pending != nil) == (c.Status == casework.SecondLook))
	holds("what is closed or unsent is kept for a time, what is open until it is closed", (c.PurgeAt > 0) == (early || closed))
	holds("a fee before the desk", c.Number == "" || c.Service.Fee.Online == c.Paid)
	for i := 1; i < len(c.Events); i++ {
		holds("time goes on", c.Events[i-1].At < c.Events[i].At)
	}
}
