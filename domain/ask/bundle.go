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

// eventFields are the parts of a life event that are searched: title, words,
// summary and steps.
var eventFields = []search.Field{{Weight: 2, B: 0.3, Example: true}, {Weight: 2, B: 0.3, Example: true}, {Weight: 0.7, B: 0.5}, {Weight: 0.4, B: 0.5}}

func eventDocument(e *contract.LifeEvent) search.Doc {
	d := search.Doc{ID: e.ID, Lines: make([][]string, len(eventFields))}
	d.Lines[0] = both(e.Title)
	for _, l := range kernel.Langs {
		d.Lines[1] = append(d.Lines[1], e.Terms[l]...)
	}
	d.Lines[2] = both(e.Summary)
	for i := range e.Steps {
		d.Lines[3] = append(d.Lines[3], append(both(e.Steps[i].Title), both(e.Steps[i].Text)...)...)
	}
	return d
}

// How near a life event must be that no word of it was said: by so many
// deviations above the others, and with so many of the first results its own,
// counted by their places (1, 1/2, 1/3 ...). Chosen on words of life events that
// were kept out.
const (
	nearEvent  = 2.0
	foundEvent = 1.0
)

// bundleFor is the life event that the query tells of, nil for none: one of
// its words is in the query, or it is by far the nearest, and what was found
// belongs to it. Found services decide between events; where they tell nothing,
// no event is guessed.
func (ix *index) bundleFor(normalized string, hits []search.Hit) *contract.LifeEvent {
	squeezed := strings.ReplaceAll(normalized, " ", "")
	near := map[int]float64{}
	for _, h := range ix.eventWords.Search(search.Query{Text: normalized, N: len(ix.events)}) {
		near[h.Doc] = h.Score
	}
	var best *contract.LifeEvent
	top := 0.0
	for i := range ix.events {
		e := &ix.events[i]
		said := e.said(normalized, squeezed)
		found := 0.0
		for rank, h := range hits {
			if e.services[ix.pack.Services[h.Doc].ID] {
				found += 1 / float64(rank+1)
			}
		}
		if said == 0 && (near[i] < nearEvent || found < foundEvent) {
			continue
		}
		if score := found + 0.25*float64(said) + 0.1*near[i]; found > 0 && score > top {
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
