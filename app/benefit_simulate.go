package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"maru/domain/agency/contract"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/simulate"
	"maru/domain/catalog"
	"maru/kernel"
	"maru/platform/clock"
)

// simulation is the what-if page's service.
func (a *App) simulation() *simulate.Service {
	return simulate.New(simulate.Deps{DB: a.db, Clock: a.clock, Texts: a.texts, Catalog: benefitPack{a.catalog}, Places: regionNames{a.catalog},
		Dir: filepath.Join(a.cfg.Data, "simulate")})
}

// regionNames is simulate's view of the pack's regions.
type regionNames struct{ catalog *catalog.Service }

func (r regionNames) RegionNames() map[string]kernel.Text {
	return namesOfRegions(r.catalog.Active().Agencies.Provinces)
}

// namesOfRegions are the names of provinces and districts by code, those of
// earlier codes included; a district's has its city's before it.
func namesOfRegions(provinces []contract.Province) map[string]kernel.Text {
	out := map[string]kernel.Text{}
	for _, p := range provinces {
		for _, r := range p.Regions {
			name := kernel.Text{KO: r.KO, EN: r.EN}
			if city, ok := out[string(r.City)]; ok && r.City != "" {
				name = kernel.Text{KO: city.KO + " " + r.KO, EN: r.EN + ", " + city.EN}
			}
			out[string(r.Code)] = name
		}
		for _, r := range p.Regions {
			n := out[string(r.Code)]
			out[string(r.Code)] = kernel.Text{KO: p.Name.KO + " " + n.KO, EN: n.EN + ", " + p.Name.EN}
		}
		for _, f := range p.Former {
			out[string(f.Code)] = f.Name
		}
		out[string(p.Code)] = p.Name
	}
	return out
}

type benefitSimulateCmd struct {
	Config      `embed:""`
	worldFlag   `embed:""`
	accessFlags `embed:""`

	Overlay    string   `help:"The change of the law as YAML (docs/simulation.md); - reads the standard input." placeholder:"FILE"`
	Set        []string `sep:"none" help:"A parameter and its new value; may be given several times." placeholder:"PARAM=VALUE"`
	Population string   `help:"Population to compute over. Without it people are made up." type:"existingfile" placeholder:"FILE"`
	Persons    int      `default:"100000" help:"How many people are made up."`
	Marginals  string   `help:"CSV of residents by region, sex and age band for the made-up people; made-up shares if absent." type:"existingfile" placeholder:"FILE"`
	Seed       uint64   `default:"1" help:"Seed of the made-up people: the same seed gives the same people."`
	Missing    float64  `default:"0" help:"Share of the made-up people's facts that nobody knows, 0 to 1."`
	Date       string   `help:"Day of the law, YYYY-MM-DD. Default: today." placeholder:"DATE"`
	By         []string `default:"region,age,decile,size" help:"Tables: region or district, age, decile, size."`
	MinCell    int64    `name:"min-cell" default:"10" help:"The least count that is shown; smaller ones are hidden. Of real people 3 at least."`
	Workers    int      `default:"2" help:"How many blocks of people are computed at once."`
	Lang       string   `default:"ko" enum:"ko,en" help:"Language of the texts."`
	JSON       bool     `name:"json" help:"The result as JSON."`
	CSV        string   `name:"csv" help:"Also write the table to simulation.csv in this folder." type:"existingdir" placeholder:"DIR"`
	SVG        string   `name:"svg" help:"Also write the drawings to this folder." type:"existingdir" placeholder:"DIR"`
}

// leastOfPeople is how small a threshold may be over real people.
const leastOfPeople = 3

// Run compares both laws and prints what comes of it. Populations of real people
// are opened inside the installation, whose audit log records it; those of made-up
// people need none.
func (c *benefitSimulateCmd) Run(r *run) error {
	if c.MinCell < 1 {
		return fmt.Errorf("--min-cell is 1 or more, not %d", c.MinCell)
	}
	on := clock.System().Now().DateIn(kernel.Seoul)
	if c.Date != "" {
		var err error
		if on, err = kernel.ParseDate(c.Date); err != nil {
			return err
		}
	}
	p, _, err := catalog.LoadPack(packFS(c.Config))
	if err != nil {
		return err
	}
	law := benefitsOf(p)
	texts, err := loadTexts()
	if err != nil {
		return err
	}
	overlay, err := c.overlay(law.Source, on)
	if err != nil {
		return err
	}
	base, err := simulate.NewBase(law.Source)
	if err != nil {
		return err
	}
	pair, problems := base.With(overlay, on)
	if pair == nil {
		return inLines(c.Overlay, problems)
	}
	result, err := c.over(r, pair)
	if err != nil {
		return err
	}
	words := &simulate.Words{Texts: texts, Lang: kernel.ParseLang(c.Lang), Titles: law.Titles, Regions: namesOfRegions(p.Agencies.Provinces)}
	words.Titled(overlay)
	return c.write(r.stdout, words, result)
}

