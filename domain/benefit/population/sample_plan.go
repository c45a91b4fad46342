package population

import "slices"

// plan are the households of one region, as runs of households with members of
// the same sexes, age bands and roles. The members of all of them together are
// exactly the cells of the region.
type plan struct {
	runs []run
	ends []int // households up to and with each run
}

// run are so many households of one kind.
type run struct {
	n       int
	size    int
	members [maxKin]kin
}

// maxKin is how many members a made-up household has at most.
const maxKin = 8

// kin is one member of a kind of household.
type kin struct {
	sex, band uint8
	role      role
}

// role is what a member is to the head.
type role uint8

const (
	asHead role = iota
	asSpouse
	asChild
	asParent
	asGrandchild
	asOther
)

// Shares by age band: of those who live as children with their parents, of men
// and women who live as parents with their children, and of those who are
// married. They are plausible, not official.
var (
	childShare   = [bands]float64{1, 1, 1, .97, .70, .52, .27, .13, .08, .06, .04}
	parentShare  = [2][bands]float64{{14: .02, .03, .05, .07, .08, .08, .08}, {14: .04, .07, .11, .15, .18, .2, .2}}
	marriedShare = [2][bands]float64{
		{4: .005, .06, .32, .60, .68, .71, .74, .76, .78, .80, .81, .80, .75, .66, .5, .3, .2},
		{4: .015, .11, .45, .70, .76, .77, .77, .76, .73, .69, .62, .48, .32, .16, .06, .02, .01},
	}
	// motherAhead is how many bands a mother is ahead of her child, from 5 on.
	motherAhead = [...]float64{.12, .42, .35, .11}
)

// couple are so many couples by the bands of man and woman.
type couple struct {
	n         int
	man, wife uint8
}

// group are so many sets of siblings by their number of boys and girls.
type group struct {
	n           int
	boys, girls int
}

// draft is a plan being made.
type draft struct {
	plan    *plan
	left    cells // adults without a place so far
	couples []couple
	parents cells // adults who live with their children
	// alone is how many of left have no other choice but a household of their
	// own or with another of left.
	families int
}

// newDraft places everybody of a region but the single adults in d.left.
func newDraft(c cells) *draft {
	d := &draft{plan: &plan{}, left: c}
	var kids cells
	for s := range 2 {
		for b := range bands {
			kids[s][b] = part(c[s][b], childShare[b])
			d.parents[s][b] = part(c[s][b]-kids[s][b], parentShare[s][b])
			d.left[s][b] -= kids[s][b] + d.parents[s][b]
		}
	}
	d.marry(c)
	for b := range bands {
		for _, g := range siblings(kids[male][b], kids[female][b], b) {
			d.raise(g, b)
		}
	}
	for _, c := range d.couples {
		if c.n > 0 {
			d.put(c.n, kin{male, c.man, asHead}, kin{female, c.wife, asSpouse})
		}
	}
	d.couples = nil
	d.lodge()
	for _, r := range d.plan.runs {
		d.families += r.n
	}
	return d
}

// part is a share of n, rounded.
func part(n int, share float64) int { return min(n, int(float64(n)*share+0.5)) }

// put makes households.
func (d *draft) put(n int, members ...kin) {
	r := run{n: n, size: len(members)}
	copy(r.members[:], members)
	d.plan.runs = append(d.plan.runs, r)
}

// marry makes couples of men and women of the same rank by age.
func (d *draft) marry(c cells) {
	var married cells
	var sums [2]int
	for s := range 2 {
		for b := range bands {
			married[s][b] = min(part(c[s][b], marriedShare[s][b]), d.left[s][b])
			sums[s] += married[s][b]
		}
	}
	n := min(sums[male], sums[female])
	for s := range 2 {
		// The surplus of one sex goes in the same share from every band.
		sum, given := 0, 0
		for b := range bands {
			sum += married[s][b]
			due := 0
			if sums[s] > 0 {
				due = (sum*n + sums[s]/2) / sums[s]
			}
			married[s][b] = due - given
			given = due
			d.left[s][b] -= married[s][b]
		}
	}
	for m, f := 0, 0; m < bands && f < bands; {
		k := min(married[male][m], married[female][f])
		if k > 0 {
			d.couples = append(d.couples, couple{k, uint8(m), uint8(f)})
			married[male][m] -= k
			married[female][f] -= k
		}
		if married[male][m] == 0 {
			m++
		} else {
			f++
		}
	}
}

