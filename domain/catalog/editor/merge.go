package editor

import (
	"maps"
	"slices"
	"strings"

	"maru/domain/catalog"
	"maru/platform/strictyaml"
)

// serviceFile is merged by its top keys; all other files as a whole.
const serviceFile = "service.yaml"

// Collision is a part that both sides changed.
type Collision struct {
	File, Field        string // Field is a top key of service.yaml, "" for the whole file
	Base, Mine, Theirs string // as they stand; "" where the part is absent
}

// Key names the collision in forms.
func (c Collision) Key() string { return strings.TrimSuffix(c.File+"."+c.Field, ".") }

// sides of a collision.
const (
	Mine   = "mine"
	Theirs = "theirs"
)

// merge brings together what became of base on two sides. What only one side
// changed is taken from it; for what both changed, each in their way, choices
// tells whose to take, by the collision's key; without a choice it collides
// and stays as it is in mine.
func merge(base, mine, theirs, choices map[string]string) (map[string]string, []Collision) {
	out := map[string]string{}
	var bad []Collision
	for _, name := range catalog.ServiceFiles() {
		b, m, t := base[name], mine[name], theirs[name]
		switch {
		case m == t || t == b:
			keep(out, name, m)
		case m == b:
			keep(out, name, t)
		default:
			if name == serviceFile {
				if text, found, ok := mergeService(b, m, t, choices); ok {
					keep(out, name, text)
					bad = append(bad, found...)
					continue
				}
			}
			c := Collision{File: name, Base: b, Mine: m, Theirs: t}
			switch choices[c.Key()] {
			case Mine:
				keep(out, name, m)
			case Theirs:
				keep(out, name, t)
			default:
				keep(out, name, m)
				bad = append(bad, c)
			}
		}
	}
	return out, bad
}

func keep(out map[string]string, name, text string) {
	if text != "" {
		out[name] = text
	}
}

// mergeService merges block by block; ok is false when a text is no such file.
func mergeService(base, mine, theirs string, choices map[string]string) (text string, bad []Collision, ok bool) {
	for _, s := range []string{base, mine, theirs} {
		if _, problems := strictyaml.Open([]byte(s)); len(problems) > 0 {
			return "", nil, false
		}
	}
	b, m, t := strictyaml.Blocks([]byte(base)), strictyaml.Blocks([]byte(mine)), strictyaml.Blocks([]byte(theirs))
	bases, mines, theirss := blocks(b), blocks(m), blocks(t)
	out := strictyaml.Split{Head: t.Head, Tail: t.Tail}
	// Their order stands; what only I have follows its neighbour of mine.
	order := make([]string, 0, len(t.List))
	for _, x := range t.List {
		order = append(order, x.Key)
	}
	for i, x := range m.List {
		if slices.Contains(order, x.Key) {
			continue
		}
		at := 0
		if i > 0 {
			at = slices.Index(order, m.List[i-1].Key) + 1
		}
		order = slices.Insert(order, at, x.Key)
	}
	for _, key := range order {
		bb, mm, tt := bases[key], mines[key], theirss[key]
		take := mm
		switch {
		case mm.Text == tt.Text || mm.Text == bb.Text:
			take = tt
		case tt.Text == bb.Text:
		default:
			c := Collision{File: serviceFile, Field: key, Base: bb.Text, Mine: mm.Text, Theirs: tt.Text}
			switch choices[c.Key()] {
			case Mine:
			case Theirs:
				take = tt
			default:
				bad = append(bad, c)
			}
		}
		if take.Text != "" {
			out.List = append(out.List, take)
		}
	}
	return string(out.Join()), bad, true
}

func blocks(s strictyaml.Split) map[string]strictyaml.Block {
	out := make(map[string]strictyaml.Block, len(s.List))
	for _, b := range s.List {
		out[b.Key] = b
	}
	return out
}

// over is base with the changed files of a draft; an empty one is taken out.
func over(base, changed map[string]string) map[string]string {
	out := maps.Clone(base)
	for name, text := range changed {
		if text == "" {
			delete(out, name)
		} else {
			out[name] = text
		}
	}
	return out
}

// changes are the files of folder that differ from base: over(base, changes)
// is folder.
func changes(base, folder map[string]string) map[string]string {
	out := map[string]string{}
	for _, name := range catalog.ServiceFiles() {
		if base[name] != folder[name] {
			out[name] = folder[name]
		}
	}
	return out
}
