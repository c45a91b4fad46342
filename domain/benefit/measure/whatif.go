package measure

import (
	"fmt"
	"time"

	"maru/domain/benefit/population"
	"maru/domain/benefit/simulate"
)

// whatIf measures a simulation from the overlay to the published result: the
// standard pension raised, which other benefits read.
func (b *bench) whatIf(path string) error {
	base, err := simulate.NewBase(b.Pack.Source)
	if err != nil {
		return err
	}
	var o simulate.Overlay
	if err := o.Set(b.Pack.Source, "bp_standard=400000", b.Day); err != nil {
		return err
	}
	start := time.Now()
	pair, problems := base.With(o, b.Day)
	if pair == nil {
		return fmt.Errorf("measure: %s", problems[0].Message)
	}
	people, done, err := simulate.OpenPeople(b.ctx, path, pair, access, population.Nobody{})
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // it was only read
	profile, err := simulate.NewProfile(base.Law(), people.Before, b.Day, []string{simulate.ByRegion, simulate.ByAge, simulate.ByDecile, simulate.BySize})
	if err != nil {
		return err
	}
	result, err := pair.Publish(b.ctx, people, profile, b.Workers, 10, "bench", true)
	if err != nil {
		return err
	}
	b.add(Line{Name: fmt.Sprintf("what if: %d of %d programmes changed, %d people, by four dimensions", len(result.Changed), len(base.Law().Programmes), result.Persons),
		Value: time.Since(start).Seconds(), Unit: "s", Note: "from the overlay to the published tables"})
	return nil
}
