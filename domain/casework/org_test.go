package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// office is an agency with a team: a lead, two members and a manager.
type office struct {
	w                   *casetest.World
	lead, kim, lee, out authz.Actor // out works there and is in no team
	manager             authz.Actor
	team                *casework.Team
}

func newOffice(t testing.TB, w *casetest.World, spread bool) *office {
	t.Helper()
	o := &office{w: w, lead: w.Hire("lead", "north"), kim: w.Hire("kim", "north"), lee: w.Hire("lee", "north"), out: w.Hire("out", "north"),
		manager: w.Manager("boss", "north")}
	var err error
	o.team, err = w.MakeTeam(t.Context(), o.manager, "north", "team", casework.TeamInput{Name: kernel.Text{KO: "1팀", EN: "Team 1"}, Spread: spread,
		Leads: []kernel.ID{o.lead.Account}, Members: []kernel.ID{o.kim.Account, o.lee.Account}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// view lists the ids of every page of a view.
func view(t testing.TB, w *casetest.World, who authz.Actor, q casework.ViewQuery) []kernel.ID {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 2 // pages go on where they should
	}
	var out []kernel.ID
	for range 100 {
		got, err := w.View(t.Context(), who, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range got.Cases {
			out = append(out, a.ID)
			q.After = casework.Cursor{Due: a.DueAt, Seq: a.Seq}
		}
		if !got.More {
			return out
		}
	}
	t.Fatal("a view without an end")
	return nil
}

// told are the kinds of what waits for somebody.
func told(t testing.TB, w *casetest.World, who authz.Actor) []string {
	t.Helper()
	l, err := w.Pings(t.Context(), who, "north", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range l {
		out = append(out, p.Kind)
	}
	slices.Sort(out)
	return out
}

func wantTold(t testing.TB, w *casetest.World, who authz.Actor, kinds ...string) {
	t.Helper()
	slices.Sort(kinds)
	if got := told(t, w, who); !slices.Equal(got, kinds) {
		t.Errorf("%s is told %v, want %v", who.Name, got, kinds)
	}
}

func TestTeams(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Hire("kim", "north")
		before := submitted(t, w)
		if before.Team != "" {
			t.Error("a team before there is one")
		}
		if got, err := w.View(t.Context(), kim, casework.ViewQuery{}); err != nil || got.View != casework.ViewAll || len(got.Cases) != 1 {
			t.Errorf("without teams: %v, %v", got, err)
		}
		o := newOffice(t, w, false)
		moves, err := w.MakeTeam(t.Context(), o.manager, "north", "", casework.TeamInput{Name: kernel.Text{KO: "이사팀", EN: "Moves"}, Services: []string{"move"},
			Leads: []kernel.ID{o.out.Account}})
		if err != nil {
			t.Fatal(err)
		}
		if a := submitted(t, w); a.Team != o.team.ID {
			t.Error("a petition does not go to the team for all")
		}
		moved := apply(t, w, w.Resident("person-1"), "move", move())
		if moved.Team != moves.ID {
			t.Error("a move does not go to the team that names it")
		}
		// Whoever closes a team leaves nothing behind.
		if err := w.CloseTeam(t.Context(), o.manager, "north", moves.ID); err != nil {
			t.Fatal(err)
		}
		if c := look(t, w, moved); c.Team != o.team.ID {
			t.Errorf("after the team closed: %q", c.Team)
		}

		in := casework.TeamInput{Name: kernel.Text{KO: "다른 이름", EN: "Other"}, Members: []kernel.ID{o.kim.Account, o.out.Account}}
		changed, err := w.ChangeTeam(t.Context(), o.lead, "north", o.team.ID, in)
		if err != nil || changed.Name.KO != "1팀" || len(changed.Members) != 3 {
			t.Errorf("a lead changes %v, %v", changed, err)
		}
		_, err = w.ChangeTeam(t.Context(), o.kim, "north", o.team.ID, in)
		wantError(t, err, kernel.Forbidden, "casework.team.error.leads_only")
		in.Rev, in.Leads = 1, []kernel.ID{o.lead.Account}
		_, err = w.ChangeTeam(t.Context(), o.manager, "north", o.team.ID, in)
		wantError(t, err, kernel.Conflict, "casework.team.error.changed")
		_, err = w.MakeTeam(t.Context(), o.lead, "north", "", in)
		wantError(t, err, kernel.Forbidden, "casework.team.error.managers_only")
		_, err = w.MakeTeam(t.Context(), w.Manager("boss2", "south"), "north", "", in)
		wantError(t, err, kernel.Forbidden, "casework.error.not_official")
		_, err = w.MakeTeam(t.Context(), o.manager, "north", "", casework.TeamInput{Name: kernel.Text{KO: "1팀"}, Services: []string{"shoe"}, Members: []kernel.ID{"nobody"}})
		for field, key := range map[string]string{"name_en": "casework.team.error.name", "services": "casework.team.error.service",
			"leads": "casework.team.error.no_lead", "members": "casework.team.error.stranger"} {
			wantField(t, err, field, key)
		}
		_, err = w.MakeTeam(t.Context(), o.manager, "north", "", casework.TeamInput{Name: kernel.Text{KO: "1팀", EN: "x"}, Leads: []kernel.ID{o.kim.Account}})
		wantField(t, err, "name_ko", "casework.team.error.twin")
		if _, err := w.Teams(t.Context(), w.Resident("person-1"), "north"); !kernel.Is(err, kernel.Forbidden) {
			t.Error(err)
		}
	})
}

// TestSpread: cases go to whoever is there and has the least to do, never to
// the applicant's household.
func TestSpread(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		o := newOffice(t, w, true)
		if _, err := w.BeAway(t.Context(), o.lee, "north", "", casework.AbsenceInput{From: w.Today(), Until: w.Today()}); err != nil {
			t.Fatal(err)
		}
		relative := w.HireRelative("person-9", "north") // of person-1's household
		in := casework.TeamInput{Name: o.team.Name, Spread: true, Leads: []kernel.ID{o.lead.Account}, Members: []kernel.ID{relative.Account, o.kim.Account, o.lee.Account}}
		if _, err := w.ChangeTeam(t.Context(), o.manager, "north", o.team.ID, in); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			submitted(t, w)
		}
		w.Events(t) // delivers
		for who, want := range map[*authz.Actor]int{&o.kim: 2, &o.lead: 2, &o.lee: 0, &relative: 0} {
			if got := view(t, w, *who, casework.ViewQuery{View: casework.ViewMine}); len(got) != want {
				t.Errorf("%s has %d, want %d", who.Name, len(got), want)
			}
		}
		c := look(t, w, &casework.Application{ID: view(t, w, o.kim, casework.ViewQuery{View: casework.ViewMine})[0], Agency: "north"})
		if c.Status != casework.Submitted || history(c) != "submitted dealt:"+string(o.kim.Account) {
			t.Errorf("dealt: %s %s", c.Status, history(c))
		}
		if a, err := w.Assign(t.Context(), o.kim, c.ID, ""); err != nil || a.Status != casework.InReview {
			t.Errorf("taken up: %v, %v", a, err)
		}
	})
}

