package notice

import (
	"context"
	"fmt"
	"time"

	"maru/domain/notice/internal/store"
	"maru/kernel"
	pstore "maru/platform/store"
)

// keep is how long a message stays: what happened stands in the application
// itself, and decisions in their documents.
const keep = 365 * 24 * time.Hour

// purgeBatch bounds one transaction, so that nobody waits behind the purge.
const purgeBatch = 500

// What is kept of messages that were sent elsewhere, and of codes.
const (
	keepDeliveries = 30 * 24 * time.Hour
	keepCodes      = 24 * time.Hour
	keepWaiting    = 24 * time.Hour // an address whose code nobody typed
)

// Purge deletes the messages that are older than a year and tells how many. It
// forgets the contacts whose time is over, and what was sent a month ago.
func (s *Service) Purge(ctx context.Context) (int, error) {
	before := kernel.NewID(s.clock.Now().Add(-keep))
	if err := s.purgeContacts(ctx); err != nil {
		return 0, err
	}
	total := 0
	for {
		var n int
		err := s.db.Update(ctx, func(tx *pstore.Tx) (err error) {
			n, err = store.DropBefore(tx, before, purgeBatch)
			return err
		})
		total += n
		if err != nil || n < purgeBatch {
			return total, err
		}
	}
}

func (s *Service) purgeContacts(ctx context.Context) error {
	now := s.clock.Now()
	for _, batch := range []func(tx *pstore.Tx) (int, error){
		func(tx *pstore.Tx) (int, error) {
			over, err := store.Forgotten(tx, now, now.Add(-keepWaiting), purgeBatch)
			for _, c := range over {
				if err == nil {
					err = store.DropContact(tx, c.ID)
				}
			}
			return len(over), err
		},
		func(tx *pstore.Tx) (int, error) {
			return store.DropDeliveries(tx, now.Add(-keepDeliveries), purgeBatch)
		},
		func(tx *pstore.Tx) (int, error) { return 0, store.DropCodes(tx, now.Add(-keepCodes)) },
	} {
		for n := purgeBatch; n == purgeBatch; {
			if err := s.db.Update(ctx, func(tx *pstore.Tx) (err error) {
				n, err = batch(tx)
				return err
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftForgotten checks that no removed address outlives its time by more than
// the purge needs.
func (s *Service) leftForgotten(ctx context.Context) error {
	return s.db.View(ctx, func(tx *pstore.Tx) error {
		over, err := store.Forgotten(tx, s.clock.Now().Add(-48*time.Hour), 0, 1)
		if err == nil && len(over) > 0 {
			err = kernel.E(kernel.Internal, "", fmt.Errorf("notice: contact %s was removed and is still kept", over[0].ID))
		}
		return err
	})
}
