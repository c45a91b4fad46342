package casework_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// asked is a petition about which the northern office asks the southern one.
func asked(t testing.TB, w *casetest.World, in casework.JointInput) (*casework.Application, *casework.JointRow) {
	t.Helper()
	a := submitted(t, w)
	if in.Agency == "" {
		in.Agency = "south"
	}
	if in.Ask == "" {
		in.Ask = "이 가로등이 남구 것인가요?"
	}
	if in.Until.IsZero() {
		in.Until = w.Today().AddDays(2)
	}
	a, err := w.JointAsk(t.Context(), w.Official("kim", "north"), a.ID, "", in)
	if err != nil {
		t.Fatal(err)
	}
	return a, waiting(t, w, w.Official("park", in.Agency))
}

// waiting is the one request on an official's list.
func waiting(t testing.TB, w *casetest.World, o authz.Actor) *casework.JointRow {
	t.Helper()
	l, err := w.JointDesk(t.Context(), o, casework.JointQuery{})
	if err != nil || len(l) != 1 {
		t.Fatalf("%d requests, %v", len(l), err)
	}
	return &l[0]
}

// TestJointMinimum: the asked agency sees what was picked, and after its
// opinion only that; everybody else sees nothing, and each look is logged.
func TestJointMinimum(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		ctx, kim, park := t.Context(), w.Official("kim", "north"), w.Official("park", "south")
		a, row := asked(t, w, casework.JointInput{Questions: []string{"subject"}})
		if row.Number != a.Number || row.Lead != "north" || a.Status != casework.InReview || a.Assignee != kim.Account {
			t.Errorf("%+v, %+v", row, a)
		}
		_, err := w.Look(ctx, park, a.ID)
		wantKind(t, err, kernel.NotFound)
		_, err = w.JointLook(ctx, kim, row.ID)
		wantKind(t, err, kernel.NotFound)
		_, err = w.JointLook(ctx, w.Resident("person-1"), row.ID)
		wantKind(t, err, kernel.Forbidden)
		_, err = w.JointLook(ctx, w.HireRelative("person-9", "south"), row.ID)
		wantError(t, err, kernel.Forbidden, "casework.error.own_household")

		c, err := w.JointLook(ctx, park, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Answers) != 1 || c.Answers["subject"].Text() != "가로등" || c.Ask != "이 가로등이 남구 것인가요?" || len(c.Steps) != 1 {
			t.Errorf("sees %+v", c)
		}
		if n := count(t, w, `SELECT COUNT(*) FROM audit_row WHERE act = 'casework.joint_read' AND agency = 'south' AND subject <> ''`); n != 1 {
			t.Errorf("%d looks logged", n)
		}

		if err := w.JointTake(ctx, park, row.ID, "t"); err != nil {
			t.Fatal(err)
		}
		if err := w.JointQuestion(ctx, park, row.ID, "q", "기둥 번호가 있나요?"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.JointReply(ctx, kim, row.ID, "r", "7번이에요."); err != nil {
			t.Fatal(err)
		}
		if _, err := w.JointRemind(ctx, kim, row.ID, "m"); err != nil {
			t.Fatal(err)
		}
		_, err = w.JointReply(ctx, park, row.ID, "", "저도요")
		wantKind(t, err, kernel.NotFound)
		wantField(t, w.JointAnswer(ctx, park, row.ID, "", "perhaps", "글쎄요"), "opinion", "casework.joint.error.opinion")
		wantField(t, w.JointAnswer(ctx, park, row.ID, "", "object", ""), "reason", "casework.error.reason_missing")
		for range 2 { // pressed twice
			if err := w.JointAnswer(ctx, park, row.ID, "a", "conditions", "밤에만 고쳐 주세요."); err != nil {
				t.Fatal(err)
			}
		}
		wantError(t, w.JointQuestion(ctx, park, row.ID, "", "또"), kernel.Conflict, "casework.joint.over.answered")
		_, err = w.JointWithdraw(ctx, kim, row.ID, "", "됐어요.")
		wantError(t, err, kernel.Conflict, "casework.joint.over.answered")

		got := look(t, w, a)
		if len(got.Joint) != 1 || got.Joint[0].Opinion != "conditions" || got.Joint[0].Reason != "밤에만 고쳐 주세요." {
			t.Errorf("the lead sees %+v", got.Joint)
		}
		var acts []string
		for _, e := range got.Events {
			acts = append(acts, e.Act+"@"+e.Agency)
		}
		if h := strings.Join(acts, " "); h != "submitted@north joint_asked@north joint_taken@south joint_question@south joint_replied@north joint_reminded@north joint_answered@south" {
			t.Errorf("timeline %s", h)
		}
		c, err = w.JointLook(ctx, park, row.ID)
		if err != nil || len(c.Answers) != 0 || len(c.Steps) != 0 || c.Ask != "" || c.Reason != "밤에만 고쳐 주세요." {
			t.Errorf("afterwards %+v, %v", c, err)
		}
		mine, err := w.Open(ctx, w.Resident("person-1"), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range mine.Events {
			if e.Shared && e.Note != "" && strings.HasPrefix(e.Act, "joint_") {
				t.Errorf("the applicant reads %q of %s", e.Note, e.Act)
			}
		}
	})
}

