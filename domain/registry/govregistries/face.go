package govregistries

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maru/domain/registry"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/prescribed"
)

// Prefix is where the interface is.
const Prefix = "/govstack/registries/v1"

// Headers.
const (
	ClientHeader  = "Information-Mediator-Client"
	PurposeHeader = "Maru-Purpose"
	keyHeader     = "Idempotency-Key"
)

// Registers are the room's acts.
type Registers interface {
	Registers(ctx context.Context, actor authz.Actor) ([]*registry.Register, error)
	Numbered(ctx context.Context, actor authz.Actor, number int64) (*registry.Register, error)
	Versions(ctx context.Context, actor authz.Actor, code string) ([]*registry.Register, error)
	Propose(ctx context.Context, actor authz.Actor, d registry.Definition) (*registry.Register, error)
	Remove(ctx context.Context, actor authz.Actor, code string) error
	Find(ctx context.Context, actor authz.Actor, code, version string, q registry.Query, look registry.Look) (*registry.Found, error)
	Exists(ctx context.Context, actor authz.Actor, code, version string, q registry.Query, look registry.Look) (bool, error)
	Read(ctx context.Context, actor authz.Actor, code, version, name string, look registry.Look) (*registry.Register, *registry.Record, error)
	Create(ctx context.Context, actor authz.Actor, key, code, version string, v registry.Values, look registry.Look) (*registry.Record, error)
	CreateAll(ctx context.Context, actor authz.Actor, code, version string, list []registry.Values, look registry.Look) ([]*registry.Record, error)
	ChangeOne(ctx context.Context, actor authz.Actor, code, version string, q registry.Query, write registry.Values, look registry.Look) (*registry.Record, error)
	ChangeOrCreate(ctx context.Context, actor authz.Actor, code, version string, q registry.Query, write registry.Values, look registry.Look) (*registry.Record, error)
	ChangeAll(ctx context.Context, actor authz.Actor, code, version string, q registry.Query, write registry.Values, look registry.Look) (int, error)
	Delete(ctx context.Context, actor authz.Actor, code, version, name string, look registry.Look) error
}

// Usage is one reading of a person's data.
type Usage struct {
	ID     kernel.ID
	At     kernel.Time
	Agency string
	App    string
	Record kernel.ID
}

// Log tells who read a person's records in a register: to the person, or to an
// auditor who says why.
type Log interface {
	Readings(ctx context.Context, actor authz.Actor, person, register, purpose string) ([]Usage, error)
}

// Deps are what the face stands on.
type Deps struct {
	Registers Registers
	Log       Log
	Bodies    interface {
		Name(id string, l kernel.Lang) string
	}
	Authenticate func(ctx context.Context, token string) (authz.Actor, error)
	Base         string // of this installation's addresses: https://maru.example
	Errors       *slog.Logger
}

// Face serves the interface.
type Face struct {
	*prescribed.Face
	d Deps
}

// New makes the face.
func New(d Deps) *Face {
	f := &Face{d: d, Face: prescribed.New(prescribed.Config{Prefix: Prefix, Authenticate: d.Authenticate, Word: word, Log: d.Errors})}
	f.routes()
	return f
}

// object is a JSON object.
type object = map[string]any

// call is one request with who makes it.
type call struct {
	*http.Request
	actor authz.Actor
	query url.Values
	look  registry.Look
}

func (c *call) code() string    { return c.PathValue("registry") }
func (c *call) version() string { return c.PathValue("version") }

// a handler answers a status and a body, nil for none.
type handler func(c *call) (int, any, error)

