package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"maru/kernel"
)

var weekdaysKO = [...]string{"일", "월", "화", "수", "목", "금", "토"}

// Format writes any value the way l reads it.
func Format(l kernel.Lang, v any) string {
	switch x := v.(type) {
	case string:
		return x
	case kernel.Money:
		return Money(l, x)
	case kernel.Date:
		return Date(l, x)
	case kernel.Time:
		return DateTime(l, x)
	case kernel.Text:
		return x.In(l)
	case fmt.Stringer:
		return x.String()
	case nil:
		return ""
	}
	if n, ok := integer(v); ok {
		return Number(l, n)
	}
	return fmt.Sprint(v)
}

func integer(v any) (int64, bool) {
	switch x := v.(type) {
	case int:
		return int64(x), true
	case int64:
		return x, true
	case int32:
		return int64(x), true
	case int16:
		return int64(x), true
	case uint8:
		return int64(x), true
	case uint32:
		return int64(x), true
	}
	return 0, false
}

// Number groups the digits by three, as both languages print them.
func Number(_ kernel.Lang, n int64) string {
	var room [32]byte
	return string(appendNumber(room[:0], n))
}

func appendNumber(out []byte, n int64) []byte {
	var room [20]byte
	s := strconv.AppendInt(room[:0], n, 10)
	if s[0] == '-' {
		out, s = append(out, '-'), s[1:]
	}
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, c)
	}
	return out
}

// Money is an amount in full: "12,345원", "12,345 won".
func Money(l kernel.Lang, m kernel.Money) string {
	unit := "원"
	if l == kernel.EN {
		unit = " won"
	}
	var room [40]byte
	return string(append(appendNumber(room[:0], int64(m)), unit...))
}

// MoneyUnits is an amount by the large Korean units, exact to the won:
// "1억 2,345만 원". English prints it in full.
func MoneyUnits(l kernel.Lang, m kernel.Money) string {
	if l == kernel.EN {
		return Money(l, m)
	}
	return Units(int64(m)) + " 원"
}

// Units writes a number by 조, 억 and 만: 123,450,000 is "1억 2,345만".
func Units(n int64) string {
	if n == 0 {
		return "0"
	}
	sign, rest := "", uint64(n)
	if n < 0 {
		sign, rest = "-", -rest // unsigned, so that the smallest number has its magnitude too
	}
	var words []string
	for _, u := range []struct {
		size uint64
		name string
	}{{1e16, "경"}, {1e12, "조"}, {1e8, "억"}, {1e4, "만"}, {1, ""}} {
		if q := rest / u.size; q > 0 {
			words = append(words, Number(kernel.KO, int64(q))+u.name)
			rest %= u.size
		}
	}
	return sign + strings.Join(words, " ")
}

// Date is "2026년 11월 21일(토)" or "Saturday 21 November 2026"; "" for none.
func Date(l kernel.Lang, d kernel.Date) string {
	if d.IsZero() {
		return ""
	}
	if l == kernel.EN {
		return fmt.Sprintf("%s %d %s %d", d.Weekday(), d.Day, time.Month(d.Month), d.Year)
	}
	var room [48]byte
	b := append(strconv.AppendInt(room[:0], int64(d.Year), 10), "년 "...)
	b = append(strconv.AppendInt(b, int64(d.Month), 10), "월 "...)
	b = append(strconv.AppendInt(b, int64(d.Day), 10), "일("...)
	return string(append(append(b, weekdaysKO[d.Weekday()]...), ')'))
}

// DateShort is for tables: "2026. 11. 21." or "21 Nov 2026".
func DateShort(l kernel.Lang, d kernel.Date) string {
	if d.IsZero() {
		return ""
	}
	if l == kernel.EN {
		return fmt.Sprintf("%d %s %d", d.Day, time.Month(d.Month).String()[:3], d.Year)
	}
	return fmt.Sprintf("%d. %d. %d.", d.Year, d.Month, d.Day)
}

// DateTime is the day and time of day in Seoul: "2026년 11월 21일(토) 오후 3시
// 5분" or "Saturday 21 November 2026, 3:05 pm"; "" when unset.
func DateTime(l kernel.Lang, t kernel.Time) string {
	if t.IsZero() {
		return ""
	}
	d := Date(l, t.DateIn(kernel.Seoul))
	if l == kernel.EN {
		return d + ", " + TimeOfDay(l, t)
	}
	return d + " " + TimeOfDay(l, t)
}

// TimeOfDay is the time in Seoul: "오후 3시 5분", "낮 12시", "3:05 pm". Noon is
// 낮 12시 and the first hour 오전 0시, because "오전 12시" is read both ways.
func TimeOfDay(l kernel.Lang, t kernel.Time) string {
	s := t.Std().In(kernel.Seoul)
	if l == kernel.EN {
		return s.Format("3:04 pm")
	}
	h, part := s.Hour(), "오전"
	switch {
	case h == 12:
		part = "낮"
	case h > 12:
		part, h = "오후", h-12
	}
	if s.Minute() == 0 {
		return fmt.Sprintf("%s %d시", part, h)
	}
	return fmt.Sprintf("%s %d시 %d분", part, h, s.Minute())
}

// Bytes is the size of a file in the unit people know: "1.5 MB".
func Bytes(n int64) string {
	switch {
	case n >= 1<<20:
		return strings.TrimSuffix(strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64), ".0") + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KB"
	}
	return strconv.FormatInt(n, 10) + " B"
}
