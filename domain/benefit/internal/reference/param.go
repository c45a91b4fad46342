package reference

import (
	"slices"
	"time"

	"maru/domain/benefit/rule"
)

// param finds a parameter of the law.
func (r *run) param(name string) *rule.Param {
	i := slices.IndexFunc(r.law.Params, func(p *rule.Param) bool { return p.ID == name })
	if i < 0 {
		return nil
	}
	return r.law.Params[i]
}

// holding is the dated value that holds on a day: among those known on the day
// of knowledge the last that is not from a later day, and the first of all before
// its own day. Where none was known yet, the first stands.
func (r *run) holding(p *rule.Param, on time.Time) rule.Dated {
	var known []rule.Dated
	for _, v := range p.Values {
		if r.knownOn.IsZero() || !daysFromEpoch(v.KnownFrom).After(r.knownOn) {
			known = append(known, v)
		}
	}
	if len(known) == 0 {
		return p.Values[0]
	}
	out := known[0]
	for _, v := range known {
		if !daysFromEpoch(v.From).After(on) {
			out = v
		}
	}
	return out
}

// single is a parameter without keys on a day.
func (r *run) single(p *rule.Param, on time.Time) value {
	v := r.holding(p, on)
	out := entryOf(p, v.Number)
	if p.Kind == "codes" {
		out = textsOf(v.Texts)
	}
	if v.Unverified {
		out = out.restingOn(p.ID)
	}
	return out
}

// entry is a parameter at its keys on the day of the situation.
func (r *run) entry(p *rule.Param, keys []value) value {
	k := number
	if p.Kind == "date" {
		k = day
	}
	at, today := 0, r.holding(p, r.date)
	out := strict(k, keys, func() value {
		for side, key := range keys {
			place := r.place(p, side, key)
			if place < 0 || place >= p.Size[side] {
				return r.fail("%s has no such key", p.ID)
			}
			at = at*p.Size[side] + place
		}
		return entryOf(p, today.Table[at])
	})
	if out.known() && r.err == nil && (today.Unverified || len(today.Marked) > 0 && today.Marked[at]) {
		out = out.restingOn(p.ID)
	}
	return out
}

// place is where a key stands on one side of a table, from 0; -1 when it does
// not.
func (r *run) place(p *rule.Param, side int, key value) int {
	if key.kind == number {
		n, ok := key.whole()
		if !ok || n < 1 || n > int64(p.Size[side]) {
			return -1
		}
		return int(n) - 1
	}
	return slices.IndexFunc(p.Keys[side], func(w int64) bool { return r.law.Word(w) == key.word })
}

// entryOf is a number of a parameter as a value of its kind.
func entryOf(p *rule.Param, n int64) value {
	if p.Kind == "date" {
		return dayOf(daysFromEpoch(n))
	}
	return fractionOf(n, p.Den)
}
