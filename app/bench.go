package app

// benchCmd measures.
type benchCmd struct {
	Casework caseworkBenchCmd `cmd:"" help:"Whole lives of cases over the JSON API: submit, assign, decide, find by number, find by a word."`
}

type caseworkBenchCmd struct {
	CaseworkBench `embed:""`
}

// Run measures casework.
func (c *caseworkBenchCmd) Run(r *run) error {
	return BenchCasework(r.ctx, c.CaseworkBench, r.stdout)
}
