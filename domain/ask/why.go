package ask

import (
	"maru/kernel"
	"maru/platform/search"
)

// fieldNames are the fields whose lines are compared with the query.
var fieldNames = map[int]string{0: "title", 3: "term", 4: "utterance"}

// reasons tells what lifted the hits of one query.
type reasons struct {
	facts []Fact
	lift  map[int]float64              // by all facts together
	alone func(f Fact) map[int]float64 // by one fact alone
	known map[int]map[int]float64      // what alone said, by place in facts
}

// reasons are those of a query. What a fact says alone is worked out when the
// first hit needs it, and once for all hits: it goes through the rules of every
// service.
func (s *Service) reasons(ix *index, facts []Fact, lift map[int]float64, today kernel.Date) *reasons {
	return &reasons{facts: facts, lift: lift, known: map[int]map[int]float64{},
		alone: func(f Fact) map[int]float64 { return s.lift(ix, []Fact{f}, today) }}
}

// why tells what lifted a hit. A fact is named where it speaks for the service
// by itself.
func (r *reasons) why(h search.Hit) Why {
	w := Why{Line: h.Line, Field: fieldNames[h.Field], Words: h.Words}
	if h.Line == "" {
		w.Field = ""
	}
	if r.lift[h.Doc] <= 0 {
		return w
	}
	for i, f := range r.facts {
		if f.ID == "" {
			continue
		}
		if r.known[i] == nil {
			if r.known[i] = r.alone(f); r.known[i] == nil {
				r.known[i] = map[int]float64{}
			}
		}
		if r.known[i][h.Doc] > 0 {
			w.Facts = append(w.Facts, f.Text)
		}
	}
	return w
}
