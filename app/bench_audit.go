package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
)

type auditBenchCmd struct {
	DB       string `help:"sqlite, or postgres, which must be installed." enum:"sqlite,postgres" default:"sqlite" name:"db"`
	Seconds  int    `help:"How long acts are recorded and chained at the same time." default:"20"`
	PerAct   int    `help:"Entries that one act leaves in its transaction." default:"4"`
	Together int    `help:"Acts under way at the same time." default:"64"`
	JSON     bool   `name:"json" help:"Print JSON."`
	Dir      string `help:"Folder of the measured database; a temporary one if absent." type:"existingdir"`
}

// auditReport is what one run says, a second each.
type auditReport struct {
	DB       string  `json:"db"`
	Entries  float64 `json:"entries"`       // recorded and chained
	Acts     float64 `json:"acts"`          // transactions
	Floor    float64 `json:"floor"`         // synced appends of 4 KiB
	Ratio    float64 `json:"ratio"`         // acts to the floor
	Behind   int64   `json:"behind"`        // entries not yet chained when recording ended
	Drained  float64 `json:"drain_seconds"` // until they were
	Load     string  `json:"load"`
	Verified bool    `json:"verified"`
}

// Run records acts from many sides while one sequencer chains them, then
// verifies every row and the whole tree.
func (c *auditBenchCmd) Run(r *run) (err error) {
	rep := auditReport{DB: c.DB, Load: loadAverage()}
	m, err := openMeasured(r.ctx, c.Dir, c.DB, audit.Migrations())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	rep.Floor = m.floor
	l := audit.New(audit.Deps{DB: m.db, Keys: m.keys, Clock: clock.System(), Log: slog.New(slog.DiscardHandler)})
	if err := c.measure(r.ctx, m.db, l, &rep); err != nil {
		return err
	}
	found, err := l.Verify(r.ctx)
	if err != nil {
		return err
	}
	rep.Verified = found.OK() && found.Pending == 0
	if err := rep.print(r.stdout, c); err != nil {
		return err
	}
	if !rep.Verified {
		return errors.New("the log does not verify")
	}
	return nil
}

// measure records and chains at the same time.
func (c *auditBenchCmd) measure(ctx context.Context, db *store.DB, l *audit.Log, rep *auditReport) error {
	recording, stop := context.WithTimeout(ctx, time.Duration(c.Seconds)*time.Second)
	defer stop()
	var acts, chained atomic.Int64
	var wg sync.WaitGroup
	fail := make(chan error, c.Together+1)
	start := time.Now()
	for i := range c.Together {
		wg.Go(func() {
			for n := 0; recording.Err() == nil; n++ {
				if err := c.act(ctx, db, i, n); err != nil {
					fail <- err
					return
				}
				acts.Add(1)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for recording.Err() == nil {
			n, err := l.Sequence(ctx)
			if err != nil {
				fail <- err
				return
			}
			chained.Add(int64(n))
			if n == 0 {
				runtime.Gosched()
			}
		}
	}()
	wg.Wait()
	<-done
	took := time.Since(start).Seconds()
	total := acts.Load() * int64(c.PerAct)
	rep.Behind = total - chained.Load()
	for drain := time.Now(); ; {
		n, err := l.Sequence(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			rep.Drained = time.Since(drain).Seconds()
			break
		}
	}
	rep.Acts = float64(acts.Load()) / took
	rep.Entries = float64(total) / (took + rep.Drained)
	rep.Ratio = rep.Acts / rep.Floor
	select {
	case err := <-fail:
		return err
	default:
		return nil
	}
}

// act is one transaction with its entries.
func (c *auditBenchCmd) act(ctx context.Context, db *store.DB, who, n int) error {
	return db.Update(ctx, func(tx *store.Tx) error {
		for i := range c.PerAct {
			err := audit.Append(tx, kernel.TimeOf(time.Now()), audit.Entry{Actor: authz.Actor{Account: "bench"}, Act: "casework.read", Object: fmt.Sprintf("application:%d-%d-%d", who, n, i),
				Subject: fmt.Sprintf("p-%05d", who), Purpose: "casework.purpose.decide", Agency: "bench", Service: "moving-in-report"})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (rep *auditReport) print(w io.Writer, c *auditBenchCmd) error {
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(rep)
	}
	_, err := fmt.Fprintf(w, "%s: %.0f entries a second recorded and chained (aim 5000), %d in each of %.0f acts a second, %d acts at once\n"+
		"%d entries behind when recording ended, chained %.1f s later; every row and the tree verified: %v\n"+
		"floor: %.0f synced appends of 4 KiB a second, acts are %.2f of it; load average %s when it began\n",
		rep.DB, rep.Entries, c.PerAct, rep.Acts, c.Together, rep.Behind, rep.Drained, rep.Verified, rep.Floor, rep.Ratio, rep.Load)
	return err
}
