package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"maru/kernel"
)

// caseStep is a step of a case's life.
type caseStep int

const (
	stepCreate caseStep = iota
	stepAssign
	stepDecide
	stepNumber
	stepWord
	steps
)

var stepNames = [steps]string{"create", "assign", "decide", "find by number", "find by word"}

// loadResult is what the load measured.
type loadResult struct {
	took      time.Duration
	made      int // lives of the warm-up too
	times     [steps][]time.Duration
	server    usage // spent while measuring
	database  usage
	loadCPU   time.Duration
	noticeLag time.Duration // from the last decision's answer until its notice was in the inbox
}

func (r *loadResult) whole() int    { return len(r.times[stepWord]) }
func (r *loadResult) rate() float64 { return float64(r.whole()) / r.took.Seconds() }

func (r *loadResult) quantiles(s caseStep) (p50, p95, p99 time.Duration) {
	slices.Sort(r.times[s])
	return quantile(r.times[s], 0.50), quantile(r.times[s], 0.95), quantile(r.times[s], 0.99)
}

// quantile of a sorted list; 0 of an empty one.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// residents is how many different people apply.
const residents = 20

// load has the workers live through cases until the time is over.
func (b *caseworkBench) load(ctx context.Context, srv *benchServer) (*loadResult, error) {
	c := newBenchClient(srv.address, b.Workers)
	defer c.http.CloseIdleConnections()
	people, officials, err := b.signIn(ctx, c)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		mu        sync.Mutex
		res       loadResult
		next      atomic.Int64
		measuring atomic.Bool
		over      atomic.Bool
		wg        sync.WaitGroup
	)
	next.Store(int64(b.lives))
	for i := range b.Workers {
		wg.Go(func() {
			var times [steps][]time.Duration
			for !over.Load() {
				n := int(next.Add(1))
				life, err := c.live(ctx, newPetition(n), people[n%len(people)], officials[i%len(officials)])
				if err != nil {
					cancel(err)
					break
				}
				if measuring.Load() && !over.Load() {
					for s := range steps {
						times[s] = append(times[s], life.times[s])
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for s := range steps {
				res.times[s] = append(res.times[s], times[s]...)
			}
		})
	}
	wait(ctx, b.warmUp)
	measuring.Store(true)
	start := time.Now()
	before, loadBefore, dbBefore := srv.usage(), selfCPU(), b.cluster.usage()
	wait(ctx, time.Duration(b.Seconds)*time.Second)
	over.Store(true)
	res.took = time.Since(start)
	res.server, res.loadCPU, res.database = srv.usage().since(before), selfCPU()-loadBefore, b.cluster.usage().since(dbBefore)
	wg.Wait()
	res.made = int(next.Load()) - b.lives
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return &res, c.lastNotice(ctx, &res, people[0], officials[0], int(next.Load())+1)
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// signIn gives tokens of residents and of both officials of the commission
// that receives petitions.
func (b *caseworkBench) signIn(ctx context.Context, c *benchClient) (people, officials []string, err error) {
	token := func(id string) string {
		var out struct{ Token string }
		if err == nil {
			err = c.call(ctx, http.MethodPost, "/demo/sign-in", call{body: map[string]string{"person": id}, want: http.StatusOK, out: &out})
		}
		return out.Token
	}
	for i := range residents {
		people = append(people, token(fmt.Sprintf("p-%05d", 100+i)))
	}
	officials = []string{token("official-acrc"), token("official2-acrc")}
	return people, officials, err
}

// life is one case as the load saw it.
type life struct {
	id     kernel.ID
	number string
	times  [steps]time.Duration
}

// caseBody is what the answers say of a case.
type caseBody struct {
	ID     kernel.ID `json:"id"`
	Number string    `json:"number"`
	Status string    `json:"status"`
	Due    string    `json:"due"`
}

// live takes a petition from its submission until both searches found it.
func (c *benchClient) live(ctx context.Context, p petition, resident, official string) (*life, error) {
	var l life
	var got caseBody
	timed := func(s caseStep, method, path string, k call) error {
		start := time.Now()
		err := c.call(ctx, method, path, k)
		l.times[s] = time.Since(start)
		if err != nil {
			return fmt.Errorf("%s: %w", stepNames[s], err)
		}
		return nil
	}
	create := call{token: resident, key: "create-" + p.key, body: p.application(), want: http.StatusCreated, out: &got}
	if err := timed(stepCreate, http.MethodPost, "/applications", create); err != nil {
		return nil, err
	}
	if got.Number == "" || got.Status != "submitted" || got.Due == "" {
		return nil, fmt.Errorf("create: answered %+v", got)
	}
	l.id, l.number = got.ID, got.Number
	desk := "/desk/cases/" + string(got.ID)
	if err := timed(stepAssign, http.MethodPost, desk+"/assign", call{token: official, key: "assign-" + p.key, want: http.StatusOK, out: &got}); err != nil {
		return nil, err
	}
	if got.Status != "in_review" {
		return nil, fmt.Errorf("assign: answered %+v", got)
	}
	decide := call{token: official, key: "decide-" + p.key, body: p.decision(), want: http.StatusOK, out: &got}
	if err := timed(stepDecide, http.MethodPost, desk+"/decision", decide); err != nil {
		return nil, err
	}
	if got.Status != "decided" {
		return nil, fmt.Errorf("decide: answered %+v", got)
	}
	for _, search := range []struct {
		step caseStep
		q    string
	}{{stepNumber, l.number}, {stepWord, p.word}} {
		var found struct{ Cases []caseBody }
		if err := timed(search.step, http.MethodGet, "/desk/cases?q="+url.QueryEscape(search.q), call{token: official, want: http.StatusOK, out: &found}); err != nil {
			return nil, err
		}
		if len(found.Cases) != 1 || found.Cases[0].ID != l.id || found.Cases[0].Status != "decided" {
			return nil, fmt.Errorf("%s: %q found %+v instead of the decided %s", stepNames[search.step], search.q, found.Cases, l.number)
		}
	}
	return &l, nil
}

// lastNotice lives through one more case and waits for its notice of the
// decision: what the load left behind stands in the queue before it.
func (c *benchClient) lastNotice(ctx context.Context, res *loadResult, resident, official string, n int) error {
	l, err := c.live(ctx, newPetition(n), resident, official)
	if err != nil {
		return err
	}
	res.made++
	start := time.Now()
	for time.Since(start) < time.Minute {
		var inbox struct {
			Notices []struct{ Number, Decision string }
		}
		if err := c.call(ctx, http.MethodGet, "/notices", call{token: resident, want: http.StatusOK, out: &inbox}); err != nil {
			return err
		}
		for _, m := range inbox.Notices {
			if m.Number == l.number && m.Decision != "" {
				res.noticeLag = time.Since(start)
				return nil
			}
		}
		wait(ctx, 2*time.Millisecond)
	}
	return errors.New("the last decision's notice did not come within a minute")
}
