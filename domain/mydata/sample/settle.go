package sample

import (
	"slices"

	"maru/kernel"
)

// Streams of draws, so that a change in one part of the making leaves the
// others as they were.
const (
	streamBirths = 1 + iota
	streamHomes
	streamRegions
	streamParents
	streamNames
	streamHomeFacts = 1 << 20
	streamLives     = 1 << 21
)

// settle makes the people by the published tables and gathers them in
// households, province by province.
func (w *World) settle() {
	weights := make([]int, len(cells))
	for i, c := range cells {
		weights[i] = c.residents
	}
	numbers := apportion(Size, weights)
	births := newDice(w.seed, streamBirths)
	homes := newDice(w.seed, streamHomes)
	for from := 0; from < len(cells); {
		to := from
		var pool []person
		for to < len(cells) && cells[to].province == cells[from].province {
			for range numbers[to] {
				pool = append(pool, w.newborn(births, cells[to]))
			}
			to++
		}
		w.house(homes, cells[from].province, pool)
		from = to
	}
	w.spread()
}

// newborn makes one person of a cell of the table.
func (w *World) newborn(d dice, c cell) person {
	age := c.band*5 + d.below(5)
	return person{
		sex: c.sex, birth: w.birthday(age, d.below(365)), nationality: "citizen",
		spouse: nobody, father: nobody, mother: nobody, guardian: nobody,
	}
}

// birthday is a day of birth that makes the age on the world's day, back days
// (0 to 364) after the last birthday that would.
func (w *World) birthday(age, back int) kernel.Date {
	y := int16(int(w.Day.Year) - age)
	last := kernel.Date{Year: y, Month: w.Day.Month, Day: w.Day.Day}
	// AddDays turns 29 February of a common year into 1 March, as the law counts.
	b := last.AddDays(-back)
	if b.AgeOn(w.Day) != age {
		b = b.AddDays(1)
	}
	return b
}

// crowd is the people of one province who wait for a home.
type crowd struct {
	province kernel.Region
	people   []person
	ages     []int
	taken    []bool
	left     int
}

// take gives the free person whose age is nearest to want, within lo and hi,
// of the sex ('a' for any), or nobody.
func (c *crowd) take(sex byte, lo, hi, want int) int {
	best, far := nobody, 0
	for i := range c.people {
		if c.taken[i] || c.ages[i] < lo || c.ages[i] > hi || sex != 'a' && c.people[i].sex != sex {
			continue
		}
		d := c.ages[i] - want
		if d < 0 {
			d = -d
		}
		if best == nobody || d < far {
			best, far = i, d
		}
	}
	if best != nobody {
		c.taken[best] = true
		c.left--
	}
	return best
}

func (c *crowd) giveBack(i int) {
	if i != nobody {
		c.taken[i] = false
		c.left++
	}
}

// group is a household in the making: indexes into a crowd, with the relation
// of each to the head.
type group struct {
	members   []int
	relations []string
	couple    [2]int // husband and wife, or nobody
	parents   [2]int // father and mother of the children
	children  []int
}

func newGroup() *group {
	return &group{couple: [2]int{nobody, nobody}, parents: [2]int{nobody, nobody}}
}

func (g *group) add(i int, relation string) {
	g.members = append(g.members, i)
	g.relations = append(g.relations, relation)
}

// later orders dates from the latest to the earliest.
func later(a, b kernel.Date) int {
	switch {
	case b.Before(a):
		return -1
	case a.Before(b):
		return 1
	}
	return 0
}

