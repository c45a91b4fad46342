package catalog

import (
	"slices"
	"strconv"

	"maru/domain/catalog/contract"
)

const saidFile = "said.yaml"

// said reads what everyday words say about facts. A pack may be without.
func (l *loader) said() {
	doc, ok := l.read(saidFile, nil, &l.pack.Said)
	if !ok {
		return
	}
	fact := func(list string, i int, id string) *contract.Fact {
		f := l.pack.Facts[id]
		if f == nil {
			l.found.err(saidFile, doc.Line(list, strconv.Itoa(i)), "no fact %q in the dictionary", id)
		}
		return f
	}
	for i, w := range l.pack.Said.Words {
		f := fact("words", i, w.Fact)
		if f == nil {
			continue
		}
		fits := false
		switch f.Type {
		case "bool":
			fits = w.Value == "true" || w.Value == "false"
		case "enum":
			fits = slices.Contains(f.Members, w.Value)
		case "int":
			_, err := strconv.ParseInt(w.Value, 10, 64)
			fits = err == nil
		}
		if !fits {
			l.found.err(saidFile, doc.Line("words", strconv.Itoa(i)), "%q is no value of the fact %q", w.Value, w.Fact)
		}
	}
	for i, m := range l.pack.Said.Measures {
		f := fact("measures", i, m.Fact)
		if f == nil {
			continue
		}
		takes := map[string]string{"date": "date", "age": "date", "money": "int", "duration": "int", "count": "int", "grade": "enum", "place": "code"}[m.Kind]
		if takes != f.Type {
			l.found.err(saidFile, doc.Line("measures", strconv.Itoa(i)), "a measure of kind %q cannot be the fact %q, which is of type %s", m.Kind, m.Fact, f.Type)
		}
	}
}
