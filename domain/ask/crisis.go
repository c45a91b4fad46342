package ask

import (
	"strings"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/search"
)

// crisis is an emergency with its words as they are matched: without blanks.
type crisis struct {
	contract.Crisis
	words []string
}

func newCrisis(c contract.Crisis) crisis {
	out := crisis{Crisis: c}
	for _, l := range kernel.Langs {
		for _, w := range c.Words[l] {
			if s := search.Squeeze(w); s != "" {
				out.words = append(out.words, s)
			}
		}
	}
	return out
}

// crisisIn is the first emergency whose words are in a squeezed text.
func (ix *index) crisisIn(squeezed string) *contract.Crisis {
	for i := range ix.crises {
		for _, w := range ix.crises[i].words {
			if strings.Contains(squeezed, w) {
				return &ix.crises[i].Crisis
			}
		}
	}
	return nil
}