// house gathers the people of one province in households. The order is:
// children with their parents first, since they have least choice; then grown
// children with their parents, couples and pairs up to the published numbers;
// who is left lives alone.
func (w *World) house(d dice, province kernel.Region, pool []person) {
	slices.SortStableFunc(pool, func(a, b person) int { return later(a.birth, b.birth) })
	c := &crowd{province: province, people: pool, ages: make([]int, len(pool)), taken: make([]bool, len(pool)), left: len(pool)}
	for i := range pool {
		c.ages[i] = pool[i].birth.AgeOn(w.Day)
	}
	quota := apportion(len(pool)*100/meanHousehold, householdShares[:])
	made := func(g *group) {
		quota[min(len(g.members), 5)-1]--
		w.settleGroup(c, g)
	}
	for i := range pool {
		if !c.taken[i] && c.ages[i] < 19 {
			made(w.youngFamily(d, c, i))
		}
	}
	for _, size := range []int{5, 4, 3} {
		for quota[size-1] > 0 {
			g := grownFamily(d, c, size)
			if g == nil {
				break
			}
			made(g)
		}
	}
	for quota[1] > 0 {
		g := pair(d, c)
		if g == nil {
			break
		}
		made(g)
	}
	for i := range pool {
		if !c.taken[i] {
			c.taken[i] = true
			g := newGroup()
			g.add(i, "head")
			made(g)
		}
	}
}

// youngFamily gathers a child with brothers, sisters and parents.
func (w *World) youngFamily(d dice, c *crowd, child int) *group {
	c.taken[child] = true
	c.left--
	g := newGroup()
	g.children = []int{child}
	young := c.ages[child]
	old := young
	wanted := 1 + d.pick(46, 44, 10)
	for len(g.children) < wanted {
		// At least two years of age apart leaves more than ten months between
		// the births.
		s := c.take('a', old+2, min(old+5, 18), old+2)
		if s == nobody {
			break
		}
		g.children = append(g.children, s)
		old = c.ages[s]
	}
	mother := c.take('f', old+20, young+44, max(old+24, young+d.between(28, 35)))
	father := nobody
	if mother == nobody {
		father = c.take('m', old+21, young+55, young+33)
	} else if d.chance(90) {
		father = c.take('m', max(old+20, c.ages[mother]-6), c.ages[mother]+14, c.ages[mother]+2)
	}
	g.parents = [2]int{father, mother}
	switch {
	case father != nobody && mother != nobody:
		g.couple = [2]int{father, mother}
		addCouple(d, g)
	case father != nobody:
		g.add(father, "head")
	case mother != nobody:
		g.add(mother, "head")
	}
	if len(g.members) > 0 {
		for _, k := range slices.Backward(g.children) {
			g.add(k, "child")
		}
		if d.chance(6) && mother != nobody {
			if gran := c.take('f', c.ages[mother]+24, 90, c.ages[mother]+29); gran != nobody {
				g.add(gran, "parent")
			}
		}
		return g
	}
	// No parent of a fitting age is left in the province: with a grandparent.
	if gran := c.take('a', old+42, 100, old+55); gran != nobody {
		g.add(gran, "head")
		for _, k := range slices.Backward(g.children) {
			g.add(k, "grandchild")
		}
		return g
	}
	// The last of the last: with any grown-up.
	if other := c.take('a', 19, 110, 45); other != nobody {
		g.add(other, "head")
	}
	for _, k := range slices.Backward(g.children) {
		g.add(k, "other")
	}
	return g
}

// addCouple puts husband and wife at the top, he as the head in four of five
// registers.
func addCouple(d dice, g *group) {
	first, second := g.couple[0], g.couple[1]
	if d.chance(20) {
		first, second = second, first
	}
	g.add(first, "head")
	g.add(second, "spouse")
}

// grownFamily gathers parents and their grown children, and for five a
// grandmother; nil when nobody fits.
func grownFamily(d dice, c *crowd, size int) *group {
	mother := c.take('f', 45, 76, d.between(48, 66))
	if mother == nobody {
		return nil
	}
	father := c.take('m', c.ages[mother]-5, c.ages[mother]+12, c.ages[mother]+3)
	if father == nobody {
		c.giveBack(mother)
		return nil
	}
	g := newGroup()
	g.couple = [2]int{father, mother}
	g.parents = g.couple
	addCouple(d, g)
	lo, hi := 19, c.ages[mother]-22
	for len(g.members) < min(size, 4) && lo <= hi {
		k := c.take('a', lo, hi, max(lo, c.ages[mother]-30))
		if k == nobody {
			break
		}
		g.children = append(g.children, k)
		g.add(k, "child")
		lo = c.ages[k] + 2
	}
	if len(g.children) == 0 {
		c.giveBack(mother)
		c.giveBack(father)
		return nil
	}
	if size == 5 {
		if gran := c.take('f', c.ages[mother]+20, 99, c.ages[mother]+26); gran != nobody {
			g.add(gran, "parent")
		}
	}
	return g
}

