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
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// PagesBench says how to measure the pages.
type PagesBench struct {
	Rate    int    `help:"Pages asked for in a second, whether or not earlier ones have come." default:"50"`
	Seconds int    `help:"For how long." default:"20"`
	Dir     string `help:"Folder for the temporary files. Default: the system's." type:"existingdir" placeholder:"DIR"`
}

// The budgets of the try-out on two processors.
const (
	startBudget  = 2 * time.Second       // from the command to the whole first page
	memoryBudget = 250_000_000           // bytes resident, at most
	pageBudget   = 20 * time.Millisecond // 95 of 100 pages
)

// BenchPages measures how soon a built maru shows its first page, how much
// memory the try-out takes, and how long pages take at a steady rate, and
// prints the numbers beside their budgets. A page's time runs from the moment
// it was due to be asked for until its last byte, so that a stall counts for
// everybody who had to wait.
func BenchPages(ctx context.Context, o PagesBench, w io.Writer) (err error) {
	if o.Rate <= 0 {
		o.Rate = 50
	}
	if o.Seconds <= 0 {
		o.Seconds = 20
	}
	dir, err := os.MkdirTemp(o.Dir, "maru-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Fprintf(w, "maru bench pages: %d pages a second for %d s, %d CPUs of %s, load average %s\n",
		o.Rate, o.Seconds, runtime.NumCPU(), runtime.GOARCH, loadAverage())
	data := filepath.Join(dir, "data")
	first, srv, err := firstPage(ctx, data)
	if err != nil {
		return err
	}
	if err := srv.stop(); err != nil {
		return err
	}
	again, srv, err := firstPage(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.stop()) }()
	fmt.Fprintf(w, "first page: %.2f s on an empty folder, %.2f s afterwards (budget %.0f s)%s\n",
		first.Seconds(), again.Seconds(), startBudget.Seconds(), over(max(first, again) > startBudget))
	idle := srv.usage()
	visits, err := open(ctx, srv)
	if err != nil {
		return err
	}
	taken, err := visit(ctx, visits, o)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, srv.log())
	}
	end := srv.usage()
	printPages(w, visits, taken)
	fmt.Fprintf(w, "memory: %s after the start, at most %s (budget %s)%s; server %.2f CPUs\n", megabytes(idle.rss), megabytes(end.peak),
		megabytes(memoryBudget), over(end.peak > memoryBudget), (end.cpu-idle.cpu).Seconds()/float64(o.Seconds))
	return nil
}

// over marks what misses its budget.
func over(missed bool) string {
	if missed {
		return " OVER BUDGET"
	}
	return ""
}

// firstPage starts the program and reads its home page.
func firstPage(ctx context.Context, data string) (time.Duration, *benchServer, error) {
	srv, err := startDemo(ctx, data)
	if err != nil {
		return 0, nil, err
	}
	home := browser(srv)
	if err := home.get(ctx, "/"); err != nil {
		return 0, nil, errors.Join(err, srv.stop())
	}
	return time.Since(srv.began), srv, nil
}

// pageReader opens pages as one person.
type pageReader struct {
	http   *http.Client
	base   string
	cookie string
}

