package sample

import (
	"maru/kernel"
)

// The registers, as the fact dictionary names them.
const (
	resident   = "resident register"
	foreigners = "foreigner register"
	family     = "family register"
	passport   = "passport register"
	insurance  = "employment insurance"
	tax        = "national tax"
	medical    = "self, medical"
	disability = "disability register"
	careFund   = "health insurance"
	education  = "education register"
	childcare  = "childcare register"
	farms      = "farm register"
	pensions   = "pension registers"
	leases     = "lease register"
	property   = "property registers"
	finances   = "financial registers"
	vehicles   = "vehicle register"
	welfare    = "welfare register"
	drivers    = "driving licence register"
	self       = "self"
	officer    = "self, officer"
	computed   = "computed"
	byRegion   = "computed from region"
)

// source tells which register holds a fact and how to read it from the world; a
// nil of: no register of the sample world does.
type source struct {
	registry string
	of       func(w *World, i int) kernel.Value
}

// sources covers every fact of the fact dictionary.
var sources = map[string]source{
	// Resident and family registers.
	"birth_date":       {resident, func(w *World, i int) kernel.Value { return kernel.DateValueOf(w.people[i].birth) }},
	"sex":              {resident, func(w *World, i int) kernel.Value { return sexValue(w.people[i].sex) }},
	"nationality":      {resident, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].nationality) }},
	"resident_since":   {resident, func(w *World, i int) kernel.Value { return kernel.DateValueOf(w.people[i].since) }},
	"region":           {resident, func(w *World, i int) kernel.Value { return kernel.TextOf(string(w.region(i))) }},
	"relation_to_head": {resident, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].relation) }},
	"household_size": {resident, func(w *World, i int) kernel.Value {
		return kernel.IntOf(int64(len(w.homes[w.people[i].home].members)))
	}},
	"name":             {resident, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].name) }},
	"address":          {resident, func(w *World, i int) kernel.Value { return text(w.homes[w.people[i].home].address) }},
	"previous_address": {resident, func(w *World, i int) kernel.Value { return text(w.homes[w.people[i].home].before) }},
	"resident_number":  {resident, (*World).residentNumber},
	"alien_number":     {foreigners, (*World).alienNumber},
	"marital_status":   {family, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].marital) }},
	"parents":          {family, (*World).parents},
	"guardian":         {"family register, court", func(w *World, i int) kernel.Value { return w.idOf(w.people[i].guardian) }},
	"spouse":           {family, func(w *World, i int) kernel.Value { return w.idOf(w.people[i].spouse) }},
	"birth_order":      {family, func(w *World, i int) kernel.Value { return amount(int64(w.birthOrder(i))) }},
	"single_parent":    {family, func(w *World, i int) kernel.Value { return kernel.BoolOf(w.singleParent(w.people[i].home)) }},

	// Work, tax, farm.
	"employment":          {insurance, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].work.employment) }},
	"insured_days_18m":    {insurance, func(w *World, i int) kernel.Value { return amount(w.people[i].work.insuredDays) }},
	"job_left_on":         {insurance, func(w *World, i int) kernel.Value { return kernel.DateValueOf(w.people[i].work.leftOn) }},
	"job_left_reason":     {insurance, func(w *World, i int) kernel.Value { return text(w.people[i].work.leftReason) }},
	"average_daily_wage":  {insurance, func(w *World, i int) kernel.Value { return amount(w.people[i].work.dailyWage) }},
	"ordinary_wage_month": {insurance, func(w *World, i int) kernel.Value { return amount(w.people[i].work.ordinaryWage) }},
	"leave_started_on":    {insurance, func(w *World, i int) kernel.Value { return kernel.DateValueOf(w.people[i].work.leaveSince) }},
	"on_parental_leave":   {insurance, func(w *World, i int) kernel.Value { return kernel.BoolOf(w.people[i].work.parental) }},
	"on_maternity_leave":  {insurance, func(w *World, i int) kernel.Value { return kernel.BoolOf(w.people[i].work.maternity) }},
	"earned_income_month": {tax, func(w *World, i int) kernel.Value { return amount(w.people[i].work.earned) }},
	"business_income_month": {tax, func(w *World, i int) kernel.Value {
		return amount(w.people[i].work.business)
	}},
	"other_income_month": {tax, func(w *World, i int) kernel.Value { return amount(w.people[i].work.other) }},
	"gross_income_year":  {tax, func(w *World, i int) kernel.Value { return amount(w.people[i].work.grossYear) }},
	"farmer_registered":  {farms, func(w *World, i int) kernel.Value { return kernel.BoolOf(w.people[i].work.farmer) }},
	"farm_area_sqm":      {farms, func(w *World, i int) kernel.Value { return amount(w.people[i].work.farmArea) }},
	"farming_since":      {farms, func(w *World, i int) kernel.Value { return kernel.DateValueOf(w.people[i].work.farmingSince) }},
	"public_occupational_pension": {pensions, func(w *World, i int) kernel.Value {
		return kernel.BoolOf(w.people[i].pensionPublic)
	}},

	// Health and school.
	"pregnant":             {medical, func(w *World, i int) kernel.Value { return w.people[i].health.pregnant }},
	"due_date":             {medical, func(w *World, i int) kernel.Value { return kernel.DateValueOf(w.people[i].health.due) }},
	"fetus_count":          {medical, func(w *World, i int) kernel.Value { return amount(w.people[i].health.fetuses) }},
	"disability":           {disability, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].health.disability) }},
	"long_term_care_grade": {careFund, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].health.care) }},
	"student":              {education, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].school.level) }},
	"tuition_year":         {education, func(w *World, i int) kernel.Value { return amount(w.people[i].school.tuition) }},
	"enrolled_daycare":     {childcare, func(w *World, i int) kernel.Value { return kernel.BoolOf(w.people[i].school.daycare) }},

	// The household's means.
	"tenure":                  {leases, func(w *World, i int) kernel.Value { return text(w.means(i).tenure) }},
	"rent_month":              {leases, func(w *World, i int) kernel.Value { return amount(w.means(i).rent) }},
	"deposit":                 {leases, func(w *World, i int) kernel.Value { return amount(w.means(i).deposit) }},
	"property_general":        {property, func(w *World, i int) kernel.Value { return amount(w.means(i).general) }},
	"property_financial":      {finances, func(w *World, i int) kernel.Value { return amount(w.means(i).financial) }},
	"debt":                    {finances, func(w *World, i int) kernel.Value { return amount(w.means(i).debt) }},
	"luxury_vehicle_value":    {vehicles, func(w *World, i int) kernel.Value { return amount(w.means(i).luxuryVehicle) }},
	"recognised_income_month": {computed, func(w *World, i int) kernel.Value { return amount(w.means(i).recognisedIncome) }},
	"receives":                {welfare, func(w *World, i int) kernel.Value { return kernel.SetOf(w.means(i).receives...) }},
	"crisis":                  {officer, func(w *World, i int) kernel.Value { return text(w.means(i).crisis) }},
	// Needs the incomes of two households; no register holds it.
	"parents_income_pct": {computed, func(*World, int) kernel.Value { return kernel.Value{} }},
	"region_class":       {byRegion, func(w *World, i int) kernel.Value { return kernel.TextOf(regionClass(w.region(i))) }},
	"capital_area":       {byRegion, func(w *World, i int) kernel.Value { return kernel.BoolOf(capitalArea(w.region(i))) }},
	"depopulation_area": {byRegion, func(w *World, i int) kernel.Value {
		return kernel.BoolOf(regions[w.homes[w.people[i].home].region].depopulation)
	}},

	// What the public catalogue of benefits also asks. The sample registers do
	// not hold it: it stays unknown.
	"planning_child":        {medical, nil},
	"recent_birth":          {family, nil},
	"fisher":                {farms, nil},
	"livestock_farmer":      {farms, nil},
	"forester":              {farms, nil},
	"veteran":               {welfare, nil},
	"illness":               {medical, nil},
	"multicultural_family":  {family, nil},
	"north_korean_defector": {welfare, nil},
	"grandparent_family":    {family, nil},
	"many_children":         {family, nil},
	"no_home_owned":         {property, nil},
	"extended_family":       {resident, nil},

	// Contacts and documents.
	"phone":                 {self, func(w *World, i int) kernel.Value { return text(w.people[i].papers.phone) }},
	"email":                 {self, func(w *World, i int) kernel.Value { return text(w.people[i].papers.email) }},
	"bank_account":          {self, func(w *World, i int) kernel.Value { return text(w.people[i].papers.account) }},
	"driving_licence_class": {drivers, func(w *World, i int) kernel.Value { return kernel.TextOf(w.people[i].papers.licence) }},
	"driving_licence_until": {drivers, func(w *World, i int) kernel.Value { return kernel.DateValueOf(w.people[i].papers.licenceUntil) }},
	"passport_until":        {passport, func(w *World, i int) kernel.Value { return kernel.DateValueOf(w.people[i].papers.passportUntil) }},
	"name_latin":            {passport, (*World).latinName},
}

