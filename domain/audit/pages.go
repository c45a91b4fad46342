package audit

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"maru/domain/audit/internal/web"
	"maru/domain/audit/proof"
	"maru/kernel"
	"maru/platform/i18n"
	platformweb "maru/platform/web"
)

func (l *Log) pages(s *platformweb.Server) {
	p := pages{l, s}
	s.Page(platformweb.Page{Method: http.MethodGet, Path: "/access-log", Name: "audit.access_log", For: platformweb.Resident, Handler: p.access})
	s.Page(platformweb.Page{Method: http.MethodGet, Path: "/access-log/{id}/receipt", Name: "audit.receipt", For: platformweb.Resident, Handler: p.receipt})
	s.Page(platformweb.Page{Method: http.MethodGet, Path: "/audit", Name: "audit.search", For: platformweb.Staff, Handler: p.search})
	s.Page(platformweb.Page{Method: http.MethodPost, Path: "/audit", Name: "audit.searched", For: platformweb.Staff, Handler: p.searched})
	s.Page(platformweb.Page{Method: http.MethodGet, Path: "/proof", Name: "audit.proof", For: platformweb.Public, Handler: p.proof})
	s.Page(platformweb.Page{Method: http.MethodPost, Path: "/proof", Name: "audit.proof_check", For: platformweb.Public, Handler: p.check, MaxBody: 4 * proof.MaxReceipt})
}

type pages struct {
	l   *Log
	srv *platformweb.Server
}

// access shows who did what to the actor's data.
func (p pages) access(w http.ResponseWriter, r *platformweb.Request) error {
	before, err := cursor("before", r.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	f := Filter{Before: before}
	page := web.AccessPage{Proven: r.Actor.Proven()}
	wrong := p.filter(r, &f)
	page.What, page.From, page.To, page.Filtered = f.What, f.From, f.To, f.What != "" || !f.From.IsZero() || !f.To.IsZero() || wrong != nil
	if wrong != nil {
		return p.srv.Render(w, r, web.Views, platformweb.View{Template: "access-log", Title: r.T("audit.access.title"), Active: "account", Data: page, Err: wrong})
	}
	list, next, err := p.l.Ledger(r.Context(), r.Actor, r.Lang, f)
	if err != nil {
		return err
	}
	for _, a := range list {
		e := web.AccessEvent(r, a.ID, a.At, a.Actor, a.Act, a.Object, a.Purpose)
		if len(a.Items) > 0 {
			e.Text += " · " + r.T("audit.ledger.items", "items", strings.Join(a.Items, ", "))
		}
		if a.Basis != "" {
			e.Text += " · " + r.T("audit.ledger.basis", "basis", a.Basis)
		}
		page.Events = append(page.Events, e)
	}
	if next != "" {
		q := r.URL.Query()
		q.Set("before", string(next))
		page.Next = r.Link("/access-log?" + q.Encode())
	}
	return p.srv.Render(w, r, web.Views, platformweb.View{Template: "access-log", Title: r.T("audit.access.title"), Active: "account", Data: page})
}

// filter reads what of the log is asked for.
func (p pages) filter(r *platformweb.Request, f *Filter) error {
	q := r.URL.Query()
	if what := q.Get("what"); slices.Contains(Kinds, what) {
		f.What = what
	}
	bad := kernel.E(kernel.Invalid, "error.form", nil)
	for i, day := range []*kernel.Date{&f.From, &f.To} {
		d, err := platformweb.FormDate(q, []string{"from", "to"}[i])
		var told *kernel.Error
		switch {
		case errors.As(err, &told):
			bad.Fields = append(bad.Fields, told.Fields...)
		case err != nil:
			return err
		}
		*day = d
	}
	if !f.From.IsZero() && !f.To.IsZero() && f.To.Before(f.From) {
		bad = bad.Field("to", "audit.ledger.order", nil)
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// receipt hands out the proof of one entry as a file.
func (p pages) receipt(w http.ResponseWriter, r *platformweb.Request) error {
	id, err := kernel.ParseID(r.PathValue("id"))
	if err != nil {
		return kernel.E(kernel.NotFound, "audit.receipt.none", err)
	}
	receipt, err := p.l.Receipt(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	text, err := receipt.Text()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+string(id)+`.tlog-proof"`)
	h.Set("Cache-Control", "no-store")
	_, err = io.WriteString(w, text)
	return err
}

func (p pages) proof(w http.ResponseWriter, r *platformweb.Request) error {
	return p.render(w, r, web.ProofPage{}, nil)
}

func (p pages) render(w http.ResponseWriter, r *platformweb.Request, page web.ProofPage, fail error) error {
	_, key, err := p.l.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	page.Key = key
	return p.srv.Render(w, r, web.Views, platformweb.View{Template: "proof", Title: r.T("audit.proof.title"), Data: page, Err: fail})
}

// check reads a receipt that was pasted or chosen as a file. Nothing of it is
// kept.
func (p pages) check(w http.ResponseWriter, r *platformweb.Request) error {
	var file string
	form, err := r.ParseMultipart(func(_ url.Values, f platformweb.File) error {
		b, err := readAll(f.Body, proof.MaxReceipt)
		if err != nil {
			return kernel.E(kernel.TooLarge, "error.too_large", err)
		}
		file = string(b)
		return nil
	})
	if err != nil {
		return err
	}
	page := web.ProofPage{Pasted: form.Get("receipt")}
	text := page.Pasted
	if file != "" {
		text = file
	}
	found, err := p.l.CheckReceipt(r.Context(), text, r.Lang)
	switch {
	case errors.Is(err, proof.ErrReceipt):
		return p.render(w, r, page, kernel.E(kernel.Invalid, "audit.proof.unreadable", err).Field("receipt", "audit.proof.unreadable", nil))
	case errors.Is(err, proof.ErrSignature):
		return p.render(w, r, page, kernel.E(kernel.Invalid, "audit.proof.foreign", err).Field("receipt", "audit.proof.foreign", nil))
	case errors.Is(err, proof.ErrIncluded):
		return p.render(w, r, page, kernel.E(kernel.Invalid, "audit.proof.false", err).Field("receipt", "audit.proof.false", nil))
	case err != nil:
		return err
	}
	event := web.AccessEvent(r, found.ID, found.At, found.Actor, found.Act, found.Object, found.Purpose)
	event.Href = ""
	page.Done = &web.Proof{Event: event, Origin: found.Origin, Witnesses: found.Witnesses,
		Place: r.T("audit.proof.place", "n", i18n.Number(r.Lang, found.Index+1), "size", i18n.Number(r.Lang, found.Size))}
	return p.render(w, r, page, nil)
}
