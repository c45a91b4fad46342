package casework

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// An official inspections the spot (현장 확인): plans the day and what to look at,
// and records there what was found, with photos. Only who planned an inspection
// records it, and only while they have the case. What was sent once under a key
// is acknowledged again for ever, so that a phone that lost the answer may ask
// as often as it likes.

// Inspection is an inspection to the spot, planned or recorded.
type Inspection struct {
	ID          kernel.ID
	Application kernel.ID
	Agency      string
	Official    kernel.ID // who goes
	Day         kernel.Date
	Plan        InspectionPlan
	Record      *Findings // nil until it is recorded
	Shared      bool      // the applicant sees result and notes
	RecordedAt  kernel.Time
	Photos      []Photo
}

// InspectionPlan is where to go and what to look at.
type InspectionPlan struct {
	Address string   `json:"address"`
	Region  string   `json:"region,omitempty"` // of the case, to order the day's way
	Checks  []string `json:"checks"`
}

// Photo is a photo of an inspection.
type Photo struct {
	ID      kernel.ID
	Caption string
	Size    int64
	Cleaned bool // where it was taken, and the like, was taken out of the file
	At      kernel.Time
}

// The bounds of a plan.
const (
	maxChecks      = 30
	maxCheck       = 200 // characters
	maxAddress     = 200
	maxInspections = 20  // of one case
	maxPlanned     = 100 // of one official, listed at once
)

// SuggestPlan is what a plan begins with: the address that the application is
// about, and what the definition has the office check.
func SuggestPlan(c *Case, l kernel.Lang) InspectionPlan {
	p := InspectionPlan{Address: placeOf(c)}
	for _, step := range c.Service.Steps {
		p.Checks = append(p.Checks, step.Title.In(l))
	}
	return p
}

// placeOf is the answer that names the spot: an address, not the one before.
func placeOf(c *Case) string {
	for _, q := range c.Service.Questions {
		if !strings.HasSuffix(q.ID, "address") && q.Fact != "address" || strings.HasPrefix(q.ID, "previous") {
			continue
		}
		if s := c.Content.Answers[q.ID].Text(); s != "" {
			return s
		}
	}
	return ""
}

// regionOf is the region that the application names, "" for none.
func regionOf(svc *catalog.Service, c *Content) string {
	for _, q := range svc.Questions {
		if s := c.Answers[q.ID].Text(); s != "" && q.Type == "region" {
			return s
		}
	}
	return ""
}

// PhoneOf is the number that the applicant gave, "" for none.
func PhoneOf(c *Case) string {
	for _, q := range c.Service.Questions {
		if q.Fact != "phone" && q.ID != "phone" {
			continue
		}
		if s := c.Content.Answers[q.ID].Text(); s != "" {
			return s
		}
	}
	return ""
}

// PlanInspection plans an inspection of the official who has the case.
func (s *Service) PlanInspection(ctx context.Context, actor authz.Actor, id kernel.ID, key string, day kernel.Date, plan InspectionPlan) (*Inspection, error) {
	if err := s.checkPlan(day, &plan); err != nil {
		return nil, err
	}
	_, err := s.act(ctx, actor, id, key, "inspection_plan", []any{day, plan}, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if err := inHand(a, actor); err != nil {
			return err
		}
		before, err := store.Inspections(tx, a.ID)
		if err != nil {
			return err
		}
		if len(before) >= maxInspections {
			return kernel.E(kernel.Conflict, "casework.field.error.many", nil).With("max", maxInspections)
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		plan.Region = regionOf(svc, &c)
		v := &store.Inspection{ID: kernel.NewID(now), Application: a.ID, Agency: a.Agency, Official: actor.Account, Day: day, PlannedAt: now}
		if v.Plan, err = s.sealInspection(v, plan); err != nil {
			return err
		}
		if err := store.InsertInspection(tx, v); err != nil {
			return err
		}
		return s.record(tx, a, now, actor, "inspection_planned", day.String(), "", false)
	})
	if err != nil {
		return nil, err
	}
	return s.latestInspection(ctx, actor, id) // also where the button was pressed twice
}

// latestInspection is the actor's latest inspection of a case.
func (s *Service) latestInspection(ctx context.Context, actor authz.Actor, id kernel.ID) (*Inspection, error) {
	var out *Inspection
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		l, err := store.Inspections(tx, id)
		if err != nil {
			return err
		}
		for _, v := range slices.Backward(l) {
			if v.Official == actor.Account {
				out, err = s.openInspection(v, nil)
				return err
			}
		}
		return kernel.E(kernel.NotFound, "casework.field.error.none", nil)
	})
	return out, err
}

