package registry

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"maru/domain/registry/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// writable is a register as own finds it, in the version in force: what an older
// version means is not written any more.
func (s *Service) writable(tx *pstore.Tx, actor authz.Actor, code, version string) (*Register, error) {
	r, err := s.own(tx, actor, code, version)
	if err == nil && r.State != Active {
		return nil, kernel.E(kernel.Conflict, "registry.error.version", nil).With("version", version)
	}
	return r, err
}

// write runs an act that changes records. A refusal tells of records too: it
// takes its rows in the log back with its transaction, so that of whom it tells
// something is logged in another one.
func (s *Service) write(ctx context.Context, actor authz.Actor, code, version string, look Look, fn func(*pstore.Tx, *Register, *[]told) error) error {
	if err := look.check(); err != nil {
		return err
	}
	var r *Register
	var of []told
	err := s.d.DB.Update(ctx, func(tx *pstore.Tx) (err error) {
		of = nil
		if r, err = s.writable(tx, actor, code, version); err != nil {
			return err
		}
		return fn(tx, r, &of)
	})
	if len(of) > 0 && slices.Contains([]kernel.Kind{kernel.Invalid, kernel.Conflict, kernel.Forbidden, kernel.TooLarge, kernel.NotFound}, kernel.KindOf(err)) {
		if lerr := s.d.DB.Update(ctx, func(tx *pstore.Tx) error { return s.tell(tx, actor, r, of, look) }); lerr != nil {
			return lerr
		}
	}
	return err
}

