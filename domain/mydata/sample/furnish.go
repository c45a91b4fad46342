package sample

import (
	"fmt"
	"strings"

	"maru/kernel"
)

// means is what registers know of a household's money and home. Amounts are in
// won, unknown where no register holds them.
type means struct {
	tenure           string // "" where the lease register has no entry
	rent             int64
	deposit          int64
	general          int64
	financial        int64
	debt             int64
	luxuryVehicle    int64
	recognisedIncome int64
	receives         []string
	crisis           string // "" unless somebody reported one
}

// Streets of the sample world; no town has them all.
var streets = []string{"가상로", "견본로", "보기길", "예시로", "연습길", "시범대로", "모의길"}

// furnish gives each home an address, the day it was moved into, and means.
func (w *World) furnish() {
	for h := range w.homes {
		d := newDice(w.seed, streamHomeFacts+uint64(h))
		w.homes[h].address = address(d, w.homes[h].region)
		w.moveIn(d, h)
		w.endow(d, h)
	}
}

// address makes a road name address in the region.
func address(d dice, r int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d", regions[r].name, streets[d.below(len(streets))], d.between(1, 320))
	if d.chance(65) {
		fmt.Fprintf(&b, ", %d동 %d호", d.between(101, 130), d.between(1, 25)*100+d.between(1, 6))
	}
	return b.String()
}

// moveIn sets since when the household and each of its members are registered
// there: nobody before birth, some joined later.
func (w *World) moveIn(d dice, h int) {
	hm := &w.homes[h]
	years := 1 + d.pick(20, 16, 13, 10, 8, 6, 5, 4, 4, 3, 3, 2, 2, 2, 2)
	hm.since = w.Day.AddDays(-(years-1)*365 - d.between(20, 384))
	// A home is not older than its oldest member.
	oldest := hm.members[0]
	for _, i := range hm.members {
		if w.people[i].birth.Before(w.people[oldest].birth) {
			oldest = i
		}
	}
	if hm.since.Before(w.people[oldest].birth) {
		hm.since = w.people[oldest].birth
	}
	for _, i := range hm.members {
		p := &w.people[i]
		p.since = hm.since
		if p.since.Before(p.birth) {
			p.since = p.birth
		}
	}
	if d.chance(70) {
		hm.before = address(d, hm.region)
	}
}

// endow draws tenure and property by the age of the head. Shares of tenure
// follow the housing survey in round numbers.
func (w *World) endow(d dice, h int) {
	hm := &w.homes[h]
	m := &hm.means
	age := w.age(hm.members[0])
	owner := min(75, max(8, age*3/2-20))
	switch d.pick(owner, 25, 95-owner, 5) {
	case 0:
		m.tenure = "owner"
		m.general = d.won(80_000_000, 700_000_000, 5_000_000)
		m.debt = d.won(0, 200_000_000, 5_000_000) * int64(d.below(2))
	case 1:
		m.tenure = "jeonse"
		m.deposit = d.won(50_000_000, 350_000_000, 5_000_000)
		m.general = m.deposit + d.won(0, 40_000_000, 1_000_000)
		m.debt = d.won(0, 120_000_000, 5_000_000)
	case 2:
		m.tenure = "monthly_rent"
		m.deposit = d.won(1_000_000, 40_000_000, 1_000_000)
		m.rent = d.won(200_000, 900_000, 50_000)
		m.general = m.deposit + d.won(0, 20_000_000, 1_000_000)
		m.debt = d.won(0, 30_000_000, 1_000_000) * int64(d.below(2))
	default:
		m.tenure = "free"
		m.general = d.won(0, 60_000_000, 1_000_000)
	}
	// Leases that were never reported are in no register.
	if m.tenure == "monthly_rent" && d.chance(25) {
		m.tenure, m.rent, m.deposit = "", unknown, unknown
	}
	m.financial = d.won(0, 60_000_000, 500_000)
	if age >= 45 {
		m.financial += d.won(0, 80_000_000, 500_000)
	}
	if d.chance(2) {
		m.luxuryVehicle = d.won(40_000_000, 90_000_000, 5_000_000)
	}
	m.recognisedIncome = unknown
	if d.chance(1) {
		m.crisis = []string{"income_loss", "illness", "disaster", "eviction"}[d.below(4)]
	}
}

// regionClass is the class of the basic property deduction.
func regionClass(r kernel.Region) string {
	switch p := r.Province(); {
	case p == "11":
		return "seoul"
	case p == "41":
		return "gyeonggi"
	case p == "26", p == "27", p == "28", p == "29", p == "30", p == "31", p == "36", strings.HasPrefix(string(r), "4812"):
		return "metropolitan"
	}
	return "other"
}

// capitalArea tells whether the region lies in Seoul, Incheon or Gyeonggi.
func capitalArea(r kernel.Region) bool {
	p := r.Province()
	return p == "11" || p == "28" || p == "41"
}
