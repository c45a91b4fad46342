package ask

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/strictyaml"
)

// readPack loads the Korean pack as far as ask needs it.
func readPack(t testing.TB) Pack {
	t.Helper()
	const root = "../../pack/kr/"
	p := Pack{Hash: "test"}
	dirs, err := os.ReadDir(root + "services")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		dir := filepath.Join(root, "services", d.Name())
		s := &contract.Service{Body: map[kernel.Lang]string{}, Utterances: map[kernel.Lang][]string{}, Quiet: map[string][]string{}}
		decode(t, filepath.Join(dir, "service.yaml"), s)
		unmark := func(line string) string {
			text, subjects, marked := contract.CutMark(line)
			if marked {
				s.Quiet[text] = subjects
			}
			return text
		}
		for i := range s.Terms {
			s.Terms[i] = unmark(s.Terms[i])
		}
		for _, l := range kernel.Langs {
			s.Body[l] = read(t, filepath.Join(dir, "text."+string(l)+".md"))
			for u := range strings.Lines(read(t, filepath.Join(dir, "utterances."+string(l)+".txt"))) {
				if u = strings.TrimSpace(u); u != "" && !strings.HasPrefix(u, "#") {
					s.Utterances[l] = append(s.Utterances[l], unmark(u))
				}
			}
		}
		p.Services = append(p.Services, s)
	}
	var events struct {
		LifeEvents []contract.LifeEvent `yaml:"life_events"`
	}
	decode(t, root+"life-events.yaml", &events)
	p.LifeEvents = events.LifeEvents
	var dict struct {
		Facts []*contract.Fact `yaml:"facts"`
	}
	decode(t, root+"facts.yaml", &dict)
	p.Facts = map[string]*contract.Fact{}
	for _, f := range dict.Facts {
		p.Facts[f.ID] = f
	}
	decode(t, root+"said.yaml", &p.Said)
	var crises struct {
		Crises []contract.Crisis `yaml:"crises"`
	}
	decode(t, root+"crises.yaml", &crises)
	p.Crises = crises.Crises
	var hushed struct {
		Quiet []contract.Quiet `yaml:"quiet"`
	}
	decode(t, root+"quiet.yaml", &hushed)
	p.Quiet = hushed.Quiet
	return p
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func heldOut(t testing.TB) (*Service, []Line) {
	rest, held, _ := HoldOut(readPack(t))
	return New(Deps{Catalog: fixed(rest)}), held
}

func TestHeldOutSentencesFindTheirService(t *testing.T) {
	s, held := heldOut(t)
	for _, score := range s.Evaluate(held) {
		t.Logf("%-4s hit@1 %.1f %% (%.1f-%.1f)  hit@5 %.1f %% (%.1f-%.1f)  n=%d", score.Lang,
			100*score.Hit1.Part(), 100*score.Hit1.Low, 100*score.Hit1.High,
			100*score.Hit5.Part(), 100*score.Hit5.Low, 100*score.Hit5.High, score.Hit1.Of)
		if score.Hit5.Part() < 0.8 {
			t.Errorf("%s: hit@5 is below 80 %%", score.Lang)
		}
	}
}

func decode(t testing.TB, path string, out any) {
	t.Helper()
	if _, problems := strictyaml.Into([]byte(read(t, path)), nil, out); len(problems) > 0 {
		t.Fatalf("%s: %v", path, problems)
	}
}
