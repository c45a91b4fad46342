package registry

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	view "maru/domain/registry/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

// pages are the domain's handlers.
type pages struct {
	s   *Service
	srv *web.Server
}

func (s *Service) pages(srv *web.Server) {
	p := &pages{s, srv}
	page := func(method, path, name string, h web.Handler) {
		srv.Page(web.Page{Method: method, Path: "/desk/registers" + path, Name: "registry." + name, For: web.Staff, Handler: h})
	}
	page(http.MethodGet, "", "list", p.list)
	page(http.MethodGet, "/{code}", "one", p.one)
	page(http.MethodPost, "/{code}", "look", p.look)
}

func (p *pages) render(w http.ResponseWriter, r *web.Request, template, title string, data any, err error) error {
	return p.srv.Render(w, r, view.Views, web.View{Template: template, Title: title, Data: data, Active: "desk", Err: err, Secret: true})
}

// kept are the registers of the official's own body, also for an official who
// is an operator too.
func (p *pages) kept(r *web.Request) ([]*Register, error) {
	if err := official(r.Actor); err != nil {
		return nil, err
	}
	list, err := p.s.Registers(r.Context(), r.Actor)
	return slices.DeleteFunc(list, func(x *Register) bool {
		return x.State != Active || !slices.Contains(r.Actor.Agencies(authz.Official), x.Def.Agency)
	}), err
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	list, err := p.kept(r)
	if err != nil {
		return err
	}
	v := view.List{}
	for _, x := range list {
		v.Rows = append(v.Rows, []view.Cell{{Text: x.Def.Name.In(r.Lang), Href: r.Link("/desk/registers/" + x.Def.Code)}, {Text: p.s.d.Bodies.Name(x.Def.Agency, r.Lang)},
			{Text: x.Def.Version}, {Text: i18n.Number(r.Lang, int64(x.Records))}})
	}
	return p.render(w, r, "registers", r.T("registry.list.title"), v, nil)
}

// find is one of the registers, and its page without a record.
func (p *pages) find(r *web.Request) (*Register, *view.One, error) {
	list, err := p.kept(r)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(list, func(x *Register) bool { return x.Def.Code == r.PathValue("code") })
	if i < 0 {
		return nil, nil, errNone
	}
	x := list[i]
	v := &view.One{Code: x.Def.Code, Name: x.Def.Name.In(r.Lang), KeyLabel: r.T("registry.one.own_id")}
	if f := x.Def.field(x.Def.Key); f != nil {
		v.KeyLabel = r.T("registry.one.key", "field", title(r, f))
	}
	for _, purpose := range Purposes {
		v.Purposes = append(v.Purposes, view.Option{Value: purpose, Label: r.T("registry.purpose." + purpose)})
	}
	for _, row := range [][2]string{{"list.body", p.s.d.Bodies.Name(x.Def.Agency, r.Lang)}, {"one.basis", x.Def.Basis}, {"one.code", x.Def.Code}, {"list.version", x.Def.Version},
		{"list.records", i18n.Number(r.Lang, int64(x.Records))}} {
		if row[1] != "" {
			v.Rows = append(v.Rows, view.Row{Key: r.T("registry." + row[0]), Value: row[1]})
		}
	}
	for i := range x.Def.Fields {
		f := &x.Def.Fields[i]
		v.Fields = append(v.Fields, []view.Cell{{Text: title(r, f)}, {Text: r.T("registry.type." + f.Type)}, {Text: roles(r, &x.Def, f)}})
	}
	return x, v, nil
}

func title(r *web.Request, f *Field) string {
	if t := f.Title.In(r.Lang); t != "" {
		return t
	}
	return f.ID
}

// roles say what a field is for.
func roles(r *web.Request, d *Definition, f *Field) string {
	var out []string
	for name, is := range map[string]bool{"key": d.Key == f.ID, "person": d.Person == f.ID, "required": f.Required,
		"unique": slices.ContainsFunc(d.Unique, func(set []string) bool { return len(set) == 1 && set[0] == f.ID })} {
		if is {
			out = append(out, r.T("registry.role."+name))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	_, v, err := p.find(r)
	if err != nil {
		return err
	}
	return p.render(w, r, "register", v.Name, v, nil)
}

// look shows one record. What is looked for travels in the form alone: no
// address tells it.
func (p *pages) look(w http.ResponseWriter, r *web.Request) error {
	x, v, err := p.find(r)
	if err != nil {
		return err
	}
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	v.Key, v.Purpose = strings.TrimSpace(form.Get("key")), form.Get("purpose")
	look := Look{Purpose: v.Purpose}
	wrong := kernel.E(kernel.Invalid, "registry.error.form", nil)
	if v.Key == "" {
		wrong.Field("key", "registry.one.key_missing", nil)
	}
	if look.check() != nil {
		wrong.Field("purpose", "registry.error.purpose", nil)
	}
	if len(wrong.Fields) > 0 {
		return p.render(w, r, "register", v.Name, v, wrong)
	}
	_, rec, err := p.s.Read(r.Context(), r.Actor, x.Def.Code, "", v.Key, look)
	switch {
	case kernel.Is(err, kernel.NotFound):
		v.Missing = true
	case err != nil:
		return err
	default:
		v.Record = &view.Record{Key: v.Key, Rows: append(rows(r, x.Def.Fields, rec.Fields, ""), view.Row{Key: r.T("registry.one.changed"), Value: i18n.DateTime(r.Lang, rec.ChangedAt)})}
	}
	return p.render(w, r, "register", v.Name, v, nil)
}

// rows are a record's fields, those of objects after them.
func rows(r *web.Request, fields []Field, v Values, before string) []view.Row {
	var out []view.Row
	for i := range fields {
		f := &fields[i]
		val, ok := v[f.ID]
		if !ok {
			continue
		}
		key := before + title(r, f)
		if inner, ok := val.(Values); ok && f.Type == Object {
			out = append(out, rows(r, f.Fields, inner, key+": ")...)
			continue
		}
		out = append(out, view.Row{Key: key, Value: worded(r, val)})
	}
	return out
}

func worded(r *web.Request, val any) string {
	switch val := val.(type) {
	case string:
		return val
	case bool:
		if val {
			return r.T("registry.value.yes")
		}
		return r.T("registry.value.no")
	}
	b, err := json.Marshal(val) // a number as it was written, or what is not checked
	if err != nil {
		return ""
	}
	return string(b)
}
