package ask

import (
	"encoding/csv"
	"fmt"
	"io"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/wordvec"
)

// Topic is a programme with questions and answers about it, to measure a
// larger catalogue than the pack's with.
type Topic struct {
	Title              string
	Questions, Answers []string
}

// ReadTopics reads a table of Question, Answer and Documents (the title), with
// a line of headings.
func ReadTopics(r io.Reader) ([]Topic, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = 3
	if _, err := in.Read(); err != nil {
		return nil, fmt.Errorf("ask: read topics: %w", err)
	}
	at := map[string]int{}
	var out []Topic
	for {
		row, err := in.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("ask: read topics: %w", err)
		}
		i, ok := at[row[2]]
		if !ok {
			i = len(out)
			at[row[2]] = i
			out = append(out, Topic{Title: row[2]})
		}
		out[i].Questions = append(out[i].Questions, row[0])
		out[i].Answers = append(out[i].Answers, row[1])
	}
}

// tested tells whether a question belongs to the fifth that is asked.
func tested(question string) bool { return hashOf(question)%5 == 0 }

// welfare measures with a fifth of the questions. The rest are the sentences
// of the topics, six answers each their text.
func welfare(topics []Topic, tiny bool) ([]Row, error) {
	const answers = 6
	p := Pack{Hash: "topics"}
	var lines []Line
	for _, t := range topics {
		s := &contract.Service{ID: t.Title, Title: kernel.Text{KO: t.Title}, Body: map[kernel.Lang]string{}, Utterances: map[kernel.Lang][]string{}}
		shown := 0
		for i, q := range t.Questions {
			if tested(q) {
				lines = append(lines, Line{Text: q, Lang: kernel.KO, Services: []string{t.Title}})
				continue
			}
			s.Utterances[kernel.KO] = append(s.Utterances[kernel.KO], q)
			if shown < answers {
				shown++
				s.Body[kernel.KO] += t.Answers[i] + "\n"
			}
		}
		p.Services = append(p.Services, s)
	}
	var vectors *wordvec.Model
	if !tiny {
		var err error
		if vectors, err = wordvec.Train(Documents(p), Training, nil); err != nil {
			return nil, err
		}
	}
	score := New(Deps{Catalog: fixed(p), Vectors: vectors}).Evaluate(lines)[0]
	return []Row{{Set: fmt.Sprintf("%d topics", len(topics)), Lang: kernel.KO, Noise: Noises[0].Name, Hit1: score.Hit1, Hit5: score.Hit5}}, nil
}
