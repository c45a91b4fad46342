// Package api offers the editor of services to programs: the same acts as the
// pages, with the same rules.
package api

import (
	"context"
	"encoding/json"
	"net/http"

	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// Register adds the editor's operations.
func Register(a *api.API, s *editor.Service) {
	h := handlers{s}
	op := func(id, method, path, summary string) api.Op {
		return api.Op{ID: "editor." + id, Method: method, Path: "/desk" + path, Summary: summary, Scope: authz.ScopeAdmin, MaxBody: 2 << 20}
	}
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
	api.Register(a, op("services", get, "/services", "Services that your body answers for, with their drafts"), h.services)
	api.Register(a, op("history", get, "/services/{id}/history", "Versions of a service: from when, who proposed and approved, why"), h.history)
	api.Register(a, op("compare", get, "/services/{id}/diff", "How a service differs between two versions, line by line"), h.compare)
	begin := op("begin", post, "/services/{id}/drafts", "Open a draft; with pack, one that goes back to that version. Gives the open draft of your body if there is one.")
	begin.Status = http.StatusCreated
	api.Register(a, begin, h.begin)
	api.Register(a, op("draft", get, "/service-drafts/{id}", "A draft with its files, as it stands on the version in force"), h.draft)
	api.Register(a, op("put", put, "/service-drafts/{id}/files", "Write files of a draft; an empty one is taken out"), h.put)
	api.Register(a, op("check", get, "/service-drafts/{id}/check", "What the check says about a draft, and its examples played"), h.check)
	api.Register(a, op("diff", get, "/service-drafts/{id}/diff", "What a draft changes, line by line"), h.diff)
	api.Register(a, op("merge", post, "/service-drafts/{id}/merge", "Bring a draft together with what came into force since"), h.merge)
	// As on the pages, what changes the law in force asks for a fresh proof.
	fresh := func(id, path, summary string) api.Op {
		o := op(id, post, path, summary)
		o.Fresh = true
		return o
	}
	api.Register(a, fresh("propose", "/service-drafts/{id}/proposal", "Ask for approval, to come into force on a date"), h.propose)
	api.Register(a, op("withdraw", post, "/service-drafts/{id}/withdrawal", "Take a proposal back"), h.act("withdraw", s.Withdraw))
	api.Register(a, fresh("approve", "/service-drafts/{id}/approval", "Approve what somebody else proposed"), h.act("approve", s.Approve))
	api.Register(a, op("send_back", post, "/service-drafts/{id}/return", "Send a proposal back with the reason"), h.sendBack)
	api.Register(a, op("discard", post, "/service-drafts/{id}/discard", "Give a draft up"), h.act("discard", s.Discard))
}

type handlers struct{ s *editor.Service }

// ByID names a draft.
type ByID struct {
	ID string `path:"id" maxLength:"64"`
}

func (b ByID) id() (kernel.ID, error) {
	id, err := kernel.ParseID(b.ID)
	if err != nil {
		return "", kernel.E(kernel.NotFound, "catalog.editor.no_draft", err)
	}
	return id, nil
}

// Keyed carries the idempotency key of an act.
type Keyed struct {
	Key string `header:"Idempotency-Key" doc:"Repeat a request with the same key and it applies once."`
}

// as gives ctx the key for one act with one body. Another act or body under the
// same key is no repetition: its revision tells whether it may still be done.
func (k Keyed) as(ctx context.Context, act string, body any) (context.Context, error) {
	if k.Key == "" {
		return ctx, nil
	}
	b, err := json.Marshal(body)
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "error.form", err)
	}
	return editor.WithKey(ctx, k.Key+"\x00"+act+"\x00"+string(b)), nil
}

