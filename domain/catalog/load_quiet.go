package catalog

import (
	"slices"
	"strconv"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/search"
)

const quietFile = "quiet.yaml"

// quiet reads the subjects that hurt whoever did not speak of them. A pack may
// be without.
func (l *loader) quiet() {
	var f struct {
		Quiet []contract.Quiet `yaml:"quiet"`
	}
	doc, ok := l.read(quietFile, nil, &f)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for i, q := range f.Quiet {
		line := doc.Line("quiet", strconv.Itoa(i))
		if q.ID == "" || q.ID == "-" || seen[q.ID] {
			l.found.err(quietFile, line, "subject %q: needs an id of its own", q.ID)
		}
		seen[q.ID] = true
		for _, lang := range kernel.Langs {
			if len(q.Words[lang]) == 0 {
				l.found.err(quietFile, line, "subject %q: needs words in both languages", q.ID)
			}
			for _, w := range slices.Concat(q.Words[lang], q.Also[lang]) {
				if search.Normalize(w) == "" {
					l.found.err(quietFile, line, "subject %q: %q is no word", q.ID, w)
				}
			}
		}
	}
	l.pack.Quiet = f.Quiet
}

// unmark takes the mark off a sentence or term and remembers it.
func (l *loader) unmark(s *contract.Service, file string, line int, text string) string {
	text, subjects, marked := contract.CutMark(text)
	if !marked {
		return text
	}
	if text == "" {
		l.found.err(file, line, "a mark without a sentence")
	}
	if len(subjects) == 0 {
		subjects = []string{}
	}
	for _, id := range subjects {
		if !slices.ContainsFunc(l.pack.Quiet, func(q contract.Quiet) bool { return q.ID == id }) {
			l.found.err(file, line, "%q: no subject %q in %s", text, id, quietFile)
		}
	}
	s.Quiet[text] = subjects
	return text
}
