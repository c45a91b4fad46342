package casework_test

import (
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
)

// line is a review by one and an approval by another.
func line(review, approve authz.Actor) []casework.Approver {
	return []casework.Approver{{Kind: casework.Review, Account: review.Account}, {Kind: casework.Approve, Account: approve.Account}}
}

// waitsFor holds how many proposals wait for each colleague, in the list of
// approvals and in the desk's view of what waits.
func waitsFor(t *testing.T, w *casetest.World, want map[string]int, all ...authz.Actor) {
	t.Helper()
	for _, who := range all {
		if l, err := w.Approvals(t.Context(), who, ""); err != nil || len(l) != want[who.Name] {
			t.Errorf("%s has %d to approve, want %d: %v", who.Name, len(l), want[who.Name], err)
		}
		if got := view(t, w, who, casework.ViewQuery{View: casework.ViewWaiting}); len(got) != want[who.Name] {
			t.Errorf("%s sees %d wait, want %d", who.Name, len(got), want[who.Name])
		}
	}
}

// TestApprovalLine: a proposal goes from one colleague to the next, and stands
// after the last.
func TestApprovalLine(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, lee, choi, park := w.Hire("kim", "north"), w.Hire("lee", "north"), w.Hire("choi", "north"), w.Hire("park", "north")
		a := submitted(t, w)
		d := casework.Decision{Decision: casework.Replied, Reason: "고칠게요."}
		for _, bad := range [][]casework.Approver{
			{{Kind: casework.Review, Account: lee.Account}},
			{{Kind: casework.Approve, Account: lee.Account}, {Kind: casework.Review, Account: choi.Account}},
			{{Kind: "wave", Account: lee.Account}},
			{{Kind: casework.Approve, Account: kim.Account}},
			line(lee, lee),
			line(lee, w.Hire("south", "south")),
		} {
			d.Line = bad
			if _, err := w.Decide(t.Context(), kim, a.ID, "", d); !kernel.Is(err, kernel.Invalid) {
				t.Errorf("line %v: %v", bad, err)
			}
		}
		d.Line = line(lee, choi)
		a, err := w.Decide(t.Context(), kim, a.ID, "d", d)
		if err != nil || a.Status != casework.SecondLook {
			t.Fatalf("%+v, %v", a, err)
		}
		_, err = w.Decide(t.Context(), lee, a.ID, "", casework.Decision{Decision: casework.Replied, Reason: "내가 할게요."})
		wantError(t, err, kernel.Conflict, "casework.error.status") // not round the line
		_, err = w.Confirm(t.Context(), choi, a.ID, "", true, "")
		wantError(t, err, kernel.Forbidden, "casework.approval.error.turn")
		waitsFor(t, w, map[string]int{"kim": 0, "lee": 1, "choi": 0, "park": 0}, kim, lee, choi, park)
		if a, err = w.Confirm(t.Context(), lee, a.ID, "1", true, ""); err != nil || a.Status != casework.SecondLook {
			t.Fatalf("%+v, %v", a, err)
		}
		waitsFor(t, w, map[string]int{"kim": 0, "lee": 0, "choi": 1, "park": 0}, kim, lee, choi, park)
		if a, err = w.Confirm(t.Context(), lee, a.ID, "1", true, ""); err != nil || a.Status != casework.SecondLook {
			t.Errorf("pressed twice: %+v, %v", a, err)
		}
		_, err = w.Confirm(t.Context(), lee, a.ID, "", true, "")
		wantKind(t, err, kernel.Forbidden)
		if a, err = w.Confirm(t.Context(), choi, a.ID, "2", true, ""); err != nil || a.Status != casework.Decided {
			t.Fatalf("%+v, %v", a, err)
		}
		if got := history(look(t, w, a)); got != "submitted proposed:replied approved:review approved:approve decided:replied" {
			t.Error(got)
		}
		if l, err := w.Line(t.Context(), kim, "north", "petition"); err != nil || len(l) != 2 || l[1].Account != choi.Account {
			t.Errorf("remembered %v, %v", l, err)
		}
		if n := count(t, w, `SELECT COUNT(*) FROM casework_approval`); n != 0 {
			t.Errorf("%d steps are left", n)
		}
	})
}

// TestApprovalInPlace: while somebody in line is away their deputy agrees for
// them, but nobody agrees twice or to their own proposal.
func TestApprovalInPlace(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, lee, choi := w.Hire("kim", "north"), w.Hire("lee", "north"), w.Hire("choi", "north")
		away := func(deputy authz.Actor) {
			day := w.Clock.Now().DateIn(kernel.Seoul)
			if _, err := w.BeAway(t.Context(), choi, "north", "", casework.AbsenceInput{Account: choi.Account, Deputy: deputy.Account, From: day, Until: day}); err != nil {
				t.Fatal(err)
			}
		}
		a := submitted(t, w)
		d := casework.Decision{Decision: casework.Replied, Reason: "고칠게요.", Line: []casework.Approver{{Kind: casework.Approve, Account: choi.Account}}}
		if _, err := w.Decide(t.Context(), kim, a.ID, "", d); err != nil {
			t.Fatal(err)
		}
		_, err := w.Confirm(t.Context(), lee, a.ID, "", true, "")
		wantError(t, err, kernel.Forbidden, "casework.approval.error.turn")
		away(lee)
		if l, err := w.Approvals(t.Context(), lee, ""); err != nil || len(l) != 1 {
			t.Errorf("the deputy has %d, %v", len(l), err)
		}
		a, err = w.Confirm(t.Context(), lee, a.ID, "", true, "")
		if err != nil || a.Status != casework.Decided {
			t.Fatalf("%+v, %v", a, err)
		}
		for _, e := range look(t, w, a).Events {
			if e.Act == "approved" && e.Code != "approve_for" {
				t.Errorf("told as %s", e.Code)
			}
		}
	})
}

