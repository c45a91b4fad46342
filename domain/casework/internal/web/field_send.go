package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/web"
)

// What a phone sends and what a form sends is the same. A phone is answered in
// JSON: it keeps what it sent until that answer says that it arrived.

func wantsJSON(r *web.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// answer writes what the field script reads.
func answer(w http.ResponseWriter, status int, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the phone went away; it will ask again
	return nil
}

// refusals are the kinds of error that end the sending of a draft: sent again
// it would be refused again.
var refusals = map[kernel.Kind]int{
	kernel.Conflict: http.StatusConflict, kernel.Invalid: http.StatusUnprocessableEntity, kernel.TooLarge: http.StatusRequestEntityTooLarge,
	kernel.NotFound: http.StatusNotFound, kernel.Forbidden: http.StatusForbidden,
}

// refuse tells a phone why it was refused; other errors stay errors.
func refuse(w http.ResponseWriter, r *web.Request, err error) error {
	var e *kernel.Error
	status, ok := refusals[kernel.KindOf(err)]
	if !ok || !errors.As(err, &e) || e.Key == "" {
		return err
	}
	key, args := e.Key, e.Args
	if len(e.Fields) > 0 {
		key, args = e.Fields[0].Key, e.Fields[0].Args
	}
	var flat []any
	for name, v := range args {
		flat = append(flat, name, v)
	}
	return answer(w, status, map[string]string{"message": r.T(key, flat...)})
}

func (p *Pages) fieldTake(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "inspection")
	if err != nil {
		return err
	}
	s, until, err := p.s.TakeInspection(r.Context(), r.Actor, id)
	if err != nil {
		return refuse(w, r, err)
	}
	return answer(w, http.StatusOK, map[string]any{"number": s.Case.Number, "title": s.Case.Service.Title.In(r.Lang),
		"address": s.Plan.Address, "checks": s.Plan.Checks, "until": until})
}

// fieldSend takes photos and findings.
func (p *Pages) fieldSend(w http.ResponseWriter, r *web.Request) error {
	id, err := pathID(r, "inspection")
	if err != nil {
		return err
	}
	v, form, err := p.received(r, id)
	if wantsJSON(r) {
		if err != nil {
			return refuse(w, r, err)
		}
		return answer(w, http.StatusOK, map[string]bool{"ok": true})
	}
	_, shown := refusals[kernel.KindOf(err)]
	switch {
	case err != nil && (v == nil || !shown):
		return err
	case err != nil:
		return p.renderInspection(w, r, v.Application, id, form, err)
	case form.Get("act") == "photo":
		// The photo is in, the rest goes on where it was.
		form.Set("key", p.key())
		form.Del("caption")
		return p.renderInspection(w, r, v.Application, id, form, nil)
	}
	p.srv.Flash(w, "casework.field.done.recorded")
	return p.srv.Redirect(w, r, inspectionPath(v))
}

// received reads and does what was sent. The inspection is nil where it cannot be
// shown to this person.
func (p *Pages) received(r *web.Request, id kernel.ID) (*casework.Inspection, url.Values, error) {
	v, err := p.s.OwnInspection(r.Context(), r.Actor, id)
	if err != nil {
		return nil, nil, err
	}
	typed, n := url.Values{}, 0
	form, err := r.ParseMultipart(func(values url.Values, f web.File) error {
		typed, n = values, n+1
		key := values.Get("photo-key")
		if n > 1 {
			key = fmt.Sprintf("%s-%d", key, n)
		}
		_, err := p.s.AddPhoto(r.Context(), r.Actor, id, key, values.Get("caption"), f.Body)
		return ofPhoto(err)
	})
	if err != nil {
		return v, typed, err
	}
	if form.Get("act") == "photo" {
		if n == 0 {
			return v, form, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("photo", "casework.field.error.no_photo", nil)
		}
		return v, form, nil
	}
	f, err := findings(form)
	if err != nil {
		return v, form, err
	}
	_, err = p.s.RecordInspection(r.Context(), r.Actor, id, form.Get("key"), f, form.Get("shared") == "yes")
	return v, form, err
}

// ofPhoto points an error that names no input at the one for the photo.
func ofPhoto(err error) error {
	var e *kernel.Error
	if !errors.As(err, &e) || e.Key == "" || len(e.Fields) > 0 {
		return err
	}
	return kernel.E(e.Kind, e.Key, err).Field("photo", e.Key, e.Args)
}

// findings reads the form. A position is there whole or not at all.
func findings(form url.Values) (casework.Findings, error) {
	f := casework.Findings{Result: form.Get("result"), Notes: form.Get("notes"), Met: form.Get("met")}
	for _, s := range form["done"] {
		i, err := strconv.Atoi(s)
		if err != nil {
			i = -1
		}
		f.Done = append(f.Done, i)
	}
	if form.Get("latitude") == "" {
		return f, nil
	}
	var at kernel.Time
	var errs []error
	number := func(name string) float64 {
		v, err := strconv.ParseFloat(form.Get(name), 64)
		errs = append(errs, err)
		return v
	}
	f.Position = &casework.Position{Latitude: number("latitude"), Longitude: number("longitude"), Accuracy: number("accuracy")}
	errs = append(errs, at.UnmarshalJSON([]byte(strconv.Quote(form.Get("located")))))
	f.Position.At = at
	if err := errors.Join(errs...); err != nil {
		return f, kernel.E(kernel.Invalid, "casework.error.answers", err).Field("position", "casework.field.error.position", nil)
	}
	return f, nil
}
