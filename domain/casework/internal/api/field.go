package api

import (
	"bytes"
	"context"
	"net/http"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

func (h handlers) registerField(a *api.API) {
	api.Register(a, api.Op{ID: "desk.visits", Method: http.MethodGet, Path: "/desk/visits",
		Summary: "The visits that you have still to make, by day and place; each look is logged.", Scope: authz.ScopeDesk}, h.myVisits)
	api.Register(a, api.Op{ID: "desk.case_visits", Method: http.MethodGet, Path: "/desk/cases/{id}/visits",
		Summary: "The visits of a case; the look is logged.", Scope: authz.ScopeDesk}, h.caseVisits)
	api.Register(a, api.Op{ID: "desk.visit_plan", Method: http.MethodPost, Path: "/desk/cases/{id}/visits", Status: http.StatusCreated,
		Summary: "Plan a visit.", Scope: authz.ScopeDesk}, h.planVisit)
	api.Register(a, api.Op{ID: "desk.visit_photo", Method: http.MethodPost, Path: "/desk/visits/{id}/photos", Status: http.StatusCreated,
		Summary: "Add a JPEG photo (the body is its content) before the visit is recorded, once a key; what it says of place and device is taken out.",
		Scope:   authz.ScopeDesk, MaxBody: casework.MaxPhotoBytes + 1}, h.addPhoto)
	api.Register(a, api.Op{ID: "desk.visit_record", Method: http.MethodPost, Path: "/desk/visits/{id}/record",
		Summary: "Record what was found, once.", Scope: authz.ScopeDesk}, h.recordVisit)
}

type visit struct {
	ID          kernel.ID          `json:"id"`
	Application kernel.ID          `json:"application"`
	Day         kernel.Date        `json:"day"`
	Address     string             `json:"address"`
	Checks      []string           `json:"checks"`
	RecordedAt  kernel.Time        `json:"recorded_at"`
	Shared      bool               `json:"shared"`
	Findings    *casework.Findings `json:"findings,omitempty"`
	Photos      []visitPhoto       `json:"photos"`
}

type visitPhoto struct {
	ID      kernel.ID `json:"id"`
	Caption string    `json:"caption"`
	Size    int64     `json:"size"`
	Cleaned bool      `json:"cleaned" doc:"Something beside the picture was taken out."`
}

func visitOf(v *casework.Visit) visit {
	out := visit{ID: v.ID, Application: v.Application, Day: v.Day, Address: v.Plan.Address, Checks: v.Plan.Checks, RecordedAt: v.RecordedAt,
		Shared: v.Shared, Findings: v.Record, Photos: []visitPhoto{}}
	for _, p := range v.Photos {
		out.Photos = append(out.Photos, photoOf(&p))
	}
	return out
}

func photoOf(p *casework.Photo) visitPhoto {
	return visitPhoto{p.ID, p.Caption, p.Size, p.Cleaned}
}

type visitsOut struct {
	Body struct {
		Visits []visit `json:"visits"`
	}
}

type visitOut struct{ Body visit }

func (h handlers) myVisits(ctx context.Context, c api.Call, _ *struct{}) (*visitsOut, error) {
	stops, err := h.s.MyVisits(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	out := &visitsOut{}
	out.Body.Visits = []visit{}
	for _, s := range stops {
		out.Body.Visits = append(out.Body.Visits, visitOf(s.Visit))
	}
	return out, nil
}

func (h handlers) caseVisits(ctx context.Context, c api.Call, in *ByID) (*visitsOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	opened, err := h.s.Look(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	visits, err := h.s.VisitsOf(ctx, opened)
	if err != nil {
		return nil, err
	}
	out := &visitsOut{}
	out.Body.Visits = []visit{}
	for _, v := range visits {
		out.Body.Visits = append(out.Body.Visits, visitOf(v))
	}
	return out, nil
}

type planIn struct {
	Keyed
	ByID
	Body struct {
		Day     kernel.Date `json:"day"`
		Address string      `json:"address,omitempty" maxLength:"1000"`
		Checks  []string    `json:"checks" maxItems:"100"`
	}
}

func (h handlers) planVisit(ctx context.Context, c api.Call, in *planIn) (*visitOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	v, err := h.s.PlanVisit(ctx, c.Actor, id, in.Key, in.Body.Day, casework.VisitPlan{Address: in.Body.Address, Checks: in.Body.Checks})
	if err != nil {
		return nil, err
	}
	return &visitOut{visitOf(v)}, nil
}

type photoIn struct {
	Keyed
	ByID
	Caption string `query:"caption" maxLength:"1000"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type photoOut struct{ Body visitPhoto }

func (h handlers) addPhoto(ctx context.Context, c api.Call, in *photoIn) (*photoOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	p, err := h.s.AddPhoto(ctx, c.Actor, id, in.Key, in.Caption, bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, err
	}
	return &photoOut{photoOf(p)}, nil
}

type recordIn struct {
	Keyed
	ByID
	Body struct {
		casework.Findings
		Shared bool `json:"shared,omitempty" doc:"The applicant reads result and notes."`
	}
}

func (h handlers) recordVisit(ctx context.Context, c api.Call, in *recordIn) (*visitOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	v, err := h.s.RecordVisit(ctx, c.Actor, id, in.Key, in.Body.Findings, in.Body.Shared)
	if err != nil {
		return nil, err
	}
	return &visitOut{visitOf(v)}, nil
}
