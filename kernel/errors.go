package kernel

import (
	"errors"
	"fmt"
)

// Kind sorts errors by what the edge does with them: which status a page or
// the API answers, and whether the detail may be shown.
type Kind uint8

// The kinds. Anything that is not an *Error counts as Internal.
const (
	Internal     Kind = iota // 500: ours; people see an id, the log the cause
	Invalid                  // 422: the input is wrong; Fields name where
	NotFound                 // 404: absent, or not to be known to this actor
	Conflict                 // 409: the state or another request stands against it
	Forbidden                // 403: known who you are, but this is not yours to do
	Unauthorized             // 401: sign in first
	Limited                  // 429: too many, too large, too fast
	Unavailable              // 503: a body we depend on does not answer
	TooLarge                 // 413: the body exceeds its limit
)

var kindNames = [...]string{"internal", "invalid", "not_found", "conflict", "forbidden", "unauthorized", "limited", "unavailable", "too_large"}

// String is the kind's name in problem documents and logs.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Error is an error that may reach people. Key names a message of the
// catalogues (what happened, why, what to do); Err is the cause for the log.
type Error struct {
	Kind   Kind
	Key    string         // message key, "" for the kind's general message
	Args   map[string]any // values the message mentions; never personal data
	Fields []FieldError   // for Invalid: which input is wrong and why
	Err    error
}

// FieldError says what is wrong with one input.
type FieldError struct {
	Field string         // question id, form field or JSON path
	Key   string         // message key
	Args  map[string]any // values the message mentions
}

// E makes an Error of kind k whose message is key, caused by err (may be nil).
func E(k Kind, key string, err error) *Error { return &Error{Kind: k, Key: key, Err: err} }

// With adds a value that the message mentions.
func (e *Error) With(name string, value any) *Error {
	if e.Args == nil {
		e.Args = map[string]any{}
	}
	e.Args[name] = value
	return e
}

// Field adds a wrong input.
func (e *Error) Field(field, key string, args map[string]any) *Error {
	e.Fields = append(e.Fields, FieldError{Field: field, Key: key, Args: args})
	return e
}

// Error is for the log.
func (e *Error) Error() string {
	s := e.Kind.String()
	if e.Key != "" {
		s += " " + e.Key
	}
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s: %s]", f.Field, f.Key)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the first *Error in err's chain, else Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is tells whether err is of kind k. A nil error is of no kind.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }
