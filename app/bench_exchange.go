package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"maru/domain/audit"
	"maru/domain/exchange"
	mycontract "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
)

type exchangeBenchCmd struct {
	DB       string `help:"sqlite, or postgres, which must be installed." enum:"sqlite,postgres" default:"sqlite" name:"db"`
	Seconds  int    `help:"How long bundles are moved." default:"15"`
	Together int    `help:"Demands under way at the same time." default:"64"`
	Rate     int    `help:"Demands a second of the second part, whose time is measured; half of the aim." default:"250"`
	JSON     bool   `name:"json" help:"Print JSON."`
	Dir      string `help:"Folder of the measured database; a temporary one if absent." type:"existingdir"`
}

// exchangeReport is what one run says.
type exchangeReport struct {
	DB        string        `json:"db"`
	Sources   int           `json:"sources"`
	Transfers float64       `json:"transfers"` // a second, at most
	P50       time.Duration `json:"p50_ns"`    // of one demand at the steady rate
	P95       time.Duration `json:"p95_ns"`
	FloorP95  time.Duration `json:"floor_p95_ns"` // of one transaction with one row, the same way
	Added     time.Duration `json:"added_p95_ns"`
	Rate      float64       `json:"rate"`  // reached in the second part
	Floor     float64       `json:"floor"` // synced appends of 4 KiB a second
	Load      string        `json:"load"`
}

// benchHouse is what the exchange needs of others, at no cost: what is measured
// is the exchange.
type benchHouse struct{}

var benchRegisters = []string{"one", "two", "three", "four"}

func (benchHouse) Bundle(_ context.Context, id, _ string) (exchange.Bundle, error) {
	b := exchange.Bundle{ID: id, Version: "1", Basis: "law", KeepDays: 30}
	for _, r := range benchRegisters {
		for i := range 3 {
			b.Fields = append(b.Fields, exchange.Field{ID: fmt.Sprintf("%s-%d", r, i), Registry: r})
		}
	}
	return b, nil
}
func (benchHouse) Offered(context.Context) ([]exchange.Bundle, error)     { return nil, nil }
func (benchHouse) Stands(context.Context, kernel.ID) (bool, error)        { return true, nil }
func (benchHouse) Withdraw(context.Context, authz.Actor, kernel.ID) error { return nil }
func (benchHouse) Fresh(context.Context, authz.Actor) (exchange.Proof, error) {
	return exchange.Proof{Level: 2}, nil
}
func (benchHouse) Fact(_ string, v kernel.Value, _ kernel.Lang) string { return v.Text() }
func (benchHouse) Give(_ context.Context, a authz.Actor, _ exchange.Bundle) (kernel.ID, kernel.Time, error) {
	return "consent-" + a.Account, kernel.TimeOf(time.Now().Add(time.Hour)), nil
}

func (benchHouse) Facts(_ context.Context, _ string, facts []string) (map[string]mycontract.Fact, error) {
	out := make(map[string]mycontract.Fact, len(facts))
	for _, f := range facts {
		out[f] = mycontract.Fact{Value: kernel.TextOf("a value of a usual length"), AsOf: kernel.MustDate("2026-11-20")}
	}
	return out, nil
}

// Run moves bundles of four sources as fast as it goes, then at a steady rate,
// each demand signed, each hop signed and checked, all of it stored and logged.
func (c *exchangeBenchCmd) Run(r *run) (err error) {
	rep := exchangeReport{DB: c.DB, Sources: len(benchRegisters), Load: loadAverage()}
	m, err := openMeasured(r.ctx, c.Dir, c.DB, audit.Migrations(), exchange.Migrations())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	rep.Floor = m.floor
	s := exchange.New(exchange.Deps{DB: m.db, Clock: clock.System(), Keys: m.keys, Bundles: benchHouse{}, Consents: benchHouse{}, Prover: benchHouse{}, Words: benchHouse{}, Log: slog.New(slog.DiscardHandler)})
	for _, name := range benchRegisters {
		s.Add(s.Inner(name, kernel.Text{KO: name, EN: name}, benchHouse{}), name)
	}
	if err := c.measure(r.ctx, s, m.db, &rep); err != nil {
		return err
	}
	return rep.print(r.stdout, c)
}

// move makes one demand and sees that it was carried out.
func move(ctx context.Context, s *exchange.Service, n int64) error {
	who := fmt.Sprintf("%08d", n)
	d, err := s.Demand(ctx, authz.Actor{Account: kernel.ID("account-" + who), Person: "p-" + who}, exchange.Ask{Bundle: "bundle.bench", Version: "1", Key: "bench-" + who})
	if err != nil {
		return err
	}
	if d.State != exchange.Done {
		return fmt.Errorf("demand %s is %s", d.ID, d.State)
	}
	return nil
}

func (c *exchangeBenchCmd) measure(ctx context.Context, s *exchange.Service, db *store.DB, rep *exchangeReport) error {
	var n atomic.Int64
	if err := move(ctx, s, n.Add(1)); err != nil { // makes the keys
		return err
	}
	during := time.Duration(c.Seconds) * time.Second
	before, start := n.Load(), time.Now()
	var wg sync.WaitGroup
	failed := make(chan error, c.Together)
	for range c.Together {
		wg.Go(func() {
			for time.Since(start) < during {
				if err := move(ctx, s, n.Add(1)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	rep.Transfers = float64(n.Load()-before) / time.Since(start).Seconds()
	took, err := c.steadily(during, func() error { return move(ctx, s, n.Add(1)) })
	if err != nil {
		return err
	}
	floor, err := c.steadily(during/3, func() error {
		id := n.Add(1)
		return db.Update(ctx, func(tx *store.Tx) error {
			return audit.Append(tx, kernel.TimeOf(time.Now()), audit.Entry{Actor: authz.Actor{Account: "bench"}, Act: "bench.floor", Object: fmt.Sprintf("application:%d", id)})
		})
	})
	if err != nil {
		return err
	}
	rep.P50, rep.P95, rep.FloorP95 = quantile(took, 0.5), quantile(took, 0.95), quantile(floor, 0.95)
	rep.Added, rep.Rate = rep.P95-rep.FloorP95, float64(len(took))/during.Seconds()
	return nil
}

// steadily does something at the rate, whether the one before is done or not,
// and returns how long each took, sorted.
func (c *exchangeBenchCmd) steadily(during time.Duration, act func() error) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	var failed error
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(max(c.Rate, 1)))
	defer tick.Stop()
	for end := time.Now().Add(during); time.Now().Before(end); <-tick.C {
		wg.Go(func() {
			began := time.Now()
			err := act()
			mu.Lock()
			defer mu.Unlock()
			took, failed = append(took, time.Since(began)), errors.Join(failed, err)
		})
	}
	wg.Wait()
	slices.Sort(took)
	return took, failed
}

func (rep *exchangeReport) print(w io.Writer, c *exchangeBenchCmd) error {
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(rep)
	}
	_, err := fmt.Fprintf(w, "%s: %.0f bundles of %d sources a second, each demand, query, answer and receipt signed and checked (aim 500), %d at once\n"+
		"at %.0f a second: p50 %v, p95 %v; one transaction with one row the same way: p95 %v; added %v (aim 20ms)\n"+
		"floor: %.0f synced appends of 4 KiB a second; load average %s when it began\n",
		rep.DB, rep.Transfers, rep.Sources, c.Together, rep.Rate, round(rep.P50), round(rep.P95), round(rep.FloorP95), round(rep.Added), rep.Floor, rep.Load)
	return err
}
