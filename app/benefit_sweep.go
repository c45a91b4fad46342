package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"maru/domain/benefit/alert"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/sweep"
	"maru/kernel"
	"maru/platform/clock"
)

type benefitSweepCmd struct {
	Config      `embed:""`
	worldFlag   `embed:""`
	accessFlags `embed:""`

	Population string   `help:"The population." required:"" type:"existingfile" placeholder:"FILE"`
	Results    string   `help:"File of the results. Default: that of the population with .results behind it." type:"path" placeholder:"FILE"`
	Date       string   `help:"Day for which is decided. Default: today." placeholder:"YYYY-MM-DD"`
	Programme  []string `help:"Only these programmes; may be given more than once." placeholder:"ID"`
	Workers    int      `help:"How many blocks are computed at once; 0 for one each processor." default:"0"`
	TellFirst  bool     `help:"Take everybody for newly entitled who is entitled to a programme that the last sweep did not know."`
	JSON       bool     `help:"The report as JSON." name:"json"`
	Quiet      bool     `help:"No progress."`
}

// Run sweeps. Populations of real people are opened inside the installation, whose
// audit log records it; those of made-up people need none.
func (c *benefitSweepCmd) Run(r *run) error {
	origin, _, _, err := population.Describe(c.Population)
	if err != nil {
		return err
	}
	access, madeUp := origin.MadeUp()
	if !madeUp {
		c.demo = c.Try
		return inside(r, c.Config, func(a *App) error {
			law, hash, err := a.law()
			if err != nil {
				return err
			}
			return c.sweep(r, law, hash, a.clock.Now(), c.access(), a.openings(), tellAlerts{a.alert})
		})
	}
	law, hash, err := lawOfPack(c.Config)
	if err != nil {
		return err
	}
	return c.sweep(r, law, hash, clock.System().Now(), access, population.Nobody{}, nil)
}

// tellAlerts hands the people whose results changed to alerts, which look after
// those among them who asked to be told.
type tellAlerts struct{ alerts *alert.Service }

func (t tellAlerts) Changed(ctx context.Context, run sweep.Run, changes []sweep.Change) error {
	people := make([]uint64, len(changes))
	for i, c := range changes {
		people[i] = uint64(c.Person)
	}
	slices.Sort(people)
	return t.alerts.Changed(ctx, slices.Compact(people), run.ID)
}

// sweepReport is a report with how long it took.
type sweepReport struct {
	*sweep.Report
	Seconds float64 `json:"seconds"`
}

func (c *benefitSweepCmd) sweep(r *run, law *rule.Law, hash string, now kernel.Time, a population.Access, rec population.Recorder, l sweep.Listener) (err error) {
	on, err := dayOr(c.Date, now)
	if err != nil {
		return err
	}
	results := c.Results
	if results == "" {
		results = c.Population + ".results"
	}
	begun := time.Now()
	s, err := population.Open(r.ctx, c.Population, law, a, rec)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	o := sweep.Options{Law: law, LawHash: hash, Date: on, Programmes: c.Programme, Results: results, Workers: c.Workers, TellFirst: c.TellFirst, Listener: l}
	var bar *progressBar
	if !c.Quiet {
		bar = newProgressBar(r.stderr)
		o.Progress = bar.show
	}
	report, err := sweep.Evaluate(r.ctx, s.View(), o)
	bar.end()
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("stopped. What is done is kept in %s.run: the same command goes on from there", results)
	case errors.Is(err, sweep.ErrFormat):
		return fmt.Errorf("%w\nMove %s away to begin anew: the next sweep then compares with nothing and tells nobody", err, results)
	case err != nil:
		return err
	}
	took := time.Since(begun)
	if c.JSON {
		enc := json.NewEncoder(r.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(sweepReport{report, took.Seconds()})
	}
	return printSweep(r.stdout, report, results, took)
}

func printSweep(w io.Writer, r *sweep.Report, results string, took time.Duration) error {
	fmt.Fprintf(w, "%d people in %d households on %s, %.1f s; %s holds %.1f bytes a person\n", r.Persons, r.Households, r.Date, took.Seconds(), results, float64(r.Bytes)/float64(max(1, r.Persons)))
	switch {
	case r.Unchanged:
		fmt.Fprintln(w, "Law, day and people are those of the last sweep: nothing was computed.")
	case r.First:
		fmt.Fprintln(w, "There was no sweep before to compare with.")
	}
	if r.Resumed > 0 {
		fmt.Fprintf(w, "Went on from a sweep that was interrupted: %d of %d blocks were done.\n", r.Resumed, r.Blocks)
	}
	if r.Abandoned {
		fmt.Fprintln(w, "An interrupted sweep of another law, day or population was given up.")
	}
	if len(r.Dropped) > 0 {
		fmt.Fprintf(w, "No more in the law: %s\n", strings.Join(r.Dropped, ", "))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "programme\tof\tentitled\tunknown\twon together\t|\tnewly\tlost\tbecame unknown\truled out\tother amount\tgone\t|\tblocks computed\tcarried over\twhy\t")
	for _, p := range r.Programmes {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t|\t%d\t%d\t%d\t%d\t%d\t%d\t|\t%d\t%d\t%s\t\n", p.ID, p.Unit, p.Entitled, p.Unknown, p.Amount,
			p.Newly, p.Lost, p.BecameUnknown, p.RuledOut, p.OtherAmount, p.Gone, p.Computed, p.Carried, p.Why)
	}
	return t.Flush()
}

// progressBar shows how far a sweep is: a bar on a terminal, elsewhere a line
// every few seconds.
type progressBar struct {
	w        io.Writer
	terminal bool
	begun    time.Time
	last     time.Time
	shown    bool
}

// linesEvery is how often a line is printed where there is no terminal.
const linesEvery = 5 * time.Second

func newProgressBar(w io.Writer) *progressBar {
	b := &progressBar{w: w, begun: time.Now()}
	b.last = b.begun
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		b.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return b
}

func (b *progressBar) show(p sweep.Progress) {
	const width = 30
	now := time.Now()
	every := linesEvery
	if b.terminal {
		every = 100 * time.Millisecond
	}
	if now.Sub(b.last) < every && !(b.terminal && p.Writing) {
		return
	}
	b.last = now
	share := float64(p.Done) / float64(max(1, p.Persons))
	text := fmt.Sprintf("%3.0f %%  %d of %d people", 100*share, p.Done, p.Persons)
	switch {
	case p.Writing:
		text += ", writing the results"
	case share > 0.02:
		left := time.Duration(float64(now.Sub(b.begun)) * (1 - share) / share)
		text += fmt.Sprintf(", about %.0f s left", left.Seconds())
	}
	if !b.terminal {
		fmt.Fprintln(b.w, text)
		return
	}
	done := int(share * width)
	fmt.Fprintf(b.w, "\r[%s%s] %s\x1b[K", strings.Repeat("#", done), strings.Repeat(" ", width-done), text)
	b.shown = true
}

// end leaves the bar's line; without a bar it does nothing.
func (b *progressBar) end() {
	if b != nil && b.shown {
		fmt.Fprintln(b.w)
	}
}
