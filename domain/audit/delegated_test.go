package audit

import (
	"context"
	"encoding/json"
	"slices"
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

func TestMandateOfBasis(t *testing.T) {
	for basis, want := range map[string]kernel.ID{"": "", "assisted": "", "consent:1; assisted": "", "mandate:7": "7", "consent:1; mandate:7": "7", "mandate:7; assisted": ""} {
		if got := mandateOf(basis); got != want {
			t.Errorf("%q: %q, want %q", basis, got, want)
		}
	}
}
