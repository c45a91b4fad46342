package population

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maru/domain/benefit/rule"
	"maru/kernel"
)

// shared is where data for calibration lies, beside the checkout.
const shared = "../../../../shared/data"

// marginals are the published ones where they are at hand, else those made up.
func marginals(t testing.TB) (m *Marginals, published bool) {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "kr-residents-2024-sex-age5.csv"))
	if os.IsNotExist(err) {
		return MadeUp(), false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if m, err = ReadMarginals(f, "resident statistics, end of 2024"); err != nil {
		t.Fatal(err)
	}
	return m, true
}

// counted are the cells of the sample's households as they come out.
func counted(t *testing.T, law *rule.Law, s *Sample) map[int64]*cells {
	t.Helper()
	m, err := s.Maker()
	if err != nil {
		t.Fatal(err)
	}
	m.plain = true
	slot := func(id string) int { return law.Fact(false, id).Slot }
	birth, sex, region := slot("birth_date"), slot("sex"), slot("region")
	isMale, _ := law.WordOf("male")
	h, out := NewHousehold(law), map[int64]*cells{}
	for r := range s.Regions() {
		for i := range s.In(r) {
			m.Household(r, i, h)
			f := h.Frame
			for k := range f.Members {
				at := func(slot int) int64 { return f.Person[k*f.Stride+slot] }
				c := out[at(region)]
				if c == nil {
					c = &cells{}
					out[at(region)] = c
				}
				which := female
				if at(sex) == isMale {
					which = male
				}
				c[which][min(rule.Years(at(birth), s.day)/5, bands-1)]++
			}
		}
	}
	return out
}

// TestCellsExactly: the sample's persons by region, sex and age are those of the
// marginals, to the person.
func TestCellsExactly(t *testing.T) {
	law := testLaw(t)
	for _, on := range []string{"2024-12-31", "2024-02-29", "2025-02-28", "2026-03-01"} {
		m := MadeUp()
		s := testSample(t, law, SampleOptions{Seed: 7, On: kernel.MustDate(on), Persons: 60_000, Marginals: m})
		checkCells(t, s.regions, counted(t, law, s))
		if s.persons != 60_000 {
			t.Errorf("%d persons", s.persons)
		}
	}
	s := testSample(t, law, SampleOptions{Seed: 7, Marginals: MadeUp()})
	checkCells(t, s.options.Marginals.regions, counted(t, law, s))
}

func checkCells(t *testing.T, want []region, got map[int64]*cells) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d regions, want %d", len(got), len(want))
	}
	for _, r := range want {
		if got[r.code] == nil || *got[r.code] != r.cells {
			t.Errorf("region %d: %v, want %v", r.code, got[r.code], r.cells)
		}
	}
}

// TestPublishedCells does it for the published residents: the plans of the whole
// country, then every person of ten regions, and of the country a 500th.
func TestPublishedCells(t *testing.T) {
	m, published := marginals(t)
	if !published {
		t.Skip("there is no ../shared/data/kr-residents-2024-sex-age5.csv beside the checkout: the published cells are not checked")
	}
	const all = 50_983_646
	if m.Persons() != all || len(m.regions) != 265 {
		t.Fatalf("%d persons in %d regions", m.Persons(), len(m.regions))
	}
	law, planned := testLaw(t), 0
	whole := testSample(t, law, SampleOptions{Seed: 1, Marginals: m})
	want := map[int64]cells{}
	for _, r := range m.regions {
		want[r.code] = r.cells
	}
	for i, p := range whole.plans {
		var c cells
		for _, r := range p.runs {
			for _, k := range r.members[:r.size] {
				c[k.sex][k.band] += r.n
			}
		}
		code := whole.regions[i].code
		if c != want[code] {
			t.Errorf("region %d: planned %v, want %v", code, c, want[code])
		}
		planned += c.sum()
	}
	if planned != all || whole.Persons() != all {
		t.Errorf("%d persons planned", planned)
	}
	some := *m
	some.regions = nil
	for i := 0; i < len(whole.regions); i += 27 {
		some.regions = append(some.regions, whole.regions[i])
	}
	s := testSample(t, law, SampleOptions{Seed: 1, Marginals: &some})
	checkCells(t, some.regions, counted(t, law, s))
	s = testSample(t, law, SampleOptions{Seed: 1, Persons: all / 500, Marginals: m})
	total := 0
	for _, r := range s.regions {
		total += r.cells.sum()
	}
	if total != all/500 {
		t.Errorf("%d persons in a sample of %d", total, all/500)
	}
	checkCells(t, s.regions, counted(t, law, s))
}

