package measure

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/sweep"
)

// moved is the parameter that the changed law has otherwise; two programmes rest
// on it.
const moved = "single_parent_percent"

var movedProgrammes = []string{"culture-card", "single-parent-support"}

// sweeps decides the programmes of the pack for everybody and keeps the results:
// the first time, again with nothing changed, under a law that pays two programmes
// otherwise, and after changes in some households.
func (b *bench) sweeps(law *rule.Law, path string) error {
	results := filepath.Join(filepath.Dir(path), "results")
	once := func(law *rule.Law, hash, name string, then func(*population.Snapshot) error) (*sweep.Report, error) {
		snapshot, err := b.open(law, path)
		if err != nil {
			return nil, err
		}
		defer snapshot.Close() //nolint:errcheck // it was only read
		if then != nil {
			if err := then(snapshot); err != nil {
				return nil, err
			}
		}
		start := time.Now()
		r, err := sweep.Evaluate(b.ctx, snapshot.View(), sweep.Options{Law: law, LawHash: hash, Date: b.Day, Results: results, Workers: b.Workers})
		if err != nil {
			return nil, err
		}
		var n sweep.Counts
		computed := 0
		for _, p := range r.Programmes {
			n.Add(p.Counts)
			computed += p.Computed
		}
		note := fmt.Sprintf("%d of %d parts computed; newly entitled %d, lost %d, became unknown %d, other amount %d", computed, r.Blocks*len(r.Programmes), n.Newly, n.Lost, n.BecameUnknown, n.OtherAmount)
		if r.First {
			note = fmt.Sprintf("%.1f bytes a person on disk", float64(r.Bytes)/float64(r.Persons))
		}
		b.add(Line{Name: name, Value: time.Since(start).Seconds(), Unit: "s", Note: note})
		return r, nil
	}
	if _, err := once(law, "law", fmt.Sprintf("sweep of %d programmes of the pack, results kept", len(law.Programmes)), nil); err != nil {
		return err
	}
	if _, err := once(law, "law", "the sweep again, nothing changed", nil); err != nil {
		return err
	}
	other, err := b.otherLaw()
	if err != nil {
		return err
	}
	r, err := once(other, "other law", "the sweep again, one parameter of two programmes changed", nil)
	if err != nil {
		return err
	}
	for _, p := range r.Programmes {
		if (p.Why == sweep.WhyMeaning) != slices.Contains(movedProgrammes, p.ID) {
			return fmt.Errorf("measure: with another %s the programme %s was %q", moved, p.ID, p.Why)
		}
	}
	_, err = once(other, "other law", "the sweep again, incomes of a thousand people changed", b.raise)
	return err
}

// otherLaw is the pack's with one parameter changed.
func (b *bench) otherLaw() (*rule.Law, error) {
	src := b.Pack.Source
	src.Law.Parameters = slices.Clone(src.Law.Parameters)
	for i, p := range src.Law.Parameters {
		if p.ID != moved {
			continue
		}
		p.Values = slices.Clone(p.Values)
		for k, v := range p.Values {
			if won, ok := v.Value.(int); ok {
				p.Values[k].Value = won + won/10
			}
		}
		src.Law.Parameters[i] = p
	}
	law, problems := rule.Compile(src)
	if law == nil {
		return nil, fmt.Errorf("measure: %s", problems[0])
	}
	return law, nil
}

// raise changes incomes of people who stand together.
func (b *bench) raise(s *population.Snapshot) error {
	return s.Update(func(v *population.View) ([]population.Change, error) {
		var out []population.Change
		law := s.Law()
		slot := law.Fact(false, "earned_income_month").Slot
		persons := 0
		for i := 0; i < v.Households() && persons < 1000; i++ {
			h := population.NewHousehold(law)
			v.Household(i, h)
			for m := range h.Frame.Members {
				h.Frame.SetPerson(m, slot, 3_000_000)
			}
			persons += h.Frame.Members
			out = append(out, population.Change{Key: v.Key(i), Household: h})
		}
		return out, nil
	})
}