// TestRecall: who proposed may take it back until the last word; what was sent
// back begins anew.
func TestRecall(t *testing.T) {
	w := casetest.SQLite(t)
	kim, lee, choi := w.Hire("kim", "north"), w.Hire("lee", "north"), w.Hire("choi", "north")
	a := submitted(t, w)
	d := casework.Decision{Decision: casework.Replied, Reason: "고칠게요.", Line: line(lee, choi)}
	propose := func() {
		t.Helper()
		if _, err := w.Decide(t.Context(), kim, a.ID, "", d); err != nil {
			t.Fatal(err)
		}
	}
	propose()
	_, err := w.Recall(t.Context(), lee, a.ID, "")
	wantError(t, err, kernel.Forbidden, "casework.approval.error.proposer")
	if got, err := w.Recall(t.Context(), kim, a.ID, "r"); err != nil || got.Status != casework.InReview {
		t.Fatalf("%+v, %v", got, err)
	}
	propose()
	if got, err := w.Confirm(t.Context(), lee, a.ID, "", false, "다시 봐 주세요."); err != nil || got.Status != casework.InReview {
		t.Fatalf("%+v, %v", got, err)
	}
	propose()
	if n := count(t, w, `SELECT COUNT(*) FROM casework_approval WHERE agreed_at = 0`); n != 2 {
		t.Errorf("%d steps wait", n)
	}
	if _, err := w.Withdraw(t.Context(), w.Resident("person-1"), a.ID, ""); err != nil {
		t.Fatal(err)
	}
	if n := count(t, w, `SELECT COUNT(*) FROM casework_approval`); n != 0 {
		t.Errorf("%d steps outlive the application", n)
	}
}

// TestApprovalDeputyInLine: who agreed in a colleague's place still has their
// own turn, or nobody could finish the line; and who is away sees what waits
// for them.
func TestApprovalDeputyInLine(t *testing.T) {
	w := casetest.SQLite(t)
	kim, lee, choi := w.Hire("kim", "north"), w.Hire("lee", "north"), w.Hire("choi", "north")
	a := submitted(t, w)
	day := w.Clock.Now().DateIn(kernel.Seoul)
	if _, err := w.BeAway(t.Context(), lee, "north", "", casework.AbsenceInput{Deputy: choi.Account, From: day, Until: day}); err != nil {
		t.Fatal(err)
	}
	d := casework.Decision{Decision: casework.Replied, Reason: "고칠게요.", Line: line(lee, choi)}
	if _, err := w.Decide(t.Context(), kim, a.ID, "", d); err != nil {
		t.Fatal(err)
	}
	for _, who := range []authz.Actor{lee, choi} {
		if l, err := w.Approvals(t.Context(), who, ""); err != nil || len(l) != 1 {
			t.Errorf("%s has %d, %v", who.Name, len(l), err)
		}
	}
	if _, err := w.Confirm(t.Context(), choi, a.ID, "1", true, ""); err != nil {
		t.Fatal(err)
	}
	if a, err := w.Confirm(t.Context(), choi, a.ID, "2", true, ""); err != nil || a.Status != casework.Decided {
		t.Fatalf("%+v, %v", a, err)
	}
}

// TestApprovalNotes: a note about a proposal does not outlive the turn that it
// tells of.
func TestApprovalNotes(t *testing.T) {
	w := casetest.SQLite(t)
	kim, lee, choi := w.Hire("kim", "north"), w.Hire("lee", "north"), w.Hire("choi", "north")
	a := submitted(t, w)
	d := casework.Decision{Decision: casework.Replied, Reason: "고칠게요.", Line: line(lee, choi)}
	waits := func(want string) {
		t.Helper()
		got := ""
		for name, who := range map[string]authz.Actor{"lee": lee, "choi": choi} {
			l, err := w.Pings(t.Context(), who, "north", "", 10)
			if err != nil {
				t.Fatal(err)
			}
			if len(l) > 0 {
				got += name
			}
		}
		if got != want {
			t.Errorf("notes wait for %q, want %q", got, want)
		}
	}
	for _, end := range []func() error{
		func() error { _, err := w.Recall(t.Context(), kim, a.ID, ""); return err },
		func() error { _, err := w.Confirm(t.Context(), choi, a.ID, "", true, ""); return err },
	} {
		if _, err := w.Decide(t.Context(), kim, a.ID, "", d); err != nil {
			t.Fatal(err)
		}
		waits("lee")
		if _, err := w.Confirm(t.Context(), lee, a.ID, "", true, ""); err != nil {
			t.Fatal(err)
		}
		waits("choi")
		if err := end(); err != nil {
			t.Fatal(err)
		}
		waits("")
	}
}
