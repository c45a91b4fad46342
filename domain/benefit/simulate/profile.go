package simulate

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"

	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/rule"
	"maru/kernel"
)

// The dimensions by which results are broken down.
const (
	ByRegion   = "region"   // the province of the head of the household
	ByDistrict = "district" // the city, county or district
	ByAge      = "age"      // the person's; of programmes of households the head's
	ByDecile   = "decile"   // of equivalised household income
	BySize     = "size"     // members of the household
)

// Dimensions are all of them.
var Dimensions = []string{ByRegion, ByDistrict, ByAge, ByDecile, BySize}

// unknownGroup is the key of those of whom the fact is not known.
const unknownGroup = "unknown"

// ages are the first years of the bands; each ends before the next.
var ages = []int{0, 6, 18, 35, 50, 65, 75}

const (
	deciles = 10
	sizes   = 6 // the last: so many and more
)

// Profile is in which group of each dimension everybody stands. It belongs to a
// population and a day.
type Profile struct {
	dims []dimension
}

// dimension is one way to group. Household has the group of each household;
// person is nil where a person stands in the household's.
type dimension struct {
	name      string
	keys      []string
	household []uint16
	person    []uint16
}

func (d *dimension) of(person int, household int) uint16 {
	if d.person != nil {
		return d.person[person]
	}
	return d.household[household]
}

// incomes are the facts that make up a household's income.
var incomes = []string{"earned_income_month", "business_income_month", "other_income_month"}

// NewProfile reads the groups of a population by the facts of a law.
//
// The income is that of all members, earned, from business and other, a month,
// over the square root of their number, as OECD statistics equivalise it. Where
// any of it is unknown the household stands in a group of its own. Deciles are of
// persons whose income is known: each holds a tenth of them, and all of one income
// stand together, where the middle one of them stands.
func NewProfile(law *rule.Law, rows column.Rows, on kernel.Date, by []string) (*Profile, error) {
	p := &Profile{}
	for i, name := range by {
		if slices.Contains(by[:i], name) {
			continue
		}
		d := dimension{name: name}
		var err error
		switch name {
		case ByRegion:
			err = d.regions(law, rows, 1000)
		case ByDistrict:
			err = d.regions(law, rows, 1)
		case ByAge:
			err = d.ages(law, rows, on)
		case ByDecile:
			err = d.deciles(law, rows)
		case BySize:
			d.bySize(rows)
		default:
			err = fmt.Errorf("simulate: no dimension %q", name)
		}
		if err != nil {
			return nil, err
		}
		p.dims = append(p.dims, d)
	}
	return p, nil
}

func (p *Profile) has(name string) bool {
	return slices.ContainsFunc(p.dims, func(d dimension) bool { return d.name == name })
}

// stretch is how many rows are read at once.
const stretch = 1 << 14

// persons reads a fact of all persons.
func persons(law *rule.Law, rows column.Rows, id string, each func(row int, v int64, known bool)) error {
	f := law.Fact(false, id)
	if f == nil {
		return fmt.Errorf("simulate: the facts have no %s", id)
	}
	out, bits := make([]int64, stretch), make([]uint64, stretch/64+1)
	for from := 0; from < rows.Persons(); from += stretch {
		to := min(rows.Persons(), from+stretch)
		rows.LoadPerson(f.Slot, from, to, out, bits)
		for i := range to - from {
			each(from+i, out[i], bits[i>>6]>>(i&63)&1 == 1)
		}
	}
	return nil
}

