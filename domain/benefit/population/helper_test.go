package population

import (
	"context"
	"io/fs"
	"path/filepath"
	"sync"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/pack"
	"maru/platform/strictyaml"
)

// testLaw is a law over the whole dictionary of the Korean pack.
func testLaw(t testing.TB) *rule.Law {
	t.Helper()
	law, problems := rule.Compile(testSource(t))
	for _, p := range problems {
		t.Fatal(p)
	}
	return law
}

func testSource(t testing.TB) rule.Source {
	t.Helper()
	text, err := fs.ReadFile(pack.KR(), "facts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Facts []contract.Fact `yaml:"facts"`
	}
	if _, problems := strictyaml.Into(text, nil, &out); len(problems) > 0 {
		t.Fatal(problems)
	}
	programme := func(id, when string) rule.Programme {
		return rule.Programme{ID: id, Benefit: contract.Benefit{Unit: "person", Amount: "0", Conditions: []contract.BenefitCondition{{ID: "c1", When: when}}}}
	}
	return rule.Source{Facts: out.Facts, Programmes: []rule.Programme{
		programme("basic-pension", `years(m.birth_date, date) >= 65 && !("basic-pension" in h.receives) && !("livelihood-benefit" in h.receives)`),
		programme("livelihood-benefit", `m.earned_income_month + m.other_income_month < 700000 && starts(head.region, ["11"]) && m.disability == "severe" && m.relation_to_head != "parent"`),
	}}
}

var testKey = []byte("a key of thirty-two bytes or more")

func testOrigin() Origin {
	return Origin{Basis: "Social Security Act art. 24", Purpose: "tests", Role: "tester", Builder: "test", BuiltAt: 1, Source: "test"}
}

func testAccess() Access {
	return Access{Basis: "Social Security Act art. 24", Purpose: "tests", Role: "tester"}
}

// recorder keeps openings, or refuses to.
type recorder struct {
	mu       sync.Mutex
	openings []Opening
	err      error
}

func (r *recorder) RecordOpening(_ context.Context, o Opening) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.openings = append(r.openings, o)
	}
	return r.err
}

func testSample(t testing.TB, law *rule.Law, o SampleOptions) *Sample {
	t.Helper()
	if o.On.IsZero() {
		o.On = kernel.MustDate("2026-06-30")
	}
	o.Key = testKey
	s, err := NewSample(law, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// testFile writes a sample of all facts and gives its path.
func testFile(t testing.TB, law *rule.Law, s *Sample) string {
	t.Helper()
	schema, err := NewSchema(law, true)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "people")
	if err := s.Write(context.Background(), path, schema, testOrigin(), 2); err != nil {
		t.Fatal(err)
	}
	return path
}

func testOpen(t testing.TB, path string, law *rule.Law) *Snapshot {
	t.Helper()
	s, err := Open(context.Background(), path, law, testAccess(), &recorder{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
