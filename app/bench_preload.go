package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"maru/domain/casework"
	"maru/domain/notice"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/events"
	"maru/platform/store"
)

const (
	// preloaders make batches at once: one writes while the other seals.
	preloaders = 2
	// preloadBatch is how many cases are written in one transaction. Each goes
	// to random places of many indexes: the more there are, the more of them
	// share a page.
	preloadBatch = 32_768
	// preloadMemory bounds what the program's own heap takes meanwhile, in bytes.
	preloadMemory = 3 << 30
	// indexShare is the least part of the cases in the store, one in so many, for
	// which making all its indexes anew pays.
	indexShare = 8
	// pastSpan is over what time before now preloaded cases came in.
	pastSpan = 2 * 365 * 24 * time.Hour
	// benchShare is the part of preloaded cases on the measured desk, of which
	// benchOpen are not decided yet; of those on other desks otherOpen. Each is
	// one in so many.
	benchShare, benchOpen, otherOpen = 10, 4, 25
	// applicants is how many people preloaded cases come from.
	applicants = 200_000
)

// preload fills the store up to the wanted number of cases, at the desks of
// all bodies, decided and open. Their rows are made by the same functions of
// the same domains as those of the cases that are measured (numbers, seals,
// index, timeline, document, audit rows, messages), but for many cases at once
// and without asking the store in between. The index of words and the audit
// tree are brought up to date before it returns.
func (b *caseworkBench) preload(ctx context.Context, cases int) error {
	want := cases - b.lives
	if want <= 0 {
		return nil
	}
	// Rows are made and forgotten in masses: fewer collections pay.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(preloadMemory))
	start := time.Now()
	a, err := Open(ctx, b.config(), clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	// Also a preload that fails has used up these numbers.
	from := b.lives
	b.lives += want
	fill := func(ctx context.Context) error {
		return a.fill(ctx, from, want, func(n int) {
			fmt.Fprintf(b.w, "preloading: %d of %d cases after %.0f s\n", n, want, time.Since(start).Seconds())
		})
	}
	if want < from/indexShare {
		err = fill(ctx)
	} else {
		err = a.db.Fill(ctx, fill)
	}
	written := time.Since(start)
	if err == nil {
		_, err = a.audit.Sequence(ctx)
	}
	if err == nil && a.db.Engine() == store.PostgreSQL {
		err = a.settleDown(ctx)
	}
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	fmt.Fprintf(b.w, "\npreloaded %d cases in %.0f s (%.0f/s), words merged; audit tree and the rest %.0f s more; database %s\n",
		want, written.Seconds(), float64(want)/written.Seconds(), (time.Since(start) - written).Seconds(), megabytes(b.size()))
	return nil
}

// settleDown has PostgreSQL count and tidy the new rows now, as its own
// housekeeping does in the minutes after a load.
func (a *App) settleDown(ctx context.Context) error {
	return a.db.UpdateReadCommitted(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec("ANALYZE")
		return err
	})
}

// progressEvery is after how many preloaded batches a line tells so.
const progressEvery = 3

// fill recounts petitions number from+1 to from+n, and tells progress now and
// then.
func (a *App) fill(ctx context.Context, from, n int, progress func(n int)) error {
	token, err := a.identity.SignInDemo(ctx, "official-acrc")
	if err != nil {
		return err
	}
	official, err := a.identity.AuthenticateToken(ctx, token)
	if err != nil {
		return err
	}
	past := &pasts{official: official, agencies: a.agency.All(), now: a.clock.Now(), from: from, n: n, given: map[string]bool{}}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range preloaders {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i*preloadBatch >= n || ctx.Err() != nil {
					return
				}
				if err := a.batch(ctx, past, i*preloadBatch, min((i+1)*preloadBatch, n)); err != nil {
					cancel(err)
					return
				}
				if (i+1)%progressEvery == 0 {
					progress((i + 1) * preloadBatch)
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	// One run of merging ends after half a minute, done or not.
	for start := a.clock.Now(); ; start = a.clock.Now() {
		if err := a.casework.MergeWords(ctx); err != nil || a.clock.Now().Sub(start) < 25*time.Second {
			return err
		}
	}
}

// batchTries bounds how often a batch is made, each time with other numbers:
// one of them may be that of a case which was there before.
const batchTries = 10

// batch makes and writes some cases, and again when one of the numbers it drew
// was taken.
func (a *App) batch(ctx context.Context, past *pasts, from, to int) error {
	for try := 1; ; try++ {
		c := clock.NewManual(past.now)
		deps := a.casework.Deps
		deps.Events = events.Direct(c, notice.Keep)
		then := casework.New(deps)
		var b store.Batch
		err := b.Collect(ctx, a.db.Engine(), func(tx *store.Tx) error {
			for i := from; i < to; i++ {
				if _, err := then.Recount(tx, past.of(i), c); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			err = a.db.Write(ctx, &b)
		}
		if err == nil {
			return a.casework.MergeWords(ctx)
		}
		if try == batchTries || !store.IsConflict(err) {
			return err
		}
	}
}

// pasts are the cases of a preload, each made from its number alone.
type pasts struct {
	official authz.Actor
	agencies []string
	now      kernel.Time
	from, n  int

	mu    sync.Mutex
	given map[string]bool // numbers of this preload's cases
}

// unused tells whether no other case of the preload has the number.
func (p *pasts) unused(number string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := p.given[number]
	p.given[number] = true
	return !taken
}

func (p *pasts) of(i int) casework.Past {
	petition := newPetition(p.from + i)
	answers := map[string]kernel.Value{}
	for q, text := range petition.answers() {
		answers[q] = kernel.TextOf(text)
	}
	x := mix(uint64(p.from+i) ^ 0x70617374)
	agency, open := p.official.Grants[0].Agency, benchOpen
	if x%benchShare != 0 {
		agency, open = p.agencies[x>>8%uint64(len(p.agencies))], otherOpen
	}
	d := petition.decision()
	out := casework.Past{
		Submission: casework.Submission{Service: "general-petition", Answers: answers},
		// The newest came in five days ago, before any act that is recounted
		// would lie ahead.
		At:     p.now.Add(-5*24*time.Hour - pastSpan*time.Duration(p.n-i)/time.Duration(p.n)),
		Agency: agency, Status: casework.Decided,
		Decision: casework.Decision{Decision: d["decision"], Reason: d["reason"]},
		Resident: applicant(int(x >> 20 % applicants)), Official: p.official, Unused: p.unused,
	}
	switch y := mix(x); {
	case y%uint64(open) == 0 && y>>8%2 == 0:
		out.Status = casework.Submitted
	case y%uint64(open) == 0:
		out.Status = casework.InReview
	case y>>16%100 == 0:
		out.Status = casework.Withdrawn
	}
	out.Official.Grants = []authz.Grant{{Role: authz.Official, Agency: agency}}
	return out
}

// applicant is somebody of whom only cases are known.
func applicant(n int) authz.Actor {
	x := mix(uint64(n))
	id := fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(x), x>>16)
	return authz.Actor{Account: kernel.ID(id), Person: fmt.Sprintf("past-%06d", n), Name: fmt.Sprintf("applicant %d", n)}
}
