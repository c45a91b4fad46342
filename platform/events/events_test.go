package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

type decided struct {
	Application kernel.ID `json:"application"`
}

func TestPublish(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := clock.NewManual(1_764_000_000_123_456)
		r := jobs.New(db, c, nil)
		bus := events.New(r)
		got := map[string][]events.Event{}
		fail := true
		bus.Subscribe("casework.decided", "notice", func(_ context.Context, e events.Event) error {
			if fail {
				return errors.New("not yet")
			}
			got["notice"] = append(got["notice"], e)
			return nil
		})
		bus.Subscribe("casework.decided", "wallet", func(_ context.Context, e events.Event) error {
			got["wallet"] = append(got["wallet"], e)
			return nil
		})
		publish := func(eventType string, data any, outcome error) {
			t.Helper()
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				if err := bus.Publish(tx, eventType, data); err != nil {
					return err
				}
				return outcome
			})
			if !errors.Is(err, outcome) {
				t.Fatal(err)
			}
		}
		publish("casework.decided", decided{Application: "a"}, nil)
		publish("casework.decided", decided{Application: "rolled back"}, errors.New("no"))
		publish("nobody.listens", decided{}, nil)
		published := c.Now()
		if n, err := r.RunDue(t.Context()); n != 2 || err == nil {
			t.Fatalf("ran %d, error %v", n, err)
		}
		if len(got["wallet"]) != 1 || len(got["notice"]) != 0 {
			t.Fatalf("one subscriber held up the other: %v", got)
		}
		fail = false
		c.Advance(time.Minute)
		if n, err := r.RunDue(t.Context()); n != 1 || err != nil {
			t.Fatalf("ran %d, error %v", n, err)
		}
		a, b := got["notice"][0], got["wallet"][0]
		if a.ID != b.ID || a.ID == "" || a.Type != "casework.decided" || a.At != published {
			t.Errorf("got %+v and %+v", a, b)
		}
		var data decided
		if err := json.Unmarshal(a.Data, &data); err != nil || data.Application != "a" {
			t.Errorf("data %s, error %v", a.Data, err)
		}
		err := db.Update(t.Context(), func(tx *store.Tx) error { return bus.Publish(tx, "casework.decided", func() {}) })
		if !kernel.Is(err, kernel.Internal) {
			t.Errorf("data that is no JSON: %v", err)
		}
	}, jobs.Migrations())
}
