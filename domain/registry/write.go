package registry

import (
	"context"
	"encoding/json"
	"maps"

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

// write runs an act that changes records.
func (s *Service) write(ctx context.Context, actor authz.Actor, code, version string, look Look, fn func(*pstore.Tx, *Register) error) error {
	if err := look.check(); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		r, err := s.writable(tx, actor, code, version)
		if err != nil {
			return err
		}
		return fn(tx, r)
	})
}

// Create keeps a new record. key makes it happen once.
func (s *Service) Create(ctx context.Context, actor authz.Actor, key, code, version string, v Values, look Look) (*Record, error) {
	var out *Record
	err := s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register) (err error) {
		id := kernel.NewID(s.now())
		prior, err := s.once(tx, actor.Account, key, []any{r.ID, v}, id)
		if err != nil {
			return err
		}
		if prior != "" {
			out, err = s.read(tx, actor, "read", r, prior, look, nil)
			return err
		}
		out, err = s.create(tx, actor, r, id, v, look)
		return err
	})
	return out, err
}

// CreateAll keeps new records, all or none.
func (s *Service) CreateAll(ctx context.Context, actor authz.Actor, code, version string, list []Values, look Look) ([]*Record, error) {
	if len(list) > MaxAtOnce {
		return nil, kernel.E(kernel.Invalid, "registry.error.too_many", nil).With("n", MaxAtOnce)
	}
	var out []*Record
	err := s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register) error {
		out = nil
		for _, v := range list {
			rec, err := s.create(tx, actor, r, kernel.NewID(s.now()), v, look)
			if err != nil {
				return err
			}
			out = append(out, rec)
		}
		return nil
	})
	return out, err
}

func (s *Service) create(tx *pstore.Tx, actor authz.Actor, r *Register, id kernel.ID, v Values, look Look) (*Record, error) {
	v = maps.Clone(v) // the transaction may run again
	if v == nil {
		v = Values{}
	}
	if r.Def.Key != "" && plain(v[r.Def.Key]) == "" {
		v[r.Def.Key] = string(id)
	}
	if err := r.Def.fit(v); err != nil {
		return nil, err
	}
	row := &store.Record{ID: id, Register: r.ID, Version: r.Def.Version, Rev: 1, By: actor.Account, CreatedAt: s.now(), ChangedAt: s.now()}
	if err := s.put(tx, r, row, v); err != nil {
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
func (s *Service) put(tx *pstore.Tx, r *Register, row *store.Record, v Values) (err error) {
	if row.Fields, err = s.seal(row.ID, v); err != nil {
		return err
	}
	list, err := s.indexes(r, v)
	if err != nil {
		return err
	}
	return store.PutIndex(tx, r.ID, row.ID, list)
}

// change writes fields of one record: a null takes a field away, what is not
// named stays. What changes nothing leaves no revision.
func (s *Service) change(tx *pstore.Tx, actor authz.Actor, r *Register, id kernel.ID, write Values, look Look) (*Record, error) {
	row, err := store.GetRecord(tx, r.ID, id)
	if err != nil {
		return nil, err
	}
	was, err := s.open(row)
	if err != nil {
		return nil, err
	}
	v := r.Def.project(was.Fields)
	maps.Copy(v, write)
	if err := r.Def.fit(v); err != nil {
		return nil, err
	}
	before, after := r.person(was.Fields), r.person(v)
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
	if err := s.put(tx, r, row, v); err != nil {
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
	err := s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register) error {
		id, err := s.named(tx, r, name)
		if err != nil {
			return err
		}
		out, err = s.change(tx, actor, r, id, write, look)
		return err
	})
	return out, err
}

// ChangeOne writes fields of the one record that a query means; more than one
// is a Conflict.
func (s *Service) ChangeOne(ctx context.Context, actor authz.Actor, code, version string, q Query, write Values, look Look) (*Record, error) {
	return s.changeOne(ctx, actor, code, version, q, write, look, false)
}

// ChangeOrCreate is ChangeOne, and makes the record where none is meant.
func (s *Service) ChangeOrCreate(ctx context.Context, actor authz.Actor, code, version string, q Query, write Values, look Look) (*Record, error) {
	return s.changeOne(ctx, actor, code, version, q, write, look, true)
}

func (s *Service) changeOne(ctx context.Context, actor authz.Actor, code, version string, q Query, write Values, look Look, make bool) (*Record, error) {
	var out *Record
	err := s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register) error {
		out = nil
		list, err := s.meant(tx, r, q)
		switch {
		case err != nil:
		case len(list) == 0 && make:
			out, err = s.create(tx, actor, r, kernel.NewID(s.now()), write, look)
		case len(list) == 0:
			err = s.missed(tx, actor, r, &q, look) // and stays, though nothing is found
		case len(list) > 1:
			err = kernel.E(kernel.Conflict, "registry.error.several", nil)
		default:
			out, err = s.change(tx, actor, r, list[0], write, look)
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

// meant are the records that an act is for. It needs conditions: nobody changes
// a whole register by leaving them out.
func (s *Service) meant(tx *pstore.Tx, r *Register, q Query) ([]kernel.ID, error) {
	if len(q.Where) == 0 {
		return nil, errQuery
	}
	if err := q.check(&r.Def); err != nil {
		return nil, err
	}
	return s.matches(tx, r, &q)
}

// ChangeAll writes the same fields of all records that a query means, or of none
// where they are more than MaxAtOnce.
func (s *Service) ChangeAll(ctx context.Context, actor authz.Actor, code, version string, q Query, write Values, look Look) (int, error) {
	n := 0
	err := s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register) error {
		list, err := s.meant(tx, r, q)
		if err != nil {
			return err
		}
		if n = len(list); n > MaxAtOnce {
			return kernel.E(kernel.Invalid, "registry.error.too_many", nil).With("n", MaxAtOnce)
		}
		if n == 0 {
			return s.missed(tx, actor, r, &q, look)
		}
		for _, id := range list {
			if _, err := s.change(tx, actor, r, id, write, look); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// Delete takes the record of a key or own id, with its past. Where there is
// none, it is deleted already.
func (s *Service) Delete(ctx context.Context, actor authz.Actor, code, version, name string, look Look) error {
	return s.write(ctx, actor, code, version, look, func(tx *pstore.Tx, r *Register) error {
		id, err := s.named(tx, r, name)
		if kernel.Is(err, kernel.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		row, err := store.GetRecord(tx, r.ID, id)
		if kernel.Is(err, kernel.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		rec, err := s.open(row)
		if err != nil {
			return err
		}
		if err := s.record(tx, actor, "delete", r, id, r.person(rec.Fields), look); err != nil {
			return err
		}
		return store.DeleteRecord(tx, id)
	})
}
