package jobs

import (
	"fmt"
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

// claimed is a job that this runner holds under its fence.
type claimed struct {
	Job
	fence  int64
	unique string
}

// claimQuery takes the jobs that are due and whose kinds are handled here: a
// copy of another version leaves what it does not know to those who do.
func (r *Runner) claimQuery() string {
	if r.claimSQL != "" {
		return r.claimSQL
	}
	marks := make([]string, len(r.kinds))
	for i := range r.kinds {
		marks[i] = fmt.Sprintf("$%d", i+4)
	}
	skip := ""
	if r.db.Engine() == store.PostgreSQL {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	r.claimSQL = `UPDATE jobs_job
SET state = 'running', attempt = attempt + 1, fence = fence + 1, lease_until = $1
WHERE id IN (SELECT id FROM jobs_job WHERE state = 'waiting' AND run_at <= $2
	AND kind IN (` + strings.Join(marks, ", ") + `) ORDER BY run_at LIMIT $3` + skip + `)
RETURNING id, kind, payload, COALESCE(unique_key, ''), attempt, fence, created_at`
	return r.claimSQL
}

// claim takes up to n due jobs. Each kind has a lease of its own length.
func (r *Runner) claim(tx *store.Tx, n int) ([]claimed, error) {
	if n == 0 || len(r.kinds) == 0 {
		return nil, nil
	}
	now := r.clock.Now()
	args := make([]any, 0, len(r.kinds)+3)
	args = append(args, now.Add(defaultTimeout+leaseGrace), now, n)
	for _, k := range r.kinds {
		args = append(args, k)
	}
	rows, err := tx.Query(r.claimQuery(), args...)
	if err != nil {
		return nil, err
	}
	var out []claimed
	for rows.Next() {
		var c claimed
		var payload string
		if err := rows.Scan(&c.ID, &c.Kind, &payload, &c.unique, &c.Attempt, &c.fence, &c.CreatedAt); err != nil {
			return nil, err
		}
		c.Payload = []byte(payload)
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, c := range out {
		if t := r.handlers[c.Kind].Timeout; t != defaultTimeout {
			if _, err := tx.Exec("UPDATE jobs_job SET lease_until = $1 WHERE id = $2 AND fence = $3", now.Add(t+leaseGrace), c.ID, c.fence); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// rescue gives back the jobs whose leases ran out: the copy that held them has
// died or hangs. Whatever it still writes about them is fenced off.
func (r *Runner) rescue(tx *store.Tx) error {
	now := r.clock.Now()
	rows, err := tx.Query(`SELECT id, kind, attempt, fence, COALESCE(unique_key, '') FROM jobs_job
WHERE state = 'running' AND lease_until < $1 ORDER BY lease_until LIMIT 100`, now)
	if err != nil {
		return err
	}
	var lost []claimed
	for rows.Next() {
		var c claimed
		if err := rows.Scan(&c.ID, &c.Kind, &c.Attempt, &c.fence, &c.unique); err != nil {
			return err
		}
		lost = append(lost, c)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, c := range lost {
		if _, known := r.handlers[c.Kind]; !known {
			continue
		}
		if err := r.settle(tx, result{claimed: c, err: kernel.E(kernel.Unavailable, "", errLost)}); err != nil {
			return err
		}
	}
	return nil
}