// TestJointWrong: what cannot be asked says why.
func TestJointWrong(t *testing.T) {
	w := casetest.SQLite(t)
	ctx, kim := t.Context(), w.Official("kim", "north")
	a, _ := asked(t, w, casework.JointInput{})
	good := casework.JointInput{Agency: "interior", Ask: "의견을 주세요.", Until: w.Today().AddDays(2)}
	for name, c := range map[string]struct {
		change     func(*casework.JointInput)
		field, key string
	}{
		"nothing asked": {func(i *casework.JointInput) { i.Ask = " " }, "ask", "casework.error.ask_missing"},
		"nobody":        {func(i *casework.JointInput) { i.Agency = "none" }, "agency", "casework.error.agency_unknown"},
		"ourselves":     {func(i *casework.JointInput) { i.Agency = "north" }, "agency", "casework.error.agency_same"},
		"twice":         {func(i *casework.JointInput) { i.Agency = "south" }, "agency", "casework.joint.error.twice"},
		"no question":   {func(i *casework.JointInput) { i.Questions = []string{"shoe"} }, "questions", "casework.joint.error.question"},
		"no file":       {func(i *casework.JointInput) { i.Files = []string{"x"} }, "files", "casework.joint.error.file"},
		"no day":        {func(i *casework.JointInput) { i.Until = kernel.Date{} }, "until", "casework.joint.error.until_missing"},
		"past":          {func(i *casework.JointInput) { i.Until = w.Today().AddDays(-1) }, "until", "casework.joint.error.until"},
		"after the due": {func(i *casework.JointInput) { i.Until = w.Today().AddDays(60) }, "until", "casework.joint.error.until"},
	} {
		t.Run(name, func(t *testing.T) {
			in := good
			c.change(&in)
			_, err := w.JointAsk(ctx, kim, a.ID, "", in)
			wantField(t, err, c.field, c.key)
		})
	}
	_, err := w.JointAsk(ctx, w.Official("park", "south"), a.ID, "", good)
	wantKind(t, err, kernel.NotFound)
}

// TestJointExtend: the asked agency takes longer once, by no more than it was
// given and never beyond the case's own limit.
func TestJointExtend(t *testing.T) {
	w := casetest.SQLite(t)
	ctx, park := t.Context(), w.Official("park", "south")
	_, row := asked(t, w, casework.JointInput{})
	c, err := w.JointLook(ctx, park, row.ID)
	if err != nil || c.Longest.IsZero() {
		t.Fatalf("%+v, %v", c, err)
	}
	wantField(t, w.JointExtend(ctx, park, row.ID, "", c.Longest.AddDays(1), "바빠요."), "until", "casework.joint.error.until")
	if err := w.JointExtend(ctx, park, row.ID, "", c.Longest, "현장을 봐야 해요."); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.JointExtend(ctx, park, row.ID, "", c.Longest.AddDays(1), "또"), kernel.Conflict, "casework.joint.error.extended")
}

