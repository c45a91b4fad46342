package catalog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// samplePack is the small pack of testdata as files that a test may change.
func samplePack(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	dir := os.DirFS("testdata/pack")
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func edit(t *testing.T, files fstest.MapFS, name, old, repl string) {
	t.Helper()
	text := string(files[name].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, repl, 1))}
}

func TestLoadPack(t *testing.T) {
	p, found, err := catalog.LoadPack(samplePack(t))
	if err != nil || len(found) > 0 {
		t.Fatalf("%v %v", found, err)
	}
	if strings.Join(p.Order, " ") != "address-report stamp-club" || len(p.Facts) != 4 || len(p.LifeEvents) != 1 || len(p.Crises) != 1 || len(p.Holidays) != 1 {
		t.Errorf("read %v, %d facts, %d life events", p.Order, len(p.Facts), len(p.LifeEvents))
	}
	s := p.Services["stamp-club"]
	if n := len(s.Utterances[kernel.KO]); n != 3 {
		t.Errorf("comments and empty lines are no utterances: %d", n)
	}
	if s.Body[kernel.EN] != "Collect stamps." {
		t.Errorf("text: %q", s.Body[kernel.EN])
	}
}

func TestHash(t *testing.T) {
	hash := func(files fs.FS) string {
		p, _, err := catalog.LoadPack(files)
		if err != nil {
			t.Fatal(err)
		}
		return p.Hash
	}
	files := samplePack(t)
	first := hash(files)
	files["services/stamp-club/.text.ko.md.swp"] = &fstest.MapFile{Data: []byte("x")}
	files["facts.yaml~"] = &fstest.MapFile{Data: []byte("x")}
	if hash(files) != first || hash(os.DirFS("testdata/pack")) != first {
		t.Error("the hash hangs on more than the content")
	}
	edit(t, files, "services/stamp-club/text.ko.md", "모아요", "모읍니다")
	if hash(files) == first {
		t.Error("another text, the same hash")
	}
}

