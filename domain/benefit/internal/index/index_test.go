package index

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	agency "maru/domain/agency/contract"
	"maru/domain/benefit/gov24"
	"maru/domain/benefit/gov24/catalogue"
	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/pack"
	"maru/platform/i18n"
)

// korea is the pack's law with all its programmes and n imported ones.
func korea(t testing.TB, seed uint64, n int) rule.Source {
	t.Helper()
	s := ruletest.Pack(t, pack.KR())
	var regions struct {
		Provinces []agency.Province `yaml:"provinces"`
	}
	ruletest.File(t, pack.KR(), "regions.yaml", &regions)
	texts, err := i18n.Load(gov24.Messages())
	if err != nil {
		t.Fatal(err)
	}
	pages, err := catalogue.Make(seed, n, 500, regions.Provinces)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pages.Read()
	if err != nil {
		t.Fatal(err)
	}
	imported, _ := gov24.Import(c, regions.Provinces, texts)
	for i := range imported {
		s.Programmes = append(s.Programmes, imported[i].Rule())
	}
	return s
}

func compile(t testing.TB, s rule.Source) *rule.Law {
	t.Helper()
	law, problems := rule.Compile(s)
	for _, p := range problems[:min(len(problems), 5)] {
		t.Error(p)
	}
	if law == nil {
		t.FailNow()
	}
	return law
}

// regions are codes that random people live in.
var regions = []int64{11110, 11680, 26110, 41111, 41500, 46770, 12770, 47111, 48820, 51790, 36110, 50110, 99999, 0}

// random fills a frame: the values are drawn so that the bounds of rules are
// hit, and about unknown percent of the facts are missing.
func random(r *rand.Rand, run *rule.Run, f *frame.Frame, unknown int) {
	n := 1 + r.IntN(6)
	f.Reset(n)
	value := func(fact *rule.Fact) int64 {
		switch fact.Type {
		case rule.Bool:
			return int64(r.IntN(2)) * int64(r.IntN(2))
		case rule.Word:
			w, _ := run.WordOf(fact.Members[r.IntN(len(fact.Members))])
			return w
		case rule.Code:
			return regions[r.IntN(len(regions))]
		case rule.Set:
			return int64(r.Uint64() & r.Uint64() & r.Uint64() & (1<<len(run.SetBits()) - 1))
		case rule.Date:
			switch r.IntN(3) {
			case 0: // a birthday, or the day before or after
				return rule.AddMonths(run.Date, -int64(12*r.IntN(100))) + int64(r.IntN(3)-1)
			case 1:
				return run.Date - int64(r.IntN(40000))
			}
			return run.Date + int64(r.IntN(800)-400)
		}
		if fact.Hi-fact.Lo < few {
			return fact.Lo + int64(r.IntN(6))
		}
		switch r.IntN(4) {
		case 0:
			return 0
		case 1:
			return min(fact.Hi, int64(r.IntN(400)))
		}
		return min(fact.Hi, int64(r.IntN(6_000_000)))
	}
	for _, fact := range run.Persons {
		for m := range n {
			if r.IntN(100) >= unknown {
				f.SetPerson(m, fact.Slot, value(fact))
			}
		}
	}
	for _, fact := range run.Households {
		if r.IntN(100) >= unknown {
			f.SetHousehold(fact.Slot, value(fact))
		}
	}
}

// agree decides random people with the index and with package closure.
func agree(t *testing.T, law *rule.Law, date string, least, households int) {
	t.Helper()
	run := law.At(kernel.MustDate(date), kernel.Date{})
	m := closure.New(law)
	x := build(m, run, least)
	s, c, set := x.Scratch(), m.Scratch(), x.Set()
	f := frame.New(law)
	r := rand.New(rand.NewPCG(uint64(households), uint64(len(law.Programmes))))
	var v closure.Verdicts
	seen := map[closure.Tri]int{}
	for i := range households {
		random(r, run, f, []int{0, 5, 30, 100}[i%4])
		s.Begin(f)
		c.Begin(run, f)
		c.Decide(&v)
		for member := range f.Members {
			s.Decide(member, set)
			for p := range law.Programmes {
				of := v.Of(p)
				want := of[min(member, len(of)-1)].Eligible
				seen[want]++
				if got := set.Of(p); got != want {
					t.Fatalf("%s, least %d, household %d, member %d, %s: %d, want %d", date, least, i, member, law.Programmes[p].ID, got, want)
				}
			}
		}
	}
	if seen[closure.Yes] == 0 || seen[closure.No] == 0 || seen[closure.Unknown] == 0 {
		t.Errorf("the people drawn show too little: %v", seen)
	}
}

