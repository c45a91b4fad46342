package mandate

import (
	"context"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// operations are the domain's part of the JSON API. To act for somebody with
// any other operation, a caller names the mandate in the header Maru-Acting-For.
func (s *Service) operations(a *api.API) {
	const get, post = http.MethodGet, http.MethodPost
	own := func(id, method, path, summary string) api.Op {
		return api.Op{ID: "mandates." + id, Method: method, Path: path, Summary: summary, Scope: authz.ScopeApplications}
	}
	desk := func(id, method, path, summary string) api.Op {
		return api.Op{ID: "mandates." + id, Method: method, Path: path, Summary: summary, Scope: authz.ScopeDesk}
	}
	api.Register(a, api.Op{ID: "mandates.themes", Method: get, Path: "/mandates/themes", Summary: "What may be entrusted to somebody, in its newest versions."}, s.opThemes)
	api.Register(a, own("list", get, "/mandates", "Mandates that you gave and under which you may act, the newest first."), s.opList)
	api.Register(a, own("give", post, "/mandates", "Let a named person act for you; they accept with the code of the answer."), s.opGive)
	api.Register(a, own("accept", post, "/mandates/acceptance", "Accept an offer by its code."), s.opAccept)
	api.Register(a, own("end", post, "/mandates/{id}/end", "End a mandate that you gave or have, at once and for good."), s.opEnd)
	api.Register(a, own("child", post, "/mandates/child", "The mandate by which the law lets you act for your minor child."), s.opChild)
	api.Register(a, desk("check", post, "/desk/mandates/check", "May the actor of a mandate do this? Yes or no, without a reason; the principal sees that you asked."), s.opCheck)
	// What lets somebody act for a ward asks for a fresh proof, as its pages do.
	register := desk("register", post, "/desk/mandates", "Register a guardianship that a court ordered; a second official confirms it.")
	confirm := desk("confirm", post, "/desk/mandates/{id}/confirmation", "Confirm what a colleague registered.")
	register.Fresh, confirm.Fresh = true, true
	api.Register(a, register, s.opRegister)
	api.Register(a, confirm, s.opConfirm)
	api.Register(a, desk("end_order", post, "/desk/mandates/{id}/end", "End or decline an order that your agency registered."), s.opEndOrder)
}

// Out is a mandate as its sides see it.
type Out struct {
	ID        kernel.ID   `json:"id"`
	Basis     string      `json:"basis" enum:"law,order,register,mandate"`
	Theme     string      `json:"theme"`
	Version   int64       `json:"version"`
	Actions   []string    `json:"actions"`
	Services  []string    `json:"services"`
	Principal string      `json:"principal"`
	Actor     string      `json:"actor"`
	Since     kernel.Time `json:"since,omitzero"`
	Until     kernel.Time `json:"until"`
	State     string      `json:"state" enum:"offered,proposed,active,ended"`
	Ended     string      `json:"ended,omitempty"`
	Holds     bool        `json:"holds" doc:"It can be used now, as far as its own terms go."`
	Code      string      `json:"code,omitempty" doc:"To hand on to the actor, while the offer waits; the principal sees it."`
}

func (s *Service) out(m *Mandate) Out {
	return Out{ID: m.ID, Basis: m.Basis, Theme: m.Theme.ID, Version: m.Version, Actions: m.Theme.Actions, Services: m.Theme.Services,
		Principal: m.Names.Principal, Actor: m.Names.Actor, Since: m.Since, Until: m.Until, State: m.State, Ended: m.Ended, Holds: m.Holds(s.now())}
}

type oneOut struct{ Body Out }

type themesOut struct {
	Body struct {
		Themes []ThemeOut `json:"themes"`
	}
}

// ThemeOut is a theme in the reader's language.
type ThemeOut struct {
	ID       string   `json:"id"`
	Version  int64    `json:"version"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Bases    []string `json:"bases"`
	Days     int      `json:"days" doc:"The longest that it may last; 0 where the law sets the end."`
	Actions  []string `json:"actions"`
	Services []string `json:"services"`
}

func (s *Service) opThemes(_ context.Context, c api.Call, _ *struct{}) (*themesOut, error) {
	out := &themesOut{}
	for _, basis := range []string{ByMandate, ByLaw, ByRegister, ByOrder} {
		for _, t := range s.Themes(basis) {
			out.Body.Themes = append(out.Body.Themes, ThemeOut{t.ID, t.Version, t.Title.In(c.Lang), t.Text.In(c.Lang), t.Bases, t.Days, t.Actions, t.Services})
		}
	}
	return out, nil
}

type listOut struct {
	Body struct {
		Given []Out `json:"given"`
		Held  []Out `json:"held"`
	}
}

func (s *Service) opList(ctx context.Context, c api.Call, _ *struct{}) (*listOut, error) {
	mine, err := s.Mine(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	out := &listOut{}
	out.Body.Given, out.Body.Held = []Out{}, []Out{}
	for _, m := range mine.Given {
		one := s.out(m)
		one.Code = s.Code(m)
		out.Body.Given = append(out.Body.Given, one)
	}
	for _, m := range mine.Held {
		out.Body.Held = append(out.Body.Held, s.out(m))
	}
	return out, nil
}

// Keyed carries the key of an act.
type Keyed struct {
	Key string `header:"Idempotency-Key" doc:"Repeat a request with the same key and it applies once."`
}

type giveIn struct {
	Keyed
	Body struct {
		Theme string      `json:"theme" maxLength:"64"`
		Name  string      `json:"name" maxLength:"200"`
		Birth kernel.Date `json:"birth"`
		Last  kernel.Date `json:"last" doc:"The last day on which it holds."`
	}
}

func (s *Service) opGive(ctx context.Context, c api.Call, in *giveIn) (*oneOut, error) {
	m, err := s.Give(ctx, c.Actor, in.Key, Offer(in.Body))
	if err != nil {
		return nil, err
	}
	out := &oneOut{s.out(m)}
	out.Body.Code = s.Code(m)
	return out, nil
}

type acceptIn struct {
	Body struct {
		Code string `json:"code" maxLength:"40"`
	}
}

func (s *Service) opAccept(ctx context.Context, c api.Call, in *acceptIn) (*oneOut, error) {
	m, err := s.Accept(ctx, c.Actor, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &oneOut{s.out(m)}, nil
}

type idIn struct {
	ID string `path:"id" maxLength:"64"`
}

func (in *idIn) id() (kernel.ID, error) {
	id, err := kernel.ParseID(in.ID)
	if err != nil {
		return "", kernel.E(kernel.NotFound, "mandate.error.none", err)
	}
	return id, nil
}

func (s *Service) opEnd(ctx context.Context, c api.Call, in *idIn) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, s.End(ctx, c.Actor, id)
}

type childIn struct {
	Body struct {
		Person string `json:"person" maxLength:"64"`
	}
}

func (s *Service) opChild(ctx context.Context, c api.Call, in *childIn) (*oneOut, error) {
	m, err := s.ForChild(ctx, c.Actor, in.Body.Person)
	if err != nil {
		return nil, err
	}
	return &oneOut{s.out(m)}, nil
}

type checkIn struct {
	Body struct {
		Agency  string `json:"agency,omitempty" maxLength:"64"`
		Mandate string `json:"mandate" maxLength:"64"`
		Action  string `json:"action" maxLength:"64"`
		Service string `json:"service" maxLength:"64"`
	}
}

type checkOut struct {
	Body struct {
		Allowed bool `json:"allowed"`
	}
}

func (s *Service) opCheck(ctx context.Context, c api.Call, in *checkIn) (*checkOut, error) {
	id, err := kernel.ParseID(in.Body.Mandate)
	if err != nil {
		id = "" // as unknown as any other
	}
	out := &checkOut{}
	out.Body.Allowed, err = s.Check(ctx, c.Actor, in.Body.Agency, Question{id, in.Body.Action, in.Body.Service})
	return out, err
}

type cardIn struct {
	Name   string      `json:"name" maxLength:"200"`
	Birth  kernel.Date `json:"birth"`
	Sex    string      `json:"sex" enum:"female,male"`
	Region string      `json:"region" maxLength:"5"`
}

type registerIn struct {
	Keyed
	Body struct {
		Agency   string      `json:"agency,omitempty" maxLength:"64"`
		Theme    string      `json:"theme" maxLength:"64"`
		Ward     cardIn      `json:"ward"`
		Guardian cardIn      `json:"guardian"`
		Court    string      `json:"court" maxLength:"200"`
		Case     string      `json:"case" maxLength:"200"`
		Ordered  kernel.Date `json:"ordered"`
		Last     kernel.Date `json:"last"`
		Evidence string      `json:"evidence" maxLength:"64" doc:"SHA-256 of the scanned certificate, in hex."`
	}
}

func (s *Service) opRegister(ctx context.Context, c api.Call, in *registerIn) (*oneOut, error) {
	b := in.Body
	m, err := s.Register(ctx, c.Actor, in.Key, Order{b.Agency, b.Theme, Card(b.Ward), Card(b.Guardian), b.Court, b.Case, b.Ordered, b.Last, b.Evidence})
	if err != nil {
		return nil, err
	}
	return &oneOut{s.out(m)}, nil
}

func (s *Service) opConfirm(ctx context.Context, c api.Call, in *idIn) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, s.Confirm(ctx, c.Actor, id)
}

func (s *Service) opEndOrder(ctx context.Context, c api.Call, in *idIn) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, s.EndOrder(ctx, c.Actor, id)
}
