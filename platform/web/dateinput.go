package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"maru/kernel"
)

// FormDate reads the three typed fields of a date-input named name
// (name-year, name-month, name-day). Nothing typed is the zero Date. Otherwise
// a date that does not exist is a kernel.Invalid error on the field that is
// wrong: "birth-month", or "birth" when the parts fit but the day does not.
func FormDate(form url.Values, name string) (kernel.Date, error) {
	parts := [3]string{}
	typed := false
	for i, p := range dateParts {
		parts[i] = strings.TrimSpace(form.Get(name + "-" + p.name))
		typed = typed || parts[i] != ""
	}
	if !typed {
		return kernel.Date{}, nil
	}
	bad := kernel.E(kernel.Invalid, "error.check_answers", nil)
	var n [3]int
	for i, p := range dateParts {
		v, err := strconv.Atoi(parts[i])
		if err != nil || v < p.min || v > p.max {
			bad.Field(name+"-"+p.name, "error.date_"+p.name, nil)
		}
		n[i] = v
	}
	if len(bad.Fields) > 0 {
		return kernel.Date{}, bad
	}
	d, err := kernel.ParseDate(fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2]))
	if err != nil {
		return kernel.Date{}, bad.Field(name, "error.date_none", nil)
	}
	return d, nil
}

var dateParts = [3]struct {
	name     string
	min, max int
}{{"year", 1800, 2200}, {"month", 1, 12}, {"day", 1, 31}}
