package ruletest

import "maru/domain/catalog/contract"

// The enums of the dictionary.
var (
	relations = []string{"head", "spouse", "child", "parent", "grandchild", "other"}
	schools   = []string{"none", "elementary", "middle", "high", "university"}
	tenures   = []string{"owner", "jeonse", "monthly_rent", "free"}
)

// Facts is a small dictionary with facts of every type. Rules cannot use name and
// spouse.
func Facts() []contract.Fact {
	person, household := "person", "household"
	return []contract.Fact{
		{ID: "birth_date", Entity: person, Type: "date"},
		{ID: "moved_on", Entity: person, Type: "date"},
		{ID: "relation_to_head", Entity: person, Type: "enum", Members: relations},
		{ID: "student", Entity: person, Type: "enum", Members: schools},
		{ID: "pregnant", Entity: person, Type: "bool"},
		{ID: "farmer", Entity: person, Type: "bool"},
		{ID: "earned", Entity: person, Type: "int", Unit: "won a month"},
		{ID: "insured_days", Entity: person, Type: "int", Unit: "days"},
		{ID: "birth_order", Entity: person, Type: "int", Unit: "order"},
		{ID: "region", Entity: person, Type: "code", Of: "region"},
		{ID: "name", Entity: person, Type: "text"},
		{ID: "spouse", Entity: person, Type: "person"},
		{ID: "household_size", Entity: household, Type: "int", Unit: "persons"},
		{ID: "rent", Entity: household, Type: "int", Unit: "won a month"},
		{ID: "debt", Entity: household, Type: "int", Unit: "won"},
		{ID: "single_parent", Entity: household, Type: "bool"},
		{ID: "tenure", Entity: household, Type: "enum", Members: tenures},
		{ID: "determined_on", Entity: household, Type: "date"},
		{ID: "receives", Entity: household, Type: "set", Of: "program"},
	}
}

// kindOf is what an expression gives.
type kindOf string

// The kinds; words are a kind for each enum.
const (
	truth    kindOf = "truth"
	whole    kindOf = "whole"
	fraction kindOf = "fraction"
	day      kindOf = "day"
	relation kindOf = "relation_to_head"
	school   kindOf = "student"
	tenure   kindOf = "tenure"
)

// factsOf are the facts of a person and of the household that an expression of a
// kind can name.
func factsOf(k kindOf) (person, household []string) {
	switch k {
	case truth:
		return []string{"pregnant", "farmer"}, []string{"single_parent"}
	case whole:
		return []string{"earned", "insured_days", "birth_order"}, []string{"household_size", "rent", "debt"}
	case day:
		return []string{"birth_date", "moved_on"}, []string{"determined_on"}
	case relation, school:
		return []string{string(k)}, nil
	case tenure:
		return nil, []string{string(k)}
	}
	return nil, nil
}

// members are the words of an enum.
func members(k kindOf) []string {
	switch k {
	case relation:
		return relations
	case school:
		return schools
	}
	return tenures
}
