package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
)

// preloaders is how many cases are preloaded at once: as many as the embedded
// store takes into one commit.
const preloaders = 64

// preload fills the store up to the wanted number of cases with lives like
// those that are measured. It calls the same acts of the same domains as the
// API does (numbers, seals, index, timeline, document, audit row, events),
// only without HTTP and with many acts sharing a commit; notices and the audit
// tree are brought up to date before it returns.
func (b *caseworkBench) preload(ctx context.Context) error {
	want := b.Cases - b.lives
	if want <= 0 {
		return nil
	}
	start := time.Now()
	a, err := Open(ctx, b.config(), clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	a.jobs.Start(ctx)
	err = a.fill(ctx, b.lives, want, func(n int) {
		fmt.Fprintf(b.w, "preloading: %d of %d cases after %.0f s\n", n, want, time.Since(start).Seconds())
	})
	err = errors.Join(err, a.jobs.Stop(ctx))
	if err == nil {
		_, err = a.jobs.RunDue(ctx)
	}
	if err == nil {
		_, err = a.audit.Sequence(ctx)
	}
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Fprintf(b.w, "\npreloaded %d whole cases through the domains' own acts in %.0f s (%.0f/s, no HTTP, %d at once)\n",
		want, took.Seconds(), float64(want)/took.Seconds(), preloaders)
	b.lives += want
	return nil
}

// progressEvery is after how many preloaded cases a line tells so.
const progressEvery = 20_000

// fill lives through petitions number from+1 to from+n, and tells progress now
// and then.
func (a *App) fill(ctx context.Context, from, n int, progress func(n int)) error {
	people := make([]authz.Actor, residents)
	var officials [2]authz.Actor
	var err error
	enter := func(id string) authz.Actor {
		token, terr := a.identity.SignInDemo(ctx, id)
		if terr != nil {
			err = errors.Join(err, terr)
			return authz.Actor{}
		}
		actor, terr := a.identity.AuthenticateToken(ctx, token)
		err = errors.Join(err, terr)
		return actor
	}
	for i := range people {
		people[i] = enter(fmt.Sprintf("p-%05d", 100+i))
	}
	officials[0], officials[1] = enter("official-acrc"), enter("official2-acrc")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var telling sync.Mutex
	var wg sync.WaitGroup
	for range preloaders {
		wg.Go(func() {
			for {
				i := int(next.Add(1))
				if i > n {
					return
				}
				if i%progressEvery == 0 {
					telling.Lock()
					progress(i)
					telling.Unlock()
				}
				if err := a.settle(ctx, newPetition(from+i), people[i%len(people)], officials[i%2]); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// settle lives through one petition.
func (a *App) settle(ctx context.Context, p petition, resident, official authz.Actor) error {
	answers := map[string]kernel.Value{}
	for q, text := range p.answers() {
		answers[q] = kernel.TextOf(text)
	}
	made, err := a.casework.Apply(ctx, resident, casework.Submission{Service: "general-petition", Answers: answers, Key: "create-" + p.key})
	if err != nil {
		return err
	}
	if _, err := a.casework.Assign(ctx, official, made.ID, "assign-"+p.key); err != nil {
		return err
	}
	d := p.decision()
	_, err = a.casework.Decide(ctx, official, made.ID, "decide-"+p.key, casework.Decision{Decision: d["decision"], Reason: d["reason"]})
	return err
}
