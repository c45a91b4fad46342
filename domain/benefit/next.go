package benefit

import (
	"slices"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
)

// Question is the fact to ask for next.
type Question struct {
	Ref    string
	Fact   *rule.Fact
	Member string // id; "" for the household
	// Settles is how many verdicts and amounts its answer is expected to settle.
	Settles float64
	// Programmes are the ids of those that wait for it.
	Programmes []string
}

// Next is the fact whose answer settles most, nil when nothing is missing that
// people can tell. Each fact that is missing is tried with a few answers: how
// many verdicts and amounts become known on average is its worth.
func (e *Engine) Next(a *Answer, skip func(ref string) bool) (*Question, error) {
	waiting := map[string][]string{}
	for i := range a.Results {
		r := &a.Results[i]
		for _, ref := range missing(r) {
			if f, _, err := e.Ref(ref); err == nil && !f.ToldByOffice() && !skip(ref) {
				waiting[ref] = append(waiting[ref], r.Programme.ID)
			}
		}
	}
	if len(waiting) == 0 {
		return nil, nil
	}
	w := e.bench.Get().(*worker)
	defer e.bench.Put(w)
	if err := w.take(e, a.Situation); err != nil {
		return nil, err
	}
	w.scratch.Begin(a.Run, w.frame)
	before := w.known()
	var best *Question
	refs := make([]string, 0, len(waiting))
	for ref := range waiting {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	for _, ref := range refs {
		q := e.try(w, a, ref, before)
		q.Programmes = waiting[ref]
		// What many programmes wait for helps even where it alone settles none.
		q.Settles += float64(len(q.Programmes)) / 100
		if best == nil || q.Settles > best.Settles {
			best = q
		}
	}
	return best, nil
}

// birthDate is the one day that everybody has.
const birthDate = "birth_date"

// missing are the refs that any part of a result lacks: those of each member,
// also where the roll-up is settled already.
func missing(r *Result) []string {
	out := slices.Clone(r.Missing)
	for _, m := range r.Members {
		out = append(out, m.Missing...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// try answers one ref in several ways.
func (e *Engine) try(w *worker, a *Answer, ref string, before int) *Question {
	f, member, _ := e.Ref(ref)
	q := &Question{Ref: ref, Fact: f, Member: member}
	who := slices.IndexFunc(a.Situation.Members, func(m situation.Member) bool { return m.ID == member })
	answers := e.answers(f, a.Run)
	for _, v := range answers {
		if f.Household {
			w.frame.SetHousehold(f.Slot, v)
		} else {
			w.frame.SetPerson(who, f.Slot, v)
		}
		w.scratch.Begin(a.Run, w.frame)
		q.Settles += float64(w.known() - before)
	}
	if f.Household {
		w.frame.ForgetHousehold(f.Slot)
	} else {
		w.frame.ForgetPerson(who, f.Slot)
	}
	q.Settles /= float64(len(answers))
	// A yes or no is easier to tell than an amount, and comes before the day that
	// only a yes has (the start of a leave, the loss of a job).
	switch {
	case f.Type == rule.Date && f.ID != birthDate:
		q.Settles *= 0.4
	case f.Type == rule.Num:
		q.Settles *= 0.8
	}
	// Of questions that settle about as much, those about the first person come
	// first: people begin with themselves.
	if !f.Household {
		q.Settles *= 1 - float64(who)/20
	}
	return q
}

// answers are a few values that a fact can have: all of a short list, and some
// that lie apart of numbers and days.
func (e *Engine) answers(f *rule.Fact, run *rule.Run) []int64 {
	switch f.Type {
	case rule.Bool:
		return []int64{0, 1}
	case rule.Word:
		var out []int64
		for _, m := range f.Members {
			w, _ := e.law.WordOf(m)
			out = append(out, w)
		}
		return out
	case rule.Date:
		const year = 365
		return []int64{run.Date - 70*year, run.Date - 30*year, run.Date - 10*year, run.Date - year}
	case rule.Set:
		return []int64{0}
	case rule.Code:
		return []int64{11110, 47190}
	}
	if f.Unit == "persons" {
		return []int64{1, 2, 4}
	}
	return []int64{f.Lo, min(f.Hi, 1_000_000), min(f.Hi, 500_000_000)}
}

// known counts the verdicts and amounts that are settled.
func (w *worker) known() int {
	w.scratch.Decide(&w.verdicts)
	n := 0
	for _, v := range w.verdicts.All {
		if v.Eligible != closure.Unknown {
			n++
			if v.AmountKnown {
				n++
			}
		}
	}
	return n
}
