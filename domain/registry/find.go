package registry

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"maru/domain/registry/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

const (
	// scanMost is how many records are opened to find some by what has no index
	// (measured on 2 cores: 11 µs a record of five fields, on both engines).
	scanMost = 5000
	// scanBytes bounds the same, sealed: large records take longer to open.
	scanBytes = 32 << 20
	// MaxPage is how many records one answer holds at most; each is a row of the
	// log.
	MaxPage = 100
	// MaxAtOnce is how many records one call changes at most.
	MaxAtOnce = 200

	maxConditions = 20
	maxOffset     = 1_000_000
)

// Orders of a list.
const (
	Ascending  = "ascending"
	Descending = "descending"
)

// Query says which records. All conditions must hold; a value is compared as a
// whole, letter by letter.
type Query struct {
	Where map[string]string // by path of a field: child.citizenId
	Any   string            // the value of any field of the first level
	By    string            // the field that orders; the oldest first without
	Order string            // Ascending if ""
	Page  int               // from 1
	Size  int               // of a page; MaxPage if 0
}

// Conditions makes a query of an example of what is looked for.
func Conditions(example Values) (Query, error) {
	q := Query{Where: map[string]string{}}
	err := flatten(q.Where, example, "", maxDepth)
	return q, err
}

var errQuery = kernel.E(kernel.Invalid, "registry.error.query", nil)

func flatten(into map[string]string, v Values, prefix string, depth int) error {
	if depth == 0 || len(into) > maxConditions {
		return errQuery
	}
	for name, val := range v {
		if strings.Contains(name, ".") {
			return errQuery
		}
		if inner, ok := val.(Values); ok {
			if err := flatten(into, inner, prefix+name+".", depth-1); err != nil {
				return err
			}
			continue
		}
		text := plain(val)
		if text == "" {
			return errQuery // null, a list, an empty text: nothing to find by
		}
		into[prefix+name] = text
	}
	return nil
}

// check refuses what cannot be looked for in a register, and brings values into
// the form in which they are compared.
func (q *Query) check(d *Definition) error {
	if q.Page == 0 {
		q.Page = 1
	}
	if q.Size == 0 {
		q.Size = MaxPage
	}
	bad := q.Page < 1 || q.Size < 1 || q.Size > MaxPage || q.Page > maxOffset/q.Size || len(q.Where) > maxConditions || q.By != "" && d.under(q.By) == nil
	bad = bad || !slices.Contains([]string{"", Ascending, Descending}, q.Order)
	q.Where = maps.Clone(q.Where)
	for path, val := range q.Where {
		f := d.under(path)
		if f == nil {
			return errQuery
		}
		if val = plain(val); f.Type == Integer || f.Type == Number {
			val = cmp.Or(exact(val), val)
		}
		q.Where[path] = val
		bad = bad || val == "" || path == d.Person && !finePerson(val)
	}
	q.Any = plain(q.Any)
	if bad {
		return errQuery
	}
	return nil
}

// fits tells whether a record is meant.
func (q *Query) fits(v Values) bool {
	for path, want := range q.Where {
		if plain(at(v, path)) != want {
			return false
		}
	}
	if q.Any == "" {
		return true
	}
	for _, val := range v {
		if plain(val) == q.Any {
			return true
		}
	}
	return false
}

// indexed finds the index that answers a query, "" for none.
func (q *Query) indexed(d *Definition) (name string, values []string) {
	covers := func(fields ...string) bool {
		values = nil
		for _, f := range fields {
			val, ok := q.Where[f]
			if !ok {
				return false
			}
			values = append(values, val)
		}
		return true
	}
	if d.Key != "" && covers(d.Key) {
		return keyIndex, values
	}
	for i, set := range d.Unique {
		if covers(set...) {
			return uniqueName(i), values
		}
	}
	if d.Person != "" && covers(d.Person) {
		return personIndex, values
	}
	return "", nil
}