// The operations, in the order of the descriptions.
func (f *Face) routes() {
	const register = "/data/{registry}/{version}"
	f.handle("GET "+register, f.list)
	f.handle("POST "+register+"/create", f.create)
	f.both("POST /data/{registry}/", "createEntries", "create-entries", f.createEntries)
	f.handle("POST "+register+"/exists", f.exists)
	f.handle("POST "+register+"/read", f.read)
	f.handle("PUT "+register+"/update", f.update)
	f.both("PUT "+register+"/", "updateEntries", "update-entries", f.updateEntries)
	f.both("POST "+register+"/", "updateOrCreate", "update-or-create", f.updateOrCreate)
	f.handle("DELETE "+register+"/{id}/delete", f.remove)
	f.both("GET "+register+"/{uuid}/", "readValue/{file}", "read-value/{file}", f.readValue)
	f.both("GET /data/", "mypersonalDataUsage", "MyPersonalDataUsage/1.0", f.usage)
	f.handle("GET /databases", f.databases)
	f.handle("GET /database/{id}", f.database)
	f.handle("DELETE /database/{id}", f.removeDatabase)
	f.handle("POST /database/modify", f.modify)
}

func (f *Face) both(pattern, one, other string, h handler) {
	f.handle(pattern+one, h)
	f.handle(pattern+other, h)
}

func (f *Face) handle(pattern string, h handler) {
	method, path, _ := strings.Cut(pattern, " ")
	f.Handle(method, path, func(r *http.Request) (int, any, error) {
		c := &call{Request: r}
		if err := f.admit(c); err != nil {
			return 0, nil, err
		}
		return h(c)
	})
}

// admit knows the caller and reads what every call carries.
func (f *Face) admit(c *call) (err error) {
	if c.actor, err = f.Caller(c.Request); err != nil {
		return err
	}
	if c.query, err = url.ParseQuery(c.URL.RawQuery); err != nil {
		return errRequest
	}
	c.look = registry.Look{Purpose: c.Header.Get(PurposeHeader), App: c.Header.Get(ClientHeader)}
	if c.look.Purpose == "" {
		c.look.Purpose = "keep"
	}
	if c.look.App == "" {
		return errRequest
	}
	return nil
}

var errRequest = kernel.E(kernel.Invalid, "", nil)

// word tells of an error: its kind, and which field is wrong in which way.
func word(_ int, err error) any {
	kind := kernel.KindOf(err)
	if kind == kernel.NotFound {
		return object{"detail": "no record found"}
	}
	out := object{"detail": kind.String()}
	var e *kernel.Error
	if kind != kernel.Internal && errors.As(err, &e) {
		if why := last(e.Key); why != "" {
			out["reason"] = why
		}
		var fields []object
		for _, field := range e.Fields {
			fields = append(fields, object{"field": field.Field, "reason": last(field.Key)})
		}
		if fields != nil {
			out["fields"] = fields
		}
	}
	return out
}

// last is the end of a message's key, which says why in a word.
func last(key string) string { return key[strings.LastIndex(key, ".")+1:] }

// content is what a call sends or asks for.
type content struct {
	Content registry.Values `json:"content"`
}

// asked is the query of a call.
func (c *call) asked(q *content) (registry.Query, error) {
	if q == nil || len(q.Content) == 0 {
		return registry.Query{}, errRequest
	}
	out, err := registry.Conditions(q.Content)
	if err == nil && len(out.Where) == 0 { // objects with nothing in them
		err = errRequest
	}
	return out, err
}

func (f *Face) list(c *call) (int, any, error) {
	q, err := c.listed()
	if err != nil {
		return 0, nil, err
	}
	found, err := f.d.Registers.Find(c.Context(), c.actor, c.code(), c.version(), q, c.look)
	if err != nil {
		return 0, nil, err
	}
	results := make([]registry.Values, len(found.Records))
	for i, r := range found.Records {
		results[i] = r.Fields
	}
	out := object{"count": found.Count, "results": results}
	link := func(name string, page int) {
		next := c.URL.Query()
		next.Set("page", strconv.Itoa(page))
		out[name] = f.d.Base + c.URL.EscapedPath() + "?" + next.Encode()
	}
	if q.Page*q.Size < found.Count {
		link("next", q.Page+1)
	}
	if q.Page > 1 {
		link("previous", q.Page-1)
	}
	return http.StatusOK, out, nil
}

// only refuses an address that says more than an operation listens to, or one
// thing twice: a condition that is passed over would show what was not asked for.
func (c *call) only(known func(name string) bool) error {
	for name, values := range c.query {
		if len(values) != 1 || !known(name) {
			return errRequest
		}
	}
	return nil
}

