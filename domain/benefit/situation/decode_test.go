package situation

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"maru/kernel"
)

func TestDecode(t *testing.T) {
	s, err := Decode([]byte(` {"date": "2026-01-31", "known_on": "2026-03-19",
		"household": {"debt": 12, "receives": [ "a", "b", "a" ], "household_size": null, "address": {"street": [1]}},
		"members": [
			{"id": "p1", "birth_date" : "1960-02-29" , "sex": "female", "pregnant": false, "name": 7},
			{"region": "11110", "earned": 0, "id": "p2"}
		]} `), law(t), dictionary()...)
	if err != nil {
		t.Fatal(err)
	}
	want := Situation{
		Date: kernel.MustDate("2026-01-31"), KnownOn: kernel.MustDate("2026-03-19"),
		Household: map[string]kernel.Value{"debt": kernel.IntOf(12), "receives": kernel.SetOf("a", "b")},
		Members: []Member{
			{ID: "p1", Facts: map[string]kernel.Value{
				"birth_date": kernel.DateValueOf(kernel.MustDate("1960-02-29")), "sex": kernel.TextOf("female"), "pregnant": kernel.BoolOf(false),
			}},
			{ID: "p2", Facts: map[string]kernel.Value{"region": kernel.TextOf("11110"), "earned": kernel.IntOf(0)}},
		},
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("%+v\nwant %+v", s, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	in := func(household, member string) string {
		return `{"date":"2026-01-31","household":{` + household + `},"members":[{"id":"p1"},{"id":"p2"` + member + `}]}`
	}
	for name, c := range map[string]struct{ text, want string }{
		"good":                          {in(``, ``), ""},
		"unknowns":                      {`{"date":"2026-01-31","known_on":null,"household":null,"members":[{"id":"p1","sex":null}]}`, ""},
		"empty":                         {``, "json"},
		"no object":                     {`[]`, "json"},
		"null":                          {`null`, "json"},
		"broken":                        {`{"date":`, "json"},
		"broken within":                 {`{"date":"2026-01-31","household":{"debt":1,}}`, "json"},
		"two values":                    {in(``, ``) + `{}`, "json"},
		"broken UTF-8":                  {"{\"date\":\"\xff\"}", "json"},
		"nothing given":                 {`{}`, "date day, members no_members"},
		"unknown name":                  {`{"date":"2026-01-31","members":[{"id":"p1"}],"day":1}`, "day name"},
		"date twice":                    {`{"date":"2026-01-31","date":"2026-01-31","members":[{"id":"p1"}]}`, "date twice"},
		"fact twice":                    {in(`"debt":1,"debt":null`, ``), "household.debt twice"},
		"fact twice, written otherwise": {in(`"debt":1,"\u0064ebt":1`, ``), "household.debt twice"},
		"no day":                        {strings.Replace(in(``, ``), "2026-01-31", "2026-02-29", 1), "date date"},
		"known on no day":               {`{"date":"2026-01-31","known_on":"yesterday","members":[{"id":"p1"}]}`, "known_on date"},
		"household a list":              {`{"date":"2026-01-31","household":[],"members":[{"id":"p1"}]}`, "household object"},
		"members an object":             {`{"date":"2026-01-31","members":{}}`, "members list"},
		"member a text":                 {`{"date":"2026-01-31","members":["p1"]}`, "members[0] object, members[0].id member_id"},
		"id a number":                   {`{"date":"2026-01-31","members":[{"id":1}]}`, "members[0].id member_id"},
		"no id":                         {`{"date":"2026-01-31","members":[{}]}`, "members[0].id member_id"},
		"fraction":                      {in(`"debt":1.5`, ``), "household.debt number"},
		"whole as a fraction":           {in(`"debt":1.0`, ``), "household.debt number"},
		"exponent":                      {in(`"debt":1e3`, ``), "household.debt number"},
		"number as a text":              {in(`"debt":"1"`, ``), "household.debt number"},
		"negative":                      {in(`"debt":-1`, ``), "household.debt number"},
		"very negative":                 {in(`"debt":-99999999999999999999`, ``), "household.debt number"},
		"too large":                     {in(`"debt":100000000000001`, ``), "household.debt range"},
		"far too large":                 {in(`"debt":99999999999999999999`, ``), "household.debt range"},
		"bool as a text":                {in(``, `,"pregnant":"true"`), "members[1].pregnant truth"},
		"bool as a number":              {in(``, `,"pregnant":1`), "members[1].pregnant truth"},
		"date as a number":              {in(``, `,"birth_date":20240101`), "members[1].birth_date date"},
		"no such date":                  {in(``, `,"birth_date":"2023-02-29"`), "members[1].birth_date date"},
		"date with a time":              {in(``, `,"birth_date":"2023-02-28T00:00:00Z"`), "members[1].birth_date date"},
		"no such word":                  {in(``, `,"sex":"f"`), "members[1].sex choice"},
		"word as a number":              {in(``, `,"sex":1`), "members[1].sex choice"},
		"region as a number":            {in(``, `,"region":11110`), "members[1].region region"},
		"set as a text":                 {in(`"receives":"a"`, ``), "household.receives list"},
		"set of unknowns":               {in(`"receives":[null]`, ``), "household.receives list"},
		"set of numbers":                {in(`"receives":[1]`, ``), "household.receives list"},
		"unknown fact":                  {in(``, `,"shoe_size":1`), "members[1].shoe_size name"},
		"fact of another":               {in(``, `,"debt":1`), "members[1].debt name"},
		"wrong and unknown":             {in(`"debt":-1`, `,"sex":"f"`), "household.debt number, members[1].sex choice"},
	} {
		_, err := Decode([]byte(c.text), law(t), dictionary()...)
		if got := places(t, err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDecodeTooMany(t *testing.T) {
	text := `{"date":"2026-01-31","members":[` + strings.Repeat(`{"id":"p"},`, 50) + `{"id":"p"}]}`
	if _, err := Decode([]byte(text), law(t)); places(t, err) != "members members" {
		t.Errorf("51 members: %v", err)
	}
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf(`"x%d":1`, i))
	}
	_, err := Decode([]byte(`{`+strings.Join(names, ",")+`}`), law(t))
	if got := strings.Count(places(t, err), ","); got != maxFindings-1 {
		t.Errorf("%d findings", got+1)
	}
}

func TestResultAsJSON(t *testing.T) {
	n := int64(5)
	r := Result{Verdict: Conclude(Yes, nil, &n, nil), Person: true, Members: []Verdict{Conclude(Unknown, []string{"p1.sex"}, nil, nil), Conclude(No, nil, nil, nil)}}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"eligible":true,"amount":5,"missing":[],"members":[{"eligible":null,"amount":null,"missing":["p1.sex"]},{"eligible":false,"amount":0,"missing":[]}]}`
	if string(b) != want {
		t.Errorf("%s\nwant %s", b, want)
	}
}

// FuzzDecode: no input makes Decode fail otherwise than by an Invalid error, and
// what it takes passes Check and comes back the same when written again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"date":"2026-01-31","known_on":"2026-03-19","household":{"debt":1,"receives":["a"]},"members":[{"id":"p1","birth_date":"1960-02-29","sex":"male"}]}`))
	f.Add([]byte(`{"date":"2026-01-31","members":[{"id":"p1","pregnant":null,"region":"11110"},{"id":"p2","earned":-1}]}`))
	f.Add([]byte(`{"date":"2026-01-31","household":{"debt":1e400,"debt":0},"members":[]}`))
	law := law(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Decode(b, law, dictionary()...)
		if err != nil {
			places(t, err)
			return
		}
		if err := s.Check(law); err != nil {
			t.Fatalf("what Decode took: %v", err)
		}
		again, err := Decode(encode(t, s), law)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("%+v\ncame back as %+v", s, again)
		}
	})
}

// encode writes a situation as Decode reads it.
func encode(t *testing.T, s Situation) []byte {
	t.Helper()
	out := map[string]any{"date": s.Date, "household": s.Household}
	if !s.KnownOn.IsZero() {
		out["known_on"] = s.KnownOn
	}
	var members []map[string]any
	for _, m := range s.Members {
		entry := map[string]any{"id": m.ID}
		for id, v := range m.Facts {
			entry[id] = v
		}
		members = append(members, entry)
	}
	out["members"] = members
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
