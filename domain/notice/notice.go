package notice

import (
	"maru/domain/notice/internal/letter"
	"maru/domain/notice/internal/store"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// Deps are what the inbox stands on; all but the channels are required.
type Deps struct {
	DB       *pstore.DB
	Clock    clock.Clock
	Texts    Texts
	Titles   Titles
	Agencies Agencies
	Alerts   Alerts
	Mandates Mandates
	Apps     Apps

	// Channels beside the inbox, nil for none; what follows is needed with one.
	Mail, Text Channel
	TryOut     bool // keeps what would be sent, for a page; sends nothing
	Keys       *crypto.Keys
	Jobs       *jobs.Runner
	Accounts   Accounts
	PublicURL  string // where people reach this installation
}

// Service keeps the inbox. It is safe for concurrent use.
type Service struct {
	db    *pstore.DB
	clock clock.Clock
	write letter.Writer

	channels map[string]Channel // by kind of contact
	places   map[string]chan struct{}
	outbox   *outbox // nil outside the try-out
	keys     *crypto.Keys
	jobs     *jobs.Runner
	accounts Accounts
	short    letter.Outside
}

// Message is a message as stored; Letter is one in words.
type (
	Message = store.Message
	Letter  = letter.Letter
)

// New makes the service.
func New(d Deps) *Service {
	var b *outbox
	if d.TryOut {
		b = &outbox{}
	}
	return &Service{
		db: d.DB, clock: d.Clock, channels: channels(d, b), places: places(), outbox: b, keys: d.Keys, jobs: d.Jobs, accounts: d.Accounts,
		short: letter.Outside{Texts: d.Texts, Site: d.PublicURL},
		write: letter.Writer{Texts: d.Texts, Titles: d.Titles, Agencies: d.Agencies, Alerts: d.Alerts, Mandates: d.Mandates, Apps: d.Apps},
	}
}
