package sample

import "maru/kernel"

// work is what employment, tax and farm registers know.
type work struct {
	employment   string
	insuredDays  int64 // of the last 18 months
	leftOn       kernel.Date
	leftReason   string
	dailyWage    int64
	ordinaryWage int64
	leaveSince   kernel.Date
	parental     bool // on parental leave
	maternity    bool // on maternity leave
	earned       int64
	business     int64
	other        int64
	grossYear    int64
	farmer       bool // registered farm business
	farmArea     int64
	farmingSince kernel.Date
}

// health is what medical, disability and insurance registers know.
type health struct {
	pregnant   kernel.Value
	due        kernel.Date
	fetuses    int64
	disability string
	care       string
}

// school is what education and childcare registers know.
type school struct {
	level   string
	daycare bool
	tuition int64
}

// papers are documents and contacts.
type papers struct {
	phone         string
	email         string
	account       string
	licence       string
	licenceUntil  kernel.Date
	passportUntil kernel.Date
}

// live draws each person's own facts.
func (w *World) live() {
	for i := range w.people {
		d := newDice(w.seed, streamLives+uint64(i))
		w.marry(d, i)
		w.teach(d, i)
		w.employ(d, i)
		w.examine(d, i)
		w.equip(d, i)
	}
	for h := range w.homes {
		w.support(h)
	}
}

// marry sets the marital status: couples by who they live with, others by age.
func (w *World) marry(d dice, i int) {
	p, age := &w.people[i], w.age(i)
	status := [...]string{"single", "divorced", "widowed"}
	var n int
	switch {
	case p.spouse != nobody:
		p.marital = "married"
		return
	case age < 19:
		n = 0
	case len(p.children) > 0 && age < 65:
		n = d.pick(18, 68, 14)
	case len(p.children) > 0:
		n = d.pick(0, 20, 80)
	case age < 35:
		n = d.pick(98, 2, 0)
	case age < 55:
		n = d.pick(68, 30, 2)
	case age < 70:
		n = d.pick(28, 50, 22)
	default:
		n = d.pick(6, 16, 78)
	}
	p.marital = status[n]
}

// teach sets school and daycare. The school year begins on 1 March; a child
// enters elementary school in the year of the seventh birthday (six full
// years).
func (w *World) teach(d dice, i int) {
	p, age := &w.people[i], w.age(i)
	year := int(w.Day.Year)
	if w.Day.Month < 3 {
		year--
	}
	p.school = school{level: "none", tuition: unknown}
	switch grade := year - int(p.birth.Year); {
	case grade < 3:
		p.school.daycare = d.chance([...]int{20, 20, 75, 88}[max(grade, 0)+1])
	case grade < 7:
		if d.chance(50) {
			p.school.daycare = true
		} else {
			p.school.level = "preschool"
		}
	case grade < 13:
		p.school.level = "elementary"
	case grade < 16:
		p.school.level = "middle"
	case grade < 19:
		p.school.level = "high"
	case age < 25 && d.chance(62):
		p.school.level = "university"
		p.school.tuition = d.won(3_400_000, 8_600_000, 100_000)
	}
}

// employ sets work and income.
func (w *World) employ(d dice, i int) {
	p, age := &w.people[i], w.age(i)
	k := &p.work
	k.employment = "inactive"
	k.dailyWage, k.ordinaryWage, k.farmArea = unknown, unknown, 0
	rural := regions[w.homes[p.home].region].depopulation
	farm := 0
	if rural {
		farm = 12
	}
	kinds := [...]string{"employed", "self_employed", "unemployed", "inactive", "farmer"}
	switch {
	case age < 16:
		return
	case age < 19 || p.school.level == "university":
		k.employment = kinds[d.pick(12, 0, 0, 88, 0)]
	case age < 30:
		k.employment = kinds[d.pick(68, 6, 6, 20, farm/4)]
	case age < 60:
		k.employment = kinds[d.pick(66, 15, 3, 15, 1+farm)]
	case age < 70:
		k.employment = kinds[d.pick(36, 15, 2, 42, 5+farm*2)]
	default:
		k.employment = kinds[d.pick(13, 5, 0, 76, 6+farm*2)]
	}
	switch k.employment {
	case "employed":
		w.salary(d, i)
	case "self_employed":
		k.business = d.won(700_000, 6_500_000, 100_000)
	case "unemployed":
		w.jobLost(d, i)
	case "farmer":
		k.business = d.won(200_000, 2_800_000, 100_000)
		w.farm(d, i)
	}
	k.grossYear = 12 * (k.earned + k.business)
	if k.employment == "unemployed" {
		k.grossYear = d.won(4_000_000, 28_000_000, 500_000)
	}
	if age >= 65 {
		k.other = d.won(0, 900_000, 10_000)
		p.pensionPublic = d.chance(6)
		if p.pensionPublic {
			k.other = d.won(1_800_000, 3_600_000, 50_000)
		}
	} else if d.chance(8) {
		k.other = d.won(100_000, 1_500_000, 50_000)
	}
}

