package population

// home fills in the household's facts, after those of its members.
func (m *Maker) home() {
	s, r, f := &m.household, &m.r, m.h.Frame
	put := func(slot int, v int64) {
		if slot >= 0 {
			f.SetHousehold(slot, v)
		}
	}
	word := func(w *wordSlot, choice int) {
		if w.slot >= 0 && w.words[choice] >= 0 {
			f.SetHousehold(w.slot, w.words[choice])
		}
	}
	put(s.size, int64(m.n))
	wealth := float64(m.gross) / float64(m.s.median(m.n))
	head := &m.people[0]

	const owner, jeonse, monthly, free = 0, 1, 2, 3
	owns := .30 + .14*min(float64(m.n-1), 2) + .1*min(wealth-1, 1)
	if head.age >= 60 {
		owns += .18
	}
	if m.kind.rural {
		owns += .1
	}
	tenure := r.pick(owns, (1-owns)*.36, (1-owns)*.53)
	if owns > .95 {
		tenure = owner
	}
	word(&s.tenure, tenure)
	var rent, deposit, general float64
	level := .6 + .4*min(wealth, 3)
	switch tenure {
	case owner:
		general = r.lognormal(190_000_000*m.kind.price*level, .7)
	case jeonse:
		deposit = r.lognormal(105_000_000*m.kind.price*level, .55)
	case monthly:
		deposit = r.lognormal(8_000_000*m.kind.price, .8)
		rent = r.lognormal(270_000*(.5+.5*m.kind.price), .4)
	}
	rent, deposit = float64(won(rent)/10_000*10_000), float64(won(deposit)/100_000*100_000)
	general += deposit
	if r.chance(.12) {
		general += r.lognormal(40_000_000, 1)
	}
	financial := r.lognormal(14_000_000*level, 1.2)
	debt := 0.
	if r.chance(.5) {
		debt = r.lognormal(35_000_000*level, 1.1)
	}
	put(s.rent, won(rent))
	put(s.deposit, won(deposit))
	put(s.general, won(general))
	put(s.financial, won(financial))
	put(s.debt, won(debt))
	vehicle := int64(0)
	if r.chance(.006) {
		vehicle = 42_000_000 + r.below(120_000_000)
	}
	put(s.vehicle, vehicle)
	single := m.singleParent()
	put(s.singleParent, flag(single))
	crisis := 0
	if r.chance(.008) {
		crisis = 1 + r.pick(.45, .30, .08, .05)
	}
	word(&s.crisis, crisis)
	if head.age >= 19 && head.age < 40 {
		put(s.parentsPct, int64(min(r.lognormal(110, .5), 2000)))
	}
	m.family(put, tenure == owner)
	m.computed(put, word)
	m.payments(put, wealth, general+financial-debt, single)
}

// family fills in what kind of family it is.
func (m *Maker) family(put func(int, int64), owns bool) {
	s, r := &m.household, &m.r
	var of [asOther + 1]int
	minors := 0
	for at := range m.n {
		p := &m.people[at]
		of[p.role]++
		minors += int(flag(p.role == asChild && p.age < 19))
	}
	put(s.multicultural, flag(m.n > 1 && r.chance(.028)))
	put(s.defector, flag(r.chance(.0007)))
	put(s.grandparents, flag(of[asGrandchild] > 0 && of[asChild] == 0))
	put(s.extended, flag(of[asChild] > 0 && of[asParent] > 0 || of[asGrandchild] > 0 && of[asChild] > 0))
	put(s.manyChildren, flag(minors >= 2))
	put(s.noHome, flag(!owns && r.chance(.88)))
}

func (m *Maker) singleParent() bool {
	if m.n < 2 || m.people[1].role != asChild {
		return false
	}
	for at := 1; at < m.n; at++ {
		if p := &m.people[at]; p.role == asChild && p.age < 18 {
			return true
		}
	}
	return false
}

// computed gives a few households what rules work out from the region, as an
// authority may have stated it. For all others it is left to the rules.
func (m *Maker) computed(put func(int, int64), word func(*wordSlot, int)) {
	s := &m.household
	if !m.r.chance(.03) {
		return
	}
	province := m.code / 1000
	switch {
	case province == 11:
		word(&s.class, 0)
		put(s.depopulation, 0)
	case province == 41:
		word(&s.class, 1)
	case province >= 26 && province <= 36:
		word(&s.class, 2)
	case m.code/10 != 4812:
		word(&s.class, 3)
	}
	put(s.capital, flag(province == 11 || province == 28 || province == 41))
}

// payments fills in what the household receives, by what it has, with chance: no
// rule is asked. Where it lives on basic livelihood, the authority's figure of
// its income is known.
func (m *Maker) payments(put func(int, int64), wealth, net float64, single bool) {
	r := &m.r
	var mask int64
	give := func(id string, yes bool) {
		if bit, ok := m.bits[id]; ok && yes {
			mask |= 1 << bit
		}
	}
	seniors, worker := false, false
	for at := range m.n {
		seniors = seniors || m.people[at].age >= 65
		worker = worker || m.people[at].wage > 0
	}
	u := r.share()
	poor := net < 80_000_000
	livelihood := poor && wealth < .30 && u < .75
	medical := livelihood || poor && wealth < .40 && u < .5
	housing := livelihood || poor && wealth < .48 && u < .6
	give("livelihood-benefit", livelihood)
	give("medical-benefit", medical)
	give("housing-benefit", housing)
	give("education-benefit", poor && wealth < .5 && u < .6 && m.n > 2)
	give("basic-pension", seniors && wealth < 1.1 && r.chance(.85))
	give("earned-income-credit", worker && wealth < .7 && net < 170_000_000 && r.chance(.5))
	give("single-parent-support", single && wealth < .6 && r.chance(.6))
	give("learning-card", r.chance(.035))
	give("disaster-relief-fund", r.chance(.004))
	give("unemployment-benefit", r.chance(.01))
	put(m.household.receives, mask)
	if livelihood || medical || housing {
		put(m.household.recognised, won(float64(m.s.median(m.n))*wealth*(.7+.3*r.share())))
	}
}
