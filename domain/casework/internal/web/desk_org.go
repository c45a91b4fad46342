package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/spreadsheet"
	"maru/platform/web"
)

// registerDesk adds the rows about how officials work together.
func (p *Pages) registerDesk(page func(method, path, name string, who web.Audience, h web.Handler)) {
	const get, post = http.MethodGet, http.MethodPost
	page(post, "/desk/cases/{id}/handover", "desk_case_handover", web.Staff, p.deskHandover)
	page(post, "/desk/cases/{id}/handover/answer", "desk_case_handover_answer", web.Staff, p.deskHandoverAnswer)
	page(post, "/desk/cases/{id}/comments", "desk_comment", web.Staff, p.deskComment)
	page(post, "/desk/cases/{id}/follow", "desk_follow", web.Staff, p.deskFollow)
	page(post, "/desk/notes/{id}", "desk_note_seen", web.Staff, p.pingSeen)
	page(get, "/desk/handover", "desk_handover", web.Staff, p.handover)
	page(post, "/desk/handover", "desk_handover_all", web.Staff, p.handoverAll)
	page(get, "/desk/teams", "desk_teams", web.Staff, p.teams)
	page(get, "/desk/teams/new", "desk_team_new", web.Staff, p.teamNew)
	page(post, "/desk/teams/new", "desk_team_make", web.Staff, p.teamSave)
	page(get, "/desk/teams/{id}", "desk_team", web.Staff, p.teamEdit)
	page(post, "/desk/teams/{id}", "desk_team_save", web.Staff, p.teamSave)
	page(post, "/desk/teams/{id}/close", "desk_team_close", web.Staff, p.teamClose)
	page(get, "/desk/absence", "desk_absence", web.Staff, p.absence)
	page(post, "/desk/absence", "desk_absence_save", web.Staff, p.absenceSave)
	page(post, "/desk/absence/{id}/end", "desk_absence_end", web.Staff, p.absenceEnd)
	page(get, "/desk/workload", "desk_workload", web.Staff, p.workload)
	page(get, "/desk/workload/cases.csv", "desk_workload_csv", web.Staff, p.workloadCSV)
}

// at is the agency whose desk a page is about.
func (p *Pages) at(r *web.Request, asked string) (string, error) {
	mine := append(r.Actor.Agencies(authz.Official), r.Actor.Agencies(authz.Manager)...)
	switch {
	case len(mine) == 0, asked != "" && !slices.Contains(mine, asked):
		return "", kernel.E(kernel.Forbidden, "casework.error.not_official", nil)
	case asked == "":
		return mine[0], nil
	}
	return asked, nil
}

// again tells whether a form is shown again with what is wrong.
func again(err error) bool {
	k := kernel.KindOf(err)
	return err != nil && (k == kernel.Invalid || k == kernel.Conflict)
}

type teamsView struct {
	Agency, Name string
	Teams        []teamRow
	Manager      bool
	New          string
}

type teamRow struct {
	Name    string
	Rows    []design.Row
	Href    string
	MayEdit bool
}

