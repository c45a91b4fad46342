package ask

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/search"
	"maru/platform/wordvec"
)

// Training is how word vectors are trained for the pack, as chosen on held-out
// sentences.
var Training = wordvec.Options{Seed: 1, Company: 10}

// TextDocuments reads a text to train word vectors with: blocks of lines
// between empty lines, each block about one thing. The error is the reader's.
func TextDocuments(r io.Reader) ([]wordvec.Document, error) {
	var out []wordvec.Document
	var doc wordvec.Document
	flush := func() {
		if len(doc) > 0 {
			out = append(out, doc)
			doc = nil
		}
	}
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if s := search.Sentence(search.Normalize(in.Text())); len(s) > 0 {
			doc = append(doc, s)
		} else {
			flush()
		}
	}
	flush()
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("ask: read text: %w", err)
	}
	return out, nil
}

// Documents is the pack's own text to train word vectors with: of each
// service and of each life event what is said about it.
func Documents(p Pack) []wordvec.Document {
	var out []wordvec.Document
	add := func(lines []string) {
		var doc wordvec.Document
		for _, l := range lines {
			if s := search.Sentence(search.Normalize(l)); len(s) > 0 {
				doc = append(doc, s)
			}
		}
		if len(doc) > 0 {
			out = append(out, doc)
		}
	}
	for _, s := range p.Services {
		var lines []string
		for _, field := range document(s).Lines {
			lines = append(lines, field...)
		}
		for _, law := range s.Law {
			lines = append(lines, law.Name, law.NameEN)
		}
		for i := range s.Questions {
			lines = append(lines, both(s.Questions[i].Title)...)
		}
		add(append(lines, papers(s)...))
	}
	for i := range p.LifeEvents {
		e := &p.LifeEvents[i]
		lines := append(both(e.Title), both(e.Summary)...)
		for _, l := range kernel.Langs {
			lines = append(lines, strings.Join(e.Terms[l], " "))
		}
		for j := range e.Steps {
			lines = append(lines, both(e.Steps[j].Title)...)
			lines = append(lines, both(e.Steps[j].Text)...)
		}
		add(lines)
	}
	return out
}

func papers(s *contract.Service) []string {
	var out []string
	for _, p := range s.Papers {
		out = append(out, both(p)...)
	}
	return out
}
