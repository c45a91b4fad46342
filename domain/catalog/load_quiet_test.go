package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maru/domain/catalog"
)

const quietYAML = `quiet:
  - {id: death, words: {ko: [돌아가셨], en: [died]}}
  - {id: debt, words: {ko: [빚], en: [debt]}, also: {ko: [갚], en: [repay]}}
`

// hushed is the sample with subjects and with lines before its first sentences.
func hushed(t *testing.T, quiet string, lines ...string) (fstest.MapFS, string) {
	t.Helper()
	files := samplePack(t)
	files["quiet.yaml"] = &fstest.MapFile{Data: []byte(quiet)}
	for name, f := range files {
		if strings.HasSuffix(name, "utterances.ko.txt") {
			f.Data = append([]byte(strings.Join(lines, "\n")+"\n"), f.Data...)
			return files, name
		}
	}
	t.Fatal("the sample has no sentences")
	return nil, ""
}

// TestQuiet: marks are taken off the sentences and kept beside them.
func TestQuiet(t *testing.T) {
	files, name := hushed(t, quietYAML, "[death debt] 아버지가 돌아가셨고 빚이 남았어요", "[-] 빚이 없는지 보고 싶어요", "그냥 하는 말이에요")
	p, found, err := catalog.Check(files, catalog.Hooks{})
	if err != nil || len(found) > 0 {
		t.Fatalf("%v, %v", err, found)
	}
	s := p.Services[strings.Split(name, "/")[1]]
	if got := s.Quiet["아버지가 돌아가셨고 빚이 남았어요"]; !slices.Equal(got, []string{"death", "debt"}) {
		t.Errorf("marked with %v", got)
	}
	if got, ok := s.Quiet["빚이 없는지 보고 싶어요"]; !ok || len(got) > 0 {
		t.Errorf("looked at: %v, %v", got, ok)
	}
	if _, ok := s.Quiet["그냥 하는 말이에요"]; ok {
		t.Error("a sentence without a mark has one")
	}
	for _, u := range s.Utterances["ko"] {
		if strings.HasPrefix(u, "[") {
			t.Errorf("%q keeps its mark", u)
		}
	}
}

// TestQuietFindings: what is wrong with a mark or a subject has its line, and a
// sentence that lacks its mark is a warning.
func TestQuietFindings(t *testing.T) {
	for name, c := range map[string]struct {
		quiet string
		lines []string
		want  string
		err   bool
	}{
		"a subject that is none":   {quietYAML, []string{"[grief] 슬퍼요"}, `no subject "grief" in quiet.yaml`, true},
		"a mark alone":             {quietYAML, []string{"[death]"}, "a mark without a sentence", true},
		"no mark":                  {quietYAML, []string{"빚이 많아요"}, `speaks of debt: mark it [debt], or [-]`, false},
		"no mark in English":       {quietYAML, []string{"My father Died"}, `speaks of death: mark it [death]`, false},
		"one of two":               {quietYAML, []string{"[death] 빚만 남기고 돌아가셨어요"}, "", false},
		"also is no reason":        {quietYAML, []string{"다 갚았어요"}, "", false},
		"an id twice":              {quietYAML + quietYAML[7:], nil, "needs an id of its own", true},
		"no English words":         {"quiet:\n  - {id: death, words: {ko: [죽]}}\n", nil, "needs words in both languages", true},
		"a word of signs":          {"quiet:\n  - {id: death, words: {ko: [죽], en: ['!']}}\n", nil, `"!" is no word`, true},
		"an unknown key":           {"quiet:\n  - {id: death, word: {}}\n", nil, "field word not found", true},
		"a bracket in the middle":  {quietYAML, []string{"서류 [별지] 주세요"}, "", false},
		"a bracket without an end": {quietYAML, []string{"[별지 서류 주세요"}, "", false},
	} {
		files, _ := hushed(t, c.quiet, c.lines...)
		_, found, err := catalog.Check(files, catalog.Hooks{})
		if err != nil && !errors.Is(err, catalog.ErrInvalid) || c.err != (catalog.Errors(found) > 0) {
			t.Errorf("%s: %v, %v", name, err, found)
		}
		if c.want == "" && len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
		if c.want != "" && !slices.ContainsFunc(found, func(f catalog.Finding) bool {
			return strings.Contains(f.Message, c.want) && (f.Line > 0 || !c.err)
		}) {
			t.Errorf("%s: no finding %q in %v", name, c.want, found)
		}
	}
}
