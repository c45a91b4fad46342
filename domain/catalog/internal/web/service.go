package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

type servicePage struct {
	Service    *contract.Service
	Kind       string
	Facts      []design.Row // who is in charge, fee, time, channels
	Papers     []string
	Laws       []design.Row
	Events     []link
	Unverified []string
	Body       string
	Easy       bool   // Body is the text that is easy to read
	EasyHref   string // of the other of the two texts, "" when there is none
	Start      bool   // the reader can begin now
	SignIn     string // else the way to sign in first
}

type link struct{ Text, Href string }

func (p *Pages) service(w http.ResponseWriter, r *web.Request) error {
	s, ok := p.src.Service(r.PathValue("id"))
	if !ok {
		return kernel.E(kernel.NotFound, "catalog.no_service", nil)
	}
	page := servicePage{Service: s, Kind: r.T("catalog.kind." + s.Kind), Start: s.Online && r.Actor.SignedIn()}
	if s.Online && !r.Actor.SignedIn() {
		page.SignIn = r.Link("/sign-in?next=" + url.QueryEscape("/services/"+s.ID))
	}
	page.text(r, s)
	page.Facts = p.facts(r, s)
	for _, x := range s.Papers {
		page.Papers = append(page.Papers, x.In(r.Lang))
	}
	for _, x := range s.Law {
		name := x.Name
		if r.Lang == kernel.EN {
			name = x.NameEN
		}
		page.Laws = append(page.Laws, design.Row{Key: name, Value: article(r, x.Article)})
	}
	for _, id := range s.LifeEvents {
		if e, ok := p.src.LifeEvent(id); ok {
			page.Events = append(page.Events, link{e.Title.In(r.Lang), r.Link("/life-events/" + id)})
		}
	}
	page.Unverified = unverified(r, s)
	return p.srv.Render(w, r, views, web.View{Template: "service", Title: s.Title.In(r.Lang), Active: "services", Data: page})
}

// text picks the page's text: English, Korean, or the Korean that is easy to
// read when the reader asks for it.
func (page *servicePage) text(r *web.Request, s *contract.Service) {
	page.Body = s.Body[r.Lang]
	if r.Lang != kernel.KO || s.Body[kernel.KOEasy] == "" {
		return
	}
	if r.URL.Query().Get("text") == "easy" {
		page.Body, page.Easy, page.EasyHref = s.Body[kernel.KOEasy], true, r.Link("/services/"+s.ID)
		return
	}
	page.EasyHref = r.Link("/services/" + s.ID + "?text=easy")
}

// facts answers in one look: which body, what it costs, how long it takes, how
// to reach it.
func (p *Pages) facts(r *web.Request, s *contract.Service) []design.Row {
	rows := []design.Row{{Key: r.T("catalog.service.who"), Value: s.Who.In(r.Lang)}}
	body := design.Row{Key: r.T("catalog.service.agency"), Value: p.src.BodyName(s.Agency, r.Lang)}
	if s.Agency.By == "nationwide" {
		body.Href, body.Action = r.Link("/agencies/"+s.Agency.Body), r.T("catalog.service.agency_more")
	} else {
		body.Note = r.T("catalog.service.agency_place")
	}
	rows = append(rows, body, fee(r, s))
	if !s.TimeLimit.IsZero() {
		rows = append(rows, design.Row{Key: r.T("catalog.service.time"), Value: Limit(r, s.TimeLimit), Note: note(s.TimeLimit.Note.In(r.Lang), r.T("catalog.limit.how."+how(s.TimeLimit)))})
	}
	if d := s.Deadline; d != nil {
		value := r.T("catalog.deadline."+d.Unit, "n", d.Value)
		rows = append(rows, design.Row{Key: r.T("catalog.service.deadline"), Value: value, Note: note(d.Note.In(r.Lang), lawIn(r, d.Law))})
	}
	var channels []string
	for _, c := range s.Channels {
		channels = append(channels, r.T("catalog.channel."+c))
	}
	return append(rows, design.Row{Key: r.T("catalog.service.channels"), Value: strings.Join(channels, ", ")})
}

func note(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// lawIn leaves out a Korean citation on an English page; the laws have their
// own list there.
func lawIn(r *web.Request, law string) string {
	if r.Lang == kernel.EN {
		return ""
	}
	return law
}

func fee(r *web.Request, s *contract.Service) design.Row {
	row := design.Row{Key: r.T("catalog.service.fee"), Note: s.Fee.Note.In(r.Lang)}
	if s.Fee.Won == 0 {
		row.Value = r.T("catalog.fee.free")
		return row
	}
	row.Value = i18n.Money(r.Lang, s.Fee.Won)
	if s.Online && s.Fee.Online != s.Fee.Won {
		online := r.T("catalog.fee.free")
		if s.Fee.Online > 0 {
			online = i18n.Money(r.Lang, s.Fee.Online)
		}
		row.Note = note(r.T("catalog.fee.online", "fee", online), row.Note)
	}
	return row
}

// Limit is a time limit in words.
func Limit(r *web.Request, l contract.Limit) string {
	return r.T("catalog.limit."+l.Unit, "n", l.Value)
}

// how names the way the limit is counted (Civil Petitions Treatment Act
// art. 19).
func how(l contract.Limit) string {
	switch {
	case l.Rule == "civil":
		return "civil"
	case l.Unit == "immediate", l.Unit == "hours", l.Unit == "days" && l.Value <= 5:
		return "hours"
	case l.Unit == "days":
		return "days"
	}
	return "calendar"
}

// article writes 제16조제1항 as "art. 16 para. 1" on English pages.
func article(r *web.Request, s string) string {
	if r.Lang != kernel.EN {
		return s
	}
	words := []struct{ ko, en string }{{"조", "Article"}, {"항", "paragraph"}, {"호", "item"}}
	var out []string
	for rest := s; rest != ""; {
		part, more, ok := strings.Cut(strings.TrimPrefix(rest, "제"), "제")
		n, unit := splitNumber(part)
		i := slices.IndexFunc(words, func(w struct{ ko, en string }) bool { return strings.HasPrefix(unit, w.ko) })
		if n == "" || i < 0 {
			return ""
		}
		if branch := strings.TrimPrefix(unit, words[i].ko); strings.HasPrefix(branch, "의") {
			n += "-" + strings.TrimPrefix(branch, "의")
		}
		out = append(out, words[i].en+" "+strings.TrimSpace(n))
		if !ok {
			break
		}
		rest = more
	}
	return strings.Join(out, ", ")
}

func splitNumber(s string) (n, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if _, err := strconv.Atoi(s[:i]); err != nil {
		return "", s
	}
	return s[:i], s[i:]
}

// unverified names what nobody confirmed at its source yet.
func unverified(r *web.Request, s *contract.Service) []string {
	var out []string
	for _, field := range s.Unverified {
		top, _, _ := strings.Cut(field, ".")
		name := "catalog.field." + top
		if !slices.Contains(fields, top) {
			name = "catalog.field.other"
		}
		if text := r.T(name); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// fields are the parts of a service that have a name of their own for people.
var fields = []string{"agency", "law", "who", "papers", "fee", "time_limit", "deadline", "channels", "directions", "eligibility", "objection", "retention", "outcome", "parties"}