// overlay is the file's with what was set beside it.
func (c *benefitSimulateCmd) overlay(s rule.Source, on kernel.Date) (simulate.Overlay, error) {
	var o simulate.Overlay
	if c.Overlay == "" && len(c.Set) == 0 {
		return o, errors.New("nothing changes: name a file with --overlay, or a parameter with --set")
	}
	if c.Overlay != "" {
		text, err := readInput(c.Overlay)
		if err != nil {
			return o, err
		}
		var problems []simulate.Problem
		if o, problems = simulate.Decode(text); len(problems) > 0 {
			return o, inLines(c.Overlay, problems)
		}
	}
	for _, set := range c.Set {
		if err := o.Set(s, set, on); err != nil {
			return o, fmt.Errorf("--set %w", err)
		}
	}
	return o, nil
}

// inLines tells what is wrong with a file, line by line.
func inLines(file string, problems []simulate.Problem) error {
	lines := make([]string, len(problems))
	for i, p := range problems {
		where := file
		if where == "" {
			where = "--set"
		}
		if p.Line > 0 {
			where += ":" + strconv.Itoa(p.Line)
		}
		lines[i] = where + ": " + p.Message
	}
	return errors.New(strings.Join(lines, "\n"))
}

// over compares over the named population, or over people made up for it.
func (c *benefitSimulateCmd) over(r *run, pair *simulate.Pair) (out *simulate.Result, err error) {
	path := c.Population
	if path == "" {
		dir, err := os.MkdirTemp("", "maru-simulate-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		path = filepath.Join(dir, "people")
		if err := c.makeUp(r.ctx, pair, path); err != nil {
			return nil, err
		}
	}
	origin, _, _, err := population.Describe(path)
	if err != nil {
		return nil, err
	}
	if access, madeUp := origin.MadeUp(); madeUp {
		if c.Basis != "" {
			access = c.access()
		}
		return c.compare(r.ctx, pair, path, access, origin, population.Nobody{}, func() error { return nil })
	}
	if c.MinCell < leastOfPeople {
		return nil, fmt.Errorf("over real people --min-cell is %d or more", leastOfPeople)
	}
	c.demo = c.Try
	err = inside(r, c.Config, func(a *App) error {
		level := func() error { return a.simulate.Level(r.ctx, pair, c.By, c.MinCell) }
		out, err = c.compare(r.ctx, pair, path, c.access(), origin, a.openings(), level)
		return err
	})
	return out, err
}

// compare decides over the people of a file, once level allows it.
func (c *benefitSimulateCmd) compare(ctx context.Context, pair *simulate.Pair, path string, access population.Access, origin population.Origin, recorder population.Recorder, level func() error) (out *simulate.Result, err error) {
	people, done, err := simulate.OpenPeople(ctx, path, pair, access, recorder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	profile, err := simulate.NewProfile(pair.Base.Law(), people.Before, pair.Date, c.By)
	if err != nil {
		return nil, err
	}
	if err := level(); err != nil {
		return nil, err
	}
	_, madeUp := origin.MadeUp()
	return pair.Publish(ctx, people, profile, c.Workers, c.MinCell, origin.Source, madeUp)
}

func (c *benefitSimulateCmd) makeUp(ctx context.Context, pair *simulate.Pair, path string) error {
	table, err := population.MarginalsOf(c.Marginals)
	if err != nil {
		return err
	}
	o := simulate.SampleOptions{Persons: c.Persons, Seed: c.Seed, On: pair.Date, Missing: c.Missing, Marginals: table, Now: clock.System().Now()}
	return simulate.WriteSample(ctx, pair.Base.Law(), path, o, c.Workers)
}

func (c *benefitSimulateCmd) write(w io.Writer, words *simulate.Words, result *simulate.Result) (err error) {
	if c.CSV != "" {
		f, err := os.Create(filepath.Join(c.CSV, "simulation.csv"))
		if err != nil {
			return err
		}
		if err := errors.Join(words.CSV(f, result, true), f.Close()); err != nil {
			return err
		}
	}
	if c.SVG != "" {
		for _, chart := range words.Charts(result) {
			if err := os.WriteFile(filepath.Join(c.SVG, chart.Name+".svg"), []byte(chart.SVG+"\n"), 0o666); err != nil {
				return err
			}
		}
	}
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(result)
	}
	return words.Print(w, result)
}