// matches are the ids of all records that a query means, in its order.
func (s *Service) matches(tx *pstore.Tx, r *Register, q *Query) ([]kernel.ID, error) {
	type hit struct {
		id kernel.ID
		by any
	}
	var hits []hit
	take := func(row *store.Record) error {
		rec, err := s.open(row)
		if err != nil {
			return err
		}
		if rec.Fields = r.Def.project(rec.Fields); q.fits(rec.Fields) {
			hits = append(hits, hit{rec.ID, at(rec.Fields, q.By)})
		}
		return nil
	}
	if name, values := q.indexed(&r.Def); name != "" {
		mac, err := s.mac(r.ID, name, values)
		if err != nil {
			return nil, err
		}
		list, err := store.Lookup(tx, r.ID, name, mac, scanMost+1)
		if err != nil {
			return nil, err
		}
		if len(list) > scanMost {
			return nil, kernel.E(kernel.Invalid, "registry.error.too_many", nil).With("n", scanMost)
		}
		for _, id := range list {
			row, err := store.GetRecord(tx, r.ID, id)
			if err != nil {
				return nil, err
			}
			if err := take(row); err != nil {
				return nil, err
			}
		}
	} else {
		n, err := store.Count(tx, r.ID)
		if err != nil {
			return nil, err
		}
		if n > scanMost {
			return nil, kernel.E(kernel.Invalid, "registry.error.too_many", nil).With("n", scanMost)
		}
		bytes := 0
		err = store.EachRecord(tx, r.ID, func(row *store.Record) error {
			if bytes += len(row.Fields); bytes > scanBytes {
				return kernel.E(kernel.Invalid, "registry.error.too_much", nil)
			}
			return take(row)
		})
		if err != nil {
			return nil, err
		}
	}
	if q.By != "" {
		slices.SortStableFunc(hits, func(a, b hit) int {
			if q.Order == Descending {
				a, b = b, a
			}
			return order(a.by, b.by)
		})
	}
	out := make([]kernel.ID, len(hits))
	for i, h := range hits {
		out[i] = h.id
	}
	return out, nil
}

// order compares two values of a field: numbers as such, everything else as
// text.
func order(a, b any) int {
	if x, ok := a.(json.Number); ok {
		if y, ok := b.(json.Number); ok {
			i, ierr := x.Int64()
			j, jerr := y.Int64()
			if ierr == nil && jerr == nil {
				return cmp.Compare(i, j)
			}
			f, _ := x.Float64()
			g, _ := y.Float64()
			return cmp.Compare(f, g)
		}
	}
	return strings.Compare(plain(a), plain(b))
}

// page is what a query means on its page, and how many there are in all.
func (s *Service) page(tx *pstore.Tx, r *Register, q *Query) ([]kernel.ID, int, error) {
	from := (q.Page - 1) * q.Size
	if len(q.Where) == 0 && q.Any == "" && q.By == "" {
		n, err := store.Count(tx, r.ID)
		if err != nil {
			return nil, 0, err
		}
		if q.Order != Descending {
			list, err := store.Page(tx, r.ID, int64(from), int64(q.Size))
			return list, n, err
		}
		// The newest first is the oldest first from the other end.
		to := max(n-from, 0)
		from = max(to-q.Size, 0)
		list, err := store.Page(tx, r.ID, int64(from), int64(to-from))
		slices.Reverse(list)
		return list, n, err
	}
	list, err := s.matches(tx, r, q)
	if err != nil {
		return nil, 0, err
	}
	return list[min(from, len(list)):min(from+q.Size, len(list))], len(list), nil
}

// Found is a page of records.
type Found struct {
	Register *Register
	Records  []*Record
	Count    int // on all pages
}

// Find reads records of a register of the official's body. Each that names a
// person is a row of the log.
func (s *Service) Find(ctx context.Context, actor authz.Actor, code, version string, q Query, look Look) (*Found, error) {
	return s.find(ctx, actor, "read", code, version, q, look)
}

