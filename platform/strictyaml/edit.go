package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File is a YAML text whose parts can be changed while everything else stays
// as people wrote it. The top of the file is a mapping; what lies under each
// of its keys is a block. Blocks that were not changed keep every byte;
// a changed block is written anew from its tree, comments included.
type File struct {
	// Order is where new keys go: before the first present key that Order
	// names later. Keys that Order does not name go to the end.
	Order []string

	data    []byte
	doc     *Document
	root    *yaml.Node
	changed map[string]bool
}

// Open takes a text apart. The file is nil when the text has problems: a text
// that cannot be read cannot be changed in parts.
func Open(data []byte) (*File, []Problem) {
	doc, problems := Parse(data)
	if doc == nil || len(problems) > 0 {
		return nil, problems
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, yamlProblems(err)
	}
	top := root.Content[0]
	if top.Kind != yaml.MappingNode || top.Style&yaml.FlowStyle != 0 {
		return nil, []Problem{{Line: top.Line, Message: "a file of keys, one below the other, is expected"}}
	}
	return &File{data: data, doc: doc, root: top, changed: map[string]bool{}}, nil
}

// Text is the scalar at path as it reads, "" when there is none.
func (f *File) Text(path ...string) string {
	n := f.node(path)
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// Has tells whether there is anything at path.
func (f *File) Has(path ...string) bool { return f.node(path) != nil }

// Len is the number of items of the list at path.
func (f *File) Len(path ...string) int {
	n := f.node(path)
	if n == nil || n.Kind != yaml.SequenceNode {
		return 0
	}
	return len(n.Content)
}

// Texts are the scalars of the list at path.
func (f *File) Texts(path ...string) []string {
	out := make([]string, 0, f.Len(path...))
	for i := range f.Len(path...) {
		out = append(out, f.Text(append(slices.Clone(path), strconv.Itoa(i))...))
	}
	return out
}

// Source is the part at path as YAML of its own, "" when there is none.
func (f *File) Source(path ...string) string {
	n := f.node(path)
	if n == nil {
		return ""
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if enc.Encode(n) != nil || enc.Close() != nil {
		return ""
	}
	return strings.TrimRight(b.String(), "\n")
}

// Set writes a scalar: a string, an int64 or a bool. Parents that are missing
// are made.
func (f *File) Set(value any, path ...string) error {
	want, err := scalarOf(value)
	if err != nil {
		return err
	}
	if n := f.node(path); n != nil && n.Kind == yaml.ScalarNode {
		if n.Value == want.Value && n.ShortTag() == want.Tag {
			return nil
		}
		if n.ShortTag() == want.Tag && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
			want.Style |= n.Style
		}
		n.Value, n.Tag, n.Style = want.Value, want.Tag, want.Style
		f.touch(path)
		return nil
	}
	return f.put(want, path)
}

// SetTexts writes a list of texts, on one line.
func (f *File) SetTexts(list []string, path ...string) error {
	if slices.Equal(f.Texts(path...), list) && f.Has(path...) {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	if old := f.node(path); old != nil && old.Kind == yaml.SequenceNode {
		n.Style = old.Style
	}
	for _, s := range list {
		item, err := scalarOf(s)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, item)
	}
	return f.put(n, path)
}

// SetSource writes a part that is given as YAML.
func (f *File) SetSource(text string, path ...string) []Problem {
	if strings.TrimSpace(text) == f.Source(path...) {
		return nil
	}
	if doc, problems := Parse([]byte(text)); doc == nil || len(problems) > 0 {
		return problems
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		return yamlProblems(err)
	}
	if err := f.put(n.Content[0], path); err != nil {
		return []Problem{{Message: err.Error()}}
	}
	return nil
}

// Remove takes the part at path out, if it is there.
func (f *File) Remove(path ...string) {
	if len(path) == 0 {
		return
	}
	parent, last := f.node(path[:len(path)-1]), path[len(path)-1]
	if parent == nil {
		return
	}
	if i := child(parent, last); i >= 0 {
		f.touch(path)
		if parent.Kind == yaml.MappingNode {
			parent.Content = slices.Delete(parent.Content, i-1, i+1)
		} else {
			parent.Content = slices.Delete(parent.Content, i, i+1)
		}
	}
}

// Arrange makes the list at path of its items by their numbers, in the order
// given; -1 is a new empty item. Items that are not named go.
func (f *File) Arrange(order []int, path ...string) error {
	n := f.node(path)
	if n == nil {
		n = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		if len(order) == 0 {
			return nil
		}
		if err := f.put(n, path); err != nil {
			return err
		}
	}
	if n.Kind != yaml.SequenceNode {
		return fmt.Errorf("strictyaml: %s is no list", strings.Join(path, "."))
	}
	same := len(order) == len(n.Content)
	items := make([]*yaml.Node, 0, len(order))
	for i, at := range order {
		same = same && at == i
		switch {
		case at == -1:
			item := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			if len(n.Content) > 0 {
				item.Style = n.Content[0].Style
			}
			items = append(items, item)
		case at >= 0 && at < len(n.Content):
			items = append(items, n.Content[at])
		default:
			return fmt.Errorf("strictyaml: %s has no item %d", strings.Join(path, "."), at)
		}
	}
	if !same {
		n.Content = items
		f.touch(path)
	}
	return nil
}

// Bytes is the text with its changes.
func (f *File) Bytes() ([]byte, error) {
	if len(f.changed) == 0 {
		return f.data, nil
	}
	blocks := Blocks(f.data)
	old := make(map[string]Block, len(blocks.List))
	for _, b := range blocks.List {
		old[b.Key] = b
	}
	var out bytes.Buffer
	out.WriteString(blocks.Head)
	for i := 0; i+1 < len(f.root.Content); i += 2 {
		key := f.root.Content[i].Value
		b, had := old[key]
		if had {
			out.WriteString(b.Lead)
		}
		if had && !f.changed[key] {
			out.WriteString(b.Text)
			continue
		}
		text, err := encode(f.root.Content[i], f.root.Content[i+1])
		if err != nil {
			return nil, err
		}
		out.Write(text)
	}
	out.WriteString(blocks.Tail)
	// What was written must read as what is meant: a tool that garbles a file
	// is worse than none.
	doc, problems := Parse(out.Bytes())
	if doc == nil || len(problems) > 0 {
		return nil, fmt.Errorf("strictyaml: the changed file cannot be read: %v", problems)
	}
	return out.Bytes(), nil
}

// encode writes one block. Comments that stand around it at the margin belong
// to the text between blocks, which is kept as it is.
func encode(key, value *yaml.Node) ([]byte, error) {
	k, v := *key, *value
	k.HeadComment, k.FootComment = "", ""
	if v.Kind == yaml.ScalarNode {
		v.FootComment = ""
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{&k, &v}}); err != nil {
		return nil, fmt.Errorf("strictyaml: write %s: %w", key.Value, err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("strictyaml: write %s: %w", key.Value, err)
	}
	return b.Bytes(), nil
}

func (f *File) touch(path []string) { f.changed[path[0]] = true }

// node is what stands at path, nil when there is nothing.
func (f *File) node(path []string) *yaml.Node {
	n := f.root
	for _, p := range path {
		i := child(n, p)
		if i < 0 {
			return nil
		}
		n = n.Content[i]
	}
	return n
}

// child is where in n.Content the value of key or the item of this number
// stands, -1 when it does not.
func child(n *yaml.Node, key string) int {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return i + 1
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Content) {
			return i
		}
	}
	return -1
}

