package population

import (
	"slices"

	"maru/domain/benefit/rule"
)

// wordSlot is an enum's slot and the law's words of the members that samples
// know, in a fixed order; -1 for one that the law's dictionary lacks.
type wordSlot struct {
	slot  int
	words []int64
}

// personSlots are where the law keeps the facts that samples fill in, -1 for a
// fact it lacks.
type personSlots struct {
	birth, residentSince, region, pregnant, due, fetuses                int
	insured, leftOn, dailyWage, onParental, onMaternity, leaveOn, wage  int
	earned, business, other, grossYear, daycare, farmer, area, farmedOn int
	publicPension, order, tuition, licenceUntil, passportUntil          int
	relation, planning, recentBirth, veteran, illness                   int
	fisher, livestock, forester                                         int
	sex, nationality, marital, relationTo, disability, care             wordSlot
	employment, leftReason, student, licence                            wordSlot
}

func (p *personSlots) find(law *rule.Law) {
	for id, at := range map[string]*int{
		"birth_date": &p.birth, "resident_since": &p.residentSince, "region": &p.region, "pregnant": &p.pregnant, "due_date": &p.due,
		"fetus_count": &p.fetuses, "insured_days_18m": &p.insured, "job_left_on": &p.leftOn, "average_daily_wage": &p.dailyWage,
		"on_parental_leave": &p.onParental, "on_maternity_leave": &p.onMaternity, "leave_started_on": &p.leaveOn, "ordinary_wage_month": &p.wage,
		"earned_income_month": &p.earned, "business_income_month": &p.business, "other_income_month": &p.other, "gross_income_year": &p.grossYear,
		"enrolled_daycare": &p.daycare, "farmer_registered": &p.farmer, "farm_area_sqm": &p.area, "farming_since": &p.farmedOn,
		"public_occupational_pension": &p.publicPension, "birth_order": &p.order, "tuition_year": &p.tuition,
		"driving_licence_until": &p.licenceUntil, "passport_until": &p.passportUntil, "relation_to_head": &p.relation,
		"planning_child": &p.planning, "recent_birth": &p.recentBirth, "veteran": &p.veteran, "illness": &p.illness,
		"fisher": &p.fisher, "livestock_farmer": &p.livestock, "forester": &p.forester,
	} {
		*at = slotOf(law, false, id)
	}
	p.sex = wordsOf(law, false, "sex", "male", "female")
	p.nationality = wordsOf(law, false, "nationality", "citizen", "overseas_korean", "foreigner")
	p.marital = wordsOf(law, false, "marital_status", "single", "married", "divorced", "widowed")
	p.relationTo = wordsOf(law, false, "relation_to_head", "head", "spouse", "child", "parent", "grandchild", "other")
	p.disability = wordsOf(law, false, "disability", "none", "mild", "severe")
	p.care = wordsOf(law, false, "long_term_care_grade", "none", "1", "2", "3", "4", "5", "cognitive")
	p.employment = wordsOf(law, false, "employment", "employed", "self_employed", "unemployed", "inactive", "farmer")
	p.leftReason = wordsOf(law, false, "job_left_reason", "involuntary", "voluntary", "voluntary_justified")
	p.student = wordsOf(law, false, "student", "none", "preschool", "elementary", "middle", "high", "university")
	p.licence = wordsOf(law, false, "driving_licence_class", "none", "1_large", "1_ordinary", "2_ordinary", "2_small")
}

// householdSlots are the same of the household.
type householdSlots struct {
	size, rent, deposit, general, financial, debt, vehicle, recognised int
	singleParent, receives, depopulation, capital, parentsPct          int
	multicultural, defector, grandparents, extended, manyChildren      int
	noHome                                                             int
	tenure, crisis, class                                              wordSlot
}

func (h *householdSlots) find(law *rule.Law) {
	for id, at := range map[string]*int{
		"household_size": &h.size, "rent_month": &h.rent, "deposit": &h.deposit, "property_general": &h.general, "property_financial": &h.financial,
		"debt": &h.debt, "luxury_vehicle_value": &h.vehicle, "recognised_income_month": &h.recognised, "single_parent": &h.singleParent,
		"receives": &h.receives, "depopulation_area": &h.depopulation, "capital_area": &h.capital, "parents_income_pct": &h.parentsPct,
		"multicultural_family": &h.multicultural, "north_korean_defector": &h.defector, "grandparent_family": &h.grandparents,
		"extended_family": &h.extended, "many_children": &h.manyChildren, "no_home_owned": &h.noHome,
	} {
		*at = slotOf(law, true, id)
	}
	h.tenure = wordsOf(law, true, "tenure", "owner", "jeonse", "monthly_rent", "free")
	h.crisis = wordsOf(law, true, "crisis", "none", "income_loss", "illness", "violence", "disaster", "eviction")
	h.class = wordsOf(law, true, "region_class", "seoul", "gyeonggi", "metropolitan", "other")
}

func slotOf(law *rule.Law, household bool, id string) int {
	f := law.Fact(household, id)
	if f == nil {
		return -1
	}
	return f.Slot
}

func wordsOf(law *rule.Law, household bool, id string, members ...string) wordSlot {
	w := wordSlot{slot: slotOf(law, household, id), words: make([]int64, len(members))}
	for i, text := range members {
		w.words[i] = -1
		if n, ok := law.WordOf(text); ok && w.slot >= 0 && slices.Contains(law.Fact(household, id).Members, text) {
			w.words[i] = n
		}
	}
	return w
}
