package ruletest

import (
	"io/fs"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/platform/strictyaml"
)

// File decodes one file of a pack.
func File(t testing.TB, pack fs.FS, name string, out any) {
	t.Helper()
	b, err := fs.ReadFile(pack, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := strictyaml.Into(b, nil, out); len(problems) > 0 {
		t.Fatalf("%s: %v", name, problems[0])
	}
}

// Shared is what a pack's rules share: its facts, parameters, formulas and
// lists.
func Shared(t testing.TB, pack fs.FS) rule.Source {
	t.Helper()
	var facts struct {
		Facts []contract.Fact `yaml:"facts"`
	}
	File(t, pack, "facts.yaml", &facts)
	s := rule.Source{Facts: facts.Facts}
	File(t, pack, "benefits.yaml", &s.Law)
	return s
}

// Pack is all that a pack says about benefits.
func Pack(t testing.TB, pack fs.FS) rule.Source {
	t.Helper()
	s := Shared(t, pack)
	names, err := fs.Glob(pack, "services/*/service.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		var service contract.Service
		File(t, pack, name, &service)
		if service.Benefit != nil {
			s.Programmes = append(s.Programmes, rule.Programme{ID: service.ID, Benefit: *service.Benefit})
		}
	}
	return s
}
