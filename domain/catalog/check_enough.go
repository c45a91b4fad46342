package catalog

import "maru/kernel"

// enough warns of services that few sentences lead to: what people say in
// other ways is found by more sentences, not by a better engine.
func (p *Pack) enough(h Hooks, found *findings) {
	for _, id := range p.Order {
		s := p.Services[id]
		en := len(s.Utterances[kernel.EN])
		if all := len(s.Utterances[kernel.KO]) + en; all < h.Enough || en < h.EnoughEnglish {
			found.warn("services/"+id+"/utterances.ko.txt", 0, "%d utterances, %d of them English: people find a service in most words by %d, %d of them English", all, en, h.Enough, h.EnoughEnglish)
		}
	}
}
