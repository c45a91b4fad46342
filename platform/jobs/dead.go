package jobs

import (
	"context"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

// DeadJob is a job that failed for good, as an operator sees it.
type DeadJob struct {
	ID        kernel.ID
	Kind      string
	Attempts  int
	CreatedAt kernel.Time
	FailedAt  kernel.Time
	ErrorKind string // the name of a kernel.Kind
	ErrorKey  string // message key, may be empty
}

// Dead lists the dead jobs, the latest first, at most a thousand.
func (r *Runner) Dead(ctx context.Context) ([]DeadJob, error) {
	var out []DeadJob
	err := r.db.View(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT id, kind, attempt, created_at, failed_at, error_kind, error_key
FROM jobs_job WHERE state = 'dead' ORDER BY failed_at DESC, id DESC LIMIT 1000`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var d DeadJob
			if err := rows.Scan(&d.ID, &d.Kind, &d.Attempts, &d.CreatedAt, &d.FailedAt, &d.ErrorKind, &d.ErrorKey); err != nil {
				return err
			}
			out = append(out, d)
		}
		return rows.Err()
	})
	return out, err
}

// Retry brings a dead job back to life with all its attempts. A job that is
// not dead is NotFound; one whose unique key is waited for is a Conflict.
func (r *Runner) Retry(ctx context.Context, id kernel.ID) error {
	return r.db.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec("UPDATE jobs_job SET state = 'waiting', attempt = 0, run_at = $1, failed_at = 0 WHERE id = $2 AND state = 'dead'", r.clock.Now(), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.NotFound, "", fmt.Errorf("jobs: no dead job %s", id))
		}
		tx.OnCommit(r.nudge)
		return nil
	})
}
