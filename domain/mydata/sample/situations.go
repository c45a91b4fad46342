package sample

import "maru/kernel"

// Situation is a person of the world worth signing in as.
type Situation struct {
	ID     string // "moved"
	Person string
	Name   string
	Age    int
	// Key is the message that tells the situation in a sentence.
	Key string
	// Lang is the language this person would choose.
	Lang kernel.Lang
}

// staged is a situation and who plays it.
type staged struct {
	id     string
	person int
}

// role describes a situation: whom to look for, and what to change about them
// so that the situation holds to the day.
type role struct {
	id   string
	fits func(w *World, i int) bool
	// birth and place change who people are; they come before names and
	// numbers. facts comes at the end.
	birth func(w *World, i int)
	facts func(w *World, i int)
	// with is the other person whom the situation needs: the one who must
	// confirm. That person signs in as well, as the situation withID.
	with   func(w *World, i int) int
	withID string
}

// cast lists the situations in the order of the sign-in page.
var cast = []role{
	{id: "moved", fits: func(w *World, i int) bool {
		return w.isHead(i) && w.people[i].spouse != nobody && len(w.minorsAtHome(w.people[i].home)) == 2
	}},
	{id: "joins", fits: func(w *World, i int) bool {
		p := &w.people[i]
		return w.alone(i) && w.aged(i, 25, 36) && p.father != nobody && w.isHead(p.father)
	}, facts: func(w *World, i int) { works(w, i, 2_700_000) },
		with: func(w *World, i int) int { return w.people[i].father }, withID: "joins_head"},
	{id: "newborn", fits: func(w *World, i int) bool {
		p := &w.people[i]
		return p.sex == 'f' && w.aged(i, 27, 37) && p.spouse != nobody && w.homeSize(i) <= 3 && w.minorsOver(i, 2)
	}, facts: func(w *World, i int) {
		w.people[i].health.pregnant = kernel.BoolOf(false)
		w.people[i].health.due = kernel.Date{}
		w.people[i].health.fetuses = unknown
	}},
	{id: "turned_65", fits: func(w *World, i int) bool {
		return w.aged(i, 65, 65) && w.homeSize(i) == 2 && w.people[i].spouse != nobody
	}, birth: func(w *World, i int) { w.people[i].birth = w.birthday(65, 20) }, facts: retired,
		with: func(w *World, i int) int { return w.people[i].spouse }, withID: "turned_65_spouse"},
	{id: "soon_65", fits: func(w *World, i int) bool { return w.aged(i, 64, 64) && w.homeSize(i) <= 2 },
		birth: func(w *World, i int) { w.people[i].birth = w.birthday(64, 364-24) }, facts: retired},
	{id: "mokpo_67", fits: func(w *World, i int) bool {
		return w.aged(i, 67, 67) && w.isHead(i) && w.region(i).Province() == "46"
	}, birth: func(w *World, i int) { w.moveHome(i, "46110") }, facts: retired},
	{id: "alone_80", fits: func(w *World, i int) bool { return w.alone(i) && w.aged(i, 80, 88) && w.people[i].sex == 'f' },
		facts: func(w *World, i int) {
			retired(w, i)
			w.people[i].papers.phone = "+82100000" + w.people[i].id[3:]
		}},
	{id: "job_loss", fits: func(w *World, i int) bool { return w.aged(i, 38, 50) && w.people[i].spouse != nobody },
		facts: func(w *World, i int) {
			w.people[i].work = work{
				employment: "unemployed", insuredDays: 430, leftOn: w.Day.AddDays(-20), leftReason: "involuntary",
				dailyWage: 98_000, ordinaryWage: unknown, grossYear: 34_000_000,
			}
		}},
	{id: "single_parent", fits: func(w *World, i int) bool {
		return w.isHead(i) && w.singleParent(w.people[i].home) && w.people[i].sex == 'f'
	}, facts: func(w *World, i int) { works(w, i, 2_100_000) }},
	{id: "student", fits: func(w *World, i int) bool { return w.alone(i) && w.aged(i, 19, 23) },
		facts: func(w *World, i int) {
			p := &w.people[i]
			p.school = school{level: "university", tuition: 4_200_000}
			p.work = work{employment: "inactive", dailyWage: unknown, ordinaryWage: unknown}
			m := w.means(i)
			m.tenure, m.rent, m.deposit, m.general, m.debt = "monthly_rent", 450_000, 10_000_000, 10_000_000, 0
		}},
	{id: "foreigner", fits: func(w *World, i int) bool { return w.people[i].nationality == "foreigner" && w.aged(i, 25, 40) },
		facts: func(w *World, i int) { works(w, i, 2_600_000) }},
	{id: "disability", fits: func(w *World, i int) bool { return w.aged(i, 30, 60) && w.homeSize(i) <= 3 && w.isHead(i) },
		facts: func(w *World, i int) {
			w.people[i].health.disability = "severe"
			works(w, i, 900_000)
		}},
	{id: "self_employed", fits: func(w *World, i int) bool { return w.aged(i, 40, 55) && w.homeSize(i) >= 3 && w.isHead(i) },
		facts: func(w *World, i int) {
			w.people[i].work = work{
				employment: "self_employed", business: 2_300_000, grossYear: 27_600_000, dailyWage: unknown, ordinaryWage: unknown,
			}
		}},
	{id: "pregnant", fits: func(w *World, i int) bool {
		p := &w.people[i]
		return p.sex == 'f' && w.aged(i, 26, 38) && p.spouse != nobody && w.homeSize(i) == 2
	}, facts: func(w *World, i int) {
		w.expect(newDice(w.seed, streamLives), i, 90)
		works(w, i, 3_100_000)
	}},
	{id: "farmer", fits: func(w *World, i int) bool {
		return w.aged(i, 52, 68) && w.isHead(i) && regions[w.homes[w.people[i].home].region].depopulation
	}, facts: func(w *World, i int) {
		w.people[i].work = work{
			employment: "farmer", business: 1_600_000, grossYear: 19_200_000, farmer: true, farmArea: 6_600,
			farmingSince: w.Day.AddDays(-18 * 365), dailyWage: unknown, ordinaryWage: unknown,
		}
	}},
}

