package app

import (
	"os"

	"maru/domain/benefit/measure"
	"maru/domain/catalog"
	"maru/kernel"
)

// benchDay is the day for which benefits are measured.
var benchDay = kernel.MustDate("2026-10-15")

type benefitBenchCmd struct {
	measure.Options `embed:""`

	From string `name:"pack" help:"Folder of a pack; the one inside the program if absent." type:"existingdir" placeholder:"DIR"`
}

// Run measures benefit.
func (c *benefitBenchCmd) Run(r *run) error {
	p, _, err := catalog.LoadPack(packFS(Config{Pack: c.From}))
	if err != nil {
		return err
	}
	texts, err := loadTexts()
	if err != nil {
		return err
	}
	o := c.Options
	o.Pack, o.Provinces, o.Texts, o.Day = benefitsOf(p), p.Agencies.Provinces, texts, benchDay
	o.Load, o.Peak = loadAverage(), func() int64 { return usageOf(os.Getpid()).peak }
	return measure.Run(r.ctx, o, r.stdout)
}
