package ask

import (
	"maru/kernel"
	"maru/platform/search"
)

// fieldNames are the fields whose lines are compared with the query.
var fieldNames = map[int]string{0: "title", 3: "term", 4: "utterance"}

// why tells what lifted a hit. A fact is named where it speaks for the service
// by itself.
func (s *Service) why(ix *index, h search.Hit, facts []Fact, lift map[int]float64, today kernel.Date) Why {
	w := Why{Line: h.Line, Field: fieldNames[h.Field], Words: h.Words}
	if h.Line == "" {
		w.Field = ""
	}
	if lift[h.Doc] <= 0 {
		return w
	}
	for _, f := range facts {
		if f.ID != "" && s.lift(ix, []Fact{f}, today)[h.Doc] > 0 {
			w.Facts = append(w.Facts, f.Text)
		}
	}
	return w
}
