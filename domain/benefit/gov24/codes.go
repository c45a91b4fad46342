package gov24

import (
	"maps"
	"slices"
)

// group is what a code speaks of.
type group uint8

const (
	groupSex group = iota
	groupAge
	groupIncome
	groupPerson
	groupHousehold
	groupBusiness // of businesses and organisations: not for persons
)

// code is one of the 48. A code of a person or household holds where the fact
// does: a bool, an enum with the member named, or the rule written out.
type code struct {
	id     string
	group  group
	fact   string
	member string
	rule   string
	// wildcard: "none of these apply".
	wildcard bool
}

const (
	ageFromCode = "JA0110"
	ageToCode   = "JA0111"
	maleCode    = "JA0101"
	femaleCode  = "JA0102"
	// noUpperAge stands for no limit.
	noUpperAge = 120
)

// codes are all codes in order.
var codes = []code{
	{id: maleCode, group: groupSex}, {id: femaleCode, group: groupSex},
	{id: ageFromCode, group: groupAge}, {id: ageToCode, group: groupAge},
	{id: "JA0201", group: groupIncome}, {id: "JA0202", group: groupIncome}, {id: "JA0203", group: groupIncome},
	{id: "JA0204", group: groupIncome}, {id: "JA0205", group: groupIncome},
	{id: "JA0301", group: groupPerson, fact: "m.planning_child"},
	{id: "JA0302", group: groupPerson, fact: "m.pregnant"},
	{id: "JA0303", group: groupPerson, fact: "m.recent_birth"},
	{id: "JA0313", group: groupPerson, fact: "m.farmer_registered"},
	{id: "JA0314", group: groupPerson, fact: "m.fisher"},
	{id: "JA0315", group: groupPerson, fact: "m.livestock_farmer"},
	{id: "JA0316", group: groupPerson, fact: "m.forester"},
	{id: "JA0317", group: groupPerson, fact: "m.student", member: "elementary"},
	{id: "JA0318", group: groupPerson, fact: "m.student", member: "middle"},
	{id: "JA0319", group: groupPerson, fact: "m.student", member: "high"},
	{id: "JA0320", group: groupPerson, fact: "m.student", member: "university"},
	{id: "JA0322", group: groupPerson, wildcard: true},
	{id: "JA0326", group: groupPerson, fact: "m.employment", member: "employed"},
	{id: "JA0327", group: groupPerson, fact: "m.employment", member: "unemployed"},
	{id: "JA0328", group: groupPerson, rule: `m.disability != "none"`},
	{id: "JA0329", group: groupPerson, fact: "m.veteran"},
	{id: "JA0330", group: groupPerson, fact: "m.illness"},
	{id: "JA0401", group: groupHousehold, fact: "h.multicultural_family"},
	{id: "JA0402", group: groupHousehold, fact: "h.north_korean_defector"},
	{id: "JA0403", group: groupHousehold, rule: "h.single_parent || h.grandparent_family"},
	{id: "JA0404", group: groupHousehold, rule: "h.household_size == 1"},
	{id: "JA0410", group: groupHousehold, wildcard: true},
	{id: "JA0411", group: groupHousehold, fact: "h.many_children"},
	{id: "JA0412", group: groupHousehold, fact: "h.no_home_owned"},
	// Newly moved in: within a year. How long a place counts differs.
	{id: "JA0413", group: groupHousehold, rule: "date <= add_months(m.resident_since, 12)"},
	{id: "JA0414", group: groupHousehold, fact: "h.extended_family"},
	{id: "JA1101", group: groupBusiness}, {id: "JA1102", group: groupBusiness}, {id: "JA1103", group: groupBusiness},
	{id: "JA1201", group: groupBusiness}, {id: "JA1202", group: groupBusiness}, {id: "JA1299", group: groupBusiness},
	{id: "JA2101", group: groupBusiness}, {id: "JA2102", group: groupBusiness}, {id: "JA2103", group: groupBusiness},
	{id: "JA2201", group: groupBusiness}, {id: "JA2202", group: groupBusiness}, {id: "JA2203", group: groupBusiness}, {id: "JA2299", group: groupBusiness},
}

// band is an income band: above From and up to To percent of the median, 0 for
// no bound.
type band struct{ from, to int }

// bands are the income bands in the order of their codes.
var bands = []band{{0, 50}, {50, 75}, {75, 100}, {100, 200}, {200, 0}}

// of are the codes of a group, its wildcard left out.
func of(g group) []code {
	var out []code
	for _, c := range codes {
		if c.group == g && !c.wildcard {
			out = append(out, c)
		}
	}
	return out
}

// Codes are the ids of the 48 codes in order.
func Codes() []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = c.id
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
