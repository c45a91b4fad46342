package population

// Places in the lists of wordSlots.
const (
	wordEmployed     = 0
	wordSelfEmployed = 1
	wordUnemployed   = 2
	wordInactive     = 3
	wordFarmer       = 4

	wordNoSchool   = 0
	wordPreschool  = 1
	wordElementary = 2
	wordMiddle     = 3
	wordHigh       = 4
	wordUniversity = 5
)

// Rates by age band: of those who have work, of pregnancy among women, and of a
// disability. Plausible, not official.
var (
	workShare = [2][bands]float64{
		{3: .07, .40, .70, .87, .91, .92, .92, .90, .86, .76, .58, .42, .30, .20, .08},
		{3: .08, .46, .73, .72, .66, .66, .68, .69, .63, .55, .40, .30, .18, .10, .03},
	}
	pregnantShare = [bands]float64{4: .006, .024, .065, .038, .006}
	disabledShare = [bands]float64{.004, .009, .010, .011, .012, .012, .013, .016, .021, .027, .036, .048, .065, .085, .115, .15, .20, .23, .25, .25, .25}
	careShare     = [bands]float64{13: .015, .035, .08, .17, .30, .42, .5, .5}
)

// facts fills in what a member is.
func (m *Maker) facts(at int, since int64) {
	s, p, r := &m.person, &m.people[at], &m.r
	day := m.s.day
	m.put(at, s.birth, p.born)
	m.word(at, &s.sex, int(p.sex))
	m.word(at, &s.nationality, r.pick(.992, .002, .006))
	m.put(at, s.residentSince, max(since, p.born))
	m.put(at, s.region, m.code)
	m.word(at, &s.relationTo, int(p.role))
	m.word(at, &s.marital, m.maritalStatus(at))
	m.put(at, s.order, p.order)
	pregnant := m.pregnant(at)
	m.put(at, s.pregnant, flag(pregnant))
	m.put(at, s.fetuses, 0)
	if pregnant {
		m.put(at, s.due, day+1+r.below(245))
		m.put(at, s.fetuses, 1+flag(r.chance(.027)))
	}
	disability := 0
	if r.chance(disabledShare[p.band]) {
		disability = 1 + r.pick(.63)
	}
	m.word(at, &s.disability, disability)
	care := 0
	if r.chance(careShare[p.band]) {
		care = 1 + r.pick(.05, .09, .27, .42, .12)
	}
	m.word(at, &s.care, care)
	school := m.school(at)
	state := m.work(at, school, disability == 2)
	m.rest(at, state == wordFarmer, pregnant)
}

func (m *Maker) maritalStatus(at int) int {
	const single, married, divorced, widowed = 0, 1, 2, 3
	p, r := &m.people[at], &m.r
	older := .10
	if p.sex == female {
		older = .25
	}
	switch {
	case p.age < 18:
		return single
	case p.role == asSpouse || p.role == asHead && m.n > 1 && m.people[1].role == asSpouse:
		return married
	case p.role == asHead && m.n > 1 && m.people[1].role == asChild:
		return [...]int{divorced, widowed, single, married}[r.pick(.70, .15, .10)]
	case p.role == asParent:
		return [...]int{widowed, divorced, married}[r.pick(.85, .12)]
	case p.age < 40:
		return [...]int{single, divorced}[r.pick(.95)]
	case p.age < 65:
		return [...]int{single, divorced, widowed, married}[r.pick(.50, .38, .06)]
	}
	return [...]int{widowed, divorced, single, married}[r.pick(.35+older, .55-older, .07)]
}

// baby is the age in days of the youngest child of the household, or -1.
func (m *Maker) baby() int64 {
	days := int64(-1)
	for at := range m.n {
		if p := &m.people[at]; p.role == asChild && (days < 0 || m.s.day-p.born < days) {
			days = m.s.day - p.born
		}
	}
	return days
}