// regions groups by the first digits of the head's region.
func (d *dimension) regions(law *rule.Law, rows column.Rows, by int64) error {
	start := rows.Start()
	raw := make([]int32, rows.Households())
	h := 0
	err := persons(law, rows, "region", func(row int, v int64, known bool) {
		if h >= len(raw) || uint32(row) != start[h] {
			return
		}
		raw[h] = -1
		if known {
			raw[h] = int32(v / by)
		}
		h++
	})
	if err != nil {
		return err
	}
	codes := slices.Compact(slices.Sorted(slices.Values(raw)))
	if len(codes) > 0 && codes[0] == -1 { // the unknown come last
		codes = append(codes[1:], -1)
	}
	if len(codes) > math.MaxUint16 {
		return errors.New("simulate: more regions than there can be")
	}
	place := map[int32]uint16{}
	for i, c := range codes {
		place[c] = uint16(i)
		key := unknownGroup
		if c >= 0 {
			key = strconv.Itoa(int(c))
			if by == 1 {
				key = fmt.Sprintf("%05d", c)
			}
		}
		d.keys = append(d.keys, key)
	}
	d.household = make([]uint16, len(raw))
	for i, c := range raw {
		d.household[i] = place[c]
	}
	return nil
}

func (d *dimension) ages(law *rule.Law, rows column.Rows, on kernel.Date) error {
	for i, from := range ages {
		key := strconv.Itoa(from) + "-"
		if i+1 < len(ages) {
			key += strconv.Itoa(ages[i+1] - 1)
		}
		d.keys = append(d.keys, key)
	}
	d.keys = append(d.keys, unknownGroup)
	day := rule.DayOf(on)
	d.person = make([]uint16, rows.Persons())
	err := persons(law, rows, "birth_date", func(row int, v int64, known bool) {
		d.person[row] = uint16(len(ages))
		if !known {
			return
		}
		years := rule.Years(v, day)
		at := 0 // whoever is not born yet stands with the youngest
		for at+1 < len(ages) && years >= int64(ages[at+1]) {
			at++
		}
		d.person[row] = uint16(at)
	})
	if err != nil {
		return err
	}
	d.household = make([]uint16, rows.Households())
	for h, s := range rows.Start()[:rows.Households()] {
		d.household[h] = d.person[s]
	}
	return nil
}

func (d *dimension) bySize(rows column.Rows) {
	for i := range sizes {
		d.keys = append(d.keys, strconv.Itoa(i+1))
	}
	d.keys[sizes-1] += "-"
	start := rows.Start()
	d.household = make([]uint16, rows.Households())
	for h := range d.household {
		d.household[h] = uint16(min(sizes, int(start[h+1]-start[h])) - 1)
	}
}

func (d *dimension) deciles(law *rule.Law, rows column.Rows) error {
	for i := range deciles {
		d.keys = append(d.keys, strconv.Itoa(i+1))
	}
	d.keys = append(d.keys, unknownGroup)
	start, n := rows.Start(), rows.Households()
	sum := make([]int64, n)
	for _, id := range incomes {
		h := 0
		err := persons(law, rows, id, func(row int, v int64, known bool) {
			for uint32(row) >= start[h+1] {
				h++
			}
			switch {
			case sum[h] < 0:
			case !known || v < 0:
				sum[h] = -1
			default:
				sum[h] += v // 50 members of 10^11 won are far below 2^63
			}
		})
		if err != nil {
			return err
		}
	}
	type lot struct{ income, members int64 }
	var lots []lot
	weight := int64(0) // persons
	for h, s := range sum {
		if s < 0 {
			continue
		}
		members := int64(start[h+1] - start[h])
		sum[h] = int64(float64(s) / math.Sqrt(float64(members)))
		lots = append(lots, lot{sum[h], members})
		weight += members
	}
	slices.SortFunc(lots, func(a, b lot) int { return cmp.Compare(a.income, b.income) })
	// cut[k] is the income from which decile k+2 begins.
	var cut [deciles - 1]int64
	k, below := 0, int64(0)
	for i := 0; i < len(lots); {
		income, own := lots[i].income, int64(0)
		for ; i < len(lots) && lots[i].income == income; i++ {
			own += lots[i].members
		}
		for of := int((2*below + own) * deciles / (2 * weight)); k < of; k++ {
			cut[k] = income
		}
		below += own
	}
	for ; k < len(cut); k++ {
		cut[k] = math.MaxInt64
	}
	d.household = make([]uint16, n)
	for h, s := range sum {
		d.household[h] = deciles
		if s >= 0 {
			d.household[h] = uint16(sort.Search(len(cut), func(k int) bool { return s < cut[k] }))
		}
	}
	return nil
}
