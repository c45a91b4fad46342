package api

import (
	"context"
	"net/http"

	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// registerVisits adds the operations of visits.
func registerVisits(a *api.API, h handlers) {
	api.Register(a, api.Op{ID: "applications.openings", Method: http.MethodGet, Path: "/applications/openings",
		Summary: "When an office receives people for a service that needs a visit.", Scope: authz.ScopeApplications}, h.openings)
	api.Register(a, api.Op{ID: "applications.visit", Method: http.MethodPost, Path: "/applications/{id}/visit",
		Summary: "Book the visit of an application anew, or move it.", Scope: authz.ScopeApplications}, mine(h.visit))
	api.Register(a, api.Op{ID: "applications.visit_cancel", Method: http.MethodPost, Path: "/applications/{id}/visit/cancel",
		Summary: "Cancel the visit, until the day before.", Scope: authz.ScopeApplications}, mine(h.visitCancel))
	api.Register(a, api.Op{ID: "desk.visits", Method: http.MethodGet, Path: "/desk/visits",
		Summary: "Who comes to your office on a day, by number.", Scope: authz.ScopeDesk}, h.visits)
	api.Register(a, api.Op{ID: "desk.visit", Method: http.MethodPost, Path: "/desk/cases/{id}/visit",
		Summary: "Note whether the visitor came.", Scope: authz.ScopeDesk}, atDesk(h.visitMark))
}

// visit is a booked call at the office.
type visit struct {
	At     kernel.Time `json:"at"`
	Slot   string      `json:"slot" doc:"As an answer names it: local time of the office."`
	Agency string      `json:"agency"`
	Status string      `json:"status"`
}

func visitOf(v *casework.Visit) *visit {
	if v == nil {
		return nil
	}
	return &visit{v.At, catalog.SlotOf(v.At), v.Agency, v.Status}
}

type openingsIn struct {
	Service string `query:"service" required:"true" maxLength:"64"`
	Agency  string `query:"agency" maxLength:"64" doc:"The office; not needed where one is in charge nationwide."`
}

type openingsOut struct {
	Body struct {
		Openings []opening `json:"openings"`
	}
}

type opening struct {
	Slot string      `json:"slot"`
	At   kernel.Time `json:"at"`
	Left int         `json:"left"`
}

func (h handlers) openings(ctx context.Context, c api.Call, in *openingsIn) (*openingsOut, error) {
	days, err := h.s.OpeningsAt(ctx, c.Actor, in.Service, in.Agency)
	if err != nil {
		return nil, err
	}
	out := &openingsOut{}
	out.Body.Openings = []opening{}
	for _, d := range days {
		for _, o := range d.Openings {
			if o.Left > 0 {
				out.Body.Openings = append(out.Body.Openings, opening{o.Slot(), o.At, o.Left})
			}
		}
	}
	return out, nil
}

type visitIn struct {
	Keyed
	ByID
	Body struct {
		Slot string `json:"slot" maxLength:"16" doc:"2026-11-24T10:30"`
	}
}

func (h handlers) visit(ctx context.Context, actor authz.Actor, id kernel.ID, in *visitIn) (*casework.Application, error) {
	return h.s.BookVisit(ctx, actor, id, in.Key, in.Body.Slot)
}

func (h handlers) visitCancel(ctx context.Context, actor authz.Actor, id kernel.ID, in *actIn) (*casework.Application, error) {
	return h.s.CancelVisit(ctx, actor, id, in.Key)
}

type visitsIn struct {
	Day    string `query:"day" maxLength:"10" doc:"2026-11-24; today without it."`
	Agency string `query:"agency" maxLength:"64"`
}

type deskVisit struct {
	visit
	Application kernel.ID `json:"application"`
	Number      string    `json:"number"`
	Service     string    `json:"service"`
}

type visitsOut struct {
	Body struct {
		Visits []deskVisit `json:"visits"`
	}
}

func (h handlers) visits(ctx context.Context, c api.Call, in *visitsIn) (*visitsOut, error) {
	day := h.s.Clock.Now().DateIn(kernel.Seoul)
	if in.Day != "" {
		var err error
		if day, err = kernel.ParseDate(in.Day); err != nil {
			return nil, kernel.E(kernel.Invalid, "casework.answer.type.date", err).Field("day", "casework.answer.type.date", nil)
		}
	}
	l, _, err := h.s.DeskVisits(ctx, c.Actor, in.Agency, day)
	if err != nil {
		return nil, err
	}
	out := &visitsOut{}
	out.Body.Visits = []deskVisit{}
	for _, v := range l {
		out.Body.Visits = append(out.Body.Visits, deskVisit{*visitOf(v.Visit), v.Application, v.Number, v.Service})
	}
	return out, nil
}

type markIn struct {
	Keyed
	ByID
	Body struct {
		Came bool `json:"came"`
	}
}

func (h handlers) visitMark(ctx context.Context, actor authz.Actor, id kernel.ID, in *markIn) (*casework.Application, error) {
	return h.s.MarkVisit(ctx, actor, id, in.Key, in.Body.Came)
}