// listed is the query of an address.
func (c *call) listed() (registry.Query, error) {
	if err := c.only(func(name string) bool {
		return strings.HasPrefix(name, "query.") || slices.Contains([]string{"page", "pageSize", "search", "filter", "ordering"}, name)
	}); err != nil {
		return registry.Query{}, err
	}
	q := registry.Query{Where: map[string]string{}, Page: 1, Size: registry.MaxPage}
	for name, into := range map[string]*int{"page": &q.Page, "pageSize": &q.Size} {
		text := c.query.Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return q, errRequest
		}
		*into = n
	}
	q.Size = min(q.Size, registry.MaxPage)
	for name := range c.query {
		if path, ok := strings.CutPrefix(name, "query."); ok {
			q.Where[path] = c.query.Get(name)
		}
	}
	filter, search := c.query.Get("filter"), c.query.Get("search")
	switch {
	case search != "" && filter != "":
		q.Where[filter] = search
	case search != "":
		q.Any = search
	}
	q.Order, q.By = c.query.Get("ordering"), filter
	if q.Order == "" {
		q.By = ""
	} else if q.By == "" && (q.Any != "" || len(q.Where) > 0) {
		return q, errRequest // what is found is ordered by a field, which filter names
	}
	return q, nil
}

// create keeps one record, once for each Idempotency-Key.
func (f *Face) create(c *call) (int, any, error) {
	var in struct {
		Write *content `json:"write"`
	}
	if err := prescribed.Body(c.Request, &in); err != nil {
		return 0, nil, err
	}
	if in.Write == nil || len(in.Write.Content) == 0 {
		return 0, nil, errRequest
	}
	r, err := f.d.Registers.Create(c.Context(), c.actor, c.Header.Get(keyHeader), c.code(), c.version(), in.Write.Content, c.look)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, content{r.Fields}, nil
}

// createEntries has no version in its path: it writes what is in force. It takes
// no Idempotency-Key, and says so: whoever sends one relies on it.
func (f *Face) createEntries(c *call) (int, any, error) {
	if c.Header.Get(keyHeader) != "" {
		return 0, nil, kernel.E(kernel.Invalid, "", nil).Field(keyHeader, "unsupported", nil)
	}
	var in struct {
		Write []content `json:"write"`
	}
	if err := prescribed.Body(c.Request, &in); err != nil {
		return 0, nil, err
	}
	if len(in.Write) == 0 {
		return 0, nil, errRequest
	}
	values := make([]registry.Values, len(in.Write))
	for i, w := range in.Write {
		values[i] = w.Content
	}
	list, err := f.d.Registers.CreateAll(c.Context(), c.actor, c.code(), "", values, c.look)
	if err != nil {
		return 0, nil, err
	}
	out := make([]content, len(list))
	for i, r := range list {
		out[i] = content{r.Fields}
	}
	return http.StatusCreated, object{"receive": out}, nil
}

// exists takes the query as described, and bare as the suite sends it.
func (f *Face) exists(c *call) (int, any, error) {
	var in registry.Values
	if err := prescribed.Body(c.Request, &in); err != nil {
		return 0, nil, err
	}
	if query, ok := in["query"].(object); ok {
		in, _ = query["content"].(object)
	}
	q, err := c.asked(&content{in})
	if err != nil {
		return 0, nil, err
	}
	is, err := f.d.Registers.Exists(c.Context(), c.actor, c.code(), c.version(), q, c.look)
	if err != nil {
		return 0, nil, err
	}
	message := "no such object"
	if is {
		message = "object found"
	}
	return http.StatusOK, object{"answer": object{"status": is, "message": message}}, nil
}

// pair is what calls that change records send.
type pair struct {
	Query *content `json:"query"`
	Write *content `json:"write"`
}

// changes reads a pair.
func (c *call) changes() (registry.Query, registry.Values, error) {
	var in pair
	if err := prescribed.Body(c.Request, &in); err != nil {
		return registry.Query{}, nil, err
	}
	if in.Write == nil || len(in.Write.Content) == 0 {
		return registry.Query{}, nil, errRequest
	}
	q, err := c.asked(in.Query)
	return q, in.Write.Content, err
}