func TestAbsence(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		o := newOffice(t, w, false)
		a := submitted(t, w)
		if _, err := w.Assign(t.Context(), o.kim, a.ID, ""); err != nil {
			t.Fatal(err)
		}
		today := w.Today()
		away := func(who authz.Actor, deputy kernel.ID, from, until int) error {
			_, err := w.BeAway(t.Context(), who, "north", "", casework.AbsenceInput{Deputy: deputy, From: today.AddDays(from), Until: today.AddDays(until)})
			return err
		}
		wantField(t, away(o.kim, o.kim.Account, 0, 3), "deputy", "casework.absence.error.self")
		wantField(t, away(o.kim, "", 3, 0), "until", "casework.absence.error.order")
		wantField(t, away(o.kim, "", -3, -1), "until", "casework.absence.error.over")
		if err := away(o.kim, o.lee.Account, 0, 3); err != nil {
			t.Fatal(err)
		}
		wantField(t, away(o.kim, "", 2, 5), "from", "casework.absence.error.twice")
		// No two act for each other.
		wantField(t, away(o.lee, o.kim.Account, 3, 4), "deputy", "casework.absence.error.deputy_away")
		mine := func(who authz.Actor) bool {
			return slices.Contains(view(t, w, who, casework.ViewQuery{View: casework.ViewMine}), a.ID)
		}
		if !mine(o.lee) || mine(o.lead) {
			t.Error("the deputy does not have the case")
		}
		wantTold(t, w, o.lee, casework.PingDeputy)
		// A deputy who is away falls to the lead, a lead who is away to theirs.
		if err := away(o.lee, "", 0, 1); err != nil {
			t.Fatal(err)
		}
		if mine(o.lee) || !mine(o.lead) {
			t.Error("the lead does not have the case")
		}
		if err := away(o.lead, o.out.Account, 0, 1); err != nil {
			t.Fatal(err)
		}
		if !mine(o.out) || mine(o.lead) {
			t.Error("the lead's deputy does not have the case")
		}
		if got, err := w.StandIn(t.Context(), "north", o.kim.Account, today); err != nil || got != o.out.Account {
			t.Errorf("%s stands in: %v", got, err)
		}
		// It ends by itself.
		w.Clock.Advance(2 * 24 * time.Hour)
		if !mine(o.lee) || mine(o.out) {
			t.Error("the deputy is back and does not have the case")
		}
		w.Clock.Advance(2 * 24 * time.Hour)
		if !mine(o.kim) || mine(o.lee) {
			t.Error("the official is back and does not have the case")
		}

		_, err := w.BeAway(t.Context(), o.lee, "north", "", casework.AbsenceInput{Account: o.kim.Account, From: w.Today(), Until: w.Today()})
		wantError(t, err, kernel.Forbidden, "casework.absence.error.others")
		x, err := w.BeAway(t.Context(), o.lead, "north", "k", casework.AbsenceInput{Account: o.kim.Account, From: w.Today(), Until: w.Today()})
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.BeAway(t.Context(), o.lead, "north", "k", casework.AbsenceInput{Account: o.kim.Account, From: w.Today(), Until: w.Today()}); err != nil || again.ID != x.ID {
			t.Errorf("again: %v, %v", again, err)
		}
		wantKind(t, w.BeBack(t.Context(), w.Hire("cho", "south"), x.ID), kernel.NotFound)
		if err := w.BeBack(t.Context(), o.kim, x.ID); err != nil {
			t.Fatal(err)
		}
		if !mine(o.kim) {
			t.Error("back early and without the case")
		}
	})
}

