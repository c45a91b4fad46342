package api

import (
	"errors"
	"testing"

	"maru/kernel"
)

func TestCheckQuery(t *testing.T) {
	for raw, field := range map[string]string{
		"":                  "",
		"q=a&limit=5":       "",
		"q=%EA%B0%80":       "",
		"q=가":               "",
		"q=%00":             "q",
		"a=1&q=x%00":        "q",
		"q=%ff":             "q",
		"q=\xff":            "q",
		"q=a&q=%c3%28":      "q",
		"q%00=a":            "q",
		"q=%zz":             "query",
		"q=%EF%BF%BD&x=%41": "", // a replacement character that was really sent
	} {
		err := checkQuery(raw)
		got := ""
		var e *kernel.Error
		if errors.As(err, &e) {
			got = e.Fields[0].Field
		}
		if got != field {
			t.Errorf("%q: field %q, want %q", raw, got, field)
		}
	}
}