func (m *Maker) pregnant(at int) bool {
	p, r := &m.people[at], &m.r
	u := r.share()
	if p.sex != female || p.age < 15 {
		return false
	}
	rate := pregnantShare[p.band]
	couple := p.role == asSpouse || p.role == asHead && m.n > 1 && m.people[1].role == asSpouse
	if couple {
		rate *= 1.7
	} else {
		rate *= .1
	}
	if baby := m.baby(); baby >= 0 && baby < 300 {
		return false
	}
	return u < rate
}

// school fills in school and daycare and gives the school.
func (m *Maker) school(at int) int {
	s, p, r := &m.person, &m.people[at], &m.r
	u := r.share()
	school, daycare := wordNoSchool, false
	switch {
	case p.age < 6:
		daycare = u < [...]float64{.22, .82, .92, .60, .45, .40}[p.age]
		if p.age >= 3 && !daycare && r.chance(.95) {
			school = wordPreschool
		}
	case p.age == 6:
		school = wordPreschool
	case p.age < 13:
		school = wordElementary
	case p.age < 16:
		school = wordMiddle
	case p.age < 19 && u < .97:
		school = wordHigh
	case p.age < 25 && u < .68-.09*float64(p.age-19), p.age >= 25 && p.age < 30 && u < .05:
		school = wordUniversity
	}
	m.word(at, &s.student, school)
	m.put(at, s.daycare, flag(daycare))
	tuition := int64(0)
	if school == wordUniversity {
		tuition = (3_500_000 + r.below(5_500_000)) / 1000 * 1000
	}
	m.put(at, s.tuition, tuition)
	return school
}

// work fills in work, leave and income, and gives the work.
func (m *Maker) work(at, school int, severe bool) int {
	s, p, r := &m.person, &m.people[at], &m.r
	day := m.s.day
	state := wordInactive
	rate := workShare[p.sex][p.band]
	if school == wordUniversity {
		rate *= .45
	} else if school != wordNoSchool {
		rate *= .1
	}
	if severe {
		rate *= .35
	}
	u := r.share()
	farm := .01
	if m.kind.rural {
		farm = .10 + .05*max(0, float64(p.band)-8)
	}
	switch {
	case p.age < 15:
	case u < rate && p.age >= 20 && r.chance(min(farm, .6)):
		state = wordFarmer
	case u < rate && r.chance(.03+.018*float64(p.band)):
		state = wordSelfEmployed
	case u < rate:
		state = wordEmployed
	case p.age < 70 && u < rate*1.035+.004:
		state = wordUnemployed
	}
	m.word(at, &s.employment, state)

	scale := m.s.scale
	var earned, business, other float64
	switch state {
	case wordEmployed:
		earned = r.lognormal(wageMedian(p), .5)
	case wordSelfEmployed:
		business = r.lognormal(2_300_000, .85)
	case wordFarmer:
		business = r.lognormal(1_000_000, .8)
		if r.chance(.2) {
			earned = r.lognormal(800_000, .6)
		}
	}
	public := p.age >= 60 && r.chance(.055)
	switch {
	case public:
		other = r.lognormal(2_300_000, .3)
	case p.age >= 63 && r.chance(.62):
		other = r.lognormal(480_000, .6)
	case p.age >= 25 && r.chance(.06):
		other = r.lognormal(250_000, 1.2)
	}
	// So high that all sums stay small, and far above all but a few.
	wage := won(min(earned*scale, 120_000_000))
	trade, rest := won(min(business*scale, 120_000_000)), won(min(other*scale, 120_000_000))
	m.put(at, s.publicPension, flag(public))
	m.put(at, s.earned, wage)
	m.put(at, s.business, trade)
	m.put(at, s.other, rest)
	year := float64(wage)*12*(.9+.15*r.share()) + float64(trade)*12*.45
	if state == wordUnemployed {
		year = 6 * scale * r.lognormal(wageMedian(p), .5)
	}
	m.put(at, s.grossYear, won(year))
	p.wage = wage
	m.gross += wage + trade + rest

	insured, daily := int64(0), int64(0)
	switch {
	case state == wordEmployed && r.chance(.83):
		insured = 540 - max(0, r.below(1400)-900)
	case state == wordUnemployed:
		wasPaid := r.lognormal(wageMedian(p), .45) * scale
		daily = won(wasPaid / 30)
		if r.chance(.7) {
			insured = 60 + r.below(430)
		}
		m.put(at, s.leftOn, day-r.below(420))
		m.word(at, &s.leftReason, r.pick(.48, .42))
	}
	m.put(at, s.insured, insured)
	m.put(at, s.dailyWage, daily)
	m.leave(at, state == wordEmployed && insured >= 180)
	m.farm(at, state == wordFarmer)
	return state
}

