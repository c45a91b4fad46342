package population

import (
	"fmt"
	"slices"

	"maru/domain/benefit/rule"
	"maru/kernel"
)

// SampleOptions say what sample population to make.
type SampleOptions struct {
	Seed uint64
	// On is the day on which people are as old as the marginals say.
	On kernel.Date
	// Persons is how many there shall be in all, 0 for as many as in the
	// marginals. Each cell gets its share, to the nearest person.
	Persons int
	// Missing is the probability with which any fact is unknown, 0 to 1.
	Missing float64
	// Marginals are who lives where; nil stands for MadeUp.
	Marginals *Marginals
	// Singles is the share of households of one person; 0 stands for 0.36.
	Singles float64
	// Median is what the middle of all persons' households shall earn, in won a
	// month, by household size from 1 on; larger households are counted like the
	// largest. Nil stands for figures near those published for 2026.
	Median []int64
	// Key is that of the pseudonyms, of at least 32 bytes; nil stands for one that
	// all samples share.
	Key []byte
}

// Sample is a made-up population. Each household depends on nothing but the
// options, its region and its number there. It serves any number of goroutines.
type Sample struct {
	law     *rule.Law
	options SampleOptions
	regions []region
	plans   []*plan
	// firsts are the numbers of each region's first household among all, and
	// the end.
	firsts  []int
	day     int64
	bornOn  [bands][2]int64 // first and last day of birth of an age band
	scale   float64         // of all incomes
	persons int
}

// NewSample plans a population. The error tells which option cannot be.
func NewSample(law *rule.Law, o SampleOptions) (*Sample, error) {
	if o.Marginals == nil {
		o.Marginals = MadeUp()
	}
	if o.Persons == 0 {
		o.Persons = o.Marginals.Persons()
	}
	if o.Singles == 0 {
		o.Singles = .36
	}
	if o.Median == nil {
		o.Median = []int64{2_560_000, 4_200_000, 5_360_000, 6_490_000, 7_560_000, 8_560_000, 9_520_000}
	}
	if o.Key == nil {
		o.Key = madeUpKey
	}
	switch {
	case o.On.IsZero():
		return nil, fmt.Errorf("population: a sample needs a day")
	case o.Persons < 1 || o.Persons > 100_000_000:
		return nil, fmt.Errorf("population: a sample has 1 to 100,000,000 persons, not %d", o.Persons)
	case !(o.Missing >= 0 && o.Missing <= 1):
		return nil, fmt.Errorf("population: %v is no probability", o.Missing)
	case !(o.Singles > 0 && o.Singles < 1):
		return nil, fmt.Errorf("population: %v is no share of households", o.Singles)
	case len(o.Median) == 0 || slices.Min(o.Median) < 1:
		return nil, fmt.Errorf("population: a median is above 0")
	}
	if _, err := NewPseudonyms(o.Key); err != nil {
		return nil, err
	}
	s := &Sample{law: law, options: o, day: rule.DayOf(o.On), persons: o.Persons, scale: 1}
	s.regions = slices.DeleteFunc(o.Marginals.scaled(o.Persons), func(r region) bool { return r.cells.sum() == 0 })
	s.plans = plans(s.regions, o.Singles)
	n := 0
	for _, p := range s.plans {
		s.firsts = append(s.firsts, n)
		n += p.households()
	}
	s.firsts = append(s.firsts, n)
	for b := range bands {
		s.bornOn[b] = [2]int64{rule.AddMonths(s.day, -60*int64(b+1)) + 1, rule.AddMonths(s.day, -60*int64(b))}
	}
	return s, s.scaleIncomes()
}

// Persons is how many there are.
func (s *Sample) Persons() int { return s.persons }

// Households is how many households there are.
func (s *Sample) Households() int { return s.firsts[len(s.firsts)-1] }

// Regions are the codes of the regions, in their order.
func (s *Sample) Regions() []int64 {
	var out []int64
	for _, r := range s.regions {
		out = append(out, r.code)
	}
	return out
}

// In is how many households a region has, by its place among Regions.
func (s *Sample) In(region int) int { return s.firsts[region+1] - s.firsts[region] }

// Source says what the sample rests on, for Origin.Source.
func (s *Sample) Source() string {
	return fmt.Sprintf("sample with seed %d: residents from %s; incomes, property and all else are synthetic", s.options.Seed, s.options.Marginals.Source)
}

// scaleIncomes sets the scale so that the middle of persons lives in a household
// that earns the median of its size.
func (s *Sample) scaleIncomes() error {
	m, err := s.Maker()
	if err != nil {
		return err
	}
	h := NewHousehold(s.law)
	m.plain = true
	var ratios []float64
	const tries = 20_000
	n := s.Households()
	for i := range min(tries, n) {
		at := i * n / min(tries, n)
		region := s.regionOf(at)
		m.Household(region, at-s.firsts[region], h)
		for range h.Frame.Members {
			ratios = append(ratios, float64(m.gross)/float64(s.median(h.Frame.Members)))
		}
	}
	slices.Sort(ratios)
	if middle := ratios[len(ratios)/2]; middle > 0 {
		s.scale = 1 / middle
	}
	return nil
}

func (s *Sample) median(size int) int64 {
	return s.options.Median[min(size, len(s.options.Median))-1]
}

// regionOf is the region of a household by its number among all.
func (s *Sample) regionOf(household int) int {
	at, found := slices.BinarySearch(s.firsts, household)
	if !found {
		return at - 1
	}
	for s.firsts[at+1] == household { // regions without households
		at++
	}
	return at
}
