package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

// Understood is an answer of a form that was said.
type Understood struct {
	Question *contract.Question
	Value    kernel.Value
	Quote    string
}

// Starter begins applications with what was said.
type Starter interface {
	// Start seals it into a token; "" where the service begins on its own page.
	Start(ctx context.Context, t Talked, l kernel.Lang, service string) (string, error)
	// Started opens a token.
	Started(token string) (*contract.Service, []Understood, error)
	// Begin opens the application with the answers that the person left in.
	Begin(ctx context.Context, actor authz.Actor, token string, answers map[string]kernel.Value) (id kernel.ID, left int, err error)
	// Regions are the places that can be chosen.
	Regions(l kernel.Lang) []Place
}

// Place is a city, county or district.
type Place struct{ Code, Name string }

func (p *Pages) regions(l kernel.Lang) []design.Option {
	var out []design.Option
	for _, x := range p.ask.Regions(l) {
		out = append(out, design.Option{Value: x.Code, Label: x.Name})
	}
	return out
}

// start goes from a conversation to the application: the sentence stays behind,
// what it told of the form goes along, sealed.
func (p *Pages) start(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	service := form.Get("service")
	token, err := p.ask.Start(r.Context(), talked(form), r.Lang, service)
	if err != nil {
		return err
	}
	if token == "" {
		return p.server.Redirect(w, r, "/services/"+url.PathEscape(service))
	}
	return p.server.Redirect(w, r, "/ask/start/"+token)
}

// startPage shows what was understood.
type startPage struct {
	Service kernel.Text
	Action  string
	Rows    []understood
}

// understood is one answer with the input that corrects it.
type understood struct {
	ID, Type, Title, Quote string
	Value                  string
	Date                   kernel.Date
	Typed                  map[string]string
	Options                []design.Option
	Error                  string
	Drop                   bool
}

func (p *Pages) started(w http.ResponseWriter, r *web.Request) error {
	return p.showStart(w, r, nil, nil)
}

func (p *Pages) showStart(w http.ResponseWriter, r *web.Request, form url.Values, wrong error) error {
	svc, said, err := p.ask.Started(r.PathValue("token"))
	if err != nil {
		return err
	}
	page := startPage{Service: svc.Title, Action: r.Link("/ask/start/" + r.PathValue("token"))}
	for _, u := range said {
		page.Rows = append(page.Rows, p.row(r, u, form))
	}
	return p.server.Render(w, r, views, web.View{Template: "start", Title: r.T("ask.start.title"), Active: "applications", Data: page, Err: wrong, Secret: true})
}

func (p *Pages) row(r *web.Request, u Understood, form url.Values) understood {
	q := u.Question
	row := understood{ID: q.ID, Type: q.Type, Title: q.Title.In(r.Lang), Quote: u.Quote, Value: u.Value.Text()}
	row.Date, _ = u.Value.Date()
	switch q.Type {
	case "bool":
		row.Options = []design.Option{{Value: "true", Label: r.T("ask.reply.true")}, {Value: "false", Label: r.T("ask.reply.false")}}
	case "enum":
		for _, o := range q.Options {
			row.Options = append(row.Options, design.Option{Value: o.Value, Label: o.Text.In(r.Lang)})
		}
	case "region":
		row.Options = p.regions(r.Lang)
	}
	if form != nil {
		row.Value, row.Drop = clip(form.Get(q.ID), 40), form.Get("drop-"+q.ID) != ""
		row.Date, row.Typed = kernel.Date{}, map[string]string{}
		for _, part := range []string{"year", "month", "day"} {
			row.Typed[part] = clip(form.Get(q.ID+"-"+part), 4)
		}
	}
	return row
}

// begin opens the application with what the person left in.
func (p *Pages) begin(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	_, said, err := p.ask.Started(token)
	if err != nil {
		return err
	}
	answers, wrong := corrected(form, said)
	if wrong != nil {
		return p.showStart(w, r, form, wrong)
	}
	id, left, err := p.ask.Begin(r.Context(), r.Actor, token, answers)
	if err != nil {
		return err
	}
	switch {
	case left > 0:
		p.server.Flash(w, "ask.start.in_part")
	case len(answers) > 0:
		p.server.Flash(w, "ask.start.taken")
	}
	return p.server.Redirect(w, r, "/applications/"+string(id))
}

// corrected reads the answers as the person left them; what they dropped or
// emptied is none.
func corrected(form url.Values, said []Understood) (map[string]kernel.Value, error) {
	out := map[string]kernel.Value{}
	bad := kernel.E(kernel.Invalid, "error.check_answers", nil)
	for _, u := range said {
		q := u.Question
		if form.Get("drop-"+q.ID) != "" {
			continue
		}
		text := strings.TrimSpace(form.Get(q.ID))
		switch {
		case q.Type == "date":
			d, err := web.FormDate(form, q.ID)
			if e, ok := err.(*kernel.Error); ok {
				bad.Fields = append(bad.Fields, e.Fields...)
			} else if err != nil {
				return nil, err
			}
			if !d.IsZero() {
				out[q.ID] = kernel.DateValueOf(d)
			}
		case text == "":
		case q.Type == "bool" && text != "true" && text != "false", q.Type == "enum" && !q.Offers(text):
			bad.Field(q.ID, "ask.error.choice", nil)
		case q.Type == "bool":
			out[q.ID] = kernel.BoolOf(text == "true")
		case q.Type == "int" || q.Type == "money":
			n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
			if err != nil || n < q.Min || q.Max > 0 && n > q.Max {
				bad.Field(q.ID, "ask.error.number", nil)
				continue
			}
			out[q.ID] = kernel.IntOf(n)
		default:
			out[q.ID] = kernel.TextOf(clip(text, 60))
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return out, nil
}
