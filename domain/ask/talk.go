package ask

import (
	"cmp"
	"context"
	"math"
	"slices"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

const (
	// MaxReplies is how many questions one conversation asks: with the sentence
	// itself it has three turns.
	MaxReplies = 2
	// considered is how many services are weighed behind those that are shown.
	considered = MaxLimit
)

// Reply is an answer to a question of the conversation. Value "" says "I do not
// know".
type Reply struct{ Question, Value string }

// Turn is what a conversation has come to.
type Turn struct {
	Answer
	// Question splits the services that may be meant best; nil where asking
	// more is not worth it, and in an emergency.
	Question *Question
	// Replies are those that counted, in order, with their questions.
	Replies []Replied
}

// Replied is a reply with its question.
type Replied struct {
	Reply
	Question *Question
}

// Talk goes on with a conversation: what was said and what was replied since.
// Nothing is kept between turns; the same words and replies give the same turn.
// Replies to what was not asked, or with a value that was not offered, count as
// none. Errors are those of Ask, and Invalid for more replies than there can be.
func (s *Service) Talk(ctx context.Context, q Query, replies []Reply) (*Turn, error) {
	if len(replies) > MaxReplies {
		return nil, kernel.E(kernel.Invalid, "ask.error.query", nil).Field("q", "ask.error.replies", nil)
	}
	q.Limit = considered
	a, err := s.AskIn(ctx, q)
	if err != nil {
		return nil, err
	}
	t := &Turn{Answer: a}
	if a.Crisis != nil || len(a.Results) == 0 {
		t.Results = shown(a.Results, prior(a.Results))
		return t, nil
	}
	c := &conversation{ix: s.index(), results: a.Results, weight: prior(a.Results), facts: a.Facts, asked: map[string]bool{}}
	c.table = s.factTable(c.ix)
	for _, r := range replies {
		asked := c.question(r.Question)
		if asked == nil || r.Value != "" && !slices.Contains(asked.Values, r.Value) {
			continue
		}
		c.hear(asked, r.Value)
		t.Replies = append(t.Replies, Replied{r, asked})
	}
	t.Results = shown(c.ranked())
	if a.Help != nil && len(t.Replies) == 0 {
		t.Results = a.Results[:min(len(a.Results), DefaultLimit)] // as the model put them
	}
	if len(t.Replies) < MaxReplies {
		t.Question = c.best()
	}
	return t, nil
}

// sharpness turns scores into weights: how many times likelier a service is for
// each point that it scores more. Chosen on held-out sentences.
const sharpness = 0.42

// prior are the results' weights by their scores; they add up to 1.
func prior(results []Result) []float64 {
	out := make([]float64, len(results))
	best := 0.0
	for i, r := range results {
		if i == 0 || r.Score > best { // a language model may have put others first
			best = r.Score
		}
	}
	for i, r := range results {
		out[i] = math.Exp(sharpness * (r.Score - best))
	}
	return normal(out)
}

func normal(w []float64) []float64 {
	sum := 0.0
	for _, x := range w {
		sum += x
	}
	if sum > 0 {
		for i := range w {
			w[i] /= sum
		}
	}
	return w
}

// Of the results the first three are always shown, others up to five when they
// are not far less likely than the first.
const (
	alwaysShown = 3
	nearFirst   = 0.1
)

func shown(results []Result, weight []float64) []Result {
	n := 0
	for n < min(len(results), DefaultLimit) && (n < alwaysShown || weight[n] >= nearFirst*weight[0]) {
		n++
	}
	return results[:n:n]
}

// conversation weighs the services that may be meant.
type conversation struct {
	ix      *index
	table   factTable
	results []Result
	weight  []float64 // of each result, 1 together
	said    string    // cleaned; only where a form is to be filled
	facts   []Fact
	asked   map[string]bool
}

// hear takes a reply in: services it speaks for gain. Nothing is ever left out.
func (c *conversation) hear(q *Question, value string) {
	c.asked[q.ID] = true
	if value == "" {
		return
	}
	at := slices.Index(q.Values, value)
	for i, r := range c.results {
		c.weight[i] *= q.likely(c, r.Service)[at]
	}
	normal(c.weight)
}

// ranked are the results by their weights, those of one weight in their order.
func (c *conversation) ranked() ([]Result, []float64) {
	order := make([]int, len(c.results))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.weight[b], c.weight[a]) })
	results, weight := make([]Result, len(order)), make([]float64, len(order))
	for i, o := range order {
		results[i], weight[i] = c.results[o], c.weight[o]
	}
	return results, weight
}

const (
	// worth is the least that a question must be expected to tell, in bits, and
	// personal how much more one about the person must tell than one about what
	// is wanted: nobody should be asked about themselves without need.
	worth    = 0.25
	personal = 0.15
	// sure is the weight of the first service beyond which nothing is asked.
	sure = 0.9
)

// best is the question that is expected to tell most about which service is
// meant, nil when none is worth asking.
func (c *conversation) best() *Question {
	if slices.Max(c.weight) >= sure {
		return nil
	}
	var best *Question
	top := worth
	for _, q := range c.questions() {
		q.Gain = c.gain(q)
		net := q.Gain
		if q.Fact != nil {
			net -= personal
		}
		if net > top {
			best, top = q, net
		}
	}
	return best
}

// gain is how many bits a reply is expected to tell: the mutual information of
// reply and service. It is never negative.
func (c *conversation) gain(q *Question) float64 {
	total := make([]float64, len(q.Values))
	noise := 0.0
	for i, r := range c.results {
		p := q.likely(c, r.Service)
		for v := range total {
			total[v] += c.weight[i] * p[v]
		}
		noise += c.weight[i] * entropy(p)
	}
	return max(0, entropy(total)-noise)
}

// entropy is in bits.
func entropy(p []float64) float64 {
	h := 0.0
	for _, x := range p {
		if x > 0 {
			h -= x * math.Log2(x)
		}
	}
	return h
}

// event is a life event of the pack.
func (ix *index) event(id string) *contract.LifeEvent {
	for i := range ix.pack.LifeEvents {
		if ix.pack.LifeEvents[i].ID == id {
			return &ix.pack.LifeEvents[i]
		}
	}
	return nil
}
