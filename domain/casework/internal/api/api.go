// Package api is casework's part of the JSON API: the applicant's side under
// /applications, the officials' side under /desk.
package api

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// Register adds the operations.
func Register(a *api.API, s *casework.Service) {
	h := handlers{s}
	api.Register(a, api.Op{ID: "applications.create", Method: http.MethodPost, Path: "/applications", Status: http.StatusCreated,
		Summary: "Create and submit an application.", Scope: authz.ScopeApplications, MaxBody: 256 << 10}, h.create)
	api.Register(a, api.Op{ID: "applications.list", Method: http.MethodGet, Path: "/applications",
		Summary: "List your applications, newest first.", Scope: authz.ScopeApplications}, h.list)
	api.Register(a, api.Op{ID: "applications.prefill", Method: http.MethodGet, Path: "/applications/prefill",
		Summary: "What registers already answer for a service, under your consent.", Scope: authz.ScopeApplications}, h.prefill)
	api.Register(a, api.Op{ID: "applications.get", Method: http.MethodGet, Path: "/applications/{id}",
		Summary: "One application of yours with its answers and timeline.", Scope: authz.ScopeApplications}, h.get)
	api.Register(a, api.Op{ID: "files.create", Method: http.MethodPost, Path: "/files", Status: http.StatusCreated,
		Summary: "Upload a file (the body is its content) that an application's answers will name by its id.", Scope: authz.ScopeApplications, MaxBody: 16 << 20}, h.upload)
	api.Register(a, api.Op{ID: "applications.withdraw", Method: http.MethodPost, Path: "/applications/{id}/withdraw",
		Summary: "Take an application back before it is decided.", Scope: authz.ScopeApplications}, mine(h.withdraw))
	api.Register(a, api.Op{ID: "applications.answers", Method: http.MethodPost, Path: "/applications/{id}/answers",
		Summary: "Answer the office's request for correction.", Scope: authz.ScopeApplications, MaxBody: 256 << 10}, mine(h.answers))
	api.Register(a, api.Op{ID: "applications.objection", Method: http.MethodPost, Path: "/applications/{id}/objection", Status: http.StatusCreated,
		Summary: "Object to an adverse decision.", Scope: authz.ScopeApplications}, mine(h.objection))
	api.Register(a, api.Op{ID: "applications.payment", Method: http.MethodPost, Path: "/applications/{id}/payment",
		Summary: "Pay the fee of an application that waits for it.", Scope: authz.ScopeApplications}, mine(h.pay))
	api.Register(a, api.Op{ID: "signatures.list", Method: http.MethodGet, Path: "/signatures",
		Summary: "Applications of others that wait for your confirmation.", Scope: authz.ScopeApplications}, h.asked)
	api.Register(a, api.Op{ID: "signatures.answer", Method: http.MethodPost, Path: "/signatures/{id}",
		Summary: "Confirm or decline.", Scope: authz.ScopeApplications}, h.sign)
	api.Register(a, api.Op{ID: "documents.check", Method: http.MethodGet, Path: "/documents/{number}",
		Summary: "Check a document by its number; shows no personal data."}, h.check)
	h.bundles(a)

	api.Register(a, api.Op{ID: "desk.cases", Method: http.MethodGet, Path: "/desk/cases",
		Summary: "List and search the cases of your agency.", Scope: authz.ScopeDesk}, h.cases)
	api.Register(a, api.Op{ID: "desk.case", Method: http.MethodGet, Path: "/desk/cases/{id}",
		Summary: "One case; the look is logged.", Scope: authz.ScopeDesk}, h.look)
	api.Register(a, api.Op{ID: "desk.assign", Method: http.MethodPost, Path: "/desk/cases/{id}/assign",
		Summary: "Take a case.", Scope: authz.ScopeDesk}, atDesk(h.assign))
	api.Register(a, api.Op{ID: "desk.correction", Method: http.MethodPost, Path: "/desk/cases/{id}/correction",
		Summary: "Ask the applicant back; the time limit stands still.", Scope: authz.ScopeDesk}, atDesk(h.correction))
	h.registerClock(a)
	h.registerTemplates(a)
	h.registerBulk(a)
	api.Register(a, api.Op{ID: "desk.transfer", Method: http.MethodPost, Path: "/desk/cases/{id}/transfer",
		Summary: "Pass a case to the agency in charge.", Scope: authz.ScopeDesk}, atDesk(h.transfer))
	api.Register(a, api.Op{ID: "desk.decision", Method: http.MethodPost, Path: "/desk/cases/{id}/decision",
		Summary: "Decide a case, with the reason.", Scope: authz.ScopeDesk}, atDesk(h.decide))
	api.Register(a, api.Op{ID: "desk.approvals", Method: http.MethodGet, Path: "/desk/approvals",
		Summary: "Proposals that wait for you, or for somebody whom you stand in for.", Scope: authz.ScopeDesk}, h.approvals)
	api.Register(a, api.Op{ID: "desk.recall", Method: http.MethodPost, Path: "/desk/cases/{id}/recall",
		Summary: "Take your proposal back.", Scope: authz.ScopeDesk}, atDesk(h.recall))
	api.Register(a, api.Op{ID: "desk.confirmation", Method: http.MethodPost, Path: "/desk/cases/{id}/confirmation",
		Summary: "Confirm a colleague's decision, or send it back.", Scope: authz.ScopeDesk}, atDesk(h.confirm))
	h.registerDesk(a)
	registerVisits(a, h)
	registerCodes(a, h)
}

