package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() store.Migrations { return store.Embedded("jobs", migrations, "migrations") }

// Job is one try of a piece of work.
type Job struct {
	ID        kernel.ID
	Kind      string
	Payload   json.RawMessage
	Attempt   int // 1 at the first try
	CreatedAt kernel.Time
}

// Handler does the work of one kind of job. It runs at least once and must be
// idempotent. ctx ends at the kind's timeout and when the runner is stopped
// for good.
type Handler func(ctx context.Context, j Job) error

// Options say how jobs of a kind are run; the zero value is good.
type Options struct {
	// MaxAttempts is after how many failures a job is dead; 0 means 12, which
	// the growing pauses stretch to about half a day.
	MaxAttempts int
	// Timeout bounds one try; 0 means a minute.
	Timeout time.Duration
	// Every makes the kind periodic: a job without payload runs at start and
	// then this long after it last ended, once in the whole installation.
	Every time.Duration
}

const (
	defaultAttempts = 12
	defaultTimeout  = time.Minute
	// leaseGrace is how long after its timeout a try may still write before its
	// job is given to somebody else.
	leaseGrace = 30 * time.Second
	// maxPayload keeps documents out of payloads (bytes).
	maxPayload = 4096
	// periodicKey is the unique key of periodic jobs.
	periodicKey = "every"
)

type handling struct {
	handle Handler
	Options
}

// Runner enqueues jobs and runs those whose kinds it handles.
type Runner struct {
	db    *store.DB
	clock clock.Clock
	log   *slog.Logger

	handlers map[string]handling
	kinds    []string // sorted
	claimSQL string

	wake chan struct{}

	mu      sync.Mutex
	started bool
	stop    context.CancelFunc // no further claims
	abort   context.CancelFunc // ends the handlers too
	done    chan struct{}
}

// New makes a runner on db. log may be nil.
func New(db *store.DB, c clock.Clock, log *slog.Logger) *Runner {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Runner{db: db, clock: c, log: log, handlers: map[string]handling{}, wake: make(chan struct{}, 1)}
}

// Now is the runner's time, for those who enqueue.
func (r *Runner) Now() kernel.Time { return r.clock.Now() }

// Handle has h run the jobs of kind. It is called before Start, once a kind.
func (r *Runner) Handle(kind string, h Handler, o Options) {
	if _, twice := r.handlers[kind]; twice || kind == "" || h == nil {
		panic(fmt.Sprintf("jobs: bad or second handler of kind %q", kind))
	}
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = defaultAttempts
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	r.handlers[kind] = handling{handle: h, Options: o}
	r.kinds = append(r.kinds, kind)
	slices.Sort(r.kinds)
	r.claimSQL = ""
}

// Snooze, returned by a handler, has the job run again after d; the try does
// not count as a failure.
func Snooze(d time.Duration) error { return snooze(d) }

type snooze time.Duration

func (s snooze) Error() string { return "snoozed for " + time.Duration(s).String() }

func snoozed(err error) (time.Duration, bool) {
	var s snooze
	ok := errors.As(err, &s)
	return time.Duration(s), ok
}
