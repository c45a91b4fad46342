package kernel

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// Time is an instant in microseconds since 1970-01-01T00:00:00Z. It is what
// tables store (BIGINT); zero means "not yet". JSON shows RFC 3339 in UTC.
type Time int64

// TimeOf converts a time.Time, cutting below the microsecond.
func TimeOf(t time.Time) Time { return Time(t.UnixMicro()) }

// Std converts to time.Time in UTC.
func (t Time) Std() time.Time { return time.UnixMicro(int64(t)).UTC() }

// IsZero tells whether the instant is unset.
func (t Time) IsZero() bool { return t == 0 }

// Add moves the instant by d.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Microseconds()) }

// Sub is the time from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Microsecond }

// String is RFC 3339 in UTC, or "" when unset.
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return t.Std().Format(time.RFC3339)
}

// MarshalJSON writes RFC 3339, or null when unset.
func (t Time) MarshalJSON() ([]byte, error) {
	if t == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(t.String())
}

// UnmarshalJSON reads RFC 3339 or null.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = 0
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	u, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return err
	}
	*t = TimeOf(u)
	return nil
}

// Date is a day of the civil calendar without a zone. The zero Date means
// "none". Dates compare with Before, and with == for sameness.
type Date struct {
	Year  int16
	Month uint8 // 1..12
	Day   uint8 // 1..31
}

// Seoul is Korea's only time zone since 1988: UTC+9 without summer time. It
// is a fixed zone so that no zone database is needed on the machine.
var Seoul = time.FixedZone("KST", 9*60*60)

// DateOf is the civil day of t in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{int16(y), uint8(m), uint8(d)}
}

// DateIn is the civil day of the instant in loc.
func (t Time) DateIn(loc *time.Location) Date { return DateOf(t.Std().In(loc)) }

// ParseDate reads YYYY-MM-DD and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("kernel: %q is not a date (YYYY-MM-DD)", clip(s))
	}
	return DateOf(t), nil
}

// MustDate is ParseDate for constants in tests and tables.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// IsZero tells whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// In is the start of the day in loc.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(int(d.Year), time.Month(d.Month), int(d.Day), 0, 0, 0, 0, loc)
}

// AddDays moves by n civil days.
func (d Date) AddDays(n int) Date { return DateOf(d.In(time.UTC).AddDate(0, 0, n)) }

// Before tells whether d is an earlier day than e.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// Days counts civil days from e to d.
func (d Date) Days(e Date) int {
	// Not by a time.Duration, which ends at 292 years.
	return int((d.In(time.UTC).Unix() - e.In(time.UTC).Unix()) / (24 * 60 * 60))
}

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// AgeOn is the full age (만 나이, Civil Act art. 158) of somebody born on d at
// the given day: it rises on the birthday; 29 February rises on 1 March in
// common years.
func (d Date) AgeOn(on Date) int {
	age := int(on.Year) - int(d.Year)
	if on.Month < d.Month || on.Month == d.Month && on.Day < d.Day {
		age--
	}
	return age
}

// AdultAge is the age at which people come of age (Civil Act art. 4).
const AdultAge = 19

// OfAge tells whether somebody born on d has come of age on the given day. Of an
// unknown day of birth it does not know, and says no.
func (d Date) OfAge(on Date) bool { return !d.IsZero() && d.AgeOn(on) >= AdultAge }

// String is YYYY-MM-DD, or "" for none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD or the empty text.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Value stores the date as TEXT.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads the date from TEXT.
func (d *Date) Scan(src any) error {
	switch s := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(s))
	case []byte:
		return d.UnmarshalText(s)
	}
	return fmt.Errorf("kernel: cannot read a date from %T", src)
}