func TestHandOver(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		o := newOffice(t, w, false)
		ctx := t.Context()
		a := submitted(t, w)
		has := func(who kernel.ID) {
			t.Helper()
			if c := look(t, w, a); c.Assignee != who {
				t.Errorf("%s has it, want %s", c.Assignee, who)
			}
		}
		must := func(_ *casework.Application, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(w.Assign(ctx, o.kim, a.ID, ""))
		must(w.HandOver(ctx, o.kim, a.ID, "k", o.lee.Account, "부탁해요"))
		must(w.HandOver(ctx, o.kim, a.ID, "k", o.lee.Account, "부탁해요")) // once
		has(o.lee.Account)
		wantTold(t, w, o.lee, casework.PingHandover)
		_, err := w.Decline(ctx, o.kim, a.ID, "", "싫어요")
		wantError(t, err, kernel.Conflict, "casework.handover.error.over")
		_, err = w.Decline(ctx, o.lee, a.ID, "", "")
		wantField(t, err, "reason", "casework.error.reason_missing")
		must(w.Decline(ctx, o.lee, a.ID, "", "휴가예요"))
		has(o.kim.Account)
		wantTold(t, w, o.kim, casework.PingDeclined)
		wantTold(t, w, o.lee)
		must(w.HandOver(ctx, o.kim, a.ID, "", o.lee.Account, ""))
		must(w.TakeBack(ctx, o.kim, a.ID, ""))
		has(o.kim.Account)
		must(w.HandOver(ctx, o.lead, a.ID, "", o.lee.Account, "")) // a lead may
		must(w.TakeUp(ctx, o.lee, a.ID, ""))
		_, err = w.TakeBack(ctx, o.lead, a.ID, "")
		wantError(t, err, kernel.Conflict, "casework.handover.error.over")
		_, err = w.HandOver(ctx, o.out, a.ID, "", o.kim.Account, "")
		wantError(t, err, kernel.Forbidden, "casework.handover.error.not_yours")
		_, err = w.HandOver(ctx, o.lee, a.ID, "", w.Hire("cho", "south").Account, "")
		wantField(t, err, "to", "casework.handover.error.to")
		_, err = w.HandOver(ctx, o.lee, a.ID, "", w.HireRelative("person-9", "north").Account, "")
		wantField(t, err, "to", "casework.handover.error.to")
		_, err = w.HandOver(ctx, o.lee, a.ID, "", o.lee.Account, "")
		wantField(t, err, "to", "casework.handover.error.same")
		// The applicant reads nothing of all this.
		c, err := w.Open(ctx, w.Resident("person-1"), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range c.Events {
			if e.Shared && e.Act != "submitted" && e.Act != "assigned" {
				t.Errorf("the applicant reads %s", e.Act)
			}
		}
		for range 3 {
			must(w.HandOver(ctx, o.kim, submitted(t, w).ID, "", o.lee.Account, ""))
		}
		moved, kept, err := w.HandOverAll(ctx, o.lee, "north", "", o.kim.Account, "모두요")
		if err != nil || moved != 4 || kept != 0 {
			t.Errorf("moved %d, kept %d, %v", moved, kept, err)
		}
		if moved, _, err := w.HandOverAll(ctx, o.lee, "north", "", o.kim.Account, "모두요"); err != nil || moved != 0 {
			t.Errorf("again moved %d, %v", moved, err)
		}
		if _, _, err := w.HandOverAll(ctx, o.out, "north", o.kim.Account, o.lee.Account, ""); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("somebody else's: %v", err)
		}
	})
}

