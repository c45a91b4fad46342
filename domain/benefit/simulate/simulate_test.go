package simulate

import (
	"context"
	"errors"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/pack"
)

var testDay = kernel.MustDate("2026-07-01")

func won(id string, value int64) contract.Parameter {
	return contract.Parameter{ID: id, Type: "won", Values: []contract.ParameterValue{{From: kernel.MustDate("2024-01-01"), Value: value}}}
}

func benefitOf(unit, period, amount string, when ...string) contract.Benefit {
	b := contract.Benefit{Unit: unit, Period: period, Amount: amount}
	for i, w := range when {
		b.Conditions = append(b.Conditions, contract.BenefitCondition{ID: "c" + string(rune('1'+i)), When: w})
	}
	return b
}

// tinySource is a law that can be counted by hand:
//   - child: each child below child_age gets child_won a month;
//   - floor: a household that earns less than floor_won gets the rest, a month;
//   - fuel: a household with floor gets 100,000 a year;
//   - card: everybody from 65 on, in kind.
func tinySource(t testing.TB) rule.Source {
	t.Helper()
	age := won("child_age", 8)
	age.Type = "int"
	return rule.Source{
		Facts: ruletest.Pack(t, pack.KR()).Facts,
		Law:   contract.BenefitLaw{Parameters: []contract.Parameter{won("child_won", 100_000), age, won("floor_won", 800_000)}},
		Programmes: []rule.Programme{
			{ID: "child", Benefit: benefitOf("person", "month", "child_won", "years(m.birth_date, date) < child_age")},
			{ID: "floor", Benefit: benefitOf("household", "month", "floor_won - members.sum(n, n.earned_income_month)", "members.sum(n, n.earned_income_month) < floor_won")},
			{ID: "fuel", Benefit: benefitOf("household", "year", "100000", `eligible("floor")`)},
			{ID: "card", Benefit: benefitOf("person", "in_kind", "0", "years(m.birth_date, date) >= 65")},
		},
	}
}

// one is a person: born, and earning (-1: nobody knows).
type one struct {
	born   string
	earned int64
}

// tinyPeople are twelve people in six households, in Seoul and Busan.
var tinyPeople = []struct {
	region  string
	members []one
}{
	{"11110", []one{{"1950-01-01", 0}}},                                             // A: alone, 76
	{"11110", []one{{"1990-01-01", 700_000}, {"2019-01-01", 0}, {"2024-01-01", 0}}}, // B: children of 7 and 2
	{"26110", []one{{"1985-01-01", 800_000}, {"2018-01-01", 0}}},                    // C: a child of 8
	{"26110", []one{{"1985-01-01", 3_000_000}, {"1986-01-01", 0}, {"2020-01-01", 0}}},
	{"26110", []one{{"1955-01-01", 850_000}, {"1956-01-01", 0}}}, // E
	{"11110", []one{{"1970-01-01", -1}}},                         // F: income unknown
}

var testAccess = population.Access{Basis: "made-up people", Purpose: "tests", Role: "tester"}

type recorder struct{ err error }

func (r recorder) RecordOpening(context.Context, population.Opening) error { return r.err }