// once does an act on a draft, unless it was done under this key before, and
// gives the draft as it stands then.
func (h handlers) once(ctx context.Context, c api.Call, k Keyed, b ByID, act string, body any, do func(ctx context.Context, id kernel.ID) error) (*workOut, error) {
	id, err := b.id()
	if err != nil {
		return nil, err
	}
	if ctx, err = k.as(ctx, act, body); err != nil {
		return nil, err
	}
	done, err := h.s.Repeated(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	if !done {
		if err := do(ctx, id); err != nil {
			return nil, err
		}
	}
	return h.work(ctx, c.Actor, id)
}

type servicesIn struct {
	Query string `query:"q" maxLength:"200"`
}

// Service is a service with what goes on about it.
type Service struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Coming string  `json:"coming,omitempty" doc:"date of the next approved change"`
	Drafts []Draft `json:"drafts"`
}

// Draft is a change that is worked on.
type Draft struct {
	ID        kernel.ID   `json:"id"`
	Service   string      `json:"service"`
	Agency    string      `json:"agency"`
	State     string      `json:"state" enum:"open,proposed,approved,discarded"`
	Revision  int64       `json:"revision"`
	From      string      `json:"from,omitempty"`
	Why       string      `json:"why,omitempty"`
	Pack      string      `json:"pack,omitempty" doc:"version that came of it"`
	ChangedAt kernel.Time `json:"changed_at"`
	Acts      []Act       `json:"acts"`
}

// Act is one entry of a draft's record.
type Act struct {
	Act    string      `json:"act"`
	At     kernel.Time `json:"at"`
	Name   string      `json:"name"`
	Agency string      `json:"agency,omitempty" doc:"empty for operators"`
	Note   string      `json:"note,omitempty"`
}

func draftOf(d *editor.Draft) Draft {
	out := Draft{ID: d.ID, Service: d.Service, Agency: d.Agency, State: d.State, Revision: d.Revision, Why: d.Why, Pack: d.Pack, ChangedAt: d.ChangedAt, Acts: []Act{}}
	if !d.From.IsZero() {
		out.From = d.From.String()
	}
	for _, a := range d.Acts {
		out.Acts = append(out.Acts, Act{a.Act, a.At, a.Name, a.Agency, a.Note})
	}
	return out
}

type servicesOut struct {
	Body struct {
		Services []Service `json:"services"`
	}
}

func (h handlers) services(ctx context.Context, c api.Call, in *servicesIn) (*servicesOut, error) {
	list, err := h.s.List(ctx, c.Actor, in.Query)
	if err != nil {
		return nil, err
	}
	var out servicesOut
	out.Body.Services = []Service{}
	for _, e := range list {
		s := Service{ID: e.Service.ID, Title: e.Service.Title.In(c.Lang), Drafts: []Draft{}}
		if !e.Coming.IsZero() {
			s.Coming = e.Coming.String()
		}
		for _, d := range e.Drafts {
			s.Drafts = append(s.Drafts, draftOf(d))
		}
		out.Body.Services = append(out.Body.Services, s)
	}
	return &out, nil
}

// Version is what a service was from a date on.
type Version struct {
	Pack    string `json:"pack"`
	From    string `json:"from"`
	InForce bool   `json:"in_force"`
	Coming  bool   `json:"coming"`
	Origin  string `json:"origin" enum:"draft,program,pack"`
	Draft   *Draft `json:"draft,omitempty"`
}

type historyOut struct {
	Body struct {
		Versions []Version `json:"versions"`
	}
}

type serviceIn struct {
	ID string `path:"id" maxLength:"60"`
}

