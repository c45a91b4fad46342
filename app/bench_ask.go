package app

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"maru/domain/agency"
	"maru/domain/ask"
	"maru/domain/benefit"
	"maru/domain/catalog"
	"maru/platform/clock"
)

type askBenchCmd struct {
	Lines   string `help:"Sentences to measure with, one a line: language, service, sentence, between tabs. Default: a third of the pack's, held out." type:"existingfile" placeholder:"FILE"`
	Welfare string `help:"Table of questions on welfare programmes (Question, Answer, Documents; .gz or not), to measure a larger catalogue with. Left out when absent." placeholder:"FILE"`
	Attacks string `help:"Attacks on a language model, one a line: category, language, prompt, what a model that obeys would say, between tabs. Run against a model that obeys." type:"existingfile" placeholder:"FILE"`
	Profile string `help:"tiny (words and letters) or standard (and word vectors)." enum:"tiny,standard" default:"standard"`
	Scale   int    `help:"Services of a made-up catalogue of 30 sentences each, to measure speed and memory with." placeholder:"N"`
	Pack    string `help:"Folder of a pack; the one inside the program if absent." type:"existingdir" placeholder:"DIR"`
	JSON    bool   `help:"Print JSON." name:"json"`
}

// Run measures ask.
func (c *askBenchCmd) Run(r *run) error {
	p, _, err := catalog.LoadPack(packFS(Config{Pack: c.Pack}))
	if err != nil {
		return err
	}
	b := ask.Benching{Tiny: c.Profile == "tiny", Services: c.Scale, Sentences: 30}
	directory := agency.NewDirectory(p.Agencies)
	b.Places = askPlaces{func() *agency.Directory { return directory }, clock.System()}
	engine, err := benefit.NewEngine(benefitsOf(p))
	if err != nil {
		return err
	}
	if b.Vectors, err = ask.Vectors(""); err != nil {
		return err
	}
	b.Rules = askRules{func() (*benefit.Engine, error) { return engine, nil }}
	if c.Lines != "" {
		if err := reading(c.Lines, func(in io.Reader) error { b.Lines, err = ask.ReadLines(in); return err }); err != nil {
			return err
		}
	}
	if c.Welfare != "" {
		err := reading(c.Welfare, func(in io.Reader) error { b.Welfare, err = ask.ReadTopics(in); return err })
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(r.stderr, "maru: %s is absent: welfare programmes are left out\n", c.Welfare)
		} else if err != nil {
			return err
		}
	}
	if c.Attacks != "" {
		if err := reading(c.Attacks, func(in io.Reader) error { b.Attacks, err = ask.ReadAttacks(in); return err }); err != nil {
			return err
		}
	}
	report, err := ask.Bench(searchable(p), b)
	if err != nil {
		return err
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		report.Load = strings.Join(strings.Fields(string(load))[:3], " ")
	}
	if c.JSON {
		return report.WriteJSON(r.stdout)
	}
	return report.Write(r.stdout)
}

// reading opens a file, packed with gzip where its name says so.
func reading(name string, fn func(io.Reader) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if !strings.HasSuffix(name, ".gz") {
		return fn(f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	return fn(z)
}