func writeTiny(t testing.TB, law *rule.Law) string {
	t.Helper()
	schema, err := population.NewSchema(law, true)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "people")
	w, err := population.NewWriter(path, schema, population.Origin{Basis: "made-up people", Purpose: "tests", Role: "tester", Builder: "test", BuiltAt: 1, Source: "test"})
	if err != nil {
		t.Fatal(err)
	}
	id := population.ID(1)
	for _, x := range tinyPeople {
		h := population.NewHousehold(law)
		h.Frame.Reset(len(x.members))
		h.IDs = nil
		put := func(m int, fact string, v kernel.Value) {
			if err := h.Frame.Put(m, fact, v); err != nil {
				t.Fatal(err)
			}
		}
		for m, p := range x.members {
			h.IDs = append(h.IDs, id)
			id++
			put(m, "region", kernel.TextOf(x.region))
			put(m, "birth_date", kernel.DateValueOf(kernel.MustDate(p.born)))
			put(m, "business_income_month", kernel.IntOf(0))
			put(m, "other_income_month", kernel.IntOf(0))
			if p.earned >= 0 {
				put(m, "earned_income_month", kernel.IntOf(p.earned))
			}
		}
		if err := w.Add(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// pair compiles an overlay that must be right.
func pair(t testing.TB, src rule.Source, overlay string) *Pair {
	t.Helper()
	o, problems := Decode([]byte(overlay))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	base, err := NewBase(src)
	if err != nil {
		t.Fatal(err)
	}
	p, problems := base.With(o, testDay)
	if p == nil {
		t.Fatal(problems)
	}
	return p
}

func sheet(t testing.TB, p *Pair, path string) *Sheet {
	t.Helper()
	people, done, err := OpenPeople(context.Background(), path, p, testAccess, recorder{})
	if err != nil {
		t.Fatal(err)
	}
	defer done() //nolint:errcheck // it was only read
	profile, err := NewProfile(p.Base.Law(), people.Before, p.Date, Dimensions)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Compare(context.Background(), people, profile, 2)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestUnknownIsNoSaving: whose verdict becomes unknown, because a condition asks
// for more than is known, is neither a cost nor a saving.
func TestUnknownIsNoSaving(t *testing.T) {
	src := tinySource(t)
	src.Law.Parameters[1].Values[0].Value = int64(99) // everybody gets it
	p := pair(t, src, `
programmes:
  - id: child
    benefit:
      conditions: [{id: c2, when: "m.earned_income_month < 1000000"}]
`)
	s := sheet(t, p, writeTiny(t, p.Base.Law()))
	// One of D loses it, of F nobody knows.
	want := Count{Units: 12, Before: 12, After: 10, Lost: 1, Same: 10, Unknown: 1, CostBefore: 11 * 1_200_000, CostAfter: 10 * 1_200_000}
	if got := s.Programmes[0].All; got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	o := &s.Overall
	if change := o.All.CostAfter - o.All.CostBefore; o.All.Unknown != 1 || o.Lost != 1_200_000 || change != -1_200_000 {
		t.Errorf("together: %+v, change %d", o, change)
	}
}

// TestTwelve counts everything by hand: the floor rises from 800,000 to 900,000
// and children get 150,000 below 6 only.
func TestTwelve(t *testing.T) {
	p := pair(t, tinySource(t), `
title: A higher floor
parameters:
  - id: floor_won
    values: [{from: 2026-01-01, value: 900000}]
  - id: child_age
    values: [{from: 2026-01-01, value: 7}]
  - id: child_won
    values: [{from: 2026-01-01, value: 150000}]
`)
	if got := strings.Join(p.Changed(), " "); got != "child floor fuel" {
		t.Errorf("changed: %s", got)
	}
	if got := strings.Join(p.Unchanged(), " "); got != "card" {
		t.Errorf("unchanged: %s", got)
	}
	s := sheet(t, p, writeTiny(t, p.Base.Law()))
	if s.Persons != 12 || s.Households != 6 {
		t.Fatalf("%d people in %d households", s.Persons, s.Households)
	}
	check := func(what string, got, want Count) {
		t.Helper()
		if got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
		}
	}
	// Children: B has one of 7 (loses) and one of 2 (150,000 for 100,000), D one of
	// 6 (more), C one of 8 (never).
	check("child", s.Programmes[0].All, Count{Units: 12, Before: 3, After: 2, Lost: 1, More: 2, CostBefore: 3 * 1_200_000, CostAfter: 2 * 1_800_000})
	// Floor: A gets 800,000 then 900,000; B (700,000) 100,000 then 200,000; C
	// (800,000) nothing then 100,000; E (850,000) nothing then 50,000; D never; F
	// unknown.
	check("floor", s.Programmes[1].All, Count{Units: 6, Before: 2, After: 4, New: 2, More: 2, Unknown: 1,
		CostBefore: 12 * (800_000 + 100_000), CostAfter: 12 * (900_000 + 200_000 + 100_000 + 50_000)})
	// Fuel follows the floor although its own rule is as it was.
	check("fuel", s.Programmes[2].All, Count{Units: 6, Before: 2, After: 4, New: 2, Same: 2, Unknown: 1, CostBefore: 200_000, CostAfter: 400_000})
	// Together: A +1,200,000. B: -1,200,000 +600,000 +1,200,000 = +600,000. C
	// +1,200,000 +100,000. D +600,000. E +600,000 +100,000. F unknown.
	o := s.Overall
	if o.All.More != 5 || o.All.Less != 0 || o.All.Unknown != 1 || o.PeopleBetter != 11 || o.PeopleUnknown != 1 || o.PeopleWorse != 0 {
		t.Errorf("together: %+v", o)
	}
	if want := int64(1_200_000 + 600_000 + 1_300_000 + 600_000 + 700_000); o.Gained != want || o.Lost != 0 {
		t.Errorf("gained %d, want %d; lost %d", o.Gained, want, o.Lost)
	}

	group := func(tally Tally, by, key string) Count {
		for d, dim := range s.Profile.dims {
			for g, k := range dim.keys {
				if dim.name == by && k == key {
					return tally.Groups[d][g]
				}
			}
		}
		t.Fatalf("no group %s %s", by, key)
		return Count{}
	}
	check("floor in Seoul", group(s.Programmes[1], ByRegion, "11"), Count{Units: 3, Before: 2, After: 2, More: 2, Unknown: 1, CostBefore: 12 * 900_000, CostAfter: 12 * 1_100_000})
	check("floor in a district of Busan", group(s.Programmes[1], ByDistrict, "26110"), Count{Units: 3, After: 2, New: 2, CostAfter: 12 * 150_000})
	check("child by age", group(s.Programmes[0], ByAge, "6-17"), Count{Units: 3, Before: 2, After: 1, Lost: 1, More: 1, CostBefore: 2_400_000, CostAfter: 1_800_000})
	check("child below 6", group(s.Programmes[0], ByAge, "0-5"), Count{Units: 1, Before: 1, After: 1, More: 1, CostBefore: 1_200_000, CostAfter: 1_800_000})
	check("floor by the head's age", group(s.Programmes[1], ByAge, "65-74"), Count{Units: 1, After: 1, New: 1, CostAfter: 600_000})
	check("floor of three", group(s.Programmes[1], BySize, "3"), Count{Units: 2, Before: 1, After: 1, More: 1, CostBefore: 1_200_000, CostAfter: 2_400_000})
	check("floor, income unknown", group(s.Programmes[1], ByDecile, unknownGroup), Count{Units: 1, Unknown: 1})
	// Incomes over the root of the members: A 0, B 404,145 (3 people), C 565,685
	// (2), E 601,040 (2), D 1,732,050 (3). Of 11 people their middles stand at 0.5,
	// 2.5, 5, 7 and 9.5: at 4 %, 22 %, 45 %, 63 % and 86 %.
	for key, want := range map[string]int64{"1": 1, "2": 0, "3": 1, "4": 0, "5": 1, "6": 0, "7": 1, "8": 0, "9": 1, "10": 0} {
		if got := group(s.Programmes[1], ByDecile, key).Units; got != want {
			t.Errorf("decile %s has %d households, want %d", key, got, want)
		}
	}
	if got := group(s.Overall.Tally, ByDecile, "9").More; got != 1 {
		t.Errorf("decile 9: %d better off, want D", got)
	}
	sums(t, s)

	open := s.result(1, "test", true)
	if open.Changed[1].Figures.New.N != 2 || open.Overall.MeanGain.N != 4_400_000/5 || open.Overall.Figures.CostChange.N != o.All.CostAfter-o.All.CostBefore {
		t.Errorf("open result: %+v", open.Overall)
	}
	shut := s.result(10, "test", true)
	for _, c := range shut.Changed {
		if !c.Figures.CostChange.Hidden {
			t.Errorf("%s: the cost of so few is shown", c.ID)
		}
		for _, b := range c.Breakdowns {
			for _, g := range b.Groups {
				if !g.Hidden() && g.Gain.N+g.Lose.N+g.Unknown.N != 0 {
					t.Errorf("%s by %s: %s is shown: %+v", c.ID, b.By, g.Key, g)
				}
			}
		}
	}
}

// sums holds that the groups of each dimension add up to the total.
func sums(t testing.TB, s *Sheet) {
	t.Helper()
	for i, tally := range append([]Tally{s.Overall.Tally}, s.Programmes...) {
		for d := range tally.Groups {
			var all Count
			for g := range tally.Groups[d] {
				if err := all.add(&tally.Groups[d][g]); err != nil {
					t.Fatal(err)
				}
			}
			if all != tally.All {
				t.Errorf("tally %d by %s: %+v is not %+v", i, s.Profile.dims[d].name, all, tally.All)
			}
		}
	}
}

// TestPartsOfProgrammes replaces conditions, adds a programme and ends one.
func TestPartsOfProgrammes(t *testing.T) {
	src := tinySource(t)
	p := pair(t, src, `
programmes:
  - id: child
    end: true
  - id: floor
    benefit:
      period: year
      conditions:
        - {id: c2, when: "starts(head.region, [\"11\"])"}
  - id: young
    title: {ko: 청년, en: Youth}
    benefit:
      unit: person
      period: once
      conditions:
        - {id: c1, when: "years(m.birth_date, date) >= 30 && years(m.birth_date, date) < 40"}
      amount: "500000"
`)
	s := sheet(t, p, writeTiny(t, p.Base.Law()))
	r := s.result(1, "test", true)
	got := map[string]Outcome{}
	for _, o := range r.Changed {
		got[o.ID] = o
	}
	if o := got["child"]; o.Change != "ended" || o.Figures.Lost.N != 3 || o.Figures.CostChange.N != -3_600_000 {
		t.Errorf("child: %+v", o)
	}
	if o := got["young"]; o.Change != "added" || o.Figures.New.N != 1 || o.Figures.CostAfter.N != 500_000 || o.Unit != "person" {
		t.Errorf("young: %+v", o) // B's head of 36 alone: those of C and D are 40 and 41
	}
	// F lives in Seoul and remains unknown; the others' amounts become those of a
	// year, a twelfth.
	if o := got["floor"]; o.Figures.Less.N != 2 || o.Figures.CostAfter.N != 900_000 || o.Figures.CostBefore.N != 12*900_000 {
		t.Errorf("floor: %+v", o)
	}
}

// TestNoChange: an overlay that says what holds changes nothing.
func TestNoChange(t *testing.T) {
	p := pair(t, tinySource(t), "parameters:\n  - id: floor_won\n    values: [{from: 2025-01-01, value: 800000}]\n")
	if len(p.Changed()) != 0 || len(p.Unchanged()) != 4 {
		t.Fatalf("changed: %v", p.Changed())
	}
	s := sheet(t, p, writeTiny(t, p.Base.Law()))
	if o := s.Overall; o.All.More+o.All.Less+o.All.Unknown != 0 || o.All.Same != 6 {
		t.Errorf("%+v", o)
	}
}

// TestTooLarge: a sum that does not fit is an error, never a wrong number.
func TestTooLarge(t *testing.T) {
	if _, ok := times(math.MaxInt64/12+1, 12); ok {
		t.Error("a product that does not fit passes")
	}
	if n, ok := times(-5, 365); !ok || n != -1825 {
		t.Errorf("-5 x 365 is %d", n)
	}
	c := Count{CostAfter: math.MaxInt64 - 5}
	if err := c.one(true, true, 0, 5, false, 0, 5); err != nil || c.CostAfter != math.MaxInt64 {
		t.Errorf("%d, %v", c.CostAfter, err)
	}
	if err := c.one(true, true, 0, 1, false, 0, 1); !errors.Is(err, errLarge) {
		t.Errorf("got %v", err)
	}
	for _, c := range []struct{ to, n int64 }{{math.MaxInt64, 1}, {math.MinInt64, -1}} {
		if plus(&c.to, c.n) {
			t.Errorf("%d passes", c.n)
		}
	}
}

// TestRecorded: who is not recorded reads nothing.
func TestRecorded(t *testing.T) {
	p := pair(t, tinySource(t), "parameters:\n  - id: floor_won\n    values: [{from: 2026-01-01, value: 1}]\n")
	path := writeTiny(t, p.Base.Law())
	if _, _, err := OpenPeople(context.Background(), path, p, testAccess, recorder{errors.New("no")}); err == nil {
		t.Error("opened without a record")
	}
}

// TestPartsThatMeanTheSame: over a made-up population each programme that counts
// as unchanged has the same results under both laws, whatever the overlay.
func TestPartsThatMeanTheSame(t *testing.T) {
	base, err := NewBase(ruletest.Pack(t, pack.KR()))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "people")
	if err := WriteSample(t.Context(), base.Law(), path, SampleOptions{Persons: 3000, Seed: 3, On: testDay, Missing: 0.1, Now: 1}, 2); err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"livelihood_percent=45", "bp_standard=500000", "min_wage_hour=20000", "child_allowance_age=10", "bl_property_rate=9%", "capital_codes=[\"11\"]"} {
		var o Overlay
		if err := o.Set(base.Source(), set, testDay); err != nil {
			t.Errorf("%s: %v", set, err)
			continue
		}
		p, problems := base.With(o, testDay)
		if p == nil {
			t.Errorf("%s: %v", set, problems)
			continue
		}
		people, done, err := OpenPeople(t.Context(), path, p, madeUp, population.Nobody{})
		if err != nil {
			t.Fatal(err)
		}
		sums := [2]map[string]uint64{}
		for side, rows := range []column.Rows{people.Before, people.After} {
			engine, run := []*column.Engine{base.engine, p.engine}[side], p.runs[side]
			sums[side] = map[string]uint64{}
			for _, id := range p.Unchanged() {
				k := slices.IndexFunc(run.Programmes, func(c *rule.Compiled) bool { return c.ID == id })
				sum := column.NewChecksum(1)
				if err := engine.Run(t.Context(), run, rows, column.Options{Wanted: []int{k}, Amounts: true, Workers: 1}, sum); err != nil {
					t.Fatal(err)
				}
				sums[side][id] = sum.Sum()
			}
		}
		if err := done(); err != nil {
			t.Fatal(err)
		}
		if len(p.Changed()) == 0 || !maps.Equal(sums[0], sums[1]) {
			t.Errorf("%s: %d changed; unchanged ones differ: %v %v", set, len(p.Changed()), sums[0], sums[1])
		}
	}
}