// TestHouseholdSizes tells the sizes beside the census.
func TestHouseholdSizes(t *testing.T) {
	m, published := marginals(t)
	f, err := os.Open(filepath.Join(shared, "household-size-kr.csv"))
	if err != nil || !published {
		t.Skipf("no table of household sizes beside the checkout (../shared/data/household-size-kr.csv): %v", err)
	}
	defer f.Close()
	singles, err := ReadSingles(f)
	if err != nil {
		t.Fatal(err)
	}
	if singles != .361 {
		t.Errorf("share of single persons %v", singles)
	}
	s := testSample(t, testLaw(t), SampleOptions{Seed: 1, Marginals: m, Singles: singles})
	var sizes [maxKin + 1]float64
	for _, p := range s.plans {
		for _, r := range p.runs {
			sizes[r.size] += float64(r.n)
		}
	}
	n := float64(s.Households())
	mean := float64(s.Persons()) / n
	t.Logf("sizes 1 to 5 and more: %.3f %.3f %.3f %.3f %.3f, mean %.2f, %d households", sizes[1]/n, sizes[2]/n, sizes[3]/n, sizes[4]/n, (sizes[5]+sizes[6]+sizes[7]+sizes[8])/n, mean, s.Households())
	if math.Abs(sizes[1]/n-singles) > .005 || math.Abs(mean-2.21) > .08 {
		t.Error("households are not of the sizes of the census")
	}
	for size, want := range []float64{2: .288, 3: .19, 4: .133} {
		if math.Abs(sizes[size]/n-want) > .03 && want > 0 {
			t.Errorf("size %d: %.3f, want about %.3f", size, sizes[size]/n, want)
		}
	}
}

// TestAlone: a household is the same whoever makes it and in whatever order, and
// what is missing changes nothing else.
func TestAlone(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 9, Persons: 4000})
	want := households(t, law, s)
	again := testSample(t, law, SampleOptions{Seed: 9, Persons: 4000})
	m, err := again.Maker()
	if err != nil {
		t.Fatal(err)
	}
	h := NewHousehold(law)
	for at := len(want) - 1; at >= 0; at -= 3 {
		region := again.regionOf(at)
		m.Household(region, at-again.firsts[region], h)
		if got := storedOf(h); !slices.Equal(got.person, want[at].person) || !slices.Equal(got.ids, want[at].ids) || !slices.Equal(got.household, want[at].household) {
			t.Fatalf("household %d differs", at)
		}
	}
	missing := households(t, law, testSample(t, law, SampleOptions{Seed: 9, Persons: 4000, Missing: .3}))
	gone, all := 0, 0
	for i, w := range want {
		for k := range w.ids {
			if missing[i].personKnown[k]&^w.personKnown[k] != 0 {
				t.Fatal("a fact became known")
			}
			for slot := range law.Persons {
				if w.personKnown[k]>>slot&1 == 0 {
					continue
				}
				all++
				at := k*len(law.Persons) + slot
				if missing[i].personKnown[k]>>slot&1 == 0 {
					gone++
				} else if missing[i].person[at] != w.person[at] {
					t.Fatal("a fact changed")
				}
			}
		}
	}
	if share := float64(gone) / float64(all); share < .28 || share > .31 {
		t.Errorf("%.3f of the facts are missing", share)
	}
	other := households(t, law, testSample(t, law, SampleOptions{Seed: 10, Persons: 4000}))
	if slices.Equal(other[0].person, want[0].person) && slices.Equal(other[1].person, want[1].person) {
		t.Error("another seed makes the same")
	}
}

// TestSameFileByWorkers: however many workers, the file is the same.
func TestSameFileByWorkers(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 9, Persons: 150_000})
	schema, err := NewSchema(law, true)
	if err != nil {
		t.Fatal(err)
	}
	var files [][]byte
	for _, workers := range []int{1, 3} {
		path := filepath.Join(t.TempDir(), "people")
		if err := s.Write(t.Context(), path, schema, testOrigin(), workers); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, b)
	}
	if !slices.Equal(files[0], files[1]) {
		t.Error("the files differ")
	}
}

