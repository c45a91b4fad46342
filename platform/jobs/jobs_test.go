package jobs_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

const start kernel.Time = 1_764_000_000_000_000

// each gives a runner with a clock of its own on each engine.
func each(t *testing.T, fn func(t *testing.T, db *store.DB, r *jobs.Runner, c *clock.Manual)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := clock.NewManual(start)
		fn(t, db, jobs.New(db, c, nil), c)
	}, jobs.Migrations())
}

func enqueue(t *testing.T, db *store.DB, r *jobs.Runner, n jobs.NewJob) kernel.ID {
	t.Helper()
	var id kernel.ID
	err := db.Update(t.Context(), func(tx *store.Tx) (err error) {
		id, err = r.Enqueue(tx, n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func runDue(t *testing.T, r *jobs.Runner, want int) {
	t.Helper()
	n, err := r.RunDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n != want {
		t.Fatalf("ran %d jobs, want %d", n, want)
	}
}

func count(t *testing.T, db *store.DB, where string) int {
	t.Helper()
	var n int
	err := db.View(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow("SELECT COUNT(*) FROM jobs_job WHERE " + where).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEnqueue(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *jobs.Runner, c *clock.Manual) {
		var got []string
		r.Handle("greet", func(_ context.Context, j jobs.Job) error {
			got = append(got, string(j.Payload))
			if j.Attempt != 1 || j.Kind != "greet" || j.CreatedAt != start {
				t.Errorf("job %+v", j)
			}
			return nil
		}, jobs.Options{})
		enqueue(t, db, r, jobs.NewJob{Kind: "greet", Payload: map[string]string{"id": "a"}})
		enqueue(t, db, r, jobs.NewJob{Kind: "greet", Payload: "later", RunAt: start.Add(time.Minute)})
		enqueue(t, db, r, jobs.NewJob{Kind: "unknown here"})
		errBack := errors.New("back")
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			if _, err := r.Enqueue(tx, jobs.NewJob{Kind: "greet", Payload: "rolled back"}); err != nil {
				return err
			}
			return errBack
		})
		if !errors.Is(err, errBack) {
			t.Fatal(err)
		}
		runDue(t, r, 1)
		runDue(t, r, 0)
		c.Advance(time.Minute)
		runDue(t, r, 1)
		if want := []string{`{"id":"a"}`, `"later"`}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if n := count(t, db, "kind = 'unknown here' AND state = 'waiting'"); n != 1 {
			t.Error("a job of another version was touched")
		}
		err = db.Update(t.Context(), func(tx *store.Tx) error {
			_, err := r.Enqueue(tx, jobs.NewJob{Kind: "greet", Payload: strings.Repeat("x", 5000)})
			return err
		})
		if !kernel.Is(err, kernel.Internal) {
			t.Errorf("a document as payload: %v", err)
		}
	})
}

func TestUnique(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *jobs.Runner, c *clock.Manual) {
		runs := 0
		r.Handle("index", func(ctx context.Context, j jobs.Job) error {
			runs++
			if runs == 1 {
				// What happens while it runs must be seen by another run.
				return db.Update(ctx, func(tx *store.Tx) error {
					_, err := r.Enqueue(tx, jobs.NewJob{Kind: "index", Unique: "doc"})
					return err
				})
			}
			return nil
		}, jobs.Options{})
		r.Handle("other", func(context.Context, jobs.Job) error { return nil }, jobs.Options{})
		first := enqueue(t, db, r, jobs.NewJob{Kind: "index", Unique: "doc", RunAt: start.Add(time.Hour)})
		second := enqueue(t, db, r, jobs.NewJob{Kind: "index", Unique: "doc"})
		if first != second {
			t.Error("a second job under the same key")
		}
		if enqueue(t, db, r, jobs.NewJob{Kind: "other", Unique: "doc", RunAt: start.Add(time.Hour)}) == first {
			t.Error("another kind shares the key")
		}
		runDue(t, r, 2) // moved to the earlier time, and once more
		if n := count(t, db, "kind = 'index'"); n != 0 {
			t.Errorf("%d jobs left", n)
		}
	})
}

