package backup

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// A row is a JSON array. Null, booleans, numbers and texts are themselves;
// bytes are {"b": "base64"}.

// sealedBytes is how bytes are written.
type sealedBytes struct {
	B string `json:"b"`
}

// encodeRow appends the row and a newline.
func encodeRow(out *bytes.Buffer, values []any) error {
	for i, v := range values {
		if b, ok := v.([]byte); ok {
			values[i] = sealedBytes{base64.StdEncoding.EncodeToString(b)}
		}
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(values)
}

// decodeRow reads a row for columns of the given types.
func decodeRow(line []byte, types []string) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(types) {
		return nil, fmt.Errorf("%d values for %d columns", len(raw), len(types))
	}
	out := make([]any, len(raw))
	for i, r := range raw {
		v, err := decodeValue(r, types[i])
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
		out[i] = v
	}
	return out, nil
}

// decodeValue reads a value for a column's type: SQLite writes a boolean as 0
// or 1, PostgreSQL as true or false, and each wants its own back.
func decodeValue(raw json.RawMessage, kind string) (any, error) {
	s := string(raw)
	switch {
	case s == "null":
		return nil, nil
	case s == "true" || s == "false":
		if kind == "boolean" {
			return s == "true", nil
		}
		if s == "true" {
			return int64(1), nil
		}
		return int64(0), nil
	case strings.HasPrefix(s, `"`):
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case strings.HasPrefix(s, "{"):
		var b sealedBytes
		if err := json.Unmarshal(raw, &b); err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(b.B)
	case kind == "real" || kind == "double precision":
		return strconv.ParseFloat(s, 64)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%.40q is no value", s)
	}
	if kind == "boolean" {
		return n != 0, nil
	}
	return n, nil
}
