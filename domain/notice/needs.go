package notice

import (
	"context"

	"maru/domain/notice/internal/letter"
	"maru/kernel"
)

// Accounts finds who is told of what happens to a person (identity).
type Accounts interface {
	// AccountOf is the account that a registry person was proven with, "" where
	// nobody signs in as that person.
	AccountOf(ctx context.Context, person string) (kernel.ID, error)
}

// What the inbox needs from others, to put messages into words.
type (
	Titles   = letter.Titles   // of services (catalog)
	Agencies = letter.Agencies // names of bodies (agency)
	Texts    = letter.Texts    // the catalogues of messages
	Alerts   = letter.Alerts   // what an alert says (benefit)
	Mandates = letter.Mandates // who acts for whom (mandate)
)

// Told is an alert in words, Change one of the changes that it tells of.
type (
	Told   = letter.Told
	Change = letter.Change
)
