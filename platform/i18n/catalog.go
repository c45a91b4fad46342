package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"maru/kernel"
)

// Catalog holds every message in every language. It is read-only after Load
// and safe for concurrent use.
type Catalog struct {
	messages map[kernel.Lang]map[string]message
}

// Load reads messages.ko.json and messages.en.json at the root of each file
// system. It refuses a key that is defined twice, that one language lacks, or
// whose placeholders differ, and names all such keys at once.
func Load(fss ...fs.FS) (*Catalog, error) {
	c := &Catalog{messages: map[kernel.Lang]map[string]message{}}
	var errs []error
	for _, l := range kernel.Langs {
		c.messages[l] = map[string]message{}
		for _, f := range fss {
			errs = append(errs, c.read(f, l)...)
		}
	}
	errs = append(errs, c.compare()...)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	return c, nil
}

// read adds one file's messages and returns everything wrong with it.
func (c *Catalog) read(f fs.FS, l kernel.Lang) []error {
	name := "messages." + string(l) + ".json"
	b, err := fs.ReadFile(f, name)
	if err != nil {
		return []error{err}
	}
	pairs, err := decode(b)
	if err != nil {
		return []error{fmt.Errorf("%s: %w", name, err)}
	}
	var errs []error
	for _, p := range pairs {
		if _, twice := c.messages[l][p.key]; twice {
			errs = append(errs, fmt.Errorf("%s: %q is defined twice", name, p.key))
			continue
		}
		m, err := parse(p.text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %q: %w", name, p.key, err))
			continue
		}
		c.messages[l][p.key] = m
	}
	return errs
}

type pair struct{ key, text string }

// decode reads a flat object of texts in order. It goes by token because the
// plain decoder hides a key that is written twice.
func decode(b []byte) ([]pair, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	open, err := d.Token()
	if err != nil {
		return nil, err
	}
	if open != json.Delim('{') {
		return nil, errors.New("a catalogue is one flat object")
	}
	var out []pair
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := k.(string) // object keys are always strings
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("%q is not a text", key)
		}
		out = append(out, pair{key, text})
	}
	_, err = d.Token()
	return out, err
}

// compare checks that the languages say the same keys with the same names.
func (c *Catalog) compare() []error {
	var errs []error
	ko, en := c.messages[kernel.KO], c.messages[kernel.EN]
	for _, key := range slices.Sorted(maps.Keys(ko)) {
		m, ok := en[key]
		if !ok {
			errs = append(errs, fmt.Errorf("%q has no English", key))
			continue
		}
		if a, b := ko[key].names(), m.names(); !slices.Equal(a, b) {
			errs = append(errs, fmt.Errorf("%q mentions {%s} in Korean but {%s} in English", key, strings.Join(a, " "), strings.Join(b, " ")))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(en)) {
		if _, ok := ko[key]; !ok {
			errs = append(errs, fmt.Errorf("%q has no Korean", key))
		}
	}
	return errs
}

// Has tells whether the key is in the catalogues.
func (c *Catalog) Has(key string) bool {
	_, ok := c.messages[kernel.KO][key]
	return ok
}

// Keys lists every key in order.
func (c *Catalog) Keys() []string { return slices.Sorted(maps.Keys(c.messages[kernel.KO])) }

// Source is the message as the catalogue writes it, placeholders unfilled.
func (c *Catalog) Source(l kernel.Lang, key string) string { return c.messages[base(l)][key].source }

// T is the message of key in l with args as name, value pairs filled in.
// Values may be texts, numbers, kernel dates, times, money and texts; each is
// written the way l writes it. A key that is in no catalogue shows as ⟨key⟩:
// visible in every test, harmless to people.
func (c *Catalog) T(l kernel.Lang, key string, args ...any) string {
	m, ok := c.messages[base(l)][key]
	if !ok {
		return "⟨" + key + "⟩"
	}
	return m.fill(l, func(name string) (any, bool) {
		for i := 0; i+1 < len(args); i += 2 {
			if s, ok := args[i].(string); ok && s == name {
				return args[i+1], true
			}
		}
		return nil, false
	})
}

// TMap is T with the values in a map, as kernel.Error carries them.
func (c *Catalog) TMap(l kernel.Lang, key string, args map[string]any) string {
	m, ok := c.messages[base(l)][key]
	if !ok {
		return "⟨" + key + "⟩"
	}
	return m.fill(l, func(name string) (any, bool) { v, ok := args[name]; return v, ok })
}

// base maps a text variant to the language whose messages it uses.
func base(l kernel.Lang) kernel.Lang {
	if l == kernel.EN {
		return l
	}
	return kernel.KO
}
