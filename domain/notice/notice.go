package notice

import (
	"maru/domain/notice/internal/letter"
	"maru/domain/notice/internal/store"
	"maru/platform/clock"
	pstore "maru/platform/store"
)

// Deps are what the inbox stands on; all are required.
type Deps struct {
	DB       *pstore.DB
	Clock    clock.Clock
	Texts    Texts
	Titles   Titles
	Agencies Agencies
	Alerts   Alerts
	Mandates Mandates
	Apps     Apps
}

// Service keeps the inbox. It is safe for concurrent use.
type Service struct {
	db    *pstore.DB
	clock clock.Clock
	write letter.Writer
}

// Message is a message as stored; Letter is one in words.
type (
	Message = store.Message
	Letter  = letter.Letter
)

// New makes the service.
func New(d Deps) *Service {
	return &Service{
		db: d.DB, clock: d.Clock,
		write: letter.Writer{Texts: d.Texts, Titles: d.Titles, Agencies: d.Agencies, Alerts: d.Alerts, Mandates: d.Mandates, Apps: d.Apps},
	}
}
