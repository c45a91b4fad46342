package calendar

import (
	"testing"
	"time"

	"maru/kernel"

	"pgregory.net/rapid"
)

// cal knows the holidays around the days that the tests use.
var cal = New([]Holiday{
	{Date: kernel.MustDate("2026-02-16")}, {Date: kernel.MustDate("2026-02-17")}, {Date: kernel.MustDate("2026-02-18")},
	{Date: kernel.MustDate("2026-03-02"), Name: kernel.Text{KO: "대체공휴일", EN: "Substitute holiday"}},
	{Date: kernel.MustDate("2026-05-05")}, {Date: kernel.MustDate("2026-06-03")},
	{Date: kernel.MustDate("2026-09-24")}, {Date: kernel.MustDate("2026-09-25")},
	{Date: kernel.MustDate("2026-10-05")}, {Date: kernel.MustDate("2026-10-09")},
}, kernel.Seoul)

func at(s string) kernel.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, kernel.Seoul)
	if err != nil {
		panic(err)
	}
	return kernel.TimeOf(t)
}

func show(t kernel.Time) string { return t.Std().In(kernel.Seoul).Format("2006-01-02 15:04") }

func TestDue(t *testing.T) {
	tests := []struct {
		name  string
		start string
		limit Limit
		want  string
	}{
		// 민원 처리에 관한 법률 시행령 제19조: at once is three working hours.
		{"at once in the morning", "2026-03-10 09:00", Limit{Unit: Immediate}, "2026-03-10 12:00"},
		{"at once before lunch", "2026-03-10 11:30", Limit{Unit: Immediate}, "2026-03-10 15:30"},
		{"at once in the evening", "2026-03-10 17:00", Limit{Unit: Immediate}, "2026-03-11 11:00"},
		// 제19조제1항: hours, Saturdays and public holidays left out.
		{"three hours", "2026-03-10 10:00", Limit{Value: 3, Unit: Hours}, "2026-03-10 14:00"},
		{"three hours from Friday evening", "2026-03-13 17:00", Limit{Value: 3, Unit: Hours}, "2026-03-16 11:00"},
		{"received at night", "2026-03-10 23:30", Limit{Value: 3, Unit: Hours}, "2026-03-11 12:00"},
		{"received on a Sunday", "2026-03-15 15:00", Limit{Value: 3, Unit: Hours}, "2026-03-16 12:00"},
		{"over Seollal", "2026-02-13 17:00", Limit{Value: 3, Unit: Hours}, "2026-02-19 11:00"},
		{"received at lunch", "2026-03-10 12:30", Limit{Value: 1, Unit: Hours}, "2026-03-10 14:00"},
		{"exactly to the close", "2026-03-10 09:00", Limit{Value: 8, Unit: Hours}, "2026-03-10 18:00"},
		// 제19조제1항: up to five days run in hours, eight a day.
		{"one day", "2026-03-10 10:00", Limit{Value: 1, Unit: Days}, "2026-03-11 10:00"},
		{"one day received at noon", "2026-03-10 12:00", Limit{Value: 1, Unit: Days}, "2026-03-11 12:00"},
		{"five days over a weekend", "2026-03-10 14:00", Limit{Value: 5, Unit: Days}, "2026-03-17 14:00"},
		{"two days over Children's Day", "2026-05-04 10:00", Limit{Value: 2, Unit: Days}, "2026-05-07 10:00"},
		// 제19조제2항: from six days on in days, the first day included.
		{"six days, the boundary", "2026-03-10 14:00", Limit{Value: 6, Unit: Days}, "2026-03-17 18:00"},
		{"seven days over Chuseok", "2026-09-21 09:00", Limit{Value: 7, Unit: Days}, "2026-10-01 18:00"},
		{"received on a Saturday: Monday is the first day", "2026-03-14 10:00", Limit{Value: 6, Unit: Days}, "2026-03-23 18:00"},
		{"thirty days", "2026-03-10 10:00", Limit{Value: 30, Unit: Days}, "2026-04-20 18:00"},
		// 제19조제3항 with 민법 제160조: by the calendar, the first day included.
		{"two weeks", "2026-03-10 10:00", Limit{Value: 2, Unit: Weeks}, "2026-03-23 18:00"},
		{"a month", "2026-03-10 10:00", Limit{Value: 1, Unit: Months}, "2026-04-09 18:00"},
		{"a month from its first day", "2026-04-01 10:00", Limit{Value: 1, Unit: Months}, "2026-04-30 18:00"},
		{"a month that lacks the day (제160조제3항), ending on a Saturday (제161조)", "2026-01-31 10:00", Limit{Value: 1, Unit: Months}, "2026-03-03 18:00"},
		{"a year", "2026-03-10 10:00", Limit{Value: 1, Unit: Years}, "2027-03-09 18:00"},
		// A limit that another law sets in calendar days (민법 제157조, 제161조).
		{"civil days", "2026-03-10 10:00", Limit{Value: 10, Unit: Days, Rule: Civil}, "2026-03-20 18:00"},
		{"civil days ending on a holiday", "2026-05-01 10:00", Limit{Value: 4, Unit: Days, Rule: Civil}, "2026-05-06 18:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := show(cal.Due(at(tt.start), tt.limit)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if got := cal.Due(at("2026-03-10 10:00"), Limit{}); got != 0 {
		t.Errorf("no limit: got %s", show(got))
	}
}

// TestExtend: time spent on a correction does not count (민원 처리에 관한 법률
// 시행령 제20조, 행정절차법 시행령 제11조제1호).
func TestExtend(t *testing.T) {
	tests := []struct {
		name   string
		limit  Limit
		paused time.Duration
		want   string
	}{
		{"hours", Limit{Value: 3, Unit: Hours}, 2 * time.Hour, "2026-03-10 16:00"},
		{"hours into the next day", Limit{Value: 3, Unit: Hours}, 8 * time.Hour, "2026-03-11 14:00"},
		{"days: each started day", Limit{Value: 6, Unit: Days}, time.Hour, "2026-03-18 18:00"},
		{"days over a weekend", Limit{Value: 6, Unit: Days}, 4 * 8 * time.Hour, "2026-03-23 18:00"},
		{"months", Limit{Value: 1, Unit: Months}, 16 * time.Hour, "2026-04-13 18:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := show(cal.Extend(at("2026-03-10 10:00"), tt.limit, tt.paused)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestFurther: a limit is extended by no more than itself.
func TestFurther(t *testing.T) {
	tests := []struct {
		due   string
		limit Limit
		want  string
	}{
		{"2026-03-10 12:00", Limit{Unit: Immediate}, "2026-03-11 12:00"},
		{"2026-03-13 14:00", Limit{Value: 2, Unit: Days}, "2026-03-17 18:00"},
		{"2026-03-17 18:00", Limit{Value: 7, Unit: Days}, "2026-03-26 18:00"},
		{"2026-04-09 18:00", Limit{Value: 1, Unit: Months}, "2026-05-11 18:00"},
		{"2026-03-20 18:00", Limit{Value: 10, Unit: Days, Rule: Civil}, "2026-03-30 18:00"},
	}
	for _, tt := range tests {
		if got := show(cal.Further(at(tt.due), tt.limit)); got != tt.want {
			t.Errorf("%s, %+v: got %s, want %s", tt.due, tt.limit, got, tt.want)
		}
	}
	if cal.Further(0, Limit{Value: 1, Unit: Days}) != 0 {
		t.Error("a due that was never set must stay unset")
	}
}

func TestDeadline(t *testing.T) {
	tests := []struct {
		name  string
		from  string
		limit Limit
		want  string
	}{
		// 민법 제157조: the first day does not count.
		{"fourteen days after moving", "2026-03-02", Limit{Value: 14, Unit: Days}, "2026-03-16"},
		// 민법 제161조: a last day on a Saturday, Sunday or holiday moves on.
		{"ends on a Saturday", "2026-02-28", Limit{Value: 14, Unit: Days}, "2026-03-16"},
		{"ends on a substitute holiday", "2026-02-16", Limit{Value: 14, Unit: Days}, "2026-03-03"},
		{"ends in Chuseok, then a weekend", "2026-09-10", Limit{Value: 14, Unit: Days}, "2026-09-28"},
		// 민법 제160조: by the calendar.
		{"one month", "2026-03-10", Limit{Value: 1, Unit: Months}, "2026-04-10"},
		{"one month after the last of February", "2026-02-28", Limit{Value: 1, Unit: Months}, "2026-03-31"},
		{"one month after 30 January", "2026-01-30", Limit{Value: 1, Unit: Months}, "2026-03-03"},
		{"three months over the year", "2025-11-30", Limit{Value: 3, Unit: Months}, "2026-03-03"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cal.Deadline(kernel.MustDate(tt.from), tt.limit).String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if got := cal.DeadlineFirstDay(kernel.MustDate("2026-03-09"), Limit{Value: 5, Unit: Days}).String(); got != "2026-03-13" {
		t.Errorf("first day counted: got %s", got)
	}
	for from, want := range map[string]string{"": "2026-03-16", FromDay: "2026-03-13", FromMonthEnd: "2026-04-06"} {
		if got := cal.LastDay(kernel.MustDate("2026-03-09"), Limit{Value: 5, Unit: Days}, from).String(); got != want {
			t.Errorf("from %q: %s, want %s", from, got, want)
		}
	}
}

func TestWorking(t *testing.T) {
	if cal.Working(kernel.MustDate("2026-03-02")) || cal.Working(kernel.MustDate("2026-03-07")) || !cal.Working(kernel.MustDate("2026-03-03")) {
		t.Error("working days")
	}
	if n, ok := cal.Holiday(kernel.MustDate("2026-03-02")); !ok || n.KO != "대체공휴일" {
		t.Errorf("holiday: %v %v", n, ok)
	}
	if n := cal.WorkingDays(kernel.MustDate("2026-02-13"), kernel.MustDate("2026-02-19")); n != 2 {
		t.Errorf("working days over Seollal: %d", n)
	}
}

// TestWorkingTimeAddsUp: the working time between a start and its due is the
// time that was added, whatever the start.
func TestWorkingTimeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := at("2026-01-01 00:00") + kernel.Time(rapid.Int64Range(0, 300*24*60).Draw(t, "minute"))*60e6
		want := time.Duration(rapid.IntRange(1, 200*60).Draw(t, "minutes")) * time.Minute
		due := cal.AddWorking(start, want)
		if got := cal.WorkingBetween(start, due); got != want {
			t.Fatalf("%s + %v = %s, but between is %v", show(start), want, show(due), got)
		}
	})
}

// TestResumeIsExtend: standing still for a while and counting the same pause
// from the start come to the same due.
func TestResumeIsExtend(t *testing.T) {
	limits := []Limit{{Value: 3, Unit: Hours}, {Value: 2, Unit: Days}, {Value: 7, Unit: Days}, {Value: 1, Unit: Months}}
	start, asked, answered := at("2026-03-10 10:00"), at("2026-03-10 11:00"), at("2026-03-12 15:00")
	for _, l := range limits {
		want := cal.Extend(start, l, cal.WorkingBetween(asked, answered))
		if got := cal.Resume(cal.Due(start, l), asked, answered, l); got != want {
			t.Errorf("%v: resumed %s, extended %s", l, show(got), show(want))
		}
	}
	if got := cal.Resume(0, asked, answered, Limit{}); got != 0 {
		t.Error("a due that was never set must stay unset")
	}
}
