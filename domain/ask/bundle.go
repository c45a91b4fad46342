package ask

import (
	"strings"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/search"
)

// event is a life event with its words as they are matched.
type event struct {
	contract.LifeEvent
	korean   []string // squeezed: particles and blanks do not matter
	english  []string // normalized, matched at the beginning of words
	services map[string]bool
}

func newEvent(e contract.LifeEvent) event {
	out := event{LifeEvent: e, services: map[string]bool{}}
	for _, w := range append(e.Terms[kernel.KO], e.Title.KO) {
		if s := search.Squeeze(w); s != "" {
			out.korean = append(out.korean, s)
		}
	}
	for _, w := range append(e.Terms[kernel.EN], e.Title.EN) {
		if s := search.Normalize(w); s != "" {
			out.english = append(out.english, " "+s)
		}
	}
	for _, s := range e.Services {
		out.services[s] = true
	}
	return out
}

// bundleFor is the life event that the query tells of, nil for none: one of
// its words is in the query, and what was found belongs to it. Found services
// decide between events; where they tell nothing, no event is guessed.
func (ix *index) bundleFor(normalized string, hits []search.Hit) *contract.LifeEvent {
	squeezed := strings.ReplaceAll(normalized, " ", "")
	var best *contract.LifeEvent
	top := 0.0
	for i := range ix.events {
		e := &ix.events[i]
		said := e.said(normalized, squeezed)
		if said == 0 {
			continue
		}
		found := 0.0
		for rank, h := range hits {
			if e.services[ix.pack.Services[h.Doc].ID] {
				found += 1 / float64(rank+1)
			}
		}
		if score := found + 0.25*float64(said); found > 0 && score > top {
			best, top = &e.LifeEvent, score
		}
	}
	return best
}

// said counts the event's words in the query.
func (e *event) said(normalized, squeezed string) int {
	n := 0
	for _, w := range e.korean {
		if strings.Contains(squeezed, w) {
			n++
		}
	}
	spaced := " " + normalized
	for _, w := range e.english {
		if strings.Contains(spaced, w) {
			n++
		}
	}
	return n
}
