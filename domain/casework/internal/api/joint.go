package api

import (
	"context"
	"net/http"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

func (h handlers) registerJoint(a *api.API) {
	op := func(id, method, path, summary string) api.Op {
		return api.Op{ID: "joint." + id, Method: method, Path: path, Summary: summary, Scope: authz.ScopeDesk}
	}
	const get, post = http.MethodGet, http.MethodPost
	api.Register(a, op("ask", post, "/desk/cases/{id}/joint", "Ask another agency for its opinion on a case."), atDesk(h.jointAsk))
	api.Register(a, op("remind", post, "/desk/joint/{id}/reminder", "Ask again for an opinion that is waited for."), atDesk(h.jointRemind))
	api.Register(a, op("reply", post, "/desk/joint/{id}/reply", "Answer what the asked agency wants to know."), atDesk(h.jointReply))
	api.Register(a, op("withdraw", post, "/desk/joint/{id}/withdrawal", "Take a request for an opinion back."), atDesk(h.jointWithdraw))
	api.Register(a, op("list", get, "/desk/joint", "What other agencies ask of yours."), h.jointList)
	api.Register(a, op("get", get, "/desk/joint/{id}", "One request with what you may see of the case; the look is logged."), h.jointGet)
	api.Register(a, op("take", post, "/desk/joint/{id}/take", "Take a request into hand."), h.jointTake)
	api.Register(a, op("question", post, "/desk/joint/{id}/question", "Ask the agency in charge something back."), h.jointQuestion)
	api.Register(a, op("extend", post, "/desk/joint/{id}/extension", "Take longer, once, and say why."), h.jointExtend)
	api.Register(a, op("answer", post, "/desk/joint/{id}/opinion", "Give your agency's opinion."), h.jointAnswer)
}

type jointAskIn struct {
	Keyed
	ByID
	Body struct {
		Agency    string      `json:"agency" maxLength:"64"`
		Ask       string      `json:"ask,omitempty" maxLength:"20000"`
		Questions []string    `json:"questions,omitempty" maxItems:"200" doc:"Whose answers the asked agency may see."`
		Files     []string    `json:"files,omitempty" maxItems:"200" doc:"Which files it may see."`
		Until     kernel.Date `json:"until,omitzero"`
	}
}

func (h handlers) jointAsk(ctx context.Context, actor authz.Actor, id kernel.ID, in *jointAskIn) (*casework.Application, error) {
	b := in.Body
	return h.s.JointAsk(ctx, actor, id, in.Key, casework.JointInput{Agency: b.Agency, Ask: b.Ask, Questions: b.Questions, Files: b.Files, Until: b.Until})
}

func (h handlers) jointRemind(ctx context.Context, actor authz.Actor, id kernel.ID, in *actIn) (*casework.Application, error) {
	return h.s.JointRemind(ctx, actor, id, in.Key)
}

func (h handlers) jointReply(ctx context.Context, actor authz.Actor, id kernel.ID, in *correctionIn) (*casework.Application, error) {
	return h.s.JointReply(ctx, actor, id, in.Key, in.Body.Message)
}

type jointWithdrawIn struct {
	Keyed
	ByID
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"20000"`
	}
}

func (h handlers) jointWithdraw(ctx context.Context, actor authz.Actor, id kernel.ID, in *jointWithdrawIn) (*casework.Application, error) {
	return h.s.JointWithdraw(ctx, actor, id, in.Key, in.Body.Reason)
}

// joint is a request as the asked agency's list shows it: nothing personal.
type joint struct {
	ID       kernel.ID   `json:"id"`
	Number   string      `json:"number"`
	Service  string      `json:"service"`
	Lead     string      `json:"lead"`
	State    string      `json:"state"`
	Taker    kernel.ID   `json:"taker"`
	Opinion  string      `json:"opinion,omitempty"`
	AskedAt  kernel.Time `json:"asked_at"`
	Due      kernel.Time `json:"due"`
	Reminded kernel.Time `json:"reminded_at"`
	ClosedAt kernel.Time `json:"closed_at"`
}

type jointsIn struct {
	Agency string `query:"agency" maxLength:"64"`
	Closed bool   `query:"closed"`
	At     int64  `query:"at" doc:"Of the last request seen, as \"next_at\" gave it."`
	After  string `query:"after" maxLength:"64" doc:"Of the last request seen, as \"next\" gave it."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type jointsOut struct {
	Body struct {
		Requests []joint `json:"requests"`
		NextAt   int64   `json:"next_at,omitempty"`
		Next     string  `json:"next,omitempty"`
	}
}

func (h handlers) jointList(ctx context.Context, c api.Call, in *jointsIn) (*jointsOut, error) {
	l, err := h.s.JointDesk(ctx, c.Actor, casework.JointQuery{Agency: in.Agency, Closed: in.Closed, At: kernel.Time(in.At), ID: kernel.ID(in.After), Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &jointsOut{}
	out.Body.Requests = make([]joint, 0, len(l))
	for _, j := range l {
		out.Body.Requests = append(out.Body.Requests, joint{j.ID, j.Number, j.Service, j.Lead, j.State, j.Taker, j.Opinion, j.CreatedAt, j.DueAt, j.RemindedAt, j.ClosedAt})
	}
	if len(l) == in.Limit {
		last := l[len(l)-1]
		out.Body.Next, out.Body.NextAt = string(last.ID), int64(last.DueAt)
		if in.Closed {
			out.Body.NextAt = int64(last.ClosedAt)
		}
	}
	return out, nil
}

type jointOut struct {
	Body struct {
		joint
		Ask      string                  `json:"ask,omitempty"`
		Reason   string                  `json:"reason,omitempty"`
		Answers  map[string]kernel.Value `json:"answers"`
		Files    []file                  `json:"files"`
		Timeline []jointStep             `json:"timeline"`
		Longest  kernel.Date             `json:"longest,omitzero" doc:"Last day to which your agency may take longer."`
	}
}

type jointStep struct {
	At     kernel.Time `json:"at"`
	Act    string      `json:"act"`
	By     string      `json:"by"`
	Agency string      `json:"agency"`
	Note   string      `json:"note,omitempty"`
}

func (h handlers) jointGet(ctx context.Context, c api.Call, in *ByID) (*jointOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	j, err := h.s.JointLook(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	out := &jointOut{}
	b := &out.Body
	b.joint = joint{j.ID, j.Number, j.Service.ID, j.Lead, j.State, j.Taker, j.Opinion, j.CreatedAt, j.DueAt, j.RemindedAt, j.ClosedAt}
	b.Ask, b.Reason, b.Answers, b.Longest = j.Ask, j.Reason, j.Answers, j.Longest
	b.Files, b.Timeline = []file{}, []jointStep{}
	for _, f := range j.Files {
		b.Files = append(b.Files, file{f.ID, f.Question, f.Name, f.Type, f.Size})
	}
	for _, s := range j.Steps {
		b.Timeline = append(b.Timeline, jointStep{s.At, s.Act, s.By, s.Agency, s.Note})
	}
	return out, nil
}

// afterwards answers an act of the asked agency with the request as it is now.
func (h handlers) afterwards(ctx context.Context, c api.Call, in *ByID, do func(id kernel.ID) error) (*jointOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if err := do(id); err != nil {
		return nil, err
	}
	return h.jointGet(ctx, c, in)
}

func (h handlers) jointTake(ctx context.Context, c api.Call, in *actIn) (*jointOut, error) {
	return h.afterwards(ctx, c, &in.ByID, func(id kernel.ID) error { return h.s.JointTake(ctx, c.Actor, id, in.Key) })
}

func (h handlers) jointQuestion(ctx context.Context, c api.Call, in *correctionIn) (*jointOut, error) {
	return h.afterwards(ctx, c, &in.ByID, func(id kernel.ID) error { return h.s.JointQuestion(ctx, c.Actor, id, in.Key, in.Body.Message) })
}

func (h handlers) jointExtend(ctx context.Context, c api.Call, in *extendIn) (*jointOut, error) {
	return h.afterwards(ctx, c, &in.ByID, func(id kernel.ID) error {
		return h.s.JointExtend(ctx, c.Actor, id, in.Key, in.Body.Until, in.Body.Reason)
	})
}

type opinionIn struct {
	Keyed
	ByID
	Body struct {
		Opinion string `json:"opinion" maxLength:"40" doc:"agree, conditions, object or not_ours"`
		Reason  string `json:"reason,omitempty" maxLength:"20000"`
	}
}

func (h handlers) jointAnswer(ctx context.Context, c api.Call, in *opinionIn) (*jointOut, error) {
	return h.afterwards(ctx, c, &in.ByID, func(id kernel.ID) error {
		return h.s.JointAnswer(ctx, c.Actor, id, in.Key, in.Body.Opinion, in.Body.Reason)
	})
}
