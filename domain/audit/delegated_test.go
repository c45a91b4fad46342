package audit

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

type names map[kernel.ID]string

func (n names) ActorName(_ context.Context, id kernel.ID) (string, error) { return n[id], nil }

// What somebody does for another is told once, from the log itself, and the
// person sees by name who it was; what people do themselves is not told.
func TestDelegated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		runner := jobs.New(db, c, nil)
		l.d.Events, l.d.Mandates = events.New(runner), names{"m-1": "이벗"}
		var told []string
		l.d.Events.Subscribe(Delegated, "test", func(_ context.Context, e events.Event) error {
			var a DelegatedAct
			told = append(told, "")
			err := json.Unmarshal(e.Data, &a)
			told[len(told)-1] = string(a.Mandate) + " " + a.Act + " " + a.Object + " " + a.Service
			return err
		})
		agent := authz.Actor{Account: "a1", Person: "p-1", Helper: authz.Helper{Account: "h1", Mandate: "m-1"}}
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			for _, e := range []Entry{
				{Actor: agent, Act: "casework.submit", Object: "application:1", Subject: "p-1", Service: "copy"},
				{Actor: agent, Act: "mydata.fetch", Subject: "p-1", Basis: "consent:7"},
				{Actor: authz.Actor{Account: "a1", Person: "p-1"}, Act: "casework.submit", Subject: "p-1"},
				{Actor: authz.Actor{Account: "a1", Person: "p-1", Helper: authz.Helper{Account: "o1", Agency: "gangnam"}}, Act: "casework.submit", Subject: "p-1"},
			} {
				if err := Append(tx, c.Now(), e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			sequence(t, l)
			if _, err := runner.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(told)
		if want := []string{"m-1 casework.submit application:1 copy", "m-1 mydata.fetch  "}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		list, _, err := l.Mine(t.Context(), authz.Actor{Account: "a1", Person: "p-1"}, kernel.EN, "")
		if err != nil {
			t.Fatal(err)
		}
		named := 0
		for _, a := range list {
			if a.Actor == l.d.Texts.T(kernel.EN, "audit.delegate", "name", "이벗") {
				named++
			}
		}
		if named != 2 || len(list) != 4 {
			t.Errorf("%d of %d entries name the actor", named, len(list))
		}
		if rep := verify(t, l); !rep.OK() {
			t.Errorf("%+v", rep)
		}
	}, Migrations(), jobs.Migrations())
}

// A body that asks by way of the exchange stands there by its name, and what it
// says it rests on as its own word, whatever that looks like.
func TestPeerNamed(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	l.d.Mandates = names{"m-1": "이벗"}
	asked := struct {
		Peer string `json:"peer"`
	}{"city.example"}
	err := l.d.DB.Update(t.Context(), func(tx *store.Tx) error {
		for _, basis := range []string{"peer city.example: law", "consent:7", "mandate:m-1", "law; assisted"} {
			if err := Append(tx, c.Now(), Entry{Actor: authz.Actor{System: peerActor}, Act: "exchange.serve", Subject: "p-1", Basis: basis, Detail: asked}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := l.Mine(t.Context(), authz.Actor{Account: "a1", Person: "p-1"}, kernel.EN, "")
	if err != nil || len(list) != 4 {
		t.Fatal(list, err)
	}
	var bases []string
	for _, a := range list {
		if a.Actor != l.d.Texts.T(kernel.EN, "audit.peer", "name", "city.example") || a.Purpose != list[0].Purpose {
			t.Errorf("%+v", a)
		}
		bases = append(bases, a.Basis)
	}
	slices.Sort(bases)
	if want := []string{"consent:7", "law", "law; assisted", "mandate:m-1"}; !slices.Equal(bases, want) {
		t.Errorf("bases %q, want %q", bases, want)
	}
}

// What rests wrote is read again, and what else a basis says is left alone.
func TestGrounds(t *testing.T) {
	for basis, want := range map[string]grounds{"": {}, "assisted": {assisted: true}, "consent:1; assisted": {basis: "consent:1", assisted: true}, "mandate:7": {mandate: "7"},
		"consent:1; mandate:7": {basis: "consent:1", mandate: "7"}, "app:c": {app: "c"}, "Act art. 3; app:c; assisted": {basis: "Act art. 3", app: "c", assisted: true},
		"Act on app:c things art. 3": {basis: "Act on app:c things art. 3"}} {
		if got := groundsOf(basis); got != want {
			t.Errorf("%q: %+v, want %+v", basis, got, want)
		}
	}
	for _, a := range []authz.Actor{{}, {App: "c"}, {App: "c", Helper: authz.Helper{Account: "o"}}, {Helper: authz.Helper{Account: "h", Mandate: "m"}}} {
		for _, basis := range []string{"", "Civil Petitions Act art. 9"} {
			want := grounds{basis: basis, app: a.App, assisted: a.Assisted(), mandate: a.Helper.Mandate}
			if got := groundsOf(rests(basis, a)); got != want {
				t.Errorf("%q: %+v, want %+v", rests(basis, a), got, want)
			}
		}
	}
}

// apps names programs.
type apps map[string]string

func (a apps) AppName(_ context.Context, client string, _ kernel.Lang) (string, error) {
	if a[client] == "" {
		return "", kernel.E(kernel.NotFound, "", nil)
	}
	return a[client], nil
}

// TestByApp: what a program does for a person names the program in the person's
// log, and the person is told of it; what it does at a desk names it beside the
// office.
func TestByApp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		runner := jobs.New(db, c, nil)
		l.d.Events, l.d.Apps = events.New(runner), apps{"c-1": "Sample app"}
		var told []DelegatedAct
		l.d.Events.Subscribe(Delegated, "test", func(_ context.Context, e events.Event) error {
			var a DelegatedAct
			err := json.Unmarshal(e.Data, &a)
			told = append(told, a)
			return err
		})
		me := authz.Actor{Account: "a1", Person: "p-1", Token: true, App: "c-1"}
		gone, desk := me, authz.Actor{Account: "o1", App: "c-1", Grants: []authz.Grant{{Role: authz.Official, Agency: "gangnam"}}}
		gone.App = "c-2"
		var wrote []string
		for _, e := range []Entry{
			{Actor: me, Act: "casework.submit", Object: "application:1", Subject: "p-1", Basis: "consent:7"},
			{Actor: desk, Act: "casework.view", Object: "application:1", Subject: "p-1", Agency: "gangnam"},
			{Actor: gone, Act: "casework.withdraw", Object: "application:1", Subject: "p-1"},
		} {
			c.Advance(1e6)
			if err := db.Update(t.Context(), func(tx *store.Tx) error { return Append(tx, c.Now(), e) }); err != nil {
				t.Fatal(err)
			}
		}
		list, _, err := l.Mine(t.Context(), authz.Actor{Account: "a1", Person: "p-1"}, kernel.EN, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			wrote = append(wrote, a.Actor+"/"+a.Basis)
		}
		if want := []string{"The app c-2, for you/", "Official in charge, Gangnam District Office, with the app Sample app/", "The app Sample app, for you/your consent"}; !slices.Equal(wrote, want) {
			t.Errorf("the log says %q, want %q", wrote, want)
		}
		sequence(t, l)
		if _, err := runner.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(told, func(a, b DelegatedAct) int { return strings.Compare(a.App, b.App) })
		if len(told) != 2 || told[0].App != "c-1" || told[0].Account != "a1" || told[0].Act != "casework.submit" || told[1].App != "c-2" {
			t.Errorf("told %+v", told)
		}
	}, Migrations(), jobs.Migrations())
}
