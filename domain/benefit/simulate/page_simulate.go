package simulate

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/design"
	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/spreadsheet"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// pages adds the rows of the route table. Everything is asked by address, so
// that a result can be sent to a colleague; no personal data travels in it.
func (s *Service) pages(srv *web.Server) {
	p := &pages{srv, s}
	srv.Page(web.Page{Method: http.MethodGet, Path: "/benefits/simulate", Name: "benefit.simulate", For: web.Staff, Handler: p.simulate})
	srv.Page(web.Page{Method: http.MethodGet, Path: "/benefits/simulate/table.csv", Name: "benefit.simulate_csv", For: web.Staff, Handler: p.table})
}

type pages struct {
	srv *web.Server
	s   *Service
}

// query is what the address asks.
type query struct {
	Parameter, Value, Overlay string
	form                      url.Values
}

func asked(r *web.Request) query {
	q := r.URL.Query()
	text := func(name string) string { return strings.TrimSpace(strings.ToValidUTF8(q.Get(name), "")) }
	return query{Parameter: text("parameter"), Value: text("value"), Overlay: strings.ReplaceAll(text("overlay"), "\r\n", "\n"), form: q}
}

// complete tells whether there is something to compute.
func (q query) complete() bool { return q.Overlay != "" || q.Value != "" }

// overlay is the change that is asked for, and for which day.
func (p *pages) overlay(q query, law *inForce) (o Overlay, on kernel.Date, err error) {
	if on, err = web.FormDate(q.form, "date"); err != nil {
		return o, on, err
	}
	if on.IsZero() {
		on = p.s.today()
	}
	bad := kernel.E(kernel.Invalid, "simulate.error.check", nil)
	for name, text := range map[string]string{"value": q.Value, "overlay": q.Overlay} {
		if utf8.RuneCountInString(text) > maxTyped {
			return o, on, bad.Field(name, "simulate.error.long", map[string]any{"most": maxTyped})
		}
	}
	switch {
	case q.Overlay != "" && (q.Parameter != "" || q.Value != ""):
		return o, on, bad.Field("overlay", "simulate.error.either", nil)
	case q.Overlay != "":
		o, problems := Decode([]byte(q.Overlay))
		if len(problems) > 0 {
			return o, on, wrong(problems)
		}
		return o, on, nil
	case q.Parameter == "":
		return o, on, bad.Field("parameter", "simulate.error.parameter", nil)
	}
	if err := o.Set(law.base.source, q.Parameter+"="+q.Value, on); err != nil {
		return o, on, bad.Field("value", "simulate.error.reason", map[string]any{"reason": err.Error()})
	}
	return o, on, nil
}

// simulatePage is the form and, where something was asked, the result.
type simulatePage struct {
	Query   query
	Date    kernel.Date
	Groups  []choices
	Picked  *picked
	Busy    bool
	Result  *shown
	Maximum int
}

// choices are the parameters of one benefit.
type choices struct {
	Title   string
	Options []design.Option
}

// picked is the parameter that was chosen, as the law has it.
type picked struct {
	Title, Value, Article, Notice string
	From                          kernel.Date
	Unverified                    bool
}

func (p *pages) simulate(w http.ResponseWriter, r *web.Request) error {
	if err := admit(r.Actor); err != nil {
		return err
	}
	law, err := p.s.current()
	if err != nil {
		return err
	}
	q := asked(r)
	page := simulatePage{Query: q, Maximum: maxTyped}
	view := web.View{Template: "simulate", Title: r.T("simulate.title"), Active: "simulate", Wide: true}
	o, on, err := p.overlay(q, law)
	if !q.complete() {
		// Nothing to compute yet: a parameter alone shows what it is.
		if bad, derr := web.FormDate(q.form, "date"); derr == nil && !bad.IsZero() {
			on = bad
		} else {
			on = p.s.today()
		}
		err = nil
	}
	page.Date, page.Groups = on, p.parameters(law, on, r)
	page.Picked = pickedOf(law.base.source, q.Parameter, on, r.Lang)
	var result *Result
	if err == nil && q.complete() {
		result, err = p.s.Run(r.Context(), r.Actor, o, on)
	}
	switch {
	case kernel.Is(err, kernel.Unavailable):
		page.Busy, view.Status = true, http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "5")
	case kernel.Is(err, kernel.Invalid):
		view.Err = err
	case err != nil:
		return err
	case result != nil:
		page.Result = p.show(r, law, o, q, result)
		view.Title = page.Result.Headline
	}
	view.Data = page
	return p.srv.Render(w, r, views, view)
}

