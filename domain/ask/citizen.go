package ask

import (
	"context"
	"slices"

	"maru/domain/catalog/contract"
)

// Talks is how conversations with a simulated citizen go. They know which
// service they need and reply truly, as far as the catalogue tells what is true
// of somebody who needs it; else they do not know.
type Talks struct {
	// First: the service is shown for the sentence alone. Second and Third: by
	// the turn after the first and the second question.
	First  Share `json:"first"`
	Second Share `json:"second"`
	Third  Share `json:"third"`
	// Top: it stands first in the end.
	Top Share `json:"top"`
	// Questions asked altogether, and how many of them were not known.
	Questions int `json:"questions"`
	Unknown   int `json:"unknown"`
}

// Converse holds a conversation a line, until the service is shown or nothing
// more is asked.
func (s *Service) Converse(lines []Line) Talks {
	var out Talks
	for _, l := range lines {
		turns, top := s.converse(l, &out)
		out.First.count(turns == 1)
		out.Second.count(turns >= 1 && turns <= 2)
		out.Third.count(turns >= 1)
		out.Top.count(top)
	}
	for _, share := range []*Share{&out.First, &out.Second, &out.Third, &out.Top} {
		*share = wilson(share.Hits, share.Of)
	}
	return out
}

// converse is the turn in which the service was shown, 0 for never, and whether
// it stood first in the end.
func (s *Service) converse(l Line, count *Talks) (turn int, top bool) {
	var replies []Reply
	for n := 1; ; n++ {
		t, err := s.Talk(context.Background(), Query{Text: l.Text}, replies)
		if err != nil {
			return turn, false
		}
		rank := rankOf(t.Results, l.Services)
		if rank > 0 && turn == 0 {
			turn = n
		}
		top = rank == 1
		if turn > 0 || t.Question == nil {
			return turn, top
		}
		count.Questions++
		value := s.truth(t.Question, l.Services[0])
		if value == "" {
			count.Unknown++
		}
		replies = append(replies, Reply{t.Question.ID, value})
	}
}

// truth is what somebody who needs a service replies, "" where that is not
// known.
func (s *Service) truth(q *Question, service string) string {
	ix := s.index()
	doc, ok := ix.byID[service]
	if !ok {
		return ""
	}
	svc := ix.pack.Services[doc]
	switch {
	case q.ID == "want":
		return offered(q, wantOf(svc.Kind))
	case q.ID == "event":
		return event1(q, svc)
	}
	for i, by := range s.factTable(ix).speaks[q.Fact.ID] {
		if by[doc] > 0 {
			return q.Values[i]
		}
	}
	return ""
}

func offered(q *Question, value string) string {
	if slices.Contains(q.Values, value) {
		return value
	}
	return ""
}

// event1 is the first event offered that the service belongs to.
func event1(q *Question, svc *contract.Service) string {
	for _, v := range q.Values {
		if slices.Contains(svc.LifeEvents, v) {
			return v
		}
	}
	return NoEvent
}