// put stands value at path, making mappings on the way.
func (f *File) put(value *yaml.Node, path []string) error {
	if len(path) == 0 {
		return errors.New("strictyaml: the whole file cannot be set")
	}
	n := f.root
	for depth, p := range path {
		i := child(n, p)
		if depth == len(path)-1 {
			switch {
			case i >= 0:
				old := n.Content[i]
				value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
				n.Content[i] = value
			case n.Kind == yaml.MappingNode:
				f.insert(n, p, value)
			case n.Kind == yaml.SequenceNode && p == strconv.Itoa(len(n.Content)):
				n.Content = append(n.Content, value)
			default:
				return fmt.Errorf("strictyaml: nothing can stand at %s", strings.Join(path, "."))
			}
			f.touch(path)
			return nil
		}
		if i < 0 {
			if n.Kind != yaml.MappingNode {
				return fmt.Errorf("strictyaml: nothing can stand at %s", strings.Join(path, "."))
			}
			// Below a top key that is new, and in a map on one line, the rest is
			// short and stands on one line too.
			made := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			if depth > 0 || len(path) == 2 {
				made.Style = yaml.FlowStyle
			}
			f.insert(n, p, made)
			n = made
			continue
		}
		n = n.Content[i]
	}
	return nil
}

// insert adds a key where Order wants it.
func (f *File) insert(n *yaml.Node, key string, value *yaml.Node) {
	at := len(n.Content)
	if mine := slices.Index(f.Order, key); mine >= 0 {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if slices.Index(f.Order, n.Content[i].Value) > mine {
				at = i
				break
			}
		}
	}
	k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}
	n.Content = slices.Insert(n.Content, at, k, value)
}

func scalarOf(value any) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.ScalarNode}
	switch v := value.(type) {
	case string:
		n.Tag, n.Value = "!!str", v
		if needsQuotes(v) {
			n.Style = yaml.DoubleQuotedStyle
		}
	case int64:
		n.Tag, n.Value = "!!int", strconv.FormatInt(v, 10)
	case bool:
		n.Tag, n.Value = "!!bool", strconv.FormatBool(v)
	default:
		return nil, fmt.Errorf("strictyaml: cannot write a %T", value)
	}
	return n, nil
}

// needsQuotes tells texts that read as something else without quotes, or that
// are hard to tell from the signs of the language.
func needsQuotes(s string) bool {
	if s == "" || s != strings.TrimSpace(s) || strings.ContainsAny(s, "\n\t\"'#:{}[]?&*!|>%@`,") {
		return true
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(s), &n); err != nil || len(n.Content) != 1 {
		return true
	}
	return n.Content[0].Kind != yaml.ScalarNode || n.Content[0].ShortTag() != "!!str" || n.Content[0].Value != s
}
