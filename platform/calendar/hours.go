package calendar

import (
	"time"

	"maru/kernel"
)

// span is a stretch of working time of a day, from midnight.
type span struct{ from, to time.Duration }

// workingHours are those of 국가공무원 복무규정 제9조제2항: nine to six without
// the hour of lunch, eight hours in all.
var workingHours = [...]span{
	{9 * time.Hour, 12 * time.Hour},
	{13 * time.Hour, 18 * time.Hour},
}

// HoursADay is how many working hours make a day (Civil Petitions Treatment
// Act art. 19 para. 1).
const HoursADay = 8

// AddWorking is the instant at which d of working time has passed since t.
// Time outside working hours does not count; with no time to pass it is t.
func (c *Calendar) AddWorking(t kernel.Time, d time.Duration) kernel.Time {
	if d <= 0 {
		return t
	}
	now := t.Std().In(c.loc)
	for day := kernel.DateOf(now); ; day = day.AddDays(1) {
		if !c.Working(day) {
			continue
		}
		midnight := day.In(c.loc)
		for _, s := range workingHours {
			from, to := midnight.Add(s.from), midnight.Add(s.to)
			if from.Before(now) {
				from = now
			}
			if !from.Before(to) {
				continue
			}
			if left := to.Sub(from); d > left {
				d -= left
				continue
			}
			return kernel.TimeOf(from.Add(d))
		}
	}
}

// WorkingBetween is the working time from a to b; 0 when b is not after a.
func (c *Calendar) WorkingBetween(a, b kernel.Time) time.Duration {
	var sum time.Duration
	from, to := a.Std().In(c.loc), b.Std().In(c.loc)
	for day := kernel.DateOf(from); !kernel.DateOf(to).Before(day); day = day.AddDays(1) {
		if !c.Working(day) {
			continue
		}
		midnight := day.In(c.loc)
		for _, s := range workingHours {
			lo, hi := later(midnight.Add(s.from), from), earlier(midnight.Add(s.to), to)
			if lo.Before(hi) {
				sum += hi.Sub(lo)
			}
		}
	}
	return sum
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
