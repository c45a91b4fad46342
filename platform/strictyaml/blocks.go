package strictyaml

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Block is the text under one top key of a file, the key's own line included.
// Lead are the empty lines and comments at the margin before it.
type Block struct {
	Key        string
	Lead, Text string
}

// Split is a file as its blocks: Head, then Lead and Text of each, then Tail
// make up the whole file again.
type Split struct {
	Head string
	List []Block
	Tail string
}

// Blocks splits a file that Open can open.
func Blocks(data []byte) Split {
	var root yaml.Node
	if yaml.Unmarshal(data, &root) != nil || len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return Split{Head: string(data)}
	}
	top := root.Content[0]
	lines := bytes.SplitAfter(data, []byte("\n"))
	from, to := 0, 0
	text := func(a, b int) string { return string(bytes.Join(lines[a:b], nil)) }
	var out Split
	for i := 0; i+1 < len(top.Content); i += 2 {
		from = top.Content[i].Line - 1
		lead := text(to, from)
		next := len(lines)
		if i+2 < len(top.Content) {
			next = top.Content[i+2].Line - 1
		}
		to = next
		for to > from+1 && marginal(string(lines[to-1])) {
			to--
		}
		out.List = append(out.List, Block{Key: top.Content[i].Value, Lead: lead, Text: text(from, to)})
	}
	out.Tail = text(to, len(lines))
	if n := len(out.List); n > 0 && !strings.HasSuffix(out.List[n-1].Text, "\n") {
		out.List[n-1].Text += "\n"
	}
	return out
}

// marginal tells lines that belong to no block: empty ones and comments at the
// margin.
func marginal(line string) bool { return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") }

// Join is the file that the blocks make up.
func (s Split) Join() []byte {
	var b bytes.Buffer
	b.WriteString(s.Head)
	for _, x := range s.List {
		b.WriteString(x.Lead)
		b.WriteString(x.Text)
	}
	b.WriteString(s.Tail)
	return b.Bytes()
}

// At is the part that a line is about: the outermost one that begins on it, or
// else the innermost one that began before.
func (d *Document) At(line int) []string {
	best, bestLine := "", 0
	for p, n := range d.lines {
		if n > line {
			continue
		}
		if n > bestLine || n == bestLine && outer(p, best, n == line) {
			best, bestLine = p, n
		}
	}
	if best == "" {
		return nil
	}
	return strings.Split(best, "\x00")
}

// outer tells whether a is to be preferred to b on one line: the shorter path
// where a part begins, the longer one where the line lies inside; the first in
// order of the two else, so that the answer is always the same.
func outer(a, b string, begins bool) bool {
	na, nb := strings.Count(a, "\x00"), strings.Count(b, "\x00")
	if a == "" || b == "" { // the whole file is the last resort
		return b == ""
	}
	if na != nb {
		return (na < nb) == begins
	}
	return a < b
}
