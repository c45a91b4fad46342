package i18n

import (
	"math"
	"testing"
	"time"

	"maru/kernel"
)

func at(s string) kernel.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return kernel.TimeOf(t)
}

func TestFormats(t *testing.T) {
	day := kernel.MustDate("2026-11-21")
	tests := []struct{ got, want string }{
		{Date(kernel.KO, day), "2026년 11월 21일(토)"},
		{Date(kernel.EN, day), "Saturday 21 November 2026"},
		{Date(kernel.KO, kernel.Date{}), ""},
		{DateShort(kernel.KO, day), "2026. 11. 21."},
		{DateShort(kernel.EN, day), "21 Nov 2026"},
		{DateTime(kernel.KO, at("2026-11-21T15:05:00+09:00")), "2026년 11월 21일(토) 오후 3시 5분"},
		{DateTime(kernel.EN, at("2026-11-21T15:05:00+09:00")), "Saturday 21 November 2026, 3:05 pm"},
		{DateTime(kernel.KO, at("2026-11-20T15:30:00Z")), "2026년 11월 21일(토) 오전 0시 30분"},
		{DateTime(kernel.KO, 0), ""},
		{TimeOfDay(kernel.KO, at("2026-11-21T12:00:00+09:00")), "낮 12시"},
		{TimeOfDay(kernel.KO, at("2026-11-21T12:01:00+09:00")), "낮 12시 1분"},
		{TimeOfDay(kernel.KO, at("2026-11-21T09:00:00+09:00")), "오전 9시"},
		{TimeOfDay(kernel.KO, at("2026-11-21T23:59:00+09:00")), "오후 11시 59분"},
		{TimeOfDay(kernel.EN, at("2026-11-21T00:00:00+09:00")), "12:00 am"},
		{Money(kernel.KO, 1234567), "1,234,567원"},
		{Money(kernel.EN, -500), "-500 won"},
		{MoneyUnits(kernel.KO, 123450000), "1억 2,345만 원"},
		{MoneyUnits(kernel.KO, 30500), "3만 500 원"},
		{MoneyUnits(kernel.KO, 0), "0 원"},
		{MoneyUnits(kernel.EN, 30500), "30,500 won"},
		{Units(1_0000_0000_0000), "1조"},
		{Units(-25000), "-2만 5,000"},
		{Units(math.MinInt64), "-922경 3,372조 368억 5,477만 5,808"},
		{Number(kernel.KO, math.MinInt64), "-9,223,372,036,854,775,808"},
		{Number(kernel.EN, 999), "999"},
		{Number(kernel.EN, 1000), "1,000"},
		{Bytes(900), "900 B"}, {Bytes(10 << 20), "10 MB"}, {Bytes(1536 << 10), "1.5 MB"}, {Bytes(20 << 10), "20 KB"},
		{Format(kernel.KO, nil), ""}, {Format(kernel.KO, uint8(7)), "7"}, {Format(kernel.KO, true), "true"}, {Format(kernel.KO, time.Second), "1s"},
	}
	for i, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%d: %q, want %q", i, tt.got, tt.want)
		}
	}
}
