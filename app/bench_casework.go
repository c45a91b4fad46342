package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CaseworkBench says how to measure the life of a case.
type CaseworkBench struct {
	DB      string        `help:"sqlite (a new file), postgres (a cluster of its own from the installed programs, synchronous_commit on), or the URL of an empty PostgreSQL database." name:"db" default:"sqlite" placeholder:"URL"`
	Cases   []int         `help:"Measure with about these many cases in the store, one after the other." default:"0" placeholder:"N,..."`
	Seconds int           `help:"How long to measure each time, after two seconds of warming up." default:"20"`
	Workers int           `help:"How many programs work at once; each waits for an answer before it asks again." default:"16"`
	Profile string        `help:"Serve from the measuring process and write its CPU profile here; the numbers then mix both." type:"path" placeholder:"FILE"`
	Dir     string        `help:"Folder for the temporary files; its disk is what is measured. Default: the system's." type:"existingdir" placeholder:"DIR"`
	Keep    string        `help:"Folder that keeps an SQLite database for another run, which begins with the cases in it." type:"path" placeholder:"DIR"`
	warmUp  time.Duration // two seconds if 0
}

// referenceRate is what a well-known Java platform for public services
// publishes for the same life of a case, empty, on 16 virtual processors
// (lifecycles a second); targetRate is what Maru aims at on two.
const (
	referenceRate = 37
	targetRate    = 300
)

func (o *CaseworkBench) complete() {
	if o.DB == "" {
		o.DB = "sqlite"
	}
	if len(o.Cases) == 0 {
		o.Cases = []int{0}
	}
	slices.Sort(o.Cases)
	if o.Seconds <= 0 {
		o.Seconds = 20
	}
	if o.Workers <= 0 {
		o.Workers = 16
	}
	if o.warmUp == 0 {
		o.warmUp = 2 * time.Second
	}
}

// BenchCasework measures whole lives of cases over the JSON API and prints the
// numbers to w. A life is: submit, assign, decide, find by number, find by a
// word of the content. Every answer is checked: each act must succeed the
// first time it is asked, and both searches must find the case, decided, at
// once. Audit, notices and limits are on, as they always are.
func BenchCasework(ctx context.Context, o CaseworkBench, w io.Writer) (err error) {
	o.complete()
	b := &caseworkBench{CaseworkBench: o, w: w, url: o.DB}
	dir := o.Keep
	if dir != "" {
		if err := b.resume(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.remember()) }()
	} else {
		if dir, err = os.MkdirTemp(o.Dir, "maru-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	b.data = filepath.Join(dir, "data")
	engine := "PostgreSQL"
	switch {
	case o.DB == "sqlite":
		engine, b.url = "SQLite", ""
	case o.DB == "postgres":
		if b.cluster, err = startCluster(ctx, filepath.Join(dir, "postgres")); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.cluster.stop()) }()
		b.url = b.cluster.url()
	}
	where := "server in a process of its own"
	if o.Profile != "" {
		where = "server and load in one process, profiled"
	}
	fmt.Fprintf(w, "maru bench casework: %s, %d programs, %d s, %d CPUs of %s, %s, JSON over loopback HTTP\n",
		engine, o.Workers, o.Seconds, runtime.NumCPU(), runtime.GOARCH, where)
	for _, n := range o.Cases {
		if err := b.preload(ctx, n); err != nil {
			return fmt.Errorf("preload: %w", err)
		}
		if err := b.measure(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// resume learns how many cases a kept database holds; remember writes it down.
func (b *caseworkBench) resume() error {
	text, err := os.ReadFile(filepath.Join(b.Keep, "cases"))
	if errors.Is(err, os.ErrNotExist) {
		return os.MkdirAll(b.Keep, 0o700)
	}
	if err == nil {
		b.lives, err = strconv.Atoi(string(text))
	}
	return err
}

func (b *caseworkBench) remember() error {
	return os.WriteFile(filepath.Join(b.Keep, "cases"), []byte(strconv.Itoa(b.lives)), 0o600)
}

// caseworkBench is one run of the benchmark.
type caseworkBench struct {
	CaseworkBench
	w       io.Writer
	data    string   // the server's folder
	url     string   // of PostgreSQL, "" for SQLite
	cluster *cluster // nil unless it is ours
	lives   int      // cases in the store
	empty   float64  // rate at the first size
}

func (b *caseworkBench) config() Config {
	return Config{Addr: "127.0.0.1:0", Data: b.data, DB: b.url, demo: true}
}

// measure runs the load once and prints what came of it, beside what the disk
// and the machine had to give just before.
func (b *caseworkBench) measure(ctx context.Context, cases int) error {
	syncs, err := syncRate(filepath.Dir(b.data), time.Second)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.w, "\nfloor: %.0f synced 4 KiB appends a second on this disk; load average of the machine %s\n", syncs, loadAverage())
	srv, err := b.start(ctx)
	if err != nil {
		return err
	}
	res, err := b.load(ctx, srv)
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, srv.log())
	}
	if err == nil {
		b.lives += res.made
		b.print(cases, res, srv.usage())
		err = b.readDesk(ctx, srv)
	}
	return errors.Join(err, srv.stop())
}

func (b *caseworkBench) print(cases int, res *loadResult, left usage) {
	rate := res.rate()
	if b.empty == 0 {
		b.empty = rate
	}
	fmt.Fprintf(b.w, "%d cases before: %.0f lifecycles/s (%.1f x the reference of %d/s on 16 CPUs; target %d), %.2f of the first rate, %d whole, 0 wrong answers, 0 retries\n",
		cases, rate, rate/referenceRate, referenceRate, targetRate, rate/b.empty, res.whole())
	fmt.Fprintf(b.w, "  server %s; load %.2f CPUs", res.server.line(res), res.loadCPU.Seconds()/res.took.Seconds())
	if res.database.cpu > 0 {
		fmt.Fprintf(b.w, "; PostgreSQL %s", res.database.line(res))
	}
	fmt.Fprintf(b.w, "; memory %s, at most %s; database %s; last notice after %.0f ms\n",
		megabytes(left.rss), megabytes(left.peak), megabytes(b.size()), ms(res.noticeLag))
	fmt.Fprintf(b.w, "  %-15s %8s %8s %8s  ms\n", "step", "p50", "p95", "p99")
	for s, name := range stepNames {
		p50, p95, p99 := res.quantiles(caseStep(s))
		fmt.Fprintf(b.w, "  %-15s %8.1f %8.1f %8.1f\n", name, ms(p50), ms(p95), ms(p99))
	}
}

// size is what the database takes on the disk, in bytes.
func (b *caseworkBench) size() int64 {
	dir := b.data
	switch {
	case b.cluster != nil:
		dir = b.cluster.data()
	case b.url != "":
		return 0 // somebody else's server: not ours to look into
	}
	var sum int64
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		// Files may vanish while we look; the sum is a figure for people.
		if err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func megabytes(n int64) string {
	if n == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}

// loadAverage is the system's, for judging how quiet the machine was.
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(b), " ")
	return one
}
