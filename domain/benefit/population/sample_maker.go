package population

import (
	"math"
	"strconv"

	"maru/domain/benefit/rule"
)

// Maker makes a sample's households, one goroutine's at a time.
type Maker struct {
	s     *Sample
	names *Pseudonyms
	text  []byte
	plain bool // facts only: no pseudonyms, nothing missing

	person    personSlots
	household householdSlots
	bits      map[string]int

	// of the household being made
	h      *Household
	r      random
	code   int64
	kind   homeKind
	people [maxKin]someone
	n      int
	gross  int64 // won a month
}

// someone is a member being made.
type someone struct {
	kin
	born, age int64
	// order is the place among the siblings, from 1 on.
	order int64
	wage  int64 // won a month
}

// homeKind is what a region is like.
type homeKind struct {
	price float64 // of housing, 1 being a small city
	rural bool
}

// Maker is a maker of households.
func (s *Sample) Maker() (*Maker, error) {
	names, err := NewPseudonyms(s.options.Key)
	if err != nil {
		return nil, err
	}
	m := &Maker{s: s, names: names, bits: map[string]int{}}
	m.person.find(s.law)
	m.household.find(s.law)
	for bit, id := range s.law.SetBits() {
		m.bits[id] = bit
	}
	return m, nil
}

// Household makes household i of a region, by its place among Regions.
func (m *Maker) Household(region, i int, h *Household) {
	s := m.s
	code := s.regions[region].code
	kind := s.plans[region].at(shuffle(s.options.Seed, code, i, s.In(region)))
	m.h, m.r, m.code, m.n = h, stream(s.options.Seed, code, int64(i)), code, kind.size
	m.kind = kindOf(code)
	h.Frame.Reset(m.n)
	m.births(kind)
	// In one couple of five the woman is the head.
	if m.n > 1 && m.people[1].role == asSpouse && m.r.chance(.2) {
		m.people[0].kin, m.people[1].kin = m.people[1].kin, m.people[0].kin
		m.people[0].role, m.people[1].role = asHead, asSpouse
		m.people[0].born, m.people[1].born = m.people[1].born, m.people[0].born
		m.people[0].age, m.people[1].age = m.people[1].age, m.people[0].age
	}
	m.gross = 0
	since := m.moved()
	for at := range m.n {
		m.facts(at, since)
	}
	m.home()
	h.IDs = h.IDs[:0]
	if m.plain {
		return
	}
	for at := range m.n {
		m.text = append(m.text[:0], "sample/"...)
		m.text = strconv.AppendUint(m.text, s.options.Seed, 10)
		m.text = append(m.text, '/')
		m.text = strconv.AppendInt(m.text, code, 10)
		m.text = append(m.text, '/')
		m.text = strconv.AppendInt(m.text, int64(i), 10)
		m.text = append(m.text, '/')
		m.text = strconv.AppendInt(m.text, int64(at), 10)
		h.IDs = append(h.IDs, m.names.Of(m.text))
	}
	if s.options.Missing > 0 {
		m.forget(i)
	}
}

// births gives everybody a day of birth, evenly within the age band; siblings of
// one band stand as far apart as it allows.
func (m *Maker) births(kind *run) {
	var kids [bands]float64
	for _, k := range kind.members[:m.n] {
		if k.role == asChild || k.role == asGrandchild {
			kids[k.band]++
		}
	}
	u, placed := m.r.share(), 0.
	for at := range m.n {
		p := &m.people[at]
		*p = someone{kin: kind.members[at]}
		x := m.r.share()
		if kids[p.band] > 1 && (p.role == asChild || p.role == asGrandchild) {
			x = u + placed/kids[p.band]
			x -= math.Floor(x)
			placed++
		}
		span := m.s.bornOn[p.band]
		p.born = span[0] + int64(x*float64(span[1]-span[0]+1))
		p.age = rule.Years(p.born, m.s.day)
	}
	for at := range m.n {
		p := &m.people[at]
		if p.role != asChild && p.role != asGrandchild {
			p.order = 1 + int64(m.r.pick(.42, .38, .14))
			continue
		}
		p.order = 1
		for other := range m.n {
			if q := &m.people[other]; q.role == p.role && (q.born < p.born || q.born == p.born && other < at) {
				p.order++
			}
		}
	}
}

// moved is the day on which the household came to its address.
func (m *Maker) moved() int64 {
	years := -7 * math.Log(1-m.r.share())
	if m.kind.rural {
		years *= 2
	}
	return m.s.day - int64(min(years, 70)*365)
}

// forget makes facts unknown. Its numbers are a stream of their own, so that
// what remains known is the same whatever is missing.
func (m *Maker) forget(i int) {
	r := stream(^m.s.options.Seed, m.code, int64(i))
	f, p := m.h.Frame, m.s.options.Missing
	for at := range m.n {
		for slot := range f.Stride {
			if r.chance(p) && (at > 0 || slot != m.person.relation) {
				f.PersonKnown[at] &^= 1 << slot
				f.Person[at*f.Stride+slot] = 0
			}
		}
	}
	for slot := range f.Household {
		if r.chance(p) {
			f.HouseholdKnown &^= 1 << slot
			f.Household[slot] = 0
		}
	}
}

// put fills in a fact of a member; a slot of -1 is a fact the law lacks.
func (m *Maker) put(at, slot int, v int64) {
	if slot >= 0 {
		m.h.Frame.SetPerson(at, slot, v)
	}
}

// word fills in a member of an enum, by its place in the slot's list.
func (m *Maker) word(at int, w *wordSlot, choice int) {
	if w.slot >= 0 && w.words[choice] >= 0 {
		m.h.Frame.SetPerson(at, w.slot, w.words[choice])
	}
}

// flag is a truth value as a number.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// won is an amount of whole won, within what a fact may hold.
func won(x float64) int64 { return int64(min(max(x, 0), 1e12)) }

// kindOf tells housing prices and country from town by the shape of a region's
// code: 11 is Seoul, 41 Gyeonggi, 26 to 36 the other large cities, and a third
// digit of 7 to 9 a county.
func kindOf(code int64) homeKind {
	province, county := code/1000, code/100%10 >= 7
	switch {
	case province == 11:
		return homeKind{price: 3.2}
	case county:
		return homeKind{price: .6, rural: true}
	case province == 41:
		return homeKind{price: 1.8}
	case province >= 26 && province <= 36:
		return homeKind{price: 1.3}
	}
	return homeKind{price: 1}
}