func TestAgreesOnCatalogue(t *testing.T) {
	law := compile(t, korea(t, 3, 500))
	for _, date := range []string{"2024-02-29", "2025-03-01", "2026-12-31"} {
		for _, least := range []int{0, 3, 1 << 30} {
			agree(t, law, date, least, 40)
		}
	}
}

func handMade() rule.Source {
	fact := func(entity, id, kind, unit string, members ...string) contract.Fact {
		return contract.Fact{Entity: entity, ID: id, Type: kind, Unit: unit, Members: members, Of: "program"}
	}
	s := rule.Source{
		Facts: []contract.Fact{
			fact("person", "birth_date", "date", ""), fact("person", "region", "code", ""), fact("person", "since", "date", ""),
			fact("person", "relation_to_head", "enum", "", "head", "spouse", "child"), fact("person", "student", "enum", "", "none", "middle", "high"),
			fact("person", "earned", "int", "won a month"), fact("person", "pregnant", "bool", ""), fact("person", "order", "int", "order"),
			fact("household", "size", "int", "persons"), fact("household", "property", "int", "won"), fact("household", "receives", "set", ""),
			fact("household", "class", "enum", "", "seoul", "other"), fact("household", "single", "bool", ""),
		},
		Law: contract.BenefitLaw{
			Parameters: []contract.Parameter{
				{ID: "median", Type: "won", By: []string{"int"}, Values: []contract.ParameterValue{{From: kernel.MustDate("2024-01-01"), Value: []any{2000000, 3000000, 4000000}}}},
				{ID: "capital", Type: "codes", Values: []contract.ParameterValue{{From: kernel.MustDate("2024-01-01"), Value: []any{"11", "41"}}}},
				{ID: "opens", Type: "month_day", Values: []contract.ParameterValue{{From: kernel.MustDate("2024-01-01"), Value: "02-29"}}},
			},
			Formulas: []contract.Formula{
				{ID: "age", Of: []string{"m"}, Rule: "years(m.birth_date, date)"},
				{ID: "adult", Of: []string{"m"}, Rule: "age(m) >= 19"},
				{ID: "gross", Rule: "members.sum(n, n.earned)"},
				{ID: "limit", Of: []string{"percent int"}, Rule: "half_up(median[min(h.size, 3)] * percent / 100)"},
				{ID: "class", Rule: `given(h.class, starts(head.region, capital) ? "seoul" : "other")`},
				{ID: "pair", Of: []string{"m", "n"}, Rule: `m == head && n.relation_to_head == "spouse" || n == head && m.relation_to_head == "spouse"`},
				{ID: "coupled", Of: []string{"m"}, Rule: "members.any(n, n != m && pair(m, n))"},
				{ID: "poor", Rule: "gross <= limit(50)"},
			},
		},
	}
	for i, when := range []string{
		`age(m) >= 18`, `age(m) < 65 && adult(m)`, `age(m) == 40`, `age(m) in [7, 8, 13]`, `!(age(m) >= 19)`, `adult(head)`, `adult(head) && !adult(m)`,
		`m.student in ["middle", "high"] || m.pregnant`, `!(m.student == "none" && m.pregnant)`, `!(m.student == "none" || m.pregnant)`,
		`m.pregnant || age(m) <= 5 || starts(head.region, ["41"])`, `starts(m.region, ["11110", "26"]) || starts(head.region, capital)`, `!starts(head.region, capital)`,
		`gross <= limit(100)`, `poor || h.single`, `!poor`, `gross > limit(50) && gross <= limit(150) || h.size >= 4`, `class == "seoul"`, `class == "seoul" || m.pregnant`,
		`coupled(m)`, `m == head`, `m != head || h.single`, `members.any(n, adult(n) && n.pregnant)`, `members.all(n, adult(n))`,
		`date <= add_months(m.since, 12)`, `full_months(m.since, date) >= 3`, `months_between(m.birth_date, date) < 24`, `days(m.since, date) == 100`, `year(m.birth_date) <= year(date) - 60`,
		`in_year(year(m.birth_date), opens) <= m.birth_date`, `m.since >= m.birth_date`, `year(date) >= 2025`, `year(date) < 2025 || h.single`, `year(date) >= 2030 || m.pregnant`,
		`m.order >= 3`, `m.order * m.order == 4`, `h.size == 1 || m.order == 2`, `given(m.pregnant, true)`, `given(m.pregnant, m.student == "high")`, `given(m.order, 3) <= 3`,
		`"p1" in h.receives`, `!("p1" in h.receives) || "p3" in h.receives`, `eligible("p1", m)`, `!eligible("p8", m)`, `eligible("p1", head) || eligible("p7", m)`, `eligible("h1") && m.pregnant`,
		`m.earned * 12 <= 30000000`, `0 - m.earned <= 0 - 2000000`, `m.earned - h.property > 5`, `m.earned / 3 < 700000`, `max(m.earned, 100) == 100`, `min(m.earned, 300) >= 300 && h.property < 2000000`,
		`m.pregnant ? adult(m) : h.single`, `age(m) >= 10 ? age(m) <= 20 : age(m) <= 3`, `m.relation_to_head == "child"`, `head.relation_to_head == "head" && m.pregnant`,
		`true`, `m.pregnant == h.single`, `m.pregnant == true`, `age(m) >= 0 - 5`,
	} {
		s.Programmes = append(s.Programmes, rule.Programme{ID: fmt.Sprintf("p%d", i), Benefit: contract.Benefit{Unit: "person", Amount: "0", Conditions: []contract.BenefitCondition{{ID: "c1", When: when}}}})
	}
	for i, when := range []string{`poor`, `h.single && adult(head)`, `h.size == 1 || h.class == "other"`, `members.count(n, adult(n)) >= 2`, `head.pregnant || h.property <= 1000`} {
		s.Programmes = append(s.Programmes, rule.Programme{ID: fmt.Sprintf("h%d", i), Benefit: contract.Benefit{Unit: "household", Amount: "0", Conditions: []contract.BenefitCondition{{ID: "c1", When: when}}}})
	}
	return s
}

