package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	agency "maru/domain/agency/contract"
	"maru/domain/benefit"
	"maru/domain/benefit/gov24"
	"maru/domain/benefit/gov24/catalogue"
	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/internal/index"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/kernel"
	"maru/platform/i18n"
)

// Options say what is measured.
type Options struct {
	Persons   int    `default:"1000000" help:"People of the made-up country; 51700000 is Korea (about 5 GB of disk and memory)."`
	Check     int    `default:"2000" help:"How many people the reference evaluator decides too; every verdict and amount must agree."`
	Workers   int    `default:"2" help:"How many blocks of the country are computed at once."`
	Dir       string `help:"Folder for the population's file. Default: the system's folder for temporary files." type:"existingdir"`
	Marginals string `help:"CSV of residents by region, sex and age band; made-up shares if absent." type:"existingfile"`
	JSON      bool   `name:"json" help:"One JSON document instead of a table."`

	Pack      benefit.Pack      `kong:"-"`
	Provinces []agency.Province `kong:"-"`
	Texts     *i18n.Catalog     `kong:"-"`
	Day       kernel.Date       `kong:"-"`
	// Load is the machine's load average at the start, Peak tells the memory
	// that was resident at most, in bytes.
	Load string       `kong:"-"`
	Peak func() int64 `kong:"-"`
}

// Line is one figure. Budget and Floor are 0 where there is none; Ratio is the
// value over the floor.
type Line struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Budget float64 `json:"budget,omitempty"`
	Floor  float64 `json:"floor,omitempty"`
	Ratio  float64 `json:"ratio,omitempty"`
	Note   string  `json:"note,omitempty"`
}

// Report is one run.
type Report struct {
	Persons    int     `json:"persons"`
	Households int     `json:"households"`
	CPUs       int     `json:"cpus"`
	Load       string  `json:"load"`
	Peak       float64 `json:"peak_mb"` // resident memory at most, with the mapped file
	Lines      []Line  `json:"lines"`
}

// bench is one run on its way.
type bench struct {
	Options
	ctx    context.Context
	report Report
	w      io.Writer
}

// Run measures and prints.
func Run(ctx context.Context, o Options, w io.Writer) error {
	b := &bench{Options: o, ctx: ctx, w: w, report: Report{CPUs: runtime.NumCPU(), Load: o.Load}}
	for _, part := range []func() error{b.household, b.country} {
		if err := part(); err != nil {
			return err
		}
	}
	b.report.Peak = float64(o.Peak()) / 1e6
	if o.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(b.report)
	}
	_, err := fmt.Fprintf(w, "memory at most %.0f MB, with the pages of the mapped file; %d CPUs, load average %s when it began\n", b.report.Peak, b.report.CPUs, b.report.Load)
	return err
}

func (b *bench) add(l Line) {
	if l.Floor > 0 {
		l.Ratio = l.Value / l.Floor
	}
	b.report.Lines = append(b.report.Lines, l)
	if b.JSON {
		return
	}
	fmt.Fprintf(b.w, "%-64s %10.2f %s", l.Name, l.Value, l.Unit)
	if l.Budget > 0 {
		fmt.Fprintf(b.w, "  (aim %g)", l.Budget)
	}
	if l.Floor > 0 {
		fmt.Fprintf(b.w, "  %.1f x the floor of %.2f", l.Ratio, l.Floor)
	}
	if l.Note != "" {
		fmt.Fprintf(b.w, "  %s", l.Note)
	}
	fmt.Fprintln(b.w)
}

// rounds is how often short work is repeated; the median counts.
const rounds = 15