// Value is one fact of one person; unknown for a person or fact that the world
// does not hold.
func (w *World) Value(person, fact string) kernel.Value {
	i, ok := w.byID[person]
	if !ok {
		return kernel.Value{}
	}
	s, ok := sources[fact]
	if !ok || s.of == nil {
		return kernel.Value{}
	}
	return s.of(w, i)
}

func (w *World) region(i int) kernel.Region { return regions[w.homes[w.people[i].home].region].code }

func (w *World) means(i int) *means { return &w.homes[w.people[i].home].means }

// text is unknown where nothing is held.
func text(s string) kernel.Value {
	if s == "" {
		return kernel.Value{}
	}
	return kernel.TextOf(s)
}

// amount is unknown where no register holds it; 0 is known.
func amount(n int64) kernel.Value {
	if n == unknown {
		return kernel.Value{}
	}
	return kernel.IntOf(n)
}

func sexValue(sex byte) kernel.Value {
	if sex == 'm' {
		return kernel.TextOf("male")
	}
	return kernel.TextOf("female")
}

func (w *World) idOf(i int) kernel.Value {
	if i == nobody {
		return kernel.Value{}
	}
	return kernel.TextOf(w.people[i].id)
}

// parents is unknown where neither of them is in the world.
func (w *World) parents(i int) kernel.Value {
	var ids []string
	for _, p := range []int{w.people[i].father, w.people[i].mother} {
		if p != nobody {
			ids = append(ids, w.people[p].id)
		}
	}
	if len(ids) == 0 {
		return kernel.Value{}
	}
	return kernel.SetOf(ids...)
}

func (w *World) residentNumber(i int) kernel.Value {
	p := &w.people[i]
	if p.nationality == "foreigner" {
		return kernel.Value{}
	}
	return kernel.TextOf(registrationNumber(p.birth, p.sex, false, i))
}

func (w *World) alienNumber(i int) kernel.Value {
	p := &w.people[i]
	if p.nationality != "foreigner" {
		return kernel.Value{}
	}
	return kernel.TextOf(registrationNumber(p.birth, p.sex, true, i))
}

// latinName is known for whoever holds a passport that the passport register
// has seen, and for foreigners.
func (w *World) latinName(i int) kernel.Value {
	p := &w.people[i]
	if p.nationality == "citizen" && p.papers.passportUntil.IsZero() {
		return kernel.Value{}
	}
	return kernel.TextOf(p.nameLatin)
}