type handlers struct{ s *casework.Service }

// Keyed carries the idempotency key of an act.
type Keyed struct {
	Key string `header:"Idempotency-Key" doc:"Repeat a request with the same key and it applies once."`
}

// ByID carries the id of the path.
type ByID struct {
	ID string `path:"id" maxLength:"64"`
}

func (b ByID) id() (kernel.ID, error) {
	id, err := kernel.ParseID(b.ID)
	if err != nil {
		return "", kernel.E(kernel.NotFound, "casework.error.no_case", err)
	}
	return id, nil
}

// named is an input that carries an id in its path.
type named[I any] interface {
	*I
	id() (kernel.ID, error)
}

// mine makes an operation of an applicant's act on one application.
func mine[I any, P named[I]](act func(context.Context, authz.Actor, kernel.ID, P) (*casework.Application, error)) func(context.Context, api.Call, *I) (*applicationOut, error) {
	return func(ctx context.Context, c api.Call, in *I) (*applicationOut, error) {
		id, err := P(in).id()
		if err != nil {
			return nil, err
		}
		return one(act(ctx, c.Actor, id, in))
	}
}

// atDesk makes an operation of an official's act on one case.
func atDesk[I any, P named[I]](act func(context.Context, authz.Actor, kernel.ID, P) (*casework.Application, error)) func(context.Context, api.Call, *I) (*deskCaseOut, error) {
	return func(ctx context.Context, c api.Call, in *I) (*deskCaseOut, error) {
		id, err := P(in).id()
		if err != nil {
			return nil, err
		}
		a, err := act(ctx, c.Actor, id, in)
		if err != nil {
			return nil, err
		}
		return &deskCaseOut{deskCase{outline(a), string(a.Assignee)}}, nil
	}
}

// Application is an application as its applicant reads it in lists.
type Application struct {
	ID          kernel.ID   `json:"id"`
	Number      string      `json:"number"`
	Service     string      `json:"service"`
	Status      string      `json:"status"`
	Decision    string      `json:"decision,omitempty"`
	Agency      string      `json:"agency"`
	Due         kernel.Time `json:"due"`
	SubmittedAt kernel.Time `json:"submitted_at"`
	DecidedAt   kernel.Time `json:"decided_at"`
	Document    string      `json:"document,omitempty"`
	ObjectUntil kernel.Date `json:"object_until,omitzero"`
}

func outline(a *casework.Application) Application {
	return Application{ID: a.ID, Number: a.Number, Service: a.Service, Status: a.Status, Decision: a.Decision, Agency: a.Agency,
		Due: a.DueAt, SubmittedAt: a.SubmittedAt, DecidedAt: a.DecidedAt, Document: a.Document, ObjectUntil: a.ObjectUntil}
}

type applicationOut struct{ Body Application }

func one(a *casework.Application, err error) (*applicationOut, error) {
	if err != nil {
		return nil, err
	}
	return &applicationOut{outline(a)}, nil
}

// Detail is an application with what is in it.
type Detail struct {
	Application
	Answers  map[string]kernel.Value `json:"answers"`
	Sources  map[string]source       `json:"sources"`
	Parties  []party                 `json:"parties"`
	Files    []file                  `json:"files"`
	Timeline []event                 `json:"timeline"`
	Fee      casework.Fee            `json:"fee"`
	Paid     kernel.Money            `json:"paid"`
	Visit    *visit                  `json:"visit,omitempty"`
	Decided  []casework.PartDecision `json:"parts,omitempty"`
	AnswerBy kernel.Date             `json:"answer_by,omitzero"`
	Objects  []string                `json:"objects,omitempty"`
}

