package situation

import "slices"

// Tri is yes, no or unknown. The zero Tri is Unknown: unknown is not no.
type Tri int8

// The three values, in the order in which AND takes the least and OR the
// greatest.
const (
	No      Tri = -1
	Unknown Tri = 0
	Yes     Tri = 1
)

// TriOf is yes or no.
func TriOf(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// String is "yes", "no" or "unknown".
func (t Tri) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// MarshalJSON writes true, false or null.
func (t Tri) MarshalJSON() ([]byte, error) {
	switch t {
	case Yes:
		return []byte("true"), nil
	case No:
		return []byte("false"), nil
	}
	return []byte("null"), nil
}

// Verdict is what a programme decides for one member or for the household.
type Verdict struct {
	Eligible Tri `json:"eligible"`
	// Amount is in whole won for the programme's period; nil when unknown.
	Amount *int64 `json:"amount"`
	// Missing are the refs of the facts for whose want Eligible or Amount is
	// unknown: sorted by code point, without repeats, never nil.
	Missing []string `json:"missing"`
}

// Result is what a programme decides for a situation. Of a programme of persons
// the Verdict is the roll-up.
type Result struct {
	Verdict
	// Person: the programme is decided for each of the Members, in the order of
	// the situation.
	Person  bool      `json:"-"`
	Members []Verdict `json:"members,omitempty"`
	// Conditions holds, for each condition in the programme's order, one value
	// for the household, or one for each member in the order of the list.
	Conditions [][]Tri `json:"-"`
	// Rests are the unverified parameters, formulas, conditions and amounts that
	// a yes rests on, of a programme of persons those of all members who are
	// eligible: sorted, without repeats.
	Rests []string `json:"-"`
	// Arrears are what is owed beside the amount; nil when none are paid on the
	// day.
	Arrears *Owed `json:"arrears,omitempty"`
}

// Conclude makes the verdict from what the conditions and the amount gave: an
// unknown verdict lacks what the conditions lack, and only who is eligible may
// lack something of the amount. The lists may be unsorted, with repeats; they are
// not changed.
func Conclude(eligible Tri, lacks []string, amount *int64, amountLacks []string) Verdict {
	switch {
	case eligible == No:
		return Verdict{No, new(int64), []string{}}
	case eligible == Unknown:
		return Verdict{Unknown, nil, refs(lacks)}
	case amount == nil:
		return Verdict{Yes, nil, refs(amountLacks)}
	}
	return Verdict{Yes, amount, []string{}}
}

// Roll is the roll-up of the members' verdicts: eligible if any is; the amount is
// the sum, unknown if any is; missing is what the members lack whose amount is
// unknown.
func Roll(members []Verdict) Verdict {
	eligible, known := No, true
	var sum int64
	var lacks []string
	for _, m := range members {
		eligible = max(eligible, m.Eligible)
		if m.Amount == nil {
			known = false
			lacks = append(lacks, m.Missing...)
			continue
		}
		sum += *m.Amount
	}
	if eligible == Yes && known {
		return Verdict{Yes, &sum, []string{}}
	}
	return Conclude(eligible, lacks, nil, lacks)
}

// refs are the refs sorted by code point without repeats; a list that is so
// already, itself.
func refs(list []string) []string {
	if len(list) > 0 && strictly(list) {
		return list[:len(list):len(list)]
	}
	out := append([]string{}, list...)
	slices.Sort(out)
	return slices.Compact(out)
}

// strictly tells whether a list is sorted without repeats.
func strictly(list []string) bool {
	for i := 1; i < len(list); i++ {
		if list[i-1] >= list[i] {
			return false
		}
	}
	return true
}
