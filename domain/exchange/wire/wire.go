package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"maru/kernel"
)

// Types of the messages.
const (
	QueryType   = "maru-exchange-query+jwt"
	AnswerType  = "maru-exchange-answer+jwt"
	DemandType  = "maru-exchange-demand+jwt"
	ReceiptType = "maru-exchange-receipt+jwt"
	DataType    = "maru-exchange-data+jwt"
)

// MaxMessage bounds a message (bytes): a bundle is a few dozen short values.
const MaxMessage = 256 << 10

// MaxAge is how old a query may be when it arrives (seconds).
const MaxAge = 300

// Query asks a source about one person.
type Query struct {
	Issuer  string    `json:"iss"` // the installation that asks
	Source  string    `json:"aud"`
	Call    kernel.ID `json:"jti"`
	At      int64     `json:"iat"` // seconds
	Person  string    `json:"sub"`
	Demand  kernel.ID `json:"demand"`
	Bundle  string    `json:"bundle"` // id@version
	Basis   string    `json:"basis"`  // law and article
	Purpose string    `json:"purpose"`
	Fields  []string  `json:"fields"`
}

// Answer is what a source says to one query: facts, or that it knows nobody of
// that id, or why it refuses.
type Answer struct {
	Issuer  string          `json:"iss"`
	Asker   string          `json:"aud"`
	Query   string          `json:"query"` // jws.Hash of the signed query
	At      int64           `json:"iat"`
	Facts   map[string]Fact `json:"facts,omitempty"`
	Unknown bool            `json:"unknown,omitempty"` // no such person here
	Refused string          `json:"refused,omitempty"` // a ground, see Grounds
}

// Grounds are those of article 35 paragraph 4 of the Personal Information
// Protection Act: by law; others' life, body, property or interests; and the
// five kinds of public work that would be gravely hindered.
var Grounds = []string{"1", "2", "3-1", "3-2", "3-3", "3-4", "3-5"}

// Fact is one value with its type, which JSON alone does not tell.
type Fact struct {
	Type  string          `json:"type"` // text int bool date set unknown
	Value json.RawMessage `json:"value,omitempty"`
	AsOf  kernel.Date     `json:"as_of,omitzero"`
}

var types = map[string]kernel.ValueKind{"text": kernel.TextValue, "int": kernel.IntValue, "bool": kernel.BoolValue,
	"date": kernel.DateValue, "set": kernel.SetValue}

// FactOf writes a value.
func FactOf(v kernel.Value, asOf kernel.Date) (Fact, error) {
	f := Fact{Type: "unknown", AsOf: asOf}
	for name, kind := range types {
		if v.Kind() == kind {
			f.Type = name
		}
	}
	if f.Type == "unknown" {
		return f, nil
	}
	var err error
	f.Value, err = json.Marshal(v)
	return f, err
}

// maxText bounds a text value (bytes).
const maxText = 4096

// Read is the value again.
func (f Fact) Read() (kernel.Value, error) {
	if f.Type == "unknown" {
		return kernel.Value{}, nil
	}
	kind, ok := types[f.Type]
	if !ok {
		return kernel.Value{}, fmt.Errorf("wire: no type %q", f.Type)
	}
	if len(f.Value) > maxText {
		return kernel.Value{}, errors.New("wire: value too long")
	}
	var v kernel.Value
	if err := json.Unmarshal(f.Value, &v); err != nil {
		return kernel.Value{}, err
	}
	return v.As(kind)
}

// Decode reads one message strictly: nothing unknown, nothing behind it.
func Decode(b []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(out); err != nil {
		return err
	}
	if d.More() {
		return errors.New("wire: more than one value")
	}
	return nil
}

// Bounds of what a query says of itself (bytes).
const (
	maxName  = 200  // of a body, a person, a bundle in its version or a field
	maxWords = 2000 // of a basis or a purpose
)

// lawful tells whether a text can be the law that a query rests on. What the log
// of an installation writes of its own people's consents and of who acts for them
// is nobody else's to say.
func lawful(text string) bool {
	for _, own := range []string{"consent:", "mandate:"} {
		if strings.Contains(text, own) {
			return false
		}
	}
	return strings.TrimSpace(text) != "" && len(text) <= maxWords && !strings.HasSuffix(strings.TrimSpace(text), "assisted") &&
		!strings.ContainsFunc(text, unicode.IsControl)
}

// Check is what any source demands of a query before it looks at anything.
func (q Query) Check(source string, now kernel.Time) error {
	age := now.Std().Unix() - q.At
	switch {
	case q.Source != source:
		return fmt.Errorf("wire: asked of %q", q.Source)
	case age > MaxAge || age < -60:
		return fmt.Errorf("wire: %d seconds old", age)
	case q.Person == "" || len(q.Fields) == 0 || len(q.Fields) > 200:
		return errors.New("wire: incomplete")
	case len(q.Issuer) > maxName || len(q.Person) > maxName || len(q.Bundle) > maxName || len(q.Purpose) > maxWords:
		return errors.New("wire: too long")
	case !lawful(q.Basis):
		return errors.New("wire: the basis is no law")
	}
	for _, id := range []kernel.ID{q.Call, q.Demand} {
		if _, err := kernel.ParseID(string(id)); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(q.Fields, func(f string) bool { return f == "" || len(f) > maxName }) {
		return errors.New("wire: empty or too long a field")
	}
	return nil
}
