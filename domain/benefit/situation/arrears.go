package situation

import (
	"slices"

	"maru/domain/catalog/contract"
)

// Owed are arrears in whole won; nil where they are unknown. Of a programme of
// persons Members holds those of each, and Amount is their sum.
type Owed struct {
	Amount  *int64   `json:"amount"`
	Members []*int64 `json:"members,omitempty"`
	// Rests are what the amounts rest on, as in Result.
	Rests []string `json:"-"`
}

// Arrears counts what is owed on the day of the situation: for each of the days
// of the law the amount by all that is known less the amount by what was known
// on the day before the law was, both with the facts of today. It is nil where
// nothing is paid on the day, or where the question is what was known before.
//
// All that is known means all that the situation asks by: its KnownOn. Decide
// evaluates the programme for the situation with another Date and KnownOn, without
// arrears; its error is given back.
func Arrears(list []contract.Arrears, s Situation, decide func(Situation) (Result, error)) (*Owed, error) {
	var out *Owed
	for _, a := range list {
		if s.Date.Before(a.PaidFrom) || a.PaidTo.Before(s.Date) || !s.KnownOn.IsZero() && s.KnownOn.Before(a.KnownFrom) {
			continue
		}
		if out == nil {
			out = &Owed{Amount: new(int64)}
		}
		for _, day := range a.Days {
			then := s
			then.Date = day
			now, err := decide(then)
			if err != nil {
				return nil, err
			}
			then.KnownOn = a.KnownFrom.AddDays(-1)
			before, err := decide(then)
			if err != nil {
				return nil, err
			}
			out.add(now, before)
		}
	}
	return out, nil
}

// add takes up the difference between two results of one day.
func (o *Owed) add(now, before Result) {
	o.Amount = difference(o.Amount, now.Amount, before.Amount)
	o.Rests = refs(slices.Concat(o.Rests, now.Rests, before.Rests))
	if !now.Person {
		return
	}
	if o.Members == nil {
		o.Members = make([]*int64, len(now.Members))
		for m := range o.Members {
			o.Members[m] = new(int64)
		}
	}
	for m := range now.Members {
		o.Members[m] = difference(o.Members[m], now.Members[m].Amount, before.Members[m].Amount)
	}
}

// difference is sum + now - before; unknown if any is.
func difference(sum, now, before *int64) *int64 {
	if sum == nil || now == nil || before == nil {
		return nil
	}
	n := *sum + *now - *before
	return &n
}