func (f *Face) read(c *call) (int, any, error) {
	var in pair
	if err := prescribed.Body(c.Request, &in); err != nil {
		return 0, nil, err
	}
	q, err := c.asked(in.Query)
	if err != nil {
		return 0, nil, err
	}
	q.Size = 1
	found, err := f.d.Registers.Find(c.Context(), c.actor, c.code(), c.version(), q, c.look)
	if err != nil {
		return 0, nil, err
	}
	if len(found.Records) == 0 {
		return 0, nil, kernel.E(kernel.NotFound, "", nil)
	}
	return http.StatusOK, content{found.Records[0].Fields}, nil
}

func (f *Face) update(c *call) (int, any, error) {
	return f.change(c, f.d.Registers.ChangeOne)
}

func (f *Face) updateOrCreate(c *call) (int, any, error) {
	return f.change(c, f.d.Registers.ChangeOrCreate)
}

func (f *Face) change(c *call, act func(context.Context, authz.Actor, string, string, registry.Query, registry.Values, registry.Look) (*registry.Record, error)) (int, any, error) {
	q, write, err := c.changes()
	if err != nil {
		return 0, nil, err
	}
	r, err := act(c.Context(), c.actor, c.code(), c.version(), q, write, c.look)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, content{r.Fields}, nil
}

func (f *Face) updateEntries(c *call) (int, any, error) {
	q, write, err := c.changes()
	if err != nil {
		return 0, nil, err
	}
	n, err := f.d.Registers.ChangeAll(c.Context(), c.actor, c.code(), c.version(), q, write, c.look)
	return http.StatusOK, object{"count": n}, err
}

func (f *Face) remove(c *call) (int, any, error) {
	err := f.d.Registers.Delete(c.Context(), c.actor, c.code(), c.version(), c.PathValue("id"), c.look)
	return http.StatusNoContent, nil, err
}

// readValue answers a text as such, and anything else as an object's value.
func (f *Face) readValue(c *call) (int, any, error) {
	field, ok := strings.CutSuffix(c.PathValue("file"), ".json")
	if !ok {
		return 0, nil, kernel.E(kernel.NotFound, "", nil)
	}
	reg, r, err := f.d.Registers.Read(c.Context(), c.actor, c.code(), c.version(), c.PathValue("uuid"), c.look)
	if err != nil {
		return 0, nil, err
	}
	value, has := r.Fields[field]
	if !has || !slices.Contains(reg.Def.FieldIDs(), field) {
		return 0, nil, kernel.E(kernel.NotFound, "", nil)
	}
	if text, ok := value.(string); ok {
		return http.StatusOK, text, nil
	}
	return http.StatusOK, object{"value": value}, nil
}

// usage tells a person who read their records.
func (f *Face) usage(c *call) (int, any, error) {
	if err := c.only(func(name string) bool {
		return slices.Contains([]string{"userId", "userID", "databaseId", "DatabaseID", "purpose"}, name)
	}); err != nil {
		return 0, nil, err
	}
	param := func(names ...string) string {
		for _, n := range names {
			if v := c.query.Get(n); v != "" {
				return v
			}
		}
		return ""
	}
	person, code := param("userId", "userID"), param("databaseId", "DatabaseID")
	if !registry.Fine(person) || !registry.Fine(code) {
		return 0, nil, errRequest
	}
	if person != c.actor.Person && !c.actor.Has(authz.Auditor) {
		return 0, nil, kernel.E(kernel.NotFound, "", nil)
	}
	list, err := f.d.Log.Readings(c.Context(), c.actor, person, code, c.query.Get("purpose"))
	if err != nil {
		return 0, nil, err
	}
	out := make([]object, len(list))
	for i, u := range list {
		out[i] = object{"id": u.ID, "readerInstitutionId": u.Agency, "readerInstitutionName": f.d.Bodies.Name(u.Agency, kernel.EN), "readerApplicationName": u.App,
			"searchDateTime": u.At.String(), "refrences": []object{{"ReferenceId": u.Record}}}
	}
	return http.StatusOK, out, nil
}