// TestLeave: what somebody had who left is the team's again; nothing waits for
// a person who does not come.
func TestLeave(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		o := newOffice(t, w, false)
		ctx := t.Context()
		var all []*casework.Application
		for range 3 {
			a := submitted(t, w)
			if _, err := w.Assign(ctx, o.kim, a.ID, ""); err != nil {
				t.Fatal(err)
			}
			all = append(all, a)
		}
		if _, err := w.AskBack(ctx, o.kim, all[1].ID, "", "무엇을?"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.HandOver(ctx, o.kim, all[2].ID, "", o.lee.Account, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.BeAway(ctx, o.lee, "north", "", casework.AbsenceInput{Deputy: o.kim.Account, From: w.Today(), Until: w.Today()}); err != nil {
			t.Fatal(err)
		}
		w.Leave(t, o.kim)
		w.Leave(t, o.kim) // told twice
		for i, want := range []kernel.ID{"", "", o.lee.Account} {
			if c := look(t, w, all[i]); c.Assignee != want || c.Team != o.team.ID {
				t.Errorf("case %d: %q of team %q", i, c.Assignee, c.Team)
			}
		}
		wantTold(t, w, o.lead, casework.PingLeft, casework.PingHandover) // and what the absent lee is told
		_, err := w.Decide(ctx, o.kim, all[0].ID, "", casework.Decision{Decision: casework.Replied, Reason: "끝"})
		wantError(t, err, kernel.Forbidden, "casework.error.left")
		// The colleague declines to somebody who is gone: it goes to the team.
		w.Clock.Advance(24 * time.Hour)
		if _, err := w.Decline(ctx, o.lee, all[2].ID, "", "아니에요"); err != nil {
			t.Fatal(err)
		}
		if c := look(t, w, all[2]); c.Assignee != "" {
			t.Errorf("declined to %q", c.Assignee)
		}
		w.Hire("kim", "north")
		if err := w.Reconcile(ctx, "north", o.kim.Account); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Assign(ctx, o.kim, all[0].ID, ""); err != nil {
			t.Errorf("back again: %v", err)
		}
	})
}