// table is the result for a spreadsheet.
func (p *pages) table(w http.ResponseWriter, r *web.Request) error {
	if err := admit(r.Actor); err != nil {
		return err
	}
	law, err := p.s.current()
	if err != nil {
		return err
	}
	q := asked(r)
	o, on, err := p.overlay(q, law)
	if err != nil {
		return err
	}
	result, err := p.s.Run(r.Context(), r.Actor, o, on)
	if err != nil {
		return err
	}
	spreadsheet.Offer(w.Header(), "simulation.csv")
	return p.words(law, o, r.Lang).CSV(w, result, true)
}

func (p *pages) words(law *inForce, o Overlay, l kernel.Lang) *Words {
	words := &Words{Texts: p.s.d.Texts, Lang: l, Titles: law.pack.Titles, Regions: p.s.d.Places.RegionNames()}
	words.Titled(o)
	return words
}

// parameters are all that can be chosen, by the benefits that use them.
func (p *pages) parameters(law *inForce, on kernel.Date, r *web.Request) []choices {
	users := usersOf(law.base.law)
	groups := []choices{{Title: r.T("simulate.page.group_shared")}}
	at := map[string]int{}
	for _, of := range law.base.law.Programmes {
		at[of.ID] = len(groups)
		title := law.pack.Titles[of.ID].In(r.Lang)
		if title == "" {
			title = of.ID
		}
		groups = append(groups, choices{Title: title})
	}
	for i, param := range law.base.source.Law.Parameters {
		v, ok := InForce(param, on)
		if !ok {
			continue
		}
		k := 0
		if len(users[i]) == 1 {
			k = at[users[i][0]]
		}
		name := param.Title.In(r.Lang)
		if name == "" {
			name = param.ID
		}
		groups[k].Options = append(groups[k].Options, design.Option{Value: param.ID, Label: r.T("simulate.page.present", "name", name, "value", brief(r.Lang, param, v.Value))})
	}
	return slices.DeleteFunc(groups, func(c choices) bool { return len(c.Options) == 0 })
}

// usersOf are the programmes that rest on each parameter, by its number.
func usersOf(law *rule.Law) [][]string {
	out := make([][]string, len(law.Params))
	for _, p := range law.Programmes {
		var all []int
		for _, d := range []int{p.Eligible, p.Amount} {
			all = append(all, law.Defs[d].Params...)
		}
		slices.Sort(all)
		for _, k := range slices.Compact(all) {
			out[k] = append(out[k], p.ID)
		}
	}
	return out
}

// brief is a value for a list: numbers grouped, long tables cut.
func brief(l kernel.Lang, p contract.Parameter, v any) string {
	if len(p.By) == 0 {
		var n int64
		switch x := v.(type) {
		case int:
			n = int64(x)
		case int64:
			n = x
		default:
			return clip(strings.Trim(Written(v), `"`))
		}
		if p.Type == "won" {
			return i18n.Money(l, kernel.Money(n))
		}
		return i18n.Number(l, n)
	}
	return clip(Written(v))
}

