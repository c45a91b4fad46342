package web

import (
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
	"maru/platform/web"
)

type deskView struct {
	Agency   string
	Name     string
	Query    string
	View     string
	Tabs     []filter
	Dues     []filter // of the due view
	Rows     [][]any
	Next     string
	Found    bool // a search was made
	N        int
	Closed   bool   // the list of what is done
	ClosedAt string // where that list is
	Lead     string // for whom the official acts
	Away     string // that the official is away, and who acts
	AwayHref string
	Warned   int    // how many limits the official was warned of
	Waiting  string // where these stand
	Pings    []pingView
	Key      string
	Links    []design.Card
	Service  string
	Services []design.Option
	Status   string
	Statuses []design.Option
	Due      string
	Sort     string
	Sorts    []design.Option
	Filtered bool
}

type filter struct {
	Text, Href string
	Count      int
	Current    bool
}

// pingView is what an official is told, in words.
type pingView struct {
	ID, Text, At, ISO, Href, Tone string
}

const deskPage = 50

// desk shows one view of the desk: which one, how narrowed and in what order
// stands in the address, so that a bookmark keeps it.
func (p *Pages) desk(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	mine := r.Actor.Agencies(authz.Official)
	if len(mine) == 0 {
		if r.Actor.Has(authz.Manager) {
			return p.srv.Redirect(w, r, "/desk/teams")
		}
		return kernel.E(kernel.Forbidden, "casework.error.not_official", nil)
	}
	v := deskView{Agency: q.Get("agency"), Query: q.Get("q"), Service: q.Get("service"), Status: q.Get("status"), Due: q.Get("due"), Sort: q.Get("sort")}
	if v.Agency == "" {
		v.Agency = mine[0]
	}
	if len(v.Query) > 500 {
		v.Query = ""
	}
	v.Name, v.Found, v.Key = p.s.Agencies.Name(v.Agency, r.Lang), v.Query != "", p.key()
	after, err := placeOf(q.Get("after"))
	if err != nil {
		return err
	}
	ask := casework.ViewQuery{Agency: v.Agency, View: q.Get("view"), Service: v.Service, Due: v.Due, Last: v.Sort == "last", After: after, Limit: deskPage}
	if q.Get("all") != "" { // an address of before there were views
		ask.View = casework.ViewAll
	}
	if q.Get("mine") != "" {
		ask.View = casework.ViewMine
	}
	before, err := cursor(r)
	if err != nil {
		return err
	}
	v.Closed = v.Status == casework.Decided || v.Status == casework.Withdrawn
	if !v.Closed {
		ask.Status = v.Status
	}
	got, err := p.s.View(r.Context(), r.Actor, ask)
	if err != nil {
		return err
	}
	names, err := p.names(r, v.Agency)
	if err != nil {
		return err
	}
	v.View = got.View
	p.tabs(r, &v, got)
	p.narrowing(r, &v, got)
	list := got.Cases
	switch {
	case v.Found || v.Closed:
		status := ""
		if v.Closed {
			status = v.Status
		}
		if list, err = p.s.Desk(r.Context(), r.Actor, casework.DeskQuery{Agency: v.Agency, Status: status, Text: v.Query, Before: before, Limit: deskPage}); err != nil {
			return err
		}
		if len(list) == deskPage {
			v.Next = p.deskHref(r, &v, "status", status, "q", v.Query, "cursor", strconv.FormatInt(list[len(list)-1].Seq, 36))
		}
	case got.More && len(list) > 0:
		last := list[len(list)-1]
		v.Next = p.deskHref(r, &v, "view", v.View, "service", v.Service, "status", v.Status, "due", v.Due, "sort", v.Sort, "after", place(last))
	}
	v.N = len(list)
	for _, a := range list {
		row, err := p.deskRow(r, a, names)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, row)
	}
	if v.View == casework.ViewWaiting && !v.Found && !v.Closed {
		if err := p.pings(r, &v, names); err != nil {
			return err
		}
	}
	var instead []string
	for _, id := range got.Instead {
		instead = append(instead, names[id])
	}
	v.Lead = strings.Join(instead, ", ")
	if !got.Away.IsZero() {
		who := names[got.Acts]
		if who == "" {
			who = r.T("casework.desk.everybody")
		}
		v.Away = r.T("casework.view.away", "until", i18n.Date(r.Lang, got.Away), "who", who)
		v.AwayHref = p.orgHref(r, "/desk/absence", v.Agency)
	}
	if got.Leads || r.Actor.HasIn(authz.Manager, v.Agency) {
		v.Links = append(v.Links, design.Card{Title: r.T("casework.workload.title"), Href: p.orgHref(r, "/desk/workload", v.Agency)})
	}
	v.Links = append(v.Links, design.Card{Title: r.T("casework.team.title"), Href: p.orgHref(r, "/desk/teams", v.Agency)},
		design.Card{Title: r.T("casework.absence.title"), Href: p.orgHref(r, "/desk/absence", v.Agency)},
		design.Card{Title: r.T("casework.handover.all_title"), Href: p.orgHref(r, "/desk/handover", v.Agency)},
		design.Card{Title: r.T("casework.desk.filter.decided"), Href: p.deskHref(r, &v, "status", casework.Decided)})
	return p.srv.Render(w, r, views, web.View{Template: "desk", Title: r.T("casework.desk.title"), Data: v, Active: "desk"})
}

