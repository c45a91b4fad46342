package app

// benchCmd measures.
type benchCmd struct {
	Casework caseworkBenchCmd `cmd:"" help:"Whole lives of cases over the JSON API: submit, assign, decide, find by number, find by a word."`
	Pages    pagesBenchCmd    `cmd:"" help:"Start of the try-out, its memory, and its pages at a steady rate, against their budgets."`
	Benefit  benefitBenchCmd  `cmd:"" help:"Benefits: one household, one person against thousands of programmes, a whole country."`
	Login    loginBenchCmd    `cmd:"" help:"Pages of others while wrong passwords arrive in a flood."`
	Audit    auditBenchCmd    `cmd:"" help:"The audit log: acts recorded and chained at the same time."`
	Exchange exchangeBenchCmd `cmd:"" help:"Bundles of data from four sources: signed, moved, stored and logged."`
	Ask      askBenchCmd      `cmd:"" help:"How well and how fast everyday sentences find their services."`
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