// TestLeaveBeforeTheSecondLook: a proposal made in office stays valid, and so
// does what a reopened case needs.
func TestLeaveBeforeTheSecondLook(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim, lee := w.Hire("kim", "interior"), w.Hire("lee", "interior")
		a := unpaid(t, w, w.Resident("person-1"))
		if _, err := w.Pay(t.Context(), w.Resident("person-1"), a.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Refused, Reason: "안 돼요"}); err != nil {
			t.Fatal(err)
		}
		w.Leave(t, kim)
		got, err := w.View(t.Context(), lee, casework.ViewQuery{View: casework.ViewWaiting})
		if err != nil || len(got.Cases) != 1 {
			t.Fatalf("waiting: %v, %v", got, err)
		}
		if a, err = w.Confirm(t.Context(), lee, a.ID, "", true, ""); err != nil || a.Decision != casework.Refused {
			t.Fatalf("confirmed: %v, %v", a, err)
		}
		w.Leave(t, lee)
		cho := w.Hire("cho", "interior")
		if a, err = w.Object(t.Context(), w.Resident("person-1"), a.ID, "", "돼요"); err != nil || a.Assignee != "" {
			t.Fatalf("an objection lies with somebody who left: %v, %v", a, err)
		}
		if got := view(t, w, cho, casework.ViewQuery{View: casework.ViewUnassigned}); len(got) != 1 {
			t.Errorf("unassigned: %v", got)
		}
	})
}

func TestComments(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		o := newOffice(t, w, false)
		ctx := t.Context()
		a := submitted(t, w)
		if _, err := w.Assign(ctx, o.kim, a.ID, ""); err != nil {
			t.Fatal(err)
		}
		say := func(who authz.Actor, text string, picked ...kernel.ID) error {
			w.Clock.Advance(time.Minute)
			_, err := w.Comment(ctx, who, a.ID, "", text, picked)
			return err
		}
		wantField(t, say(o.lee, " "), "comment", "casework.error.comment_missing")
		wantField(t, say(o.lee, "x", "nobody"), "mentions", "casework.team.error.stranger")
		if err := say(o.lee, "확인해 주세요 @lead 님, hong@example.com", o.out.Account); err != nil {
			t.Fatal(err)
		}
		wantTold(t, w, o.lead, casework.PingMention)
		wantTold(t, w, o.out, casework.PingMention)
		wantTold(t, w, o.kim, casework.PingComment)
		if err := say(o.kim, "했어요"); err != nil {
			t.Fatal(err)
		}
		wantTold(t, w, o.lee, casework.PingComment) // who comments, follows
		if err := w.Follow(ctx, o.lee, a.ID, false); err != nil {
			t.Fatal(err)
		}
		if err := say(o.kim, "또 했어요"); err != nil {
			t.Fatal(err)
		}
		wantTold(t, w, o.lee, casework.PingComment)
		l, err := w.Pings(ctx, o.lee, "north", "", 0)
		if err != nil || len(l) != 1 {
			t.Fatal(l, err)
		}
		wantKind(t, w.Seen(ctx, o.kim, "north", l[0].ID), kernel.NotFound)
		if err := w.Seen(ctx, o.lee, "north", l[0].ID); err != nil {
			t.Fatal(err)
		}
		wantTold(t, w, o.lee)
		got, err := w.Teamwork(ctx, o.lead, a.ID)
		if err != nil || len(got.Comments) != 3 || got.Comments[0].Text != "확인해 주세요 @lead 님, hong@example.com" || len(got.Comments[0].Mentions) != 2 {
			t.Errorf("%v, %v", got, err)
		}
		if n := count(t, w, `SELECT COUNT(*) FROM audit_row WHERE act = 'casework.comment'`); n != 3 {
			t.Errorf("%d comments in the log", n)
		}
		for _, row := range dump(t, w, "casework_comment") {
			if strings.Contains(row, "했어요") {
				t.Error("a comment in the open")
			}
		}
		// Another office does not read it, nor does the applicant.
		_, err = w.Teamwork(ctx, w.Hire("cho", "south"), a.ID)
		wantKind(t, err, kernel.NotFound)
		_, err = w.Teamwork(ctx, w.Resident("person-1"), a.ID)
		wantKind(t, err, kernel.Forbidden)
		if _, err := w.Transfer(ctx, o.kim, a.ID, "", "south", "남구 일이에요"); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Teamwork(ctx, w.Hire("cho", "south"), a.ID); err != nil || len(got.Comments) != 0 {
			t.Errorf("the next office reads %v, %v", got, err)
		}
		// It goes with the case.
		if _, err := w.Decide(ctx, w.Hire("cho", "south"), a.ID, "", casework.Decision{Decision: casework.Replied, Reason: "했어요"}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(2 * 366 * 24 * time.Hour)
		if _, err := w.Purge(ctx); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"comment", "follow", "handover", "ping WHERE application <> ''", "alarm"} {
			if n := count(t, w, `SELECT COUNT(*) FROM casework_`+table); n != 0 {
				t.Errorf("%d rows of %s outlive the case", n, table)
			}
		}
	})
}

