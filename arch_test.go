// Package maru_test holds the whole house to its rules: who imports whom,
// whose tables a domain may name, where words for people live, and that every
// room says what it is for.
package maru_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// module is the module's path; its packages are named below without it.
const module = "maru"

// borrowed are the modules that packages outside platform may use, each with
// the reason. Platform may use any that docs/dependencies.md gives a reason for.
var borrowed = map[string]map[string]string{
	"app":                               {"github.com/alecthomas/kong": "flags, environment and help from one struct"},
	"cmd/maru":                          {"github.com/alecthomas/kong": "flags, environment and help from one struct"},
	"domain/assistant/mcp":              {"github.com/modelcontextprotocol/go-sdk": "the protocol that assistants speak: its revisions, transports and schemas"},
	"domain/ask/internal/ground":        {"golang.org/x/text": "compatibility forms of what is compared"},
	"domain/ask/internal/redact":        {"golang.org/x/text": "compatibility forms, so that no digit hides"},
	"domain/audit":                      {"golang.org/x/mod": "the tree and checkpoints of a transparency log (tlog, note)"},
	"domain/audit/proof":                {"golang.org/x/mod": "the tree and signed notes, for whoever checks a receipt"},
	"domain/audit/witness":              {"golang.org/x/mod": "the tree and signed notes, as a witness checks them"},
	"domain/authority":                  {"github.com/go-jose/go-jose/v4": "signed tokens and keys: cryptography is not a place for own code"},
	"domain/registry":                   {"golang.org/x/text": "composed forms of what is unique"},
	"domain/benefit/rule":               {"cel.dev/cel-go": "parses and type-checks the rules of benefits; it never computes them"},
	"domain/benefit/internal/reference": {"cel.dev/cel-go": "the checked trees that the reference evaluator goes through"},
	"domain/benefit/internal/ruletest":  {"pgregory.net/rapid": "draws random laws and households for the tests of every back end"},
	"domain/benefit/sweep":              {"github.com/RoaringBitmap/roaring/v2": "compressed bitmaps of the results of whole populations"},
	"domain/casework/internal/web":      {"rsc.io/qr": "the code on a document that leads to its check page"},
	"domain/identity": {
		"golang.org/x/crypto":             "argon2id",
		"github.com/go-webauthn/webauthn": "passkeys: the ceremonies, CBOR, COSE and attestation of WebAuthn",
		"rsc.io/qr":                       "the code that an authenticator app scans",
	},
}

// forTests are the modules that any test may use.
var forTests = []string{"github.com/coreos/go-oidc/v3", "pgregory.net/rapid", "go.uber.org/goleak", "golang.org/x/net"}

// guests may name the tables of another room, by the rooms' names.
var guests = map[string]string{
	"backup": "store", // an archive begins with the stamp and the schema's versions
}

// hangul are the files whose code works on Korean itself; everybody else's
// words stand in the catalogues of messages and in the pack.
var hangul = map[string]string{
	"app/bench_petition.go":                   "petitions that the benchmark hands in",
	"domain/ask/internal/ground/claims.go":    "Korean numerals and units in a model's sentences",
	"domain/ask/internal/ground/ground.go":    "the bounds of Hangul in a model's sentences",
	"domain/ask/internal/ground/words.go":     "words that a model's sentence must not hold",
	"domain/ask/internal/redact/names.go":     "how Korean marks names",
	"domain/ask/internal/redact/numbers.go":   "digits as Korean reads them aloud",
	"domain/ask/internal/redact/redact.go":    "addresses, plates and birthdays as Korean writes them",
	"domain/ask/places.go":                    "how people shorten the names of regions",
	"domain/benefit/gov24/catalogue/words.go": "made-up names of a made-up catalogue",
	"domain/benefit/gov24/fields.go":          "the field names and values of the public catalogue",
	"domain/catalog/internal/web/service.go":  "reads the article numbers of Korean laws, to write them in English",
	"domain/identity/password.go":             "the rows of a Korean keyboard, for passwords that walk along them",
	"domain/mydata/sample/furnish.go":         "addresses of the sample world",
	"domain/mydata/sample/names.go":           "made-up names of the sample world",
	"platform/i18n/format.go":                 "how Korean writes dates, times and amounts",
	"platform/i18n/josa.go":                   "the particles",
	"platform/i18n/plain/lint.go":             "patterns of the plain-language lint",
	"platform/i18n/plain/words.go":            "words of the plain-language lint",
	"platform/i18n/reading.go":                "how digits and Latin letters are read aloud",
	"platform/said/date.go":                   "how Korean says days",
	"platform/said/duration.go":               "how Korean says spans of time",
	"platform/said/korean.go":                 "units of Korean measures",
	"platform/said/number.go":                 "Korean numerals",
	"platform/search/dialect.go":              "endings of dialects",
	"platform/search/jamo.go":                 "the letters that a syllable is made of",
	"platform/search/keyboard.go":             "where the letters stand on a keyboard",
	"platform/search/korean.go":               "endings and particles that searching leaves out",
	"platform/search/noise.go":                "letters that fingers and ears confuse",
	"platform/search/tokens.go":               "the letters of Korean words",
	"platform/web/webtest/check.go":           "words that a link must not consist of",
}

