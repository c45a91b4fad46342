package govregistries

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"maru/domain/registry"
	"maru/kernel"
	"maru/platform/prescribed"
)

// property is a field in JSON Schema's words and the block's.
type property struct {
	Type        string               `json:"type"`
	Format      string               `json:"format,omitempty"`
	Description string               `json:"description,omitempty"`
	MaxLength   int                  `json:"maxLength,omitempty"`
	Enum        []string             `json:"enum,omitempty"`
	PrimaryKey  bool                 `json:"primaryKey,omitempty"`
	Person      bool                 `json:"x-person,omitempty"` // ours: the field that holds the person's id
	Basis       string               `json:"x-basis,omitempty"`  // ours, of the schema as a whole: the law and article
	Properties  map[string]*property `json:"properties,omitempty"`
	Required    []string             `json:"required,omitempty"`
	ID          int                  `json:"id,omitempty"` // its place
}

// databases are those that the caller may know of, as one group.
func (f *Face) databases(c *call) (int, any, error) {
	list, err := f.d.Registers.Registers(c.Context(), c.actor)
	if err != nil {
		return 0, nil, err
	}
	all := make([]object, len(list))
	for i, r := range list {
		all[i] = f.info(r)
	}
	return http.StatusOK, object{"id": 1, "name": "Registers", "code": "registers", "databases": all}, nil
}

func (f *Face) database(c *call) (int, any, error) {
	r, err := f.numbered(c)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, f.info(r), nil
}

func (f *Face) numbered(c *call) (*registry.Register, error) {
	n, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil || n < 1 {
		return nil, errRequest
	}
	return f.d.Registers.Numbered(c.Context(), c.actor, n)
}

// removeDatabase removes a register that holds nothing.
func (f *Face) removeDatabase(c *call) (int, any, error) {
	r, err := f.numbered(c)
	if err == nil {
		err = f.d.Registers.Remove(c.Context(), c.actor, r.Def.Code)
	}
	if err != nil && !kernel.Is(err, kernel.NotFound) {
		return 0, nil, err
	}
	return http.StatusOK, "Success", nil
}

// modify proposes a register or its next version. The group is the body that
// keeps it.
func (f *Face) modify(c *call) (int, any, error) {
	var in map[string]json.RawMessage
	if err := prescribed.Body(c.Request, &in); err != nil {
		return 0, nil, err
	}
	var d registry.Definition
	var name string
	var schema property
	for _, part := range []struct {
		into  any
		names []string
	}{{&d.Agency, []string{"groupName", "group_name"}}, {&name, []string{"catalogName", "catalog_name"}}, {&d.Code, []string{"code"}}, {&schema, []string{"schema"}}} {
		for _, n := range part.names {
			if raw, ok := in[n]; ok && registry.Decode(raw, part.into) != nil {
				return 0, nil, errRequest
			}
		}
	}
	d.Basis = schema.Basis
	d.Fields = fields(schema.Properties, schema.Required, 1)
	if !marks(&schema, &d, 1) {
		return 0, nil, errRequest
	}
	was, err := f.before(c, d.Code)
	if err != nil {
		return 0, nil, err
	}
	carry(&d, name, was)
	r, err := f.d.Registers.Propose(c.Context(), c.actor, d)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, schemaOf(r), nil
}

// marks takes the fields that a schema marks as key and person. It is false
// where one mark stands twice, or inside an object: one of two would be picked by
// chance, and one inside would be passed over.
func marks(schema *property, d *registry.Definition, depth int) bool {
	for id, p := range schema.Properties {
		if p == nil {
			continue
		}
		for mark, into := range map[*bool]*string{&p.PrimaryKey: &d.Key, &p.Person: &d.Person} {
			if *mark {
				if depth > 1 || *into != "" {
					return false
				}
				*into = id
			}
		}
		if !marks(p, d, depth+1) {
			return false
		}
	}
	return true
}

// before is the version that a proposal follows, nil for none.
func (f *Face) before(c *call, code string) (*registry.Definition, error) {
	if !registry.Fine(code) {
		return nil, nil // which the room refuses with its reason
	}
	list, err := f.d.Registers.Versions(c.Context(), c.actor, code)
	if kernel.Is(err, kernel.NotFound) || err == nil && len(list) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(r *registry.Register) bool { return r.State == registry.Active })
	return &list[max(i, 0)].Def, nil
}

