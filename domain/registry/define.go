package registry

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"maru/domain/audit"
	"maru/domain/registry/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// runs tells whether the actor acts as an operator here: of a token, its scope
// counts beside the role.
func runs(actor authz.Actor) bool {
	return actor.Has(authz.Operator) && actor.Allows(authz.ScopeAdmin)
}

// operator refuses whoever does not run the installation.
func operator(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeAdmin); err != nil {
		return err
	}
	if !actor.Has(authz.Operator) {
		return kernel.E(kernel.Forbidden, "registry.error.operators_only", nil)
	}
	return nil
}

// defined logs an act on a definition.
func (s *Service) defined(tx *pstore.Tx, actor authz.Actor, act string, d *Definition) error {
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: "registry." + act, Object: ObjectOf(d.Code), Purpose: "registry.purpose.define", Basis: d.Basis, Agency: d.Agency,
		Detail: map[string]any{"version": d.Version, "fields": d.FieldIDs()}})
}

// Propose enters a register, or the next version of one. It holds nothing and
// changes nothing until a second operator confirms it. A definition without a
// version gets the next whole number. Proposing the same again changes nothing.
func (s *Service) Propose(ctx context.Context, actor authz.Actor, d Definition) (*Register, error) {
	if err := operator(actor); err != nil {
		return nil, err
	}
	named := d.Version != ""
	if !named {
		d.Version = "1"
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	if !s.d.Bodies.Exists(d.Agency, s.now().DateIn(kernel.Seoul)) {
		return nil, kernel.E(kernel.Invalid, "registry.error.definition", nil).Field("agency", "registry.error.def.agency", nil)
	}
	var out *Register
	err := s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		d := d
		row, err := store.GetRegister(tx, d.Code)
		if kernel.Is(err, kernel.NotFound) {
			row = &store.Register{ID: kernel.NewID(s.now()), Code: d.Code, Agency: d.Agency, CreatedAt: s.now()}
			err = store.InsertRegister(tx, row)
		}
		if err != nil {
			return err
		}
		list, err := store.Versions(tx, row.ID)
		if err != nil {
			return err
		}
		if !named {
			d.Version = next(list)
		}
		again, err := s.stands(row, list, &d)
		if again != nil || err != nil {
			out = again
			return err
		}
		body, err := json.Marshal(d)
		if err != nil {
			return err
		}
		v := &store.Version{Register: row.ID, Version: d.Version, Body: string(body), State: Proposed, By: actor.Account, At: s.now()}
		if err := store.InsertVersion(tx, v); err != nil {
			return err
		}
		if out, err = s.register(row, v); err != nil {
			return err
		}
		return s.defined(tx, actor, "propose", &d)
	})
	return out, err
}

// stands is what stands against a new version: itself, proposed already, or an
// error.
func (s *Service) stands(row *store.Register, list []*store.Version, d *Definition) (*Register, error) {
	for _, v := range list {
		was, err := s.register(row, v)
		if err != nil {
			return nil, err
		}
		if v.State == Proposed {
			same := was.Def
			same.Version = d.Version
			a, aerr := json.Marshal(same)
			b, berr := json.Marshal(d)
			if aerr == nil && berr == nil && string(a) == string(b) {
				return was, nil
			}
			return nil, kernel.E(kernel.Conflict, "registry.error.open", nil)
		}
		if v.Version == d.Version {
			return nil, kernel.E(kernel.Conflict, "registry.error.version_used", nil)
		}
		// Records of each version before may still stand: a field that was dropped
		// comes back as what it was.
		if err := d.follows(&was.Def); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// next is the whole number after the greatest label that is one.
func next(list []*store.Version) string {
	n := 0
	for _, v := range list {
		if i, err := strconv.Atoi(v.Version); err == nil && v.State != Proposed {
			n = max(n, i)
		}
	}
	return strconv.Itoa(n + 1)
}

// Confirm puts a proposal into force, by another operator than who made it. hash
// is the Hash of what that operator saw: where the proposal is another by now, it
// is a Conflict.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, code, version, hash string) (*Register, error) {
	var out *Register
	err := s.settle(ctx, actor, code, version, func(tx *pstore.Tx, row *store.Register, v *store.Version) error {
		switch {
		case hash != hashOf(v.Body):
			return kernel.E(kernel.Conflict, "registry.error.changed", nil)
		case v.State == Active && v.Second == actor.Account: // pressed twice
		case v.State != Proposed:
			return kernel.E(kernel.Conflict, "registry.error.state", nil)
		case v.By == actor.Account:
			return kernel.E(kernel.Forbidden, "registry.error.second", nil)
		default:
			if row.Version != "" {
				old, err := store.GetVersion(tx, row.ID, row.Version)
				if err != nil {
					return err
				}
				old.State = Past
				if err := store.SetState(tx, old); err != nil {
					return err
				}
			}
			v.State, v.Second, v.Settled = Active, actor.Account, s.now()
			if err := store.SetState(tx, v); err != nil {
				return err
			}
			agreed, err := s.register(row, &store.Version{State: Proposed, Body: v.Body})
			if err != nil {
				return err
			}
			row.Version, row.Agency = v.Version, agreed.Def.Agency
			if err := store.SetVersion(tx, row); err != nil {
				return err
			}
			if err := s.log(tx, actor, "confirm", row, v); err != nil {
				return err
			}
		}
		var err error
		out, err = s.register(row, v)
		return err
	})
	return out, err
}

// Decline takes a proposal, one's own too; a register that never had a version
// in force goes with it.
func (s *Service) Decline(ctx context.Context, actor authz.Actor, code, version string) error {
	return s.settle(ctx, actor, code, version, func(tx *pstore.Tx, row *store.Register, v *store.Version) error {
		if v.State != Proposed {
			return kernel.E(kernel.Conflict, "registry.error.state", nil)
		}
		if err := s.log(tx, actor, "decline", row, v); err != nil {
			return err
		}
		if row.Version == "" {
			return store.DeleteRegister(tx, row.ID)
		}
		return store.DeleteVersion(tx, row.ID, v.Version)
	})
}

// settle finds a version for an operator.
func (s *Service) settle(ctx context.Context, actor authz.Actor, code, version string, fn func(*pstore.Tx, *store.Register, *store.Version) error) error {
	if err := operator(actor); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		row, err := store.GetRegister(tx, code)
		if err != nil {
			return err
		}
		v, err := store.GetVersion(tx, row.ID, version)
		if err != nil {
			return err
		}
		return fn(tx, row, v)
	})
}

