package hostile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maru/app"
)

// TestMalformedPack breaks a copy of the pack in one place at a time; the check
// names the file and the line.
func TestMalformedPack(t *testing.T) {
	const service = "services/general-petition/service.yaml"
	for name, c := range map[string]struct {
		file     string
		old, new string // old "" puts new in the place of the whole file
		line     string // where the finding is, as "file:line"
	}{
		"not YAML":           {service, "kind: complaint", "kind: [complaint", service},
		"a misspelt field":   {service, "kind: complaint", "kimd: complaint", service + ":4"},
		"an unknown kind":    {service, "kind: complaint", "kind: gift", service + ":4"},
		"an unknown outcome": {service, "decisions: [replied, accepted, partly_granted, refused, returned]", "decisions: [replied, refunded]", service},
		"a word for a limit": {service, "  value: 7\n", "  value: soon\n", service},
		"a fact of its own":  {service, "  - id: subject\n", "  - id: subject\n    fact: favourite_colour\n", service},
		"a body of nowhere":  {service, "body: acrc", "body: moonbase", service},
		"broken UTF-8":       {service, "kind: complaint", "kind: \xff", service},
		"a NUL":              {service, "kind: complaint", "kind: \x00", service},
		"an empty file":      {service, "", "", service},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("../../pack/kr")); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, filepath.FromSlash(c.file))
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			broken := c.new
			if c.old != "" {
				if !bytes.Contains(text, []byte(c.old)) {
					t.Fatalf("%s no longer holds %q", c.file, c.old)
				}
				broken = strings.Replace(string(text), c.old, c.new, 1)
			}
			if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			if code := app.Main([]string{"check", dir}, &out, &errs); code != 1 {
				t.Errorf("exit status %d, want 1", code)
			}
			for line := range strings.Lines(out.String()) {
				if strings.HasPrefix(line, c.line+":") && strings.Contains(line, "error") {
					return
				}
			}
			t.Errorf("no error begins with %s:\n%.2000s%s", c.line, &out, &errs)
		})
	}
}
