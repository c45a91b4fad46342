package notice

import "maru/domain/notice/internal/letter"

// What the inbox needs from others, to put messages into words.
type (
	Titles   = letter.Titles   // of services (catalog)
	Agencies = letter.Agencies // names of bodies (agency)
	Texts    = letter.Texts    // the catalogues of messages
	Alerts   = letter.Alerts   // what an alert says (benefit)
	Mandates = letter.Mandates // who acts for whom (mandate)
	Apps     = letter.Apps     // programs that act for people (authority)
)

// Told is an alert in words, Change one of the changes that it tells of.
type (
	Told   = letter.Told
	Change = letter.Change
)
