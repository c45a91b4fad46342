package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// jsonFormat is how bodies are read and written.
var jsonFormat = huma.Format{Marshal: marshalJSON, Unmarshal: unmarshalJSON}

func marshalJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // answers are never read as HTML: nosniff, JSON type
	return e.Encode(v)
}

// unmarshalJSON reads a body. The framework calls it twice, first into an any
// to validate, then into the struct; text is checked the first time. Its
// errors are coded (see coded) because they reach people through the
// framework as plain strings.
func unmarshalJSON(data []byte, v any) error {
	first, ok := v.(*any)
	if err := json.Unmarshal(data, v); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return errors.New(coded("api.body.json", lineOf(data, syntax.Offset), ""))
		}
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) {
			return errors.New(coded("api.field.wrong", "", mistyped.Field))
		}
		return errors.New(coded("api.field.wrong", "", ""))
	}
	if !ok {
		return nil
	}
	// Of two values the reader would take the last, and whoever looked at the
	// body before us maybe the first (RFC 8259 section 4).
	if at, ok := twice(json.NewDecoder(bytes.NewReader(data)), ""); ok {
		return errors.New(coded("api.field.twice", "", at))
	}
	return checkText(data, *first)
}

// twice is the path of the first name that stands twice in one object of a
// text that the reader has accepted.
func twice(d *json.Decoder, at string) (string, bool) {
	open, err := d.Token()
	if err != nil {
		return "", false
	}
	switch open {
	case json.Delim('{'):
		seen := map[string]bool{}
		for d.More() {
			t, _ := d.Token()
			name, _ := t.(string)
			if seen[name] {
				return join(at, name), true
			}
			seen[name] = true
			if p, ok := twice(d, join(at, name)); ok {
				return p, true
			}
		}
	case json.Delim('['):
		for i := 0; d.More(); i++ {
			if p, ok := twice(d, index(at, i)); ok {
				return p, true
			}
		}
	default:
		return "", false
	}
	_, _ = d.Token() // the closing bracket
	return "", false
}

// checkText refuses what no text may hold: NUL (databases and C programs stop
// there) and broken UTF-8 or lone surrogates (the reader would replace them
// silently, so that what is kept is not what was sent).
func checkText(data []byte, v any) error {
	bad, replaced := utf8Trouble(data)
	if !bad && !replaced {
		return nil
	}
	if at, ok := findText(v, "", '\x00'); ok {
		return errors.New(coded("api.field.nul", "", at))
	}
	if replaced {
		at, _ := findText(v, "", utf8.RuneError)
		return errors.New(coded("api.field.utf8", "", at))
	}
	return nil
}

// utf8Trouble tells whether data may hold a NUL and whether the JSON reader
// had to replace something.
func utf8Trouble(data []byte) (nul, replaced bool) {
	replaced = !utf8.Valid(data)
	for {
		i := bytes.IndexByte(data, '\\')
		if i < 0 || i+1 >= len(data) {
			return nul, replaced
		}
		if data[i+1] != 'u' || i+6 > len(data) {
			data = data[i+2:]
			continue
		}
		u := hex4(data[i+2 : i+6])
		data = data[i+6:]
		switch {
		case u == 0:
			nul = true
		case u >= 0xD800 && u < 0xDC00:
			if len(data) >= 6 && data[0] == '\\' && data[1] == 'u' {
				if low := hex4(data[2:6]); low >= 0xDC00 && low < 0xE000 {
					data = data[6:]
					continue
				}
			}
			replaced = true
		case u >= 0xDC00 && u < 0xE000:
			replaced = true
		}
	}
}

// hex4 reads four hexadecimal digits; the JSON reader has already refused
// others.
func hex4(b []byte) int {
	n := 0
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | int(c-'0')
		default:
			n = n<<4 | int(c|0x20-'a'+10)
		}
	}
	return n
}

// findText is the path of the first string (or key) that holds r.
func findText(v any, at string, r rune) (string, bool) {
	switch v := v.(type) {
	case string:
		return at, bytes.ContainsRune([]byte(v), r)
	case []any:
		for i, e := range v {
			if p, ok := findText(e, index(at, i), r); ok {
				return p, true
			}
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			if bytes.ContainsRune([]byte(k), r) {
				return at, true
			}
			if p, ok := findText(v[k], join(at, k), r); ok {
				return p, true
			}
		}
	}
	return "", false
}