// source is one Go file.
type source struct {
	path string // from the root, with slashes
	dir  string // the package's folder
	test bool
	ast  *ast.File
	fset *token.FileSet
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		for _, spec := range s.ast.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := refuse(s, to); why != "" {
				t.Errorf("%s imports %s: %s", s.at(spec), to, why)
			}
		}
	}
}

// refuse is why s must not import to, "" when it may.
func refuse(s *source, to string) string {
	inner, ours := strings.CutPrefix(to, module+"/")
	switch {
	case !ours && !strings.Contains(strings.Split(to, "/")[0], "."):
		return "" // the standard library
	case !ours:
		return refuseModule(s, to)
	case inner == s.dir:
		return "" // an external test of its own package
	}
	from, fromName := room(s.dir)
	into, intoName := room(inner)
	own := from == into && fromName == intoName
	switch from {
	case "kernel", "design", "pack":
		if s.test {
			return "" // tests may ask the rest of the house whether it fits
		}
		return from + " stands on the standard library alone"
	case "platform":
		if into == "kernel" || into == "platform" || into == "design" && (fromName == "web" || s.test) {
			return ""
		}
		return "platform knows kernel and platform only"
	case "domain":
		contract := path.Base(inner) == "contract"
		if path.Base(s.dir) == "contract" && !s.test {
			if into == "kernel" {
				return ""
			}
			return "a contract knows the kernel only"
		}
		switch {
		case own || into == "kernel" || into == "platform" || into == "domain" && contract:
			return ""
		case into == "domain" && intoName == "audit" && inner == "domain/audit":
			return "" // the one exception by name: audit.Append
		case into == "design" && pages(s):
			return ""
		case into == "pack" && s.test:
			return ""
		}
		return "a domain knows kernel, platform, itself and the contracts of others"
	case "app":
		if into == "cmd" || into == "test" {
			return "the composition root knows everything but cmd"
		}
		return ""
	case "cmd":
		if into == "app" {
			return ""
		}
		return "a command knows app only"
	}
	return "" // tests of the whole program
}

// pages tells whether s makes pages, and so may use the design system: it
// stands in internal/web, or in the root as page_*.go.
func pages(s *source) bool {
	return s.test || strings.HasSuffix(s.dir, "/internal/web") || strings.HasPrefix(path.Base(s.path), "page_")
}

// room is the layer and, where the layer has many rooms, the room's name.
func room(dir string) (layer, name string) {
	layer, rest, _ := strings.Cut(dir, "/")
	name, _, _ = strings.Cut(rest, "/")
	return layer, name
}

func refuseModule(s *source, to string) string {
	layer, _ := room(s.dir)
	is := func(m string) bool { return to == m || strings.HasPrefix(to, m+"/") }
	if layer == "platform" || layer == "test" || s.test && slices.ContainsFunc(forTests, is) {
		return ""
	}
	for m := range borrowed[s.dir] {
		if is(m) {
			return ""
		}
	}
	return "modules of others come in through platform, or through the list in this test with a reason"
}

func TestBorrowedModulesAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		for _, spec := range s.ast.Imports {
			for m := range borrowed[s.dir] {
				if strings.HasPrefix(strings.Trim(spec.Path.Value, `"`), m) {
					used[s.dir+" "+m] = true
				}
			}
		}
	}
	for dir, modules := range borrowed {
		for m := range modules {
			// Either of app and cmd reads the command line.
			if !used[dir+" "+m] && !(m == "github.com/alecthomas/kong" && (used["app "+m] || used["cmd/maru "+m])) {
				t.Errorf("%s no longer uses %s: strike it off the list", dir, m)
			}
		}
	}
}

