package audit

import (
	"embed"
	"log/slog"
	"net/http"
	"sync/atomic"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/store"
)

// Deps is what the log needs. Origin, Log and Keep have good zero values.
type Deps struct {
	DB       *store.DB
	Keys     *crypto.Keys // seals the signing key
	Clock    clock.Clock
	Log      *slog.Logger
	Texts    Texts       // the catalogue
	Agencies AgencyNames // needs.go
	// Items names the data in people's own log; without it the log leaves it out.
	Items ItemNames
	// Mandates and Apps name who acted for somebody, Events is told of it
	// (Delegated), Registers names what was read; all may be nil.
	Mandates  Mandates
	Apps      Apps
	Events    *events.Bus
	Registers Registers
	// Origin names the log in checkpoints, "maru.audit" if "": where people
	// find it, without scheme. What the first start was told stays.
	Origin string
	// Witnesses sign what the log shows; Quorum of them must, 0 for all.
	Witnesses []Witness
	Quorum    int
	Client    *http.Client // to the witnesses; one that goes nowhere else if nil
	// KeepDays is how long rows keep their content; older rows are erased
	// and stay in the tree. 0 keeps them for ever.
	KeepDays int
}

// Log is the audit log.
type Log struct {
	d Deps
	// consulted is set once the witnesses were asked after the start.
	consulted atomic.Bool
}

// New makes the log.
func New(d Deps) *Log {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Clock == nil {
		d.Clock = clock.System()
	}
	if d.Origin == "" {
		d.Origin = "maru.audit"
	}
	if d.Client == nil {
		d.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Log{d: d}
}

//go:embed internal/store/migrations/*.sql
var migrations embed.FS

// Migrations are the log's tables; tests of other domains that call Append
// need them too.
func Migrations() store.Migrations {
	return store.Embedded("audit", migrations, "internal/store/migrations")
}

// now is the log's time.
func (l *Log) now() kernel.Time { return l.d.Clock.Now() }
