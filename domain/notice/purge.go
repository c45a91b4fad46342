package notice

import (
	"context"
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

// Purge deletes the messages that are older than a year and tells how many.
func (s *Service) Purge(ctx context.Context) (int, error) {
	before := kernel.NewID(s.clock.Now().Add(-keep))
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