// median of the time that one of n runs of fn takes, in microseconds.
func median(n int, fn func()) float64 {
	var all []float64
	for range rounds {
		start := time.Now()
		for range n {
			fn()
		}
		all = append(all, float64(time.Since(start).Nanoseconds())/1000/float64(n))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// household decides the programmes of the pack for made-up households of four.
func (b *bench) household() error {
	e, err := benefit.NewEngine(b.Pack)
	if err != nil {
		return err
	}
	law, run := e.Law(), e.Law().At(b.Day, kernel.Date{})
	families, err := b.families(law, 4, 64)
	if err != nil {
		return err
	}
	machine := closure.New(law)
	scratch := machine.Scratch()
	var out closure.Verdicts
	i := 0
	verdicts := median(2000, func() {
		scratch.Begin(run, families[i%len(families)].Frame)
		scratch.Decide(&out)
		i++
	})
	b.add(Line{Name: fmt.Sprintf("household of 4 x %d programmes of the pack, verdicts and amounts", len(law.Programmes)), Value: verdicts, Unit: "us", Budget: 30})
	situations := situationsOf(law, families, b.Day)
	i = 0
	var failed error
	reasons := median(200, func() {
		a, err := e.Evaluate(situations[i%len(situations)])
		if err != nil {
			failed = err
			return
		}
		for r := range a.Results {
			for who := range max(1, len(a.Results[r].Members)) {
				a.Reasons(&a.Results[r], who, b.Texts, kernel.KO)
			}
		}
		i++
	})
	b.add(Line{Name: "the same from named facts, with every reason as a sentence", Value: reasons, Unit: "us", Budget: 150})
	if failed != nil {
		return failed
	}
	return b.thousands()
}

// imported is the pack with a made-up catalogue of n programmes.
func (b *bench) imported(n int) (rule.Source, error) {
	pages, err := catalogue.Make(1, n+n/2, 1000, b.Provinces)
	if err != nil {
		return rule.Source{}, err
	}
	read, err := pages.Read()
	if err != nil {
		return rule.Source{}, err
	}
	programmes, _ := gov24.Import(read, b.Provinces, b.Texts)
	src := b.Pack.Source
	src.Programmes = slices.Clone(src.Programmes)
	for _, p := range programmes {
		if len(src.Programmes) >= n {
			break
		}
		src.Programmes = append(src.Programmes, p.Rule())
	}
	if len(src.Programmes) < n {
		return src, fmt.Errorf("measure: the catalogue has %d programmes, not %d", len(src.Programmes), n)
	}
	return src, nil
}

func (b *bench) law(n int) (*rule.Law, error) {
	src, err := b.imported(n)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	law, problems := rule.Compile(src)
	if law == nil {
		return nil, fmt.Errorf("measure: %s", problems[0])
	}
	b.add(Line{Name: fmt.Sprintf("compiling %d programmes", n), Value: time.Since(start).Seconds(), Unit: "s"})
	return law, nil
}

// manyProgrammes is the size of the real catalogue.
const manyProgrammes = 11_000

// thousands decides one person against a whole catalogue.
func (b *bench) thousands() error {
	law, err := b.law(manyProgrammes)
	if err != nil {
		return err
	}
	start := time.Now()
	x := index.New(closure.New(law), law.At(b.Day, kernel.Date{}))
	b.add(Line{Name: "building the index of a day", Value: time.Since(start).Seconds(), Unit: "s"})
	families, err := b.families(law, 0, 256)
	if err != nil {
		return err
	}
	scratch, set, i := x.Scratch(), x.Set(), 0
	one := median(2000, func() {
		f := families[i%len(families)].Frame
		scratch.Begin(f)
		scratch.Decide(0, set)
		i++
	})
	b.add(Line{Name: fmt.Sprintf("one person x %d programmes, a verdict set", manyProgrammes), Value: one, Unit: "us", Budget: 5})
	return nil
}

// families are made-up households of a size, or of any where it is 0.
func (b *bench) families(law *rule.Law, size, n int) ([]*population.Household, error) {
	sample, err := population.NewSample(law, population.SampleOptions{Seed: 7, On: b.Day, Persons: 200_000})
	if err != nil {
		return nil, err
	}
	maker, err := sample.Maker()
	if err != nil {
		return nil, err
	}
	var out []*population.Household
	for region := range sample.Regions() {
		for i := 0; i < sample.In(region) && i < 40; i++ {
			h := population.NewHousehold(law)
			maker.Household(region, i, h)
			if size == 0 || h.Frame.Members == size {
				if out = append(out, h); len(out) == n {
					return out, nil
				}
			}
		}
	}
	return out, nil
}

// access is the one under which the made-up people are made and opened.
var access = population.Access{Basis: population.MadeUpBasis, Purpose: "benchmark", Role: "developer"}

// country makes a population and decides it.
func (b *bench) country() error {
	dir, err := os.MkdirTemp(b.Dir, "maru-bench-benefit-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a left folder is no wrong result
	path := filepath.Join(dir, "country.population")
	real, problems := rule.Compile(b.Pack.Source)
	if real == nil {
		return fmt.Errorf("measure: %s", problems[0])
	}
	if err := b.populate(real, path); err != nil {
		return err
	}
	if err := b.programmesOfThePack(real, path); err != nil {
		return err
	}
	if err := b.whatIf(path); err != nil {
		return err
	}
	if err := b.sweeps(real, path); err != nil {
		return err
	}
	if err := b.ten(dir); err != nil {
		return err
	}
	for _, n := range []int{1000, 10_000} {
		if err := b.many(path, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) open(law *rule.Law, path string) (*population.Snapshot, error) {
	return population.Open(b.ctx, path, law, access, population.Nobody{})
}

func (b *bench) populate(law *rule.Law, path string) error {
	table, err := population.MarginalsOf(b.Marginals)
	if err != nil {
		return err
	}
	o := population.SampleOptions{Seed: 1, On: b.Day, Persons: b.Persons, Missing: 0.1, Marginals: table}
	sample, err := population.NewSample(law, o)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := b.write(law, path, o); err != nil {
		return err
	}
	b.report.Persons, b.report.Households = sample.Persons(), sample.Households()
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	b.add(Line{Name: fmt.Sprintf("making %d people, a tenth of their facts unknown", sample.Persons()), Value: time.Since(start).Seconds(), Unit: "s",
		Note: fmt.Sprintf("%.1f bytes a person on disk", float64(info.Size())/float64(sample.Persons()))})
	return nil
}

// write makes the file of a made-up population.
func (b *bench) write(law *rule.Law, path string, o population.SampleOptions) error {
	sample, err := population.NewSample(law, o)
	if err != nil {
		return err
	}
	schema, err := population.NewSchema(law, true)
	if err != nil {
		return err
	}
	origin := population.Origin{Basis: access.Basis, Purpose: access.Purpose, Role: access.Role, Builder: "maru bench benefit", BuiltAt: kernel.TimeOf(time.Now())}
	return sample.Write(b.ctx, path, schema, origin, b.Workers)
}

// every is the numbers 0 to n-1.
func every(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// programmesOfThePack decides the real law with amounts and compares a part
// with the reference.
func (b *bench) programmesOfThePack(law *rule.Law, path string) error {
	snapshot, err := b.open(law, path)
	if err != nil {
		return err
	}
	defer snapshot.Close() //nolint:errcheck // it was only read
	rows := snapshot.View()
	floor := b.floor(law, rows)
	engine, run := column.New(law), law.At(b.Day, kernel.Date{})
	wanted := every(len(law.Programmes))
	counts := column.NewCounts(len(wanted), b.Workers)
	start := time.Now()
	if err := engine.Run(b.ctx, run, rows, column.Options{Wanted: wanted, Amounts: true, Workers: b.Workers}, counts); err != nil {
		return err
	}
	took := time.Since(start).Seconds()
	scale := float64(rows.Persons()) / koreans
	b.add(Line{Name: fmt.Sprintf("%d people x %d programmes of the pack, with amounts", rows.Persons(), len(wanted)), Value: took, Unit: "s", Budget: 120 * scale, Floor: floor})
	if err := b.compare(law, rows); err != nil {
		return err
	}
	return b.variables(law, rows)
}

// koreans is for how many people the aims are set.
const koreans = 51_700_000

// floor is reading every column that the law needs once.
func (b *bench) floor(law *rule.Law, rows *population.View) float64 {
	persons, households := used(law)
	start := time.Now()
	read := func(n int, slots []int, load func(slot, from, to int, out []int64, known []uint64)) {
		const block = 16384
		jobs := make(chan int)
		done := make(chan struct{})
		for range b.Workers {
			go func() {
				out, known := make([]int64, block), make([]uint64, block/64+1)
				for from := range jobs {
					for _, slot := range slots {
						load(slot, from, min(n, from+block), out, known)
					}
				}
				done <- struct{}{}
			}()
		}
		for from := 0; from < n; from += block {
			jobs <- from
		}
		close(jobs)
		for range b.Workers {
			<-done
		}
	}
	read(rows.Persons(), persons, rows.LoadPerson)
	read(rows.Households(), households, rows.LoadHousehold)
	took := time.Since(start).Seconds()
	b.add(Line{Name: fmt.Sprintf("floor: reading the %d columns once", len(persons)+len(households)), Value: took, Unit: "s"})
	return took
}

// used are the slots of the facts that a law reads.
func used(law *rule.Law) (persons, households []int) {
	for _, n := range law.Nodes {
		switch n.Op {
		case rule.OpFact:
			persons = append(persons, int(n.K))
		case rule.OpHousehold:
			households = append(households, int(n.K))
		}
	}
	slices.Sort(persons)
	slices.Sort(households)
	return slices.Compact(persons), slices.Compact(households)
}

// variables is how many amounts of ten programmes one core works out.
func (b *bench) variables(law *rule.Law, rows *population.View) error {
	var wanted []int
	for i, p := range law.Programmes {
		if p.Person && len(wanted) < 10 {
			wanted = append(wanted, i)
		}
	}
	engine, run := column.New(law), law.At(b.Day, kernel.Date{})
	start := time.Now()
	if err := engine.Run(b.ctx, run, rows, column.Options{Wanted: wanted, Amounts: true, Workers: 1}, column.NewCounts(len(wanted), 1)); err != nil {
		return err
	}
	rate := float64(len(wanted)) * float64(rows.Persons()) / time.Since(start).Seconds() / 1e6
	b.add(Line{Name: "ten programmes of persons of the pack, with amounts, one core", Value: rate, Unit: "million person-variables/s",
		Note: "a tenth of the facts unknown"})
	return nil
}

// many decides n programmes from the columns, a thousand of them over kept
// conditions too.
func (b *bench) many(path string, n int) error {
	law, err := b.law(n)
	if err != nil {
		return err
	}
	snapshot, err := b.open(law, path)
	if err != nil {
		return err
	}
	defer snapshot.Close() //nolint:errcheck // it was only read
	rows := snapshot.View()
	floor := b.floor(law, rows)
	scale := float64(rows.Persons()) / koreans
	engine, run := column.New(law), law.At(b.Day, kernel.Date{})
	wanted := every(n)
	counts := column.NewCounts(n, b.Workers)
	o := column.Options{Wanted: wanted, Workers: b.Workers}
	budget := 20.0
	if n > 1000 {
		budget = 60
	}
	start := time.Now()
	if err := engine.Run(b.ctx, run, rows, o, counts); err != nil {
		return err
	}
	b.add(Line{Name: fmt.Sprintf("%d people x %d programmes, from columns", rows.Persons(), n), Value: time.Since(start).Seconds(), Unit: "s", Budget: budget * scale, Floor: floor})
	if n > 1000 {
		return nil
	}
	atoms := column.NewAtoms(atomRoom)
	o.Atoms = atoms
	start = time.Now()
	if err := engine.Run(b.ctx, run, rows, o, column.NewCounts(n, b.Workers)); err != nil {
		return err
	}
	b.add(Line{Name: "the same, its conditions being kept", Value: time.Since(start).Seconds(), Unit: "s", Floor: floor})
	again := column.NewCounts(n, b.Workers)
	start = time.Now()
	if err := engine.Run(b.ctx, run, rows, o, again); err != nil {
		return err
	}
	b.add(Line{Name: "the same, conditions unchanged", Value: time.Since(start).Seconds(), Unit: "s", Budget: 5 * scale, Floor: floor,
		Note: fmt.Sprintf("%d conditions in %.0f MB", atoms.Conditions(), float64(atoms.Bytes())/1e6)})
	if !slices.Equal(counts.Total(), again.Total()) {
		return fmt.Errorf("measure: the second run counts otherwise than the first")
	}
	return nil
}

// atomRoom is the memory for conditions, in bytes.
const atomRoom = 2 << 30
