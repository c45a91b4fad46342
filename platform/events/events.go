package events

import (
	"context"
	"encoding/json"
	"fmt"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/jobs"
	"maru/platform/store"
)

// Event is something that happened.
type Event struct {
	ID   kernel.ID
	Type string // "casework.decided"
	At   kernel.Time
	Data json.RawMessage
}

// envelope is an event as a job's payload; the type is part of the job's kind.
type envelope struct {
	ID   kernel.ID       `json:"id"`
	At   int64           `json:"at"` // microseconds, which RFC 3339 to the second would lose
	Data json.RawMessage `json:"data"`
}

// Bus carries events from publishers to subscribers.
type Bus struct {
	runner *jobs.Runner
	kinds  map[string][]string // job kinds by event type, one a subscriber
	direct func(tx *store.Tx, e Event) error
}

// Direct makes a bus without subscribers that hands each event to fn at once,
// in the publisher's transaction, dated by c: for filling a database, where
// nobody waits for what was told long ago.
func Direct(c clock.Clock, fn func(tx *store.Tx, e Event) error) *Bus {
	return &Bus{runner: jobs.New(nil, c, nil), direct: fn}
}

// New makes a bus on the runner.
func New(r *jobs.Runner) *Bus { return &Bus{runner: r, kinds: map[string][]string{}} }

// Subscribe has h told of every event of a type, under the subscriber's name
// ("notice"). It is called before the runner starts. The name is part of the
// stored jobs: renaming a subscriber strands what waits for it.
func (b *Bus) Subscribe(eventType, subscriber string, h func(ctx context.Context, e Event) error) {
	kind := "event:" + eventType + ":" + subscriber
	b.runner.Handle(kind, func(ctx context.Context, j jobs.Job) error {
		var e envelope
		if err := json.Unmarshal(j.Payload, &e); err != nil {
			return kernel.E(kernel.Internal, "", fmt.Errorf("events: job %s: %w", j.ID, err))
		}
		return h(ctx, Event{ID: e.ID, Type: eventType, At: kernel.Time(e.At), Data: e.Data})
	}, jobs.Options{})
	b.kinds[eventType] = append(b.kinds[eventType], kind)
}

// Publish tells every subscriber, once the caller's transaction has committed.
// Without subscribers it does nothing.
func (b *Bus) Publish(tx *store.Tx, eventType string, data any) error {
	kinds := b.kinds[eventType]
	if len(kinds) == 0 && b.direct == nil {
		return nil
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("events: data of %s: %w", eventType, err))
	}
	now := b.runner.Now()
	if b.direct != nil {
		return b.direct(tx, Event{ID: kernel.NewID(now), Type: eventType, At: now, Data: raw})
	}
	e := envelope{ID: kernel.NewID(now), At: int64(now), Data: raw}
	for _, kind := range kinds {
		if _, err := b.runner.Enqueue(tx, jobs.NewJob{Kind: kind, Payload: e}); err != nil {
			return err
		}
	}
	return nil
}
