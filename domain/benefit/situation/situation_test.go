package situation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// dictionary has a fact of every type, and two that rules cannot use.
func dictionary() []contract.Fact {
	return []contract.Fact{
		{ID: "birth_date", Entity: "person", Type: "date"},
		{ID: "sex", Entity: "person", Type: "enum", Members: []string{"male", "female"}},
		{ID: "relation_to_head", Entity: "person", Type: "enum", Members: []string{"head", "spouse", "child"}},
		{ID: "region", Entity: "person", Type: "code", Of: "region"},
		{ID: "pregnant", Entity: "person", Type: "bool"},
		{ID: "earned", Entity: "person", Type: "int", Unit: "won a month"},
		{ID: "name", Entity: "person", Type: "text"},
		{ID: "household_size", Entity: "household", Type: "int", Unit: "persons"},
		{ID: "debt", Entity: "household", Type: "int", Unit: "won"},
		{ID: "receives", Entity: "household", Type: "set", Of: "program"},
		{ID: "address", Entity: "household", Type: "text"},
	}
}

func law(t testing.TB) *rule.Law {
	t.Helper()
	law, problems := rule.Compile(rule.Source{Facts: dictionary()})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return law
}

func good() Situation {
	return Situation{
		Date: kernel.MustDate("2026-01-31"),
		Household: map[string]kernel.Value{
			"debt": kernel.IntOf(0), "receives": kernel.SetOf("any-service"), "address": kernel.TextOf("x"), "household_size": {},
		},
		Members: []Member{
			{ID: "p1", Facts: map[string]kernel.Value{"region": kernel.TextOf("01110"), "sex": kernel.TextOf("female")}},
			{ID: "p2", Facts: map[string]kernel.Value{"birth_date": kernel.DateValueOf(kernel.MustDate("2024-02-29")), "name": kernel.TextOf("x")}},
		},
	}
}

// places are the wrong places and the keys of their messages.
func places(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *kernel.Error
	if !errors.As(err, &e) || e.Kind != kernel.Invalid {
		t.Fatalf("error of kind %s: %v", kernel.KindOf(err), err)
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Field+" "+strings.TrimPrefix(f.Key, "benefit.error."))
	}
	if len(out) == 0 {
		out = []string{strings.TrimPrefix(e.Key, "benefit.error.")}
	}
	return strings.Join(out, ", ")
}

