package kernel_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"maru/kernel"
)

// values are values of every kind.
func values() *rapid.Generator[kernel.Value] {
	return rapid.OneOf(
		rapid.Just(kernel.Value{}),
		rapid.Map(rapid.String(), kernel.TextOf),
		rapid.Map(rapid.Int64(), kernel.IntOf),
		rapid.Map(rapid.Bool(), kernel.BoolOf),
		rapid.Map(dates(), kernel.DateValueOf),
		rapid.Map(rapid.SliceOf(rapid.String()), func(l []string) kernel.Value { return kernel.SetOf(l...) }),
	)
}

// TestValueThroughJSON: a value comes back from JSON as it was, once As has
// told a date from a text.
func TestValueThroughJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := values().Draw(t, "value")
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got := kernel.TextOf("what was there before")
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if got, err = got.As(want.Kind()); err != nil || !got.Equal(want) || got.Text() != want.Text() {
			t.Errorf("%q came back from %s as %q, %v", want.Text(), b, got.Text(), err)
		}
	})
}

// TestValueThroughAForm: a text that a person could have typed for a value is
// read as that value.
func TestValueThroughAForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := values().Filter(func(v kernel.Value) bool { return v.Kind() != kernel.SetValue && v.Kind() != kernel.TextValue }).Draw(t, "value")
		typed := kernel.TextOf(" " + want.Text() + "\n")
		got, err := typed.As(want.Kind())
		if want.Known() && (err != nil || !got.Equal(want)) {
			t.Errorf("%q is read as %q, %v", typed.Text(), got.Text(), err)
		}
	})
}

func TestAs(t *testing.T) {
	text := kernel.TextOf
	day := kernel.DateValueOf(kernel.MustDate("2024-02-29"))
	for _, tt := range []struct {
		v    kernel.Value
		kind kernel.ValueKind
		want kernel.Value
		ok   bool
	}{
		{text("1,234,567"), kernel.IntValue, kernel.IntOf(1234567), true},
		{text("-5"), kernel.IntValue, kernel.IntOf(-5), true},
		{text("5.5"), kernel.IntValue, kernel.Value{}, false},
		{text("9223372036854775808"), kernel.IntValue, kernel.Value{}, false},
		{text("yes"), kernel.BoolValue, kernel.BoolOf(true), true},
		{text("false"), kernel.BoolValue, kernel.BoolOf(false), true},
		{text("maybe"), kernel.BoolValue, kernel.Value{}, false},
		{text("2024-02-29"), kernel.DateValue, day, true},
		{text("2023-02-29"), kernel.DateValue, kernel.Value{}, false},
		{text("a"), kernel.SetValue, kernel.SetOf("a"), true},
		{text(" "), kernel.IntValue, kernel.Value{}, true}, // left empty: unknown, not wrong
		{text(" "), kernel.TextValue, text(" "), true},
		{kernel.Value{}, kernel.BoolValue, kernel.Value{}, true},
		{kernel.IntOf(1), kernel.BoolValue, kernel.Value{}, false},
		{kernel.BoolOf(true), kernel.TextValue, kernel.Value{}, false},
		{kernel.SetOf("a"), kernel.TextValue, kernel.Value{}, false},
		{day, kernel.TextValue, kernel.Value{}, false},
	} {
		got, err := tt.v.As(tt.kind)
		if (err == nil) != tt.ok || !got.Equal(tt.want) {
			t.Errorf("%q as kind %d: %q of kind %d, %v", tt.v.Text(), tt.kind, got.Text(), got.Kind(), err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v, kind := values().Draw(t, "value"), kernel.ValueKind(rapid.Uint8Range(0, 6).Draw(t, "kind"))
		got, err := v.As(kind)
		if err == nil && got.Known() && got.Kind() != kind {
			t.Errorf("asked for kind %d, got %d", kind, got.Kind())
		}
		if err != nil && got.Known() {
			t.Errorf("an error, and the value %q", got.Text())
		}
	})
}

// TestAccessors: a value answers as what it is and as nothing else.
func TestAccessors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := values().Draw(t, "value")
		n, isInt := v.Int()
		yes, isBool := v.Bool()
		d, isDate := v.Date()
		set, isSet := v.Set()
		for kind, is := range map[kernel.ValueKind]bool{kernel.IntValue: isInt, kernel.BoolValue: isBool, kernel.DateValue: isDate, kernel.SetValue: isSet} {
			if is != (v.Kind() == kind) {
				t.Errorf("%q of kind %d answers as kind %d: %v", v.Text(), v.Kind(), kind, is)
			}
		}
		switch {
		case isInt && strconv.FormatInt(n, 10) != v.Text(), isBool && strconv.FormatBool(yes) != v.Text(), isDate && d.String() != v.Text():
			t.Errorf("the text of %v is %q", v, v.Text())
		case v.Known() != (v.Kind() != kernel.Unknown) || !v.Known() && v.Text() != "":
			t.Errorf("known: %v, text %q", v.Known(), v.Text())
		}
		for i, m := range set {
			if slices.Contains(set[:i], m) {
				t.Errorf("%q is in the set twice", m)
			}
		}
	})
	if kernel.DateValueOf(kernel.Date{}).Known() {
		t.Error("no date is a known value")
	}
}

func TestEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := values().Draw(t, "v"), values().Draw(t, "w")
		if !v.Equal(v) || v.Equal(w) != w.Equal(v) {
			t.Errorf("%q and %q", v.Text(), w.Text())
		}
		if v.Equal(w) && v.Text() != w.Text() {
			t.Errorf("equal, but %q and %q", v.Text(), w.Text())
		}
	})
	for _, other := range []kernel.Value{{}, kernel.TextOf("0"), kernel.BoolOf(false), kernel.SetOf("0"), kernel.IntOf(1)} {
		if kernel.IntOf(0).Equal(other) {
			t.Errorf("0 equals %q of kind %d", other.Text(), other.Kind())
		}
	}
	if kernel.TextOf("2024-02-29").Equal(kernel.DateValueOf(kernel.MustDate("2024-02-29"))) {
		t.Error("a text equals a date")
	}
}

// FuzzValue reads any JSON. What is accepted is written in one form, which is
// read as the same value.
func FuzzValue(f *testing.F) {
	for _, s := range []string{`null`, `"a"`, `"\ud800"`, `""`, `12`, `-0`, `1.0`, `1e3`, `1.5`, `1e400`, `9223372036854775807`, `9223372036854775808`,
		`9007199254740993.0`, `true`, `false`, `[]`, `["a","a","b"]`, `["a",null]`, `[1]`, `[["a"]]`, `{}`, ` "a" `, ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v kernel.Value
		if err := json.Unmarshal(b, &v); err != nil {
			return
		}
		once, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%s is read but not written: %v", b, err)
		}
		var w kernel.Value
		if err := json.Unmarshal(once, &w); err != nil || !w.Equal(v) {
			t.Fatalf("%s, written as %s, came back as %q, %v", b, once, w.Text(), err)
		}
		if twice, err := json.Marshal(w); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%s is written as %s, then as %s", b, once, twice)
		}
	})
}

func TestNoValue(t *testing.T) {
	for _, s := range []string{`1.5`, `1e400`, `9223372036854775808`, `1e17`, `{}`, `[1]`, `["a",null]`, `[["a"]]`} {
		var v kernel.Value
		if err := json.Unmarshal([]byte(s), &v); err == nil {
			t.Errorf("%s was read as %q", s, v.Text())
		}
	}
}
