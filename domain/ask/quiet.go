package ask

import (
	"maru/domain/catalog/contract"
	"maru/platform/search"
)

// quiet knows which sentences hurt or shame whoever did not speak of what they
// speak of. They lead to their service as any other; they are only not shown.
type quiet struct {
	subjects []search.Phrases  // words by which somebody speaks of each
	lines    map[string]uint64 // of marked sentences and terms: a bit a subject
}

// noSubject marks what no query speaks of: a mark that the pack does not know.
const noSubject = 1 << 63

func newQuiet(p Pack) quiet {
	q := quiet{lines: map[string]uint64{}}
	bit := map[string]uint64{}
	for i, s := range p.Quiet {
		words := search.NewPhrases(s.Words)
		words.Add(s.Also)
		q.subjects = append(q.subjects, words)
		bit[s.ID] = 1 << min(i, 62)
	}
	for _, s := range p.Services {
		q.note(s, bit)
	}
	return q
}

func (q *quiet) note(s *contract.Service, bit map[string]uint64) {
	for text, subjects := range s.Quiet {
		for _, id := range subjects {
			b := bit[id]
			if b == 0 {
				b = noSubject
			}
			q.lines[text] |= b
		}
	}
}

// spoken are the subjects of normalized texts.
func (q *quiet) spoken(texts ...string) uint64 {
	var out uint64
	for i := range q.subjects {
		for _, t := range texts {
			if q.subjects[i].In(t) {
				out |= 1 << min(i, 62)
			}
		}
	}
	return out
}

// tactful makes a search show no sentence about what its words do not speak of.
// What they do speak of is shown before what says nothing of it.
func (q *quiet) tactful(query search.Query, said ...string) search.Query {
	if len(q.lines) == 0 {
		return query
	}
	spoken := q.spoken(said...)
	query.Hide = func(line string) bool { return q.lines[line]&^spoken != 0 }
	if spoken != 0 {
		query.Rather = func(line string) bool { return q.lines[line]&spoken != 0 }
	}
	return query
}