// Exists tells whether any record is meant. That it is there is told of its
// person, and logged as such.
func (s *Service) Exists(ctx context.Context, actor authz.Actor, code, version string, q Query, look Look) (bool, error) {
	if len(q.Where) == 0 {
		return false, errQuery
	}
	q.Page, q.Size = 1, 1
	f, err := s.find(ctx, actor, "exists", code, version, q, look)
	if err != nil {
		return false, err
	}
	return f.Count > 0, nil
}

func (s *Service) find(ctx context.Context, actor authz.Actor, act, code, version string, q Query, look Look) (*Found, error) {
	if err := look.check(); err != nil {
		return nil, err
	}
	out := &Found{}
	var list []kernel.ID
	var tells []told
	counted := false
	// Looking through may take long, and the one writer of SQLite does not wait
	// for it; what is shown is read again where it is logged.
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		counted, tells = false, nil
		if out.Register, err = s.own(tx, actor, code, version); err != nil {
			return err
		}
		if err := q.check(&out.Register.Def); err != nil {
			return err
		}
		if list, out.Count, err = s.page(tx, out.Register, &q); err != nil || len(list) > 0 {
			return err
		}
		// Past the end nothing is shown, and the count tells all the same that
		// there are some.
		if counted = out.Count > 0 && (len(q.Where) > 0 || q.Any != ""); counted {
			first := q
			first.Page, first.Size = 1, 1
			list, _, err = s.page(tx, out.Register, &first)
			return err
		}
		tells, err = s.tells(tx, out.Register, &q)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && len(tells) == 0 {
		return out, nil
	}
	if counted {
		act = "exists"
	}
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		r, err := s.own(tx, actor, code, version)
		if err != nil {
			return err
		}
		out.Records = nil
		if len(list) == 0 {
			return s.tell(tx, actor, r, tells, look)
		}
		for _, id := range list {
			rec, err := s.read(tx, actor, act, r, id, look, &q)
			if errors.Is(err, errNone) {
				continue // gone, or changed, since
			}
			if err != nil {
				return err
			}
			if !counted {
				out.Records = append(out.Records, rec)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// told is of whom an answer without a record tells something: the person, and
// the record where there is one.
type told struct {
	record kernel.ID
	person string
}

// tells are those of whom it tells something that a query finds nothing: persons
// whom it names, and whoever the record of a key or unique value that it names is
// about, which is there and has not the rest.
func (s *Service) tells(tx *pstore.Tx, r *Register, q *Query) ([]told, error) {
	var out []told
	if r.Def.Person != "" {
		for _, p := range []string{q.Where[r.Def.Person], q.Any} {
			if finePerson(p) {
				out = append(out, told{person: p})
			}
		}
	}
	sets := map[string][]string{}
	if r.Def.Key != "" {
		sets[keyIndex] = []string{r.Def.Key}
	}
	for i, set := range r.Def.Unique {
		sets[uniqueName(i)] = set
	}
	for name, set := range sets {
		values := make([]string, len(set))
		for i, f := range set {
			values[i] = q.Where[f]
		}
		asked := [][]string{values}
		if len(set) == 1 && q.Any != "" {
			asked = append(asked, []string{q.Any})
		}
		for _, values := range asked {
			if slices.Contains(values, "") {
				continue
			}
			mac, err := s.mac(r.ID, name, values)
			if err != nil {
				return nil, err
			}
			list, err := store.Lookup(tx, r.ID, name, mac, 1)
			if err != nil {
				return nil, err
			}
			for _, id := range list {
				of, err := s.holder(tx, r, id)
				if err != nil {
					return nil, err
				}
				if !slices.ContainsFunc(out, func(t told) bool { return t.record == of.record }) {
					out = append(out, of)
				}
			}
		}
	}
	return out, nil
}

// holder is a record and whom it is about.
func (s *Service) holder(tx *pstore.Tx, r *Register, id kernel.ID) (told, error) {
	_, rec, err := s.load(tx, r, id)
	if err != nil {
		return told{}, err
	}
	return told{id, r.person(rec.Fields)}, nil
}

// tell logs what an answer without a record tells.
func (s *Service) tell(tx *pstore.Tx, actor authz.Actor, r *Register, list []told, look Look) error {
	for _, t := range list {
		if err := s.record(tx, actor, "exists", r, t.record, t.person, look); err != nil {
			return err
		}
	}
	return nil
}

// missed logs that a query finds nothing.
func (s *Service) missed(tx *pstore.Tx, actor authz.Actor, r *Register, q *Query, look Look) error {
	list, err := s.tells(tx, r, q)
	if err != nil {
		return err
	}
	return s.tell(tx, actor, r, list, look)
}

// read opens one record that a query (or none) means and logs it.
func (s *Service) read(tx *pstore.Tx, actor authz.Actor, act string, r *Register, id kernel.ID, look Look, q *Query) (*Record, error) {
	_, rec, err := s.load(tx, r, id)
	if kernel.Is(err, kernel.NotFound) {
		return nil, errNone
	}
	if err != nil {
		return nil, err
	}
	person := r.person(rec.Fields)
	rec.Fields = r.Def.project(rec.Fields)
	if q != nil && !q.fits(rec.Fields) {
		return nil, errNone
	}
	return rec, s.record(tx, actor, act, r, id, person, look)
}

// named finds a record by its key, or by its own id.
func (s *Service) named(tx *pstore.Tx, r *Register, name string) (kernel.ID, error) {
	if r.Def.Key != "" {
		mac, err := s.mac(r.ID, keyIndex, []string{plain(name)})
		if err != nil {
			return "", err
		}
		list, err := store.Lookup(tx, r.ID, keyIndex, mac, 1)
		if err != nil {
			return "", err
		}
		if len(list) > 0 {
			return list[0], nil
		}
	}
	id, err := kernel.ParseID(name)
	if err != nil {
		return "", errNone
	}
	return id, nil
}

// Read reads one record by its key or its own id.
func (s *Service) Read(ctx context.Context, actor authz.Actor, code, version, name string, look Look) (*Register, *Record, error) {
	var r *Register
	var rec *Record
	err := s.onOne(ctx, actor, code, version, name, look, func(tx *pstore.Tx, reg *Register, id kernel.ID) (err error) {
		r = reg
		rec, err = s.read(tx, actor, "read", reg, id, look, nil)
		return err
	})
	return r, rec, err
}

// onOne finds one record for an act of an official.
func (s *Service) onOne(ctx context.Context, actor authz.Actor, code, version, name string, look Look, fn func(*pstore.Tx, *Register, kernel.ID) error) error {
	if err := look.check(); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		r, err := s.own(tx, actor, code, version)
		if err != nil {
			return err
		}
		id, err := s.named(tx, r, name)
		if err != nil {
			return err
		}
		return fn(tx, r, id)
	})
}

// Past reads what a record was before each change, the newest first, MaxPage at
// most, and tells how often it was changed.
func (s *Service) Past(ctx context.Context, actor authz.Actor, code, name string, look Look) ([]*Record, int, error) {
	var out []*Record
	n := 0
	err := s.onOne(ctx, actor, code, "", name, look, func(tx *pstore.Tx, r *Register, id kernel.ID) error {
		out = nil
		// The record itself stands in the log: its past is about the same person,
		// or about persons named here before.
		now, err := s.read(tx, actor, "past", r, id, look, nil)
		if err != nil {
			return err
		}
		n = int(now.Rev) - 1
		rows, err := store.Past(tx, id, MaxPage)
		if err != nil {
			return err
		}
		told := map[string]bool{}
		for _, row := range rows {
			rec, err := s.open(row)
			if err != nil {
				return err
			}
			if p := r.person(rec.Fields); p != "" && !told[p] {
				told[p] = true
				if err := s.record(tx, actor, "past", r, id, p, look); err != nil {
					return err
				}
			}
			out = append(out, rec)
		}
		return nil
	})
	return out, n, err
}
