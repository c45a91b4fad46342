package registry

import (
	"context"
	"encoding/json"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// operations are the domain's part of the JSON API.
func (s *Service) operations(a *api.API) {
	const get, post, patch, del = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
	desk := func(id, method, path, summary string) api.Op {
		return api.Op{ID: "registers." + id, Method: method, Path: "/desk/registers" + path, Summary: summary, Scope: authz.ScopeDesk}
	}
	// What decides which data a body keeps of people asks for a fresh proof.
	admin := func(id, method, path, summary string) api.Op {
		return api.Op{ID: "registers." + id, Method: method, Path: "/registers" + path, Summary: summary, Scope: authz.ScopeAdmin, Fresh: true}
	}
	api.Register(a, admin("propose", post, "", "Propose a register, or the next version of one; another operator confirms it."), s.opPropose)
	api.Register(a, admin("confirm", post, "/{code}/versions/{version}/confirmation", "Put a version into force that another operator proposed."), s.opConfirm)
	api.Register(a, admin("decline", post, "/{code}/versions/{version}/decline", "Take a proposal away."), s.opDecline)
	api.Register(a, admin("remove", del, "/{code}", "Remove a register that holds no records."), s.opRemove)
	all := api.Op{ID: "registers.all", Method: get, Path: "/registers", Summary: "All registers, without their records.", Scope: authz.ScopeAdmin}
	api.Register(a, all, s.opList)
	api.Register(a, api.Op{ID: "registers.one", Method: get, Path: "/registers/{code}", Summary: "The versions of a register, proposals too, the newest first.", Scope: authz.ScopeAdmin}, s.opVersions)
	api.Register(a, desk("list", get, "", "The registers that your body keeps."), s.opList)
	api.Register(a, desk("versions", get, "/{code}", "The versions of a register, the newest first."), s.opVersions)
	api.Register(a, desk("search", post, "/{code}/search", "Find records by whole values, by key, unique field or person in a register of any size; each that names a person is logged."), s.opSearch)
	create := desk("create", post, "/{code}/records", "Keep a new record.")
	create.Status = http.StatusCreated
	api.Register(a, create, s.opCreate)
	api.Register(a, desk("read", get, "/{code}/records/{record}", "Read a record by its key or its own id."), s.opRead)
	api.Register(a, desk("past", get, "/{code}/records/{record}/past", "What a record was before each change, the newest 100; count says how many there are."), s.opPast)
	api.Register(a, desk("change", patch, "/{code}/records/{record}", "Write fields of a record; null takes one away, what is not named stays."), s.opChange)
	api.Register(a, desk("delete", del, "/{code}/records/{record}", "Delete a record with its past."), s.opDelete)
}

// RegisterOut is a register as the API shows it.
type RegisterOut struct {
	Definition
	ID      kernel.ID   `json:"id"`
	State   string      `json:"state" enum:"proposed,active,past"`
	Changed kernel.Time `json:"changed"`
	Records int         `json:"records"`
	Hash    string      `json:"hash" doc:"Of this version; whoever confirms it says which they saw."`
}

func outOf(r *Register) RegisterOut {
	return RegisterOut{Definition: r.Def, ID: r.ID, State: r.State, Changed: r.ChangedAt, Records: r.Records, Hash: r.Hash}
}

type registerOut struct{ Body RegisterOut }

type registersOut struct {
	Body struct {
		Registers []RegisterOut `json:"registers"`
	}
}

func outOfAll(list []*Register, err error) (*registersOut, error) {
	out := &registersOut{}
	out.Body.Registers = []RegisterOut{}
	for _, r := range list {
		out.Body.Registers = append(out.Body.Registers, outOf(r))
	}
	return out, err
}

type proposeIn struct{ Body Definition }

func (s *Service) opPropose(ctx context.Context, c api.Call, in *proposeIn) (*registerOut, error) {
	r, err := s.Propose(ctx, c.Actor, in.Body)
	if err != nil {
		return nil, err
	}
	return &registerOut{outOf(r)}, nil
}

// CodeIn names a register.
type CodeIn struct {
	Code string `path:"code" maxLength:"64"`
}

// VersionIn names a version of a register.
type VersionIn struct {
	CodeIn
	Version string `path:"version" maxLength:"20"`
}

type confirmIn struct {
	VersionIn
	Body struct {
		Hash string `json:"hash" maxLength:"64" doc:"The hash of the version as you saw it; where it is another by now, nothing is confirmed."`
	}
}

func (s *Service) opConfirm(ctx context.Context, c api.Call, in *confirmIn) (*registerOut, error) {
	r, err := s.Confirm(ctx, c.Actor, in.Code, in.Version, in.Body.Hash)
	if err != nil {
		return nil, err
	}
	return &registerOut{outOf(r)}, nil
}

func (s *Service) opDecline(ctx context.Context, c api.Call, in *VersionIn) (*struct{}, error) {
	return nil, s.Decline(ctx, c.Actor, in.Code, in.Version)
}

func (s *Service) opRemove(ctx context.Context, c api.Call, in *CodeIn) (*struct{}, error) {
	return nil, s.Remove(ctx, c.Actor, in.Code)
}

func (s *Service) opList(ctx context.Context, c api.Call, _ *struct{}) (*registersOut, error) {
	return outOfAll(s.Registers(ctx, c.Actor))
}

func (s *Service) opVersions(ctx context.Context, c api.Call, in *CodeIn) (*registersOut, error) {
	return outOfAll(s.Versions(ctx, c.Actor, in.Code))
}

// LookIn is what every call about records carries.
type LookIn struct {
	CodeIn
	Purpose string `query:"purpose" required:"true" enum:"keep,decide,complaint,law" doc:"What for: to keep the register, to decide on an application, to answer a complaint, or at another body's lawful request."`
	App     string `query:"app" maxLength:"200" doc:"The program that asks, for the log."`
	Version string `query:"version" maxLength:"20" doc:"A version of the register; the one in force without."`
}

func (in *LookIn) look() Look { return Look{in.Purpose, in.App} }

// NamedIn names a record.
type NamedIn struct {
	LookIn
	Record string `path:"record" maxLength:"1000"`
}

// RecordOut is a record as the API shows it.
type RecordOut struct {
	ID      kernel.ID      `json:"id"`
	Version string         `json:"version"`
	Rev     int64          `json:"rev"`
	Created kernel.Time    `json:"created"`
	Changed kernel.Time    `json:"changed"`
	Fields  map[string]any `json:"fields"`
}

type recordOut struct{ Body RecordOut }

func shown(r *Record) RecordOut {
	return RecordOut{ID: r.ID, Version: r.Version, Rev: r.Rev, Created: r.CreatedAt, Changed: r.ChangedAt, Fields: r.Fields}
}

func oneOut(r *Record, err error) (*recordOut, error) {
	if err != nil {
		return nil, err
	}
	return &recordOut{shown(r)}, nil
}

type searchIn struct {
	LookIn
	Body struct {
		Where map[string]string `json:"where,omitempty" doc:"Values by field; of a field in an object by its path, child.citizenId."`
		Any   string            `json:"any,omitempty" maxLength:"1000" doc:"The value of any field."`
		By    string            `json:"by,omitempty" maxLength:"200" doc:"The field that orders; the oldest first without."`
		Order string            `json:"order,omitempty" enum:"ascending,descending"`
		Page  int               `json:"page,omitempty" minimum:"0"`
		Size  int               `json:"size,omitempty" minimum:"0" maximum:"100"`
	}
}

type recordsOut struct {
	Body struct {
		Count   int         `json:"count" doc:"On all pages."`
		Records []RecordOut `json:"records"`
	}
}

func (s *Service) opSearch(ctx context.Context, c api.Call, in *searchIn) (*recordsOut, error) {
	b := in.Body
	found, err := s.Find(ctx, c.Actor, in.Code, in.Version, Query{b.Where, b.Any, b.By, b.Order, b.Page, b.Size}, in.look())
	if err != nil {
		return nil, err
	}
	out := &recordsOut{}
	out.Body.Count, out.Body.Records = found.Count, []RecordOut{}
	for _, r := range found.Records {
		out.Body.Records = append(out.Body.Records, shown(r))
	}
	return out, nil
}

type fieldsIn struct {
	Fields json.RawMessage `json:"fields" doc:"An object as the register's definition says."`
}

// values are the fields without loss: numbers keep their digits.
func (in *fieldsIn) values() (Values, error) {
	var v Values
	if err := Decode(in.Fields, &v); err != nil || v == nil {
		return nil, kernel.E(kernel.Invalid, "registry.error.form", err).Field("fields", "registry.error.value.type", nil)
	}
	return v, nil
}

type createIn struct {
	LookIn
	Key  string `header:"Idempotency-Key" doc:"Repeat a request with the same key and it applies once."`
	Body fieldsIn
}

func (s *Service) opCreate(ctx context.Context, c api.Call, in *createIn) (*recordOut, error) {
	v, err := in.Body.values()
	if err != nil {
		return nil, err
	}
	return oneOut(s.Create(ctx, c.Actor, in.Key, in.Code, in.Version, v, in.look()))
}

func (s *Service) opRead(ctx context.Context, c api.Call, in *NamedIn) (*recordOut, error) {
	_, r, err := s.Read(ctx, c.Actor, in.Code, in.Version, in.Record, in.look())
	return oneOut(r, err)
}

func (s *Service) opPast(ctx context.Context, c api.Call, in *NamedIn) (*recordsOut, error) {
	list, n, err := s.Past(ctx, c.Actor, in.Code, in.Record, in.look())
	if err != nil {
		return nil, err
	}
	out := &recordsOut{}
	out.Body.Count, out.Body.Records = n, []RecordOut{}
	for _, r := range list {
		out.Body.Records = append(out.Body.Records, shown(r))
	}
	return out, nil
}

type changeIn struct {
	NamedIn
	Body fieldsIn
}

func (s *Service) opChange(ctx context.Context, c api.Call, in *changeIn) (*recordOut, error) {
	v, err := in.Body.values()
	if err != nil {
		return nil, err
	}
	return oneOut(s.Change(ctx, c.Actor, in.Code, in.Version, in.Record, v, in.look()))
}

func (s *Service) opDelete(ctx context.Context, c api.Call, in *NamedIn) (*struct{}, error) {
	return nil, s.Delete(ctx, c.Actor, in.Code, in.Version, in.Record, in.look())
}