// TestAgreesOnHandMade: one programme for each shape of condition, then ten
// times 60 programmes of several shapes at once.
func TestAgreesOnHandMade(t *testing.T) {
	s := handMade()
	for _, date := range []string{"2024-02-29", "2026-03-01"} {
		for _, least := range []int{0, 3, 1 << 30} {
			agree(t, compile(t, s), date, least, 400)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	single := slices.Clone(s.Programmes)
	for range 10 {
		s.Programmes = slices.Clone(single)
		for i := range 60 {
			p := rule.Programme{ID: fmt.Sprintf("x%d", i), Benefit: contract.Benefit{Unit: "person", Amount: "0"}}
			for j := range 1 + r.IntN(5) {
				when := "(" + single[r.IntN(60)].Benefit.Conditions[0].When + ")"
				for range r.IntN(3) {
					when += []string{" || (", " && ("}[r.IntN(2)] + single[r.IntN(60)].Benefit.Conditions[0].When + ")"
				}
				p.Benefit.Conditions = append(p.Benefit.Conditions, contract.BenefitCondition{ID: fmt.Sprintf("c%d", j+1), When: when})
			}
			s.Programmes = append(s.Programmes, p)
		}
		agree(t, compile(t, s), "2025-02-28", r.IntN(3), 60)
	}
}

// TestBoundaries: ages change on the day of the birthday, for those born on a
// leap day on 1 March.
func TestBoundaries(t *testing.T) {
	s := handMade()
	law := compile(t, s)
	m := closure.New(law)
	for _, c := range []struct {
		date, born string
		want       closure.Tri
	}{
		{"2026-05-09", "2008-05-10", closure.No}, {"2026-05-10", "2008-05-10", closure.Yes}, {"2026-05-11", "2008-05-10", closure.Yes},
		{"2026-02-28", "2008-02-29", closure.No}, {"2026-03-01", "2008-02-29", closure.Yes}, {"2026-01-01", "", closure.Unknown},
		{"2026-01-01", "2999-12-31", closure.No}, {"2026-01-01", "1800-01-01", closure.Yes},
	} {
		x := build(m, law.At(kernel.MustDate(c.date), kernel.Date{}), 0)
		f, sc, set := frame.New(law), x.Scratch(), x.Set()
		f.Reset(1)
		if c.born != "" {
			f.SetPerson(0, law.Fact(false, "birth_date").Slot, rule.DayOf(kernel.MustDate(c.born)))
		}
		sc.Begin(f)
		sc.Decide(0, set)
		if got := set.Of(0); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.born, c.date, got, c.want)
		}
	}
}