// TestPlausible: families are families, incomes meet the median, and the facts
// of a person do not speak against each other.
func TestPlausible(t *testing.T) {
	law := testLaw(t)
	m, _ := marginals(t)
	s := testSample(t, law, SampleOptions{Seed: 3, Persons: 200_000, Marginals: m})
	slot := func(id string) int { return law.Fact(false, id).Slot }
	word := func(text string) int64 { w, _ := law.WordOf(text); return w }
	birth, relation, marital, pregnant, sex := slot("birth_date"), slot("relation_to_head"), slot("marital_status"), slot("pregnant"), slot("sex")
	filled := make([]int, len(law.Persons))
	var ratios []float64
	heads, youngParents, children, pregnancies, persons := 0, 0, 0, 0, 0
	maker, err := s.Maker()
	if err != nil {
		t.Fatal(err)
	}
	h := NewHousehold(law)
	for r := range s.Regions() {
		for i := range s.In(r) {
			maker.Household(r, i, h)
			f := h.Frame
			at := func(m, slot int) int64 { return f.Person[m*f.Stride+slot] }
			for k := range f.Members {
				persons++
				for slot := range law.Persons {
					filled[slot] += int(f.PersonKnown[k] >> slot & 1)
				}
				age := rule.Years(at(k, birth), s.day)
				switch at(k, relation) {
				case word("head"):
					heads++
					if k != 0 {
						t.Fatal("a second head")
					}
				case word("child"):
					children++
					if rule.Years(at(0, birth), at(k, birth)) < 15 {
						youngParents++
					}
				case word("spouse"):
					if at(k, sex) == at(0, sex) || at(0, marital) != word("married") || age < 18 {
						t.Fatalf("no couple: %v", f.Person)
					}
				}
				if at(k, marital) == word("married") && age < 18 {
					t.Fatal("a married child")
				}
				if at(k, pregnant) == 1 {
					pregnancies++
					if at(k, sex) != word("female") {
						t.Fatal("a pregnant man")
					}
				}
				ratios = append(ratios, float64(maker.gross)/float64(s.median(f.Members)))
			}
		}
	}
	slices.Sort(ratios)
	quantile := func(p float64) float64 { return ratios[int(p*float64(len(ratios)))] }
	t.Logf("persons %d, households %d, children %d (%d of parents under 15 years ahead), pregnant %d; income over the median at 5, 10, 25, 50, 75, 90 %%: %.2f %.2f %.2f %.2f %.2f %.2f",
		persons, s.Households(), children, youngParents, pregnancies, quantile(.05), quantile(.1), quantile(.25), quantile(.5), quantile(.75), quantile(.9))
	if math.Abs(quantile(.5)-1) > .03 {
		t.Errorf("the middle person's household earns %.3f of the median", quantile(.5))
	}
	if heads != s.Households() || youngParents*200 > children {
		t.Errorf("%d heads in %d households; %d of %d children have a head less than 15 years older", heads, s.Households(), youngParents, children)
	}
	for slot, n := range filled {
		if n == 0 {
			t.Errorf("nobody's %s is known", law.Persons[slot].ID)
		}
	}
}

func TestBadOptions(t *testing.T) {
	law := testLaw(t)
	day := kernel.MustDate("2026-01-01")
	for name, o := range map[string]SampleOptions{
		"day":     {Key: testKey},
		"key":     {On: day, Key: []byte("short")},
		"missing": {On: day, Key: testKey, Missing: math.NaN()},
		"singles": {On: day, Key: testKey, Singles: 2},
		"persons": {On: day, Key: testKey, Persons: -1},
		"median":  {On: day, Key: testKey, Median: []int64{0}},
	} {
		if _, err := NewSample(law, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBadTables(t *testing.T) {
	for _, text := range []string{
		"", "code,sex\n", "code,sex,age_from,residents,level\n", "code,sex,age_from,residents,level\n1111000000,x,0,5,sigungu\n",
		"code,sex,age_from,residents,level\n1111000000,m,3,5,sigungu\n", "code,sex,age_from,residents,level\n1111000000,m,0,-5,sigungu\n",
		"code,sex,age_from,residents,level\n1111000000,m,0,5,sigungu\n1111000000,m,0,5,sigungu\n",
	} {
		if _, err := ReadMarginals(strings.NewReader(text), ""); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	m, err := ReadMarginals(strings.NewReader("level,residents,age_from,sex,code\nsido,9,0,m,1100000000\nsigungu,5,0,m,1111000000\n"), "")
	if err != nil || m.Persons() != 5 {
		t.Errorf("%v, %v", m, err)
	}
}
