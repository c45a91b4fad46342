package kernel_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"maru/kernel"
)

// dates are the days of the years in which people and laws live.
func dates() *rapid.Generator[kernel.Date] {
	first := kernel.MustDate("0400-01-01")
	return rapid.Map(rapid.IntRange(0, 9000*365), first.AddDays)
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2024-02-29", "2023-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "2024-13-01", "2024-1-1", " 2024-01-01", "24-01-01", "２０２４-01-01", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := kernel.ParseDate(s)
		if err != nil {
			if !d.IsZero() {
				t.Errorf("an error, and the date %v", d)
			}
			return
		}
		if d.IsZero() || d.String() != s || kernel.DateOf(d.In(time.UTC)) != d {
			t.Errorf("ParseDate(%q) = %v", s, d)
		}
	})
}

func TestDateForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := dates().Draw(t, "date")
		if rapid.Bool().Draw(t, "none") {
			want = kernel.Date{}
		}
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got := kernel.MustDate("1999-09-09")
		if err := json.Unmarshal(b, &got); err != nil || got != want {
			t.Errorf("%v came back from JSON %s as %v, %v", want, b, got, err)
		}
		v, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range []any{v, []byte(v.(string))} {
			got = kernel.MustDate("1999-09-09")
			if err := got.Scan(src); err != nil || got != want {
				t.Errorf("%v came back from the store as %v, %v", want, got, err)
			}
		}
	})
	var d kernel.Date
	for _, src := range []any{int64(1), time.Time{}, "yesterday"} {
		if err := d.Scan(src); err == nil {
			t.Errorf("scanned %T %v", src, src)
		}
	}
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("NULL is %v, %v", d, err)
	}
}

func TestDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := dates().Draw(t, "date"), rapid.IntRange(-140_000, 140_000).Draw(t, "days")
		e := d.AddDays(n)
		if e.Days(d) != n || d.Days(e) != -n || e.AddDays(-n) != d {
			t.Errorf("%v and %d days is %v; back: %d, %v", d, n, e, d.Days(e), e.AddDays(-n))
		}
		if d.Before(e) != (n > 0) || e.Before(d) != (n < 0) || (d == e) != (n == 0) {
			t.Errorf("the order of %v and %v", d, e)
		}
		if d.Before(e) != (d.String() < e.String()) {
			t.Errorf("%v and %v sort differently as texts", d, e)
		}
		if want := time.Weekday(((int(d.Weekday())+n)%7 + 7) % 7); e.Weekday() != want {
			t.Errorf("%v is a %v, want %v", e, e.Weekday(), want)
		}
	})
}

func TestAgeOn(t *testing.T) {
	for _, tt := range []struct {
		born, on string
		want     int
	}{
		{"2000-06-15", "2000-06-15", 0},
		{"2000-06-15", "2001-06-14", 0},
		{"2000-06-15", "2001-06-15", 1},
		{"2000-06-15", "2019-12-31", 19},
		{"2000-12-31", "2001-01-01", 0},
		{"2000-01-01", "2000-12-31", 0},
		{"2004-02-29", "2005-02-28", 0}, // the year is full when the last day of February is over
		{"2004-02-29", "2005-03-01", 1},
		{"2004-02-29", "2008-02-28", 3},
		{"2004-02-29", "2008-02-29", 4},
		{"2004-02-28", "2005-02-28", 1},
		{"2004-03-01", "2005-02-28", 0},
		{"2004-03-01", "2008-02-29", 3},
	} {
		if got := kernel.MustDate(tt.born).AgeOn(kernel.MustDate(tt.on)); got != tt.want {
			t.Errorf("born %s, on %s: %d, want %d", tt.born, tt.on, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		born, days := dates().Draw(t, "born"), rapid.IntRange(0, 130*365).Draw(t, "days")
		on := born.AddDays(days)
		age, before := born.AgeOn(on), born.AgeOn(on.AddDays(-1))
		leap := born.Month == 2 && born.Day == 29
		birthday := on.Month == born.Month && on.Day == born.Day ||
			leap && on.Month == 3 && on.Day == 1 && on.AddDays(-1).Day == 28
		switch {
		case age < 0 || age > 130:
			t.Errorf("born %v, on %v: %d", born, on, age)
		case birthday && age != before+1:
			t.Errorf("born %v: the birthday %v makes %d of %d", born, on, age, before)
		case !birthday && age != before:
			t.Errorf("born %v: %v, no birthday, makes %d of %d", born, on, age, before)
		}
	})
}

func TestOfAge(t *testing.T) {
	for _, tt := range []struct {
		born, on string
		want     bool
	}{
		{"2007-11-22", "2026-11-21", false},
		{"2007-11-22", "2026-11-22", true},
		{"2008-02-29", "2027-02-28", false},
		{"2008-02-29", "2027-03-01", true},
		{"2030-01-01", "2026-01-01", false},
	} {
		if got := kernel.MustDate(tt.born).OfAge(kernel.MustDate(tt.on)); got != tt.want {
			t.Errorf("born %s, on %s: %v", tt.born, tt.on, got)
		}
	}
	if (kernel.Date{}).OfAge(kernel.MustDate("2026-11-21")) {
		t.Error("somebody without a known day of birth is of age")
	}
}

func TestTimeForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// From the second after 1970 to the year 9999: what RFC 3339 can say.
		want := kernel.Time(rapid.Int64Range(1, 253_402_300_799).Draw(t, "seconds") * 1e6)
		exact := want + kernel.Time(rapid.Int64Range(0, 999_999).Draw(t, "micros"))
		if got := kernel.TimeOf(exact.Std()); got != exact {
			t.Errorf("%d came back from time.Time as %d", exact, got)
		}
		b, err := json.Marshal(exact)
		if err != nil {
			t.Fatal(err)
		}
		var got kernel.Time
		if err := json.Unmarshal(b, &got); err != nil || got != want {
			t.Errorf("%d came back from JSON %s as %d, %v", exact, b, got, err)
		}
		d := time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "micros more")) * time.Microsecond
		if back := exact.Add(d).Sub(exact); back != d {
			t.Errorf("%v later is %v later", d, back)
		}
	})
	b, err := json.Marshal(kernel.Time(0))
	if err != nil || string(b) != "null" || kernel.Time(0).String() != "" {
		t.Errorf("unset: %s %v", b, err)
	}
	got := kernel.Time(5)
	if err := json.Unmarshal([]byte("null"), &got); err != nil || !got.IsZero() {
		t.Errorf("null: %v %v", got, err)
	}
	if err := json.Unmarshal([]byte(`"2026-07-01T00:00:00.000001+09:00"`), &got); err != nil || got.DateIn(kernel.Seoul) != kernel.MustDate("2026-07-01") || got%1000 != 1 {
		t.Errorf("with zone and fraction: %v %v", got, err)
	}
	for _, bad := range []string{`"2026-07-01"`, `5`, `"soon"`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s was read as an instant", bad)
		}
	}
}

// TestDayInSeoul: a day begins in Seoul nine hours before it does in UTC, and
// every instant is in the day whose start is next before it.
func TestDayInSeoul(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dates().Draw(t, "date")
		start := kernel.TimeOf(d.In(kernel.Seoul))
		if got := kernel.TimeOf(d.In(time.UTC)).Sub(start); got != 9*time.Hour {
			t.Errorf("%v begins %v earlier", d, got)
		}
		if start.DateIn(kernel.Seoul) != d || (start-1).DateIn(kernel.Seoul) != d.AddDays(-1) {
			t.Errorf("%v does not begin at %v", d, start)
		}
	})
}
