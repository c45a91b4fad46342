package casework

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Findings are what an official found on the spot.
type Findings struct {
	Result   string    `json:"result"` // one of Results
	Done     []int     `json:"done"`   // of the plan's checks, by their place
	Notes    string    `json:"notes,omitempty"`
	Met      string    `json:"met,omitempty"` // who was there
	Position *Position `json:"position,omitempty"`
}

// Position is where the phone was, as it said itself.
type Position struct {
	Latitude  float64     `json:"latitude"`
	Longitude float64     `json:"longitude"`
	Accuracy  float64     `json:"accuracy"` // metres
	At        kernel.Time `json:"at"`
}

// Results are what an inspection can end in.
var Results = []string{"confirmed", "differs", "absent", "unclear"}

// maxMet is the longest text on who was met, in characters.
const maxMet = 200

// RecordInspection records what was found, once. shared lets the applicant read
// result and notes; photos, position and who was met stay with the office.
func (s *Service) RecordInspection(ctx context.Context, actor authz.Actor, id kernel.ID, key string, f Findings, shared bool) (*Inspection, error) {
	row, err := s.myInspection(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if row.RecordedAt > 0 && key != "" && row.Key == key {
		return s.openInspection(row, nil) // acknowledged again, whatever became of the case since
	}
	if err := s.stillThere(ctx, row); err != nil {
		return nil, err
	}
	v, err := s.openInspection(row, nil)
	if err != nil {
		return nil, err
	}
	if err := checkFindings(&f, &v.Plan); err != nil {
		return nil, err
	}
	_, err = s.act(ctx, actor, row.Application, key, "inspection_record", []any{id, f, shared}, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		row, err := store.GetInspection(tx, id)
		if err != nil {
			return err
		}
		if row.RecordedAt > 0 {
			return kernel.E(kernel.Conflict, "casework.field.error.recorded", nil)
		}
		if err := inHand(a, actor); err != nil {
			return err
		}
		row.Key, row.Shared, row.RecordedAt = key, shared, now
		if row.Record, err = s.sealInspection(row, f); err != nil {
			return err
		}
		if err := store.RecordInspection(tx, row); err != nil {
			return err
		}
		return s.record(tx, a, now, actor, "inspected", f.Result, f.Notes, shared)
	})
	if err != nil {
		return nil, err
	}
	v.Record, v.Shared = &f, shared
	return v, nil
}

// checkFindings tells everything that is wrong with findings, and trims them.
func checkFindings(f *Findings, plan *InspectionPlan) error {
	e := kernel.E(kernel.Invalid, "casework.error.answers", nil)
	if !slices.Contains(Results, f.Result) {
		e.Field("result", "casework.field.error.result", nil)
	}
	notes, err := text("notes", f.Notes, false)
	if err != nil {
		e.Field("notes", "casework.field.error.notes", map[string]any{"max": maxLong})
	}
	f.Notes, f.Met = notes, strings.TrimSpace(f.Met)
	if utf8.RuneCountInString(f.Met) > maxMet || hasControl(f.Met, false) {
		e.Field("met", "casework.field.error.met", map[string]any{"max": maxMet})
	}
	slices.Sort(f.Done)
	f.Done = slices.Compact(f.Done)
	if slices.ContainsFunc(f.Done, func(i int) bool { return i < 0 || i >= len(plan.Checks) }) {
		e.Field("done", "casework.field.error.done", nil)
	}
	if p := f.Position; p != nil && !p.real() {
		e.Field("position", "casework.field.error.position", nil)
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// real tells whether this can be a place on earth.
func (p *Position) real() bool {
	return math.Abs(p.Latitude) <= 90 && math.Abs(p.Longitude) <= 180 && p.Accuracy >= 0 && p.Accuracy < 1e7 && p.At > 0
}
