package sample

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"maru/domain/mydata"
	mydatastore "maru/domain/mydata/internal/store"
	"maru/kernel"
	"maru/platform/events"
	"maru/platform/store"
)

// Registry answers for every register of the try-out (mydata.Provider). It is
// safe for concurrent use.
type Registry struct {
	db    *store.DB
	world *World
	bus   *events.Bus // nil: nobody is told of changes
}

var _ mydata.Provider = (*Registry)(nil)

// Open makes the world of the database: at the first time with DefaultSeed as
// of today, later the same again. The migrations of mydata must have run.
func Open(ctx context.Context, db *store.DB, today kernel.Date) (*Registry, error) {
	seed, day := int64(DefaultSeed), today
	err := db.Update(ctx, func(tx *store.Tx) error {
		err := tx.QueryRow(`SELECT seed, day FROM mydata_sample_world WHERE name = 'world'`).Scan(&seed, &day)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		seed, day = int64(DefaultSeed), today
		_, err = tx.Exec(`INSERT INTO mydata_sample_world (name, seed, day) VALUES ('world', $1, $2)`, seed, day)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sample: open world: %w", err)
	}
	return &Registry{db: db, world: Generate(uint64(seed), day)}, nil
}

// Migrations are the tables of mydata, the sample's among them.
func Migrations() store.Migrations { return mydatastore.Migrations() }

// World is the generated world, without what changed since.
func (r *Registry) World() *World { return r.world }

// Facts gives the named facts of a person as the registers now hold them.
func (r *Registry) Facts(ctx context.Context, person string, facts []string) (map[string]mydata.Fact, error) {
	if err := r.know(ctx, person); err != nil {
		return nil, err
	}
	out := make(map[string]mydata.Fact, len(facts))
	err := r.view(ctx, func(s *state) error {
		for _, f := range facts {
			v, err := s.fact(person, f)
			if err != nil {
				return err
			}
			out[f] = v
		}
		return nil
	})
	return out, err
}

// Withheld is nothing from nobody: in the sample world no one asked for it.
func (r *Registry) Withheld(context.Context, string, string) (bool, error) { return false, nil }

// Household lists who is registered where the person is, the head first.
func (r *Registry) Household(ctx context.Context, person string) ([]mydata.Member, error) {
	if err := r.know(ctx, person); err != nil {
		return nil, err
	}
	var out []mydata.Member
	err := r.view(ctx, func(s *state) error {
		home, err := s.home(person)
		if err != nil {
			return err
		}
		members, err := s.members(home)
		if err != nil {
			return err
		}
		out = out[:0]
		for _, m := range members {
			rel, err := s.fact(m, "relation_to_head")
			if err != nil {
				return err
			}
			member, err := s.member(m, rel.Value.Text())
			if err != nil {
				return err
			}
			if member.Relation == "head" {
				out = append([]mydata.Member{member}, out...)
				continue
			}
			out = append(out, member)
		}
		return nil
	})
	return out, err
}

// Family lists spouse, parents and children who are in the world.
func (r *Registry) Family(ctx context.Context, person string) ([]mydata.Member, error) {
	if err := r.know(ctx, person); err != nil {
		return nil, err
	}
	w := r.world
	var out []mydata.Member
	err := r.view(ctx, func(s *state) error {
		out = nil
		add := func(id, relation string) error {
			m, err := s.member(id, relation)
			out = append(out, m)
			return err
		}
		parents, err := s.parentsOf(person)
		if err != nil {
			return err
		}
		if i, ok := w.byID[person]; ok {
			p := &w.people[i]
			if p.spouse != nobody {
				if err := add(w.people[p.spouse].id, "spouse"); err != nil {
					return err
				}
			}
			for _, parent := range []int{p.father, p.mother} {
				if parent != nobody {
					parents = append(parents, w.people[parent].id)
				}
			}
		}
		for _, id := range parents {
			if err := add(id, "parent"); err != nil {
				return err
			}
		}
		children, err := s.children(person)
		if err != nil {
			return err
		}
		for _, id := range children {
			if err := add(id, "child"); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Guards tells whether guardian is a parent, or the guardian, of a minor.
func (r *Registry) Guards(ctx context.Context, guardian, person string) (bool, error) {
	w := r.world
	if !w.Has(guardian) {
		return false, nil
	}
	i, ok := w.byID[person]
	if !ok {
		// Born since: nobody born into the world grows up in a try-out.
		var parents []string
		err := r.view(ctx, func(s *state) (err error) {
			parents, err = s.parentsOf(person)
			return err
		})
		return slices.Contains(parents, guardian), err
	}
	if w.age(i) >= kernel.AdultAge {
		return false, nil
	}
	p, g := &w.people[i], w.byID[guardian]
	return p.father == g || p.mother == g || p.guardian == g, nil
}

// Adult tells whether the register of residents has the person of age on a day.
func (r *Registry) Adult(ctx context.Context, person string, on kernel.Date) (bool, error) {
	if err := r.know(ctx, person); err != nil {
		return false, err
	}
	var adult bool
	err := r.view(ctx, func(s *state) error {
		f, err := s.fact(person, "birth_date")
		if err != nil {
			return err
		}
		born, ok := f.Value.Date()
		adult = ok && born.OfAge(on)
		return nil
	})
	return adult, err
}

func (r *Registry) know(ctx context.Context, person string) error {
	ok, err := r.world.Has(person), error(nil)
	if !ok {
		ok, err = r.Knows(ctx, person)
	}
	if err == nil && !ok {
		err = kernel.E(kernel.NotFound, "mydata.error.unknown_person", nil)
	}
	return err
}

func (r *Registry) view(ctx context.Context, fn func(*state) error) error {
	return r.db.View(ctx, func(tx *store.Tx) error { return fn(newState(r.world, tx)) })
}