// TestViewStopped: the clock stands still for more than a request for
// correction; no case falls out of the parts of the due view.
func TestViewStopped(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		kim := w.Hire("kim", "north")
		ids := several(t, w, 3)
		if _, err := w.StopClock(t.Context(), kim, ids[0], "", "expert", "감정을 받아요."); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AskBack(t.Context(), kim, ids[1], "", "어디인가요?"); err != nil {
			t.Fatal(err)
		}
		got := view(t, w, kim, casework.ViewQuery{View: casework.ViewDue, Due: casework.DueStopped})
		want := slices.Sorted(slices.Values(ids[:2]))
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("stopped are %v, want %v", got, want)
		}
		v, err := w.View(t.Context(), kim, casework.ViewQuery{View: casework.ViewDue})
		if err != nil {
			t.Fatal(err)
		}
		for _, due := range casework.Dues {
			if n := len(view(t, w, kim, casework.ViewQuery{View: casework.ViewDue, Due: due})); v.Counts[due] != n {
				t.Errorf("%s: the tab says %d, the list has %d", due, v.Counts[due], n)
			}
		}
	})
}

// TestHandOverEndsWithCase: a hand-over that nobody answered ends when the case
// does, and does not come back with an objection.
func TestHandOverEndsWithCase(t *testing.T) {
	w := casetest.SQLite(t)
	kim, lee := w.Hire("kim", "north"), w.Hire("lee", "north")
	for _, end := range []func(id kernel.ID) error{
		func(id kernel.ID) error {
			_, err := w.Decide(t.Context(), lee, id, "", casework.Decision{Decision: casework.Replied, Reason: "고쳤어요."})
			return err
		},
		func(id kernel.ID) error {
			_, err := w.Withdraw(t.Context(), w.Resident("person-1"), id, "")
			return err
		},
	} {
		id := several(t, w, 1)[0]
		if _, err := w.HandOver(t.Context(), kim, id, "", lee.Account, "부탁해요."); err != nil {
			t.Fatal(err)
		}
		if err := end(id); err != nil {
			t.Fatal(err)
		}
		if work, err := w.Teamwork(t.Context(), kim, id); err != nil || work.Handover != nil {
			t.Errorf("%+v, %v", work.Handover, err)
		}
		if l, err := w.Pings(t.Context(), lee, "north", "", 10); err != nil || len(l) != 0 {
			t.Errorf("lee is told of %d, %v", len(l), err)
		}
	}
}

// staleOnce gives an answer that is out of date the first time it is asked.
type staleOnce struct {
	*casetest.Staff
	asked bool
}

func (o *staleOnce) Officials(ctx context.Context, agency string) ([]casework.Official, error) {
	if !o.asked {
		o.asked = true
		return nil, nil
	}
	return o.Staff.Officials(ctx, agency)
}

// TestRoleBack: a role that comes back while its end is still worked on does
// not leave the official locked out.
func TestRoleBack(t *testing.T) {
	w := casetest.SQLite(t)
	kim := w.Hire("kim", "north")
	a := submitted(t, w)
	w.Leave(t, kim)
	w.Service.Officials = &staleOnce{Staff: w.Staff}
	w.Hire("kim", "north")
	if err := w.Reconcile(t.Context(), "north", kim.Account); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Assign(t.Context(), kim, a.ID, ""); err != nil {
		t.Error(err)
	}
}

// TestTeamOfLeftService: a lead still changes the members of a team whose
// service has left the catalogue.
func TestTeamOfLeftService(t *testing.T) {
	w := casetest.SQLite(t)
	o := newOffice(t, w, false)
	if err := w.DB.Update(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE casework_team SET services = 'gone'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	got, err := w.ChangeTeam(t.Context(), o.lead, "north", o.team.ID, casework.TeamInput{Members: []kernel.ID{o.kim.Account}})
	if err != nil || len(got.Members) != 2 || !slices.Equal(got.Services, []string{"gone"}) {
		t.Errorf("%+v, %v", got, err)
	}
}
