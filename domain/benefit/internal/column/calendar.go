package column

import "maru/domain/benefit/rule"

// calendar is the civil date of each day in which people live, packed as
// year<<9 | month<<5 | day: looking it up costs a nanosecond, working it out ten.
type calendar struct {
	first int64
	days  []int32
}

// The days of 1870 to 2069.
const calendarFrom, calendarTo = -36524, 36525

func newCalendar() *calendar {
	c := &calendar{first: calendarFrom, days: make([]int32, calendarTo-calendarFrom)}
	for i := range c.days {
		c.days[i] = packed(c.first + int64(i))
	}
	return c
}

func packed(day int64) int32 {
	y, m, d := rule.Civil(day)
	return int32(y<<9 | m<<5 | d)
}

func (c *calendar) of(day int64) int32 {
	if i := uint64(day - c.first); i < uint64(len(c.days)) {
		return c.days[i]
	}
	return packed(day)
}

const (
	monthDay = 1<<9 - 1 // month and day of a packed date
	dayOnly  = 1<<5 - 1
)

func years(a, b int32) int64 {
	n := b>>9 - a>>9
	if b&monthDay < a&monthDay {
		n--
	}
	return int64(n)
}

func months(a, b int32) int64 {
	return int64((b>>9-a>>9)*12 + b>>5&15 - a>>5&15)
}

func fullMonths(a, b int32) int64 {
	n := months(a, b)
	if b&dayOnly < a&dayOnly {
		n--
	}
	return n
}
