package sample

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"maru/domain/mydata"
	"maru/kernel"
	"maru/platform/store"
)

// Birth is an accepted birth report.
type Birth struct {
	// ID names the report: the same one registers one child, however often.
	ID             string
	Mother, Father string // "" or a stranger where the world does not hold them
	Name           string
	Sex            string // female or male
	On             kernel.Date
}

// childID is the person whom a birth report registers.
func childID(report string) string { return "b-" + report }

// Birth registers the child in the household of the mother, or of the father
// where the world does not hold her, and gives its id.
func (r *Registry) Birth(ctx context.Context, b Birth) (child string, err error) {
	var parents []string
	for _, id := range []string{b.Mother, b.Father} {
		if r.world.Has(id) {
			parents = append(parents, id)
		}
	}
	if len(parents) == 0 {
		return "", kernel.E(kernel.NotFound, "mydata.error.unknown_person", nil)
	}
	child = childID(b.ID)
	err = r.db.Update(ctx, func(tx *store.Tx) error {
		s := newState(r.world, tx)
		if there, err := s.known(child); there || err != nil {
			return err
		}
		touched := map[string]bool{}
		if err := s.together(parents[0], touched); err != nil {
			return err
		}
		if err := s.bear(child, parents, b); err != nil {
			return err
		}
		for _, id := range parents {
			touched[id] = true
		}
		return r.announce(tx, "birth", slices.Sorted(maps.Keys(touched))...)
	})
	return child, err
}

// bear enters what registers hold of a newborn child, and that its mother is no
// longer pregnant.
func (s *state) bear(child string, parents []string, b Birth) error {
	home, err := s.home(parents[0])
	if err != nil {
		return err
	}
	members, err := s.members(home)
	if err != nil {
		return err
	}
	relation := "other"
	for _, m := range members {
		rel, err := s.fact(m, "relation_to_head")
		if err != nil {
			return err
		}
		if rel.Value.Text() == "head" {
			relation = s.descent(m, parents)
		}
	}
	sex := byte('m')
	if b.Sex == "female" {
		sex = 'f'
	}
	siblings, err := s.children(parents[0])
	if err != nil {
		return err
	}
	values := map[string]kernel.Value{
		homeFact: kernel.TextOf(home), "relation_to_head": kernel.TextOf(relation), "birth_date": kernel.DateValueOf(b.On), "resident_since": kernel.DateValueOf(b.On),
		"sex": sexValue(sex), "name": kernel.TextOf(b.Name), "parents": kernel.SetOf(parents...), "marital_status": kernel.TextOf("single"),
		"birth_order": kernel.IntOf(int64(len(siblings) + 1)), "student": kernel.TextOf("none"), "enrolled_daycare": kernel.BoolOf(false),
		"disability": kernel.TextOf("none"), "long_term_care_grade": kernel.TextOf("none"), "nationality": kernel.TextOf("foreigner"),
	}
	for _, id := range parents {
		// Nationality Act art. 2(1)1: a child of a Korean father or mother is Korean.
		if s.w.people[s.w.byID[id]].nationality == "citizen" {
			serial := fnv.New32a()
			_, _ = serial.Write([]byte(child)) // a hash never fails
			values["nationality"] = kernel.TextOf("citizen")
			values["resident_number"] = kernel.TextOf(registrationNumber(b.On, sex, false, int(serial.Sum32()%100)))
		}
	}
	for _, fact := range []string{"address", "region"} {
		f, err := s.fact(parents[0], fact)
		if err != nil {
			return err
		}
		if f.Value.Known() {
			values[fact] = f.Value
		}
	}
	for _, fact := range slices.Sorted(maps.Keys(values)) {
		if err := s.set(child, fact, values[fact], b.On); err != nil {
			return err
		}
	}
	if !s.w.Has(b.Mother) {
		return nil
	}
	return s.set(b.Mother, "pregnant", kernel.BoolOf(false), b.On)
}

// descent is what the child of some parents is to a head.
func (s *state) descent(head string, parents []string) string {
	if slices.Contains(parents, head) {
		return "child"
	}
	h, ok := s.w.byID[head]
	for _, id := range parents {
		if p, there := s.w.byID[id]; ok && there && s.childOf(p, h) {
			return "grandchild"
		}
	}
	return "other"
}

// children lists a person's by the family register: those of the generated world
// and those born since.
func (s *state) children(person string) ([]string, error) {
	var out []string
	if i, ok := s.w.byID[person]; ok {
		for _, c := range s.w.people[i].children {
			out = append(out, s.w.people[c].id)
		}
	}
	rows, err := s.tx.Query(`SELECT person FROM mydata_sample_fact WHERE fact = 'parents' AND value LIKE $1 ORDER BY person`, "%"+quote(person)+"%")
	if err != nil {
		return nil, fmt.Errorf("sample: children: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("sample: children: %w", err)
		}
		out = append(out, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sample: children: %w", err)
	}
	return out, nil
}

// known tells whether somebody is of the world, or was born into it since.
func (s *state) known(person string) (bool, error) {
	if s.w.Has(person) {
		return true, nil
	}
	c, err := s.changed(person)
	_, born := c["birth_date"]
	return born, err
}

// birth is when somebody was born.
func (s *state) birth(person string) (kernel.Date, error) {
	f, err := s.fact(person, "birth_date")
	born, _ := f.Value.Date()
	return born, err
}

// parentsOf are the parents of somebody born since.
func (s *state) parentsOf(person string) ([]string, error) {
	c, err := s.changed(person)
	set, _ := c["parents"].value.Set()
	return set, err
}

// member is a person as lists of households and families name them.
func (s *state) member(person, relation string) (mydata.Member, error) {
	name, err := s.fact(person, "name")
	return mydata.Member{Person: person, Name: name.Value.Text(), Relation: relation}, err
}

// Knows tells whether somebody is of the world, or was born into it since.
func (r *Registry) Knows(ctx context.Context, person string) (ok bool, err error) {
	err = r.view(ctx, func(s *state) error {
		ok, err = s.known(person)
		return err
	})
	return ok, err
}
