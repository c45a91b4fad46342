package imported

import (
	"context"
	"encoding/json"
	"fmt"

	"maru/domain/audit"
	"maru/domain/benefit/gov24"
	"maru/domain/benefit/imported/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Order is one import.
type Order struct {
	Source Source
	// Origin says where it came from in the operator's words: a folder, a host.
	Origin    string
	FetchedAt kernel.Time
	Catalogue gov24.Catalogue
	// Force takes a catalogue that lost more than half of the programmes, or has
	// none.
	Force bool
}

// keptVersions is how many versions are kept to go back to.
const keptVersions = 8

// jobActor is the weekly reading.
var jobActor = authz.Actor{System: "benefit.import"}

// Import makes a version of a catalogue and brings it into force. What became of
// it is in the report, also of one that is refused: Conflict when it lost more
// than half of the programmes or has none, or when another import came between.
// It asks for no role: those who run the program's commands and its jobs import.
func (s *Service) Import(ctx context.Context, actor authz.Actor, o Order) (Report, error) {
	base := s.d.Pack.Base()
	var c cleaner
	clean, badLinks := c.clean(o.Catalogue)
	programmes, read := gov24.Import(clean, base.Provinces, s.d.Texts)
	_, programmes, unfit, err := compile(base, programmes)
	if err != nil {
		return Report{}, err
	}
	report := reportOf(read, clean, programmes, unfit)
	report.Warnings.Links, report.Warnings.Cut, report.Warnings.Altered = badLinks, c.cut, c.altered

	list := recordsOf(clean, programmes)
	content, hash, err := seal(list)
	if err != nil {
		return Report{}, err
	}
	before, had, err := s.active(ctx)
	if err != nil {
		return Report{}, err
	}
	if before.Number != 0 {
		report.Before = len(had)
		if report.Changes, err = difference(had, list); err != nil {
			return Report{}, err
		}
	}
	switch {
	case before.Number != 0 && before.SHA256 == hash:
		report.Unchanged = true
		return report, nil
	case len(list) == 0 && !o.Force:
		return report, kernel.E(kernel.Conflict, "benefit.imported.error.none", nil)
	case 2*len(list) < len(had) && !o.Force:
		return report, kernel.E(kernel.Conflict, "benefit.imported.error.lost_half", nil).With("before", len(had)).With("after", len(list))
	}
	now := s.d.Clock.Now()
	v := store.Version{Source: string(o.Source), Origin: c.line(o.Origin, maxLine), FetchedAt: o.FetchedAt, ImportedAt: now, MadeBy: who(actor),
		Programmes: int64(len(list)), SHA256: hash}
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		active, err := store.Active(tx)
		if err != nil {
			return err
		}
		if active != before.Number {
			return kernel.E(kernel.Conflict, "benefit.imported.error.between", nil)
		}
		told, err := json.Marshal(report)
		if err != nil {
			return fmt.Errorf("benefit: write a report: %w", err)
		}
		v.Report = string(told)
		number, err := store.Insert(tx, v, content)
		if err != nil {
			return err
		}
		if err := store.Activate(tx, number, now); err != nil {
			return err
		}
		if err := store.Purge(tx, keptVersions); err != nil {
			return err
		}
		v.Number = number
		return s.record(tx, actor, "benefit.import_catalogue", number, map[string]any{
			"source": v.Source, "origin": v.Origin, "programmes": v.Programmes, "before": before.Number, "sha256": hash, "forced": o.Force,
		})
	})
	if err != nil {
		return report, err
	}
	report.Version = v.Number
	return report, nil
}

// ImportLive reads the live catalogue with the operator's key and imports it.
// Unavailable where no key is given.
func (s *Service) ImportLive(ctx context.Context, actor authz.Actor, force bool) (Report, error) {
	if s.d.Live == nil {
		return Report{}, kernel.E(kernel.Unavailable, "benefit.imported.error.no_key", nil)
	}
	at := s.d.Clock.Now()
	c, err := s.d.Live(ctx)
	if err != nil {
		return Report{}, err
	}
	return s.Import(ctx, actor, Order{Source: Live, Origin: s.d.Origin, FetchedAt: at, Catalogue: c, Force: force})
}

// active is the active version with what it holds; its number is 0 where there
// is none.
func (s *Service) active(ctx context.Context) (store.Version, []record, error) {
	var v store.Version
	var content []byte
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		number, err := store.Active(tx)
		if err != nil || number == 0 {
			return err
		}
		if v, _, err = store.Find(tx, number); err != nil {
			return err
		}
		content, err = store.Content(tx, number)
		return err
	})
	if err != nil || v.Number == 0 {
		return store.Version{}, nil, err
	}
	list, err := unseal(content, v.SHA256)
	return v, list, err
}

func (s *Service) record(tx *pstore.Tx, actor authz.Actor, act string, number int64, detail any) error {
	return audit.Append(tx, s.d.Clock.Now(), audit.Entry{Actor: actor, Act: act, Object: fmt.Sprintf("benefit_catalogue:%d", number),
		Purpose: "benefit.imported.purpose", Detail: detail})
}

// who names an actor in the list of versions.
func who(a authz.Actor) string {
	if a.System != "" {
		return a.System
	}
	return "account:" + string(a.Account)
}
