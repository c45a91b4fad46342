package design

import (
	"io/fs"
	"math"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func read(t *testing.T, f fs.FS, name string) string {
	t.Helper()
	b, err := fs.ReadFile(f, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	tokenSet = regexp.MustCompile(`(--[a-z-]+):(#[0-9a-f]{3,8})\b`)
	tokenUse = regexp.MustCompile(`var\((--[a-z-]+)`)
	tokenDef = regexp.MustCompile(`(--[a-z-]+):`)
)

// blocks gives the token blocks of the style sheet: light, high contrast by
// choice, high contrast as the device says.
func blocks(t *testing.T, css string) []map[string]string {
	t.Helper()
	var out []map[string]string
	for _, start := range []string{":root{", ":root[data-contrast=high]{", ":root[data-contrast=auto]{"} {
		_, rest, ok := strings.Cut(css, start)
		if !ok {
			t.Fatalf("no block %s", start)
		}
		body, _, _ := strings.Cut(rest, "}")
		tokens := map[string]string{}
		for _, m := range tokenSet.FindAllStringSubmatch(body, -1) {
			tokens[m[1]] = m[2]
		}
		out = append(out, tokens)
	}
	return out
}

func TestTokensAreDefined(t *testing.T) {
	css := read(t, Static, "maru.css")
	defined := map[string]bool{}
	for _, m := range tokenDef.FindAllStringSubmatch(css, -1) {
		defined[m[1]] = true
	}
	for _, m := range tokenUse.FindAllStringSubmatch(css, -1) {
		if !defined[m[1]] {
			t.Errorf("%s is used but never set", m[1])
		}
	}
	b := blocks(t, css)
	for name := range b[0] {
		if b[1][name] == "" || b[1][name] != b[2][name] {
			t.Errorf("%s: high contrast is %q by choice and %q by device", name, b[1][name], b[2][name])
		}
	}
	if !strings.HasPrefix(css, "/* 출처: KRDS") || !strings.Contains(css[:200], "공공누리 제1유형") {
		t.Error("the source of the token values is not named")
	}
}

// TestContrast holds text to WCAG 1.4.3 (4.5 to 1) and lines of controls and
// focus to 1.4.11 (3 to 1); high contrast holds text to 7 to 1.
func TestContrast(t *testing.T) {
	text := [][2]string{
		{"--ink", "--bg"}, {"--ink", "--bg-soft"}, {"--ink", "--bg-mid"}, {"--ink-soft", "--bg"}, {"--ink-soft", "--bg-soft"}, {"--ink-soft", "--brand-soft"},
		{"--ink-strong", "--bg"}, {"--link", "--bg"}, {"--link", "--bg-soft"}, {"--link-seen", "--bg"}, {"--brand-deep", "--brand-soft"}, {"--brand-dark", "--brand-soft"},
		{"--danger", "--bg"}, {"--danger", "--danger-soft"}, {"--success", "--success-soft"}, {"--warning", "--warning-soft"}, {"--info", "--info-soft"},
		{"--bg", "--danger"}, {"--bg", "--brand-deep"},
		{"--link", "--info-soft"}, {"--link", "--success-soft"}, {"--link", "--warning-soft"}, {"--link", "--danger-soft"}, {"--ink", "--danger-soft"},
	}
	lines := [][2]string{{"--line-strong", "--bg"}, {"--focus", "--bg"}, {"--focus", "--bg-soft"}, {"--brand", "--bg"}, {"--danger", "--bg"}}
	for i, tokens := range blocks(t, read(t, Static, "maru.css")) {
		least := 4.5
		if i > 0 {
			least = 7
		}
		for _, p := range text {
			if r := ratio(t, tokens[p[0]], tokens[p[1]]); r < least {
				t.Errorf("block %d: %s on %s is %.2f to 1, want %.1f", i, p[0], p[1], r, least)
			}
		}
		if r := ratio(t, tokens["--on-brand"], tokens["--brand"]); r < 4.5 {
			t.Errorf("block %d: a primary button's text is %.2f to 1", i, r)
		}
		for _, p := range lines {
			if r := ratio(t, tokens[p[0]], tokens[p[1]]); r < 3 {
				t.Errorf("block %d: %s on %s is %.2f to 1, want 3", i, p[0], p[1], r)
			}
		}
	}
}

// ratio is the contrast of WCAG 2.2, "contrast ratio".
func ratio(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	s := strings.TrimPrefix(hex, "#")
	if len(s) == 3 {
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(s[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatalf("%q is no colour", hex)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestStyleKeepsItsPromises(t *testing.T) {
	css := read(t, Static, "maru.css")
	for _, want := range []string{
		"word-break:keep-all", "forced-colors:active", "prefers-reduced-motion:reduce", "prefers-contrast:more", "@media print",
		":focus-visible", "--tap:2.75rem", `html[data-size="122"]{font-size:122%}`, `html[data-size="156"]{font-size:156%}`, "[data-density=compact]",
	} {
		if !strings.Contains(css, want) {
			t.Errorf("the style sheet lacks %s", want)
		}
	}
	for _, bad := range []string{"@import", "@font-face", "url(http", "url(//"} {
		if strings.Contains(css, bad) {
			t.Errorf("the style sheet holds %s", bad)
		}
	}
	if strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("braces do not match")
	}
}

// TestScriptPassesTrustedTypes: nothing in it turns text into markup or code.
func TestScriptPassesTrustedTypes(t *testing.T) {
	js := read(t, Static, "maru.js") + read(t, Static, "field.js") + read(t, Static, "field-worker.js") + read(t, Static, "voice.js") + read(t, Static, "passkey.js")
	for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "sessionStorage", "http:", "https:"} {
		if strings.Contains(js, bad) {
			t.Errorf("the script uses %s", bad)
		}
	}
}

// TestPartialsAreDocumented holds docs/design-system.md to the partials: each
// is named with each of its arguments.
func TestPartialsAreDocumented(t *testing.T) {
	b, err := os.ReadFile("../docs/design-system.md")
	if err != nil {
		t.Fatal(err)
	}
	first := regexp.MustCompile(`args \. "([^"]*)"`)
	inner := map[string]bool{"label": true, "legend": true} // parts of other partials
	entries, err := fs.ReadDir(Templates, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
		m := first.FindStringSubmatch(read(t, Templates, e.Name()))
		if m == nil || inner[name] || name == "field" {
			continue
		}
		line := ""
		for l := range strings.Lines(string(b)) {
			if strings.HasPrefix(l, "| `") && strings.Contains(strings.SplitN(l, "|", 3)[1], "`"+name+"`") {
				line = l
			}
		}
		for arg := range strings.FieldsSeq(m[1]) {
			if !strings.Contains(line, arg) {
				t.Errorf("docs/design-system.md does not say that %s takes %s", name, arg)
			}
		}
	}
}

func TestIcons(t *testing.T) {
	for _, name := range IconNames() {
		svg, err := Icon(name)
		if err != nil || !strings.Contains(string(svg), `aria-hidden="true"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Icon("absent"); err == nil {
		t.Error("an absent icon is drawn")
	}
}
