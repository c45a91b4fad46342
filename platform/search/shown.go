package search

import "maru/platform/wordvec"

// ratherBy is how much nearer another sentence must be than one that the query
// would rather show, to stand before it.
const ratherBy = 2

// candidate is a sentence that a hit may show.
type candidate struct {
	near  float32
	text  string
	field int
}

// choice is the nearest sentence, and the nearest of those rather shown.
type choice struct{ best, rather candidate }

func (c *choice) take(s candidate, rather bool) {
	if s.near > c.best.near {
		c.best = s
	}
	if rather && s.near > c.rather.near {
		c.rather = s
	}
}

func (c *choice) made() candidate {
	if c.rather.near > 0 && c.rather.near*ratherBy >= c.best.near {
		return c.rather
	}
	return c.best
}

// shown is the sentence of a document that a hit shows as the query wishes,
// with its field: by its words, or where no word is shared by its meaning; ""
// for none.
func (ix *Index) shown(p *parsed, q Query, doc int) (string, int) {
	var said, meant choice
	var table *wordvec.Table
	if p.embedded {
		table = p.vector.Table()
	}
	l, at := int(ix.lines.of[doc]), int(ix.lines.from[doc])
	for f, ls := range ix.doc(doc).Lines {
		if !ix.fields[f].Example {
			continue
		}
		for _, text := range ls {
			s, m := candidate{text: text, field: f}, candidate{text: text, field: f}
			s.near, _, at = ix.lines.similar(at, p, ix.words.idf)
			if table != nil {
				m.near = table.Dot(&ix.meaning.lines[l])
			}
			l++
			if q.Hide != nil && q.Hide(text) {
				continue
			}
			rather := q.Rather != nil && q.Rather(text)
			said.take(s, rather)
			meant.take(m, rather)
		}
	}
	c := said.made()
	if c.text == "" {
		c = meant.made()
	}
	return c.text, c.field
}