// wageMedian is what the middle of employees of an age and sex earns before all
// is scaled, won a month.
func wageMedian(p *someone) float64 {
	medians := [...]float64{3: 1_300_000, 2_200_000, 2_800_000, 3_300_000, 3_700_000, 3_900_000, 4_000_000, 3_800_000, 3_400_000, 2_600_000, 1_900_000, 1_200_000, 700_000, 500_000}
	wage := medians[min(int(p.band), len(medians)-1)]
	if p.sex == female && p.band > 4 {
		wage *= .74
	}
	return wage
}

// leave fills in whether a parent is away from work for a child.
func (m *Maker) leave(at int, insured bool) {
	s, p, r := &m.person, &m.people[at], &m.r
	baby := int64(-1)
	if p.role == asHead || p.role == asSpouse {
		baby = m.baby()
	}
	u := r.share()
	maternity := insured && p.sex == female && baby >= 0 && baby < 80 && u < .8
	rate := 0.
	switch {
	case baby < 0 || !insured || maternity:
	case p.sex == female && baby < 730:
		rate = .45
	case p.sex == female && baby < 9*365:
		rate = .015
	case baby < 730:
		rate = .08
	}
	parental := !maternity && u < rate
	m.put(at, s.onMaternity, flag(maternity))
	m.put(at, s.onParental, flag(parental))
	switch {
	case maternity:
		m.put(at, s.leaveOn, m.s.day-min(baby+5, 85))
	case parental:
		m.put(at, s.leaveOn, m.s.day-r.below(max(1, min(baby, 500))))
	}
	m.put(at, s.wage, p.wage)
}

func (m *Maker) farm(at int, farmer bool) {
	s, p, r := &m.person, &m.people[at], &m.r
	registered := farmer && r.chance(.85)
	m.put(at, s.farmer, flag(registered))
	area := int64(0)
	if registered {
		area = int64(min(max(r.lognormal(5_500, .95), 300), 400_000))
		m.put(at, s.farmedOn, m.s.day-r.below(365*max(1, p.age-18)))
	}
	m.put(at, s.area, area)
}

// rest fills in what is left: trades of the land and sea, births, health,
// licences and passports.
func (m *Maker) rest(at int, farmer, pregnant bool) {
	s, p, r := &m.person, &m.people[at], &m.r
	m.put(at, s.livestock, flag(farmer && r.chance(.08)))
	m.put(at, s.forester, flag(farmer && r.chance(.06)))
	m.put(at, s.fisher, flag(m.kind.rural && p.age >= 20 && p.age < 80 && r.chance(.012)))
	parent := p.role == asHead || p.role == asSpouse
	baby := m.baby()
	m.put(at, s.recentBirth, flag(parent && p.sex == female && baby >= 0 && baby < 365))
	m.put(at, s.planning, flag(!pregnant && parent && p.age >= 25 && p.age < 45 && r.chance(.025)))
	m.put(at, s.veteran, flag(p.age >= 50 && r.chance(.02+.02*float64(p.band-10)/10)))
	m.put(at, s.illness, flag(r.chance(.005+.004*float64(p.band))))
	class := 0
	if p.age >= 18 && p.age < 85 && r.chance(.72) {
		class = 1 + r.pick(.05, .38, .55)
		m.put(at, s.licenceUntil, m.s.day+r.below(3650))
	}
	m.word(at, &s.licence, class)
	if r.chance(.55) {
		m.put(at, s.passportUntil, m.s.day-400+r.below(4000))
	}
}
