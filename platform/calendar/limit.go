package calendar

import (
	"time"

	"maru/kernel"
)

// Limit is a length of time as a law or a pack states it.
type Limit struct {
	Value int
	Unit  string // Immediate, Hours, Days, Weeks, Months, Years
	Rule  string // Petitions or Civil
}

// The units of a limit.
const (
	Immediate = "immediate"
	Hours     = "hours"
	Days      = "days"
	Weeks     = "weeks"
	Months    = "months"
	Years     = "years"
)

// The rules by which a limit is counted: as the Civil Petitions Treatment Act
// does, or in calendar days as the Civil Act does where another law sets the
// limit so.
const (
	Petitions = ""
	Civil     = "civil"
)

// immediateHours is what "at once" allows.
const immediateHours = 3

// shortDays is the longest limit in days that is counted in hours.
const shortDays = 5

// Due is the instant by which the office must act on what it received at
// start. A limit counted in days ends with its last day, at the close of
// working hours (18:00): what is done later that evening would reach nobody.
// A zero limit gives the zero Time: there is none.
func (c *Calendar) Due(start kernel.Time, l Limit) kernel.Time {
	return c.Extend(start, l, 0)
}

// Extend is Due with paused working time added: time that does not count
// because the applicant was asked to correct the application (민원 처리에 관한
// 법률 시행령, 보완에 걸린 기간) or another body was consulted. For limits in
// days, weeks and months every started eight hours of pause move the end by a
// working day, so that a pause never shortens anybody's time.
func (c *Calendar) Extend(start kernel.Time, l Limit, paused time.Duration) kernel.Time {
	if l.Unit == "" || l.Value <= 0 && l.Unit != Immediate {
		return 0
	}
	if l.Rule == Civil && l.Unit != Hours && l.Unit != Immediate {
		return c.close(c.moved(c.Deadline(start.DateIn(c.loc), l), paused))
	}
	switch l.Unit {
	case Immediate:
		return c.AddWorking(start, immediateHours*time.Hour+paused)
	case Hours:
		return c.AddWorking(start, time.Duration(l.Value)*time.Hour+paused)
	case Days:
		if l.Value <= shortDays { // art. 19 para. 1
			return c.AddWorking(start, time.Duration(l.Value)*HoursADay*time.Hour+paused)
		}
		return c.close(c.moved(c.nth(start.DateIn(c.loc), l.Value), paused)) // para. 2
	}
	// Para. 3: the first day is included.
	last := lastDay(start.DateIn(c.loc), l)
	return c.close(c.moved(c.NextWorking(last), paused))
}

// nth is the n-th working day from d on, d included.
func (c *Calendar) nth(d kernel.Date, n int) kernel.Date {
	for d = c.NextWorking(d); n > 1; n-- {
		d = c.NextWorking(d.AddDays(1))
	}
	return d
}

// moved is d moved on by the working days that a pause began.
func (c *Calendar) moved(d kernel.Date, paused time.Duration) kernel.Date {
	const day = HoursADay * time.Hour
	for ; paused > 0; paused -= day {
		d = c.NextWorking(d.AddDays(1))
	}
	return d
}

func (c *Calendar) close(d kernel.Date) kernel.Time {
	return kernel.TimeOf(d.In(c.loc).Add(workingHours[len(workingHours)-1].to))
}

// Deadline is the last day on which a person may act when something happened
// on d: the first day does not count (Civil Act art. 157), weeks, months and
// years run by the calendar (art. 160), and a last day that is a Saturday or a
// public holiday moves to the next that is neither (art. 161).
func (c *Calendar) Deadline(d kernel.Date, l Limit) kernel.Date {
	return c.NextWorking(lastDay(d.AddDays(1), l))
}

// DeadlineFirstDay is Deadline for laws that count the first day.
func (c *Calendar) DeadlineFirstDay(d kernel.Date, l Limit) kernel.Date {
	return c.NextWorking(lastDay(d, l))
}

// Where a person's period begins, if not on the day after.
const (
	FromDay      = "day"       // with the day itself
	FromMonthEnd = "month_end" // after the end of the day's month
)

// LastDay is Deadline for a period that begins as from tells, "" for the day
// after.
func (c *Calendar) LastDay(d kernel.Date, l Limit, from string) kernel.Date {
	switch from {
	case FromDay:
		return c.DeadlineFirstDay(d, l)
	case FromMonthEnd:
		d = kernel.DateOf(time.Date(int(d.Year), time.Month(d.Month)+1, 0, 0, 0, 0, 0, time.UTC))
	}
	return c.Deadline(d, l)
}

// lastDay is the last day of a period whose first counted day is first. Weeks,
// months and years end on the day before the one that corresponds to the
// first; a month without such a day ends the period with its own last day
// (Civil Act art. 160 paras. 2 and 3). Units below a day end on first.
func lastDay(first kernel.Date, l Limit) kernel.Date {
	switch l.Unit {
	case Days:
		return first.AddDays(l.Value - 1)
	case Weeks:
		return first.AddDays(7*l.Value - 1)
	case Months:
		return monthsLater(first, l.Value)
	case Years:
		return monthsLater(first, 12*l.Value)
	}
	return first
}

func monthsLater(first kernel.Date, n int) kernel.Date {
	month := time.Date(int(first.Year), time.Month(first.Month)+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	days := month.AddDate(0, 1, -1).Day()
	if int(first.Day) > days {
		return kernel.DateOf(month).AddDays(days - 1)
	}
	return kernel.DateOf(month).AddDays(int(first.Day) - 2)
}

// Resume moves a due that stood still from pausedAt to now, because the office
// waited for the applicant: a limit that runs in hours by the working time
// that passed, any other by a working day for each eight hours begun. A due
// that was never set stays so.
func (c *Calendar) Resume(due, pausedAt, now kernel.Time, l Limit) kernel.Time {
	paused := c.WorkingBetween(pausedAt, now)
	if due == 0 || paused == 0 {
		return due
	}
	if l.Rule == Petitions && (l.Unit == Immediate || l.Unit == Hours || l.Unit == Days && l.Value <= shortDays) {
		return c.AddWorking(due, paused)
	}
	return c.close(c.moved(due.DateIn(c.loc), paused))
}
