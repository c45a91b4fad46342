package ask

import (
	"strings"
	"sync"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/search"
	"maru/platform/wordvec"
)

// fields are the parts of a service that are searched. The weights were chosen
// on held-out example sentences. Those sentences weigh little word by word,
// being many; each also counts by itself, when it is near to the query.
var fields = []search.Field{
	{Weight: 1.5, B: 0.3, Example: true, Name: true}, // title
	{Weight: 0.85, B: 0.6},                           // summary, who
	{Weight: 0.7, B: 0.55},                           // body
	{Weight: 1.5, B: 0.5, Example: true, Name: true}, // everyday terms
	{Weight: 0.25, B: 0.25, Example: true},           // example sentences
}

// index is one pack made searchable.
type index struct {
	pack   Pack
	words  *search.Index
	events []event
	crises []crisis
	teller *teller
	quiet  quiet
	byID   map[string]int

	eventWords *search.Index
	inEvents   map[string]int // by service: how many life events it stands in

	passages sync.Map // by text: what a language model may cite, read
}

func newIndex(p Pack, places []Place, vectors *wordvec.Model) *index {
	ix := &index{pack: p, byID: map[string]int{}, inEvents: map[string]int{}, teller: newTeller(p, places), quiet: newQuiet(p)}
	for _, c := range p.Crises {
		ix.crises = append(ix.crises, newCrisis(c))
	}
	for i, s := range p.Services {
		ix.byID[s.ID] = i
	}
	for i := range p.LifeEvents {
		ix.events = append(ix.events, newEvent(p.LifeEvents[i]))
		for _, id := range p.LifeEvents[i].Services {
			ix.inEvents[id]++
		}
	}
	ix.eventWords = search.New(eventFields, len(p.LifeEvents), func(i int) search.Doc { return ix.eventDocument(&p.LifeEvents[i]) }, search.Options{Mix: eventMix, Vectors: vectors})
	ix.words = search.New(fields, len(p.Services), func(i int) search.Doc { return document(p.Services[i]) }, search.Options{Vectors: vectors})
	return ix
}

// document lists the lines of a service by field.
func document(s *contract.Service) search.Doc {
	d := search.Doc{ID: s.ID, Lines: make([][]string, len(fields))}
	d.Lines[0] = both(s.Title)
	d.Lines[1] = append(both(s.Summary), both(s.Who)...)
	for _, l := range kernel.Langs {
		d.Lines[2] = append(d.Lines[2], strings.Split(s.Body[l], "\n")...)
		d.Lines[4] = append(d.Lines[4], s.Utterances[l]...)
	}
	d.Lines[3] = s.Terms
	return d
}

func both(t kernel.Text) []string { return []string{t.KO, t.EN} }