type source struct {
	Registry string      `json:"registry"`
	AsOf     kernel.Date `json:"as_of"`
	Disputed bool        `json:"disputed,omitempty"`
}

type party struct {
	ID     kernel.ID `json:"id"`
	Party  string    `json:"party"`
	Role   string    `json:"role"`
	Name   string    `json:"name,omitempty"`
	Status string    `json:"status"`
}

type file struct {
	ID       kernel.ID `json:"id"`
	Question string    `json:"question"`
	Name     string    `json:"name"`
	Type     string    `json:"type"`
	Size     int64     `json:"size"`
}

type event struct {
	At   kernel.Time `json:"at"`
	Act  string      `json:"act"`
	By   string      `json:"by"`
	Code string      `json:"code,omitempty"`
	Note string      `json:"note,omitempty"`
}

func (h handlers) whole(c *casework.Case, official bool) Detail {
	d := Detail{Application: outline(c.Application), Answers: c.Content.Answers, Sources: sources(c.Content.Sources),
		Parties: []party{}, Files: []file{}, Timeline: []event{}, Fee: h.s.FeeOf(c), Paid: c.Paid, Visit: visitOf(c.Visit), Decided: c.Content.Parts, AnswerBy: c.AnswerBy, Objects: c.Content.Objects}
	for _, p := range c.Parties {
		d.Parties = append(d.Parties, party{p.ID, p.Party.Party, p.Role, p.Name, p.Status})
	}
	for _, f := range c.Files {
		d.Files = append(d.Files, file{f.ID, f.Question, f.Name, f.Type, f.Size})
	}
	for _, e := range c.Events {
		if e.Shared || official {
			d.Timeline = append(d.Timeline, event{e.At, e.Act, e.ByKind, e.Code, e.Note})
		}
	}
	return d
}

func sources(m map[string]casework.Source) map[string]source {
	out := make(map[string]source, len(m))
	for q, s := range m {
		out[q] = source{s.Registry, s.AsOf, s.Disputed}
	}
	return out
}

type createIn struct {
	Keyed
	Body struct {
		Service string                  `json:"service" minLength:"1" maxLength:"64"`
		Answers map[string]kernel.Value `json:"answers"`
		Parties map[string]string       `json:"parties,omitempty"`
	}
}

func (h handlers) create(ctx context.Context, c api.Call, in *createIn) (*applicationOut, error) {
	return one(h.s.Apply(ctx, c.Actor, casework.Submission{Service: in.Body.Service, Answers: in.Body.Answers, Parties: in.Body.Parties, Key: in.Key}))
}