// salary draws a wage by age, and for parents of babies a leave.
func (w *World) salary(d dice, i int) {
	p, age := &w.people[i], w.age(i)
	k := &p.work
	switch {
	case age < 25:
		k.earned = d.won(600_000, 2_600_000, 50_000)
	case age < 60:
		k.earned = d.won(2_060_000, 5_400_000, 50_000) + d.won(0, 3_000_000, 50_000)*int64(d.below(2))
	default:
		k.earned = d.won(500_000, 2_800_000, 50_000)
	}
	k.insuredDays = int64(d.between(150, 470))
	if p.sex == 'm' && !d.chance(40) {
		return
	}
	for _, c := range p.children {
		if w.people[c].home != p.home || w.age(c) >= 2 || !d.chance(35) {
			continue
		}
		k.ordinaryWage = k.earned
		k.leaveSince = w.people[c].birth.AddDays(d.between(0, 6))
		if p.sex == 'f' && w.Day.Days(k.leaveSince) < 90 {
			k.maternity = true
		} else {
			k.parental = true
			k.leaveSince = latest(k.leaveSince, w.Day.AddDays(-d.between(20, 300)))
		}
		k.earned = 0
		return
	}
}

func latest(a, b kernel.Date) kernel.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// jobLost draws the end of the last job.
func (w *World) jobLost(d dice, i int) {
	k := &w.people[i].work
	k.leftOn = w.Day.AddDays(-d.between(7, 330))
	k.leftReason = [...]string{"involuntary", "voluntary", "voluntary_justified"}[d.pick(60, 30, 10)]
	k.insuredDays = int64(d.between(60, 460))
	k.dailyWage = d.won(62_000, 150_000, 1_000)
}

// farm draws a registered farm business.
func (w *World) farm(d dice, i int) {
	k := &w.people[i].work
	k.farmer = d.chance(90)
	k.farmArea = d.won(800, 26_000, 100)
	k.farmingSince = latest(w.people[i].birth.AddDays(20*366), w.Day.AddDays(-d.between(200, 40*365)))
}

// examine sets health. Who expects a child is known to registers only when she
// has told; nobody else could.
func (w *World) examine(d dice, i int) {
	p, age := &w.people[i], w.age(i)
	p.health = health{disability: "none", care: "none", fetuses: unknown}
	switch {
	case p.sex == 'm', age < 14, age > 55:
		p.health.pregnant = kernel.BoolOf(false)
	case p.spouse != nobody && age >= 24 && age <= 42 && d.chance(5):
		w.expect(d, i, d.between(10, 210))
	}
	severe, mild := 1, 2
	if age >= 65 {
		severe, mild = 4, 11
	}
	p.health.disability = [...]string{"none", "mild", "severe"}[d.pick(100-mild-severe, mild, severe)]
	if age >= 65 && d.chance(min(45, (age-60)*3/2)) {
		p.health.care = [...]string{"1", "2", "3", "4", "5", "cognitive"}[d.pick(5, 9, 27, 44, 11, 4)]
	}
}

// expect enters a pregnancy due in some days.
func (w *World) expect(d dice, i, days int) {
	hl := &w.people[i].health
	hl.pregnant = kernel.BoolOf(true)
	hl.due = w.Day.AddDays(days)
	hl.fetuses = 1
	if d.chance(4) {
		hl.fetuses = 2
	}
}

// equip gives documents and contacts. Telephone numbers run through 010-0000,
// which no carrier gives out.
func (w *World) equip(d dice, i int) {
	p, age := &w.people[i], w.age(i)
	if age >= 9 && !(age > 85 && d.chance(30)) {
		p.papers.phone = "+82100000" + personID(i)[3:]
	}
	if age >= 14 && d.chance(85-age/2) {
		p.papers.email = p.id + "@sample.invalid"
	}
	if age >= 19 && d.chance(60) {
		p.papers.account = "000-000-" + personID(i)[2:]
	}
	p.papers.licence = "none"
	if age >= 19 && p.nationality == "citizen" && d.chance(72) {
		p.papers.licence = [...]string{"1_large", "1_ordinary", "2_ordinary", "2_small"}[d.pick(4, 42, 52, 2)]
		p.papers.licenceUntil = w.Day.AddDays(d.between(-40, 10*365))
	}
	if p.nationality == "citizen" && d.chance(52) {
		p.papers.passportUntil = w.Day.AddDays(d.between(-300, 10*365))
	}
}

// support enters what the household already receives. The draws of the
// welfare register are rough: they need not follow the law to the letter.
func (w *World) support(h int) {
	d := newDice(w.seed, streamHomeFacts<<8+uint64(h))
	hm := &w.homes[h]
	var gross int64
	for _, i := range hm.members {
		k := &w.people[i].work
		gross += k.earned + k.business + k.other
	}
	poor := gross < 700_000*int64(len(hm.members)) && hm.means.general < 80_000_000
	add := func(program string, percent int) {
		if d.chance(percent) {
			hm.means.receives = append(hm.means.receives, program)
		}
	}
	if poor && d.chance(55) {
		add("livelihood-benefit", 100)
		add("medical-benefit", 90)
		add("housing-benefit", 90)
		hm.means.recognisedIncome = gross * 7 / 10
	}
	youngest, oldest := 200, 0
	for _, i := range hm.members {
		youngest, oldest = min(youngest, w.age(i)), max(oldest, w.age(i))
	}
	if youngest < 2 {
		add("parental-benefit", 85)
	}
	if youngest < 8 {
		add("child-allowance", 90)
	}
	if oldest >= 66 && gross < 2_000_000*int64(len(hm.members)) {
		add("basic-pension", 80)
	}
	if w.singleParent(h) && gross < 2_600_000 {
		add("single-parent-support", 40)
	}
}