func (h handlers) history(ctx context.Context, c api.Call, in *serviceIn) (*historyOut, error) {
	list, err := h.s.History(ctx, c.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	var out historyOut
	out.Body.Versions = []Version{}
	for _, v := range list {
		x := Version{Pack: v.Pack, From: v.From.String(), InForce: v.InForce, Coming: v.Coming, Origin: "pack"}
		switch {
		case v.Draft != nil:
			d := draftOf(v.Draft)
			x.Origin, x.Draft = "draft", &d
		case v.ByProgram:
			x.Origin = "program"
		}
		out.Body.Versions = append(out.Body.Versions, x)
	}
	return &out, nil
}

// File is how one file differs.
type File struct {
	File    string `json:"file"`
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Hunks   []Hunk `json:"hunks"`
}

// Hunk is a run of lines.
type Hunk struct {
	Lines []Line `json:"lines"`
}

// Line is one line of a diff.
type Line struct {
	Op   string `json:"op" enum:"same,added,removed"`
	Old  int    `json:"old,omitempty"`
	New  int    `json:"new,omitempty"`
	Text string `json:"text"`
}

type diffOut struct {
	Body struct {
		Files []File `json:"files"`
	}
}

func diff(list []editor.FileDiff) *diffOut {
	var out diffOut
	out.Body.Files = []File{}
	for _, d := range list {
		f := File{File: d.File, Added: d.Added, Removed: d.Removed, Hunks: []Hunk{}}
		for _, h := range d.Hunks {
			var x Hunk
			for _, l := range h.Lines {
				op := map[editor.Op]string{editor.Same: "same", editor.Add: "added", editor.Del: "removed"}[l.Op]
				x.Lines = append(x.Lines, Line{op, l.Old, l.New, l.Text})
			}
			f.Hunks = append(f.Hunks, x)
		}
		out.Body.Files = append(out.Body.Files, f)
	}
	return &out
}

type compareIn struct {
	ID   string `path:"id" maxLength:"60"`
	From string `query:"from" maxLength:"64" required:"true" doc:"pack of the earlier version"`
	To   string `query:"to" maxLength:"64" required:"true"`
}

func (h handlers) compare(ctx context.Context, c api.Call, in *compareIn) (*diffOut, error) {
	list, err := h.s.Compare(ctx, c.Actor, in.ID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return diff(list), nil
}

type beginIn struct {
	Keyed
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		Pack string `json:"pack,omitempty" maxLength:"64" doc:"version to go back to"`
	}
}

// Work is a draft with its files.
type Work struct {
	Draft
	Files      map[string]string `json:"files" doc:"all files of the service, with the draft's changes"`
	Changed    []string          `json:"changed"`
	Moved      bool              `json:"moved" doc:"another version came into force, and nothing overlaps"`
	Collisions []Collision       `json:"collisions"`
	MayWrite   bool              `json:"may_write"`
	MayReview  bool              `json:"may_review"`
}

// Collision is a part that both sides changed.
type Collision struct {
	Key    string `json:"key"`
	Base   string `json:"base"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
}

type workOut struct{ Body Work }

func (h handlers) work(ctx context.Context, actor authz.Actor, id kernel.ID) (*workOut, error) {
	w, err := h.s.Open(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	out := Work{Draft: draftOf(w.Draft), Files: w.Files, Changed: []string{}, Moved: w.Moved, Collisions: []Collision{}, MayWrite: w.MayWrite, MayReview: w.MayReview}
	for _, d := range w.Diff() {
		out.Changed = append(out.Changed, d.File)
	}
	for _, x := range w.Collisions {
		out.Collisions = append(out.Collisions, Collision{x.Key(), x.Base, x.Mine, x.Theirs})
	}
	return &workOut{out}, nil
}

func (h handlers) begin(ctx context.Context, c api.Call, in *beginIn) (*workOut, error) {
	keyed, err := in.as(ctx, "begin", in.Body)
	if err != nil {
		return nil, err
	}
	id, err := h.s.Begin(keyed, c.Actor, in.ID, in.Body.Pack)
	if err != nil {
		return nil, err
	}
	return h.work(ctx, c.Actor, id)
}

func (h handlers) draft(ctx context.Context, c api.Call, in *ByID) (*workOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return h.work(ctx, c.Actor, id)
}

type putIn struct {
	Keyed
	ByID
	Body struct {
		Revision int64             `json:"revision" doc:"that the files were made from"`
		Files    map[string]string `json:"files"`
	}
}

func (h handlers) put(ctx context.Context, c api.Call, in *putIn) (*workOut, error) {
	return h.once(ctx, c, in.Keyed, in.ByID, "save", in.Body, func(ctx context.Context, id kernel.ID) error {
		_, err := h.s.Save(ctx, c.Actor, id, in.Body.Revision, editor.Files(in.Body.Files))
		return err
	})
}

// Finding is one thing the check says.
type Finding struct {
	Severity string `json:"severity" enum:"error,warning"`
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`
	Message  string `json:"message"`
}

// Example is a situation, and what came out otherwise than it says.
type Example struct {
	Name   string   `json:"name"`
	Passes bool     `json:"passes"`
	Failed []string `json:"failed"`
}

type checkOut struct {
	Body struct {
		Errors   int       `json:"errors"`
		Findings []Finding `json:"findings"`
		Examples []Example `json:"examples"`
	}
}

func (h handlers) check(ctx context.Context, c api.Call, in *ByID) (*checkOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	w, err := h.s.Open(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	r, err := h.s.Check(ctx, w)
	if err != nil {
		return nil, err
	}
	var out checkOut
	out.Body.Errors, out.Body.Findings, out.Body.Examples = r.Errors, []Finding{}, []Example{}
	for _, f := range r.Findings {
		out.Body.Findings = append(out.Body.Findings, Finding{string(f.Severity), f.File, f.Line, f.Message})
	}
	for _, e := range r.Examples {
		out.Body.Examples = append(out.Body.Examples, Example{e.Name, len(e.Failed) == 0, append([]string{}, e.Failed...)})
	}
	return &out, nil
}

func (h handlers) diff(ctx context.Context, c api.Call, in *ByID) (*diffOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	w, err := h.s.Open(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	return diff(w.Diff()), nil
}

type mergeIn struct {
	Keyed
	ByID
	Body struct {
		Revision int64             `json:"revision"`
		Choices  map[string]string `json:"choices" doc:"by the collision's key: mine or theirs"`
	}
}

func (h handlers) merge(ctx context.Context, c api.Call, in *mergeIn) (*workOut, error) {
	return h.once(ctx, c, in.Keyed, in.ByID, "merge", in.Body, func(ctx context.Context, id kernel.ID) error {
		return h.s.Resolve(ctx, c.Actor, id, in.Body.Revision, in.Body.Choices)
	})
}

type proposeIn struct {
	Keyed
	ByID
	Body struct {
		Revision int64  `json:"revision"`
		From     string `json:"from" format:"date"`
		Why      string `json:"why" maxLength:"1000"`
	}
}

func (h handlers) propose(ctx context.Context, c api.Call, in *proposeIn) (*workOut, error) {
	from, err := kernel.ParseDate(in.Body.From)
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "catalog.editor.no_date", err).Field("from", "catalog.editor.no_date", nil)
	}
	return h.once(ctx, c, in.Keyed, in.ByID, "propose", in.Body, func(ctx context.Context, id kernel.ID) error {
		return h.s.Propose(ctx, c.Actor, id, in.Body.Revision, from, in.Body.Why)
	})
}

type actIn struct {
	Keyed
	ByID
	Body struct {
		Revision int64 `json:"revision" doc:"that you looked at"`
	}
}

func (h handlers) act(name string, do func(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64) error) func(context.Context, api.Call, *actIn) (*workOut, error) {
	return func(ctx context.Context, c api.Call, in *actIn) (*workOut, error) {
		return h.once(ctx, c, in.Keyed, in.ByID, name, in.Body, func(ctx context.Context, id kernel.ID) error {
			return do(ctx, c.Actor, id, in.Body.Revision)
		})
	}
}

type sendBackIn struct {
	Keyed
	ByID
	Body struct {
		Revision int64  `json:"revision"`
		Note     string `json:"note" maxLength:"1000" doc:"what should be put right"`
	}
}

func (h handlers) sendBack(ctx context.Context, c api.Call, in *sendBackIn) (*workOut, error) {
	return h.once(ctx, c, in.Keyed, in.ByID, "send_back", in.Body, func(ctx context.Context, id kernel.ID) error {
		return h.s.SendBack(ctx, c.Actor, id, in.Body.Revision, in.Body.Note)
	})
}
