package benefit

import (
	"os"
	"path/filepath"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/strictyaml"
)

// koreanPack loads what the Korean pack says about benefits.
func koreanPack(t testing.TB) Pack {
	t.Helper()
	const root = "../../pack/kr/"
	var facts struct {
		Facts []contract.Fact `yaml:"facts"`
	}
	decode(t, root+"facts.yaml", &facts)
	p := Pack{Hash: "test", Source: rule.Source{Facts: facts.Facts}, Titles: map[string]kernel.Text{}}
	decode(t, root+"benefits.yaml", &p.Source.Law)
	dirs, err := os.ReadDir(root + "services")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		s := &contract.Service{}
		decode(t, filepath.Join(root, "services", d.Name(), "service.yaml"), s)
		p.Titles[s.ID] = s.Title
		if s.Benefit != nil {
			p.Source.Programmes = append(p.Source.Programmes, rule.Programme{ID: s.ID, Benefit: *s.Benefit})
		}
	}
	return p
}

func decode(t testing.TB, file string, out any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, problems := strictyaml.Into(b, nil, out); len(problems) > 0 {
		t.Fatalf("%s: %v", file, problems)
	}
}

func koreanEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := NewEngine(koreanPack(t))
	if err != nil {
		t.Fatal(err)
	}
	return e
}
