package column

import (
	"math/rand/v2"

	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/rule"
)

// memory is a population in plain slices.
type memory struct {
	start           []uint32
	person, house   [][]int64 // by slot
	personK, houseK [][]bool
	personW, houseW [][]uint64 // the same as bitmaps
}

func (m *memory) Households() int { return len(m.start) - 1 }
func (m *memory) Persons() int    { return int(m.start[len(m.start)-1]) }
func (m *memory) Start() []uint32 { return m.start }

func (m *memory) LoadPerson(slot, from, to int, out []int64, known []uint64) {
	copy(out, m.person[slot][from:to])
	slice(known, m.personW[slot], from, to-from)
}

func (m *memory) LoadHousehold(slot, from, to int, out []int64, known []uint64) {
	copy(out, m.house[slot][from:to])
	slice(known, m.houseW[slot], from, to-from)
}

// slice copies n bits from one on.
func slice(out, in []uint64, from, n int) {
	w, o := from>>6, from&63
	for i := range words(n) {
		x := in[w+i] >> o
		if o > 0 && w+i+1 < len(in) {
			x |= in[w+i+1] << (64 - o)
		}
		out[i] = x
	}
	if n&63 != 0 {
		out[words(n)-1] &= 1<<(n&63) - 1
	}
}

// populate draws n households; missing is the share of facts that are not known.
func populate(law *rule.Law, n int, missing float64, r *rand.Rand) *memory {
	m := &memory{start: []uint32{0}}
	for range n {
		size := 1 + int(6*r.Float64()*r.Float64())
		if n > 20 && r.IntN(300) == 0 {
			size = 1 + r.IntN(50)
		}
		m.start = append(m.start, m.start[len(m.start)-1]+uint32(size))
	}
	draw := func(f *rule.Fact, rows int) ([]int64, []bool, []uint64) {
		v, k, w := make([]int64, rows), make([]bool, rows), make([]uint64, words(rows)+1)
		none := missing > 0 && r.IntN(8) == 0
		whole := r.IntN(3) == 0
		for i := range v {
			if none || !whole && r.Float64() < missing {
				v[i] = int64(r.Uint64()) >> 1 // whatever stands there must not matter
				continue
			}
			k[i] = true
			w[i>>6] |= 1 << (i & 63)
			v[i] = value(law, f, r)
		}
		return v, k, w
	}
	for _, f := range law.Persons {
		v, k, w := draw(f, m.Persons())
		m.person, m.personK, m.personW = append(m.person, v), append(m.personK, k), append(m.personW, w)
	}
	for _, f := range law.Households {
		v, k, w := draw(f, m.Households())
		m.house, m.houseK, m.houseW = append(m.house, v), append(m.houseK, k), append(m.houseW, w)
	}
	return m
}

// money is drawn so that limits are met now and then.
var money = []int64{0, 0, 1, 100, 110, 300, 330, 1000, 200_000, 1_000_000, 2_564_238, 20_000_000, 100_000_000}

func value(law *rule.Law, f *rule.Fact, r *rand.Rand) int64 {
	switch f.Type {
	case rule.Bool:
		return int64(r.IntN(2))
	case rule.Date:
		if r.IntN(20) == 0 {
			return rule.InYear(1800+r.Int64N(1100), 228) + r.Int64N(3)
		}
		return -20000 + r.Int64N(41000)
	case rule.Word:
		w, _ := law.WordOf(f.Members[r.IntN(len(f.Members))])
		return w
	case rule.Code:
		return []int64{11110, 11740, 26110, 41135, 47170, 51830, 99999, 0}[r.IntN(8)]
	case rule.Set:
		if r.IntN(2) == 0 {
			return 0
		}
		return r.Int64() & (1<<len(law.SetBits()) - 1)
	}
	if f.Hi <= 100 {
		return max(f.Lo, r.Int64N(8))
	}
	return money[r.IntN(len(money))] + r.Int64N(3)
}

// fill makes household h a frame.
func (m *memory) fill(f *frame.Frame, h int) {
	from, to := int(m.start[h]), int(m.start[h+1])
	f.Reset(to - from)
	for slot := range m.person {
		for i := from; i < to; i++ {
			if m.personK[slot][i] {
				f.SetPerson(i-from, slot, m.person[slot][i])
			}
		}
	}
	for slot := range m.house {
		if m.houseK[slot][h] {
			f.SetHousehold(slot, m.house[slot][h])
		}
	}
}
