package imported

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"maru/domain/benefit/gov24"
	"maru/domain/benefit/imported/internal/store"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/i18n"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// Deps are what the package stands on; all but Log, Live and Sample are
// required.
type Deps struct {
	DB    *pstore.DB
	Clock clock.Clock
	Log   *slog.Logger
	Texts *i18n.Catalog
	Pack  Pack
	// Live reads the catalogue with the operator's key, nil without one; Origin
	// says where from.
	Live   func(ctx context.Context) (gov24.Catalogue, error)
	Origin string
	// Sample makes up a catalogue for the try-out, nil elsewhere.
	Sample func() (gov24.Catalogue, error)
}

// Service keeps versions and answers by the active one. It is safe for
// concurrent use.
type Service struct {
	d Deps

	now   atomic.Pointer[snapshot] // nil while none is built
	build sync.Mutex               // held while a snapshot is made
}

// New makes the service.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{d: d}
}

// Migrations are the tables.
func Migrations() pstore.Migrations { return store.Migrations() }

// Version is one import without its programmes.
type Version struct {
	Number     int64
	Source     Source
	Origin     string
	FetchedAt  kernel.Time
	ImportedAt kernel.Time
	MadeBy     string
	Programmes int
	SHA256     string
	Active     bool
}

// Source is where a version came from.
type Source string

// The sources.
const (
	Files  Source = "files"  // pages of the API that somebody kept
	Live   Source = "live"   // the API itself
	Sample Source = "sample" // made up for the try-out
)

func versionOf(v store.Version, active int64) Version {
	return Version{Number: v.Number, Source: Source(v.Source), Origin: v.Origin, FetchedAt: v.FetchedAt, ImportedAt: v.ImportedAt, MadeBy: v.MadeBy,
		Programmes: int(v.Programmes), SHA256: v.SHA256, Active: v.Number == active}
}

const (
	// week is how often the live catalogue is read where a key is given.
	week = 7 * 24 * time.Hour
	// readFor bounds one reading: some 70 calls, each tried again with pauses.
	readFor = 30 * time.Minute
)

// Jobs hands the weekly reading to the runner, where a key is given.
func (s *Service) Jobs(r *jobs.Runner) {
	if s.d.Live == nil {
		return
	}
	r.Handle("benefit.import", func(ctx context.Context, _ jobs.Job) error {
		_, err := s.ImportLive(ctx, jobActor, false)
		return err
	}, jobs.Options{Every: week, Timeout: readFor, MaxAttempts: 4})
}
