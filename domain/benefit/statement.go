package benefit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"maru/domain/audit"
	"maru/domain/benefit/internal/store"
	"maru/domain/benefit/situation"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Statement is what somebody told of a fact that no register holds. It counts
// for as long as registers do not know better.
type Statement struct {
	ID      kernel.ID
	Subject string // register's id of whom it is about, "" for the household
	Fact    string
	// Value is unknown where the answer was "I do not know": it is not asked
	// again.
	Value kernel.Value
	On    kernel.Date // told on
}

const (
	// keptFor is how long a statement is kept: what people said a year ago has
	// often changed.
	keptFor = 365 * 24 * time.Hour
	// maxStatements bounds what one person can have kept; it is more than all
	// facts of a large household.
	maxStatements = 1000
)

// sealed is a statement's value at rest.
type sealedValue struct {
	Kind  kernel.ValueKind `json:"kind"`
	Value kernel.Value     `json:"value"`
}

func sealFor(s *store.Statement) string { return "benefit.statement:" + s.Person + ":" + string(s.ID) }

func (s *Service) openStatement(row *store.Statement) (Statement, error) {
	out := Statement{ID: row.ID, Subject: row.Subject, Fact: row.Fact, On: row.StatedAt.DateIn(kernel.Seoul)}
	b, err := s.d.Keys.Open(sealFor(row), row.Value)
	if err != nil {
		return out, fmt.Errorf("benefit: open statement: %w", err)
	}
	var v sealedValue
	if err := json.Unmarshal(b, &v); err != nil {
		return out, fmt.Errorf("benefit: read statement: %w", err)
	}
	if v.Kind == kernel.Unknown {
		return out, nil
	}
	if out.Value, err = v.Value.As(v.Kind); err != nil {
		return out, fmt.Errorf("benefit: read statement: %w", err)
	}
	return out, nil
}

// statements are what a person told and what is not yet too old, the newest
// first.
func (s *Service) statements(ctx context.Context, person string) ([]Statement, error) {
	var rows []store.Statement
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		rows, err = store.Of(tx, person)
		return err
	})
	if err != nil {
		return nil, err
	}
	oldest := s.d.Clock.Now().Add(-keptFor)
	var out []Statement
	for i := range rows {
		if rows[i].StatedAt < oldest {
			continue
		}
		st, err := s.openStatement(&rows[i])
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	return out, nil
}

// Tell keeps what the actor says of a fact; an unknown value keeps that they do
// not know. ref is one of the household that Known knows. What a register holds
// is not the actor's to tell: kernel.Conflict.
func (s *Service) Tell(ctx context.Context, actor authz.Actor, k *Known, ref string, v kernel.Value) error {
	e := k.Answer.Engine
	fact, member, err := e.Ref(ref)
	subject, ok := k.Persons[member]
	if err != nil || member != "" && !ok {
		return kernel.E(kernel.Invalid, "benefit.error.name", err)
	}
	if _, held := k.Held[ref]; held {
		return kernel.E(kernel.Conflict, "benefit.error.held", nil)
	}
	if v.Known() && !situation.Fits(fact, v) {
		return kernel.E(kernel.Invalid, "benefit.error.answer", nil).Field("answer", "benefit.error.answer", nil)
	}
	if err := s.stands(ctx, actor.Person); err != nil {
		return err
	}
	now := s.d.Clock.Now()
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		n, err := store.Count(tx, actor.Person)
		if err != nil {
			return err
		}
		if n >= maxStatements {
			return kernel.E(kernel.Limited, "benefit.error.too_much_told", nil)
		}
		row := &store.Statement{ID: kernel.RandomID(), Person: actor.Person, Subject: subject, Fact: fact.ID, StatedAt: now}
		if old, err := store.Find(tx, actor.Person, subject, fact.ID); err != nil {
			return err
		} else if old != nil {
			row.ID = old.ID
		}
		b, err := json.Marshal(sealedValue{v.Kind(), v})
		if err != nil {
			return fmt.Errorf("benefit: statement: %w", err)
		}
		if row.Value, err = s.d.Keys.Seal(sealFor(row), b); err != nil {
			return fmt.Errorf("benefit: seal statement: %w", err)
		}
		if err := store.Put(tx, *row); err != nil {
			return err
		}
		return s.audited(tx, now, actor, "benefit.tell", fact.ID)
	})
	if err != nil {
		return err
	}
	// Read before the transaction, the consent may have gone meanwhile, and the
	// event that deletes what was told may have come before this was. Where it
	// goes from here on, the event finds it.
	gone := s.stands(ctx, actor.Person)
	if kernel.Is(gone, kernel.Forbidden) {
		if err := s.d.DB.Update(ctx, func(tx *pstore.Tx) error { return store.DropOf(tx, actor.Person, now) }); err != nil {
			return err
		}
	}
	return gone
}

// stands is an error where a person's consent does not permit reading now.
func (s *Service) stands(ctx context.Context, person string) error {
	if id, err := s.d.Registers.Agreed(ctx, person); err != nil || id == "" {
		return needsConsent(err)
	}
	return nil
}

// Forget deletes a statement of the actor's.
func (s *Service) Forget(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if actor.Person == "" {
		return kernel.E(kernel.Forbidden, "mydata.error.prove_first", nil)
	}
	now := s.d.Clock.Now()
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		if err := store.Drop(tx, actor.Person, id); err != nil {
			return err
		}
		return s.audited(tx, now, actor, "benefit.forget", "")
	})
}

func (s *Service) audited(tx *pstore.Tx, now kernel.Time, actor authz.Actor, act, fact string) error {
	e := audit.Entry{Actor: actor, Act: act, Object: "service:" + Consented, Subject: actor.Person, Purpose: purposeMine, Service: Consented}
	if fact != "" {
		e.Detail = []string{fact}
	}
	return audit.Append(tx, now, e)
}

// Withdrawn forgets what somebody told once the consent of an event ended, be it
// that they took it back or that its time was over; told again afterwards, it
// stays. Once more changes nothing.
func (s *Service) Withdrawn(ctx context.Context, consent kernel.ID) error {
	person, at, err := s.d.Registers.Withdrawn(ctx, consent)
	if err != nil || person == "" {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error { return store.DropOf(tx, person, at) })
}

// Narrowed forgets what somebody told of sensitive facts once they took back
// that part of their consent; told again afterwards, it stays.
func (s *Service) Narrowed(ctx context.Context, consent kernel.ID) error {
	person, at, facts, err := s.d.Registers.Narrowed(ctx, consent)
	if err != nil || person == "" {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		for _, fact := range facts {
			if err := store.DropFact(tx, person, fact, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// Purge deletes statements that are too old, and counts them.
func (s *Service) Purge(ctx context.Context) (int64, error) {
	var n int64
	before := s.d.Clock.Now().Add(-keptFor)
	err := s.d.DB.Update(ctx, func(tx *pstore.Tx) (err error) {
		n, err = store.DropBefore(tx, before)
		return err
	})
	return n, err
}