// siblings are the children of one band as sets of one to three.
func siblings(boys, girls, band int) []group {
	n := boys + girls
	threes, twos := n*11/100/3, n*66/100/2
	if band > 3 {
		threes, twos = 0, n*36/100/2
	}
	var out []group
	add := func(n, b, g int) {
		if n > 0 {
			out = append(out, group{n, b, g})
			boys -= n * b
			girls -= n * g
		}
	}
	if n > 0 {
		// Of three, two of one sex and one of the other.
		twoBoys := min(max(threes*3*boys/n-threes, 0), threes)
		add(twoBoys, 2, 1)
		add(threes-twoBoys, 1, 2)
	}
	if n = boys + girls; n > 0 {
		mixed := min(twos/2, boys, girls)
		both := min((twos-mixed)*boys/n, (boys-mixed)/2)
		rest := min(twos-mixed-both, (girls-mixed)/2)
		add(mixed, 1, 1)
		add(both, 2, 0)
		add(rest, 0, 2)
	}
	add(boys, 1, 0)
	add(girls, 0, 1)
	return out
}

// raise gives sets of siblings of a band to parents: mostly to couples of the
// right age, else to single adults, grandparents, or whoever is there.
func (d *draft) raise(g group, band int) {
	alone := .08
	if band > 3 {
		alone = .25
	}
	single := part(g.n, alone)
	couples := g.n - single
	sum, given := 0., 0
	for i, share := range motherAhead {
		sum += share
		due := part(couples, sum)
		if i == len(motherAhead)-1 {
			due = couples
		}
		single += d.toCouples(due-given, g, band, band+5+i, asChild)
		given = due
	}
	for _, ahead := range [...]int{6, 7, 5, 8} {
		women := single - part(single, .25)
		single += d.toSingle(women, g, band, female, band+ahead, asChild) - women
		single = d.toSingle(single, g, band, male, band+ahead, asChild)
	}
	for _, ahead := range [...]int{6, 7, 5, 8, 4} {
		single = d.toCouples(single, g, band, band+ahead, asChild)
	}
	for older := min(band+9, bands); older < bands; older++ {
		single = d.toCouples(single, g, band, older, asGrandchild)
	}
	for older := min(band+9, bands); older < bands; older++ {
		single = d.toSingle(single, g, band, female, older, asGrandchild)
		single = d.toSingle(single, g, band, male, older, asGrandchild)
	}
	for older := 3; older < bands; older++ {
		single = d.toCouples(single, g, band, older, asOther)
		single = d.toSingle(single, g, band, female, older, asOther)
		single = d.toSingle(single, g, band, male, older, asOther)
	}
	if single > 0 { // in a region of very few people
		kids := g.members(band, asOther)
		kids[0].role = asHead
		d.put(single, kids...)
	}
}

// members are the set's children.
func (g group) members(band int, as role) []kin {
	var out []kin
	for range g.boys {
		out = append(out, kin{male, uint8(band), as})
	}
	for range g.girls {
		out = append(out, kin{female, uint8(band), as})
	}
	return out
}

// toCouples gives up to n sets to couples whose wife is of a band, and tells how
// many are left.
func (d *draft) toCouples(n int, g group, band, wife int, as role) int {
	for i := range d.couples {
		c := &d.couples[i]
		if int(c.wife) != wife || n == 0 {
			continue
		}
		if k := min(n, c.n); k > 0 {
			d.put(k, append([]kin{{male, c.man, asHead}, {female, c.wife, asSpouse}}, g.members(band, as)...)...)
			c.n -= k
			n -= k
		}
	}
	return n
}

