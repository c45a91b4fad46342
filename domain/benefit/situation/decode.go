package situation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Decode reads a situation from JSON and checks it:
//
//	{"date": "2026-01-31", "known_on": "2026-03-19",
//	 "household": {"debt": 0}, "members": [{"id": "p1", "birth_date": "1960-02-29"}]}
//
// known_on and every fact may be absent or null: unknown. Numbers are whole and
// written as digits. Others are as in Check; whatever they hold is left out. The
// error is kernel.Invalid and names each wrong place like Check.
func Decode(b []byte, law *rule.Law, others ...contract.Fact) (Situation, error) {
	if !utf8.Valid(b) {
		return Situation{}, kernel.E(kernel.Invalid, "benefit.error.json", errors.New("benefit: broken UTF-8"))
	}
	d := decoder{law: law, others: others}
	s, err := d.situation(b)
	if err != nil {
		return Situation{}, kernel.E(kernel.Invalid, "benefit.error.json", err)
	}
	s.check(&d.findings, law, others)
	if err := d.findings.err(); err != nil {
		return Situation{}, err
	}
	return s, nil
}

type decoder struct {
	law      *rule.Law
	others   []contract.Fact
	findings findings
}

// situation gives an error only where the whole is no JSON object; all else is a
// finding.
func (d *decoder) situation(b []byte) (Situation, error) {
	s := Situation{Household: map[string]kernel.Value{}}
	err := d.object(b, "", func(name string, raw json.RawMessage) {
		switch name {
		case "date":
			s.Date = d.day(name, raw)
		case "known_on":
			if !isNull(raw) {
				s.KnownOn = d.day(name, raw)
			}
		case "household":
			if !isNull(raw) {
				s.Household = d.household(raw)
			}
		case "members":
			s.Members = d.members(raw)
		default:
			d.findings.add(clip(name), "benefit.error.name", nil)
		}
	})
	return s, err
}

func (d *decoder) household(raw json.RawMessage) map[string]kernel.Value {
	facts := map[string]kernel.Value{}
	err := d.object(raw, "household.", func(name string, raw json.RawMessage) {
		d.fact(facts, true, "household.", name, raw)
	})
	if err != nil {
		d.findings.add("household", "benefit.error.object", nil)
	}
	return facts
}

func (d *decoder) members(raw json.RawMessage) []Member {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		d.findings.add("members", "benefit.error.list", nil)
		return nil
	}
	if len(list) > rule.MaxMembers {
		d.findings.add("members", "benefit.error.members", map[string]any{"max": rule.MaxMembers})
		return nil
	}
	var out []Member
	for i, raw := range list {
		out = append(out, d.member(raw, fmt.Sprintf("members[%d]", i)))
	}
	return out
}

func (d *decoder) member(raw json.RawMessage, at string) Member {
	m := Member{Facts: map[string]kernel.Value{}}
	err := d.object(raw, at+".", func(name string, raw json.RawMessage) {
		if name != "id" {
			d.fact(m.Facts, false, at+".", name, raw)
			return
		}
		if json.Unmarshal(raw, &m.ID) != nil {
			m.ID = ""
		}
	})
	if err != nil {
		d.findings.add(at, "benefit.error.object", nil)
		d.findings.add(at+".id", "benefit.error.member_id", map[string]any{"max": maxID})
	}
	return m
}

// fact takes up one fact, if it is known and one that rules can use.
func (d *decoder) fact(facts map[string]kernel.Value, household bool, at, name string, raw json.RawMessage) {
	fact := d.law.Fact(household, name)
	switch {
	case fact != nil:
		if v := d.value(at+name, raw, fact); v.Known() {
			facts[name] = v
		}
	case !ignored(d.others, household, name):
		d.findings.add(at+clip(name), "benefit.error.name", nil)
	}
}

// value reads a value of the fact's type; what it may hold within its type is
// seen by check.
func (d *decoder) value(at string, raw json.RawMessage, fact *rule.Fact) kernel.Value {
	if isNull(raw) {
		return kernel.Value{}
	}
	switch fact.Type {
	case rule.Bool:
		switch string(raw) {
		case "true":
			return kernel.BoolOf(true)
		case "false":
			return kernel.BoolOf(false)
		}
		d.findings.add(at, "benefit.error.truth", nil)
	case rule.Num:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err == nil && n >= 0 {
			return kernel.IntOf(n)
		}
		if errors.Is(err, strconv.ErrRange) && raw[0] != '-' {
			d.findings.add(at, "benefit.error.range", map[string]any{"low": fact.Lo, "high": fact.Hi})
		}
		d.findings.add(at, "benefit.error.number", nil)
	case rule.Date:
		return kernel.DateValueOf(d.day(at, raw))
	case rule.Set:
		var texts []*string
		if json.Unmarshal(raw, &texts) == nil {
			return d.set(at, texts)
		}
		d.findings.add(at, "benefit.error.list", nil)
	default:
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return kernel.TextOf(text)
		}
		key, args := "benefit.error.region", map[string]any(nil)
		if fact.Type == rule.Word {
			key, args = "benefit.error.choice", choices(fact)
		}
		d.findings.add(at, key, args)
	}
	return kernel.Value{}
}

func (d *decoder) set(at string, texts []*string) kernel.Value {
	members := make([]string, 0, len(texts))
	for _, t := range texts {
		if t == nil {
			d.findings.add(at, "benefit.error.list", nil)
			return kernel.Value{}
		}
		members = append(members, *t)
	}
	return kernel.SetOf(members...)
}

func (d *decoder) day(at string, raw json.RawMessage) kernel.Date {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if day, err := kernel.ParseDate(text); err == nil {
			return day
		}
	}
	d.findings.add(at, "benefit.error.date", nil)
	return kernel.Date{}
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// object calls take for each entry of a JSON object in its order; a name that
// comes again is a finding. The error tells that b is no JSON object.
func (d *decoder) object(b []byte, at string, take func(name string, raw json.RawMessage)) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	begin, err := dec.Token()
	if err != nil {
		return err
	}
	if begin != json.Delim('{') {
		return errors.New("benefit: no JSON object")
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		name, ok := t.(string)
		if !ok {
			return errors.New("benefit: a JSON object has names")
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		if seen[name] {
			d.findings.add(at+clip(name), "benefit.error.twice", nil)
			continue
		}
		seen[name] = true
		take(name, raw)
	}
	if _, err := dec.Token(); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("benefit: more than one JSON value")
	}
	return nil
}
