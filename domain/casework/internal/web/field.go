package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"maru/design"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

// registerField adds the pages of field work to the route table.
func (p *Pages) registerField(page func(method, path, name string, who web.Audience, h web.Handler)) {
	const get, post = http.MethodGet, http.MethodPost
	page(get, "/desk/field", "field_day", web.Staff, p.fieldDay)
	// The shell holds nobody's data and opens without a session, so that a
	// phone may keep it.
	page(get, "/desk/field/phone", "field_phone", web.Public, p.fieldPhone)
	page(post, "/desk/field/{inspection}/take", "field_take", web.Staff, p.fieldTake)
	p.srv.Page(web.Page{Method: post, Path: "/desk/field/{inspection}", Name: "casework.field_send", For: web.Staff, Handler: p.fieldSend, MaxBody: casework.MaxPhotoBytes + 1<<20})
	page(post, "/desk/field/{inspection}/drop", "field_drop", web.Staff, p.fieldDrop)
	page(post, "/desk/field/{inspection}/photos/{photo}/remove", "field_photo_remove", web.Staff, p.fieldPhotoRemove)
	page(get, "/desk/cases/{id}/field", "field_case", web.Staff, p.fieldCase)
	page(post, "/desk/cases/{id}/field", "field_plan", web.Staff, p.fieldPlan)
	page(get, "/desk/cases/{id}/field/{inspection}", "field_inspection", web.Staff, p.fieldInspection)
	page(get, "/desk/cases/{id}/field/{inspection}/photos/{photo}", "field_photo", web.Staff, p.fieldPhoto)
	for _, l := range []string{"", "/en"} {
		p.srv.Handle("GET "+l+"/desk/field/worker.js", http.HandlerFunc(fieldWorker))
	}
}

// fieldWorker serves the worker under the path that it may work for.
func fieldWorker(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, design.Static, "field-worker.js")
}

// locating lets this page ask the phone where it is; every other page may not.
func locating(w http.ResponseWriter) {
	const policy = "Permissions-Policy"
	w.Header().Set(policy, strings.Replace(w.Header().Get(policy), "geolocation=()", "geolocation=(self)", 1))
}

// inspectionForm is what the form for findings shows.
type inspectionForm struct {
	Checks    []design.Option
	Results   []design.Option
	Form      url.Values
	MaxPhotos int
	MaxBytes  int64
}

// Of is what was typed into a field.
func (v inspectionForm) Of(name string) string { return v.Form.Get(name) }

func formOf(r *web.Request, form url.Values) inspectionForm {
	v := inspectionForm{Form: form, MaxPhotos: casework.MaxPhotos, MaxBytes: casework.MaxPhotoBytes}
	for _, result := range casework.Results {
		v.Results = append(v.Results, design.Option{Value: result, Label: r.T("casework.field.result." + result)})
	}
	return v
}

func (p *Pages) fieldPhone(w http.ResponseWriter, r *web.Request) error {
	locating(w)
	return p.srv.Render(w, r, views, web.View{Template: "field-phone", Title: r.T("casework.field.phone"), Data: formOf(r, url.Values{}), Active: "desk"})
}

type stopView struct {
	*casework.Inspection
	Number, Title string
	Phone, Tel    string
	Late, Later   bool
}

func (p *Pages) fieldDay(w http.ResponseWriter, r *web.Request) error {
	stops, err := p.s.MyInspections(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var v struct{ Today, Later []stopView }
	today := p.today()
	for _, s := range stops {
		one := stopView{Inspection: s.Inspection, Number: s.Case.Number, Title: s.Case.Service.Title.In(r.Lang), Phone: casework.PhoneOf(s.Case),
			Late: s.Day.Before(today), Later: today.Before(s.Day)}
		if one.Tel = tel(one.Phone); one.Tel == "" {
			one.Phone = ""
		}
		if one.Later {
			v.Later = append(v.Later, one)
		} else {
			v.Today = append(v.Today, one)
		}
	}
	// A late inspection is made on the way, so today's order is by place alone.
	slices.SortStableFunc(v.Today, func(a, b stopView) int {
		return strings.Compare(a.Plan.Region+"\x00"+a.Plan.Address, b.Plan.Region+"\x00"+b.Plan.Address)
	})
	return p.srv.Render(w, r, views, web.View{Template: "field-day", Title: r.T("casework.field.day"), Data: v, Active: "desk"})
}

// tel is the address of a telephone number, "" where it is none.
func tel(number string) string {
	digits := strings.NewReplacer("-", "", " ", "", "(", "", ")", "").Replace(number)
	if len(digits) < 3 || strings.Trim(strings.TrimPrefix(digits, "+"), "0123456789") != "" {
		return ""
	}
	return "tel:" + digits
}

type fieldCaseView struct {
	*casework.Case
	Rows [][]any
	Form url.Values
	Key  string
	May  bool
}

// Of is what was typed into a field.
func (v fieldCaseView) Of(name string) string { return v.Form.Get(name) }

func (p *Pages) fieldCase(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	return p.renderFieldCase(w, r, id, nil, nil)
}

func (p *Pages) renderFieldCase(w http.ResponseWriter, r *web.Request, id kernel.ID, form url.Values, fail error) error {
	c, err := p.s.Look(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	inspections, err := p.s.InspectionsOf(r.Context(), c)
	if err != nil {
		return err
	}
	if form == nil {
		plan, today := casework.SuggestPlan(c, r.Lang), p.today()
		form = url.Values{"address": {plan.Address}, "checks": {strings.Join(plan.Checks, "\n")}, "key": {p.key()},
			"day-year": {fmt.Sprint(today.Year)}, "day-month": {fmt.Sprint(int(today.Month))}, "day-day": {fmt.Sprint(today.Day)}}
	}
	v := fieldCaseView{Case: c, Form: form, Key: form.Get("key"), May: casework.Open(c.Status) && c.Assignee == r.Actor.Account}
	for _, inspection := range inspections {
		result := r.T("casework.field.planned")
		if inspection.Record != nil {
			result = r.T("casework.field.result." + inspection.Record.Result)
		}
		v.Rows = append(v.Rows, []any{design.Cell{Text: i18n.Date(r.Lang, inspection.Day), Href: r.Link(inspectionPath(inspection))}, inspection.Plan.Address, result})
	}
	return p.srv.Render(w, r, views, web.View{Template: "field-case", Title: c.Number + " " + r.T("casework.field.title"), Data: v, Active: "desk", Err: fail})
}

func inspectionPath(v *casework.Inspection) string {
	return fmt.Sprintf("/desk/cases/%s/field/%s", v.Application, v.ID)
}

func (p *Pages) fieldPlan(w http.ResponseWriter, r *web.Request) error {
	form, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	day, err := web.FormDate(form, "day")
	var v *casework.Inspection
	if err == nil {
		v, err = p.s.PlanInspection(r.Context(), r.Actor, id, key, day, casework.InspectionPlan{Address: form.Get("address"), Checks: strings.Split(form.Get("checks"), "\n")})
	}
	if k := kernel.KindOf(err); err != nil && (k == kernel.Invalid || k == kernel.Conflict) {
		return p.renderFieldCase(w, r, id, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.field.done.planned")
	return p.srv.Redirect(w, r, inspectionPath(v))
}

func (p *Pages) fieldDrop(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "inspection")
	if err != nil {
		return err
	}
	if err := p.s.DropInspection(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.field.done.dropped")
	return p.srv.Redirect(w, r, "/desk/field")
}
