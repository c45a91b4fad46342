package catalogue

import "slices"

// row is what the codes of one service are.
type row struct {
	codes    []string
	from, to int // ages, -1 for none
}

// The codes of each group; a wildcard stands apart.
var (
	incomeCodes = []string{"JA0201", "JA0202", "JA0203", "JA0204", "JA0205"}
	personCodes = []string{"JA0301", "JA0302", "JA0303", "JA0313", "JA0314", "JA0315", "JA0316", "JA0317", "JA0318", "JA0319", "JA0320",
		"JA0326", "JA0327", "JA0328", "JA0329", "JA0330"}
	householdCodes = []string{"JA0401", "JA0402", "JA0403", "JA0404", "JA0411", "JA0412", "JA0413", "JA0414"}
	pupilCodes     = []string{"JA0317", "JA0318", "JA0319", "JA0320"}
	landCodes      = []string{"JA0313", "JA0314", "JA0315", "JA0316"}
	stages         = []string{"JA1101", "JA1102", "JA1103"}
	sectors        = []string{"JA1201", "JA1202", "JA1299"}
	organisations  = []string{"JA2101", "JA2102", "JA2103"}
	industries     = []string{"JA2201", "JA2202", "JA2203", "JA2299"}
)

const (
	male, female      = "JA0101", "JA0102"
	personWildcard    = "JA0322"
	householdWildcard = "JA0410"
)

// person draws the codes of a service for persons.
func (d dice) person() row {
	var r row
	who := d.personGroup(&r)
	switch {
	case who == "JA0302" && d.chance(700), who == "JA0303" && d.chance(300):
		r.codes = append(r.codes, female)
	case d.chance(12):
		r.codes = append(r.codes, female)
	case d.chance(3):
		r.codes = append(r.codes, male)
	default:
		r.codes = append(r.codes, male, female)
	}
	r.codes = append(r.codes, d.income()...)
	r.codes = append(r.codes, d.household()...)
	d.ages(&r, who)
	if d.chance(25) { // a firm may apply too
		r.codes = append(r.codes, one(d, organisations), one(d, industries))
	}
	slices.Sort(r.codes)
	r.codes = slices.Compact(r.codes)
	return r
}

// personGroup gives the one code that a service is about, "" for none.
func (d dice) personGroup(r *row) string {
	switch d.pick(190, 215, 15, 12, 10, 270, 60, 50, 100, 78) {
	case 0: // the wildcard alone
		r.codes = append(r.codes, personWildcard)
	case 1: // everything
		r.codes = append(append(r.codes, personCodes...), personWildcard)
	case 2: // everything with a few taken out
		r.codes = append(r.codes, personWildcard)
		for _, c := range personCodes {
			if !slices.Contains(pupilCodes, c) || d.chance(200) {
				r.codes = append(r.codes, c)
			}
		}
	case 3: // a wildcard beside some codes
		r.codes = append(r.codes, personWildcard, one(d, personCodes), one(d, personCodes))
	case 4: // everything but the wildcard, some taken out
		for _, c := range personCodes {
			if d.chance(800) {
				r.codes = append(r.codes, c)
			}
		}
	case 5: // one code
		weights := []int{40, 90, 110, 190, 70, 80, 40, 10, 5, 8, 50, 50, 60, 150, 110, 70}
		c := personCodes[d.pick(weights...)]
		r.codes = append(r.codes, c)
		return c
	case 6: // pupils
		first := d.below(3)
		r.codes = append(r.codes, pupilCodes[first:first+2+d.below(3-first)]...)
	case 7: // farmers and the like
		r.codes = append(r.codes, landCodes[d.below(4)], landCodes[d.below(4)])
	case 8: // two
		r.codes = append(r.codes, one(d, personCodes), one(d, personCodes))
	default: // three or four
		for range 3 + d.below(2) {
			r.codes = append(r.codes, one(d, personCodes))
		}
	}
	return ""
}

func (d dice) income() []string {
	switch d.pick(845, 60, 55, 15, 15, 10) {
	case 0:
		return incomeCodes
	case 1:
		return incomeCodes[:4]
	case 2:
		return incomeCodes[:1]
	case 3:
		return incomeCodes[:2]
	case 4:
		return incomeCodes[:3]
	}
	from := d.below(4)
	return incomeCodes[from : from+1+d.below(4-from)]
}

func (d dice) household() []string {
	all := append(slices.Clone(householdCodes), householdWildcard)
	switch d.pick(570, 275, 40, 8, 85, 12, 10) {
	case 0:
		return all
	case 1:
		return []string{householdWildcard}
	case 2: // most, with the wildcard
		out := []string{householdWildcard}
		for _, c := range householdCodes {
			if d.chance(800) {
				out = append(out, c)
			}
		}
		return out
	case 3: // few, with the wildcard
		return []string{householdWildcard, one(d, householdCodes)}
	case 4:
		return []string{householdCodes[d.pick(120, 100, 180, 90, 130, 150, 200, 30)]}
	case 5:
		return []string{one(d, householdCodes), one(d, householdCodes)}
	}
	return nil
}

// ages draws the ages. Whom it is for narrows them.
func (d dice) ages(r *row, who string) {
	r.from, r.to = -1, 120
	froms := []int{-1, 0, 18, 19, 65, 60, 3, 6, 13, 16, 20, 40, 50, 55, 62, 70, 75}
	r.from = froms[d.pick(430, 10, 250, 130, 60, 20, 8, 10, 8, 6, 12, 8, 10, 6, 4, 6, 6)]
	if who == "JA0302" || who == "JA0303" {
		r.from = 18
	}
	if d.chance(280) {
		tos := []int{39, 49, 34, 64, 44, 45, 18, 17, 12, 5, 6, 2, 55, 60, 24, 29, 1, 0}
		r.to = tos[d.pick(180, 150, 130, 120, 70, 60, 60, 30, 40, 40, 30, 20, 30, 20, 20, 15, 10, 5)]
		if r.to < r.from {
			r.from = -1
		}
	}
	if d.chance(1) { // a slip
		r.from, r.to = 40, 20
	}
}

// business draws the codes of a service for businesses or organisations.
func (d dice) business(organisation bool) row {
	r := row{from: -1, to: -1}
	if organisation {
		r.codes = append(r.codes, one(d, organisations))
		for _, c := range industries {
			if d.chance(430) {
				r.codes = append(r.codes, c)
			}
		}
	} else {
		r.codes = append(append(r.codes, one(d, stages)), sectors...)
	}
	slices.Sort(r.codes)
	return r
}