// browser gives a reader who has not signed in.
func browser(srv *benchServer) *pageReader {
	return &pageReader{base: "http://" + srv.address, http: &http.Client{Timeout: 30 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 32},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as gives a reader who is signed in.
func (p *pageReader) as(ctx context.Context, person string) (*pageReader, error) {
	res, err := p.post(ctx, "/demo/sign-in", url.Values{"person": {person}})
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Name == "maru_session" {
			return &pageReader{http: p.http, base: p.base, cookie: c.Name + "=" + c.Value}, nil
		}
	}
	return nil, fmt.Errorf("sign in as %s: status %d without a session", person, res.StatusCode)
}

func (p *pageReader) post(ctx context.Context, path string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", p.cookie)
	return p.http.Do(req)
}

// get reads a page and sees that it is whole.
func (p *pageReader) get(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", p.cookie)
	res, err := p.http.Do(req)
	if err != nil {
		return err
	}
	return whole(path, res)
}

func whole(path string, res *http.Response) error {
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !strings.HasSuffix(strings.TrimSpace(string(b)), "</html>") {
		return fmt.Errorf("%s: status %d, %d bytes, no whole page", path, res.StatusCode, len(b))
	}
	return nil
}

// pageVisit is one of the pages that are asked for in turn.
type pageVisit struct {
	name string
	read func(ctx context.Context) error
}

// open signs a resident and an official in, lets the resident have a case, and
// gives the pages that the three kinds of people open most.
func open(ctx context.Context, srv *benchServer) ([]pageVisit, error) {
	visitor := browser(srv)
	resident, err := visitor.as(ctx, "p-00100")
	if err != nil {
		return nil, err
	}
	official, err := visitor.as(ctx, "official-acrc")
	if err != nil {
		return nil, err
	}
	c := newBenchClient(srv.address, 1)
	var in struct{ Token string }
	if err := c.call(ctx, http.MethodPost, "/demo/sign-in", call{body: map[string]string{"person": "p-00100"}, want: http.StatusOK, out: &in}); err != nil {
		return nil, err
	}
	var made caseBody
	if err := c.call(ctx, http.MethodPost, "/applications", call{token: in.Token, key: "pages", body: newPetition(1).application(),
		want: http.StatusCreated, out: &made}); err != nil {
		return nil, err
	}
	page := func(p *pageReader, path string) pageVisit {
		return pageVisit{path, func(ctx context.Context) error { return p.get(ctx, path) }}
	}
	ask := pageVisit{"POST /ask", func(ctx context.Context) error {
		res, err := visitor.post(ctx, "/ask", url.Values{"q": {sentences()[0]}})
		if err != nil {
			return err
		}
		return whole("/ask", res)
	}}
	mine, desk := page(resident, "/applications/"+string(made.ID)), page(official, "/desk/cases/"+string(made.ID))
	mine.name, desk.name = "/applications/{id}", "/desk/cases/{id}"
	return []pageVisit{
		page(visitor, "/"), page(visitor, "/en"), ask, page(visitor, "/services"), page(visitor, "/services/moving-in-report"),
		page(visitor, "/life-events"), page(visitor, "/sign-in"), page(visitor, "/check"),
		page(resident, "/applications"), mine, page(resident, "/notices"), page(resident, "/my-data"), page(resident, "/access-log"),
		page(official, "/desk"), desk,
	}, nil
}

// visit opens the pages in turn at the given rate and gives the times of each.
func visit(ctx context.Context, visits []pageVisit, o PagesBench) ([][]time.Duration, error) {
	for _, v := range visits { // a first time, uncounted: connections, caches
		if err := v.read(ctx); err != nil {
			return nil, err
		}
	}
	taken := make([][]time.Duration, len(visits))
	var mu sync.Mutex
	var failed error
	var wg sync.WaitGroup
	start := time.Now()
	for n := range o.Rate * o.Seconds {
		due := start.Add(time.Duration(n) * time.Second / time.Duration(o.Rate))
		wait(ctx, time.Until(due))
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			i := n % len(visits)
			err := visits[i].read(ctx)
			d := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			taken[i] = append(taken[i], d)
		})
	}
	wg.Wait()
	return taken, errors.Join(failed, ctx.Err())
}

func printPages(w io.Writer, visits []pageVisit, taken [][]time.Duration) {
	fmt.Fprintf(w, "  %-28s %8s %8s %8s  ms\n", "page", "p50", "p95", "most")
	line := func(name string, d []time.Duration, mark string) {
		slices.Sort(d)
		fmt.Fprintf(w, "  %-28s %8.1f %8.1f %8.1f%s\n", name, ms(quantile(d, 0.50)), ms(quantile(d, 0.95)), ms(quantile(d, 1)), mark)
	}
	var all []time.Duration
	for i, v := range visits {
		line(v.name, taken[i], "")
		all = append(all, taken[i]...)
	}
	slices.Sort(all)
	line("all", all, fmt.Sprintf("  (budget of p95: %.0f ms)%s", ms(pageBudget), over(quantile(all, 0.95) > pageBudget)))
}