func TestSet(t *testing.T) {
	x := &Index{words: 2, places: make([]int32, 128), programmes: make([]int32, 128)}
	for i := range x.places { // the other way round
		x.places[i], x.programmes[i] = int32(127-i), int32(127-i)
	}
	s := x.Set()
	s.Yes[1], s.Open[1], s.Open[0] = 2, 3, 1<<63
	if yes, unknown := s.Count(); yes != 1 || unknown != 2 {
		t.Error(yes, unknown)
	}
	got := map[int]closure.Tri{}
	s.Each(func(p int, v closure.Tri) { got[p] = v })
	want := map[int]closure.Tri{127 - 63: closure.Unknown, 127 - 64: closure.Unknown, 127 - 65: closure.Yes}
	if !maps.Equal(got, want) {
		t.Error(got)
	}
	if s.Of(127-65) != closure.Yes || s.Of(127-64) != closure.Unknown || s.Of(0) != closure.No {
		t.Error("verdicts")
	}
}

// whole is the law of 11,000 services, made once for the benchmarks.
var whole struct {
	law *rule.Law
	m   *closure.Machine
	x   *Index
}

func big(b *testing.B) (*rule.Law, *Index) {
	b.Helper()
	if whole.law == nil {
		source := korea(b, 1, 12_830) // 11,000 of them are for persons
		start := time.Now()
		whole.law = compile(b, source)
		compiled := time.Now()
		whole.m = closure.New(whole.law)
		run := whole.law.At(kernel.MustDate("2026-11-22"), kernel.Date{})
		made := time.Now()
		whole.x = New(whole.m, run)
		x := whole.x
		b.Logf("%d programmes, %d nodes: compiled in %v, closures %v, index %v", len(source.Programmes), len(whole.law.Nodes), compiled.Sub(start), made.Sub(compiled), time.Since(made))
		b.Logf("stages: %d of the household, %d of members; %d clauses left to closures", len(x.household), len(x.member), len(x.slow))
	}
	return whole.law, whole.x
}

// people are 1,000 households; unknown percent of their facts are missing, but
// not the first that anybody is asked: birth dates, sex and region.
func people(law *rule.Law, run *rule.Run, unknown int) []*frame.Frame {
	r := rand.New(rand.NewPCG(5, 6))
	var out []*frame.Frame
	for range 1000 {
		f := frame.New(law)
		random(r, run, f, unknown)
		word := func(s string) int64 { w, _ := law.WordOf(s); return w }
		for m := range f.Members {
			f.SetPerson(m, law.Fact(false, "birth_date").Slot, run.Date-int64(r.IntN(33000)))
			f.SetPerson(m, law.Fact(false, "sex").Slot, []int64{word("male"), word("female")}[r.IntN(2)])
			f.SetPerson(m, law.Fact(false, "region").Slot, regions[r.IntN(12)])
		}
		out = append(out, f)
	}
	return out
}

// BenchmarkPerson decides one member of one household: Begin and Decide.
func BenchmarkPerson(b *testing.B) {
	law, x := big(b)
	for _, unknown := range []int{0, 20, 100} {
		b.Run(fmt.Sprintf("unknown=%d%%", unknown), func(b *testing.B) {
			frames := people(law, x.run, unknown)
			s, set := x.Scratch(), x.Set()
			yes, open, i := 0, 0, 0
			for _, f := range frames { // the largest household first makes the memory
				s.Begin(f)
				s.Decide(0, set)
				y, u := set.Count()
				yes, open = yes+y, open+u
			}
			b.ReportAllocs()
			for b.Loop() {
				f := frames[i%len(frames)]
				s.Begin(f)
				s.Decide(i%f.Members, set)
				i++
			}
			b.ReportMetric(float64(yes)/float64(len(frames)), "yes/person")
			b.ReportMetric(float64(open)/float64(len(frames)), "unknown/person")
		})
	}
}

// BenchmarkMember decides a further member of a household already begun.
func BenchmarkMember(b *testing.B) {
	law, x := big(b)
	frames := people(law, x.run, 0)
	s, set := x.Scratch(), x.Set()
	s.Begin(frames[1])
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		s.Decide(i%frames[1].Members, set)
		i++
	}
}

// BenchmarkClosure is the same without an index: every programme by itself.
func BenchmarkClosure(b *testing.B) {
	law, x := big(b)
	frames := people(law, x.run, 0)
	c := whole.m.Scratch()
	var v closure.Verdicts
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		c.Begin(x.run, frames[i%len(frames)])
		c.Decide(&v)
		i++
	}
}

func BenchmarkBuild(b *testing.B) {
	_, x := big(b)
	for b.Loop() {
		New(whole.m, x.run)
	}
}

func BenchmarkCompile(b *testing.B) {
	s := korea(b, 1, 12_830)
	for b.Loop() {
		compile(b, s)
	}
}
