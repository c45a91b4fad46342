package plain

import (
	"fmt"
	"strings"
	"unicode"

	"maru/kernel"
	"maru/platform/i18n"
)

// Catalog checks every message: the Korean by Lint (errors, whose keys hold a
// part "error", by LintError unless a message beside it says the action), the
// English for Hangul that was left in it. Each line names its key.
func Catalog(c *i18n.Catalog) []string {
	var out []string
	for _, key := range c.Keys() {
		lint := Lint
		if isError(key) {
			lint = LintError
		}
		for _, f := range lint(c.Source(kernel.KO, key)) {
			out = append(out, fmt.Sprintf("%s: %s", key, f))
		}
		if en := c.Source(kernel.EN, key); strings.ContainsFunc(en, isHangul) {
			out = append(out, fmt.Sprintf("%s: English holds Hangul: %q", key, en))
		}
	}
	return out
}

// isError tells error messages by their key. Titles and texts that make up an
// error page together with an action need none of their own.
func isError(key string) bool {
	parts := strings.Split(key, ".")
	last := parts[len(parts)-1]
	if last == "title" || last == "text" {
		return false
	}
	for _, p := range parts[:len(parts)-1] {
		if p == "error" {
			return true
		}
	}
	return false
}

func isHangul(r rune) bool { return unicode.Is(unicode.Hangul, r) }