// checkPlan tells everything that is wrong with a plan, and trims it.
func (s *Service) checkPlan(day kernel.Date, p *InspectionPlan) error {
	e := kernel.E(kernel.Invalid, "casework.error.answers", nil)
	if today := s.today(); day.IsZero() || day.Before(today) || today.AddDays(366).Before(day) {
		e.Field("day", "casework.field.error.day", nil)
	}
	p.Address = strings.TrimSpace(p.Address)
	if utf8.RuneCountInString(p.Address) > maxAddress || hasControl(p.Address, false) {
		e.Field("address", "casework.field.error.address", map[string]any{"max": maxAddress})
	}
	lines := p.Checks
	p.Checks = nil
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			p.Checks = append(p.Checks, line)
		}
	}
	tooLong := func(line string) bool { return utf8.RuneCountInString(line) > maxCheck || hasControl(line, false) }
	switch {
	case len(p.Checks) == 0:
		e.Field("checks", "casework.field.error.no_checks", nil)
	case len(p.Checks) > maxChecks, slices.ContainsFunc(p.Checks, tooLong):
		e.Field("checks", "casework.field.error.checks", map[string]any{"max": maxChecks, "long": maxCheck})
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// inHand tells whether the actor has the case and it is still to be decided.
func inHand(a *Application, actor authz.Actor) error {
	switch {
	case !Open(a.Status):
		return kernel.E(kernel.Conflict, "casework.field.error.closed", nil)
	case a.Assignee != actor.Account:
		return kernel.E(kernel.Conflict, "casework.field.error.hands", nil)
	}
	return nil
}

// myInspection reads an inspection of the actor's own whose case is still where it was.
func (s *Service) myInspection(ctx context.Context, actor authz.Actor, id kernel.ID) (*store.Inspection, error) {
	if _, err := deskAgency(actor, ""); err != nil {
		return nil, err
	}
	var v *store.Inspection
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		v, err = store.GetInspection(tx, id)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !actor.HasIn(authz.Official, v.Agency):
		return nil, kernel.E(kernel.NotFound, "casework.field.error.none", nil)
	case v.Official != actor.Account:
		return nil, kernel.E(kernel.Conflict, "casework.field.error.others", nil)
	}
	return v, nil
}

// OwnInspection is an inspection that the actor planned.
func (s *Service) OwnInspection(ctx context.Context, actor authz.Actor, id kernel.ID) (*Inspection, error) {
	row, err := s.myInspection(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return s.openInspection(row, nil)
}

// stillThere refuses an inspection whose case another agency has now. Who planned the
// inspection knew the case, so that this tells them nothing new of another desk.
func (s *Service) stillThere(ctx context.Context, v *store.Inspection) error {
	return s.DB.View(ctx, func(tx *pstore.Tx) error {
		a, err := store.Get(tx, v.Application)
		if err == nil && a.Agency != v.Agency {
			err = kernel.E(kernel.Conflict, "casework.field.error.moved", nil)
		}
		return err
	})
}

// DropInspection gives up an inspection that was not made, with the photos taken so far.
func (s *Service) DropInspection(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	v, err := s.myInspection(ctx, actor, id)
	if err != nil {
		return err
	}
	_, err = s.act(ctx, actor, v.Application, "", "inspection_drop", nil, func(tx *pstore.Tx, a *Application, _ kernel.Time) error {
		v, err := store.GetInspection(tx, id)
		if err != nil {
			return err
		}
		if v.RecordedAt > 0 {
			return kernel.E(kernel.Conflict, "casework.field.error.recorded", nil)
		}
		if err := s.dropPhotos(tx, a.ID, func(p *store.Photo) bool { return p.Inspection == id }); err != nil {
			return err
		}
		return store.DeleteInspection(tx, id)
	})
	return err
}

// InspectionsOf lists the inspections of a case that was opened, oldest first.
func (s *Service) InspectionsOf(ctx context.Context, c *Case) ([]*Inspection, error) {
	var out []*Inspection
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		rows, err := store.Inspections(tx, c.ID)
		if err != nil || len(rows) == 0 {
			return err
		}
		photos, err := store.Photos(tx, c.ID)
		if err != nil {
			return err
		}
		for _, row := range rows {
			v, err := s.openInspection(row, photos)
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

func (s *Service) sealInspection(v *store.Inspection, part any) ([]byte, error) {
	b, err := json.Marshal(part)
	if err != nil {
		return nil, err
	}
	return s.Keys.Seal("casework.inspection:"+string(v.ID), b)
}

// openInspection opens what is sealed in an inspection and adds its photos.
func (s *Service) openInspection(row *store.Inspection, photos []*store.Photo) (*Inspection, error) {
	v := &Inspection{ID: row.ID, Application: row.Application, Agency: row.Agency, Official: row.Official, Day: row.Day, Shared: row.Shared, RecordedAt: row.RecordedAt}
	open := func(sealed []byte, into any) error {
		b, err := s.Keys.Open("casework.inspection:"+string(v.ID), sealed)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, into)
	}
	if err := open(row.Plan, &v.Plan); err != nil {
		return nil, err
	}
	if row.RecordedAt > 0 {
		v.Record = &Findings{}
		if err := open(row.Record, v.Record); err != nil {
			return nil, err
		}
	}
	for _, p := range photos {
		if p.Inspection != v.ID {
			continue
		}
		caption, err := s.openText(v.Application, p.Caption)
		if err != nil {
			return nil, err
		}
		v.Photos = append(v.Photos, Photo{ID: p.ID, Caption: caption, Size: p.Size, Cleaned: p.Cleaned, At: p.At})
	}
	return v, nil
}
