package population

import "context"

// MadeUpBasis is the basis of people behind whom nobody stands: whoever likes
// may open them, and nothing is recorded. What comes from registers cannot bear
// it.
const MadeUpBasis = "made-up people"

// MadeUp is the access under which anybody opens made-up people; false where
// somebody stands behind the rows.
func (o Origin) MadeUp() (Access, bool) {
	return Access{Basis: o.Basis, Purpose: o.Purpose, Role: o.Role}, o.Basis == MadeUpBasis
}

// Nobody records openings of made-up people: nobody is concerned.
type Nobody struct{}

// RecordOpening does nothing.
func (Nobody) RecordOpening(context.Context, Opening) error { return nil }

// madeUpKey is that of their pseudonyms, which hide nobody.
var madeUpKey = []byte("a made-up population has no names")
