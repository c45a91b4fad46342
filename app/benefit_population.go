package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"text/tabwriter"
	"time"

	"maru/domain/audit"
	"maru/domain/benefit"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/catalog"
	mycontract "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
)

type populationCmd struct {
	Sample   populationSampleCmd   `cmd:"" help:"Make a population of made-up people."`
	Describe populationDescribeCmd `cmd:"" help:"Tell how a population came about and how large it is. No row is read."`
	Build    populationBuildCmd    `cmd:"" help:"Build a population from the registers that this installation is connected to."`
	Refresh  populationRefreshCmd  `cmd:"" help:"Bring a population to what the registers hold now: only households that changed are written."`
}

// accessFlags are why somebody reads people's facts.
type accessFlags struct {
	Basis   string `help:"Article of law, or consent, under which people's facts are read."`
	Purpose string `help:"What they are read for."`
	Role    string `help:"Office or task of whoever reads."`
}

func (f accessFlags) access() population.Access {
	return population.Access{Basis: f.Basis, Purpose: f.Purpose, Role: f.Role}
}

type populationSampleCmd struct {
	Persons   int     `help:"How many people; 0 for as many as in the marginals." default:"0"`
	Out       string  `help:"File to write." required:"" type:"path" placeholder:"FILE"`
	Marginals string  `help:"CSV of residents by region, sex and age band; made-up shares if absent." type:"existingfile" placeholder:"FILE"`
	Seed      uint64  `help:"Another seed makes other people." default:"1"`
	Missing   float64 `help:"Share of all facts that nobody knows, 0 to 1." default:"0"`
	Date      string  `help:"Day on which people are as old as the marginals say. Default: today." placeholder:"YYYY-MM-DD"`
	Workers   int     `help:"How many work at once; 0 for one each processor." default:"0"`
	From      string  `name:"pack" help:"Folder of a pack; the one inside the program if absent." type:"existingdir" placeholder:"DIR"`
}

// Run makes a sample.
func (c *populationSampleCmd) Run(r *run) error {
	law, _, err := lawOfPack(Config{Pack: c.From})
	if err != nil {
		return err
	}
	now := clock.System().Now()
	on, err := dayOr(c.Date, now)
	if err != nil {
		return err
	}
	table, err := population.MarginalsOf(c.Marginals)
	if err != nil {
		return err
	}
	o := population.SampleOptions{Seed: c.Seed, On: on, Persons: c.Persons, Missing: c.Missing, Marginals: table}
	sample, err := population.NewSample(law, o)
	if err != nil {
		return err
	}
	schema, err := population.NewSchema(law, true)
	if err != nil {
		return err
	}
	workers := c.Workers
	if workers < 1 {
		workers = runtime.NumCPU()
	}
	origin := population.Origin{Basis: population.MadeUpBasis, Purpose: population.MadeUpBasis, Role: population.MadeUpBasis, Builder: "maru benefit population sample", BuiltAt: now}
	if err := sample.Write(r.ctx, c.Out, schema, origin, workers); err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.stdout, "%s holds %d made-up people in %d households. Their incomes, rent and property are synthetic.\n", c.Out, sample.Persons(), sample.Households())
	return err
}

type populationDescribeCmd struct {
	File string `arg:"" help:"The population." type:"existingfile"`
	From string `name:"pack" help:"Folder of a pack; the one inside the program if absent." type:"existingdir" placeholder:"DIR"`
}

// Run describes a population.
func (c *populationDescribeCmd) Run(r *run) error {
	law, _, err := lawOfPack(Config{Pack: c.From})
	if err != nil {
		return err
	}
	o, persons, households, err := population.Describe(c.File)
	if err != nil {
		return err
	}
	sizes, err := population.SizesOf(c.File, law)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "basis    %s\npurpose  %s\nrole     %s\nbuilt    %s by %s\nsource   %s\nholds    %d persons in %d households, without changes since\n\n",
		o.Basis, o.Purpose, o.Role, o.BuiltAt.Std().In(kernel.Seoul).Format(time.DateTime), o.Builder, o.Source, persons, households)
	t := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "column\tof\tbytes\ta person\tblocks constant\tdense\tsparse")
	var all int64
	for _, z := range sizes {
		of := "person"
		switch {
		case z.Constant+z.Dense+z.Sparse == 0:
			of = ""
		case z.Household:
			of = "household"
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%.2f\t%d\t%d\t%d\n", z.Name, of, z.Bytes, float64(z.Bytes)/float64(persons), z.Constant, z.Dense, z.Sparse)
		all += z.Bytes
	}
	fmt.Fprintf(t, "together\t\t%d\t%.2f\t\t\t\n", all, float64(all)/float64(persons))
	return t.Flush()
}

type populationBuildCmd struct {
	Config      `embed:""`
	worldFlag   `embed:""`
	accessFlags `embed:""`
	Out         string `help:"File to write." required:"" type:"path" placeholder:"FILE"`
}

// Run builds a population. That it is built is recorded before a register is
// read.
func (c *populationBuildCmd) Run(r *run) error {
	c.demo = c.Try
	return inside(r, c.Config, func(a *App) error {
		from, err := a.households()
		if err != nil {
			return err
		}
		origin := population.Origin{Basis: c.Basis, Purpose: c.Purpose, Role: c.Role, Builder: "maru benefit population build", BuiltAt: a.clock.Now(), Source: "the registers of this installation"}
		if _, madeUp := origin.MadeUp(); madeUp {
			return fmt.Errorf("%w: people of registers are not made up", population.ErrAccess)
		}
		if err := origin.Check(); err != nil {
			return err
		}
		law, _, err := a.law()
		if err != nil {
			return err
		}
		if err := a.openings().record(r.ctx, "benefit.build_population", "population:"+filepath.Base(c.Out), c.access(), nil); err != nil {
			return err
		}
		if err := population.Build(r.ctx, c.Out, law, origin, population.KeyOf(a.keys), from); err != nil {
			return err
		}
		_, persons, households, err := population.Describe(c.Out)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(r.stdout, "%s holds %d people in %d households\n", c.Out, persons, households)
		return err
	})
}

