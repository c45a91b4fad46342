// Package reach holds what the domain and its pages say of contacts and of what
// is sent there.
package reach

import "maru/kernel"

// Contact is an address or number as its owner's page shows it.
type Contact struct {
	ID     kernel.ID
	Kind   string
	Shown  string // with most of it hidden
	Lang   kernel.Lang
	Topics []string
	Proven bool
	// Asked is until when the code that was sent last can be typed, zero where
	// none was sent or its time is over.
	Asked    kernel.Time
	FailedAt kernel.Time // since when it takes nothing, zero while it does
	// Until is until when what was removed is told of safety, zero for what was not.
	Until kernel.Time
}

// Outgoing is what goes to somebody's address or number.
type Outgoing struct {
	ID   kernel.ID // the same one is the same message
	At   kernel.Time
	To   string
	Lang kernel.Lang
	// Subject is empty for text messages.
	Subject, Text string
}
