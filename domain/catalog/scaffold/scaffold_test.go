package scaffold_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/domain/catalog/scaffold"
	"maru/kernel"
)

// smallPack is a copy of the catalogue's small pack.
func smallPack(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../testdata/pack")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// hooks route as that pack's directory would: a town office a region.
var hooks = catalog.Hooks{Route: func(*catalog.Pack) catalog.RouteFunc {
	return func(rule contract.AgencyRule, answers, facts map[string]kernel.Value, _ kernel.Date) (string, error) {
		by, ref, _ := strings.Cut(rule.By, ":")
		place := facts[ref].Text()
		switch {
		case by == "nationwide":
			return rule.Body, nil
		case by == "question":
			place = answers[ref].Text()
		}
		if place == "" {
			return "", errors.New("no place")
		}
		return rule.Type + "-" + place, nil
	}
}}

// TestOnlyBlanks: whatever is said at the start, the check finds the blanks
// and nothing else.
func TestOnlyBlanks(t *testing.T) {
	services := []scaffold.Service{
		{},
		{Title: kernel.Text{KO: "휠체어 대여"}},
		{Title: kernel.Text{KO: `따옴표 "안"과 \: {괄호}, #`, EN: `loan: 'wheels', "chairs" & more`}},
		{Title: kernel.Text{KO: "우표상 신고", EN: "Stamp dealer"}, Agency: "stamps"},
		{Title: kernel.Text{KO: "우표 가게", EN: "Stamp shop"}, Agency: "town"},
	}
	for _, kind := range scaffold.Kinds() {
		services = append(services, scaffold.Service{Kind: kind})
	}
	for _, s := range services {
		s.ID = "wheelchair-loan"
		t.Run(s.Kind+s.Title.EN+s.Agency, func(t *testing.T) {
			dir := smallPack(t)
			made, err := scaffold.New(dir, s, hooks)
			if err != nil {
				t.Fatal(err)
			}
			p, found, err := catalog.Check(os.DirFS(dir), hooks)
			if p == nil {
				t.Fatal(err)
			}
			got := p.Services[s.ID]
			if got == nil || !got.Online || len(p.Examples[s.ID]) != 3 {
				t.Fatalf("the service is not read: %v", found)
			}
			if s.Title.KO != "" && got.Title.KO != s.Title.KO || s.Title.EN != "" && got.Title.EN != s.Title.EN {
				t.Errorf("title %+v became %+v", s.Title, got.Title)
			}
			want := slices.Clone(made.Blanks)
			for i := range want {
				want[i].File = "services/" + s.ID + "/" + want[i].File
			}
			if len(want) < 20 {
				t.Errorf("only %d blanks", len(want))
			}
			for _, f := range found {
				i := slices.Index(want, f)
				if i < 0 {
					t.Errorf("beside the blanks: %s", f)
					continue
				}
				want = slices.Delete(want, i, i+1)
			}
			if len(want) > 0 {
				t.Errorf("not found: %v", want)
			}
		})
	}
}

// noted is a line of YAML that stands in the notes as an example.
var noted = regexp.MustCompile(`(?m)^( *)# (deadline:|directions:|eligibility:|four_eyes:|auto:|- |  )`)

// TestNotesAreRight: what the notes show as an example is taken as it stands.
func TestNotesAreRight(t *testing.T) {
	dir := smallPack(t)
	made, err := scaffold.New(dir, scaffold.Service{ID: "loan"}, hooks)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(made.Dir, "service.yaml")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(noted.FindAll(data, -1)); n != 14 {
		t.Errorf("%d lines of YAML in the notes", n)
	}
	text := strings.Replace(noted.ReplaceAllString(string(data), "$1$2"), "eligibility: []\n", "", 1)
	text = strings.Replace(text, "\nquestions:\n", `
questions:
  - {id: guardian, type: person, title: {ko: 보호자, en: Guardian}}
  - {id: moved_on, type: date, title: {ko: 날짜, en: Date}}
`, 1)
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, found, err := catalog.LoadPack(os.DirFS(dir))
	if p == nil {
		t.Fatal(err)
	}
	if s := p.Services["loan"]; s == nil || s.Auto == nil || s.Deadline == nil || s.Directions == nil || len(s.Eligibility) != 1 || len(s.Parties) != 2 || !s.FourEyes {
		t.Errorf("the notes are not read: %+v", s)
	}
	for _, f := range found {
		if !strings.Contains(f.Message, "filled in") {
			t.Error(f)
		}
	}
}

// TestTwoAtOnce: blanks of two new services are no sentences that stand twice.
func TestTwoAtOnce(t *testing.T) {
	dir := smallPack(t)
	for _, id := range []string{"one", "two"} {
		if _, err := scaffold.New(dir, scaffold.Service{ID: id}, hooks); err != nil {
			t.Fatal(err)
		}
	}
	_, found, _ := catalog.Check(os.DirFS(dir), hooks)
	for _, f := range found {
		if !strings.Contains(f.Message, "filled in") {
			t.Error(f)
		}
	}
}

func TestRefusals(t *testing.T) {
	long := strings.Repeat("a", 61)
	tests := []struct {
		name string
		s    scaffold.Service
		want string
	}{
		{"no id", scaffold.Service{}, "lower-case"},
		{"capital letter", scaffold.Service{ID: "Loan"}, "lower-case"},
		{"two hyphens", scaffold.Service{ID: "a--b"}, "lower-case"},
		{"a way out", scaffold.Service{ID: "../loan"}, "lower-case"},
		{"Korean id", scaffold.Service{ID: "대여"}, "lower-case"},
		{"long id", scaffold.Service{ID: long}, "at most 60"},
		{"there already", scaffold.Service{ID: "stamp-club"}, "exists already"},
		{"empty folder", scaffold.Service{ID: "begun"}, "exists already"},
		{"kind", scaffold.Service{ID: "loan", Kind: "loan"}, "one of application, report"},
		{"agency", scaffold.Service{ID: "loan", Agency: "village"}, "a type (town) or the id of a body"},
		{"nationwide type", scaffold.Service{ID: "loan", Agency: "ministry"}, "by its id"},
		{"title of two lines", scaffold.Service{ID: "loan", Title: kernel.Text{KO: "대여\n신청"}}, "everyday signs"},
		{"title like a blank", scaffold.Service{ID: "loan", Title: kernel.Text{EN: "Loan <<x>>"}}, "everyday signs"},
		{"title like a comment", scaffold.Service{ID: "loan", Title: kernel.Text{EN: "# Loan"}}, "a letter or a digit"},
		{"title not text", scaffold.Service{ID: "loan", Title: kernel.Text{EN: "Loan\xff"}}, "UTF-8"},
		{"long title", scaffold.Service{ID: "loan", Title: kernel.Text{EN: strings.Repeat("loan ", 17)}}, "longer than"},
	}
	dir := smallPack(t)
	if err := os.Mkdir(filepath.Join(dir, "services/begun"), 0o755); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := scaffold.New(dir, tt.s, hooks); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if after := listing(t, dir); !slices.Equal(before, after) {
		t.Errorf("a refusal left something behind: %v", after)
	}
}

func TestNoPack(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Join(dir, "nowhere")} {
		if _, err := scaffold.New(d, scaffold.Service{ID: "loan"}, hooks); err == nil || !strings.Contains(err.Error(), "is no pack") {
			t.Errorf("got %v", err)
		}
	}
	if l := listing(t, dir); len(l) > 0 {
		t.Errorf("left behind: %v", l)
	}
}

// TestNothingHalf: what cannot be finished leaves nothing.
func TestNothingHalf(t *testing.T) {
	dir := smallPack(t)
	services := filepath.Join(dir, "services")
	if err := os.RemoveAll(services); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(services, []byte("a file in the way"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	if _, err := scaffold.New(dir, scaffold.Service{ID: "loan"}, hooks); err == nil {
		t.Error("written into a file")
	}
	if after := listing(t, dir); !slices.Equal(before, after) {
		t.Errorf("left behind: %v", after)
	}
}

func listing(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(name string, _ os.DirEntry, err error) error {
		if name != dir {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
