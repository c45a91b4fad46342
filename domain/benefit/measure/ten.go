package measure

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Ten varied variables over a million people are what other engines are measured
// by: four of a person (a basic income, a pension, an income tax and contributions
// by brackets), six of a household (allowances for housing and for children, a tax
// on housing, the sums of benefits and of taxes, what is left to spend). The law
// here is made up for that: nobody's figures, over facts of the pack's dictionary.

// tenPersons is how many people they are worked out for.
const tenPersons = 1_000_000

// tenSource is the made-up law of ten variables.
func tenSource(facts []contract.Fact) rule.Source {
	day := kernel.MustDate("2024-01-01")
	src := rule.Source{Facts: facts}
	for _, p := range []struct {
		id, kind string
		value    any
	}{
		{"adult", "int", 18}, {"basic", "won", 430_000}, {"old", "int", 66}, {"base_pension", "won", 910_000}, {"tax", "rate", "14%"},
		{"first_from", "won", 0}, {"first", "rate", "2%"}, {"second_from", "won", 1_600_000}, {"second", "rate", "5%"}, {"third_from", "won", 4_100_000}, {"third", "rate", "7%"},
		{"rent_share", "rate", "1/4"}, {"low", "won", 2_200_000}, {"small", "int", 7}, {"small_alone", "int", 9}, {"parenting", "won", 320_000},
		{"house_rate", "rate", "0.17%"}, {"house_least", "won", 24_000},
	} {
		src.Law.Parameters = append(src.Law.Parameters, contract.Parameter{ID: p.id, Type: p.kind, Values: []contract.ParameterValue{{From: day, Value: p.value}}})
	}
	for _, f := range [][3]string{
		{"age", "m", "years(m.birth_date, date)"},
		{"earned", "m", "m.earned_income_month"},
		{"basic_income", "m", "age(m) >= adult && earned(m) == 0 ? basic : 0"},
		{"pension", "m", "age(m) >= old ? base_pension : 0"},
		{"income_tax", "m", "floor(earned(m) * tax)"},
		{"contributions", "m", "floor(max(0, earned(m) - first_from) * first + max(0, earned(m) - second_from) * second + max(0, earned(m) - third_from) * third)"},
		{"housing_allowance", "", "floor(h.rent_month * rent_share)"},
		{"parenting_allowance", "", "members.sum(n, earned(n)) <= low && members.any(n, age(n) < (h.single_parent ? small_alone : small)) ? parenting : 0"},
		{"housing_tax", "", `h.tenure == "free" ? 0 : max(house_least, floor(h.property_general * house_rate))`},
		{"benefits", "", "members.sum(n, basic_income(n) + pension(n)) + housing_allowance + parenting_allowance"},
		{"taxes", "", "members.sum(n, income_tax(n) + contributions(n)) + housing_tax / 12"},
		{"left", "", "members.sum(n, earned(n)) + benefits - taxes"},
	} {
		formula := contract.Formula{ID: f[0], Rule: f[2]}
		if f[1] != "" {
			formula.Of = []string{f[1]}
		}
		src.Law.Formulas = append(src.Law.Formulas, formula)
	}
	for _, v := range [][2]string{
		{"person", "basic_income(m)"}, {"household", "housing_allowance"}, {"household", "parenting_allowance"}, {"person", "pension(m)"}, {"person", "income_tax(m)"},
		{"person", "contributions(m)"}, {"household", "housing_tax"}, {"household", "floor(left)"}, {"household", "floor(benefits)"}, {"household", "floor(taxes)"},
	} {
		src.Programmes = append(src.Programmes, rule.Programme{ID: fmt.Sprintf("variable-%d", len(src.Programmes)+1), Benefit: contract.Benefit{
			Unit: v[0], Period: "month", Amount: v[1], Conditions: []contract.BenefitCondition{{ID: "c1", When: "true"}},
		}})
	}
	return src
}

// ten works the ten variables out for a million people of whom all is known, and
// says how many variables of a person one core works out in a second, reading and
// unpacking the mapped file with it.
func (b *bench) ten(dir string) error {
	law, problems := rule.Compile(tenSource(b.Pack.Source.Facts))
	if law == nil {
		return fmt.Errorf("measure: %s", problems[0])
	}
	path := filepath.Join(dir, "ten.population")
	o := population.SampleOptions{Seed: 3, On: b.Day, Persons: min(tenPersons, b.Persons)}
	if err := b.write(law, path, o); err != nil {
		return err
	}
	snapshot, err := b.open(law, path)
	if err != nil {
		return err
	}
	defer snapshot.Close() //nolint:errcheck // it was only read
	rows := snapshot.View()
	engine, run, wanted := column.New(law), law.At(b.Day, kernel.Date{}), every(len(law.Programmes))
	var failed error
	took := middle(5, func() {
		sink := column.NewCounts(len(wanted), 1)
		if err := engine.Run(b.ctx, run, rows, column.Options{Wanted: wanted, Amounts: true, Workers: 1}, sink); err != nil {
			failed = err
		}
	})
	if failed != nil {
		return failed
	}
	// What is decided for a household counts for each of its people, as others
	// count; once a household it comes to less, which the note says.
	once := 0
	for _, p := range law.Programmes {
		if once += rows.Households(); p.Person {
			once += rows.Persons() - rows.Households()
		}
	}
	b.add(Line{Name: fmt.Sprintf("ten varied variables of a made-up law x %d people, one core", rows.Persons()), Value: float64(len(wanted)) * float64(rows.Persons()) / took.Seconds() / 1e6,
		Unit: "million person-variables/s", Budget: 40, Note: fmt.Sprintf("%.2f s, %d households, the median of five; variables of a household count for each of its people, as the reference counts; counted once a household %.0f",
			took.Seconds(), rows.Households(), float64(once)/took.Seconds()/1e6)})
	return nil
}

// middle is the median time of n runs.
func middle(n int, fn func()) time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		start := time.Now()
		fn()
		all[i] = time.Since(start)
	}
	slices.Sort(all)
	return all[n/2]
}
