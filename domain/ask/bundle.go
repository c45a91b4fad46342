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
// summary, steps, and what people say of its services.
var eventFields = []search.Field{{Weight: 2, B: 0.3, Example: true}, {Weight: 2, B: 0.3, Example: true}, {Weight: 0.7, B: 0.5}, {Weight: 0.4, B: 0.5}, {Weight: 0.3, B: 0.7}}

// eventMix weighs the rankings of life events alike.
var eventMix = search.Mix{Words: 1, Grams: 1, Examples: 1, Near: 1, Whole: 1}

// ofFew is in how many life events a service may stand that its words speak for
// one of them.
const ofFew = 2

// eventDocument is a life event with the words of those services that belong to
// few others.
func (ix *index) eventDocument(e *contract.LifeEvent) search.Doc {
	d := search.Doc{ID: e.ID, Lines: make([][]string, len(eventFields))}
	d.Lines[0] = both(e.Title)
	for _, l := range kernel.Langs {
		d.Lines[1] = append(d.Lines[1], e.Terms[l]...)
	}
	d.Lines[2] = both(e.Summary)
	for i := range e.Steps {
		d.Lines[3] = append(d.Lines[3], append(both(e.Steps[i].Title), both(e.Steps[i].Text)...)...)
	}
	for _, id := range e.Services {
		doc, ok := ix.byID[id]
		if !ok || ix.inEvents[id] > ofFew {
			continue
		}
		s := ix.pack.Services[doc]
		d.Lines[4] = append(append(d.Lines[4], both(s.Title)...), s.Terms...)
		for _, l := range kernel.Langs {
			d.Lines[4] = append(d.Lines[4], s.Utterances[l]...)
		}
	}
	return d
}

// What speaks for a life event, in deviations of the rankings of events: the
// chance that the service meant is one of its own, a word of it that is said,
// and how near it is. It is offered where that comes to enoughEvent together.
// Chosen on words of life events that were kept out, and on sentences of
// services: an event may not be offered more often without the service that a
// sentence is about than by the event's words alone.
const (
	chanceEvent = 16.0
	saidEvent   = 2.0
	enoughEvent = 14.0
	// withoutVectors is how much more the rankings count that need none.
	withoutVectors = 1.3
)

// bundleFor is the life event that the query tells of, nil for none. Found
// services decide between events; where they tell nothing, no event is guessed.
// hits are as many as are considered, however many are shown.
func (ix *index) bundleFor(normalized string, hits []search.Hit) *contract.LifeEvent {
	if len(hits) == 0 {
		return nil
	}
	squeezed := strings.ReplaceAll(normalized, " ", "")
	near := ix.eventsNear(normalized)
	results := make([]Result, len(hits))
	for i, h := range hits {
		results[i].Score = h.Score
	}
	chance := prior(results)
	var best *contract.LifeEvent
	top := enoughEvent
	for i := range ix.events {
		e := &ix.events[i]
		own := 0.0
		for k, h := range hits {
			if e.services[ix.pack.Services[h.Doc].ID] {
				own += chance[k]
			}
		}
		score := near[i] + chanceEvent*own
		if e.said(normalized, squeezed) > 0 {
			score += saidEvent
		}
		if own > 0 && score > top {
			best, top = &e.LifeEvent, score
		}
	}
	return best
}

// eventsNear is how near each life event is. Without word vectors there are
// fewer rankings, and each counts for more.
func (ix *index) eventsNear(normalized string) map[int]float64 {
	scale := 1.0
	if !ix.eventWords.Means() {
		scale = withoutVectors
	}
	near := map[int]float64{}
	for _, h := range ix.eventWords.Search(search.Query{Text: normalized, N: len(ix.events)}) {
		near[h.Doc] = scale * h.Score
	}
	return near
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