// carry keeps of the version before what this interface cannot say, or did not:
// the legal basis, unique fields, and names in two languages.
func carry(d *registry.Definition, name string, was *registry.Definition) {
	if was == nil {
		was = &registry.Definition{}
	}
	d.Name = named(name, was.Name)
	d.Unique = was.Unique
	if d.Basis == "" {
		d.Basis = was.Basis
	}
	titles(d.Fields, was.Fields)
}

func titles(list, was []registry.Field) {
	for i := range list {
		at := slices.IndexFunc(was, func(f registry.Field) bool { return f.ID == list[i].ID })
		if at >= 0 {
			list[i].Title = named(list[i].Title.EN, was[at].Title)
			titles(list[i].Fields, was[at].Fields)
		}
	}
}

// named is one text as two: the Korean one stays where the English one alone was
// shown and changed, and both where nothing was said.
func named(text string, was kernel.Text) kernel.Text {
	switch {
	case text == "" || text == was.In(kernel.EN):
		return was
	case was.KO == was.In(kernel.EN):
		return kernel.Text{KO: text, EN: text}
	}
	return kernel.Text{KO: was.KO, EN: text}
}

// deepest is how far objects in objects are read; the room allows less.
const deepest = 8

// fields makes fields of properties, by their places, then by name.
func fields(list map[string]*property, required []string, depth int) []registry.Field {
	var out []registry.Field
	for id, p := range list {
		if p == nil {
			p = &property{}
		}
		f := registry.Field{ID: id, Type: typeOf(p), Title: kernel.Text{KO: p.Description, EN: p.Description}, Required: slices.Contains(required, id)}
		if f.Type == registry.String {
			f.Max, f.Enum = p.MaxLength, p.Enum
		}
		if depth < deepest {
			f.Fields = fields(p.Properties, p.Required, depth+1)
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b registry.Field) int {
		if pa, pb := place(list[a.ID]), place(list[b.ID]); pa != pb {
			return pa - pb
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

func place(p *property) int {
	if p == nil {
		return 0
	}
	return min(max(p.ID, 0), 1<<20)
}

func typeOf(p *property) string {
	switch {
	case len(p.Properties) > 0:
		return registry.Object
	case p.PrimaryKey || p.Person:
		return registry.String
	case p.Type == registry.String && p.Format == registry.Date:
		return registry.Date
	case slices.Contains([]string{registry.String, registry.Integer, registry.Number, registry.Boolean}, p.Type):
		return p.Type
	}
	return registry.Any
}

// schemaOf is a definition in the block's words.
func schemaOf(r *registry.Register) *property {
	out := &property{Type: registry.Object, Basis: r.Def.Basis}
	out.Properties, out.Required = properties(r.Def.Fields)
	for id, p := range out.Properties {
		p.PrimaryKey, p.Person = id == r.Def.Key, id == r.Def.Person
	}
	return out
}

func properties(list []registry.Field) (out map[string]*property, required []string) {
	out = map[string]*property{}
	for i, f := range list {
		p := &property{Type: f.Type, Description: f.Title.In(kernel.EN), MaxLength: f.Max, Enum: f.Enum, ID: i + 1}
		switch f.Type {
		case registry.Date:
			p.Type, p.Format = registry.String, registry.Date
		case registry.Object:
			p.Properties, p.Required = properties(f.Fields)
		}
		if f.Required {
			required = append(required, f.ID)
		}
		out[f.ID] = p
	}
	return out, required
}

// info is a register as DatabaseInfo. Who defined it is left out: the log has it.
func (f *Face) info(r *registry.Register) object {
	flags := []object{}
	for _, field := range r.Def.Fields {
		if field.Required {
			flags = append(flags, object{"name": "mandatory", "path": "/" + field.ID})
		}
	}
	uniques := r.Def.Unique
	if uniques == nil {
		uniques = [][]string{}
	}
	return object{"id": r.Number, "version": r.Def.Version, "name": r.Def.Code, "description": r.Def.Name.In(kernel.EN), "institution": f.d.Bodies.Name(r.Def.Agency, kernel.EN),
		"schema": schemaOf(r), "schemaTags": []object{}, "schemaFlags": flags, "fieldsUniques": uniques,
		"isDraft": r.State == registry.Proposed, "isDisabled": false, "isArchived": r.State == registry.Past, "modifiedAt": r.ChangedAt.String(), "hasLogo": false}
}
