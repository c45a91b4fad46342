package i18n

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"maru/kernel"
)

// message is a text cut at its placeholders.
type message struct {
	source string
	parts  []part
}

// part is a literal, or a placeholder when name is set.
type part struct {
	literal string
	name    string
	josa    string    // particle pair, e.g. "은/는"
	plural  [2]string // words for one and for another number
}

// parse cuts a text at its placeholders. Braces have no other use in messages.
func parse(s string) (message, error) {
	m := message{source: s}
	if strings.TrimSpace(s) == "" {
		return m, errors.New("is empty")
	}
	for rest := s; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			m.parts = append(m.parts, part{literal: rest})
			break
		}
		if rest[open] == '}' {
			return m, errors.New("a } without its {")
		}
		end := strings.IndexAny(rest[open+1:], "{}")
		if end < 0 || rest[open+1+end] == '{' {
			return m, errors.New("a { without its }")
		}
		if open > 0 {
			m.parts = append(m.parts, part{literal: rest[:open]})
		}
		p, err := placeholder(rest[open+1 : open+1+end])
		if err != nil {
			return m, err
		}
		m.parts = append(m.parts, p)
		rest = rest[open+1+end+1:]
	}
	return m, nil
}

// placeholder reads what stands between braces.
func placeholder(s string) (part, error) {
	name, filter, filtered := strings.Cut(s, "|")
	p := part{name: name}
	if !validName(name) {
		return p, fmt.Errorf("{%s}: a placeholder's name is lower-case letters, digits and _", s)
	}
	if !filtered {
		return p, nil
	}
	if words, ok := strings.CutPrefix(filter, "plural:"); ok {
		one, other, both := strings.Cut(words, "/")
		if !both || other == "" {
			return p, fmt.Errorf("{%s}: plural wants one/other", s)
		}
		p.plural = [2]string{one, other}
		return p, nil
	}
	if !knownPair(filter) {
		return p, fmt.Errorf("{%s}: %q is no pair of particles", s, filter)
	}
	p.josa = filter
	return p, nil
}

func validName(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || r == '_' && i > 0 || r >= '0' && r <= '9' && i > 0) {
			return false
		}
	}
	return s != ""
}

// names lists the distinct placeholders in order.
func (m message) names() []string {
	var out []string
	for _, p := range m.parts {
		if p.name != "" && !slices.Contains(out, p.name) {
			out = append(out, p.name)
		}
	}
	slices.Sort(out)
	return out
}

// fill writes the message with the values that get knows. A value that nobody
// gave shows as its placeholder, so that its absence is seen.
func (m message) fill(l kernel.Lang, get func(name string) (any, bool)) string {
	if len(m.parts) == 1 && m.parts[0].name == "" {
		return m.source
	}
	var room [256]byte // most messages fit: one allocation a message
	b := room[:0]
	for _, p := range m.parts {
		if p.name == "" {
			b = append(b, p.literal...)
			continue
		}
		v, ok := get(p.name)
		switch {
		case !ok:
			b = append(append(append(b, '{'), p.name...), '}')
		case p.plural[1] != "":
			b = append(b, plural(v, p.plural)...)
		case p.josa != "":
			b = append(b, Josa(Format(l, v), p.josa)...)
		default:
			b = append(b, Format(l, v)...)
		}
	}
	return string(b)
}

// plural picks the word for the number v: English has one form for exactly
// one and another for everything else.
func plural(v any, words [2]string) string {
	if n, ok := integer(v); ok && n == 1 {
		return words[0]
	}
	return words[1]
}