func TestFailure(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *jobs.Runner, c *clock.Manual) {
		fail := true
		r.Handle("fragile", func(_ context.Context, j jobs.Job) error {
			if !fail {
				return nil
			}
			if j.Attempt == 2 {
				panic("Hong Gildong") // must not be kept
			}
			return kernel.E(kernel.Unavailable, "fragile.down", errors.New("Hong Gildong"))
		}, jobs.Options{MaxAttempts: 3})
		id := enqueue(t, db, r, jobs.NewJob{Kind: "fragile", Payload: "x"})
		var pauses []time.Duration
		for range 3 {
			if n, err := r.RunDue(t.Context()); n != 1 || err == nil {
				t.Fatalf("ran %d, error %v", n, err)
			}
			if n, err := r.RunDue(t.Context()); n != 0 || err != nil {
				t.Fatalf("ran at once again: %d, %v", n, err)
			}
			before := c.Now()
			for range 100 {
				if count(t, db, "state = 'waiting' AND run_at > "+itoa(int64(c.Now()))) == 0 {
					break
				}
				c.Advance(100 * time.Millisecond)
			}
			pauses = append(pauses, c.Now().Sub(before))
		}
		if pauses[0] < 2*time.Second || pauses[1] < 4*time.Second || pauses[1] > 5*time.Second {
			t.Errorf("pauses %v", pauses)
		}
		dead, err := r.Dead(t.Context())
		if err != nil || len(dead) != 1 {
			t.Fatal(dead, err)
		}
		d := dead[0]
		if d.ID != id || d.Kind != "fragile" || d.Attempts != 3 || d.ErrorKind != "unavailable" || d.ErrorKey != "fragile.down" || d.FailedAt.IsZero() {
			t.Errorf("dead %+v", d)
		}
		fail = false
		if err := r.Retry(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if err := r.Retry(t.Context(), id); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("retry of a living job: %v", err)
		}
		runDue(t, r, 1)
		if n := count(t, db, "1 = 1"); n != 0 {
			t.Errorf("%d jobs left", n)
		}
	})
}

func itoa(n int64) string { return kernel.IntOf(n).Text() }

func TestSnooze(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *jobs.Runner, c *clock.Manual) {
		runs := 0
		r.Handle("patient", func(_ context.Context, j jobs.Job) error {
			if runs++; runs < 4 {
				return jobs.Snooze(time.Minute)
			}
			if j.Attempt != 1 {
				t.Errorf("snoozing counted as failing: attempt %d", j.Attempt)
			}
			return nil
		}, jobs.Options{MaxAttempts: 1})
		enqueue(t, db, r, jobs.NewJob{Kind: "patient"})
		for range 4 {
			runDue(t, r, 1)
			c.Advance(time.Minute)
		}
		runDue(t, r, 0)
	})
}

func TestPeriodic(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *jobs.Runner, c *clock.Manual) {
		fail := false
		options := jobs.Options{Every: time.Hour, MaxAttempts: 1}
		handle := func(context.Context, jobs.Job) error {
			if fail {
				return errors.New("no")
			}
			return nil
		}
		r.Handle("sweep", handle, options)
		other := jobs.New(db, c, nil) // another copy of the program
		other.Handle("sweep", handle, options)
		runDue(t, r, 1)
		runDue(t, other, 0)
		c.Advance(59 * time.Minute)
		runDue(t, other, 0)
		c.Advance(time.Minute)
		runDue(t, other, 1)
		runDue(t, r, 0)
		fail = true
		for range 3 { // a round that dies is followed by the next one
			c.Advance(time.Hour)
			if n, err := r.RunDue(t.Context()); n != 1 || err == nil {
				t.Fatalf("ran %d, error %v", n, err)
			}
		}
		if d, w := count(t, db, "state = 'dead'"), count(t, db, "state = 'waiting'"); d != 1 || w != 1 {
			t.Errorf("%d dead and %d waiting rounds, want 1 and 1", d, w)
		}
	})
}

// A clock that ran ahead and was set right must not hold periodic jobs up
// until it gets there.
func TestPeriodicAfterClockRanAhead(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *jobs.Runner, c *clock.Manual) {
		handle := func(context.Context, jobs.Job) error { return nil }
		r.Handle("sweep", handle, jobs.Options{Every: time.Hour})
		c.Advance(1000 * time.Hour)
		runDue(t, r, 1)
		c.Set(start)
		restarted := jobs.New(db, c, nil)
		restarted.Handle("sweep", handle, jobs.Options{Every: time.Hour})
		runDue(t, restarted, 1)
		runDue(t, restarted, 0)
		c.Advance(time.Hour)
		runDue(t, restarted, 1)
	})
}