func TestCheck(t *testing.T) {
	household := func(id string, v kernel.Value) func(*Situation) {
		return func(s *Situation) { s.Household[id] = v }
	}
	second := func(id string, v kernel.Value) func(*Situation) {
		return func(s *Situation) { s.Members[1].Facts[id] = v }
	}
	for name, c := range map[string]struct {
		change func(*Situation)
		want   string
	}{
		"good":                  {func(*Situation) {}, ""},
		"nothing known":         {func(s *Situation) { s.Household = nil; s.Members[0].Facts = nil }, ""},
		"unknown values":        {second("birth_date", kernel.Value{}), ""},
		"unknown fact":          {second("shoe_size", kernel.IntOf(1)), "members[1].shoe_size name"},
		"fact of another":       {household("birth_date", kernel.IntOf(1)), "household.birth_date name"},
		"text of another":       {household("name", kernel.TextOf("x")), "household.name name"},
		"unknown, of no value":  {second("shoe_size", kernel.Value{}), "members[1].shoe_size name"},
		"type bool":             {second("pregnant", kernel.IntOf(1)), "members[1].pregnant truth"},
		"type int":              {household("debt", kernel.TextOf("1")), "household.debt number"},
		"type date":             {second("birth_date", kernel.TextOf("2024-01-01")), "members[1].birth_date date"},
		"type enum":             {second("sex", kernel.BoolOf(true)), "members[1].sex choice"},
		"type set":              {household("receives", kernel.TextOf("a")), "household.receives list"},
		"type code":             {second("region", kernel.IntOf(11110)), "members[1].region region"},
		"no such word":          {second("sex", kernel.TextOf("Male")), "members[1].sex choice"},
		"four digits":           {second("region", kernel.TextOf("1111")), "members[1].region region"},
		"no digit":              {second("region", kernel.TextOf("1111a")), "members[1].region region"},
		"negative":              {household("debt", kernel.IntOf(-1)), "household.debt range"},
		"too much":              {second("earned", kernel.IntOf(100_000_000_001)), "members[1].earned range"},
		"as much as there is":   {second("earned", kernel.IntOf(100_000_000_000)), ""},
		"nobody":                {household("household_size", kernel.IntOf(0)), "household.household_size range"},
		"too early":             {second("birth_date", kernel.DateValueOf(kernel.MustDate("1799-12-31"))), "members[1].birth_date range"},
		"first day":             {second("birth_date", kernel.DateValueOf(kernel.MustDate("1800-01-01"))), ""},
		"too late":              {second("birth_date", kernel.DateValueOf(kernel.MustDate("3000-01-01"))), "members[1].birth_date range"},
		"id twice":              {func(s *Situation) { s.Members[1].ID = "p1" }, "members[1].id member_twice"},
		"no id":                 {func(s *Situation) { s.Members[1].ID = "" }, "members[1].id member_id"},
		"id like a household":   {func(s *Situation) { s.Members[1].ID = "household" }, "members[1].id member_id"},
		"long id":               {func(s *Situation) { s.Members[1].ID = strings.Repeat("p", 65) }, "members[1].id member_id"},
		"no members":            {func(s *Situation) { s.Members = nil }, "members no_members"},
		"no date":               {func(s *Situation) { s.Date = kernel.Date{} }, "date day"},
		"before there are laws": {func(s *Situation) { s.Date = kernel.MustDate("2023-12-31") }, "date day"},
		"first date":            {func(s *Situation) { s.Date = kernel.MustDate("2024-01-01") }, ""},
		"two places":            {func(s *Situation) { s.Members[0].ID = ""; s.Date = kernel.Date{} }, "date day, members[0].id member_id"},
	} {
		s := good()
		c.change(&s)
		if got := places(t, s.Check(law(t), dictionary()...)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCheckManyMembers(t *testing.T) {
	s := good()
	s.Members = nil
	for i := range rule.MaxMembers + 1 {
		if got := places(t, s.Check(law(t), dictionary()...)); i > 0 && got != "" {
			t.Fatalf("%d members: %s", i, got)
		}
		s.Members = append(s.Members, Member{ID: fmt.Sprint("p", i)})
	}
	if got := places(t, s.Check(law(t), dictionary()...)); got != "members members" {
		t.Errorf("%d members: %q", len(s.Members), got)
	}
}

// TestCheckWithoutDictionary: a text is accepted only if it is told of.
func TestCheckWithoutDictionary(t *testing.T) {
	if got := places(t, good().Check(law(t))); got != "household.address name, members[1].name name" {
		t.Error(got)
	}
}

func TestRoll(t *testing.T) {
	won := func(n int64) *int64 { return &n }
	no, unknown := Conclude(No, nil, won(5), nil), Conclude(Unknown, []string{"p2.b", "p10.a", "p2.b"}, won(5), nil)
	yes, open := Conclude(Yes, nil, won(7), nil), Conclude(Yes, nil, nil, []string{"household.debt"})
	for name, c := range map[string]struct {
		members []Verdict
		want    string
	}{
		"no":                      {[]Verdict{no}, "no 0 []"},
		"unknown":                 {[]Verdict{unknown}, "unknown - [p10.a p2.b]"},
		"yes":                     {[]Verdict{yes}, "yes 7 []"},
		"amount unknown":          {[]Verdict{open}, "yes - [household.debt]"},
		"one of two":              {[]Verdict{no, yes}, "yes 7 []"},
		"both":                    {[]Verdict{yes, yes}, "yes 14 []"},
		"one yes, one unknown":    {[]Verdict{yes, unknown}, "yes - [p10.a p2.b]"},
		"one no, one unknown":     {[]Verdict{no, unknown}, "unknown - [p10.a p2.b]"},
		"all that is not known":   {[]Verdict{unknown, open, yes}, "yes - [household.debt p10.a p2.b]"},
		"unknown twice is once":   {[]Verdict{unknown, unknown}, "unknown - [p10.a p2.b]"},
		"the amount of a refusal": {[]Verdict{no, no}, "no 0 []"},
	} {
		v := Roll(c.members)
		amount := "-"
		if v.Amount != nil {
			amount = fmt.Sprint(*v.Amount)
		}
		if got := fmt.Sprintf("%s %s %v", v.Eligible, amount, v.Missing); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if v.Missing == nil {
			t.Errorf("%s: missing is nil", name)
		}
	}
}

func TestArrears(t *testing.T) {
	won := func(n int64) *int64 { return &n }
	day := kernel.MustDate
	list := []contract.Arrears{{
		PaidFrom: day("2026-04-01"), PaidTo: day("2026-04-30"), KnownFrom: day("2026-03-20"),
		Days: []kernel.Date{day("2026-01-15"), day("2026-02-15"), day("2026-03-15")},
	}}
	var asked []string
	// By the new law p1 gets 100 and p2 70 in each month, by the old 60 and 70.
	decide := func(s Situation) (Result, error) {
		asked = append(asked, s.Date.String()+" "+s.KnownOn.String())
		r := Result{Person: true, Members: []Verdict{Conclude(Yes, nil, won(100), nil), Conclude(Yes, nil, won(70), nil)}}
		if !s.KnownOn.IsZero() && s.KnownOn.Before(day("2026-03-20")) {
			r.Members[0] = Conclude(Yes, nil, won(60), nil)
		}
		if _, ok := s.Household["debt"]; !ok {
			r.Members[1] = Conclude(Yes, nil, nil, []string{"household.debt"})
		}
		r.Verdict = Roll(r.Members)
		return r, nil
	}
	s := good()
	for _, c := range []struct {
		date, knownOn string
		want          string
	}{
		{"2026-03-31", "", "none"},
		{"2026-04-01", "", "120: 120 0"},
		{"2026-04-30", "2026-03-20", "120: 120 0"},
		{"2026-04-30", "2026-03-19", "none"},
		{"2026-05-01", "", "none"},
	} {
		s.Date, s.KnownOn = day(c.date), kernel.Date{}
		if c.knownOn != "" {
			s.KnownOn = day(c.knownOn)
		}
		owed, err := Arrears(list, s, decide)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if owed != nil {
			got = fmt.Sprintf("%d: %d %d", *owed.Amount, *owed.Members[0], *owed.Members[1])
		}
		if got != c.want {
			t.Errorf("on %s by the knowledge of %q: %s, want %s", c.date, c.knownOn, got, c.want)
		}
	}
	if want := []string{"2026-01-15 ", "2026-01-15 2026-03-19"}; !slices.Equal(asked[:2], want) {
		t.Errorf("asked %q, want %q", asked[:2], want)
	}
	delete(s.Household, "debt")
	s.Date, s.KnownOn = day("2026-04-10"), kernel.Date{}
	owed, err := Arrears(list, s, decide)
	if err != nil || owed == nil || owed.Amount != nil || owed.Members[1] != nil || *owed.Members[0] != 120 {
		t.Errorf("with an unknown amount: %+v, %v", owed, err)
	}
	fails := errors.New("fails")
	if _, err := Arrears(list, s, func(Situation) (Result, error) { return Result{}, fails }); !errors.Is(err, fails) {
		t.Errorf("error: %v", err)
	}
}
