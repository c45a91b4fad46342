package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"maru/design"
	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

// visitPages adds the rows of visits to the route table.
func (p *Pages) visitPages(page func(method, path, name string, who web.Audience, h web.Handler)) {
	page(http.MethodGet, "/applications/{id}/visit", "visit", web.Resident, p.visit)
	page(http.MethodPost, "/applications/{id}/visit", "visit_book", web.Resident, p.visitBook)
	page(http.MethodPost, "/applications/{id}/visit/cancel", "visit_cancel", web.Resident, p.visitCancel)
	page(http.MethodGet, "/applications/{id}/visit.ics", "visit_calendar", web.Resident, p.visitCalendar)
	page(http.MethodGet, "/desk/visits", "desk_visits", web.Staff, p.deskVisits)
	page(http.MethodPost, "/desk/cases/{id}/visit", "desk_visit", web.Staff, p.deskVisit)
}

type visitView struct {
	*casework.Case
	Title     string
	Agency    string
	Key       string
	Question  string
	Days      []openDay
	MayCancel bool
}

func (p *Pages) visit(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	return p.renderVisit(w, r, c, p.key(), "", nil)
}

func (p *Pages) renderVisit(w http.ResponseWriter, r *web.Request, c *casework.Case, key, chosen string, fail error) error {
	if !c.MayBook(p.today()) {
		return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
	}
	days, agency, err := p.s.Openings(r.Context(), c)
	if err != nil {
		return err
	}
	if chosen == "" && c.Visit != nil {
		chosen = catalog.SlotOf(c.Visit.At)
	}
	v := visitView{Case: c, Title: c.Service.Title.In(r.Lang), Agency: p.s.Agencies.Name(agency, r.Lang), Key: key, Question: c.Service.Visit.Question,
		Days: openDays(r, days, chosen), MayCancel: c.MayCancelVisit(p.today())}
	return p.srv.Render(w, r, views, web.View{Template: "visit", Title: r.T("casework.visit.title"), Data: v, Active: "applications", Err: fail})
}

func (p *Pages) visitBook(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	slot := ""
	if c.Service.Visit != nil {
		slot = form.Get(c.Service.Visit.Question)
	}
	_, err = p.s.BookVisit(r.Context(), r.Actor, c.ID, key, slot)
	if kernel.Is(err, kernel.Invalid) {
		return p.renderVisit(w, r, c, key, slot, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.visit.booked")
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", c.ID))
}

func (p *Pages) visitCancel(w http.ResponseWriter, r *web.Request) error {
	_, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if _, err := p.s.CancelVisit(r.Context(), r.Actor, id, key); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.visit.cancelled")
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", id))
}

// visitCalendar is the visit as a calendar file (RFC 5545).
func (p *Pages) visitCalendar(w http.ResponseWriter, r *web.Request) error {
	c, err := p.mineByPath(r)
	if err != nil {
		return err
	}
	if c.Visit == nil {
		return kernel.E(kernel.NotFound, "casework.error.no_visit", nil)
	}
	title := r.T("casework.visit.calendar", "service", c.Service.Title.In(r.Lang))
	about := []string{p.public + r.Link(fmt.Sprintf("/applications/%s", c.ID))}
	if c.Service.Visit != nil {
		about = append(about, c.Service.Visit.Text.In(r.Lang))
		for _, b := range c.Service.Visit.Bring {
			about = append(about, "- "+b.In(r.Lang))
		}
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="visit.ics"`)
	_, err = w.Write([]byte(calendarFile(c, p.clock.Now(), title, p.s.Agencies.Name(c.Visit.Agency, r.Lang), strings.Join(about, "\n"))))
	return err
}

type deskVisitsView struct {
	Agency, Name     string
	Day              kernel.Date
	DayText          string
	Filters          []filter
	Rows             [][]any
	Before, After    string
	BeforeTo, Beyond string
}

// deskVisits lists who comes on a day, without names: visitors have their
// number, and the case behind it tells the rest and logs the look.
func (p *Pages) deskVisits(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	day := p.today()
	if s := q.Get("day"); s != "" {
		var err error
		if day, err = kernel.ParseDate(s); err != nil {
			return kernel.E(kernel.NotFound, "", err)
		}
	}
	l, agency, err := p.s.DeskVisits(r.Context(), r.Actor, q.Get("agency"), day)
	if err != nil {
		return err
	}
	v := deskVisitsView{Agency: agency, Name: p.s.Agencies.Name(agency, r.Lang), Day: day, DayText: i18n.Date(r.Lang, day)}
	to := func(agency string, d kernel.Date) string {
		return r.Link("/desk/visits") + "?" + url.Values{"agency": {agency}, "day": {d.String()}}.Encode()
	}
	v.Before, v.After = to(agency, day.AddDays(-1)), to(agency, day.AddDays(1))
	v.BeforeTo, v.Beyond = i18n.Date(r.Lang, day.AddDays(-1)), i18n.Date(r.Lang, day.AddDays(1))
	if mine := r.Actor.Agencies(authz.Official); len(mine) > 1 {
		for _, a := range mine {
			v.Filters = append(v.Filters, filter{p.s.Agencies.Name(a, r.Lang), to(a, day), 0, a == agency})
		}
	}
	for _, x := range l {
		svc, err := p.s.Catalog.Pinned(r.Context(), catalog.Ref{ServiceID: x.Service, Pack: x.Pack})
		if err != nil {
			return err
		}
		tone := map[string]string{casework.VisitCame: "success", casework.VisitMissed: "warning"}[x.Status]
		v.Rows = append(v.Rows, []any{
			design.Cell{Text: i18n.TimeOfDay(r.Lang, x.At), ISO: x.At.String()},
			design.Cell{Text: x.Number, Href: r.Link(fmt.Sprintf("/desk/cases/%s", x.Application))},
			svc.Title.In(r.Lang),
			design.Cell{Tag: r.T("casework.visit.status." + x.Status), Tone: tone},
		})
	}
	return p.srv.Render(w, r, views, web.View{Template: "desk-visits", Title: r.T("casework.visit.desk_title"), Data: v, Active: "desk"})
}

func (p *Pages) deskVisit(w http.ResponseWriter, r *web.Request) error {
	return p.deskAct(w, r, "visit", func(id kernel.ID, form url.Values, key string) error {
		_, err := p.s.MarkVisit(r.Context(), r.Actor, id, key, form.Get("came") == "yes")
		return err
	})
}
