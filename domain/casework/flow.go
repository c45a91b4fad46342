package casework

import (
	"slices"

	"maru/kernel"
)

// arrows are the only ways a status changes.
var arrows = map[string][]string{
	Draft:      {Signatures, Payment, Submitted, Decided},
	Signatures: {Draft, Payment, Submitted, Decided, Withdrawn},
	Payment:    {Submitted, Decided, Withdrawn},
	Submitted:  {InReview, Correction, SecondLook, Decided, Withdrawn, Submitted},
	InReview:   {Submitted, Correction, SecondLook, Decided, Withdrawn},
	// Whoever does not answer does not hold the case for ever: the office may
	// return it then (민원 처리에 관한 법률 시행령 제25조).
	Correction: {InReview, SecondLook, Decided, Withdrawn},
	SecondLook: {InReview, Objected, Decided, Withdrawn},
	Decided:    {Objected},
	Objected:   {SecondLook, Decided},
}

// move changes the status along an arrow, or fails with Conflict in words that
// tell where the case stands.
func move(a *Application, to string) error {
	if !slices.Contains(arrows[a.Status], to) {
		return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
	}
	a.Status = to
	return nil
}

// Open tells whether officials still have to act on the case.
func Open(status string) bool {
	switch status {
	case Submitted, InReview, Correction, SecondLook, Objected:
		return true
	}
	return false
}
