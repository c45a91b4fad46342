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
	Body       string
	Easy       bool   // Body is the text that is easy to read
	EasyHref   string // of the other of the two texts, "" when there is none
	SignIn     string // the way to sign in before starting, "" for who is
	Unverified string // what is unsure and has no place on the page
	// Preview: the page shows a draft to its editor, and nothing on it begins
	// anything.
	Preview *Preview
}

// Preview marks a page that only shows what a draft would look like.
type Preview struct {
	Path  string // of this page, without language
	Back  string // of the draft
	Start string // of the first question, "" when there is none
}

// Unsure tells whether nobody confirmed a field at its source yet, in whole or
// in part.
func (page servicePage) Unsure(field string) bool { return unsure(page.Service, field) }

func unsure(s *contract.Service, field string) bool {
	return slices.ContainsFunc(s.Unverified, func(f string) bool { return f == field || strings.HasPrefix(f, field+".") })
}

type link struct{ Text, Href string }

func (p *Pages) service(w http.ResponseWriter, r *web.Request) error {
	s, ok := p.src.Service(r.PathValue("id"))
	if !ok {
		return kernel.E(kernel.NotFound, "catalog.no_service", nil)
	}
	return p.show(w, r, s, nil)
}

// Show shows the page of a definition that is not in force.
func Show(srv *web.Server, src Source, w http.ResponseWriter, r *web.Request, s *contract.Service, in Preview) error {
	return (&Pages{srv: srv, src: src}).show(w, r, s, &in)
}

func (p *Pages) show(w http.ResponseWriter, r *web.Request, s *contract.Service, in *Preview) error {
	page := servicePage{Service: s, Kind: r.T("catalog.kind." + s.Kind), Laws: laws(r, s), Unverified: homeless(r, s), Preview: in}
	if s.Online && !r.Actor.SignedIn() {
		page.SignIn = r.Link("/sign-in?next=" + url.QueryEscape("/services/"+s.ID))
	}
	page.text(r, s)
	page.Facts = p.facts(r, s)
	for _, x := range s.Papers {
		page.Papers = append(page.Papers, x.In(r.Lang))
	}
	for _, id := range s.LifeEvents {
		if e, ok := p.src.LifeEvent(id); ok {
			page.Events = append(page.Events, link{e.Title.In(r.Lang), r.Link("/life-events/" + id)})
		}
	}
	return p.srv.Render(w, r, views, web.View{Template: "service", Title: s.Title.In(r.Lang), Active: "services", Data: page})
}

// text picks the page's text: English, Korean, or the Korean that is easy to
// read when the reader asks for it.
func (page *servicePage) text(r *web.Request, s *contract.Service) {
	page.Body = s.Body[r.Lang]
	if r.Lang != kernel.KO || s.Body[kernel.KOEasy] == "" {
		return
	}
	path := "/services/" + s.ID
	if page.Preview != nil {
		path = page.Preview.Path
	}
	if r.URL.Query().Get("text") == "easy" {
		page.Body, page.Easy, page.EasyHref = s.Body[kernel.KOEasy], true, r.Link(path)+"#text"
		return
	}
	page.EasyHref = r.Link(path+"?text=easy") + "#text"
}

