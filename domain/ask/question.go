package ask

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Question tells services apart.
type Question struct {
	// ID is "want" (what kind of thing is wanted), "event" (what happened), or
	// "fact:" and the id of a fact of the dictionary.
	ID string
	// Fact is what is asked of the person whom it is about, nil for none.
	Fact *contract.Fact
	// Values are the replies offered: groups of kinds, ids of life events and
	// NoEvent, the values of a fact (a day of birth is asked for as one of Ages).
	Values []string
	// Gain is how many bits a reply is expected to tell.
	Gain float64

	likely func(c *conversation, svc *contract.Service) []float64
}

// NoEvent replies that none of the life events offered is what happened.
const NoEvent = "none"

// Wants are the groups of kinds of services, as people tell them apart.
var Wants = []string{"paper", "report", "money", "apply", "trouble"}

// wantOf is the group of a kind.
func wantOf(kind string) string {
	switch kind {
	case "certificate", "credential":
		return "paper"
	case "report":
		return "report"
	case "benefit":
		return "money"
	case "complaint", "objection":
		return "trouble"
	}
	return "apply" // application booking participation
}

// Age is a band of ages, asked for in place of a day of birth.
type Age struct {
	ID         string
	stands     int // an age of the band
	From, Last int // years, both within; Last 0 for no end
}

// Ages are the bands; the rules of services are tried with an age of each.
var Ages = []Age{{"age-0", 4, 0, 8}, {"age-9", 14, 9, 18}, {"age-19", 26, 19, 34}, {"age-35", 50, 35, 64}, {"age-65", 72, 65, 0}}

const (
	// How likely a reply is for a service that it fits, does not touch, or
	// contradicts. People err: nothing is impossible.
	fits, open, against = 5.0, 1.0, 0.15
	// known is how likely people say of a service what the catalogue says.
	known = 0.92
	// events offered at most, and values of a fact.
	maxEvents, maxValues = 5, 6
	// small is the weight below which a reply's services do not make it worth
	// offering.
	small = 0.02
)

// questions are all that could be asked now, in a fixed order.
func (c *conversation) questions() []*Question {
	var out []*Question
	ids := append([]string{"want", "event"}, c.table.order...)
	for _, id := range ids {
		if q := c.question(id); q != nil && !c.asked[id] {
			out = append(out, q)
		}
	}
	return out
}

// question is the one of an id as it would be asked now, nil for none.
func (c *conversation) question(id string) *Question {
	switch {
	case c.asked[id]:
		return nil
	case id == "want":
		return c.want()
	case id == "event":
		return c.what()
	}
	fact, ok := strings.CutPrefix(id, "fact:")
	if _, there := c.table.values[fact]; !ok || !there || c.told(fact) {
		return nil
	}
	return c.about(fact)
}

// told tells whether the sentence says the fact of somebody already.
func (c *conversation) told(fact string) bool {
	return slices.ContainsFunc(c.facts, func(f Fact) bool { return f.ID == fact })
}

// want asks what kind of thing is wanted, of the kinds that may be meant.
func (c *conversation) want() *Question {
	q := &Question{ID: "want"}
	weight := map[string]float64{}
	for i, r := range c.results {
		weight[wantOf(r.Service.Kind)] += c.weight[i]
	}
	for _, w := range Wants {
		if weight[w] >= small {
			q.Values = append(q.Values, w)
		}
	}
	if len(q.Values) < 2 {
		return nil
	}
	q.likely = func(_ *conversation, svc *contract.Service) []float64 {
		return spreadOver(q.Values, func(v string) bool { return v == wantOf(svc.Kind) })
	}
	return q
}

// what asks what happened, of the life events that may be meant.
func (c *conversation) what() *Question {
	weight := map[string]float64{}
	for i, r := range c.results {
		for _, e := range r.Service.LifeEvents {
			weight[e] += c.weight[i]
		}
	}
	ids := slices.SortedFunc(maps.Keys(weight), func(a, b string) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), strings.Compare(a, b))
	})
	q := &Question{ID: "event"}
	for _, id := range ids {
		if len(q.Values) < maxEvents && weight[id] >= small && c.ix.event(id) != nil {
			q.Values = append(q.Values, id)
		}
	}
	if len(q.Values) == 0 {
		return nil
	}
	offered := slices.Clone(q.Values)
	q.Values = append(q.Values, NoEvent)
	q.likely = func(_ *conversation, svc *contract.Service) []float64 {
		belongs := slices.ContainsFunc(offered, func(e string) bool { return slices.Contains(svc.LifeEvents, e) })
		return spreadOver(q.Values, func(v string) bool {
			if v == NoEvent {
				return !belongs
			}
			return slices.Contains(svc.LifeEvents, v)
		})
	}
	return q
}

