package strictyaml

import (
	"strings"
	"testing"
)

type file struct {
	Name  string   `yaml:"name"`
	Count int      `yaml:"count"`
	Tags  []string `yaml:"tags"`
}

var fileSchema = MustCompile([]byte(`{"type":"object","additionalProperties":false,"required":["name"],
 "properties":{"name":{"type":"string"},"count":{"type":"integer","minimum":1},"tags":{"type":"array","items":{"type":"string"}}}}`))

func TestInto(t *testing.T) {
	tests := []struct {
		name, text string
		line       int    // of the first problem; -1 for none
		message    string // part of it
	}{
		{"good", "name: a\ncount: 3\ntags: [x]\n", -1, ""},
		{"wrong type", "name: a\ncount: many\n", 2, "count: got string, want integer"},
		{"too small", "name: a\n\ncount: 0\n", 3, "minimum"},
		{"unknown key", "name: a\ncolour: red\n", 2, `unknown key "colour"`},
		{"missing key", "count: 1\n", 1, "missing property 'name'"},
		{"list item", "name: a\ntags:\n  - x\n  - 3\n", 4, "tags.1: got number, want string"},
		{"twice", "name: a\nname: b\n", 2, `key "name" stands twice`},
		{"anchor", "name: &x a\n", 1, "anchors"},
		{"merge", "name: a\n<<: {count: 1}\n", 2, "plain words"},
		{"empty", "", 1, "empty"},
		{"two documents", "name: a\n---\nname: b\n", 0, "second one"},
		{"syntax", "name: a\ntags: [x\n", 1, "expected"},
		{"NUL", "name: a\ncount: \x00\n", 2, "NUL"},
		{"broken UTF-8", "name: a\ntags: [\xff]\n", 2, "UTF-8"},
		{"deep", strings.Repeat("[", 100) + strings.Repeat("]", 100), 1, "deeper"},
		{"hex number", "name: a\ncount: 0x10\n", 2, "plain digits"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var f file
			_, problems := Into([]byte(tt.text), fileSchema, &f)
			if tt.line < 0 {
				if len(problems) > 0 {
					t.Fatalf("problems: %v", problems)
				}
				return
			}
			if len(problems) == 0 {
				t.Fatal("no problem found")
			}
			if p := problems[0]; p.Line != tt.line || !strings.Contains(p.Message, tt.message) {
				t.Errorf("got %d: %s, want %d: %s", p.Line, p.Message, tt.line, tt.message)
			}
		})
	}
}

func FuzzInto(f *testing.F) {
	f.Add([]byte("name: a\ncount: 3\n"))
	f.Add([]byte("a: [b, {c: d}]"))
	f.Add([]byte("*x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out file
		Into(data, fileSchema, &out)
	})
}
