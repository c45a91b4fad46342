package ask

import (
	"math"
	"slices"

	"maru/kernel"
)

// Line is one sentence with the service it asks for.
type Line struct {
	Text     string
	Lang     kernel.Lang
	Services []string // ids; any of them is right
}

// Share is a share with its 95 % Wilson interval.
type Share struct {
	Hits int     `json:"hits"`
	Of   int     `json:"of"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Part is Hits/Of, 0 for none.
func (s Share) Part() float64 {
	if s.Of == 0 {
		return 0
	}
	return float64(s.Hits) / float64(s.Of)
}

// Score is how well sentences find their services.
type Score struct {
	Lang       kernel.Lang // "" for all
	Hit1, Hit5 Share
}

// wilson is the 95 % interval of a share (Wilson 1927): honest for small
// numbers too.
func wilson(hits, of int) Share {
	s := Share{Hits: hits, Of: of}
	if of == 0 {
		return s
	}
	const z = 1.959964
	n, p := float64(of), s.Part()
	middle := p + z*z/(2*n)
	spread := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	s.Low, s.High = max(0, (middle-spread)/(1+z*z/n)), min(1, (middle+spread)/(1+z*z/n))
	return s
}

// Evaluate asks every line and counts the right service in the first place and
// among the first five: for all lines, then by language. A line that cannot be
// asked counts as missed.
func (s *Service) Evaluate(lines []Line) []Score {
	scores := []Score{{}}
	for _, l := range kernel.Langs {
		scores = append(scores, Score{Lang: l})
	}
	for _, line := range lines {
		rank := 0
		if a, err := s.Ask(Query{Text: line.Text, Limit: 5}); err == nil {
			rank = rankOf(a.Results, line.Services)
		}
		for i := range scores {
			if scores[i].Lang != "" && scores[i].Lang != line.Lang {
				continue
			}
			scores[i].Hit1.count(rank == 1)
			scores[i].Hit5.count(rank >= 1)
		}
	}
	for i := range scores {
		scores[i].Hit1 = wilson(scores[i].Hit1.Hits, scores[i].Hit1.Of)
		scores[i].Hit5 = wilson(scores[i].Hit5.Hits, scores[i].Hit5.Of)
	}
	return slices.DeleteFunc(scores, func(x Score) bool { return x.Hit1.Of == 0 })
}

func (s *Share) count(hit bool) {
	s.Of++
	if hit {
		s.Hits++
	}
}

// rankOf is the place of the first wanted service, 0 when there is none.
func rankOf(results []Result, want []string) int {
	for i, r := range results {
		if slices.Contains(want, r.Service.ID) {
			return i + 1
		}
	}
	return 0
}