// spreadOver gives the fitting replies what is known together, the others the
// rest.
func spreadOver(values []string, fit func(v string) bool) []float64 {
	out := make([]float64, len(values))
	n := 0
	for i, v := range values {
		if fit(v) {
			n++
			out[i] = 1
		}
	}
	for i := range out {
		switch {
		case n == 0 || n == len(values):
			out[i] = 1 / float64(len(values))
		case out[i] == 1:
			out[i] = known / float64(n)
		default:
			out[i] = (1 - known) / float64(len(values)-n)
		}
	}
	return out
}

// about asks a fact.
func (c *conversation) about(fact string) *Question {
	q := &Question{ID: "fact:" + fact, Fact: c.ix.pack.Facts[fact], Values: c.table.values[fact]}
	byValue := c.table.speaks[fact]
	q.likely = func(c *conversation, svc *contract.Service) []float64 {
		out := make([]float64, len(q.Values))
		for i := range q.Values {
			switch by := byValue[i][c.ix.byID[svc.ID]]; {
			case by > 0:
				out[i] = fits
			case by < 0:
				out[i] = against
			default:
				out[i] = open
			}
		}
		return normal(out)
	}
	return q
}

// factTable tells for which services the values of facts speak, by the rules of
// benefits and the services' own conditions.
type factTable struct {
	order  []string                     // "fact:" and id, in the order of ids
	values map[string][]string          // by fact
	speaks map[string][]map[int]float64 // by fact and value: document to lift
	answer map[string]func(string) kernel.Value
}

// tables keeps the table of the day.
type tables struct {
	mu   sync.Mutex
	ix   *index
	day  kernel.Date
	made factTable
}

// factTable is the table of the pack and the day, made when either is new.
func (s *Service) factTable(ix *index) factTable {
	today := s.clock.Now().DateIn(kernel.Seoul)
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	if s.tables.ix != ix || s.tables.day != today {
		s.tables.ix, s.tables.day, s.tables.made = ix, today, s.makeTable(ix, today)
	}
	return s.tables.made
}

func (s *Service) makeTable(ix *index, today kernel.Date) factTable {
	t := factTable{values: map[string][]string{}, speaks: map[string][]map[int]float64{}, answer: map[string]func(string) kernel.Value{}}
	for _, id := range slices.Sorted(maps.Keys(ix.pack.Facts)) {
		f := ix.pack.Facts[id]
		values, value := askable(f, today)
		if len(values) < 2 {
			continue
		}
		speaks := make([]map[int]float64, len(values))
		any := false
		for i, v := range values {
			speaks[i] = s.lift(ix, []Fact{{ID: id, Value: value(v), Who: "self"}}, today)
			any = any || len(speaks[i]) > 0
		}
		if any {
			t.order = append(t.order, "fact:"+id)
			t.values[id], t.speaks[id], t.answer[id] = values, speaks, value
		}
	}
	return t
}

// askable are the replies to a question for a fact: of few values, and neither
// sensitive nor about money. No more may be asked in a conversation that anybody
// around can read.
func askable(f *contract.Fact, today kernel.Date) ([]string, func(string) kernel.Value) {
	if f.Sensitivity != "personal" {
		return nil, nil
	}
	switch {
	case f.Type == "bool":
		return []string{"true", "false"}, func(v string) kernel.Value { return kernel.BoolOf(v == "true") }
	case f.Type == "enum" && len(f.Members) <= maxValues:
		return f.Members, kernel.TextOf
	case f.ID == "birth_date":
		var ids []string
		for _, a := range Ages {
			ids = append(ids, a.ID)
		}
		return ids, func(v string) kernel.Value {
			i := slices.IndexFunc(Ages, func(a Age) bool { return a.ID == v })
			if i < 0 {
				return kernel.Value{}
			}
			return kernel.DateValueOf(today.AddDays(-int((float64(Ages[i].stands) + 0.5) * 365.2425)))
		}
	}
	return nil, nil
}
