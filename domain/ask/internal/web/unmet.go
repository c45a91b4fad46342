package web

import (
	"context"
	"io"
	"net/http"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/spreadsheet"
	"maru/platform/web"
)

// Unmet is what people asked for and did not find.
type Unmet struct {
	Days       int
	Missed     int64
	Kept, Rest int
	Needs      []Need
	CSV        func(w io.Writer) error
}

// Need is one of them.
type Need struct {
	Words    []string
	Count    int
	From, To string
	Near     []string // service ids
}

// Planner tells those who plan services what is missing.
type Planner interface {
	Look(ctx context.Context, actor authz.Actor, export bool) (Unmet, error)
}

type unmetPage struct {
	Unmet
	Rows [][]any
}

func (p *Pages) unmet(w http.ResponseWriter, r *web.Request) error {
	u, err := p.ask.Look(r.Context(), r.Actor, false)
	if err != nil {
		return err
	}
	page := unmetPage{Unmet: u}
	for _, n := range u.Needs {
		var near []string
		for _, id := range n.Near {
			if s, ok := p.ask.Service(id); ok {
				near = append(near, s.Title.In(r.Lang))
			}
		}
		page.Rows = append(page.Rows, []any{strings.Join(n.Words, ", "), i18n.Number(r.Lang, int64(n.Count)), span(r.Lang, n.From, n.To), strings.Join(near, ", ")})
	}
	return p.server.Render(w, r, views, web.View{Template: "unmet", Title: r.T("ask.unmet.title"), Active: "unmet", Data: page, Wide: true})
}

// span is the days between which something was said.
func span(l kernel.Lang, from, to string) string {
	a, errA := kernel.ParseDate(from)
	b, errB := kernel.ParseDate(to)
	switch {
	case errA != nil || errB != nil:
		return ""
	case a == b:
		return i18n.DateShort(l, a)
	}
	return i18n.DateShort(l, a) + " – " + i18n.DateShort(l, b)
}

func (p *Pages) unmetTable(w http.ResponseWriter, r *web.Request) error {
	u, err := p.ask.Look(r.Context(), r.Actor, true)
	if err != nil {
		return err
	}
	spreadsheet.Offer(w.Header(), "not-found.csv")
	return u.CSV(w)
}
