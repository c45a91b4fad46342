package api

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/kernel"
)

// checkQuery refuses in a request's query what checkText refuses in its body:
// a store would not take it, and a search that quietly finds nothing would
// have the caller believe that nothing is there.
func checkQuery(raw string) error {
	if !strings.Contains(raw, "%") && utf8.ValidString(raw) {
		return nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return kernel.E(kernel.Invalid, "api.fields", err).Field("query", "api.field.wrong", nil)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, s := range append(values[name], name) {
			key := ""
			switch {
			case !utf8.ValidString(s):
				key = "api.field.utf8"
			case strings.IndexByte(s, 0) >= 0:
				key = "api.field.nul"
			default:
				continue
			}
			return kernel.E(kernel.Invalid, "api.fields", nil).Field(strings.Map(printable, name), key, nil)
		}
	}
	return nil
}

// printable keeps what an answer can hold.
func printable(r rune) rune {
	if r == 0 || r == utf8.RuneError {
		return -1
	}
	return r
}
