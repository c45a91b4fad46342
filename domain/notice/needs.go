package notice

import "maru/domain/notice/internal/letter"

// What the inbox needs from others, to put messages into words.
type (
	Titles   = letter.Titles   // of services (catalog)
	Agencies = letter.Agencies // names of bodies (agency)
	Texts    = letter.Texts    // the catalogues of messages
)
