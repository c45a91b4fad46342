package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxBytes bounds one file; what people write by hand is far below it.
const MaxBytes = 4 << 20

// maxDepth bounds nesting, so that a hostile file cannot exhaust the stack.
const maxDepth = 64

// Problem is one thing wrong with a file. Line is 1-based, 0 when unknown.
type Problem struct {
	Line    int
	Message string
}

// Document is a parsed file: its value in JSON's terms and the line of each
// part of it.
type Document struct {
	Value any
	lines map[string]int
}

// Line is where the part at path stands; a path that is absent gives the line
// of its nearest parent.
func (d *Document) Line(path ...string) int {
	for {
		if n, ok := d.lines[pointer(path)]; ok {
			return n
		}
		if len(path) == 0 {
			return 0
		}
		path = path[:len(path)-1]
	}
}

func pointer(path []string) string { return strings.Join(path, "\x00") }

// Parse reads one YAML document into JSON's terms: maps with text keys, lists,
// texts, int64 and float64 numbers, booleans and null. Dates stay texts.
func Parse(data []byte) (*Document, []Problem) {
	if len(data) > MaxBytes {
		return nil, []Problem{{Message: fmt.Sprintf("file is larger than %d bytes", MaxBytes)}}
	}
	if i := badText(data); i >= 0 {
		return nil, []Problem{{Line: 1 + bytes.Count(data[:i], []byte("\n")), Message: "not UTF-8 text, or a NUL character"}}
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	if err := dec.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, []Problem{{Line: 1, Message: "file is empty"}}
		}
		return nil, yamlProblems(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, []Problem{{Message: "one document a file, please: there is a second one"}}
	}
	d := &Document{lines: map[string]int{}}
	c := converter{doc: d}
	d.Value = c.value(root.Content[0], nil, 0)
	return d, c.problems
}

// Into parses data, checks it against schema (nil for none) and decodes it
// into out, where unknown fields are problems. The document is nil when the
// text could not be read at all.
func Into(data []byte, schema *Schema, out any) (*Document, []Problem) {
	doc, problems := Parse(data)
	if doc == nil || len(problems) > 0 {
		return doc, problems
	}
	if schema != nil {
		if problems = schema.check(doc); len(problems) > 0 {
			return doc, problems
		}
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(out); err != nil {
		problems = yamlProblems(err)
		for i := range problems {
			if problems[i].Line == 0 {
				problems[i].Line = doc.find(problems[i].Message)
			}
		}
		return doc, problems
	}
	return doc, nil
}

var quoted = regexp.MustCompile(`"([^"]+)"`)

// find is the line of the first text that a message quotes: what a type says
// about its own value names no line. 0 when there is none.
func (d *Document) find(message string) int {
	m := quoted.FindStringSubmatch(message)
	if m == nil {
		return 0
	}
	line := 0
	var walk func(v any, path []string)
	walk = func(v any, path []string) {
		switch v := v.(type) {
		case string:
			if n := d.Line(path...); v == m[1] && (line == 0 || n < line) {
				line = n
			}
		case map[string]any:
			for k, x := range v {
				walk(x, append(slices.Clip(path), k))
			}
		case []any:
			for i, x := range v {
				walk(x, append(slices.Clip(path), strconv.Itoa(i)))
			}
		}
	}
	walk(d.Value, nil)
	return line
}

func badText(data []byte) int {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return i
	}
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

var linePrefix = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)

// yamlProblems splits the library's error into one problem a line.
func yamlProblems(err error) []Problem {
	texts := []string{err.Error()}
	var te *yaml.TypeError
	if errors.As(err, &te) {
		texts = te.Errors
	}
	out := make([]Problem, 0, len(texts))
	for _, s := range texts {
		p := Problem{Message: strings.TrimPrefix(s, "yaml: ")}
		if m := linePrefix.FindStringSubmatch(s); m != nil {
			p.Line, _ = strconv.Atoi(m[1])
			p.Message = s[len(m[0]):]
		}
		if strings.Contains(p.Message, "did not find expected") {
			p.Message += " (texts with ? : , or braces in them need quotes)"
		}
		out = append(out, p)
	}
	return out
}

type converter struct {
	doc      *Document
	problems []Problem
}

func (c *converter) bad(n *yaml.Node, format string, args ...any) any {
	c.problems = append(c.problems, Problem{Line: n.Line, Message: fmt.Sprintf(format, args...)})
	return nil
}

func (c *converter) value(n *yaml.Node, path []string, depth int) any {
	if depth > maxDepth {
		return c.bad(n, "nested deeper than %d levels", maxDepth)
	}
	c.doc.lines[pointer(path)] = n.Line
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		return c.bad(n, "anchors and aliases are not allowed")
	}
	switch n.Kind {
	case yaml.MappingNode:
		return c.mapping(n, path, depth)
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			out = append(out, c.value(item, append(slices.Clip(path), strconv.Itoa(i)), depth+1))
		}
		return out
	}
	return c.scalar(n)
}

func (c *converter) mapping(n *yaml.Node, path []string, depth int) any {
	out := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			c.bad(key, "keys are plain words")
			continue
		}
		if _, twice := out[key.Value]; twice {
			c.bad(key, "key %q stands twice", key.Value)
			continue
		}
		sub := append(slices.Clip(path), key.Value)
		out[key.Value] = c.value(n.Content[i+1], sub, depth+1)
		c.doc.lines[pointer(sub)] = key.Line
	}
	return out
}

func (c *converter) scalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!str", "!!timestamp":
		return n.Value
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if err := n.Decode(&b); err != nil {
			return c.bad(n, "%q is not true or false", n.Value)
		}
		return b
	case "!!int":
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil {
			return c.bad(n, "%q: write whole numbers in plain digits, texts in quotes", n.Value)
		}
		return i
	case "!!float":
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			return c.bad(n, "%q: write numbers in plain digits, texts in quotes", n.Value)
		}
		return f
	}
	return c.bad(n, "tag %s is not allowed", n.Tag)
}
