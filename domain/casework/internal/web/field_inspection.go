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

type fieldInspectionView struct {
	*casework.Case
	inspectionForm
	Inspection *casework.Inspection
	Rows       []design.Row
	Lines      []design.Cell // what was looked at
	Mine       bool
	Open       bool
	Key        string
}

func (p *Pages) fieldInspection(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	inspection, err := pathID(r, "inspection")
	if err != nil {
		return err
	}
	return p.renderInspection(w, r, id, inspection, url.Values{"key": {p.key()}}, nil)
}

func (p *Pages) renderInspection(w http.ResponseWriter, r *web.Request, id, inspection kernel.ID, form url.Values, fail error) error {
	c, err := p.s.Look(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	inspections, err := p.s.InspectionsOf(r.Context(), c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(inspections, func(v *casework.Inspection) bool { return v.ID == inspection })
	if i < 0 {
		return kernel.E(kernel.NotFound, "casework.field.error.none", nil)
	}
	v := fieldInspectionView{Case: c, inspectionForm: formOf(r, form), Inspection: inspections[i], Key: form.Get("key"),
		Mine: inspections[i].Official == r.Actor.Account, Open: casework.Open(c.Status)}
	title := r.T("casework.field.record")
	if v.Inspection.Record != nil {
		title = r.T("casework.field.report")
		v.Rows, v.Lines = p.report(r, v.Inspection)
	}
	for i, line := range v.Inspection.Plan.Checks {
		v.Checks = append(v.Checks, design.Option{Value: fmt.Sprint(i), Label: line})
	}
	locating(w)
	return p.srv.Render(w, r, views, web.View{Template: "field-inspection", Title: c.Number + " " + title, Data: v, Active: "desk", Err: fail})
}

// report is a recorded inspection as lines of a list, and what was looked at.
func (p *Pages) report(r *web.Request, v *casework.Inspection) (rows []design.Row, lines []design.Cell) {
	f := v.Record
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, design.Row{Key: r.T("casework.field." + key), Value: value})
		}
	}
	add("result", r.T("casework.field.result."+f.Result))
	add("where", v.Plan.Address)
	add("when", i18n.Date(r.Lang, v.Day))
	add("recorded", i18n.DateTime(r.Lang, v.RecordedAt))
	add("met", f.Met)
	add("notes", f.Notes)
	if f.Position != nil {
		add("position", spotText(r, f.Position))
	}
	shown := "no"
	if v.Shared {
		shown = "yes"
	}
	add("shared_is", r.T("casework."+shown))
	for i, line := range v.Plan.Checks {
		c := design.Cell{Text: line, Tag: r.T("casework.field.unchecked"), Tone: "neutral"}
		if slices.Contains(f.Done, i) {
			c.Tag, c.Tone = r.T("casework.field.checked"), "success"
		}
		lines = append(lines, c)
	}
	return rows, lines
}

func spotText(r *web.Request, p *casework.Position) string {
	return r.T("casework.field.js.where", "lat", fmt.Sprintf("%.5f", p.Latitude), "lon", fmt.Sprintf("%.5f", p.Longitude),
		"acc", fmt.Sprintf("%.0f", p.Accuracy), "time", i18n.DateTime(r.Lang, p.At))
}

// inspectionReason is a recorded inspection as text for a decision's reason; "" where
// the query names none of this case.
func (p *Pages) inspectionReason(r *web.Request, c *casework.Case) (string, error) {
	id := r.URL.Query().Get("inspection")
	if id == "" {
		return "", nil
	}
	inspections, err := p.s.InspectionsOf(r.Context(), c)
	if err != nil {
		return "", err
	}
	for _, v := range inspections {
		if string(v.ID) != id || v.Record == nil {
			continue
		}
		var done []string
		for _, i := range v.Record.Done {
			done = append(done, v.Plan.Checks[i])
		}
		lines := []string{r.T("casework.field.reason", "date", i18n.Date(r.Lang, v.Day), "result", r.T("casework.field.result."+v.Record.Result))}
		if len(done) > 0 {
			lines = append(lines, r.T("casework.field.reason_checked", "checks", strings.Join(done, ", ")))
		}
		if v.Record.Notes != "" {
			lines = append(lines, v.Record.Notes)
		}
		return strings.Join(lines, "\n"), nil
	}
	return "", nil
}

func (p *Pages) fieldPhoto(w http.ResponseWriter, r *web.Request) error {
	return p.serve(w, r, "id", "photo", p.s.PhotoFor)
}

func (p *Pages) fieldPhotoRemove(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "inspection")
	if err != nil {
		return err
	}
	photo, err := pathID(r, "photo")
	if err != nil {
		return err
	}
	v, err := p.s.RemovePhoto(r.Context(), r.Actor, id, photo)
	if err != nil {
		return err
	}
	p.srv.Flash(w, "casework.field.done.photo_removed")
	return p.srv.Redirect(w, r, inspectionPath(v))
}
