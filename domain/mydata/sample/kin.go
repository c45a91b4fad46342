package sample

import "maru/kernel"

// linkParents finds, for many who live without their parents, a couple
// elsewhere in the world who could be them.
func (w *World) linkParents() {
	d := newDice(w.seed, streamParents)
	var mothers []int
	for i := range w.people {
		if p := &w.people[i]; p.sex == 'f' && p.spouse != nobody && w.age(i) >= 42 {
			mothers = append(mothers, i)
		}
	}
	if len(mothers) == 0 {
		return
	}
	for i := range w.people {
		p := &w.people[i]
		if age := w.age(i); age < 19 || age > 60 || p.father != nobody || p.mother != nobody || !d.chance(70) {
			continue
		}
		start := d.below(len(mothers))
		for n := range len(mothers) {
			m := mothers[(start+n)%len(mothers)]
			if w.couldBeMother(m, i) {
				w.adopt(i, w.people[m].spouse, m)
				break
			}
		}
	}
}

// couldBeMother tells whether the married woman m and her husband can be the
// parents of child: of fitting age, with at most three children born two years
// or more apart, and not the parents-in-law.
func (w *World) couldBeMother(m, child int) bool {
	c := &w.people[child]
	if c.home == w.people[m].home || len(w.people[m].children) >= 3 {
		return false
	}
	gap := w.age(m) - w.age(child)
	if gap < 22 || gap > 40 {
		return false
	}
	if older := w.age(w.people[m].spouse) - w.age(child); older < 21 || older > 55 {
		return false
	}
	if c.spouse != nobody && w.people[c.spouse].mother == m {
		return false
	}
	for _, s := range w.people[m].children {
		if apart := w.age(s) - w.age(child); apart > -2 && apart < 2 {
			return false
		}
	}
	return true
}

// birthOrder is the place among the children of the same parents, 1 for the
// first; unknown where the parents are not in the world.
func (w *World) birthOrder(i int) int {
	p := &w.people[i]
	parent := p.mother
	if parent == nobody {
		parent = p.father
	}
	if parent == nobody {
		return unknown
	}
	order := 1
	for _, s := range w.people[parent].children {
		if w.people[s].birth.Before(p.birth) {
			order++
		}
	}
	return order
}

// minorsAtHome lists who of the home is under age.
func (w *World) minorsAtHome(h int) []int {
	var out []int
	for _, i := range w.homes[h].members {
		if w.age(i) < kernel.AdultAge {
			out = append(out, i)
		}
	}
	return out
}

// singleParent tells whether one parent without a spouse at home brings up a
// minor of their own.
func (w *World) singleParent(h int) bool {
	for _, k := range w.minorsAtHome(h) {
		p := &w.people[k]
		for _, parent := range []int{p.father, p.mother} {
			if parent != nobody && w.people[parent].home == h && w.people[parent].spouse == nobody {
				return true
			}
		}
	}
	return false
}