func (d *draft) toSingle(n int, g group, band, sex, older int, as role) int {
	if older >= bands {
		return n
	}
	k := min(n, d.left[sex][older])
	if k > 0 {
		d.put(k, append([]kin{{uint8(sex), uint8(older), asHead}}, g.members(band, as)...)...)
		d.left[sex][older] -= k
	}
	return n - k
}

// lodge gives a place to adults who live with their children: in a family whose
// head is 4 to 7 bands younger, else with a single adult, else on their own.
func (d *draft) lodge() {
	used := len(d.plan.runs)
	for s := range 2 {
		for b := bands - 1; b >= 0; b-- {
			n := d.parents[s][b]
			for i := 0; i < used && n > 0; i++ {
				r := &d.plan.runs[i]
				ahead := b - int(r.members[0].band)
				if r.n == 0 || r.size >= 6 || ahead < 4 || ahead > 7 {
					continue
				}
				// At most half of a kind, so that all kinds remain.
				k := min(n, (r.n+1)/2)
				r.n -= k
				more := *r
				more.n, more.size = k, r.size+1
				more.members[r.size] = kin{uint8(s), uint8(b), asParent}
				d.plan.runs = append(d.plan.runs, more)
				n -= k
			}
			for ahead := 4; ahead < 8 && n > 0 && b >= ahead; ahead++ {
				for sex := range 2 {
					k := min(n, d.left[sex][b-ahead])
					if k > 0 {
						d.put(k, kin{uint8(sex), uint8(b - ahead), asHead}, kin{uint8(s), uint8(b), asParent})
						d.left[sex][b-ahead] -= k
						n -= k
					}
				}
			}
			d.left[s][b] += n
		}
	}
	d.plan.runs = slices.DeleteFunc(d.plan.runs, func(r run) bool { return r.n == 0 })
}

// settle lets a share of the adults left live alone and the others by twos.
func (d *draft) settle(alone float64) *plan {
	var waiting *kin
	for s := range 2 {
		for b := range bands {
			n := d.left[s][b]
			single := part(n, alone)
			if single > 0 {
				d.put(single, kin{uint8(s), uint8(b), asHead})
			}
			n -= single
			if n > 0 && waiting != nil {
				d.put(1, kin{waiting.sex, waiting.band, asHead}, kin{uint8(s), uint8(b), asOther})
				waiting = nil
				n--
			}
			if n > 1 {
				d.put(n/2, kin{uint8(s), uint8(b), asHead}, kin{uint8(s), uint8(b), asOther})
			}
			if n%2 == 1 {
				waiting = &kin{uint8(s), uint8(b), asHead}
			}
		}
	}
	if waiting != nil {
		d.put(1, *waiting)
	}
	p := d.plan
	sum := 0
	for _, r := range p.runs {
		sum += r.n
		p.ends = append(p.ends, sum)
	}
	return p
}

// households is how many there are.
func (p *plan) households() int {
	if len(p.ends) == 0 {
		return 0
	}
	return p.ends[len(p.ends)-1]
}

// at is the kind of a household.
func (p *plan) at(i int) *run {
	k, found := slices.BinarySearch(p.ends, i)
	if found {
		k++
	}
	return &p.runs[k]
}

// plans makes the plans of all regions, in which so large a share of the
// households is of one person, as far as there are single adults.
func plans(regions []region, singles float64) []*plan {
	drafts := make([]*draft, len(regions))
	families, left := 0., 0.
	for i := range regions {
		drafts[i] = newDraft(regions[i].cells)
		families += float64(drafts[i].families)
		left += float64(drafts[i].left.sum())
	}
	// alone*left = singles * (families + alone*left + (1-alone)*left/2)
	alone := 1.
	if left > 0 {
		alone = min(1, max(0, singles*(families+left/2)/(left*(1-singles/2))))
	}
	out := make([]*plan, len(regions))
	for i, d := range drafts {
		out[i] = d.settle(alone)
	}
	return out
}