// pair gathers two: mostly a couple, else a parent with a grown child, else
// two who share a home; nil when fewer than two are left.
func pair(d dice, c *crowd) *group {
	if c.left < 2 {
		return nil
	}
	g := newGroup()
	kind := d.pick(72, 18, 10)
	if kind == 0 {
		if wife := c.take('f', 24, 92, d.between(27, 84)); wife != nobody {
			if man := c.take('m', c.ages[wife]-5, c.ages[wife]+12, c.ages[wife]+2); man != nobody {
				g.couple = [2]int{man, wife}
				addCouple(d, g)
				return g
			}
			c.giveBack(wife)
		}
	}
	if kind <= 1 {
		if mother := c.take('f', 45, 95, d.between(52, 88)); mother != nobody {
			if k := c.take('a', max(19, c.ages[mother]-42), c.ages[mother]-22, c.ages[mother]-30); k != nobody {
				g.parents = [2]int{nobody, mother}
				g.children = []int{k}
				g.add(mother, "head")
				g.add(k, "child")
				return g
			}
			c.giveBack(mother)
		}
	}
	first := c.take('a', 19, 100, d.between(22, 60))
	second := nobody
	if first != nobody {
		second = c.take(c.people[first].sex, 19, 100, c.ages[first])
	}
	if second == nobody {
		c.giveBack(first)
		return nil
	}
	g.add(first, "head")
	g.add(second, "other")
	return g
}

// settleGroup moves a finished group into the world. Persons are numbered in
// the order of households.
func (w *World) settleGroup(c *crowd, g *group) {
	h := len(w.homes)
	at := make(map[int]int, len(g.members))
	w.homes = append(w.homes, home{province: c.province})
	for n, i := range g.members {
		p := c.people[i]
		at[i] = len(w.people)
		p.id = personID(len(w.people))
		p.home, p.relation = h, g.relations[n]
		w.byID[p.id] = len(w.people)
		w.homes[h].members = append(w.homes[h].members, len(w.people))
		w.people = append(w.people, p)
	}
	link := func(i int) int {
		if i == nobody {
			return nobody
		}
		return at[i]
	}
	if g.couple[0] != nobody {
		a, b := link(g.couple[0]), link(g.couple[1])
		w.people[a].spouse, w.people[b].spouse = b, a
	}
	for _, k := range g.children {
		w.adopt(link(k), link(g.parents[0]), link(g.parents[1]))
		if g.parents == [2]int{nobody, nobody} {
			w.people[at[k]].guardian = link(g.members[0])
		}
	}
}

// adopt enters father and mother of a child, and the guardian of a minor.
func (w *World) adopt(child, father, mother int) {
	p := &w.people[child]
	p.father, p.mother = father, mother
	for _, parent := range []int{father, mother} {
		if parent == nobody {
			continue
		}
		w.people[parent].children = append(w.people[parent].children, child)
		if w.age(child) < 19 && p.guardian == nobody {
			p.guardian = parent
		}
	}
}

// spread gives each household a city, county or district of its province, by
// the number of people who live there.
func (w *World) spread() {
	d := newDice(w.seed, streamRegions)
	weights := map[kernel.Region][]int{}
	index := map[kernel.Region][]int{}
	for i, r := range regions {
		p := r.code.Province()
		weights[p] = append(weights[p], r.residents)
		index[p] = append(index[p], i)
	}
	for h := range w.homes {
		p := w.homes[h].province
		w.homes[h].region = index[p][d.pick(weights[p]...)]
	}
}
