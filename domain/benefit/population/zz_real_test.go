package population

import (
	"io/fs"
	"path/filepath"
	"slices"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/pack"
	"maru/platform/strictyaml"
)

func TestRealLaw(t *testing.T) {
	src := testSource(t)
	src.Programmes = nil
	text, _ := fs.ReadFile(pack.KR(), "benefits.yaml")
	if _, p := strictyaml.Into(text, nil, &src.Law); len(p) > 0 {
		t.Log(p[0])
	}
	names, _ := fs.Glob(pack.KR(), "services/*/service.yaml")
	for _, n := range names {
		text, _ := fs.ReadFile(pack.KR(), n)
		var s contract.Service
		strictyaml.Into(text, nil, &s)
		if s.Benefit != nil {
			src.Programmes = append(src.Programmes, rule.Programme{ID: filepath.Base(filepath.Dir(n)), Benefit: *s.Benefit})
		}
	}
	law, problems := rule.Compile(src)
	for _, p := range problems {
		t.Log(p)
	}
	if law == nil {
		t.Fatal("no law")
	}
	schema, err := NewSchema(law, false)
	if err != nil {
		t.Fatal(err)
	}
	var used []string
	for _, d := range append(slices.Clone(schema.persons), schema.households...) {
		used = append(used, d.fact.ID)
	}
	t.Log(len(src.Programmes), len(used), used, law.SetBits())
	m, _ := marginals(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 300_000, Marginals: m})
	path := t.TempDir() + "/p"
	if err := s.Write(t.Context(), path, schema, testOrigin(), 2); err != nil {
		t.Fatal(err)
	}
	snap := testOpen(t, path, law)
	var sum, facts int64
	for _, z := range snap.View().Sizes() {
		sum += z.Bytes
		facts = sum
		if z.Name == "parents_income_pct" { t.Log(float64(facts)/300000) }
	}
	t.Log(float64(sum) / 300000)
	r := snap.View()
	recv := law.Fact(true, "receives").Slot
	out, known := make([]int64, r.Households()), make([]uint64, words(r.Households()))
	r.LoadHousehold(recv, 0, r.Households(), out, known)
	cnt := map[string]int{}
	for _, v := range out {
		for i, id := range law.SetBits() { if v>>i&1 == 1 { cnt[id]++ } }
	}
	t.Log(cnt, r.Households())
}
