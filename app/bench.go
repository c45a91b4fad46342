package app

import (
	"os"

	"maru/domain/ask"
	"maru/domain/catalog"
)

// benchCmd measures.
type benchCmd struct {
	Casework caseworkBenchCmd `cmd:"" help:"Whole lives of cases over the JSON API: submit, assign, decide, find by number, find by a word."`
	Pages    pagesBenchCmd    `cmd:"" help:"Start of the try-out, its memory, and its pages at a steady rate, against their budgets."`
	Benefit  benefitBenchCmd  `cmd:"" help:"Benefits: one household, one person against thousands of programmes, a whole country."`
	Login    loginBenchCmd    `cmd:"" help:"Pages of others while wrong passwords arrive in a flood."`
	Audit    auditBenchCmd    `cmd:"" help:"The audit log: acts recorded and chained at the same time."`
	Ask      askBenchCmd      `cmd:"" help:"How well and how fast everyday sentences find their services."`
}

type askBenchCmd struct {
	Lines string `help:"Sentences to measure with, one a line: language, service, sentence, between tabs. Default: every third one of the pack, held out." type:"existingfile" placeholder:"FILE"`
	Pack  string `help:"Folder of a pack; the one inside the program if absent." type:"existingdir" placeholder:"DIR"`
}

// Run measures ask.
func (c *askBenchCmd) Run(r *run) error {
	p, _, err := catalog.LoadPack(packFS(Config{Pack: c.Pack}))
	if err != nil {
		return err
	}
	var lines []ask.Line
	if c.Lines != "" {
		f, err := os.Open(c.Lines)
		if err != nil {
			return err
		}
		defer f.Close()
		if lines, err = ask.ReadLines(f); err != nil {
			return err
		}
	}
	return ask.Bench(r.stdout, searchable(p), lines)
}

type caseworkBenchCmd struct {
	CaseworkBench `embed:""`
}

// Run measures casework.
func (c *caseworkBenchCmd) Run(r *run) error {
	return BenchCasework(r.ctx, c.CaseworkBench, r.stdout)
}

type pagesBenchCmd struct {
	PagesBench `embed:""`
}

// Run measures the pages.
func (c *pagesBenchCmd) Run(r *run) error {
	return BenchPages(r.ctx, c.PagesBench, r.stdout)
}
