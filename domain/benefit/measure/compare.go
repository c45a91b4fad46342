package measure

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/internal/reference"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// compare decides the first people by columns and by the reference evaluator.
// Both give one number for all verdicts and amounts; they must be the same.
func (b *bench) compare(law *rule.Law, rows *population.View) error {
	part := &firstRows{View: rows, households: rows.Households()}
	for part.households > 1 && int(rows.Start()[part.households]) > b.Check {
		part.households = part.households * 9 / 10
	}
	for part.households < rows.Households() && int(rows.Start()[part.households]) < b.Check {
		part.households++
	}
	sink := &sums{workers: make([]uint64, b.Workers)}
	engine, run := column.New(law), law.At(b.Day, kernel.Date{})
	if err := engine.Run(b.ctx, run, part, column.Options{Wanted: every(len(law.Programmes)), Amounts: true, Workers: b.Workers}, sink); err != nil {
		return err
	}
	slow, err := b.slowly(law, rows, part.households)
	if err != nil {
		return err
	}
	var fast uint64
	for _, s := range sink.workers {
		fast += s
	}
	if fast != slow {
		return fmt.Errorf("measure: columns give %016x for the first %d people, the reference evaluator %016x", fast, part.Persons(), slow)
	}
	b.add(Line{Name: "people decided by the reference evaluator too, all alike", Value: float64(part.Persons()), Unit: "people", Note: fmt.Sprintf("checksum %016x", fast)})
	return nil
}

// slowly adds up the marks of the first households by the reference evaluator.
func (b *bench) slowly(law *rule.Law, rows *population.View, households int) (uint64, error) {
	var next atomic.Int64
	marks, failed := make([]uint64, b.Workers), make([]error, b.Workers)
	var all sync.WaitGroup
	for worker := range b.Workers {
		all.Go(func() {
			h := population.NewHousehold(law)
			for i := int(next.Add(1)) - 1; i < households && failed[worker] == nil && b.ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				rows.Household(i, h)
				var one uint64
				one, failed[worker] = marksOf(law, h, i, int(rows.Start()[i]), b.Day)
				marks[worker] += one
			}
		})
	}
	all.Wait()
	var sum uint64
	for _, m := range marks {
		sum += m
	}
	return sum, errors.Join(append(failed, b.ctx.Err())...)
}

// marksOf is the sum of one household's marks.
func marksOf(law *rule.Law, h *population.Household, household, first int, day kernel.Date) (sum uint64, err error) {
	all, err := reference.All(law, situationOf(law, h, day))
	if err != nil {
		return 0, err
	}
	for k, p := range law.Programmes {
		r := all[p.ID]
		if !p.Person {
			sum += mark(k, household, r.Verdict)
			continue
		}
		for m := range h.Frame.Members {
			sum += mark(k, first+m, r.Members[m])
		}
	}
	return sum, nil
}

// firstRows is the beginning of a population.
type firstRows struct {
	*population.View
	households int
}

func (f *firstRows) Households() int { return f.households }
func (f *firstRows) Persons() int    { return int(f.View.Start()[f.households]) }
func (f *firstRows) Start() []uint32 { return f.View.Start()[:f.households+1] }

// mark is a number for one verdict; all are added up, so their order is free.
func mark(programme, row int, v situation.Verdict) uint64 {
	amount := int64(-1)
	if v.Amount != nil {
		amount = *v.Amount
	}
	return markOf(programme, row, int(v.Eligible), amount)
}

func markOf(programme, row, eligible int, amount int64) uint64 {
	x := uint64(programme)*0x9e3779b97f4a7c15 ^ uint64(row)*0xbf58476d1ce4e5b9 ^ uint64(eligible+2)*0x94d049bb133111eb ^ uint64(amount)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// sums is the sink that adds up marks.
type sums struct{ workers []uint64 }

// Take adds one result.
func (s *sums) Take(worker int, r *column.Result) {
	for i := range r.Rows {
		w, bit := i/64, uint64(1)<<(i%64)
		eligible, amount := int(situation.No), int64(0)
		switch {
		case r.Entitled[w]&bit != 0:
			eligible = int(situation.Yes)
			if r.Amount == nil || r.AmountKnown != nil && r.AmountKnown[w]&bit == 0 {
				amount = -1
			} else {
				amount = r.Amount[i]
			}
		case r.Unknown(w)&bit != 0:
			eligible, amount = int(situation.Unknown), -1
		}
		s.workers[worker] += markOf(r.Wanted, r.First+i, eligible, amount)
	}
}

func memberID(m int) string { return fmt.Sprintf("p%d", m+1) }

func situationsOf(law *rule.Law, list []*population.Household, day kernel.Date) []situation.Situation {
	out := make([]situation.Situation, len(list))
	for i, h := range list {
		out[i] = situationOf(law, h, day)
	}
	return out
}

// situationOf writes a household of numbers out by names.
func situationOf(law *rule.Law, h *population.Household, day kernel.Date) situation.Situation {
	f := h.Frame
	s := situation.Situation{Date: day, Household: map[string]kernel.Value{}}
	for _, fact := range law.Households {
		if f.HouseholdKnown>>fact.Slot&1 != 0 {
			s.Household[fact.ID] = valueOf(law, fact, f.Household[fact.Slot])
		}
	}
	for m := range f.Members {
		facts := map[string]kernel.Value{}
		for _, fact := range law.Persons {
			if f.PersonKnown[m]>>fact.Slot&1 != 0 {
				facts[fact.ID] = valueOf(law, fact, f.Person[m*f.Stride+fact.Slot])
			}
		}
		s.Members = append(s.Members, situation.Member{ID: memberID(m), Facts: facts})
	}
	return s
}

func valueOf(law *rule.Law, fact *rule.Fact, n int64) kernel.Value {
	switch fact.Type {
	case rule.Bool:
		return kernel.BoolOf(n != 0)
	case rule.Date:
		return kernel.DateValueOf(rule.DateOf(n))
	case rule.Word:
		return kernel.TextOf(law.Word(n))
	case rule.Code:
		return kernel.TextOf(fmt.Sprintf("%05d", n))
	case rule.Set:
		var ids []string
		for mask := uint64(n); mask != 0; mask &= mask - 1 {
			ids = append(ids, law.SetBits()[bits.TrailingZeros64(mask)])
		}
		slices.Sort(ids)
		return kernel.SetOf(ids...)
	}
	return kernel.IntOf(n)
}