// facts answers in one look: which body, what it costs, how long it takes, how
// to reach it.
func (p *Pages) facts(r *web.Request, s *contract.Service) []design.Row {
	var rows []design.Row
	add := func(field string, row design.Row) {
		if unsure(s, field) {
			row.Note = strings.TrimLeft(row.Note+"\n"+r.T("catalog.service.unsure"), "\n")
		}
		rows = append(rows, row)
	}
	add("who", design.Row{Key: r.T("catalog.service.who"), Value: s.Who.In(r.Lang)})
	body := design.Row{Key: r.T("catalog.service.agency"), Value: p.src.BodyName(s.Agency, r.Lang)}
	if s.Agency.By == "nationwide" {
		body.Href, body.Action = r.Link("/agencies/"+s.Agency.Body), r.T("catalog.service.agency_more")
	} else {
		body.Note = r.T("catalog.service.agency_place")
	}
	add("agency", body)
	add("fee", fee(r, s))
	if s.TimeLimit.IsZero() {
		add("time_limit", design.Row{Key: r.T("catalog.service.time"), Value: r.T("catalog.limit.unknown")})
	} else {
		add("time_limit", design.Row{Key: r.T("catalog.service.time"), Value: Limit(r, s.TimeLimit), Note: note(s.TimeLimit.Note.In(r.Lang), counted(r, s.TimeLimit))})
	}
	if d := s.Deadline; d != nil {
		value := r.T("catalog.deadline."+d.Unit, "n", d.Value)
		add("deadline", design.Row{Key: r.T("catalog.service.deadline"), Value: value, Note: note(d.Note.In(r.Lang), lawIn(r, d.Law))})
	}
	var channels []string
	for _, c := range s.Channels {
		channels = append(channels, r.T("catalog.channel."+c))
	}
	add("channels", design.Row{Key: r.T("catalog.service.channels"), Value: strings.Join(channels, ", ")})
	if s.Online && s.Retention.Years > 0 {
		add("retention", design.Row{Key: r.T("catalog.field.retention"), Value: r.T("catalog.limit.years", "n", s.Retention.Years), Note: lawIn(r, s.Retention.Law)})
	}
	return rows
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

// fee is what it costs. Where no amount is due to the office, the note says it
// all: it may tell of a price that others set.
func fee(r *web.Request, s *contract.Service) design.Row {
	row := design.Row{Key: r.T("catalog.service.fee"), Note: s.Fee.Note.In(r.Lang)}
	switch {
	case s.Online && s.Fee.Online != s.Fee.Won:
		row.Value = r.T("catalog.fee.online", "fee", won(r, s.Fee.Online))
		if row.Note == "" {
			row.Note = r.T("catalog.fee.counter", "fee", won(r, s.Fee.Won))
		}
	case s.Fee.Won == 0 && row.Note != "":
		row.Value, row.Note = row.Note, ""
	default:
		row.Value = won(r, s.Fee.Won)
	}
	return row
}

func won(r *web.Request, m kernel.Money) string {
	if m == 0 {
		return r.T("catalog.fee.free")
	}
	return i18n.Money(r.Lang, m)
}

// laws lists each law once, with all its articles.
func laws(r *web.Request, s *contract.Service) []design.Row {
	var names []string
	articles := map[string][]string{}
	for _, x := range s.Law {
		name := x.Name
		if r.Lang == kernel.EN {
			name = x.NameEN
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if a := article(r, x.Article); a != "" {
			articles[name] = append(articles[name], a)
		}
	}
	var rows []design.Row
	for _, n := range names {
		rows = append(rows, design.Row{Key: n, Value: strings.Join(articles[n], ", ")})
	}
	return rows
}

// Limit is a time limit in words.
func Limit(r *web.Request, l contract.Limit) string {
	return r.T("catalog.limit."+l.Unit, "n", l.Value)
}

// counted tells how a limit is counted; what is done at once is not.
func counted(r *web.Request, l contract.Limit) string {
	if l.Unit == "immediate" {
		return ""
	}
	return r.T("catalog.limit.how." + how(l))
}

// how names the way the limit is counted (Civil Petitions Treatment Act
// art. 19).
func how(l contract.Limit) string {
	switch {
	case l.Rule == "civil":
		return "civil"
	case l.Unit == "hours", l.Unit == "days" && l.Value <= 5:
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

// homeless names what nobody confirmed yet and no place of the page shows.
func homeless(r *web.Request, s *contract.Service) string {
	var out []string
	for _, field := range s.Unverified {
		top, _, _ := strings.Cut(field, ".")
		if placed(s, top) {
			continue
		}
		name := "catalog.field." + top
		if !slices.Contains(named, top) {
			name = "catalog.field.other"
		}
		if text := r.T(name); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}

// placed tells whether the page shows a field, and so marks it there.
func placed(s *contract.Service, field string) bool {
	switch field {
	case "agency", "law", "who", "fee", "time_limit", "channels":
		return true
	case "papers":
		return len(s.Papers) > 0
	case "deadline":
		return s.Deadline != nil
	case "directions":
		return s.Directions != nil
	case "objection":
		return s.Objection != nil
	case "retention":
		return s.Online && s.Retention.Years > 0
	}
	return false
}

// named are the fields that have a name for people.
var named = []string{"papers", "deadline", "directions", "objection", "retention", "eligibility", "outcome", "parties"}
