package calendar

import (
	"time"

	"maru/kernel"
)

// Holiday is a day on which public offices are closed.
type Holiday struct {
	Date kernel.Date
	Name kernel.Text
}

// Calendar tells working days and counts limits. It is read-only and safe for
// concurrent use.
type Calendar struct {
	loc      *time.Location
	holidays map[kernel.Date]kernel.Text
}

// New makes a calendar of the place loc. Days beyond the holidays handed in
// are told by the weekday alone.
func New(holidays []Holiday, loc *time.Location) *Calendar {
	c := &Calendar{loc: loc, holidays: make(map[kernel.Date]kernel.Text, len(holidays))}
	for _, h := range holidays {
		if _, twice := c.holidays[h.Date]; !twice {
			c.holidays[h.Date] = h.Name
		}
	}
	return c
}

// Location is the calendar's time zone.
func (c *Calendar) Location() *time.Location { return c.loc }

// Holiday is the name of the public holiday on d, if it is one.
func (c *Calendar) Holiday(d kernel.Date) (kernel.Text, bool) {
	n, ok := c.holidays[d]
	return n, ok
}

// Working tells whether offices work on d: neither Saturday, nor Sunday (which
// is a public holiday by law), nor a public holiday.
func (c *Calendar) Working(d kernel.Date) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, holiday := c.holidays[d]
	return !holiday
}

// NextWorking is d itself when offices work on it, else the next day on which
// they do (Civil Act art. 161).
func (c *Calendar) NextWorking(d kernel.Date) kernel.Date {
	for !c.Working(d) {
		d = d.AddDays(1)
	}
	return d
}

// WorkingDays counts the working days from a to b, both included; 0 when b is
// before a.
func (c *Calendar) WorkingDays(a, b kernel.Date) int {
	n := 0
	for d := a; !b.Before(d); d = d.AddDays(1) {
		if c.Working(d) {
			n++
		}
	}
	return n
}
