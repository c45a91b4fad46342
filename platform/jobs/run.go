package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"maru/kernel"
	"maru/platform/store"
)

const (
	// workers is how many jobs one copy runs at once. Handlers mostly wait for a
	// commit, which they share on the embedded store: with 16 of them notices of
	// a busy minute came seconds late, with 64 in the moment.
	workers = 64
	// poll is how often the table is asked without being nudged.
	poll = time.Second
	// gather is how long a nudge waits for company, so that a busy second takes
	// tens of claims instead of thousands.
	gather = 4 * time.Millisecond
	// turnTimeout bounds one visit to the table.
	turnTimeout = 30 * time.Second
)

// Start runs jobs in the background until Stop, or until ctx ends. Calling it
// twice is a mistake and panics.
func (r *Runner) Start(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.started {
		panic("jobs: started twice")
	}
	r.started = true
	var claiming, handling context.Context
	handling, r.abort = context.WithCancel(context.WithoutCancel(ctx))
	claiming, r.stop = context.WithCancel(ctx)
	r.done = make(chan struct{})
	go r.loop(claiming, handling)
}

// Stop lets the jobs under way finish. When ctx ends first it cancels their
// contexts, waits for them to return and reports ctx's error; what they had not
// done is done again later.
func (r *Runner) Stop(ctx context.Context) error {
	r.mu.Lock()
	started := r.started
	r.mu.Unlock()
	if !started {
		return nil
	}
	r.stop()
	defer r.abort()
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		r.abort()
		<-r.done
		return ctx.Err()
	}
}

// loop is the one goroutine that talks to the table; workers only run handlers.
func (r *Runner) loop(claiming, handling context.Context) {
	defer close(r.done)
	tick := time.NewTicker(poll)
	defer tick.Stop()
	results := make(chan result, workers)
	var ended []result
	running := 0
	periodic := false
	rescue := true
	for {
		open := claiming.Err() == nil
		if !open && running == 0 && len(ended) == 0 {
			return
		}
		free := 0
		if open {
			free = workers - running
		}
		jobs, err := r.turn(handling, ended, free, open && rescue, open && !periodic)
		switch {
		case err == nil:
			ended, rescue, periodic = nil, false, periodic || open
		case open:
			r.log.Error("jobs: the table cannot be reached; trying again", "error", err)
		default:
			// Leases bring these jobs back after a restart.
			r.log.Error("jobs: outcomes could not be written down", "jobs", len(ended), "error", err)
			ended = nil
		}
		for _, j := range jobs {
			running++
			go func() {
				x := result{claimed: j, err: errLeft}
				defer func() { results <- x }() // also when the handler leaves
				x.err = r.try(handling, j)
				if x.err != nil && handling.Err() != nil {
					x.err = Snooze(0) // interrupted by Stop, not failed
				}
			}()
		}
		if len(jobs) > 0 && len(jobs) == free {
			r.nudge() // there may be more
		}
		if err == nil && !open && running == 0 {
			continue
		}
		wake := r.wake
		if running == workers || err != nil {
			wake = nil
		}
		stopped := claiming.Done()
		if !open {
			stopped = nil
		}
		select {
		case x := <-results:
			running--
			ended = append(ended, x)
		case <-wake:
		case <-tick.C:
			rescue = true
		case <-stopped:
		}
		running -= r.collect(results, &ended)
	}
}

// collect waits a moment for further results and returns how many came.
func (r *Runner) collect(results <-chan result, ended *[]result) int {
	t := time.NewTimer(gather)
	defer t.Stop()
	n := 0
	for {
		select {
		case x := <-results:
			*ended = append(*ended, x)
			n++
		case <-t.C:
			return n
		}
	}
}

// turn writes down what ended and claims up to n jobs, in one transaction.
func (r *Runner) turn(ctx context.Context, ended []result, n int, rescue, periodic bool) (jobs []claimed, err error) {
	if len(ended) == 0 && n == 0 {
		return nil, nil
	}
	// Outcomes are written down even when the runner is being stopped.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnTimeout)
	defer cancel()
	err = r.db.UpdateReadCommitted(ctx, func(tx *store.Tx) error {
		for _, x := range ended {
			if err := r.settle(tx, x); err != nil {
				return err
			}
		}
		if periodic {
			if err := r.ensurePeriodic(tx); err != nil {
				return err
			}
		}
		if rescue {
			if err := r.rescue(tx); err != nil {
				return err
			}
		}
		jobs, err = r.claim(tx, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

// ensurePeriodic enqueues the first round of each periodic kind, unless one
// waits or runs somewhere. A round that waits longer than its kind ever does
// was timed by a clock that was ahead; it is due now.
func (r *Runner) ensurePeriodic(tx *store.Tx) error {
	for _, kind := range r.kinds {
		if r.handlers[kind].Every <= 0 {
			continue
		}
		var n int
		if err := tx.QueryRow("SELECT COUNT(*) FROM jobs_job WHERE kind = $1 AND unique_key = $2 AND state <> 'dead'", kind, periodicKey).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			if _, err := r.Enqueue(tx, NewJob{Kind: kind, Unique: periodicKey}); err != nil {
				return err
			}
			continue
		}
		now := r.clock.Now()
		if _, err := tx.Exec("UPDATE jobs_job SET run_at = $1 WHERE kind = $2 AND unique_key = $3 AND state = 'waiting' AND attempt = 0 AND run_at > $4",
			now, kind, periodicKey, now.Add(r.handlers[kind].Every)); err != nil {
			return err
		}
	}
	return nil
}

// try runs the handler once.
func (r *Runner) try(ctx context.Context, j claimed) (err error) {
	h := r.handlers[j.Kind]
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	err = errLeft // stays when the handler leaves its goroutine
	defer func() {
		if v := recover(); v != nil {
			err = kernel.E(kernel.Internal, "", fmt.Errorf("jobs: %s panicked: %v\n%s", j.Kind, v, debug.Stack()))
		}
		if _, ok := snoozed(err); err != nil && !ok {
			r.log.Error("job failed", "job", j.ID, "kind", j.Kind, "attempt", j.Attempt, "of", h.MaxAttempts, "error", err)
		}
	}()
	err = h.handle(ctx, j.Job)
	return err
}

var errLeft = errors.New("jobs: the handler left its goroutine")

// RunDue runs everything that is due now, one job after another in the calling
// goroutine, until nothing is. It is for tests, which own the clock. It returns
// how many tries it ran, and the errors of handlers and of the store joined.
func (r *Runner) RunDue(ctx context.Context) (int, error) {
	var failures []error
	n := 0
	for first := true; ; first = false {
		jobs, err := r.turn(ctx, nil, workers, first, first)
		if err != nil {
			return n, errors.Join(append(failures, err)...)
		}
		if len(jobs) == 0 {
			return n, errors.Join(failures...)
		}
		for _, j := range jobs {
			n++
			err := r.try(ctx, j)
			if _, ok := snoozed(err); err != nil && !ok {
				failures = append(failures, err)
			}
			if _, err := r.turn(ctx, []result{{claimed: j, err: err}}, 0, false, false); err != nil {
				return n, errors.Join(append(failures, err)...)
			}
		}
	}
}
