// Package api offers the catalogue to programs.
package api

import (
	"context"
	"net/http"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// Source is what the operations need of the catalogue.
type Source interface {
	Find(query, kind, event string) []*contract.Service
	Current(id string) (*contract.Service, contract.Ref, error)
	LifeEvents() []contract.LifeEvent
	BodyName(rule contract.AgencyRule, l kernel.Lang) string
	PackHash() string
	Submit(ctx context.Context, actor authz.Actor, zip []byte) (hash string, warnings int, err error)
	Propose(ctx context.Context, actor authz.Actor, hash string, from kernel.Date) (kernel.ID, error)
	Approve(ctx context.Context, actor authz.Actor, id kernel.ID) error
	Activations(ctx context.Context, actor authz.Actor) ([]Activation, error)
}

// Activation is a version of the pack and when it comes into force.
type Activation struct {
	ID         kernel.ID   `json:"id"`
	Pack       string      `json:"pack"`
	From       string      `json:"from"`
	ProposedBy string      `json:"proposed_by"`
	ProposedAt kernel.Time `json:"proposed_at"`
	ApprovedBy string      `json:"approved_by,omitempty"`
	ApprovedAt kernel.Time `json:"approved_at,omitempty"`
}

// maxPack is the largest pack that can be sent, zipped, in bytes.
const maxPack = 16 << 20

// Register adds the domain's operations.
func Register(a *api.API, src Source) {
	o := operations{src}
	api.Register(a, api.Op{ID: "catalog.services", Method: http.MethodGet, Path: "/services", Summary: "Services in force, filtered by words, kind or life event"}, o.services)
	api.Register(a, api.Op{ID: "catalog.service", Method: http.MethodGet, Path: "/services/{id}", Summary: "One service with its questions, parties, outcome, time limit and law"}, o.service)
	api.Register(a, api.Op{ID: "catalog.life_events", Method: http.MethodGet, Path: "/life-events", Summary: "Life events and the services that belong to each"}, o.lifeEvents)
	api.Register(a, api.Op{ID: "catalog.pack_submit", Method: http.MethodPost, Path: "/packs", Summary: "Store a version of the pack, sent as a base64 zip archive", Scope: authz.ScopeAdmin, Status: http.StatusCreated, MaxBody: maxPack * 4 / 3}, o.submit)
	api.Register(a, api.Op{ID: "catalog.activations", Method: http.MethodGet, Path: "/packs/activations", Summary: "When which version came or comes into force", Scope: authz.ScopeAdmin}, o.activations)
	api.Register(a, api.Op{ID: "catalog.propose", Method: http.MethodPost, Path: "/packs/activations", Summary: "Propose that a stored version come into force at a date", Scope: authz.ScopeAdmin, Status: http.StatusCreated, Fresh: true}, o.propose)
	api.Register(a, api.Op{ID: "catalog.approve", Method: http.MethodPost, Path: "/packs/activations/{id}/approval", Summary: "Approve what somebody else proposed", Scope: authz.ScopeAdmin, Fresh: true}, o.approve)
}

type operations struct{ src Source }

type servicesIn struct {
	Lang  string `query:"lang" doc:"ko or en"`
	Query string `query:"q" maxLength:"100" doc:"words of title, summary or terms"`
	Kind  string `query:"kind" doc:"report, certificate, benefit ..."`
	Event string `query:"life_event" doc:"id of a life event"`
}

type servicesOut struct {
	Body struct {
		Pack     string    `json:"pack" doc:"version in force, hex SHA-256"`
		Services []Summary `json:"services"`
	}
}

func (o operations) services(_ context.Context, c api.Call, in *servicesIn) (*servicesOut, error) {
	var out servicesOut
	out.Body.Pack = o.src.PackHash()
	out.Body.Services = []Summary{}
	for _, s := range o.src.Find(in.Query, in.Kind, in.Event) {
		out.Body.Services = append(out.Body.Services, o.summary(s, c.Lang))
	}
	return &out, nil
}

type serviceIn struct {
	ID   string `path:"id" maxLength:"60"`
	Lang string `query:"lang" doc:"ko or en"`
}

type serviceOut struct{ Body Detail }

func (o operations) service(_ context.Context, c api.Call, in *serviceIn) (*serviceOut, error) {
	s, ref, err := o.src.Current(in.ID)
	if err != nil {
		return nil, err
	}
	return &serviceOut{o.detail(s, ref.Pack, c.Lang)}, nil
}

type langIn struct {
	Lang string `query:"lang" doc:"ko or en"`
}

type lifeEventsOut struct {
	Body struct {
		LifeEvents []LifeEvent `json:"life_events"`
	}
}

func (o operations) lifeEvents(_ context.Context, c api.Call, _ *langIn) (*lifeEventsOut, error) {
	var out lifeEventsOut
	out.Body.LifeEvents = []LifeEvent{}
	for _, e := range o.src.LifeEvents() {
		out.Body.LifeEvents = append(out.Body.LifeEvents, LifeEvent{e.ID, e.Title.In(c.Lang), e.Summary.In(c.Lang), e.Services})
	}
	return &out, nil
}

type submitIn struct {
	Body struct {
		Zip []byte `json:"zip" doc:"zip archive of the pack's folder, base64"`
	}
}

type submitOut struct {
	Body struct {
		Pack     string `json:"pack" doc:"hash to propose"`
		Warnings int    `json:"warnings"`
	}
}

func (o operations) submit(ctx context.Context, c api.Call, in *submitIn) (*submitOut, error) {
	hash, warnings, err := o.src.Submit(ctx, c.Actor, in.Body.Zip)
	if err != nil {
		return nil, err
	}
	var out submitOut
	out.Body.Pack, out.Body.Warnings = hash, warnings
	return &out, nil
}

type proposeIn struct {
	Body struct {
		Pack string `json:"pack" maxLength:"64" doc:"hash of a stored version"`
		From string `json:"from" format:"date"`
	}
}

type idOut struct {
	Body struct {
		ID kernel.ID `json:"id"`
	}
}

func (o operations) propose(ctx context.Context, c api.Call, in *proposeIn) (*idOut, error) {
	from, err := kernel.ParseDate(in.Body.From)
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "catalog.past_date", err).Field("from", "catalog.past_date", nil)
	}
	id, err := o.src.Propose(ctx, c.Actor, in.Body.Pack, from)
	if err != nil {
		return nil, err
	}
	var out idOut
	out.Body.ID = id
	return &out, nil
}

type approveIn struct {
	ID string `path:"id"`
}

func (o operations) approve(ctx context.Context, c api.Call, in *approveIn) (*struct{}, error) {
	id, err := kernel.ParseID(in.ID)
	if err != nil {
		return nil, kernel.E(kernel.NotFound, "catalog.no_activation", err)
	}
	return nil, o.src.Approve(ctx, c.Actor, id)
}

type activationsOut struct {
	Body struct {
		Activations []Activation `json:"activations"`
	}
}

func (o operations) activations(ctx context.Context, c api.Call, _ *struct{}) (*activationsOut, error) {
	list, err := o.src.Activations(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	var out activationsOut
	out.Body.Activations = append([]Activation{}, list...)
	return &out, nil
}
