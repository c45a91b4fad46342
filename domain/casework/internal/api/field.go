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
	api.Register(a, api.Op{ID: "desk.inspections", Method: http.MethodGet, Path: "/desk/inspections",
		Summary: "The inspections that you have still to make, by day and place; each look is logged.", Scope: authz.ScopeDesk}, h.myInspections)
	api.Register(a, api.Op{ID: "desk.case_inspections", Method: http.MethodGet, Path: "/desk/cases/{id}/inspections",
		Summary: "The inspections of a case; the look is logged.", Scope: authz.ScopeDesk}, h.caseInspections)
	api.Register(a, api.Op{ID: "desk.inspection_plan", Method: http.MethodPost, Path: "/desk/cases/{id}/inspections", Status: http.StatusCreated,
		Summary: "Plan an inspection.", Scope: authz.ScopeDesk}, h.planInspection)
	api.Register(a, api.Op{ID: "desk.inspection_photo", Method: http.MethodPost, Path: "/desk/inspections/{id}/photos", Status: http.StatusCreated,
		Summary: "Add a JPEG photo (the body is its content) before the inspection is recorded, once a key; what it says of place and device is taken out.",
		Scope:   authz.ScopeDesk, MaxBody: casework.MaxPhotoBytes + 1}, h.addPhoto)
	api.Register(a, api.Op{ID: "desk.inspection_record", Method: http.MethodPost, Path: "/desk/inspections/{id}/record",
		Summary: "Record what was found, once.", Scope: authz.ScopeDesk}, h.recordInspection)
}

type inspection struct {
	ID          kernel.ID          `json:"id"`
	Application kernel.ID          `json:"application"`
	Day         kernel.Date        `json:"day"`
	Address     string             `json:"address"`
	Checks      []string           `json:"checks"`
	RecordedAt  kernel.Time        `json:"recorded_at"`
	Shared      bool               `json:"shared"`
	Findings    *casework.Findings `json:"findings,omitempty"`
	Photos      []inspectionPhoto  `json:"photos"`
}

type inspectionPhoto struct {
	ID      kernel.ID `json:"id"`
	Caption string    `json:"caption"`
	Size    int64     `json:"size"`
	Cleaned bool      `json:"cleaned" doc:"Something beside the picture was taken out."`
}

func inspectionOf(v *casework.Inspection) inspection {
	out := inspection{ID: v.ID, Application: v.Application, Day: v.Day, Address: v.Plan.Address, Checks: v.Plan.Checks, RecordedAt: v.RecordedAt,
		Shared: v.Shared, Findings: v.Record, Photos: []inspectionPhoto{}}
	for _, p := range v.Photos {
		out.Photos = append(out.Photos, photoOf(&p))
	}
	return out
}

func photoOf(p *casework.Photo) inspectionPhoto {
	return inspectionPhoto{p.ID, p.Caption, p.Size, p.Cleaned}
}

type inspectionsOut struct {
	Body struct {
		Inspections []inspection `json:"inspections"`
	}
}

type inspectionOut struct{ Body inspection }

func (h handlers) myInspections(ctx context.Context, c api.Call, _ *struct{}) (*inspectionsOut, error) {
	stops, err := h.s.MyInspections(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	out := &inspectionsOut{}
	out.Body.Inspections = []inspection{}
	for _, s := range stops {
		out.Body.Inspections = append(out.Body.Inspections, inspectionOf(s.Inspection))
	}
	return out, nil
}

func (h handlers) caseInspections(ctx context.Context, c api.Call, in *ByID) (*inspectionsOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	opened, err := h.s.Look(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	inspections, err := h.s.InspectionsOf(ctx, opened)
	if err != nil {
		return nil, err
	}
	out := &inspectionsOut{}
	out.Body.Inspections = []inspection{}
	for _, v := range inspections {
		out.Body.Inspections = append(out.Body.Inspections, inspectionOf(v))
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

func (h handlers) planInspection(ctx context.Context, c api.Call, in *planIn) (*inspectionOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	v, err := h.s.PlanInspection(ctx, c.Actor, id, in.Key, in.Body.Day, casework.InspectionPlan{Address: in.Body.Address, Checks: in.Body.Checks})
	if err != nil {
		return nil, err
	}
	return &inspectionOut{inspectionOf(v)}, nil
}

type photoIn struct {
	Keyed
	ByID
	Caption string `query:"caption" maxLength:"1000"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type photoOut struct{ Body inspectionPhoto }

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

func (h handlers) recordInspection(ctx context.Context, c api.Call, in *recordIn) (*inspectionOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	v, err := h.s.RecordInspection(ctx, c.Actor, id, in.Key, in.Body.Findings, in.Body.Shared)
	if err != nil {
		return nil, err
	}
	return &inspectionOut{inspectionOf(v)}, nil
}
