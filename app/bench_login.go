package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// floodBudget is how long a page may take, at p95, while passwords are guessed.
const floodBudget = 200 * time.Millisecond

type loginBenchCmd struct {
	Seconds int    `help:"How long the flood lasts." default:"60"`
	Rate    int    `help:"Wrong passwords a second, each from another address." default:"200"`
	Readers int    `help:"People who read pages meanwhile, a page a second each." default:"10"`
	Dir     string `help:"Folder of the measured data; a temporary one if absent." type:"existingdir"`
}

// Run guesses passwords from everywhere while signed-in people read pages.
func (c *loginBenchCmd) Run(r *run) (err error) {
	dir, err := os.MkdirTemp(c.Dir, "maru-bench-login-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	srv, err := startDemo(r.ctx, filepath.Join(dir, "data"), "--trusted-proxies", "127.0.0.0/8")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.stop()) }()
	reader, err := browser(srv).as(r.ctx, "p-00200")
	if err != nil {
		return err
	}
	quiet, err := c.read(r.ctx, reader, 5*time.Second)
	if err != nil {
		return err
	}
	before := srv.usage()
	ctx, stop := context.WithCancel(r.ctx)
	defer stop()
	flood := newLoginFlood(srv)
	var done sync.WaitGroup
	done.Go(func() { flood.run(ctx, c.Rate) })
	busy, err := c.read(r.ctx, reader, time.Duration(c.Seconds)*time.Second)
	stop()
	done.Wait()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, srv.log())
	}
	after := srv.usage()
	fmt.Fprintf(r.stdout, "load %s\npages before the flood: p50 %v, p95 %v (%d)\n", loadAverage(), round(quantile(quiet, 0.5)), round(quantile(quiet, 0.95)), len(quiet))
	p95 := quantile(busy, 0.95)
	fmt.Fprintf(r.stdout, "pages in the flood: p50 %v, p95 %v, most %v (%d; budget p95 %v)%s\n", round(quantile(busy, 0.5)), round(p95),
		round(busy[len(busy)-1]), len(busy), floodBudget, over(p95 > floodBudget))
	fmt.Fprintf(r.stdout, "wrong passwords: %s; server %.2f CPUs, at most %s\n", flood.String(), (after.cpu-before.cpu).Seconds()/float64(c.Seconds), megabytes(after.peak))
	return nil
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }

// read has people read pages, each one a second, and returns how long each page
// took, sorted.
func (c *loginBenchCmd) read(ctx context.Context, p *pageReader, how time.Duration) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, how+30*time.Second)
	defer cancel()
	paths := []string{"/", "/services", "/account", "/notices"}
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var all sync.WaitGroup
	end := time.Now().Add(how)
	for i := range c.Readers {
		all.Go(func() {
			for n := i; time.Now().Before(end); n++ {
				began := time.Now()
				err := p.get(ctx, paths[n%len(paths)])
				d := time.Since(began)
				mu.Lock()
				took, failed = append(took, d), errors.Join(failed, err)
				mu.Unlock()
				if err != nil {
					return
				}
				time.Sleep(time.Second - min(d, time.Second))
			}
		})
	}
	all.Wait()
	slices.Sort(took)
	if failed == nil && len(took) == 0 {
		failed = errors.New("no page was read")
	}
	return took, failed
}

// loginFlood sends wrong passwords, open-ended: it does not wait for answers.
type loginFlood struct {
	base string
	http *http.Client
	mu   sync.Mutex
	sent int
	got  map[int]int // by status, 0 for none
}

func newLoginFlood(srv *benchServer) *loginFlood {
	return &loginFlood{base: "http://" + srv.address, got: map[int]int{}, http: &http.Client{Timeout: 30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 256}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (f *loginFlood) run(ctx context.Context, rate int) {
	tick := time.NewTicker(time.Second / time.Duration(max(rate, 1)))
	defer tick.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		all.Go(func() {
			status := f.guess(ctx, n)
			if ctx.Err() != nil && status == 0 {
				return // cut off by us
			}
			f.mu.Lock()
			f.sent++
			f.got[status]++
			f.mu.Unlock()
		})
	}
}

// guess sends one wrong password from an address that no other guess has.
func (f *loginFlood) guess(ctx context.Context, n int) (status int) {
	form := url.Values{"login": {fmt.Sprintf("nobody.%d", n)}, "password": {"seven wrong words that nobody would guess"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.base+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	res, err := f.http.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close() //nolint:errcheck // read to the end or thrown away
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// String says how many were answered how.
func (f *loginFlood) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	statuses := make([]int, 0, len(f.got))
	for s := range f.got {
		statuses = append(statuses, s)
	}
	slices.Sort(statuses)
	parts := []string{fmt.Sprintf("%d answered", f.sent)}
	for _, s := range statuses {
		parts = append(parts, fmt.Sprintf("%d with %d", f.got[s], s))
	}
	return strings.Join(parts, ", ")
}
