package jobs

import (
	"encoding/json"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

// NewJob is a job to be enqueued.
type NewJob struct {
	Kind    string
	Payload any // becomes JSON; ids only, at most 4 KiB
	// Unique, when not empty, lets at most one job of the kind wait under this
	// key: a second one is the first, moved to the earlier of the two times. A
	// job that already runs does not count, for it may have read too early.
	Unique string
	RunAt  kernel.Time // zero means now
}

const enqueueAnySQL = `INSERT INTO jobs_job (id, kind, payload, state, run_at, created_at) VALUES ($1, $2, $3, 'waiting', $4, $5)`

const enqueueSQL = `INSERT INTO jobs_job (id, kind, payload, unique_key, state, run_at, created_at)
VALUES ($1, $2, $3, NULLIF($4, ''), 'waiting', $5, $6)
ON CONFLICT (kind, unique_key) WHERE state = 'waiting' AND unique_key IS NOT NULL
DO UPDATE SET run_at = CASE WHEN excluded.run_at < jobs_job.run_at THEN excluded.run_at ELSE jobs_job.run_at END
RETURNING id`

// Enqueue adds a job in the caller's transaction and returns its id, or the id
// of the waiting job with the same unique key.
func (r *Runner) Enqueue(tx *store.Tx, n NewJob) (kernel.ID, error) {
	payload := []byte("null")
	if n.Payload != nil {
		b, err := json.Marshal(n.Payload)
		if err != nil {
			return "", kernel.E(kernel.Internal, "", fmt.Errorf("jobs: payload of %s: %w", n.Kind, err))
		}
		payload = b
	}
	if len(payload) > maxPayload {
		return "", kernel.E(kernel.Internal, "", fmt.Errorf("jobs: payload of %s has %d bytes; payloads hold ids only", n.Kind, len(payload)))
	}
	now := r.clock.Now()
	at := n.RunAt
	if at.IsZero() {
		at = now
	}
	id := kernel.NewID(now)
	var err error
	if n.Unique == "" {
		err = tx.Later(enqueueAnySQL, id, n.Kind, string(payload), at, now)
	} else {
		err = tx.QueryRow(enqueueSQL, id, n.Kind, string(payload), n.Unique, at, now).Scan(&id)
	}
	if err != nil {
		return "", err
	}
	if at <= now {
		tx.OnCommit(r.nudge)
	}
	return id, nil
}

// nudge wakes the runner of this copy, if it sleeps.
func (r *Runner) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
