package audit

import (
	"net/http"
	"net/url"

	"maru/domain/audit/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/spreadsheet"
	platformweb "maru/platform/web"
)

// search shows the auditors' form.
func (p pages) search(w http.ResponseWriter, r *platformweb.Request) error {
	if !r.Actor.Has(authz.Auditor) {
		return kernel.E(kernel.Forbidden, "audit.search.auditors", nil)
	}
	from, to := week(p.l.now())
	return p.renderSearch(w, r, web.SearchPage{From: from, To: to}, nil)
}

func (p pages) renderSearch(w http.ResponseWriter, r *platformweb.Request, page web.SearchPage, fail error) error {
	return p.srv.Render(w, r, web.Views, platformweb.View{Template: "search", Title: r.T("audit.search.title"), Data: page, Active: "audit", Err: fail})
}

// searched answers a search as a page or, for a spreadsheet, as a file. What
// is looked for travels in the form alone: no address tells it.
func (p pages) searched(w http.ResponseWriter, r *platformweb.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	q, err := query(form)
	page := web.SearchPage{From: q.From, To: q.To, Purpose: q.Purpose, Act: q.Act, Agency: q.Agency, Account: q.Account, Object: q.Object, Subject: q.Subject, Asked: true}
	if err != nil {
		page.Asked = false
		return p.renderSearch(w, r, page, err)
	}
	before, err := cursor("before", form.Get("before"))
	if err != nil {
		return err
	}
	list, next, err := p.l.Search(r.Context(), r.Actor, r.Lang, q, before)
	if kernel.Is(err, kernel.Invalid) {
		page.Asked = false
		return p.renderSearch(w, r, page, err)
	}
	if err != nil {
		return err
	}
	if form.Get("as") == "csv" {
		return p.csv(w, r, q, list, next)
	}
	page.Next = string(next)
	for _, h := range list {
		page.Rows = append(page.Rows, web.SearchRow(r, h.At, h.Actor, h.Act, h.Object, h.Purpose, h.Basis))
	}
	return p.renderSearch(w, r, page, nil)
}

func query(form url.Values) (Query, error) {
	q := Query{Purpose: form.Get("purpose"), Act: form.Get("act"), Agency: form.Get("agency"), Account: form.Get("account"), Object: form.Get("object"), Subject: form.Get("subject")}
	var err error
	if q.From, err = platformweb.FormDate(form, "from"); err != nil {
		return q, err
	}
	q.To, err = platformweb.FormDate(form, "to")
	return q, err
}

// maxExport is how many pages one file holds.
const maxExport = 100

// csv writes what was found, all pages of it.
func (p pages) csv(w http.ResponseWriter, r *platformweb.Request, q Query, list []Hit, next kernel.ID) error {
	rows := [][]string{{r.T("audit.search.at"), r.T("audit.search.who"), r.T("audit.search.account"), r.T("audit.search.what"), r.T("audit.search.object"), r.T("audit.search.why"), r.T("audit.search.basis"), r.T("audit.search.service"), r.T("audit.search.index")}}
	for n := 1; ; n++ {
		for _, h := range list {
			rows = append(rows, []string{i18n.DateTime(r.Lang, h.At), h.Actor, h.Account, h.Act, h.Object, h.Purpose, h.Basis, h.Service, i18n.Number(r.Lang, h.Index)})
		}
		if next == "" || n == maxExport {
			break
		}
		var err error
		if list, next, err = p.l.Search(r.Context(), r.Actor, r.Lang, q, next); err != nil {
			return err
		}
	}
	spreadsheet.Offer(w.Header(), "audit.csv")
	c, err := spreadsheet.New(w, true)
	if err != nil {
		return err
	}
	for _, row := range rows {
		for i := range row {
			row[i] = spreadsheet.Text(row[i])
		}
		c.Row(row...)
	}
	return c.Close()
}