func clip(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

func pickedOf(s rule.Source, id string, on kernel.Date, l kernel.Lang) *picked {
	at := slices.IndexFunc(s.Law.Parameters, func(p contract.Parameter) bool { return p.ID == id })
	if at < 0 {
		return nil
	}
	param := s.Law.Parameters[at]
	v, ok := InForce(param, on)
	if !ok {
		return nil
	}
	title := param.Title.In(l)
	if title == "" {
		title = param.ID
	}
	return &picked{Title: title, Value: strings.Trim(Written(v.Value), `"`), Article: v.Article, Notice: v.Notice, From: v.From,
		Unverified: v.Unverified != nil && v.Unverified != false} // of a table perhaps single entries
}

// shown is a result in words, tables and drawings.
type shown struct {
	Headline   string
	LeftOut    string
	People     string
	Changes    []string
	Stats      []design.Stat
	Programmes [][]any
	Costs      [][]any
	CostChart  template.HTML
	By         []section
	Details    []detail
	Unchanged  []string
	Notes      []string
	CSV        string
	YAML       string
	Nothing    bool
}

// section is one dimension, or one of a programme.
type section struct {
	Title, Caption string
	Chart          template.HTML
	Rows           [][]any
}

type detail struct {
	Title, Note string
	Sections    []section
}

func (p *pages) show(r *web.Request, law *inForce, o Overlay, q query, result *Result) *shown {
	w := p.words(law, o, r.Lang)
	out := &shown{Headline: w.Headline(result), LeftOut: w.LeftOut(result), Notes: append(w.Notes(result), r.T("simulate.note.unknown")), YAML: q.Overlay, Nothing: len(result.Changed) == 0}
	out.People = w.T("simulate.people", "people", i18n.Number(w.Lang, result.Persons), "households", i18n.Number(w.Lang, result.Households), "day", i18n.Date(w.Lang, result.Date))
	if out.YAML == "" {
		out.YAML = o.YAML()
	}
	for _, c := range result.Changes {
		out.Changes = append(out.Changes, w.Changed(c))
	}
	for _, id := range result.Unchanged {
		out.Unchanged = append(out.Unchanged, w.Programme(id))
	}
	values := url.Values{}
	for name := range q.form {
		if v := q.form.Get(name); v != "" {
			values.Set(name, v)
		}
	}
	out.CSV = r.Link("/benefits/simulate/table.csv") + "?" + values.Encode()
	if out.Nothing {
		return out
	}
	all := result.Overall
	if len(all.Programmes) > 0 {
		out.Stats = []design.Stat{
			{Key: w.T("simulate.page.gain_stat"), Value: w.Count(all.Figures.More), Tone: "info"},
			{Key: w.T("simulate.page.lose_stat"), Value: w.Count(all.Figures.Less), Tone: "danger"},
			{Key: w.T("simulate.page.cost_stat"), Value: w.Change(all.Figures.CostChange)},
			{Key: w.T("simulate.page.mean_stat"), Value: w.Change(all.MeanGain)},
		}
	}
	charts := map[string]template.HTML{}
	for _, c := range w.Charts(result) {
		charts[c.Name] = template.HTML(c.SVG) // texts in it are escaped
	}
	out.CostChart = charts["cost"]
	for _, c := range result.Changed {
		f := c.Figures
		name := design.Cell{Text: w.Programme(c.ID), Note: w.T("simulate.unit." + c.Unit)}
		out.Programmes = append(out.Programmes, []any{name, w.Count(f.Before), w.Count(f.After), w.Count(f.New), w.Count(f.Lost), w.Count(f.More), w.Count(f.Less), w.Count(f.Same), w.Count(f.Unknown)})
		if c.Period != "in_kind" {
			out.Costs = append(out.Costs, []any{w.Programme(c.ID), w.Won(f.CostBefore), w.Won(f.CostAfter), w.Change(f.CostChange)})
		}
		d := detail{Title: w.Programme(c.ID), Note: w.T("simulate.column.unit") + ": " + w.T("simulate.unit."+c.Unit)}
		for _, b := range c.Breakdowns {
			by := section{Title: w.T("simulate.by." + b.By), Caption: w.T("simulate.page.caption_programme", "name", d.Title, "by", w.T("simulate.by."+b.By))}
			for _, g := range b.Groups {
				by.Rows = append(by.Rows, []any{w.Group(b.By, g.Key), w.Count(g.Gain), w.Count(g.Lose), w.Count(g.Unknown), w.Change(g.CostChange)})
			}
			d.Sections = append(d.Sections, by)
		}
		out.Details = append(out.Details, d)
	}
	for _, b := range all.Breakdowns {
		if len(all.Programmes) == 0 {
			break
		}
		by := section{Title: w.T("simulate.by." + b.By), Caption: w.T("simulate.chart.by_" + b.By), Chart: charts[b.By]}
		for _, g := range b.Groups {
			by.Rows = append(by.Rows, []any{w.Group(b.By, g.Key), w.Count(g.Gain), w.Count(g.Lose), w.Change(g.CostChange)})
		}
		out.By = append(out.By, by)
	}
	return out
}