// TestTables: each table begins with the name of its owner, and nobody but
// the owner names it, in migrations or in code.
func TestTables(t *testing.T) {
	create := regexp.MustCompile(`(?i)CREATE TABLE (?:IF NOT EXISTS )?([a-z0-9_]+)`)
	word := regexp.MustCompile(`[a-z][a-z0-9]*_[a-z0-9_]+`)
	type text struct{ at, owner, s string }
	var texts []text
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, l := range literals(s) {
			texts = append(texts, text{s.at(l), owner(s.dir), value(l)})
		}
	}
	for _, name := range files(t, ".sql") {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text{name, owner(path.Dir(name)), string(b)})
	}
	tables := map[string]string{}
	for _, x := range texts {
		for _, m := range create.FindAllStringSubmatch(x.s, -1) {
			tables[m[1]] = x.owner
			if !strings.HasPrefix(m[1], x.owner+"_") {
				t.Errorf("%s: the table %s must begin with %s_", x.at, m[1], x.owner)
			}
		}
	}
	if len(tables) < 10 {
		t.Fatalf("only %d tables found: this test no longer sees them", len(tables))
	}
	for _, x := range texts {
		for _, w := range word.FindAllString(x.s, -1) {
			if of, ok := tables[w]; ok && of != x.owner && guests[x.owner] != of {
				t.Errorf("%s names the table %s, which belongs to %s", x.at, w, of)
			}
		}
	}
}

// owner is whose tables SQL below dir may name.
func owner(dir string) string {
	layer, name := room(dir)
	if name == "" {
		return layer
	}
	return name
}

func TestNoWordsForPeopleInCode(t *testing.T) {
	holds := map[string]bool{}
	for _, s := range sources(t) {
		if s.test || strings.HasPrefix(s.dir, "test/") {
			continue
		}
		for _, l := range literals(s) {
			if !strings.ContainsFunc(value(l), func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
				continue
			}
			if !holds[s.path] && hangul[s.path] == "" {
				t.Errorf("%s: words for people belong in a catalogue of messages", s.at(l))
			}
			holds[s.path] = true // one finding a file is enough
		}
	}
	for name := range hangul {
		if !holds[name] {
			t.Errorf("%s holds no Korean any more: strike it off the list", name)
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	says, files := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		files[s.dir] = true
		want := "Package " + s.ast.Name.Name + " "
		if s.ast.Name.Name == "main" {
			want = "Command "
		}
		if strings.HasPrefix(s.ast.Doc.Text(), want) {
			says[s.dir] = true
		}
	}
	for dir := range files {
		if !says[dir] {
			t.Errorf("%s has no doc comment that says what it is for", dir)
		}
	}
}

// TestDependenciesHaveReasons: each direct requirement of go.mod stands in
// docs/dependencies.md with a line of its own, and nothing else does.
func TestDependenciesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]{10,} \\|").FindAllStringSubmatch(string(doc), -1) {
		given[m[1]] = true
	}
	required := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^(?:require)?\s+([a-z0-9.]+\.[a-z]+/\S+) v\S+(.*)$`).FindAllStringSubmatch(string(mod), -1) {
		required[m[1]] = true
		if !strings.Contains(m[2], "// indirect") && !given[m[1]] {
			t.Errorf("docs/dependencies.md gives no reason for %s", m[1])
		}
	}
	for m := range given {
		if !required[m] {
			t.Errorf("docs/dependencies.md gives a reason for %s, which go.mod does not require", m)
		}
	}
}

// sources parses every Go file of the repository.
func sources(t *testing.T) []*source {
	t.Helper()
	var out []*source
	for _, name := range files(t, ".go") {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, &source{path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), ast: f, fset: fset})
	}
	return out
}

// files lists the repository's files that end in ext, with slashes.
func files(t *testing.T, ext string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (d.Name()[0] == '.' || slices.Contains([]string{"data", "node_modules", "testdata"}, name) || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(name, ext) {
			out = append(out, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// literals are the texts in a file's code.
func literals(s *source) []*ast.BasicLit {
	var out []*ast.BasicLit
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && (l.Kind == token.STRING || l.Kind == token.CHAR) {
			out = append(out, l)
		}
		return true
	})
	return out
}

// value is what a literal says; a rune comes back as it is written.
func value(l *ast.BasicLit) string {
	if s, err := strconv.Unquote(l.Value); err == nil {
		return s
	}
	return l.Value
}

func (s *source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(n.Pos()).Line)
}
