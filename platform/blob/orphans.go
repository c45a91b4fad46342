package blob

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"maru/kernel"
	"maru/platform/jobs"
	"maru/platform/store"
)

// orphanAge is how long an upload may take, and how long a file may wait for
// somebody to refer to it.
const orphanAge = 24 * time.Hour

// JobOrphans is the kind of the job that clears orphans away.
const JobOrphans = "blob.orphans"

// Jobs has the runner clear orphans away each hour.
func (s *Store) Jobs(r *jobs.Runner) {
	r.Handle(JobOrphans, func(ctx context.Context, _ jobs.Job) error {
		_, err := s.Orphans(ctx)
		return err
	}, jobs.Options{Every: time.Hour, Timeout: 10 * time.Minute})
}

// Orphans removes the files older than a day whose upload never ended and, when
// somebody has told of references by UsedBy, those that nobody refers to. It
// returns how many it removed.
func (s *Store) Orphans(ctx context.Context) (int, error) {
	before := s.clock.Now().Add(-orphanAge)
	removed := 0
	after := kernel.ID("")
	for {
		var page []kernel.ID
		err := s.db.View(ctx, func(tx *store.Tx) (err error) {
			page, err = s.candidates(tx, before, after)
			return err
		})
		if err != nil || len(page) == 0 {
			return removed, err
		}
		after = page[len(page)-1]
		for _, id := range page {
			gone, err := s.removeOrphan(ctx, id)
			if err != nil {
				return removed, err
			}
			if gone {
				removed++
			}
		}
	}
}

// candidates pages through the files older than before.
func (s *Store) candidates(tx *store.Tx, before kernel.Time, after kernel.ID) ([]kernel.ID, error) {
	query := "SELECT id FROM blob_file WHERE created_at < $1 AND id > $2 AND NOT complete ORDER BY id LIMIT 200"
	if len(s.usedBy) > 0 {
		query = "SELECT id FROM blob_file WHERE created_at < $1 AND id > $2 ORDER BY id LIMIT 200"
	}
	rows, err := tx.Query(query, before, after)
	if err != nil {
		return nil, err
	}
	var out []kernel.ID
	for rows.Next() {
		var id kernel.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// removeOrphan looks again in the transaction that removes: somebody may have
// taken the file up meanwhile.
func (s *Store) removeOrphan(ctx context.Context, id kernel.ID) (gone bool, err error) {
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		gone = false
		var complete bool
		err := tx.QueryRow("SELECT complete FROM blob_file WHERE id = $1", id).Scan(&complete)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		if complete {
			for _, used := range s.usedBy {
				if yes, err := used(tx, id); err != nil || yes {
					return err
				}
			}
		}
		gone = true
		return s.Delete(tx, id)
	})
	return gone, err
}