// TestFindings: each mistake is found at its file and line.
func TestFindings(t *testing.T) {
	const service = "services/address-report/service.yaml"
	tests := []struct {
		name           string
		file, old, new string
		want           string // the beginning of the finding that must be there
	}{
		{"unknown key", service, "kind: report", "kin: report", service + `:2: error: unknown key "kin"`},
		{"wrong type", service, "won: 1000", `won: "1000"`, service + ":15: error: fee.won: got string, want integer"},
		{"no English", service, "{ko: 주소 신고, en: Address report}", "{ko: 주소 신고}", service + ":4: error: title: missing property 'en'"},
		{"another id", service, "id: address-report", "id: address", service + `:1: error: id "address" is not the name of its folder`},
		{"condition before its question", service, "{id: joins, type: bool,", "{id: joins, type: bool, when: {question: head, known: true},", service + `:24: error: condition: question "head" is asked only later`},
		{"condition without test", service, `when: {question: joins, is: ["true"]}}` + "\npapers", "when: {question: joins}}\npapers", service + ":12: error: condition: says what to look at"},
		{"condition with two forms", service, "{fact: birth_date, age: true", "{question: joins, fact: birth_date, age: true", service + ":27: error: condition: needs exactly one"},
		{"age of a set", service, "{fact: birth_date, age: true", "{fact: receives, age: true", service + ":27: error: condition: age is told by a date"},
		{"value that cannot be", service, `if: {question: joins, is: ["false"]}`, `if: {fact: sex, is: ["other"]}`, service + `:32: error: condition: "other" is none of the choices`},
		{"no such fact", service, "fact: region", "fact: regoin", service + `:23: error: question place: no fact "regoin"`},
		{"fact of another kind", service, "fact: region", "fact: receives", service + `:23: error: question place: fact "receives" holds set`},
		{"no such life event", service, "life_events: [moving]", "life_events: [flying]", service + `:18: error: no life event "flying"`},
		{"no such agency type", service, "type: town", "type: village", service + `:6: error: no agency type "village"`},
		{"agency by no place", service, "question:place", "question:joins", service + `:6: error: "joins" is no question that asks for a region`},
		{"decision not among them", service, "decisions: [accepted, returned]", "decisions: [granted, returned]", service + `:33: error: auto: "accepted" is not among the decisions`},
		{"question twice", service, "{id: place, type: region", "{id: moved_on, type: region", service + `:23: error: questions: id "moved_on" stands twice`},
		{"no such body", "services/stamp-club/service.yaml", "body: stamps", "body: coins", `services/stamp-club/service.yaml:6: error: no body "coins"`},
		{"body of another type", "services/stamp-club/service.yaml", "type: ministry", "type: town", `services/stamp-club/service.yaml:6: error: body "stamps" is of type "ministry"`},
		{"no directions", "services/stamp-club/service.yaml", "directions:", "papers: []\nx:", "services/stamp-club/service.yaml:1: error: missing property 'directions'"},
		{"address without TLS", "services/stamp-club/service.yaml", "https://", "http://", "services/stamp-club/service.yaml:14: error: directions.url"},
		{"too few utterances", "services/stamp-club/utterances.en.txt", "I like stamps\n", "", "services/stamp-club/utterances.ko.txt: error: 4 utterances"},
		{"utterance twice", "services/stamp-club/utterances.en.txt", "I like stamps", "I MOVED!", `services/stamp-club/utterances.en.txt: error: "I MOVED!" stands in services/address-report`},
		{"example of no question", "services/address-report/examples.yaml", "hidden: [head]", "hidden: [hat]", `services/address-report/examples.yaml:2: error: example "alone": no question "hat"`},
		{"example of another type", "services/address-report/examples.yaml", "joins: true", "joins: perhaps", `services/address-report/examples.yaml:7: error: example "joins a household": answers: joins`},
		{"no text", "services/address-report/text.ko-easy.md", "주소를 알려요.", " ", "services/address-report/text.ko-easy.md: error: text is missing"},
		{"blank", "services/stamp-club/text.ko.md", "우표를", "# <<머리말>>\n우표를", "services/stamp-club/text.ko.md:1: error: still to be filled in: 머리말"},
		{"blank sentence", "services/stamp-club/utterances.en.txt", "I like stamps", "# not <<this>>\nI <<verb>> stamps", "services/stamp-club/utterances.en.txt:2: error: still to be filled in: verb"},
		{"blank in YAML", service, "name: 시험법,", "name: <<법 이름>>,", service + ":8: error: still to be filled in: 법 이름"},
		{"table", "services/stamp-club/text.en.md", "Collect stamps.", "Kinds\n\n| a | b |\n| --- | --- |\n| 1 | 2 |", "services/stamp-club/text.en.md:4: error: a table"},
		{"label missing", "facts.yaml", ", female: {ko: 여성, en: Female}", "", `facts.yaml:5: error: fact "sex": member "female" has no label`},
		{"fact twice", "facts.yaml", "id: region,", "id: birth_date,", `facts.yaml:3: error: fact "birth_date" stands twice`},
		{"region of another province", "regions.yaml", `"01130"`, `"02130"`, `regions.yaml:6: error: region 02130: lies in another province`},
		{"life event without service", "life-events.yaml", "[address-report]", "[address-report, gone]", `life-events.yaml: warning: life event moving: no service "gone"`},
		{"body that ended", "agencies.yaml", `phone: "110"`, "until: 2020-01-01", `agencies.yaml:7: error: body "stamps": ends on 2020-01-01 but no successor`},
		{"no such day", "holidays.yaml", "2026-01-01", "2026-02-30", "holidays.yaml:2: error: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := samplePack(t)
			edit(t, files, tt.file, tt.old, tt.new)
			_, found, err := catalog.LoadPack(files)
			var all []string
			for _, f := range found {
				if strings.HasPrefix(f.String(), tt.want) {
					if f.Severity == catalog.Error && !errors.Is(err, catalog.ErrInvalid) {
						t.Errorf("an error is found but the pack is valid: %v", err)
					}
					return
				}
				all = append(all, f.String())
			}
			t.Errorf("not found: %s\nfound:\n%s", tt.want, strings.Join(all, "\n"))
		})
	}
}

func TestMissingAndStrayFiles(t *testing.T) {
	files := samplePack(t)
	delete(files, "facts.yaml")
	delete(files, "services/address-report/examples.yaml")
	files["services/stamp-club/utterance.ko.txt"] = &fstest.MapFile{Data: []byte("x")}
	files["services/half/text.ko.md"] = &fstest.MapFile{Data: []byte("x")}
	_, found, _ := catalog.LoadPack(files)
	for _, want := range []string{"facts.yaml: error: file is missing", "services/address-report/examples.yaml: error: an online service needs examples",
		"services/stamp-club/utterance.ko.txt: error: nothing reads this file", "services/half/text.ko.md: error: the folder has no service.yaml"} {
		if !containsPrefix(found, want) {
			t.Errorf("not found: %s", want)
		}
	}
}