func (s *Service) log(tx *pstore.Tx, actor authz.Actor, act string, row *store.Register, v *store.Version) error {
	r, err := s.register(row, v)
	if err != nil {
		return err
	}
	return s.defined(tx, actor, act, &r.Def)
}

// Remove takes a register that holds no records, with its versions. Where there
// is none of that code, it is removed already.
func (s *Service) Remove(ctx context.Context, actor authz.Actor, code string) error {
	if err := operator(actor); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		row, err := store.GetRegister(tx, code)
		if kernel.Is(err, kernel.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		n, err := store.Count(tx, row.ID)
		if err != nil {
			return err
		}
		if n > 0 {
			return kernel.E(kernel.Conflict, "registry.error.holds_records", nil)
		}
		if err := s.defined(tx, actor, "remove", &Definition{Code: row.Code, Agency: row.Agency, Version: row.Version}); err != nil {
			return err
		}
		return store.DeleteRegister(tx, row.ID)
	})
}

// sees tells whether the actor may know of a register and of its versions:
// operators of all, officials of those in force that their body keeps.
func sees(actor authz.Actor, row *store.Register) bool {
	return runs(actor) ||
		row.Version != "" && actor.HasIn(authz.Official, row.Agency) && actor.Allows(authz.ScopeDesk)
}

// knows refuses whoever can see no register at all.
func knows(actor authz.Actor) error {
	if runs(actor) {
		return actor.Require(authz.ScopeAdmin)
	}
	return official(actor)
}

// Registers lists what the actor may know of, by code, each in the version in
// force, or in the one proposed where there is none yet.
func (s *Service) Registers(ctx context.Context, actor authz.Actor) ([]*Register, error) {
	if err := knows(actor); err != nil {
		return nil, err
	}
	var out []*Register
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		rows, err := store.Registers(tx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if !sees(actor, row) {
				continue
			}
			r, err := s.shown(tx, row)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

func (s *Service) shown(tx *pstore.Tx, row *store.Register) (*Register, error) {
	list, err := store.Versions(tx, row.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(v *store.Version) bool { return v.Version == row.Version || row.Version == "" })
	if i < 0 {
		return nil, errNone
	}
	r, err := s.register(row, list[i])
	if err != nil {
		return nil, err
	}
	r.Records, err = store.Count(tx, row.ID)
	return r, err
}

// Versions lists the versions of one register, the newest first; officials see
// no proposals.
func (s *Service) Versions(ctx context.Context, actor authz.Actor, code string) ([]*Register, error) {
	if err := knows(actor); err != nil {
		return nil, err
	}
	var out []*Register
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		row, err := store.GetRegister(tx, code)
		if err != nil {
			return err
		}
		if !sees(actor, row) {
			return errNone
		}
		list, err := store.Versions(tx, row.ID)
		if err != nil {
			return err
		}
		n, err := store.Count(tx, row.ID)
		if err != nil {
			return err
		}
		for _, v := range list {
			if v.State == Proposed && !runs(actor) {
				continue
			}
			r, err := s.register(row, v)
			if err != nil {
				return err
			}
			r.Records = n
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

// Numbered finds a register by its number, as Registers shows it.
func (s *Service) Numbered(ctx context.Context, actor authz.Actor, number int64) (*Register, error) {
	if err := knows(actor); err != nil {
		return nil, err
	}
	var out *Register
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		row, err := store.NumberedRegister(tx, number)
		if err != nil {
			return err
		}
		if !sees(actor, row) {
			return errNone
		}
		out, err = s.shown(tx, row)
		return err
	})
	return out, err
}
