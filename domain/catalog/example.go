package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Example is one situation of examples.yaml with what must come of it.
//
//	examples:
//	  - name: 혼자 이사했어요
//	    at: 2026-03-03 10:00          # local time of submission; this is the default
//	    facts: {birth_date: 1990-05-01, region: "11110"}
//	    answers: {moved_on: 2026-03-01, joins_household: false}
//	    expect:
//	      shown: [moved_on, new_region]   # exactly these questions, in order
//	      hidden: [head_person]           # none of these
//	      eligible: yes                   # yes, no or unknown
//	      auto: none                      # the rule's decision, or none
//	      agency: sigungu-11110
//	      due: 2026-03-03 14:00           # minute of an hours limit, day of the others
type Example struct {
	Name    string
	At      kernel.Time // when it is submitted
	Facts   map[string]kernel.Value
	Answers map[string]kernel.Value
	Expect  Expect
	Line    int
}

// Expect is what must come of an example; what is not named is not tested.
type Expect struct {
	Shown    []string `yaml:"shown"`
	Hidden   []string `yaml:"hidden"`
	Eligible string   `yaml:"eligible"`
	Auto     string   `yaml:"auto"`
	Agency   string   `yaml:"agency"`
	Due      string   `yaml:"due"`
	// Fee is what the application costs through Maru, in won.
	Fee *kernel.Money `yaml:"fee"`
}

type exampleFile struct {
	Examples []struct {
		Name    string         `yaml:"name"`
		At      string         `yaml:"at"`
		Facts   map[string]any `yaml:"facts"`
		Answers map[string]any `yaml:"answers"`
		Expect  Expect         `yaml:"expect"`
	} `yaml:"examples"`
	Benefits []benefitExample `yaml:"benefits"`
}

// defaultAt is a Tuesday morning without a holiday near.
const defaultAt = "2026-03-10 10:00"

func (l *loader) examples(s *contract.Service, file string) {
	if _, err := fs.Stat(l.fsys, file); errors.Is(err, fs.ErrNotExist) {
		if s.Online {
			l.found.err(file, 0, "an online service needs examples")
		}
		return
	}
	var f exampleFile
	doc, ok := l.read(file, nil, &f)
	if !ok {
		return
	}
	for i, x := range f.Examples {
		e := Example{Name: x.Name, Expect: x.Expect, Line: doc.Line("examples", strconv.Itoa(i))}
		bad := func(format string, args ...any) {
			l.found.err(file, e.Line, "example %q: "+format, append([]any{x.Name}, args...)...)
		}
		if x.Name == "" {
			bad("has no name")
		}
		var err error
		if e.At, err = parseLocal(x.At); err != nil {
			bad("at: %v", err)
		}
		raw := part(doc.Value, "examples", i)
		if e.Facts, err = values(raw["facts"], l.factKind); err != nil {
			bad("facts: %v", err)
		}
		if e.Answers, err = values(raw["answers"], questionKind(s)); err != nil {
			bad("answers: %v", err)
		}
		for _, id := range slices.Concat(x.Expect.Shown, x.Expect.Hidden) {
			if _, ok := s.Question(id); !ok {
				bad("no question %q", id)
			}
		}
		l.pack.Examples[s.ID] = append(l.pack.Examples[s.ID], e)
	}
	l.benefitExamples(s, file, f.Benefits, doc)
	if s.Online && len(f.Examples) < 3 {
		l.found.err(file, 0, "%d examples: an online service has at least 3", len(f.Examples))
	}
}

func (l *loader) factKind(id string) (kernel.ValueKind, bool) {
	f := l.pack.Facts[id]
	if f == nil {
		return 0, false
	}
	return f.ValueKind(), true
}

func questionKind(s *contract.Service) func(string) (kernel.ValueKind, bool) {
	return func(id string) (kernel.ValueKind, bool) {
		q, ok := s.Question(id)
		if !ok {
			return 0, false
		}
		return q.ValueKind(), true
	}
}

// part is the map at doc[key][i]; the file was decoded, so it is there.
func part(doc any, key string, i int) map[string]any {
	m, _ := doc.(map[string]any)
	list, _ := m[key].([]any)
	if i >= len(list) {
		return nil
	}
	out, _ := list[i].(map[string]any)
	return out
}

// values turns a map of the file into values of the kinds their ids have.
func values(raw any, kind func(id string) (kernel.ValueKind, bool)) (map[string]kernel.Value, error) {
	m, _ := raw.(map[string]any)
	out := make(map[string]kernel.Value, len(m))
	for id, x := range m {
		k, ok := kind(id)
		if !ok {
			return nil, fmt.Errorf("%q is unknown", id)
		}
		v, err := valueOf(x)
		if err == nil {
			v, err = v.As(k)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		out[id] = v
	}
	return out, nil
}

func valueOf(x any) (kernel.Value, error) {
	switch x := x.(type) {
	case nil:
		return kernel.Value{}, nil
	case string:
		return kernel.TextOf(x), nil
	case int64:
		return kernel.IntOf(x), nil
	case bool:
		return kernel.BoolOf(x), nil
	case []any:
		members := make([]string, 0, len(x))
		for _, m := range x {
			s, ok := m.(string)
			if !ok {
				return kernel.Value{}, errors.New("a list holds texts only")
			}
			members = append(members, s)
		}
		return kernel.SetOf(members...), nil
	}
	return kernel.Value{}, errors.New("neither text, whole number, yes/no nor list")
}

// parseLocal reads a minute of Korean time; "" is defaultAt.
func parseLocal(s string) (kernel.Time, error) {
	if s == "" {
		s = defaultAt
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", s, kernel.Seoul)
	if err != nil {
		return 0, fmt.Errorf("%q is not YYYY-MM-DD HH:MM", s)
	}
	return kernel.TimeOf(t), nil
}
