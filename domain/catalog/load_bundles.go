package catalog

import (
	"strconv"

	"maru/domain/catalog/contract"
)

const bundlesFile = "bundles.yaml"

// maxKeepDays bounds how long what arrived may be kept.
const maxKeepDays = 90

// bundles reads what people may ask to be moved. A pack may be without.
func (l *loader) bundles() {
	var f struct {
		Bundles []contract.DataBundle `yaml:"bundles"`
	}
	doc, ok := l.read(bundlesFile, nil, &f)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for i, b := range f.Bundles {
		bad := func(format string, args ...any) {
			l.found.err(bundlesFile, doc.Line("bundles", strconv.Itoa(i)), format, args...)
		}
		if b.ID == "" || b.Version == "" || b.Basis == "" || b.Title.KO == "" || b.Title.EN == "" || b.Summary.KO == "" || b.Summary.EN == "" || b.Purpose.KO == "" || b.Purpose.EN == "" {
			bad("bundle %q: id, version, basis, and title, summary and purpose in both languages are required", b.ID)
		}
		if seen[b.ID] {
			bad("bundle %q stands twice", b.ID)
		}
		seen[b.ID] = true
		if b.KeepDays < 1 || b.KeepDays > maxKeepDays {
			bad("bundle %q: keep_days is 1 to %d", b.ID, maxKeepDays)
		}
		for _, days := range b.Every {
			if days < 1 || days > 365 {
				bad("bundle %q: a period is 1 to 365 days", b.ID)
			}
		}
		if len(b.Facts) == 0 {
			bad("bundle %q has no facts", b.ID)
		}
		for _, id := range b.Facts {
			if fact := l.pack.Facts[id]; fact == nil {
				bad("bundle %q: no fact %q in the dictionary", b.ID, id)
			} else if !fact.Movable() {
				bad("bundle %q: nobody holds %q, or it is the whole household's", b.ID, id)
			}
		}
	}
	l.pack.Bundles = f.Bundles
}
