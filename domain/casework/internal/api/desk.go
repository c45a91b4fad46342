package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// registerDesk adds the operations about how officials work together.
func (h handlers) registerDesk(a *api.API) {
	op := func(id, method, path, summary string) api.Op {
		return api.Op{ID: "desk." + id, Method: method, Path: "/desk" + path, Summary: summary, Scope: authz.ScopeDesk}
	}
	created := func(o api.Op) api.Op {
		o.Status = http.StatusCreated
		return o
	}
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	api.Register(a, op("views", get, "/views/{view}", "A view of open cases by due date: mine, team, unassigned, due, waiting or all."), h.view)
	api.Register(a, op("workload", get, "/workload", "How work is spread over teams and members; for leads and managers."), h.workload)
	api.Register(a, op("colleagues", get, "/colleagues", "Who works at the agency's desk."), h.colleagues)
	api.Register(a, op("teams", get, "/teams", "The agency's teams."), h.teams)
	api.Register(a, created(op("team_make", post, "/teams", "Set up a team; for managers.")), h.makeTeam)
	api.Register(a, op("team_change", put, "/teams/{id}", "Change a team; a lead changes its members only."), h.changeTeam)
	api.Register(a, op("team_close", del, "/teams/{id}", "Close a team; its queue goes to another team or to the agency."), h.closeTeam)
	api.Register(a, op("absences", get, "/absences", "Who is away, now and later, and who acts instead."), h.absences)
	api.Register(a, created(op("absence_make", post, "/absences", "Be away; a deputy acts meanwhile.")), h.beAway)
	api.Register(a, op("absence_end", del, "/absences/{id}", "End an absence now."), h.beBack)
	api.Register(a, op("notes", get, "/notes", "What waits for you, and for those you act for, newest first."), h.notes)
	api.Register(a, op("note_seen", post, "/notes/{id}/seen", "Mark one as read."), h.noteSeen)
	api.Register(a, op("handover", post, "/cases/{id}/handover", "Hand a case to a colleague."), atDesk(h.handOver))
	api.Register(a, op("handover_answer", post, "/cases/{id}/handover/answer", "Take up, decline or take back a case handed over."), atDesk(h.handOverAnswer))
	api.Register(a, op("handover_all", post, "/handover", "Hand every open case of one official to a colleague."), h.handOverAll)
	api.Register(a, op("comments", get, "/cases/{id}/comments", "What officials of the agency wrote about a case; the look is logged."), h.comments)
	api.Register(a, created(op("comment", post, "/cases/{id}/comments", "Leave a comment that officials of the agency read, never the applicant.")), atDesk(h.comment))
	api.Register(a, op("follow", put, "/cases/{id}/follow", "Be told of comments on a case, or no more."), h.follow)
}

// AtAgency names the agency whose desk it is.
type AtAgency struct {
	Agency string `query:"agency" maxLength:"64" doc:"Yours, or your first without it."`
}