func (p *Pages) teams(w http.ResponseWriter, r *web.Request) error {
	agency, err := p.at(r, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	teams, err := p.s.Teams(r.Context(), r.Actor, agency)
	if err != nil {
		return err
	}
	names, err := p.names(r, agency)
	if err != nil {
		return err
	}
	v := teamsView{Agency: agency, Name: p.s.Agencies.Name(agency, r.Lang), Manager: r.Actor.HasIn(authz.Manager, agency), New: p.orgHref(r, "/desk/teams/new", agency)}
	for _, t := range teams {
		var leads, members, services []string
		row := teamRow{Name: t.Name.In(r.Lang), Href: p.orgHref(r, "/desk/teams/"+string(t.ID), agency), MayEdit: v.Manager}
		for _, m := range t.Members {
			if m.Lead {
				leads = append(leads, names[m.Account])
				row.MayEdit = row.MayEdit || m.Account == r.Actor.Account
			} else {
				members = append(members, names[m.Account])
			}
		}
		for _, id := range t.Services {
			services = append(services, p.serviceTitle(r, id))
		}
		how := "casework.team.offer"
		if t.Spread {
			how = "casework.team.spread"
		}
		if len(services) == 0 {
			services = []string{r.T("casework.team.services_all")}
		}
		row.Rows = []design.Row{{Key: r.T("casework.team.leads"), Value: strings.Join(leads, ", ")}}
		if len(members) > 0 {
			row.Rows = append(row.Rows, design.Row{Key: r.T("casework.team.members"), Value: strings.Join(members, ", ")})
		}
		row.Rows = append(row.Rows, design.Row{Key: r.T("casework.team.services"), Value: strings.Join(services, ", ")}, design.Row{Key: r.T("casework.team.how"), Value: r.T(how)})
		v.Teams = append(v.Teams, row)
	}
	return p.srv.Render(w, r, views, web.View{Template: "desk-teams", Title: r.T("casework.team.title"), Data: v, Active: "desk"})
}

func (p *Pages) serviceTitle(r *web.Request, id string) string {
	if svc, _, err := p.s.Catalog.Current(id); err == nil {
		return svc.Title.In(r.Lang)
	}
	return id
}

type teamForm struct {
	Agency, Back   string
	ID             string
	Key            string
	Rev            int64
	KO, EN         string
	People         []design.Option
	Leads, Members []string
	Services       []design.Option
	Chosen         []string
	How            string
	Manager        bool
}

func (p *Pages) teamNew(w http.ResponseWriter, r *web.Request) error {
	agency, err := p.at(r, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	if !r.Actor.HasIn(authz.Manager, agency) {
		return kernel.E(kernel.Forbidden, "casework.team.error.managers_only", nil)
	}
	return p.renderTeam(w, r, teamForm{Agency: agency, Key: p.key(), How: "offer"}, nil)
}

func (p *Pages) teamEdit(w http.ResponseWriter, r *web.Request) error {
	agency, err := p.at(r, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	t, err := p.s.Team(r.Context(), r.Actor, agency, id)
	if err != nil {
		return err
	}
	v := teamForm{Agency: agency, ID: string(id), Rev: t.Rev, KO: t.Name.KO, EN: t.Name.EN, Chosen: t.Services, How: "offer"}
	if t.Spread {
		v.How = "spread"
	}
	lead := false
	for _, m := range t.Members {
		if m.Lead {
			v.Leads = append(v.Leads, string(m.Account))
			lead = lead || m.Account == r.Actor.Account
		} else {
			v.Members = append(v.Members, string(m.Account))
		}
	}
	if !lead && !r.Actor.HasIn(authz.Manager, agency) {
		return kernel.E(kernel.Forbidden, "casework.team.error.leads_only", nil)
	}
	return p.renderTeam(w, r, v, nil)
}

func (p *Pages) renderTeam(w http.ResponseWriter, r *web.Request, v teamForm, fail error) error {
	v.Back, v.Manager = p.orgHref(r, "/desk/teams", v.Agency), r.Actor.HasIn(authz.Manager, v.Agency)
	people, err := p.s.Colleagues(r.Context(), r.Actor, v.Agency)
	if err != nil {
		return err
	}
	for _, o := range people {
		v.People = append(v.People, design.Option{Value: string(o.Account), Label: o.Name})
	}
	for _, svc := range p.s.Catalog.Online() {
		if svc.Agency.Type == "" || p.s.Agencies.Takes(svc.Agency, v.Agency) {
			v.Services = append(v.Services, design.Option{Value: svc.ID, Label: svc.Title.In(r.Lang)})
		}
	}
	title := "casework.team.new"
	if v.ID != "" {
		title = "casework.team.edit"
	}
	return p.srv.Render(w, r, views, web.View{Template: "desk-team", Title: r.T(title), Data: v, Active: "desk", Err: fail})
}

func (p *Pages) teamSave(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	agency, err := p.at(r, form.Get("agency"))
	if err != nil {
		return err
	}
	in := casework.TeamInput{Name: kernel.Text{KO: form.Get("name_ko"), EN: form.Get("name_en")}, Services: form["services"], Spread: form.Get("how") == "spread"}
	for _, id := range form["leads"] {
		in.Leads = append(in.Leads, kernel.ID(id))
	}
	for _, id := range form["members"] {
		in.Members = append(in.Members, kernel.ID(id))
	}
	in.Rev, _ = strconv.ParseInt(form.Get("rev"), 10, 64) // without one, whatever stands is changed
	id := r.PathValue("id")
	if id == "" {
		_, err = p.s.MakeTeam(r.Context(), r.Actor, agency, key, in)
	} else {
		_, err = p.s.ChangeTeam(r.Context(), r.Actor, agency, kernel.ID(id), in)
	}
	if again(err) {
		return p.renderTeam(w, r, teamForm{Agency: agency, ID: id, Key: key, Rev: in.Rev, KO: in.Name.KO, EN: in.Name.EN, Leads: form["leads"],
			Members: form["members"], Chosen: form["services"], How: form.Get("how")}, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.team.saved")
	return p.srv.Redirect(w, r, "/desk/teams?agency="+url.QueryEscape(agency))
}

func (p *Pages) teamClose(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	agency, err := p.at(r, form.Get("agency"))
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := p.s.CloseTeam(r.Context(), r.Actor, agency, id); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.team.closed")
	return p.srv.Redirect(w, r, "/desk/teams?agency="+url.QueryEscape(agency))
}

type absenceView struct {
	Agency  string
	Key     string
	Rows    []absenceRow
	People  []design.Option
	Others  []design.Option // whose absence the actor may set besides their own
	Account string
	Deputy  string
	Form    url.Values
}

type absenceRow struct {
	ID, Title, Text string
	MayEnd          bool
}

func (p *Pages) absence(w http.ResponseWriter, r *web.Request) error {
	agency, err := p.at(r, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	return p.renderAbsence(w, r, absenceView{Agency: agency, Key: p.key(), Form: url.Values{}}, nil)
}

func (p *Pages) renderAbsence(w http.ResponseWriter, r *web.Request, v absenceView, fail error) error {
	people, err := p.s.Colleagues(r.Context(), r.Actor, v.Agency)
	if err != nil {
		return err
	}
	names := map[kernel.ID]string{}
	for _, o := range people {
		names[o.Account] = o.Name
	}
	teams, err := p.s.Teams(r.Context(), r.Actor, v.Agency)
	if err != nil {
		return err
	}
	may := map[kernel.ID]bool{r.Actor.Account: true}
	for _, o := range people {
		may[o.Account] = may[o.Account] || r.Actor.HasIn(authz.Manager, v.Agency)
	}
	for _, t := range teams {
		if slices.ContainsFunc(t.Members, func(m casework.Seat) bool { return m.Lead && m.Account == r.Actor.Account }) {
			for _, m := range t.Members {
				may[m.Account] = true
			}
		}
	}
	for _, o := range people {
		v.People = append(v.People, design.Option{Value: string(o.Account), Label: o.Name})
		if may[o.Account] {
			label := o.Name
			if o.Account == r.Actor.Account {
				label = r.T("casework.absence.myself")
			}
			v.Others = append(v.Others, design.Option{Value: string(o.Account), Label: label})
		}
	}
	if v.Account == "" {
		v.Account = string(r.Actor.Account)
	}
	l, err := p.s.Absences(r.Context(), r.Actor, v.Agency)
	if err != nil {
		return err
	}
	for _, a := range l {
		deputy := r.T("casework.absence.lead_acts")
		if a.Deputy != "" {
			deputy = r.T("casework.absence.acts", "who", names[a.Deputy])
		}
		v.Rows = append(v.Rows, absenceRow{ID: string(a.ID), Title: names[a.Account], MayEnd: may[a.Account],
			Text: r.T("casework.absence.days", "from", i18n.Date(r.Lang, a.From), "until", i18n.Date(r.Lang, a.Until)) + " " + deputy})
	}
	return p.srv.Render(w, r, views, web.View{Template: "desk-absence", Title: r.T("casework.absence.title"), Data: v, Active: "desk", Err: fail})
}

func (p *Pages) absenceSave(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	agency, err := p.at(r, form.Get("agency"))
	if err != nil {
		return err
	}
	in := casework.AbsenceInput{Account: kernel.ID(form.Get("account")), Deputy: kernel.ID(form.Get("deputy"))}
	var bad [2]error
	in.From, bad[0] = web.FormDate(form, "from")
	in.Until, bad[1] = web.FormDate(form, "until")
	if err = errors.Join(bad[0], bad[1]); err != nil {
		e := kernel.E(kernel.Invalid, "casework.error.answers", nil)
		for _, b := range bad {
			var k *kernel.Error
			if errors.As(b, &k) {
				e.Fields = append(e.Fields, k.Fields...)
			}
		}
		err = e
	} else {
		_, err = p.s.BeAway(r.Context(), r.Actor, agency, key, in)
	}
	if again(err) {
		return p.renderAbsence(w, r, absenceView{Agency: agency, Key: key, Account: form.Get("account"), Deputy: form.Get("deputy"), Form: form}, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.absence.saved")
	return p.srv.Redirect(w, r, "/desk/absence?agency="+url.QueryEscape(agency))
}

func (p *Pages) absenceEnd(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := p.s.BeBack(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.absence.ended")
	return p.srv.Redirect(w, r, "/desk/absence?agency="+url.QueryEscape(form.Get("agency")))
}

type handoverView struct {
	Agency string
	Key    string
	From   string
	To     string
	Note   string
	Mine   []design.Option
	People []design.Option
	Done   string // how many moved
}

func (p *Pages) handover(w http.ResponseWriter, r *web.Request) error {
	agency, err := p.at(r, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	return p.renderHandover(w, r, handoverView{Agency: agency}, nil)
}

func (p *Pages) renderHandover(w http.ResponseWriter, r *web.Request, v handoverView, fail error) error {
	people, err := p.s.Colleagues(r.Context(), r.Actor, v.Agency)
	if err != nil {
		return err
	}
	teams, err := p.s.Teams(r.Context(), r.Actor, v.Agency)
	if err != nil {
		return err
	}
	for _, o := range people {
		led := slices.ContainsFunc(teams, func(t *casework.Team) bool {
			lead := slices.ContainsFunc(t.Members, func(m casework.Seat) bool { return m.Lead && m.Account == r.Actor.Account })
			return lead && slices.ContainsFunc(t.Members, func(m casework.Seat) bool { return m.Account == o.Account })
		})
		switch {
		case o.Account == r.Actor.Account:
			v.Mine = append([]design.Option{{Value: string(o.Account), Label: r.T("casework.absence.myself")}}, v.Mine...)
		case led:
			v.Mine = append(v.Mine, design.Option{Value: string(o.Account), Label: o.Name})
		}
		v.People = append(v.People, design.Option{Value: string(o.Account), Label: o.Name})
	}
	if v.From == "" {
		v.From = string(r.Actor.Account)
	}
	return p.srv.Render(w, r, views, web.View{Template: "desk-handover", Title: r.T("casework.handover.all_title"), Data: v, Active: "desk", Err: fail})
}

func (p *Pages) handoverAll(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	agency, err := p.at(r, form.Get("agency"))
	if err != nil {
		return err
	}
	v := handoverView{Agency: agency, From: form.Get("from"), To: form.Get("to"), Note: form.Get("note")}
	moved, kept, err := p.s.HandOverAll(r.Context(), r.Actor, agency, kernel.ID(v.From), kernel.ID(v.To), v.Note)
	if err != nil && !again(err) {
		return err
	}
	if err == nil {
		// How many moved and stayed is told once, on this answer; what is repeated
		// finds nothing left to move.
		v.Done, v.Note = r.T("casework.handover.moved", "n", moved, "kept", kept), ""
	}
	return p.renderHandover(w, r, v, err)
}

type workloadView struct {
	Agency, Name string
	Teams        []workloadTeam
	CSV          string
}

type workloadTeam struct {
	Name  string
	Stats []design.Stat
	Rows  [][]any
}

func (p *Pages) workload(w http.ResponseWriter, r *web.Request) error {
	agency, err := p.at(r, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	l, err := p.s.Workload(r.Context(), r.Actor, agency)
	if err != nil {
		return err
	}
	names, err := p.names(r, agency)
	if err != nil {
		return err
	}
	v := workloadView{Agency: agency, Name: p.s.Agencies.Name(agency, r.Lang), CSV: p.orgHref(r, "/desk/workload/cases.csv", agency)}
	count := func(n int) string {
		if n >= 1000 {
			return r.T("casework.workload.many")
		}
		return i18n.Number(r.Lang, int64(n))
	}
	oldest := func(t kernel.Time) any {
		if t == 0 {
			return r.T("casework.workload.none")
		}
		return design.Cell{Text: i18n.Date(r.Lang, t.DateIn(kernel.Seoul)), ISO: t.DateIn(kernel.Seoul).String()}
	}
	for _, t := range l {
		x := workloadTeam{Name: r.T("casework.workload.queue")}
		if t.Team != nil {
			x.Name = t.Team.Name.In(r.Lang)
		}
		sum := t.Queue
		for _, m := range t.Members {
			sum.Open += m.Load.Open
			sum.AtRisk += m.Load.AtRisk
			who := m.Name
			if who == "" {
				who = r.T("casework.desk.colleague")
			}
			cell := design.Cell{Text: who}
			if m.Lead {
				cell.Note = r.T("casework.team.lead")
			}
			if !m.Away.IsZero() {
				cell.Note = r.T("casework.workload.away", "until", i18n.Date(r.Lang, m.Away), "who", names[m.Acts])
			}
			x.Rows = append(x.Rows, []any{cell, count(m.Load.Open), count(m.Load.AtRisk), oldest(m.Load.Oldest)})
		}
		risk := ""
		if sum.AtRisk > 0 {
			risk = "warning"
		}
		x.Stats = []design.Stat{{Key: r.T("casework.workload.open"), Value: count(sum.Open)}, {Key: r.T("casework.workload.waiting"), Value: count(t.Queue.Open)},
			{Key: r.T("casework.workload.risk"), Value: count(sum.AtRisk), Tone: risk}}
		v.Teams = append(v.Teams, x)
	}
	return p.srv.Render(w, r, views, web.View{Template: "desk-workload", Title: r.T("casework.workload.title"), Data: v, Active: "desk"})
}

// workloadCSV is the list for a spreadsheet: numbers, services and dates only.
func (p *Pages) workloadCSV(w http.ResponseWriter, r *web.Request) error {
	agency, err := p.at(r, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	list, teams, err := p.s.Listed(r.Context(), r.Actor, agency)
	if err != nil {
		return err
	}
	spreadsheet.Offer(w.Header(), "cases.csv")
	c, err := spreadsheet.New(w, true)
	if err != nil {
		return err
	}
	head := []string{}
	for _, k := range []string{"casework.desk.number", "casework.mine.service", "casework.mine.status", "casework.desk.submitted", "casework.desk.due", "casework.workload.stopped", "casework.team.one", "casework.workload.taken"} {
		head = append(head, r.T(k))
	}
	yes := func(b bool) string {
		if b {
			return r.T("casework.yes")
		}
		return r.T("casework.no")
	}
	c.Row(head...)
	for _, a := range list {
		team := ""
		if t := teams[a.Team]; t != nil {
			team = t.Name.In(r.Lang)
		}
		c.Row(a.Number, p.serviceTitle(r, a.Service), r.T("casework.status."+a.Status), a.SubmittedAt.String(), a.DueAt.String(),
			yes(a.PausedAt > 0), spreadsheet.Text(team), yes(a.Assignee != ""))
	}
	if err := c.Close(); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}
