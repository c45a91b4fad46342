package catalog

import (
	"maru/platform/search"
)

// unmarked warns of sentences and terms that hold a word of a quiet subject and
// carry no mark: whoever never spoke of it may be shown them.
func (p *Pack) unmarked(found *findings) {
	subjects := make([]search.Phrases, len(p.Quiet))
	for i, q := range p.Quiet {
		subjects[i] = search.NewPhrases(q.Words)
	}
	look := func(service, file, text string) {
		if _, marked := p.Services[service].Quiet[text]; marked {
			return
		}
		n := search.Normalize(text)
		for i := range subjects {
			if subjects[i].In(n) {
				found.warn(file, 0, "%q speaks of %s: mark it [%s], or [-] where it hurts nobody", text, p.Quiet[i].ID, p.Quiet[i].ID)
			}
		}
	}
	for _, s := range p.sentences() {
		look(s.service, s.file, s.text)
	}
	for _, id := range p.Order {
		for _, t := range p.Services[id].Terms {
			look(id, p.source[id].file, t)
		}
	}
}