// Create keeps a new record. key makes it happen once.
func (s *Service) Create(ctx context.Context, actor authz.Actor, key, code, version string, v Values, look Look) (*Record, error) {
	var out *Record
	err := s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register, of *[]told) (err error) {
		id := kernel.NewID(s.now())
		prior, err := s.once(tx, actor.Account, key, []any{r.ID, v}, id)
		if err != nil {
			return err
		}
		if prior != "" {
			if out, err = s.read(tx, actor, "read", r, prior, look, nil); kernel.Is(err, kernel.NotFound) {
				err = kernel.E(kernel.Conflict, "registry.error.gone", nil)
			}
			return err
		}
		out, err = s.create(tx, actor, r, id, v, look, of)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// CreateAll keeps new records, all or none.
func (s *Service) CreateAll(ctx context.Context, actor authz.Actor, code, version string, list []Values, look Look) ([]*Record, error) {
	if len(list) > MaxAtOnce {
		return nil, errAtOnce()
	}
	var out []*Record
	err := s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register, of *[]told) error {
		out = nil
		for _, v := range list {
			rec, err := s.create(tx, actor, r, kernel.NewID(s.now()), v, look, of)
			if err != nil {
				return err
			}
			out = append(out, rec)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func errAtOnce() error {
	return kernel.E(kernel.Invalid, "registry.error.at_once", nil).With("n", MaxAtOnce)
}

// ownRecord refuses officials what is about themselves, as a case of their own
// household is refused them.
func ownRecord(actor authz.Actor, persons ...string) error {
	if actor.Person != "" && slices.Contains(persons, actor.Person) {
		return kernel.E(kernel.Forbidden, "registry.error.own", nil)
	}
	return nil
}

// keyed gives a record without a key its own id.
func (r *Register) keyed(v Values, id kernel.ID) {
	if r.Def.Key == "" {
		return
	}
	if text, ok := v[r.Def.Key].(string); v[r.Def.Key] == nil || ok && plain(text) == "" {
		v[r.Def.Key] = string(id)
	}
}

func (s *Service) create(tx *pstore.Tx, actor authz.Actor, r *Register, id kernel.ID, v Values, look Look, of *[]told) (*Record, error) {
	v = clone(v) // the transaction may run again
	r.keyed(v, id)
	if err := r.Def.fit(v); err != nil {
		return nil, err
	}
	if err := ownRecord(actor, r.person(v)); err != nil {
		return nil, err
	}
	row := &store.Record{ID: id, Register: r.ID, Version: r.Def.Version, Rev: 1, By: actor.Account, CreatedAt: s.now(), ChangedAt: s.now()}
	if err := s.put(tx, r, row, v, of); err != nil {
		return nil, err
	}
	if err := store.InsertRecord(tx, row); err != nil {
		return nil, err
	}
	if err := s.record(tx, actor, "create", r, id, r.person(v), look); err != nil {
		return nil, err
	}
	return s.open(row)
}

// put seals what a record is to hold, and indexes it.
func (s *Service) put(tx *pstore.Tx, r *Register, row *store.Record, v Values, of *[]told) (err error) {
	if row.Fields, err = s.seal(row.ID, v); err != nil {
		return err
	}
	list, err := s.indexes(r, v)
	if err != nil {
		return err
	}
	other, err := store.PutIndex(tx, r.ID, row.ID, list)
	if other != "" {
		t, herr := s.holder(tx, r, other)
		if herr != nil {
			return herr
		}
		*of = append(*of, t)
	}
	return err
}

// change writes fields of one record: a null takes a field away, what is not
// named stays. What changes nothing leaves no revision.
func (s *Service) change(tx *pstore.Tx, actor authz.Actor, r *Register, id kernel.ID, write Values, look Look, of *[]told) (*Record, error) {
	row, was, err := s.load(tx, r, id)
	if err != nil {
		return nil, err
	}
	before := r.person(was.Fields)
	*of = append(*of, told{id, before})
	v := r.Def.project(was.Fields)
	maps.Copy(v, clone(write))
	r.keyed(v, id)
	if err := r.Def.fit(v); err != nil {
		return nil, err
	}
	after := r.person(v)
	if err := ownRecord(actor, before, after); err != nil {
		return nil, err
	}
	for _, p := range distinct(before, after) {
		if err := s.record(tx, actor, "update", r, id, p, look); err != nil {
			return nil, err
		}
	}
	if same(was.Fields, v) {
		return was, nil
	}
	if err := store.KeepPast(tx, row); err != nil {
		return nil, err
	}
	row.Version, row.By, row.ChangedAt = r.Def.Version, actor.Account, s.now()
	row.Rev++
	if err := s.put(tx, r, row, v, of); err != nil {
		return nil, err
	}
	if err := store.UpdateRecord(tx, row); err != nil {
		return nil, err
	}
	return s.open(row)
}

func distinct(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

// same tells whether two records hold the same, as they would be kept.
func same(a, b Values) bool {
	x, xerr := json.Marshal(a)
	y, yerr := json.Marshal(b)
	return xerr == nil && yerr == nil && string(x) == string(y)
}

// Change writes fields of the record of a key or own id.
func (s *Service) Change(ctx context.Context, actor authz.Actor, code, version, name string, write Values, look Look) (*Record, error) {
	var out *Record
	err := s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register, of *[]told) error {
		id, err := s.named(tx, r, name)
		if err != nil {
			return err
		}
		out, err = s.change(tx, actor, r, id, write, look, of)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// ChangeOne writes fields of the one record that a query means; more than one
// is a Conflict.
func (s *Service) ChangeOne(ctx context.Context, actor authz.Actor, code, version string, q Query, write Values, look Look) (*Record, error) {
	return s.changeOne(ctx, actor, code, version, q, write, look, false)
}

// ChangeOrCreate is ChangeOne, and makes the record where none is meant, with
// what the query says of it. The query names the key, a unique set or the person:
// that there is none is seen by an index, in the act itself.
func (s *Service) ChangeOrCreate(ctx context.Context, actor authz.Actor, code, version string, q Query, write Values, look Look) (*Record, error) {
	return s.changeOne(ctx, actor, code, version, q, write, look, true)
}

func (s *Service) changeOne(ctx context.Context, actor authz.Actor, code, version string, q Query, write Values, look Look, create bool) (*Record, error) {
	ids, err := s.meant(ctx, actor, code, version, &q, write, look, create)
	if err != nil {
		return nil, err
	}
	var out *Record
	err = s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register, of *[]told) error {
		out = nil
		list, err := s.still(tx, r, &q, ids)
		if err == nil && len(list) == 0 && create {
			list, err = s.matches(tx, r, &q)
		}
		switch {
		case err != nil:
		case len(list) == 0 && create:
			out, err = s.create(tx, actor, r, kernel.NewID(s.now()), q.example(&r.Def, write), look, of)
		case len(list) == 0:
			err = s.missed(tx, actor, r, &q, look) // and stays, though nothing is found
		case len(list) > 1:
			for _, id := range list[:min(len(list), MaxPage)] {
				t, err := s.holder(tx, r, id)
				if err != nil {
					return err
				}
				*of = append(*of, t)
			}
			err = kernel.E(kernel.Conflict, "registry.error.several", nil)
		default:
			out, err = s.change(tx, actor, r, list[0], write, look, of)
		}
		return err
	})
	if err == nil && out == nil {
		err = errNone
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// example is a new record of what a query says and what is to be written.
func (q *Query) example(d *Definition, write Values) Values {
	v := Values{}
	for path, text := range q.Where {
		in, f := v, d.under(path)
		names := strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			inner, ok := in[name].(Values)
			if !ok {
				inner = Values{}
				in[name] = inner
			}
			in = inner
		}
		var val any = text
		switch f.Type {
		case Integer, Number:
			val = json.Number(text)
		case Boolean:
			val = text == "true"
		}
		in[names[len(names)-1]] = val
	}
	maps.Copy(v, clone(write))
	return v
}

// meant are the records that an act is for. It needs conditions: nobody changes
// a whole register by leaving them out. Looking through is no part of the act's
// transaction, for which every other writer would wait; what is to be written is
// checked first, so that a refusal does not tell whether anything was found.
func (s *Service) meant(ctx context.Context, actor authz.Actor, code, version string, q *Query, write Values, look Look, indexed bool) (out []kernel.ID, err error) {
	if err := look.check(); err != nil {
		return nil, err
	}
	err = s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		r, err := s.writable(tx, actor, code, version)
		if err != nil {
			return err
		}
		if len(q.Where) == 0 {
			return errQuery
		}
		if err := q.check(&r.Def); err != nil {
			return err
		}
		if name, _ := q.indexed(&r.Def); name == "" && indexed {
			return kernel.E(kernel.Invalid, "registry.error.unindexed", nil)
		}
		if err := r.Def.fitPart(write); err != nil {
			return err
		}
		out, err = s.matches(tx, r, q)
		return err
	})
	return out, err
}

// still are those of the records found that a query means now, MaxAtOnce and one
// more at most.
func (s *Service) still(tx *pstore.Tx, r *Register, q *Query, ids []kernel.ID) ([]kernel.ID, error) {
	var out []kernel.ID
	for _, id := range ids {
		_, rec, err := s.load(tx, r, id)
		if kernel.Is(err, kernel.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if q.fits(r.Def.project(rec.Fields)) {
			if out = append(out, id); len(out) > MaxAtOnce {
				break
			}
		}
	}
	return out, nil
}

// ChangeAll writes the same fields of all records that a query means, or of none
// where they are more than MaxAtOnce.
func (s *Service) ChangeAll(ctx context.Context, actor authz.Actor, code, version string, q Query, write Values, look Look) (int, error) {
	ids, err := s.meant(ctx, actor, code, version, &q, write, look, false)
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register, of *[]told) error {
		list, err := s.still(tx, r, &q, ids)
		if err != nil {
			return err
		}
		if n = len(list); n > MaxAtOnce {
			return errAtOnce()
		}
		if n == 0 {
			return s.missed(tx, actor, r, &q, look)
		}
		for _, id := range list {
			if _, err := s.change(tx, actor, r, id, write, look, of); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// Delete takes the record of a key or own id, with its past. Where there is
// none, it is deleted already.
func (s *Service) Delete(ctx context.Context, actor authz.Actor, code, version, name string, look Look) error {
	return s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register, of *[]told) error {
		id, err := s.named(tx, r, name)
		var rec *Record
		if err == nil {
			_, rec, err = s.load(tx, r, id)
		}
		if kernel.Is(err, kernel.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		person := r.person(rec.Fields)
		*of = append(*of, told{id, person})
		if err := ownRecord(actor, person); err != nil {
			return err
		}
		if err := s.record(tx, actor, "delete", r, id, person, look); err != nil {
			return err
		}
		return store.DeleteRecord(tx, id)
	})
}
