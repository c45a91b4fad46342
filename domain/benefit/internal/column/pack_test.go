package column

import (
	"math/rand/v2"
	"testing"

	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/rule"
	"maru/kernel"
	"maru/pack"
)

// packLaw is the law of the pack.
func packLaw(t testing.TB) *rule.Law {
	t.Helper()
	law, problems := rule.Compile(ruletest.Pack(t, pack.KR()))
	if law == nil {
		t.Fatal(problems[0])
	}
	return law
}

// TestPack: the law of the pack decides as package closure does.
func TestPack(t *testing.T) {
	law := packLaw(t)
	households := 800
	if testing.Short() {
		households = 100
	}
	for i, missing := range []float64{0, 0.1, 0.4} {
		r := rand.New(rand.NewPCG(uint64(i), 8))
		for _, m := range []*memory{country(law, households, missing, r), populate(law, households, missing, r)} {
			for _, date := range []string{"2024-06-01", "2025-05-15", "2026-03-31", "2026-11-01", "2030-01-01"} {
				run := law.At(kernel.MustDate(date), kernel.Date{})
				agree(t, law, run, m, Options{Wanted: everything(law), Amounts: true, Workers: 2, blockPersons: 300})
			}
		}
	}
}

// country draws households as they are: an age, then what comes with it.
func country(law *rule.Law, n int, missing float64, r *rand.Rand) *memory {
	m := &memory{start: []uint32{0}}
	for range n {
		// 36 % alone, 29 % by two, 19 % by three, 13 % by four, the rest more.
		size := 1
		for x, share := r.Float64(), []float64{0.36, 0.65, 0.84, 0.97, 0.99}; size <= len(share) && x > share[size-1]; {
			size++
		}
		m.start = append(m.start, m.start[len(m.start)-1]+uint32(size))
	}
	column := func(f *rule.Fact, rows int, value func(i int) int64) ([]int64, []bool, []uint64) {
		v, k, w := make([]int64, rows), make([]bool, rows), make([]uint64, words(rows)+1)
		for i := range v {
			x := value(i)
			if missing > 0 && r.Float64() < missing {
				continue
			}
			v[i], k[i] = max(f.Lo, x), true
			w[i>>6] |= 1 << (i & 63)
		}
		return v, k, w
	}
	word := func(s string) int64 {
		w, _ := law.WordOf(s)
		return w
	}
	chance := func(p float64) bool { return r.Float64() < p }
	today := rule.DayOf(kernel.MustDate("2026-11-01"))
	ages, place := make([]int, m.Persons()), make([]int, m.Persons())
	for h := range n {
		for i := m.start[h]; i < m.start[h+1]; i++ {
			k := int(i - m.start[h])
			place[i] = k
			switch {
			case k < 2:
				ages[i] = 22 + r.IntN(70)
			case chance(0.1):
				ages[i] = min(100, ages[m.start[h]]+28)
			default:
				ages[i] = max(0, ages[m.start[h]]-26-r.IntN(14))
			}
		}
	}
	income := func(share float64, most int64) int64 {
		if !chance(share) {
			return 0
		}
		return r.Int64N(most) / 1000 * 1000
	}
	for _, f := range law.Persons {
		v, k, w := column(f, m.Persons(), func(i int) int64 {
			age := ages[i]
			switch f.ID {
			case "birth_date":
				return today - int64(age)*365 - r.Int64N(365)
			case "relation_to_head":
				switch {
				case place[i] == 0:
					return word("head")
				case place[i] == 1 && chance(0.75):
					return word("spouse")
				case age > ages[i-place[i]]:
					return word("parent")
				}
				return word("child")
			case "marital_status":
				if age > 28 && chance(0.6) {
					return word("married")
				}
				return word("single")
			case "nationality":
				if chance(0.03) {
					return word("foreigner")
				}
				return word("citizen")
			case "disability":
				if chance(0.95) {
					return word("none")
				}
				return word([]string{"mild", "severe"}[r.IntN(2)])
			case "student":
				if age >= 7 && age < 23 {
					return word([]string{"elementary", "elementary", "middle", "high", "university"}[min(4, (age-7)/3)])
				}
				return word("none")
			case "earned_income_month", "business_income_month", "other_income_month":
				if age < 18 {
					return 0
				}
				return income(0.4, 6_000_000)
			case "gross_income_year":
				return income(0.5, 60_000_000)
			case "employment":
				return word([]string{"employed", "employed", "self_employed", "unemployed", "inactive"}[r.IntN(5)])
			}
			if f.Type == rule.Bool {
				return truth(chance(0.03))
			}
			if f.Type == rule.Date {
				return today - r.Int64N(3000)
			}
			return value(law, f, r)
		})
		m.person, m.personK, m.personW = append(m.person, v), append(m.personK, k), append(m.personW, w)
	}
	for _, f := range law.Households {
		v, k, w := column(f, n, func(h int) int64 {
			switch f.ID {
			case "household_size":
				return int64(m.start[h+1] - m.start[h])
			case "property_general":
				return income(0.7, 600_000_000)
			case "property_financial", "debt":
				return income(0.7, 80_000_000)
			case "luxury_vehicle_value":
				return income(0.01, 50_000_000)
			case "rent_month":
				return income(0.3, 900_000)
			case "crisis":
				if chance(0.98) {
					return word("none")
				}
			case "receives":
				if chance(0.85) {
					return 0
				}
			case "recognised_income_month":
				return income(0.9, 8_000_000)
			}
			if f.Type == rule.Bool {
				return truth(chance(0.05))
			}
			return value(law, f, r)
		})
		// What authorities work out is known of few.
		if f.ID == "recognised_income_month" || f.ID == "region_class" || f.ID == "capital_area" || f.ID == "depopulation_area" {
			for h := range k {
				if chance(0.9) {
					v[h], k[h] = 0, false
					w[h>>6] &^= 1 << (h & 63)
				}
			}
		}
		m.house, m.houseK, m.houseW = append(m.house, v), append(m.houseK, k), append(m.houseW, w)
	}
	return m
}

// tiled is a population many times over, for measurements that one of its size
// would have no memory for.
type tiled struct {
	*memory
	times int
	start []uint32
}

func newTiled(m *memory, times int) *tiled {
	t := &tiled{memory: m, times: times, start: []uint32{0}}
	for k := range times {
		for _, s := range m.start[1:] {
			t.start = append(t.start, uint32(k*m.Persons())+s)
		}
	}
	return t
}

func (t *tiled) Households() int { return t.times * t.memory.Households() }
func (t *tiled) Persons() int    { return t.times * t.memory.Persons() }
func (t *tiled) Start() []uint32 { return t.start }

func (t *tiled) LoadPerson(slot, from, to int, out []int64, known []uint64) {
	t.load(t.memory.LoadPerson, t.memory.Persons(), slot, from, to, out, known)
}

func (t *tiled) LoadHousehold(slot, from, to int, out []int64, known []uint64) {
	t.load(t.memory.LoadHousehold, t.memory.Households(), slot, from, to, out, known)
}

// load reads within one copy; a block that reaches into the next reads the rows
// before the end instead, as measurements do not mind.
func (t *tiled) load(load func(slot, from, to int, out []int64, known []uint64), n, slot, from, to int, out []int64, known []uint64) {
	at := min(from%n, n-(to-from))
	load(slot, at, at+to-from, out, known)
}
