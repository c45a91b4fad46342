package sample

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"maru/kernel"
)

var testDay = kernel.MustDate("2026-11-20")

// testWorld is made once: tests read it only.
var testWorld = Generate(DefaultSeed, testDay)

// print writes the world out in a fixed order.
func print(w *World) string {
	facts := slices.Sorted(func(yield func(string) bool) {
		for f := range sources {
			if !yield(f) {
				return
			}
		}
	})
	h := sha256.New()
	for _, id := range w.IDs() {
		for _, f := range facts {
			v := w.Value(id, f)
			fmt.Fprintf(h, "%s %s %d %s\n", id, f, v.Kind(), v.Text())
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestSameSeedSameWorld(t *testing.T) {
	if a, b := print(testWorld), print(Generate(DefaultSeed, testDay)); a != b {
		t.Error("two worlds of one seed differ")
	}
	if print(testWorld) == print(Generate(DefaultSeed+1, testDay)) {
		t.Error("another seed makes the same world")
	}
}

func TestAgesFollowTheTable(t *testing.T) {
	if n := len(testWorld.people); n != Size {
		t.Fatalf("%d residents, want %d", n, Size)
	}
	weights := make([]int, len(cells))
	for i, c := range cells {
		weights[i] = c.residents
	}
	want := apportion(Size, weights)
	type key struct {
		province kernel.Region
		sex      byte
		band     int
	}
	got := map[key]int{}
	for i := range testWorld.people {
		got[key{testWorld.region(i).Province(), testWorld.people[i].sex, min(testWorld.age(i)/5, bands-1)}]++
	}
	for i, c := range cells {
		if g := got[key{c.province, c.sex, c.band}]; g != want[i] {
			t.Errorf("province %s sex %c band %d: %d residents, want %d", c.province, c.sex, c.band, g, want[i])
		}
	}
}

func TestHouseholdSizesFollowTheCensus(t *testing.T) {
	var got [5]int
	for _, h := range testWorld.homes {
		got[min(len(h.members), 5)-1]++
	}
	for i, share := range householdShares {
		is := float64(got[i]) / float64(len(testWorld.homes)) * 100
		if want := float64(share) / 10; math.Abs(is-want) > 3 {
			t.Errorf("households of %d: %.1f %%, want %.1f %% within 3 points", i+1, is, want)
		}
	}
}

func TestFamiliesAreConsistent(t *testing.T) {
	w := testWorld
	for h := range w.homes {
		if w.people[w.homes[h].members[0]].relation != "head" {
			t.Errorf("home %d does not begin with its head", h)
		}
		heads := 0
		for _, i := range w.homes[h].members {
			if w.people[i].relation == "head" {
				heads++
			}
			if w.people[i].home != h {
				t.Errorf("%s is listed in another home", w.people[i].id)
			}
		}
		if heads != 1 {
			t.Errorf("home %d has %d heads", h, heads)
		}
		if w.age(w.homes[h].members[0]) < 19 {
			t.Errorf("home %d has a minor as head", h)
		}
	}
	for i := range w.people {
		p := &w.people[i]
		if p.spouse != nobody {
			s := &w.people[p.spouse]
			if s.spouse != i || s.sex == p.sex || s.home != p.home || w.age(i) < 19 {
				t.Errorf("%s: spouse does not fit", p.id)
			}
		}
		if (p.marital == "married") != (p.spouse != nobody) {
			t.Errorf("%s: marital status %s", p.id, p.marital)
		}
		for _, parent := range []int{p.father, p.mother} {
			if parent == nobody {
				continue
			}
			if gap := w.age(parent) - w.age(i); gap < 19 || gap > 56 {
				t.Errorf("%s: parent is %d years older", p.id, gap)
			}
			if !slices.Contains(w.people[parent].children, i) {
				t.Errorf("%s is not among the parent's children", p.id)
			}
		}
		if p.mother != nobody && w.age(p.mother)-w.age(i) > 45 {
			t.Errorf("%s: mother is %d years older", p.id, w.age(p.mother)-w.age(i))
		}
		if p.mother != nobody && p.father != nobody && w.people[p.mother].spouse != p.father {
			t.Errorf("%s: parents are not a couple", p.id)
		}
		if w.age(i) < 19 && p.guardian == nobody {
			t.Errorf("%s is a minor without a guardian", p.id)
		}
		if w.age(i) >= 19 && p.guardian != nobody {
			t.Errorf("%s is grown and has a guardian", p.id)
		}
		if p.since.Before(p.birth) || testDay.Before(p.since) {
			t.Errorf("%s: registered at the address since %s", p.id, p.since)
		}
		if testDay.Before(p.birth) {
			t.Errorf("%s is not born yet", p.id)
		}
		for _, a := range p.children {
			for _, b := range p.children {
				if d := w.people[a].birth.Days(w.people[b].birth); a != b && d >= 0 && d < 280 {
					t.Errorf("%s and %s are siblings born %d days apart", w.people[a].id, w.people[b].id, d)
				}
			}
		}
	}
}

func TestNobodyIsReal(t *testing.T) {
	phones := map[string]string{}
	for i := range testWorld.people {
		p := &testWorld.people[i]
		number := testWorld.residentNumber(i).Text() + testWorld.alienNumber(i).Text()
		if !IsSample(number) {
			t.Errorf("%s: number %q could be real", p.id, number)
		}
		if !madeUp(p.name) {
			t.Errorf("%s: name %q could be real", p.id, p.name)
		}
		if p.papers.phone == "" {
			continue
		}
		if !strings.HasPrefix(p.papers.phone, "+82100000") || len(p.papers.phone) != 13 {
			t.Errorf("%s: telephone %q", p.id, p.papers.phone)
		}
		if other, ok := phones[p.papers.phone]; ok {
			t.Errorf("%s and %s share a telephone", p.id, other)
		}
		phones[p.papers.phone] = p.id
		if p.papers.email != "" && !strings.HasSuffix(p.papers.email, ".invalid") {
			t.Errorf("%s: mail %q", p.id, p.papers.email)
		}
	}
}

func madeUp(name string) bool {
	if strings.HasPrefix(name, "SAMPLE ") {
		return true
	}
	return slices.ContainsFunc(unreal, func(u word) bool { return strings.Contains(name, u.hangul) })
}

func TestRealNumbersAreNoSamples(t *testing.T) {
	// The digit is right by the published formula for these made-up numbers.
	for _, twelve := range []string{"900101100001", "850505200001", "051231300099"} {
		n := twelve + string('0'+rune(checkDigit(twelve)))
		if IsSample(n) {
			t.Errorf("%s has a right check digit and counts as a sample", n)
		}
	}
	for _, n := range []string{"", "12", strings.Repeat("x", 13)} {
		if IsSample(n) {
			t.Errorf("%q counts as a sample", n)
		}
	}
}

// kinds is the kind of value that each type of fact has.
func TestFactsAreOfTheirKind(t *testing.T) {
	kinds := map[string]kernel.ValueKind{}
	known := map[string]int{}
	for _, id := range testWorld.IDs() {
		for f := range sources {
			v := testWorld.Value(id, f)
			if !v.Known() {
				continue
			}
			known[f]++
			if k, ok := kinds[f]; ok && k != v.Kind() {
				t.Fatalf("%s is of two kinds", f)
			}
			kinds[f] = v.Kind()
			if n, ok := v.Int(); ok && n < 0 {
				t.Fatalf("%s of %s is %d", f, id, n)
			}
		}
	}
	for f, s := range sources {
		if s.of != nil && f != "parents_income_pct" && known[f] == 0 {
			t.Errorf("nobody has %s", f)
		}
	}
	if share := float64(known["recognised_income_month"]) / Size; share > 0.2 {
		t.Errorf("recognised_income_month is known for %.0f %%; it must be unknown for most", share*100)
	}
	if known["employment"] != Size {
		t.Error("employment must be known for all")
	}
}

// roles is how many people the situations need.
func roles() int {
	n := len(cast)
	for _, c := range cast {
		if c.with != nil {
			n++
		}
	}
	return n
}

func TestSituations(t *testing.T) {
	got := testWorld.Situations()
	if len(got) != roles() {
		t.Fatalf("%d situations, want %d: %v", len(got), roles(), got)
	}
	by := map[string]Situation{}
	for _, s := range got {
		by[s.ID] = s
	}
	value := func(situation, fact string) string { return testWorld.Value(by[situation].Person, fact).Text() }
	for _, c := range []struct{ situation, fact, want string }{
		{"mokpo_67", "region", "46110"},
		{"alone_80", "household_size", "1"},
		{"job_loss", "employment", "unemployed"},
		{"job_loss", "job_left_reason", "involuntary"},
		{"single_parent", "single_parent", "true"},
		{"student", "student", "university"},
		{"foreigner", "nationality", "foreigner"},
		{"disability", "disability", "severe"},
		{"self_employed", "employment", "self_employed"},
		{"pregnant", "pregnant", "true"},
		{"farmer", "farmer_registered", "true"},
		{"newborn", "pregnant", "false"},
	} {
		if v := value(c.situation, c.fact); v != c.want {
			t.Errorf("%s: %s is %q, want %q", c.situation, c.fact, v, c.want)
		}
	}
	for situation, age := range map[string]int{"mokpo_67": 67, "turned_65": 65, "soon_65": 64} {
		if by[situation].Age != age {
			t.Errorf("%s is %d, want %d", situation, by[situation].Age, age)
		}
	}
	if d, _ := testWorld.Value(by["soon_65"].Person, "birth_date").Date(); d.AgeOn(testDay.AddDays(31)) != 65 {
		t.Errorf("soon_65 is born on %s and not 65 within a month", d)
	}
	if p := value("joins", "parents"); !strings.Contains(p, by["joins_head"].Person) {
		t.Errorf("joins: parents %s, head %s", p, by["joins_head"].Person)
	}
	if p := value("turned_65", "spouse"); p != by["turned_65_spouse"].Person {
		t.Errorf("turned_65: spouse %s, listed %s", p, by["turned_65_spouse"].Person)
	}
	homes := map[int]string{}
	for _, s := range got {
		h := testWorld.people[testWorld.byID[s.Person]].home
		if other, ok := homes[h]; ok && s.ID != "turned_65_spouse" {
			t.Errorf("%s and %s live in one home", s.ID, other)
		}
		homes[h] = s.ID
	}
}

// The situations must hold on whatever day the try-out begins, also around
// leap days and at the turn of the school year.
func TestEveryDayHasItsSituations(t *testing.T) {
	for _, day := range []string{"2026-01-01", "2027-03-01", "2028-02-29", "2028-12-31"} {
		w := Generate(DefaultSeed, kernel.MustDate(day))
		if n := len(w.Situations()); n != roles() {
			t.Errorf("%s: %d situations", day, n)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		Generate(DefaultSeed, testDay)
	}
}