// stage chooses who plays which situation, each in another household, and
// makes the changes that come before names.
func (w *World) stage() {
	w.invite()
	busy := make([]bool, len(w.homes))
	for n := range cast {
		for i := range w.people {
			if h := w.people[i].home; busy[h] || !cast[n].fits(w, i) {
				continue
			}
			busy[w.people[i].home] = true
			w.staged = append(w.staged, staged{cast[n].id, i})
			if cast[n].birth != nil {
				cast[n].birth(w, i)
			}
			if cast[n].with != nil {
				other := cast[n].with(w, i)
				busy[w.people[other].home] = true
				w.staged = append(w.staged, staged{cast[n].withID, other})
			}
			break
		}
	}
}

// stageFacts makes the situations hold after the lives were drawn.
func (w *World) stageFacts() {
	for _, s := range w.staged {
		for n := range cast {
			if cast[n].id == s.id && cast[n].facts != nil {
				cast[n].facts(w, s.person)
			}
		}
	}
}

// Situations lists who is worth signing in as, in the order of the sign-in
// page.
func (w *World) Situations() []Situation {
	out := make([]Situation, 0, len(w.staged))
	for _, s := range w.staged {
		p := &w.people[s.person]
		lang := kernel.KO
		if p.nationality == "foreigner" {
			lang = kernel.EN
		}
		out = append(out, Situation{
			ID: s.id, Person: p.id, Name: p.name, Age: w.age(s.person), Key: "mydata.sample." + s.id, Lang: lang,
		})
	}
	return out
}

// invite makes some who live alone citizens of elsewhere: the published tables
// count citizens only, foreigners are about five in a hundred.
func (w *World) invite() {
	d := newDice(w.seed, streamNames)
	for i := range w.people {
		p := &w.people[i]
		if w.alone(i) && w.aged(i, 20, 55) && p.father == nobody && p.mother == nobody && len(p.children) == 0 && d.chance(30) {
			p.nationality = "foreigner"
			if d.chance(10) {
				p.nationality = "overseas_korean"
			}
		}
	}
}

func (w *World) isHead(i int) bool { return w.people[i].relation == "head" }

func (w *World) homeSize(i int) int { return len(w.homes[w.people[i].home].members) }

func (w *World) alone(i int) bool { return w.homeSize(i) == 1 }

func (w *World) aged(i, lo, hi int) bool { a := w.age(i); return a >= lo && a <= hi }

// minorsOver tells whether no child at home is younger than years.
func (w *World) minorsOver(i, years int) bool {
	for _, k := range w.minorsAtHome(w.people[i].home) {
		if w.age(k) < years {
			return false
		}
	}
	return true
}

// moveHome puts the person's household into another region.
func (w *World) moveHome(i int, code kernel.Region) {
	for r := range regions {
		if regions[r].code == code {
			w.homes[w.people[i].home].region = r
			return
		}
	}
}

// works makes the person an employee with a wage.
func works(w *World, i int, wage int64) {
	w.people[i].work = work{
		employment: "employed", insuredDays: 380, earned: wage, grossYear: 12 * wage, dailyWage: unknown, ordinaryWage: unknown,
	}
}

// retired makes an elder with a small pension and a modest home who does not
// receive the basic pension yet.
func retired(w *World, i int) {
	p := &w.people[i]
	p.work = work{employment: "inactive", other: 380_000, dailyWage: unknown, ordinaryWage: unknown}
	p.pensionPublic = false
	m := w.means(i)
	m.tenure, m.rent, m.deposit = "owner", 0, 0
	m.general, m.financial, m.debt, m.luxuryVehicle = 95_000_000, 12_000_000, 0, 0
	m.receives, m.recognisedIncome = nil, unknown
}
