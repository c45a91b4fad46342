package kernel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ValueKind tells what a Value holds.
type ValueKind uint8

// The kinds of values. The zero Value is Unknown: unknown is not no.
const (
	Unknown ValueKind = iota
	TextValue
	IntValue
	BoolValue
	DateValue
	SetValue
)

// Value is the value of a fact or the answer to a question. The zero Value is
// unknown. Values are comparable by Equal and immutable by convention.
type Value struct {
	kind ValueKind
	n    int64
	s    string
	set  []string
}

// TextOf, IntOf, BoolOf, DateValueOf and SetOf make values. Codes and enum
// members are texts.
func TextOf(s string) Value { return Value{kind: TextValue, s: s} }

// IntOf makes a whole number (won, days, persons: the fact's unit tells).
func IntOf(n int64) Value { return Value{kind: IntValue, n: n} }

// BoolOf makes yes or no.
func BoolOf(b bool) Value {
	v := Value{kind: BoolValue}
	if b {
		v.n = 1
	}
	return v
}

// DateValueOf makes a date; the zero Date makes Unknown.
func DateValueOf(d Date) Value {
	if d.IsZero() {
		return Value{}
	}
	return Value{kind: DateValue, s: d.String()}
}

// SetOf makes a list of distinct texts in the given order.
func SetOf(members ...string) Value {
	out := make([]string, 0, len(members))
	for _, m := range members {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return Value{kind: SetValue, set: out}
}

// Kind tells what v holds.
func (v Value) Kind() ValueKind { return v.kind }

// Known tells whether v holds anything.
func (v Value) Known() bool { return v.kind != Unknown }

// Text is the text form: the text itself, digits, "true"/"false", YYYY-MM-DD,
// set members joined by ", ", or "" for unknown.
func (v Value) Text() string {
	switch v.kind {
	case TextValue, DateValue:
		return v.s
	case IntValue:
		return strconv.FormatInt(v.n, 10)
	case BoolValue:
		return strconv.FormatBool(v.n == 1)
	case SetValue:
		return strings.Join(v.set, ", ")
	}
	return ""
}

// Int is the number, and whether v is one.
func (v Value) Int() (int64, bool) { return v.n, v.kind == IntValue }

// Bool is yes or no, and whether v is one of them.
func (v Value) Bool() (yes, ok bool) { return v.n == 1, v.kind == BoolValue }

// Date is the date, and whether v is one.
func (v Value) Date() (Date, bool) {
	if v.kind != DateValue {
		return Date{}, false
	}
	d, err := ParseDate(v.s)
	return d, err == nil
}

// Set is the members, and whether v is a set. Callers must not change it.
func (v Value) Set() ([]string, bool) { return v.set, v.kind == SetValue }

// Equal tells whether two values are the same.
func (v Value) Equal(w Value) bool {
	return v.kind == w.kind && v.n == w.n && v.s == w.s && slices.Equal(v.set, w.set)
}

// MarshalJSON writes a JSON string, number, boolean, array of strings or null.
// A date is written as its string: the question's or fact's type tells it
// apart from text.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case TextValue, DateValue:
		return json.Marshal(v.s)
	case IntValue:
		return strconv.AppendInt(nil, v.n, 10), nil
	case BoolValue:
		return strconv.AppendBool(nil, v.n == 1), nil
	case SetValue:
		if v.set == nil {
			return []byte("[]"), nil
		}
		return json.Marshal(v.set)
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads what MarshalJSON writes; a string becomes TextValue (use
// As to type it), a number must be whole.
func (v *Value) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return fmt.Errorf("kernel: empty value")
	}
	switch b[0] {
	case 'n':
		*v = Value{}
		return nil
	case '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*v = TextOf(s)
		return nil
	case 't', 'f':
		var x bool
		if err := json.Unmarshal(b, &x); err != nil {
			return err
		}
		*v = BoolOf(x)
		return nil
	case '[':
		var l []*string
		if err := json.Unmarshal(b, &l); err != nil || slices.Contains(l, nil) {
			return fmt.Errorf("kernel: a list holds texts only")
		}
		members := make([]string, len(l))
		for i, m := range l {
			members[i] = *m
		}
		*v = SetOf(members...)
		return nil
	case '{':
		return fmt.Errorf("kernel: an object is no value")
	}
	var f json.Number
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	n, err := strconv.ParseInt(f.String(), 10, 64)
	if err != nil {
		x, ferr := f.Float64()
		if ferr != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
			return fmt.Errorf("kernel: %s is not a whole number", clip(f.String()))
		}
		n = int64(x)
	}
	*v = IntOf(n)
	return nil
}

// As turns a value read from JSON or a form into the wanted kind: texts into
// numbers, dates, booleans or one-member sets. Unknown stays unknown.
func (v Value) As(k ValueKind) (Value, error) {
	if v.kind == k || v.kind == Unknown {
		return v, nil
	}
	if v.kind == TextValue {
		s := strings.TrimSpace(v.s)
		if s == "" {
			return Value{}, nil
		}
		switch k {
		case IntValue:
			n, err := strconv.ParseInt(strings.ReplaceAll(s, ",", ""), 10, 64)
			if err != nil {
				return Value{}, fmt.Errorf("kernel: not a whole number")
			}
			return IntOf(n), nil
		case BoolValue:
			switch s {
			case "true", "yes":
				return BoolOf(true), nil
			case "false", "no":
				return BoolOf(false), nil
			}
		case DateValue:
			d, err := ParseDate(s)
			if err != nil {
				return Value{}, err
			}
			return DateValueOf(d), nil
		case SetValue:
			return SetOf(s), nil
		}
	}
	return Value{}, fmt.Errorf("kernel: value is of another type")
}