type populationRefreshCmd struct {
	Config      `embed:""`
	worldFlag   `embed:""`
	accessFlags `embed:""`
	File        string `arg:"" help:"The population." type:"existingfile"`
	Rebuild     bool   `help:"Write the file anew with all changes in it, and strike out the journal. The next sweep computes everybody."`
}

// Run refreshes a population.
func (c *populationRefreshCmd) Run(r *run) error {
	c.demo = c.Try
	return inside(r, c.Config, func(a *App) (err error) {
		from, err := a.households()
		if err != nil {
			return err
		}
		law, _, err := a.law()
		if err != nil {
			return err
		}
		s, err := population.Open(r.ctx, c.File, law, c.access(), a.openings())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		changed, came, gone, err := s.Refresh(r.ctx, population.KeyOf(a.keys), from)
		if err != nil {
			return err
		}
		if c.Rebuild {
			if err := s.Rebuild(r.ctx, "maru benefit population refresh", a.clock.Now()); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(r.stdout, "%d households changed, %d came, %d are gone\n", changed, came, gone)
		return err
	})
}

// inside opens the installation for a command.
func inside(r *run, cfg Config, do func(a *App) error) error {
	a, err := Open(r.ctx, cfg, clock.System(), cfg.logger())
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// lawOfPack is the law of a pack's folder, or of the pack inside the program,
// with the pack's hash.
func lawOfPack(cfg Config) (*rule.Law, string, error) {
	p, _, err := catalog.LoadPack(packFS(cfg))
	if err != nil {
		return nil, "", err
	}
	return lawOf(p)
}

func lawOf(p *catalog.Pack) (*rule.Law, string, error) {
	e, err := benefit.NewEngine(benefitsOf(p))
	if err != nil {
		return nil, "", err
	}
	return e.Law(), p.Hash, nil
}

// law is the active law of the installation.
func (a *App) law() (*rule.Law, string, error) { return lawOf(a.catalog.Active()) }

// openings records openings of populations in the audit log.
func (a *App) openings() openings { return openings{a.db, a.clock} }

// openings is population.Recorder over the audit log.
type openings struct {
	db    *store.DB
	clock clock.Clock
}

// RecordOpening writes an opening down so that it lasts.
func (o openings) RecordOpening(ctx context.Context, p population.Opening) error {
	return o.record(ctx, "benefit.open_population", "population:"+p.File, p.Access, map[string]any{"persons": p.Persons, "households": p.Households, "file": filepath.Base(p.Path)})
}

func (o openings) record(ctx context.Context, act, object string, a population.Access, detail map[string]any) error {
	all := map[string]any{"purpose": a.Purpose, "role": a.Role}
	for k, v := range detail {
		all[k] = v
	}
	return o.db.Update(ctx, func(tx *store.Tx) error {
		return audit.Append(tx, o.clock.Now(), audit.Entry{Actor: authz.Actor{System: "benefit"}, Act: act, Object: object, Purpose: "benefit.purpose.population", Basis: a.Basis, Detail: all})
	})
}

// households are the registers as lists of everybody; an error where none are
// connected that can be listed.
func (a *App) households() (population.Registers, error) {
	if a.registry == nil {
		return nil, kernel.E(kernel.Unavailable, "app.no_household_registers", nil)
	}
	return listed{a.registry, a.registry.World().IDs()}, nil
}

// householdRegister is what a list of households needs of registers.
type householdRegister interface {
	Facts(ctx context.Context, person string, facts []string) (map[string]mycontract.Fact, error)
	Household(ctx context.Context, person string) ([]mycontract.Member, error)
}

// listed lists the households of all whom a register knows by id.
type listed struct {
	register householdRegister
	people   []string
}

// Households goes through the people in their order; a household stands where
// the first of its members does.
func (l listed) Households(ctx context.Context, person, household []string, each func(population.Home) error) error {
	seen := make(map[string]bool, len(l.people))
	for _, id := range l.people {
		if seen[id] {
			continue
		}
		members, err := l.register.Household(ctx, id)
		if err != nil {
			return err
		}
		var home population.Home
		for _, m := range members {
			seen[m.Person] = true
			facts, err := l.facts(ctx, m.Person, person)
			if err != nil {
				return err
			}
			home.Members = append(home.Members, population.Resident{ID: m.Person, Facts: facts})
		}
		if len(members) == 0 {
			continue
		}
		if home.Facts, err = l.facts(ctx, members[0].Person, household); err != nil {
			return err
		}
		if err := each(home); err != nil {
			return err
		}
	}
	return nil
}

func (l listed) facts(ctx context.Context, id string, names []string) (map[string]kernel.Value, error) {
	facts, err := l.register.Facts(ctx, id, names)
	if err != nil {
		return nil, err
	}
	out := make(map[string]kernel.Value, len(facts))
	for name, f := range facts {
		out[name] = f.Value
	}
	return out, nil
}

// dayOr reads a day; an empty text is that of a time in Korea.
func dayOr(text string, now kernel.Time) (kernel.Date, error) {
	if text == "" {
		return now.DateIn(kernel.Seoul), nil
	}
	return kernel.ParseDate(text)
}