// PageIn asks for a page of a list.
type PageIn struct {
	Cursor string `query:"cursor" maxLength:"24" doc:"Of the page before, as \"next\" gave it."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

func (p PageIn) before() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(p.Cursor, 36, 64)
	if err != nil || n <= 0 {
		return 0, kernel.E(kernel.Invalid, "casework.error.cursor", err).Field("cursor", "casework.error.cursor", nil)
	}
	return n, nil
}

func next(l []*casework.Application, limit int) string {
	if len(l) < limit {
		return ""
	}
	return strconv.FormatInt(l[len(l)-1].Seq, 36)
}

type listOut struct {
	Body struct {
		Applications []Application `json:"applications"`
		Next         string        `json:"next,omitempty"`
	}
}

func (h handlers) list(ctx context.Context, c api.Call, in *PageIn) (*listOut, error) {
	before, err := in.before()
	if err != nil {
		return nil, err
	}
	l, err := h.s.Mine(ctx, c.Actor, before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &listOut{}
	out.Body.Applications = make([]Application, 0, len(l))
	for _, a := range l {
		out.Body.Applications = append(out.Body.Applications, outline(a))
	}
	out.Body.Next = next(l, in.Limit)
	return out, nil
}

type prefillIn struct {
	Service string `query:"service" required:"true" maxLength:"64"`
}

type prefillOut struct {
	Body struct {
		Answers map[string]kernel.Value `json:"answers"`
		Sources map[string]source       `json:"sources"`
	}
}

func (h handlers) prefill(ctx context.Context, c api.Call, in *prefillIn) (*prefillOut, error) {
	p, err := h.s.Prefill(ctx, c.Actor, in.Service)
	if err != nil {
		return nil, err
	}
	out := &prefillOut{}
	out.Body.Answers, out.Body.Sources = p.Answers, sources(p.Sources)
	return out, nil
}

type detailOut struct{ Body Detail }

func (h handlers) get(ctx context.Context, c api.Call, in *ByID) (*detailOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	k, err := h.s.Open(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	return &detailOut{h.whole(k, false)}, nil
}

type actIn struct {
	Keyed
	ByID
}

func (h handlers) withdraw(ctx context.Context, actor authz.Actor, id kernel.ID, in *actIn) (*casework.Application, error) {
	return h.s.Withdraw(ctx, actor, id, in.Key)
}

func (h handlers) pay(ctx context.Context, actor authz.Actor, id kernel.ID, in *actIn) (*casework.Application, error) {
	return h.s.Pay(ctx, actor, id)
}

type uploadIn struct {
	Name    string `query:"name" required:"true" maxLength:"255" doc:"The file's name."`
	RawBody []byte `contentType:"application/octet-stream"`
}

type uploadOut struct {
	Body struct {
		ID kernel.ID `json:"id"`
	}
}

func (h handlers) upload(ctx context.Context, c api.Call, in *uploadIn) (*uploadOut, error) {
	id, err := h.s.Upload(ctx, c.Actor, in.Name, bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, err
	}
	out := &uploadOut{}
	out.Body.ID = id
	return out, nil
}

type answersIn struct {
	Keyed
	ByID
	Body struct {
		Answers map[string]kernel.Value `json:"answers,omitempty"`
		Message string                  `json:"message,omitempty" maxLength:"20000"`
	}
}

func (h handlers) answers(ctx context.Context, actor authz.Actor, id kernel.ID, in *answersIn) (*casework.Application, error) {
	return h.s.Correct(ctx, actor, id, in.Key, in.Body.Message, in.Body.Answers)
}

type objectionIn struct {
	Keyed
	ByID
	Body struct {
		Reason  string   `json:"reason,omitempty" maxLength:"20000"`
		Entries []string `json:"entries,omitempty" maxItems:"20" doc:"Of a decision in parts: the refused entries it is about."`
	}
}

func (h handlers) objection(ctx context.Context, actor authz.Actor, id kernel.ID, in *objectionIn) (*casework.Application, error) {
	return h.s.Object(ctx, actor, id, in.Key, in.Body.Reason, in.Body.Entries...)
}

type askedOut struct {
	Body struct {
		Signatures []party `json:"signatures"`
	}
}

func (h handlers) asked(ctx context.Context, c api.Call, _ *struct{}) (*askedOut, error) {
	l, err := h.s.Asked(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	out := &askedOut{}
	out.Body.Signatures = []party{}
	for _, p := range l {
		out.Body.Signatures = append(out.Body.Signatures, party{ID: p.ID, Party: p.Party, Role: p.Role, Status: p.Status})
	}
	return out, nil
}

type signIn struct {
	ByID
	Body struct {
		Agree bool `json:"agree"`
	}
}

type signOut struct {
	Body struct {
		Status string `json:"status"`
	}
}

func (h handlers) sign(ctx context.Context, c api.Call, in *signIn) (*signOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if err := h.s.Sign(ctx, c.Actor, id, in.Body.Agree); err != nil {
		return nil, err
	}
	out := &signOut{}
	out.Body.Status = casework.PartySigned
	if !in.Body.Agree {
		out.Body.Status = casework.PartyDeclined
	}
	return out, nil
}

type checkIn struct {
	Number string `path:"number" maxLength:"40"`
}

type checkOut struct {
	Body struct {
		Number  string      `json:"number"`
		Title   string      `json:"title"`
		Agency  string      `json:"agency"`
		Issued  kernel.Time `json:"issued"`
		Revoked kernel.Time `json:"revoked"`
		Valid   bool        `json:"valid"`
		Hash    string      `json:"sha256"`
	}
}

func (h handlers) check(ctx context.Context, c api.Call, in *checkIn) (*checkOut, error) {
	d, err := h.s.Check(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	out := &checkOut{}
	b := &out.Body
	b.Number, b.Title, b.Agency, b.Issued, b.Revoked, b.Valid, b.Hash = d.Number, d.Title.In(c.Lang), d.Agency, d.Issued, d.Revoked, d.Revoked.IsZero(), d.Hash
	return out, nil
}

// deskCase is a case as a desk's list shows it: nothing personal.
type deskCase struct {
	Application
	Assignee string `json:"assignee"`
}

type casesIn struct {
	PageIn
	Status string `query:"status" maxLength:"40"`
	Q      string `query:"q" maxLength:"500" doc:"A number, or words of the content."`
	Agency string `query:"agency" maxLength:"64"`
	Mine   bool   `query:"mine"`
}

type casesOut struct {
	Body struct {
		Cases []deskCase `json:"cases"`
		Next  string     `json:"next,omitempty"`
	}
}

func (h handlers) cases(ctx context.Context, c api.Call, in *casesIn) (*casesOut, error) {
	before, err := in.before()
	if err != nil {
		return nil, err
	}
	l, err := h.s.Desk(ctx, c.Actor, casework.DeskQuery{Agency: in.Agency, Status: in.Status, Text: in.Q, Mine: in.Mine, Before: before, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &casesOut{}
	out.Body.Cases = make([]deskCase, 0, len(l))
	for _, a := range l {
		out.Body.Cases = append(out.Body.Cases, deskCase{outline(a), string(a.Assignee)})
	}
	out.Body.Next = next(l, in.Limit)
	return out, nil
}

// deskDetail is a case as the official reads it.
type deskDetail struct {
	Detail
	Assignee string                  `json:"assignee"`
	Facts    map[string]kernel.Value `json:"facts"`
	Steps    []catalog.Step          `json:"steps"`
	Proposed *casework.Proposal      `json:"proposed,omitempty"`
}

type deskOut struct{ Body deskDetail }

func (h handlers) look(ctx context.Context, c api.Call, in *ByID) (*deskOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	k, err := h.s.Look(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	return &deskOut{deskDetail{h.whole(k, true), string(k.Assignee), k.Content.Facts, k.Service.Steps, k.Content.Pending}}, nil
}

type deskCaseOut struct{ Body deskCase }

func (h handlers) assign(ctx context.Context, actor authz.Actor, id kernel.ID, in *actIn) (*casework.Application, error) {
	return h.s.Assign(ctx, actor, id, in.Key)
}

type correctionIn struct {
	Keyed
	ByID
	Body struct {
		Message string `json:"message,omitempty" maxLength:"20000"`
		Days    int    `json:"days,omitempty" minimum:"0" maximum:"60" doc:"Working days for the answer; 7 without it."`
	}
}

func (h handlers) correction(ctx context.Context, actor authz.Actor, id kernel.ID, in *correctionIn) (*casework.Application, error) {
	if in.Body.Days > 0 {
		return h.s.AskBackBy(ctx, actor, id, in.Key, in.Body.Message, in.Body.Days)
	}
	return h.s.AskBack(ctx, actor, id, in.Key, in.Body.Message)
}

type transferIn struct {
	Keyed
	ByID
	Body struct {
		Agency string `json:"agency" maxLength:"64"`
		Reason string `json:"reason,omitempty" maxLength:"20000"`
	}
}

func (h handlers) transfer(ctx context.Context, actor authz.Actor, id kernel.ID, in *transferIn) (*casework.Application, error) {
	return h.s.Transfer(ctx, actor, id, in.Key, in.Body.Agency, in.Body.Reason)
}

type decideIn struct {
	Keyed
	ByID
	Body struct {
		Decision string                  `json:"decision,omitempty" maxLength:"40"`
		Reason   string                  `json:"reason,omitempty" maxLength:"20000"`
		Law      string                  `json:"law,omitempty" maxLength:"400"`
		Grounds  []string                `json:"grounds,omitempty" maxItems:"50" doc:"Of an adverse decision: ids of the service's grounds."`
		Parts    []casework.PartDecision `json:"parts,omitempty" maxItems:"20" doc:"Where the service decides entry by entry; the whole follows."`
		Line     []struct {
			Kind    string `json:"kind" maxLength:"20" doc:"review, agree or approve"`
			Account string `json:"account" maxLength:"64"`
		} `json:"line,omitempty" maxItems:"6" doc:"Colleagues who must agree first, in order."`
	}
}

func (h handlers) decide(ctx context.Context, actor authz.Actor, id kernel.ID, in *decideIn) (*casework.Application, error) {
	d := casework.Decision{Decision: in.Body.Decision, Reason: in.Body.Reason, Law: in.Body.Law, Grounds: in.Body.Grounds, Parts: in.Body.Parts}
	for _, step := range in.Body.Line {
		d.Line = append(d.Line, casework.Approver{Kind: step.Kind, Account: kernel.ID(step.Account)})
	}
	return h.s.Decide(ctx, actor, id, in.Key, d)
}

type confirmIn struct {
	Keyed
	ByID
	Body struct {
		Agree  bool   `json:"agree"`
		Reason string `json:"reason,omitempty" maxLength:"20000"`
	}
}

func (h handlers) confirm(ctx context.Context, actor authz.Actor, id kernel.ID, in *confirmIn) (*casework.Application, error) {
	return h.s.Confirm(ctx, actor, id, in.Key, in.Body.Agree, in.Body.Reason)
}
