package casework_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
)

// TestEveryCaseHasOneOwner: whoever is away, leaves, joins, hands over or closes
// a team, every open case lies before exactly one official, or among those that
// are nobody's: never twice, never nowhere. And every list tells the same.
func TestEveryCaseHasOneOwner(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		rapid.Check(t, func(rt *rapid.T) {
			agency := rapid.SampledFrom([]string{"north", "south"}).Draw(rt, "agency")
			names := []string{"a", "b", "c", "d", "e"}
			var staff []authz.Actor
			for _, n := range names {
				o := w.Hire(agency+n, agency)
				staff = append(staff, o)
				if err := w.Reconcile(t.Context(), agency, o.Account); err != nil {
					rt.Fatal(err)
				}
			}
			manager := authz.Actor{Account: "00000000-0000-7000-8000-00000000aaaa", Grants: []authz.Grant{{Role: authz.Manager, Agency: agency}}}
			gone := map[kernel.ID]bool{}
			pick := func(label string) authz.Actor { return rapid.SampledFrom(staff).Draw(rt, label) }
			cases := func() []kernel.ID {
				return view(t, w, staff[0], casework.ViewQuery{Agency: agency, Limit: 20, View: casework.ViewAll})
			}
			for range rapid.IntRange(8, 24).Draw(rt, "steps") {
				w.Clock.Advance(rapid.SampledFrom([]time.Duration{time.Minute, 20 * time.Hour}).Draw(rt, "wait"))
				var err error
				open := cases()
				switch act := rapid.SampledFrom([]string{"submit", "submit", "assign", "assign", "away", "away", "hand", "leave", "return", "team", "close", "back", "ask"}).Draw(rt, "act"); {
				case act == "submit":
					apply(t, w, w.Resident("person-3"), "petition", with(petition("일"), "body", text(agency)))
				case act == "assign" && len(open) > 0:
					_, err = w.Assign(t.Context(), pick("who"), rapid.SampledFrom(open).Draw(rt, "case"), "")
				case act == "ask" && len(open) > 0:
					_, err = w.AskBack(t.Context(), pick("who"), rapid.SampledFrom(open).Draw(rt, "case"), "", "무엇을?")
				case act == "hand" && len(open) > 0:
					_, err = w.HandOver(t.Context(), pick("who"), rapid.SampledFrom(open).Draw(rt, "case"), "", pick("to").Account, "")
				case act == "back" && len(open) > 0:
					_, err = w.Decline(t.Context(), pick("who"), rapid.SampledFrom(open).Draw(rt, "case"), "", "아니에요")
				case act == "away":
					in := casework.AbsenceInput{From: w.Today(), Until: w.Today().AddDays(rapid.IntRange(0, 2).Draw(rt, "days"))}
					if rapid.Bool().Draw(rt, "named") {
						in.Deputy = pick("deputy").Account
					}
					_, err = w.BeAway(t.Context(), pick("who"), agency, "", in)
				case act == "leave":
					o := pick("who")
					w.Leave(t, o)
					gone[o.Account] = true
				case act == "return":
					o := pick("who")
					w.Hire(o.Name, agency)
					err = w.Reconcile(t.Context(), agency, o.Account)
					delete(gone, o.Account)
				case act == "team":
					in := casework.TeamInput{Name: kernel.Text{KO: string(kernel.NewID(w.Clock.Now()))[:30], EN: "x"}, Leads: []kernel.ID{pick("lead").Account}, Members: []kernel.ID{pick("member").Account}}
					_, err = w.MakeTeam(t.Context(), manager, agency, "", in)
				case act == "close":
					teams, terr := w.Teams(t.Context(), manager, agency)
					if terr != nil {
						rt.Fatal(terr)
					}
					if len(teams) > 0 {
						err = w.CloseTeam(t.Context(), manager, agency, teams[0].ID)
					}
				}
				if kernel.KindOf(err) == kernel.Internal && err != nil {
					rt.Fatal(err)
				}
			}
			owners(t, rt, w, agency, staff, gone, cases())
			// The next run begins with an empty desk and everybody there.
			clerk := w.Official("clerk", agency)
			for _, id := range cases() {
				if err := decide(t, w, clerk, id)(); err != nil {
					rt.Fatal(err)
				}
			}
			w.Clock.Advance(4 * 24 * time.Hour)
		})
	})
}

// owners counts before how many each open case lies.
func owners(t *testing.T, rt *rapid.T, w *casetest.World, agency string, staff []authz.Actor, gone map[kernel.ID]bool, open []kernel.ID) {
	lies := map[kernel.ID]int{}
	for _, id := range view(t, w, staff[0], casework.ViewQuery{Agency: agency, Limit: 20, View: casework.ViewUnassigned}) {
		lies[id]++
	}
	for _, o := range staff {
		mine := view(t, w, o, casework.ViewQuery{Agency: agency, Limit: 20, View: casework.ViewMine})
		if len(mine) > 0 {
			if who, err := w.Teamwork(t.Context(), o, mine[0]); err != nil || who.Owner != o.Account {
				rt.Fatalf("%s lies before %s, its page says %v, %v", mine[0], o.Name, who, err)
			}
		}
		for _, id := range mine {
			lies[id]++
			if gone[o.Account] {
				rt.Fatalf("a case lies before %s, who left", o.Name)
			}
		}
	}
	for _, id := range open {
		if lies[id] != 1 {
			rt.Fatalf("%s lies before %d", id, lies[id])
		}
		delete(lies, id)
	}
	if len(lies) != 0 {
		rt.Fatalf("not open and on a desk: %v", lies)
	}
	var due []kernel.ID
	for _, part := range casework.Dues {
		due = append(due, view(t, w, staff[0], casework.ViewQuery{Agency: agency, Limit: 20, View: casework.ViewDue, Due: part})...)
	}
	slices.Sort(due)
	open = slices.Sorted(slices.Values(open))
	if !slices.Equal(due, open) {
		rt.Fatalf("by due date %v, all %v", due, open)
	}
}
