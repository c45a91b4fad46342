package jobs

import (
	"errors"
	"hash/fnv"
	"time"

	"maru/kernel"
	"maru/platform/store"
)

var errLost = errors.New("jobs: the lease ran out before the job ended")

// result is how a try ended.
type result struct {
	claimed
	err error
}

// settle writes down how a try ended. Under an outdated fence it changes
// nothing: somebody else holds the job by now.
func (r *Runner) settle(tx *store.Tx, x result) error {
	h := r.handlers[x.Kind]
	now := r.clock.Now()
	if d, ok := snoozed(x.err); ok {
		return r.again(tx, x, now.Add(d), x.Attempt-1)
	}
	if x.err == nil {
		n, err := tx.Exec("DELETE FROM jobs_job WHERE id = $1 AND fence = $2 AND state = 'running'", x.ID, x.fence)
		if err != nil || n == 0 {
			return err
		}
		return r.next(tx, x.Kind, h)
	}
	if x.Attempt < h.MaxAttempts {
		return r.again(tx, x, now.Add(backoff(x.ID, x.Attempt)), x.Attempt)
	}
	return r.bury(tx, x, h)
}

// again lets the job wait for another try. When another job waits under the
// same unique key already, that one will do.
func (r *Runner) again(tx *store.Tx, x result, at kernel.Time, attempt int) error {
	kind, key := failure(x.err)
	n, err := tx.Exec(`UPDATE jobs_job SET state = 'waiting', run_at = $1, attempt = $2, error_kind = $3, error_key = $4, lease_until = 0
WHERE id = $5 AND fence = $6 AND state = 'running' AND NOT EXISTS (
	SELECT 1 FROM jobs_job other WHERE other.kind = jobs_job.kind AND other.unique_key = jobs_job.unique_key AND other.state = 'waiting')`,
		at, attempt, kind, key, x.ID, x.fence)
	if err != nil || n == 1 {
		return err
	}
	_, err = tx.Exec("DELETE FROM jobs_job WHERE id = $1 AND fence = $2 AND state = 'running'", x.ID, x.fence)
	return err
}

// bury keeps the job as dead. A periodic job lives on in its next round and
// leaves one dead row at most.
func (r *Runner) bury(tx *store.Tx, x result, h handling) error {
	kind, key := failure(x.err)
	n, err := tx.Exec(`UPDATE jobs_job SET state = 'dead', failed_at = $1, error_kind = $2, error_key = $3, lease_until = 0
WHERE id = $4 AND fence = $5 AND state = 'running'`, r.clock.Now(), kind, key, x.ID, x.fence)
	if err != nil || n == 0 {
		return err
	}
	if h.Every > 0 {
		if _, err := tx.Exec("DELETE FROM jobs_job WHERE kind = $1 AND unique_key = $2 AND state = 'dead' AND id <> $3", x.Kind, periodicKey, x.ID); err != nil {
			return err
		}
	}
	return r.next(tx, x.Kind, h)
}

// next enqueues the following round of a periodic job.
func (r *Runner) next(tx *store.Tx, kind string, h handling) error {
	if h.Every <= 0 {
		return nil
	}
	_, err := r.Enqueue(tx, NewJob{Kind: kind, Unique: periodicKey, RunAt: r.clock.Now().Add(h.Every)})
	return err
}

// failure is what is kept of an error: nothing that could name a person.
func failure(err error) (kind, key string) {
	if _, ok := snoozed(err); ok || err == nil {
		return "", ""
	}
	var e *kernel.Error
	if errors.As(err, &e) {
		return e.Kind.String(), e.Key
	}
	return kernel.Internal.String(), ""
}

// The pause after the first failure, and the longest one.
const (
	firstPause = 2 * time.Second
	longest    = 4 * time.Hour
)

// backoff doubles with each try and varies by up to a fifth, so that jobs that
// failed together do not come back together. The same try always gives the
// same pause.
func backoff(id kernel.ID, attempt int) time.Duration {
	d := longest
	if attempt < 20 {
		d = min(firstPause<<(max(attempt, 1)-1), longest)
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	_, _ = h.Write([]byte{byte(attempt)})
	return d + time.Duration(uint64(d)*uint64(h.Sum32()%1000)/5000)
}
