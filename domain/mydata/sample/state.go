package sample

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"maru/domain/mydata"
	"maru/kernel"
	"maru/platform/store"
)

// homeFact is the name under which the overlay keeps in whose household a
// person is registered: that of the person whose home it was at first.
const homeFact = "home"

// state is the world with the stored changes laid over it, as one transaction
// sees it.
type state struct {
	w       *World
	tx      *store.Tx
	changes map[string]map[string]change // by person, then fact
}

// change is one stored value.
type change struct {
	value kernel.Value
	asOf  kernel.Date
}

func newState(w *World, tx *store.Tx) *state {
	return &state{w: w, tx: tx, changes: map[string]map[string]change{}}
}

// changed reads what was changed about the person, once.
func (s *state) changed(person string) (map[string]change, error) {
	if c, ok := s.changes[person]; ok {
		return c, nil
	}
	rows, err := s.tx.Query(`SELECT fact, kind, value, as_of FROM mydata_sample_fact WHERE person = $1`, person)
	if err != nil {
		return nil, fmt.Errorf("sample: read changes: %w", err)
	}
	defer rows.Close()
	out := map[string]change{}
	for rows.Next() {
		var (
			fact, value string
			kind        int64
			c           change
		)
		if err := rows.Scan(&fact, &kind, &value, &c.asOf); err != nil {
			return nil, fmt.Errorf("sample: read changes: %w", err)
		}
		if c.value, err = decode(kernel.ValueKind(kind), value); err != nil {
			return nil, err
		}
		out[fact] = c
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sample: read changes: %w", err)
	}
	s.changes[person] = out
	return out, nil
}

// decode gives a stored value its kind back: JSON does not tell a date from a
// text.
func decode(kind kernel.ValueKind, stored string) (kernel.Value, error) {
	var v kernel.Value
	if err := json.Unmarshal([]byte(stored), &v); err != nil {
		return v, fmt.Errorf("sample: stored value: %w", err)
	}
	v, err := v.As(kind)
	if err != nil {
		return v, fmt.Errorf("sample: stored value: %w", err)
	}
	return v, nil
}

// set stores a value and keeps it for the rest of the transaction.
func (s *state) set(person, fact string, v kernel.Value, asOf kernel.Date) error {
	stored, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("sample: store %s: %w", fact, err)
	}
	_, err = s.tx.Exec(`INSERT INTO mydata_sample_fact (person, fact, kind, value, as_of) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person, fact) DO UPDATE SET kind = excluded.kind, value = excluded.value, as_of = excluded.as_of`,
		person, fact, int64(v.Kind()), string(stored), asOf)
	if err != nil {
		return fmt.Errorf("sample: store %s: %w", fact, err)
	}
	c, err := s.changed(person)
	if err != nil {
		return err
	}
	c[fact] = change{v, asOf}
	return nil
}

// fact is a person's fact now. A household's means stay with the home they
// were recorded for; in a home that is new to the world they are unknown.
func (s *state) fact(person, fact string) (mydata.Fact, error) {
	src, ok := sources[fact]
	if !ok {
		return mydata.Fact{}, nil
	}
	out := mydata.Fact{Value: s.w.Value(person, fact), AsOf: s.w.Day, Registry: src.registry}
	changes, err := s.changed(person)
	if err != nil {
		return out, err
	}
	if c, ok := changes[fact]; ok {
		out.Value, out.AsOf = c.value, c.asOf
		return out, nil
	}
	if len(changes) == 0 && fact != "household_size" {
		return out, nil
	}
	switch fact {
	case "household_size":
		out.Value, err = s.householdSize(person)
	case "region_class", "capital_area", "depopulation_area":
		out.Value, err = s.byRegion(person, fact)
	default:
		if meansFacts[fact] {
			out.Value, err = s.meansOf(person, fact)
		}
	}
	return out, err
}

// meansFacts belong to the home rather than to a person.
var meansFacts = map[string]bool{
	"tenure": true, "rent_month": true, "deposit": true, "property_general": true, "property_financial": true,
	"debt": true, "luxury_vehicle_value": true, "recognised_income_month": true, "receives": true, "crisis": true,
}

func (s *state) meansOf(person, fact string) (kernel.Value, error) {
	home, err := s.home(person)
	if err != nil {
		return kernel.Value{}, err
	}
	if s.baseHome(home) == home {
		return s.w.Value(home, fact), nil
	}
	return kernel.Value{}, nil
}

func (s *state) byRegion(person, fact string) (kernel.Value, error) {
	f, err := s.fact(person, "region")
	if err != nil {
		return kernel.Value{}, err
	}
	code := kernel.Region(f.Value.Text())
	switch fact {
	case "region_class":
		return kernel.TextOf(regionClass(code)), nil
	case "capital_area":
		return kernel.BoolOf(capitalArea(code)), nil
	}
	for _, r := range regions {
		if r.code == code {
			return kernel.BoolOf(r.depopulation), nil
		}
	}
	return kernel.Value{}, nil
}

func (s *state) householdSize(person string) (kernel.Value, error) {
	home, err := s.home(person)
	if err != nil {
		return kernel.Value{}, err
	}
	members, err := s.members(home)
	return kernel.IntOf(int64(len(members))), err
}

// home names the household in which the person is registered, by the person
// after whom it is named.
func (s *state) home(person string) (string, error) {
	changes, err := s.changed(person)
	if err != nil {
		return "", err
	}
	if c, ok := changes[homeFact]; ok {
		return c.value.Text(), nil
	}
	return s.baseHome(person), nil
}

// baseHome names the household of the generated world: after its head.
func (s *state) baseHome(person string) string {
	i, ok := s.w.byID[person]
	if !ok {
		return person
	}
	return s.w.people[s.w.homes[s.w.people[i].home].members[0]].id
}

// members lists who is registered in a home: those of the generated world who
// did not leave, then those who came.
func (s *state) members(home string) ([]string, error) {
	var out []string
	if i, ok := s.w.byID[home]; ok && s.baseHome(home) == home {
		for _, m := range s.w.homes[s.w.people[i].home].members {
			id := s.w.people[m].id
			now, err := s.home(id)
			if err != nil {
				return nil, err
			}
			if now == home {
				out = append(out, id)
			}
		}
	}
	came, err := s.tx.Query(`SELECT person FROM mydata_sample_fact WHERE fact = $1 AND value = $2 ORDER BY person`, homeFact, quote(home))
	if err != nil {
		return nil, fmt.Errorf("sample: members: %w", err)
	}
	defer came.Close()
	for came.Next() {
		var id string
		if err := came.Scan(&id); err != nil {
			return nil, fmt.Errorf("sample: members: %w", err)
		}
		if s.baseHome(id) != home {
			out = append(out, id)
		}
	}
	if err := came.Err(); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("sample: members: %w", err)
	}
	return out, nil
}

// quote is the stored form of a text.
func quote(s string) string {
	b, _ := json.Marshal(s) // a string always marshals
	return string(b)
}