// tabs are the views, and of the due view its parts.
func (p *Pages) tabs(r *web.Request, v *deskView, got *casework.DeskView) {
	plain := !v.Found && !v.Closed
	for _, view := range casework.Views {
		if view == casework.ViewTeam && len(got.Teams) == 0 {
			continue
		}
		v.Tabs = append(v.Tabs, filter{r.T("casework.view." + view), p.deskHref(r, v, "view", view), got.Counts[view], plain && view == v.View})
	}
	if v.View == casework.ViewDue && plain {
		for _, due := range casework.Dues {
			v.Dues = append(v.Dues, filter{r.T("casework.view.due." + due), p.deskHref(r, v, "view", v.View, "due", due), got.Counts[due], due == v.Due})
		}
	}
	v.Warned = got.Counts["warned"]
	v.Waiting = p.deskHref(r, v, "view", casework.ViewWaiting)
}

// narrowing are the choices by which a list is narrowed and ordered.
func (p *Pages) narrowing(r *web.Request, v *deskView, got *casework.DeskView) {
	for _, id := range got.Services {
		title := id
		if svc, _, err := p.s.Catalog.Current(id); err == nil {
			title = svc.Title.In(r.Lang)
		}
		v.Services = append(v.Services, design.Option{Value: id, Label: title})
	}
	for _, st := range []string{casework.Submitted, casework.InReview, casework.Correction, casework.SecondLook, casework.Objected} {
		v.Statuses = append(v.Statuses, design.Option{Value: st, Label: r.T("casework.desk.filter." + st)})
	}
	v.Sorts = []design.Option{{Value: "due", Label: r.T("casework.view.sort.due")}, {Value: "last", Label: r.T("casework.view.sort.last")}}
	if v.Sort != "last" {
		v.Sort = "due"
	}
	v.Filtered = v.Service != "" || v.Status != "" || v.Sort == "last"
}

// pings puts into words what waits for the official.
func (p *Pages) pings(r *web.Request, v *deskView, names map[kernel.ID]string) error {
	l, err := p.s.Pings(r.Context(), r.Actor, v.Agency, "", deskPage)
	if err != nil {
		return err
	}
	for _, x := range l {
		who := names[x.Source]
		if who == "" {
			who = r.T("casework.desk.colleague")
		}
		n := pingView{ID: string(x.ID), Text: r.T("casework.ping."+x.Kind, "who", who, "n", x.N), At: i18n.DateTime(r.Lang, x.At), ISO: x.At.String()}
		if x.Account != r.Actor.Account {
			n.Text = r.T("casework.ping.for", "who", names[x.Account], "text", n.Text)
		}
		switch x.Kind {
		case casework.PingSoon, casework.PingDay, casework.PingToday:
			n.Tone = "warning"
		}
		switch {
		case x.Application != "":
			n.Href = r.Link("/desk/cases/" + string(x.Application))
		case x.Kind == casework.PingLeft:
			n.Href = p.deskHref(r, v, "view", casework.ViewUnassigned)
		default:
			n.Href = p.deskHref(r, v, "view", casework.ViewMine)
		}
		v.Pings = append(v.Pings, n)
	}
	return nil
}

func (p *Pages) pingSeen(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := p.s.Seen(r.Context(), r.Actor, form.Get("agency"), id); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.ping.done")
	return p.srv.Redirect(w, r, "/desk?view="+casework.ViewWaiting+"&agency="+url.QueryEscape(form.Get("agency")))
}

// deskHref is the desk with the given parts of the query that are not empty.
func (p *Pages) deskHref(r *web.Request, v *deskView, pairs ...string) string {
	q := url.Values{"agency": {v.Agency}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return r.Link("/desk") + "?" + q.Encode()
}

func (p *Pages) orgHref(r *web.Request, path, agency string) string {
	return r.Link(path) + "?agency=" + url.QueryEscape(agency)
}

// names are who works at an agency.
func (p *Pages) names(r *web.Request, agency string) (map[kernel.ID]string, error) {
	l, err := p.s.Colleagues(r.Context(), r.Actor, agency)
	if err != nil {
		return nil, err
	}
	out := make(map[kernel.ID]string, len(l))
	for _, o := range l {
		out[o.Account] = o.Name
	}
	return out, nil
}

// holder says who has a case.
func (p *Pages) holder(r *web.Request, a *casework.Application, names map[kernel.ID]string) string {
	switch {
	case a.Assignee == "":
		return r.T("casework.desk.nobody")
	case a.Assignee == r.Actor.Account:
		return r.T("casework.desk.me")
	case names[a.Assignee] != "":
		return names[a.Assignee]
	}
	return r.T("casework.desk.colleague")
}

// place writes where a list goes on; placeOf reads it.
func place(a *casework.Application) string {
	return strconv.FormatInt(int64(a.DueAt), 36) + "." + strconv.FormatInt(a.Seq, 36)
}

func placeOf(s string) (casework.Cursor, error) {
	if s == "" {
		return casework.Cursor{}, nil
	}
	due, seq, _ := strings.Cut(s, ".")
	d, err := strconv.ParseInt(due, 36, 64)
	if err != nil {
		return casework.Cursor{}, kernel.E(kernel.NotFound, "", err)
	}
	n, err := strconv.ParseInt(seq, 36, 64)
	if err != nil || n <= 0 {
		return casework.Cursor{}, kernel.E(kernel.NotFound, "", err)
	}
	return casework.Cursor{Due: kernel.Time(d), Seq: n}, nil
}

// choices are the colleagues to pick from, without some.
func choices(names map[kernel.ID]string, people []casework.Official, without ...kernel.ID) []design.Option {
	var out []design.Option
	for _, o := range people {
		if !slices.Contains(without, o.Account) {
			out = append(out, design.Option{Value: string(o.Account), Label: names[o.Account]})
		}
	}
	return out
}