// TestRescue lets a runner die with its job, and then come back as a ghost.
func TestRescue(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, ghost *jobs.Runner, c *clock.Manual) {
		heir := jobs.New(db, c, nil)
		attempts := []int{}
		heir.Handle("long", func(_ context.Context, j jobs.Job) error {
			attempts = append(attempts, j.Attempt)
			return nil
		}, jobs.Options{})
		ghost.Handle("long", func(_ context.Context, j jobs.Job) error {
			if string(j.Payload) == `"another"` {
				return nil
			}
			runDue(t, heir, 0) // not while the lease holds
			c.Advance(2 * time.Minute)
			runDue(t, heir, 0) // rescued, waits for its second try
			c.Advance(5 * time.Second)
			runDue(t, heir, 1)
			enqueue(t, db, heir, jobs.NewJob{Kind: "long", Payload: "another"})
			return errors.New("says the ghost") // must change nothing
		}, jobs.Options{})
		enqueue(t, db, ghost, jobs.NewJob{Kind: "long"})
		if n, err := ghost.RunDue(t.Context()); n != 2 || err == nil {
			t.Errorf("the ghost ran %d jobs, error %v", n, err)
		}
		if !slices.Equal(attempts, []int{2}) {
			t.Errorf("attempts %v", attempts)
		}
		if n := count(t, db, "1 = 1"); n != 0 {
			t.Errorf("%d jobs left", n)
		}
	})
}

// TestTwoRunners has two copies on one database race for jobs.
func TestTwoRunners(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
		const total = 300
		var mu sync.Mutex
		seen := map[kernel.ID]int{}
		var left sync.WaitGroup
		left.Add(total)
		handle := func(_ context.Context, j jobs.Job) error {
			mu.Lock()
			defer mu.Unlock()
			if seen[j.ID]++; seen[j.ID] == 1 {
				left.Done()
			}
			return nil
		}
		var runners []*jobs.Runner
		for range 2 {
			r := jobs.New(db, clock.System(), nil)
			r.Handle("count", handle, jobs.Options{})
			r.Start(t.Context())
			runners = append(runners, r)
		}
		for i := range total / 10 {
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				for range 10 {
					if _, err := runners[i%2].Enqueue(tx, jobs.NewJob{Kind: "count"}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		left.Wait()
		for _, r := range runners {
			if err := r.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("job %s ran %d times", id, n)
			}
		}
		if n := count(t, db, "1 = 1"); n != 0 {
			t.Errorf("%d jobs left after Stop", n)
		}
	}, jobs.Migrations())
}

// TestStop ends while a handler still runs: it is waited for, then cancelled.
func TestStop(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, r *jobs.Runner, _ *clock.Manual) {
		entered := make(chan struct{})
		var ended atomic.Bool
		r.Handle("hang", func(ctx context.Context, _ jobs.Job) error {
			close(entered)
			<-ctx.Done()
			ended.Store(true)
			return ctx.Err()
		}, jobs.Options{})
		r.Start(t.Context())
		enqueue(t, db, r, jobs.NewJob{Kind: "hang"})
		<-entered
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.Stop(ctx); !errors.Is(err, context.Canceled) || !ended.Load() {
			t.Errorf("Stop: %v, handler ended: %v", err, ended.Load())
		}
		if n := count(t, db, "state = 'waiting' AND attempt = 0"); n != 1 {
			t.Errorf("the interrupted job does not wait for another try")
		}
	})
}

func BenchmarkJobs(b *testing.B) {
	storetest.EachBench(b, func(b *testing.B, db *store.DB) {
		r := jobs.New(db, clock.System(), nil)
		var left sync.WaitGroup
		r.Handle("noop", func(context.Context, jobs.Job) error { left.Done(); return nil }, jobs.Options{})
		r.Start(b.Context())
		defer r.Stop(context.Background()) //nolint:errcheck // the benchmark is over
		for b.Loop() {
			left.Add(1)
			err := db.Update(b.Context(), func(tx *store.Tx) error {
				_, err := r.Enqueue(tx, jobs.NewJob{Kind: "noop"})
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		left.Wait()
	}, jobs.Migrations())
}