// TestJointDecide: over an open request nobody decides by mistake, and the
// decision ends it; so do a transfer and the applicant's withdrawal.
func TestJointDecide(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		ctx, kim, park := t.Context(), w.Official("kim", "north"), w.Official("park", "south")
		a, row := asked(t, w, casework.JointInput{})
		d := casework.Decision{Decision: casework.Replied, Reason: "고쳤어요."}
		_, err := w.Decide(ctx, kim, a.ID, "", d)
		wantError(t, err, kernel.Conflict, "casework.joint.error.waits")
		d.Without = true
		if _, err := w.Decide(ctx, kim, a.ID, "", d); err != nil {
			t.Fatal(err)
		}
		wantError(t, w.JointAnswer(ctx, park, row.ID, "", "agree", "좋아요."), kernel.Conflict, "casework.joint.over.ended")
		if h := history(look(t, w, a)); !strings.Contains(h, "joint_without joint_ended:south") {
			t.Errorf("timeline %s", h)
		}

		b, row := asked(t, w, casework.JointInput{Agency: "interior"})
		if _, err := w.Transfer(ctx, kim, b.ID, "", "south", "남구 일이에요."); err != nil {
			t.Fatal(err)
		}
		wantError(t, w.JointTake(ctx, w.Official("choi", "interior"), row.ID, ""), kernel.Conflict, "casework.joint.over.ended")

		c, row := asked(t, w, casework.JointInput{})
		if _, err := w.Withdraw(ctx, w.Resident("person-1"), c.ID, ""); err != nil {
			t.Fatal(err)
		}
		wantError(t, w.JointTake(ctx, park, row.ID, ""), kernel.Conflict, "casework.joint.over.ended")
	})
}

// TestJointRace: an opinion, a withdrawal and a decision meet; one ends the
// request, and the others learn how it ended.
func TestJointRace(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		ctx, kim, lee, park := t.Context(), w.Official("kim", "north"), w.Official("lee", "north"), w.Official("park", "south")
		a, row := asked(t, w, casework.JointInput{})
		errs := make([]error, 3)
		var wg sync.WaitGroup
		for i, do := range []func() error{
			func() error { return w.JointAnswer(ctx, park, row.ID, "", "agree", "좋아요.") },
			func() error { _, err := w.JointWithdraw(ctx, kim, row.ID, "", "됐어요."); return err },
			func() error {
				_, err := w.Decide(ctx, lee, a.ID, "", casework.Decision{Decision: casework.Replied, Reason: "네.", Without: true})
				return err
			},
		} {
			wg.Go(func() { errs[i] = do() })
		}
		wg.Wait()
		c := look(t, w, a)
		ended := 0
		for _, e := range c.Events {
			switch e.Act {
			case "joint_answered", "joint_withdrawn", "joint_ended":
				ended++
			}
		}
		if ended != 1 || c.Joint[0].ClosedAt == 0 {
			t.Errorf("ended %d times: %s; %v", ended, history(c), errs)
		}
		for i, err := range errs {
			if err != nil && !kernel.Is(err, kernel.Conflict) {
				t.Errorf("%d: %v", i, err)
			}
		}
	})
}

// TestJointPurge: what was asked and said goes with the case.
func TestJointPurge(t *testing.T) {
	w := casetest.SQLite(t)
	a, row := asked(t, w, casework.JointInput{})
	if err := w.JointAnswer(t.Context(), w.Official("park", "south"), row.ID, "", "agree", "비밀 의견"); err != nil {
		t.Fatal(err)
	}
	err := w.DB.View(t.Context(), func(tx *store.Tx) error {
		var ask, reason []byte
		err := tx.QueryRow(`SELECT ask, reason FROM casework_joint`).Scan(&ask, &reason)
		if strings.Contains(string(ask), "가로등") || strings.Contains(string(reason), "의견") {
			t.Error("not sealed")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Decide(t.Context(), w.Official("kim", "north"), a.ID, "", casework.Decision{Decision: casework.Replied, Reason: "네."}); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(2 * 366 * 24 * time.Hour)
	if _, err := w.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, w, `SELECT COUNT(*) FROM casework_joint`); n != 0 {
		t.Errorf("%d requests stay", n)
	}
}
