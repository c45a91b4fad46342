package reference

import (
	"time"

	"maru/kernel"
)

func date(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func midnight(d kernel.Date) time.Time { return date(int(d.Year), int(d.Month), int(d.Day)) }

// daysFromEpoch is the day so many days after 1970-01-01.
func daysFromEpoch(n int64) time.Time { return date(1970, 1, 1+int(n)) }

// years are the completed years: a birthday counts from its own day, that of 29
// February from 1 March in a common year.
func years(from, to time.Time) int {
	birthday := date(to.Year(), int(from.Month()), from.Day())
	n := to.Year() - from.Year()
	if to.Before(birthday) {
		n--
	}
	return n
}

// monthsBetween are calendar months; days do not count.
func monthsBetween(from, to time.Time) int {
	return 12*(to.Year()-from.Year()) + int(to.Month()) - int(from.Month())
}

// fullMonths are calendar months, less one if the second day of the month is the
// smaller.
func fullMonths(from, to time.Time) int {
	n := monthsBetween(from, to)
	if to.Day() < from.Day() {
		n--
	}
	return n
}

// daysBetween are the days from one day to another.
func daysBetween(from, to time.Time) int64 {
	return (to.Unix() - from.Unix()) / (24 * 60 * 60)
}

// addMonths is the same day n months later, or that month's last day if it lacks
// the day.
func addMonths(t time.Time, n int) time.Time {
	first := date(t.Year(), int(t.Month())+n, 1)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// inYear is a month and day, as month*100+day, in a year. A day that the year
// lacks is the day after.
func inYear(y, monthDay int) time.Time { return date(y, monthDay/100, monthDay%100) }
