package rule

import "maru/kernel"

// DayOf is a date as days since 1970-01-01 in the Gregorian calendar.
func DayOf(d kernel.Date) int64 { return daysFrom(int64(d.Year), int64(d.Month), int64(d.Day)) }

// daysFrom counts from 1970-01-01, after Howard Hinnant's chrono-compatible
// date algorithms: years begin in March, so that the leap day comes last.
func daysFrom(y, m, d int64) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(y, 400)
	of := y - era*400
	day := (153*(m-3)+2)/5 + d - 1
	return era*146097 + of*365 + of/4 - of/100 + day - 719468
}

// Civil is the year, month and day of days since 1970-01-01.
func Civil(days int64) (y, m, d int64) {
	days += 719468
	era := floorDiv(days, 146097)
	of := days - era*146097
	yearOf := (of - of/1460 + of/36524 - of/146096) / 365
	day := of - (365*yearOf + yearOf/4 - yearOf/100)
	month := (5*day + 2) / 153
	d = day - (153*month+2)/5 + 1
	y, m = era*400+yearOf, month+3
	if m > 12 {
		m -= 12
		y++
	}
	return y, m, d
}

// DateOf is the date of days since 1970-01-01.
func DateOf(days int64) kernel.Date {
	y, m, d := Civil(days)
	return kernel.Date{Year: int16(y), Month: uint8(m), Day: uint8(d)}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// monthLength is how many days a month has.
func monthLength(y, m int64) int64 {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// Years are the completed years from one day to another: somebody born on 29
// February becomes older on 1 March in a common year (Civil Act arts. 158, 160).
func Years(from, to int64) int64 {
	y1, m1, d1 := Civil(from)
	y2, m2, d2 := Civil(to)
	n := y2 - y1
	if m2 < m1 || m2 == m1 && d2 < d1 {
		n--
	}
	return n
}

// Months are the calendar months from the month of one day to that of another.
func Months(from, to int64) int64 {
	y1, m1, _ := Civil(from)
	y2, m2, _ := Civil(to)
	return (y2-y1)*12 + m2 - m1
}

// FullMonths are Months less one if the second day stands earlier in its month.
func FullMonths(from, to int64) int64 {
	_, _, d1 := Civil(from)
	_, _, d2 := Civil(to)
	n := Months(from, to)
	if d2 < d1 {
		n--
	}
	return n
}

// AddMonths is the same day n months later, or the last of that month where it
// lacks the day.
func AddMonths(day, n int64) int64 {
	y, m, d := Civil(day)
	m += n - 1
	y += floorDiv(m, 12)
	m = m - floorDiv(m, 12)*12 + 1
	return daysFrom(y, m, min(d, monthLength(y, m)))
}

// InYear is a month and day (month*100+day) in a year; 29 February is 1 March
// in a common year.
func InYear(y, monthDay int64) int64 { return daysFrom(y, monthDay/100, monthDay%100) }