func containsPrefix(found []catalog.Finding, want string) bool {
	for _, f := range found {
		if strings.HasPrefix(f.String(), want) {
			return true
		}
	}
	return false
}

func TestExamples(t *testing.T) {
	hooks := catalog.Hooks{
		Route: func(*catalog.Pack) catalog.RouteFunc {
			return func(rule contract.AgencyRule, answers, _ map[string]kernel.Value, _ kernel.Date) (string, error) {
				return "town-" + answers["place"].Text(), nil
			}
		},
		Plain: func(_ kernel.Lang, text string) []string {
			if strings.Contains(text, "Stamp") || strings.Contains(text, "stamps") {
				return []string{"stamps are no plain word"}
			}
			return nil
		},
	}
	files := samplePack(t)
	if _, found, err := catalog.Check(files, hooks); err != nil || catalog.Errors(found) > 0 || len(found) == 0 {
		t.Fatalf("%v %v", found, err)
	}
	tests := []struct{ old, repl, want string }{
		{"joins], hidden: [head],", "joins, head],", `examples.yaml:2: error: example "alone": shows moved_on place joins, not`},
		{"hidden: [head]", "hidden: [joins]", `examples.yaml:2: error: example "alone": shows joins, which should be hidden`},
		{"auto: accepted", "auto: none", `examples.yaml:2: error: example "alone": the rule decides accepted, not none`},
		{"agency: town-01110", "agency: town-01130", `examples.yaml:2: error: example "alone": is routed to town-01110, not town-01130`},
		{"due: 2026-03-10 14:00", "due: 2026-03-11", `examples.yaml:2: error: example "alone": is due on 2026-03-10 14:00, not 2026-03-11`},
		{"{eligible: unknown}", "{eligible: no}", `examples.yaml:11: error: example "age not known": eligible is unknown`},
	}
	for _, tt := range tests {
		files := samplePack(t)
		edit(t, files, "services/address-report/examples.yaml", tt.old, tt.repl)
		if _, found, _ := catalog.Check(files, hooks); !containsPrefix(found, "services/address-report/"+tt.want) {
			t.Errorf("%s -> %s: not found: %s in %v", tt.old, tt.repl, tt.want, found)
		}
	}
}

func TestNearDuplicates(t *testing.T) {
	files := samplePack(t)
	edit(t, files, "services/stamp-club/utterances.en.txt", "I like stamps", "how do I register where I lived")
	_, found, err := catalog.Check(files, catalog.Hooks{})
	want := `services/stamp-club/utterances.en.txt: warning: "how do I register where I lived" is nearly`
	if err != nil || len(found) != 1 || !containsPrefix(found, want) {
		t.Errorf("%v %v", found, err)
	}
}

func TestCheckCommand(t *testing.T) {
	files := samplePack(t)
	var text bytes.Buffer
	if n := catalog.CheckCommand(files, &text, false, catalog.Hooks{}); n != 0 || !strings.Contains(text.String(), "2 services, 0 errors, 0 warnings") {
		t.Errorf("%d: %s", n, text.String())
	}
	edit(t, files, "services/stamp-club/service.yaml", "body: stamps", "body: coins")
	var doc bytes.Buffer
	n := catalog.CheckCommand(files, &doc, true, catalog.Hooks{})
	var report struct {
		Errors   int
		Findings []catalog.Finding
	}
	if err := json.Unmarshal(doc.Bytes(), &report); err != nil || n != 1 || report.Errors != 1 || report.Findings[0].Line != 6 {
		t.Errorf("%d %v: %s", n, err, doc.String())
	}
	var none bytes.Buffer
	if n := catalog.CheckCommand(os.DirFS("testdata/nowhere"), &none, false, catalog.Hooks{}); n == 0 {
		t.Error("a folder that is not there passes")
	}
}

func FuzzService(f *testing.F) {
	data, err := os.ReadFile("testdata/pack/services/address-report/service.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("id: address-report\nquestions: [{id: a, when: {not: {not: {fact: x}}}}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files := samplePack(t)
		files["services/address-report/service.yaml"] = &fstest.MapFile{Data: data}
		_, _, _ = catalog.LoadPack(files)
	})
}

func FuzzExamples(f *testing.F) {
	f.Add([]byte("examples: [{name: a, answers: {joins: [x, 1]}, at: now}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files := samplePack(t)
		files["services/address-report/examples.yaml"] = &fstest.MapFile{Data: data}
		_, _, _ = catalog.LoadPack(files)
	})
}