type viewIn struct {
	AtAgency
	View    string `path:"view" maxLength:"20"`
	Service string `query:"service" maxLength:"64"`
	Status  string `query:"status" maxLength:"40"`
	Due     string `query:"due" maxLength:"20" doc:"overdue, today, week, later or stopped."`
	Last    bool   `query:"last" doc:"The least urgent first."`
	Cursor  string `query:"cursor" maxLength:"40" doc:"Of the page before, as \"next\" gave it."`
	Limit   int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type viewOut struct {
	Body struct {
		View    string         `json:"view"`
		Cases   []deskCase     `json:"cases"`
		Next    string         `json:"next,omitempty"`
		Counts  map[string]int `json:"counts"`
		Instead []kernel.ID    `json:"acting_for"`
	}
}

func (h handlers) view(ctx context.Context, c api.Call, in *viewIn) (*viewOut, error) {
	q := casework.ViewQuery{Agency: in.Agency, View: in.View, Service: in.Service, Status: in.Status, Due: in.Due, Last: in.Last, Limit: in.Limit}
	if in.Cursor != "" {
		due, seq, _ := strings.Cut(in.Cursor, ".")
		d, derr := strconv.ParseInt(due, 36, 64)
		n, err := strconv.ParseInt(seq, 36, 64)
		if derr != nil || err != nil || n <= 0 {
			return nil, kernel.E(kernel.Invalid, "casework.error.cursor", err).Field("cursor", "casework.error.cursor", nil)
		}
		q.After = casework.Cursor{Due: kernel.Time(d), Seq: n}
	}
	got, err := h.s.View(ctx, c.Actor, q)
	if err != nil {
		return nil, err
	}
	out := &viewOut{}
	out.Body.View, out.Body.Counts, out.Body.Instead, out.Body.Cases = got.View, got.Counts, append([]kernel.ID{}, got.Instead...), []deskCase{}
	for _, a := range got.Cases {
		out.Body.Cases = append(out.Body.Cases, deskCase{outline(a), string(a.Assignee)})
	}
	if got.More && len(got.Cases) > 0 {
		last := got.Cases[len(got.Cases)-1]
		out.Body.Next = strconv.FormatInt(int64(last.DueAt), 36) + "." + strconv.FormatInt(last.Seq, 36)
	}
	return out, nil
}

// load is what lies on one desk; open and at_risk are counted up to 1,000.
type load struct {
	Open   int         `json:"open"`
	AtRisk int         `json:"at_risk"`
	Oldest kernel.Time `json:"oldest"`
}

type memberLoad struct {
	Account kernel.ID `json:"account"`
	Name    string    `json:"name"`
	Lead    bool      `json:"lead"`
	load
}

type teamLoad struct {
	Team    kernel.ID    `json:"team"`
	Queue   load         `json:"queue"`
	Members []memberLoad `json:"members"`
}

type workloadOut struct {
	Body struct {
		Teams []teamLoad `json:"teams"`
	}
}

func (h handlers) workload(ctx context.Context, c api.Call, in *AtAgency) (*workloadOut, error) {
	l, err := h.s.Workload(ctx, c.Actor, in.Agency)
	if err != nil {
		return nil, err
	}
	out := &workloadOut{}
	out.Body.Teams = []teamLoad{}
	for _, t := range l {
		x := teamLoad{Queue: load(t.Queue), Members: []memberLoad{}}
		if t.Team != nil {
			x.Team = t.Team.ID
		}
		for _, m := range t.Members {
			x.Members = append(x.Members, memberLoad{m.Account, m.Name, m.Lead, load(m.Load)})
		}
		out.Body.Teams = append(out.Body.Teams, x)
	}
	return out, nil
}

type colleague struct {
	Account kernel.ID `json:"account"`
	Name    string    `json:"name"`
}

type colleaguesOut struct {
	Body struct {
		Colleagues []colleague `json:"colleagues"`
	}
}

func (h handlers) colleagues(ctx context.Context, c api.Call, in *AtAgency) (*colleaguesOut, error) {
	l, err := h.s.Colleagues(ctx, c.Actor, in.Agency)
	if err != nil {
		return nil, err
	}
	out := &colleaguesOut{}
	out.Body.Colleagues = []colleague{}
	for _, o := range l {
		out.Body.Colleagues = append(out.Body.Colleagues, colleague{o.Account, o.Name})
	}
	return out, nil
}

// team is a team as people of the agency see it.
type team struct {
	ID       kernel.ID   `json:"id"`
	Name     kernel.Text `json:"name"`
	Services []string    `json:"services" doc:"None for all."`
	Spread   bool        `json:"spread" doc:"New cases are dealt out to members."`
	Leads    []kernel.ID `json:"leads"`
	Members  []kernel.ID `json:"members"`
	Rev      int64       `json:"rev"`
}

func teamOut(t *casework.Team) team {
	out := team{ID: t.ID, Name: t.Name, Services: append([]string{}, t.Services...), Spread: t.Spread, Leads: []kernel.ID{}, Members: []kernel.ID{}, Rev: t.Rev}
	for _, m := range t.Members {
		if m.Lead {
			out.Leads = append(out.Leads, m.Account)
		} else {
			out.Members = append(out.Members, m.Account)
		}
	}
	return out
}

type teamsOut struct {
	Body struct {
		Teams []team `json:"teams"`
	}
}

func (h handlers) teams(ctx context.Context, c api.Call, in *AtAgency) (*teamsOut, error) {
	l, err := h.s.Teams(ctx, c.Actor, in.Agency)
	if err != nil {
		return nil, err
	}
	out := &teamsOut{}
	out.Body.Teams = []team{}
	for _, t := range l {
		out.Body.Teams = append(out.Body.Teams, teamOut(t))
	}
	return out, nil
}

// teamBody is what a team is to be.
type teamBody struct {
	Name     kernel.Text `json:"name,omitempty"`
	Services []string    `json:"services,omitempty" maxItems:"200"`
	Spread   bool        `json:"spread,omitempty"`
	Leads    []kernel.ID `json:"leads,omitempty" maxItems:"50"`
	Members  []kernel.ID `json:"members,omitempty" maxItems:"200"`
	Rev      int64       `json:"rev,omitempty" doc:"Of the team that was looked at; changes meanwhile are a conflict then."`
}

func (b teamBody) input() casework.TeamInput {
	return casework.TeamInput{Name: b.Name, Services: b.Services, Spread: b.Spread, Leads: b.Leads, Members: b.Members, Rev: b.Rev}
}

type makeTeamIn struct {
	Keyed
	AtAgency
	Body teamBody
}

type oneTeamOut struct{ Body team }

func (h handlers) makeTeam(ctx context.Context, c api.Call, in *makeTeamIn) (*oneTeamOut, error) {
	t, err := h.s.MakeTeam(ctx, c.Actor, in.Agency, in.Key, in.Body.input())
	if err != nil {
		return nil, err
	}
	return &oneTeamOut{teamOut(t)}, nil
}

type changeTeamIn struct {
	ByID
	AtAgency
	Body teamBody
}

func (h handlers) changeTeam(ctx context.Context, c api.Call, in *changeTeamIn) (*oneTeamOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	t, err := h.s.ChangeTeam(ctx, c.Actor, in.Agency, id, in.Body.input())
	if err != nil {
		return nil, err
	}
	return &oneTeamOut{teamOut(t)}, nil
}

type byIDAt struct {
	ByID
	AtAgency
}

type doneOut struct {
	Body struct {
		Done bool `json:"done"`
	}
}

// done answers an act of which there is nothing to tell but that it is done.
func done(err error) (*doneOut, error) {
	if err != nil {
		return nil, err
	}
	out := &doneOut{}
	out.Body.Done = true
	return out, nil
}

func (h handlers) closeTeam(ctx context.Context, c api.Call, in *byIDAt) (*doneOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return done(h.s.CloseTeam(ctx, c.Actor, in.Agency, id))
}

type absence struct {
	ID      kernel.ID   `json:"id"`
	Account kernel.ID   `json:"account"`
	Deputy  kernel.ID   `json:"deputy" doc:"Empty for the team's lead."`
	From    kernel.Date `json:"from"`
	Until   kernel.Date `json:"until" doc:"Included."`
}

func absenceOf(a *casework.Absence) absence {
	return absence{a.ID, a.Account, a.Deputy, a.From, a.Until}
}

type absencesOut struct {
	Body struct {
		Absences []absence `json:"absences"`
	}
}

func (h handlers) absences(ctx context.Context, c api.Call, in *AtAgency) (*absencesOut, error) {
	l, err := h.s.Absences(ctx, c.Actor, in.Agency)
	if err != nil {
		return nil, err
	}
	out := &absencesOut{}
	out.Body.Absences = []absence{}
	for _, a := range l {
		out.Body.Absences = append(out.Body.Absences, absenceOf(a))
	}
	return out, nil
}

type awayIn struct {
	Keyed
	AtAgency
	Body struct {
		Account kernel.ID   `json:"account,omitempty" doc:"You without it; members of a team you lead."`
		Deputy  kernel.ID   `json:"deputy,omitempty" doc:"The team's lead without it."`
		From    kernel.Date `json:"from"`
		Until   kernel.Date `json:"until"`
	}
}

type absenceOut struct{ Body absence }

func (h handlers) beAway(ctx context.Context, c api.Call, in *awayIn) (*absenceOut, error) {
	a, err := h.s.BeAway(ctx, c.Actor, in.Agency, in.Key, casework.AbsenceInput{Account: in.Body.Account, Deputy: in.Body.Deputy, From: in.Body.From, Until: in.Body.Until})
	if err != nil {
		return nil, err
	}
	return &absenceOut{absenceOf(a)}, nil
}

func (h handlers) beBack(ctx context.Context, c api.Call, in *ByID) (*doneOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return done(h.s.BeBack(ctx, c.Actor, id))
}

type notesIn struct {
	AtAgency
	Cursor string `query:"cursor" maxLength:"64" doc:"Of the page before, as \"next\" gave it."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type deskNote struct {
	ID          kernel.ID   `json:"id"`
	Kind        string      `json:"kind"`
	Application kernel.ID   `json:"application,omitempty"`
	From        kernel.ID   `json:"from,omitempty"`
	For         kernel.ID   `json:"for" doc:"You, or somebody for whom you act."`
	Cases       int         `json:"cases"`
	At          kernel.Time `json:"at"`
}

type notesOut struct {
	Body struct {
		Notes []deskNote `json:"notes"`
		Next  string     `json:"next,omitempty"`
	}
}

func (h handlers) notes(ctx context.Context, c api.Call, in *notesIn) (*notesOut, error) {
	l, err := h.s.Pings(ctx, c.Actor, in.Agency, kernel.ID(in.Cursor), in.Limit)
	if err != nil {
		return nil, err
	}
	out := &notesOut{}
	out.Body.Notes = []deskNote{}
	for _, p := range l {
		out.Body.Notes = append(out.Body.Notes, deskNote{p.ID, p.Kind, p.Application, p.Source, p.Account, p.N, p.At})
	}
	if len(l) > 0 && len(l) == in.Limit {
		out.Body.Next = string(l[len(l)-1].ID)
	}
	return out, nil
}

func (h handlers) noteSeen(ctx context.Context, c api.Call, in *byIDAt) (*doneOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return done(h.s.Seen(ctx, c.Actor, in.Agency, id))
}

type handOverIn struct {
	Keyed
	ByID
	Body struct {
		To   kernel.ID `json:"to"`
		Note string    `json:"note,omitempty" maxLength:"20000"`
	}
}

func (h handlers) handOver(ctx context.Context, actor authz.Actor, id kernel.ID, in *handOverIn) (*casework.Application, error) {
	return h.s.HandOver(ctx, actor, id, in.Key, in.Body.To, in.Body.Note)
}

type handOverAnswerIn struct {
	Keyed
	ByID
	Body struct {
		Answer string `json:"answer" enum:"take_up,decline,take_back"`
		Reason string `json:"reason,omitempty" maxLength:"20000" doc:"Needed to decline."`
	}
}

func (h handlers) handOverAnswer(ctx context.Context, actor authz.Actor, id kernel.ID, in *handOverAnswerIn) (*casework.Application, error) {
	switch in.Body.Answer {
	case "decline":
		return h.s.Decline(ctx, actor, id, in.Key, in.Body.Reason)
	case "take_back":
		return h.s.TakeBack(ctx, actor, id, in.Key)
	}
	return h.s.TakeUp(ctx, actor, id, in.Key)
}

type handOverAllIn struct {
	AtAgency
	Body struct {
		From kernel.ID `json:"from,omitempty" doc:"You without it; members of a team you lead."`
		To   kernel.ID `json:"to"`
		Note string    `json:"note,omitempty" maxLength:"20000"`
	}
}

type handOverAllOut struct {
	Body struct {
		Moved int `json:"moved"`
		Kept  int `json:"kept" doc:"What the colleague cannot have, or was decided meanwhile."`
	}
}

func (h handlers) handOverAll(ctx context.Context, c api.Call, in *handOverAllIn) (*handOverAllOut, error) {
	moved, kept, err := h.s.HandOverAll(ctx, c.Actor, in.Agency, in.Body.From, in.Body.To, in.Body.Note)
	if err != nil {
		return nil, err
	}
	out := &handOverAllOut{}
	out.Body.Moved, out.Body.Kept = moved, kept
	return out, nil
}

type comment struct {
	ID       kernel.ID   `json:"id"`
	Author   kernel.ID   `json:"author"`
	At       kernel.Time `json:"at"`
	Text     string      `json:"text"`
	Mentions []kernel.ID `json:"mentions"`
}

type commentsOut struct {
	Body struct {
		Comments []comment `json:"comments"`
		Follows  bool      `json:"follows"`
	}
}

func (h handlers) comments(ctx context.Context, c api.Call, in *ByID) (*commentsOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if _, err := h.s.Look(ctx, c.Actor, id); err != nil {
		return nil, err
	}
	t, err := h.s.Teamwork(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	out := &commentsOut{}
	out.Body.Comments, out.Body.Follows = []comment{}, t.Follows
	for _, x := range t.Comments {
		out.Body.Comments = append(out.Body.Comments, comment{x.ID, x.Author, x.At, x.Text, append([]kernel.ID{}, x.Mentions...)})
	}
	return out, nil
}

type commentIn struct {
	Keyed
	ByID
	Body struct {
		Text     string      `json:"text,omitempty" maxLength:"20000"`
		Mentions []kernel.ID `json:"mentions,omitempty" maxItems:"50"`
	}
}

func (h handlers) comment(ctx context.Context, actor authz.Actor, id kernel.ID, in *commentIn) (*casework.Application, error) {
	return h.s.Comment(ctx, actor, id, in.Key, in.Body.Text, in.Body.Mentions)
}

type followIn struct {
	ByID
	Body struct {
		On bool `json:"on"`
	}
}

func (h handlers) follow(ctx context.Context, c api.Call, in *followIn) (*doneOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return done(h.s.Follow(ctx, c.Actor, id, in.Body.On))
}
