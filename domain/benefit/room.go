package benefit

import (
	"slices"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
)

// room is memory cut up for the small parts of answers, of which one has
// hundreds: half of the time of an answer went into asking for them one by one.
// What was cut off is never used again, so answers keep what they hold.
type room struct {
	tris     []situation.Tri
	lists    [][]situation.Tri
	verdicts []situation.Verdict
	won      []int64
	numbers  []int64
	changes  []Change
	against  []*Change
	each     [][]*Change
}

// cut gives n zeroes of a room.
func cut[T any](from *[]T, n int) []T {
	if len(*from) < n {
		*from = make([]T, max(n, 128))
	}
	out := (*from)[:n:n]
	*from = (*from)[n:]
	return out
}

// refs are the names of facts that can be missing, made when first asked for.
type refs struct {
	household []string // by slot, for good
	person    []string // by member and slot, for one situation
}

func newRefs(law *rule.Law) refs {
	r := refs{household: make([]string, len(law.Households))}
	for _, f := range law.Households {
		r.household[f.Slot] = situation.HouseholdRef(f.ID)
	}
	return r
}

// begin forgets those of the last situation.
func (r *refs) begin(members, stride int) {
	if n := members * stride; cap(r.person) < n {
		r.person = make([]string, n)
	} else {
		r.person = r.person[:n]
		clear(r.person)
	}
}

// of are the refs of the facts in a set, sorted.
func (r *refs) of(law *rule.Law, missing *closure.Missing, members []situation.Member) []string {
	out := make([]string, 0, missing.Len())
	for _, f := range law.Households {
		if missing.Household>>f.Slot&1 != 0 {
			out = append(out, r.household[f.Slot])
		}
	}
	stride := len(law.Persons)
	for m := range members {
		if missing.Person[m] == 0 {
			continue
		}
		for _, f := range law.Persons {
			if missing.Person[m]>>f.Slot&1 == 0 {
				continue
			}
			at := &r.person[m*stride+f.Slot]
			if *at == "" {
				*at = members[m].Ref(f.ID)
			}
			out = append(out, *at)
		}
	}
	slices.Sort(out)
	return out
}
