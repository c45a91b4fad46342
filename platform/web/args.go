package web

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// dict builds the dot of a partial from name, value pairs.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: a name without a value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: name %v is not a text", pairs[i])
		}
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("dict: %q is given twice", name)
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// args is the first line of every partial: it lists the names the partial
// knows, those it needs with a !, and fails on any other. Templates have no
// compiler; this is what stands in for it.
func args(dot any, names string) (string, error) {
	m, ok := dot.(map[string]any)
	if !ok {
		return "", nil // a struct: the template engine checks its fields
	}
	spec := specOf(names)
	for name := range m {
		if !slices.Contains(spec.known, name) {
			return "", fmt.Errorf("this partial has no %q, only: %s", name, names)
		}
	}
	for _, need := range spec.needed {
		if v, ok := m[need]; !ok || v == nil {
			return "", fmt.Errorf("this partial needs %q", need)
		}
	}
	return "", nil
}

// argSpec is what the first line of a partial says.
type argSpec struct{ known, needed []string }

// specs holds each first line taken apart; there are as many as partials.
var specs sync.Map

func specOf(names string) argSpec {
	if s, ok := specs.Load(names); ok {
		return s.(argSpec)
	}
	var s argSpec
	for _, name := range strings.Fields(names) {
		name, must := strings.CutSuffix(name, "!")
		s.known = append(s.known, name)
		if must {
			s.needed = append(s.needed, name)
		}
	}
	specs.Store(names, s)
	return s
}

// merge is dot with more names set, for a partial that calls another.
func merge(dot map[string]any, pairs ...any) (map[string]any, error) {
	more, err := dict(pairs...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(dot)+len(more))
	for k, v := range dot {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out, nil
}

// without is dot with names taken out.
func without(dot map[string]any, names ...string) map[string]any {
	out := make(map[string]any, len(dot))
	for k, v := range dot {
		if !slices.Contains(names, k) {
			out[k] = v
		}
	}
	return out
}
