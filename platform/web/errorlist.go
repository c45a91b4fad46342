package web

import (
	"errors"
	"strings"

	"maru/kernel"
	"maru/platform/i18n"
)

// FieldError is one thing to put right, as people read it.
type FieldError struct {
	Field   string // name of the input, "" for the form as a whole
	Message string
}

// Errors is what the error summary lists and the inputs show.
type Errors []FieldError

// For is the message of the input named field, "" when it is right.
func (e Errors) For(field string) string {
	for _, f := range e {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// ForDate is the message of a date-input: of the whole or of its first wrong
// part.
func (e Errors) ForDate(field string) string {
	for _, f := range e {
		if f.Field == field || strings.HasPrefix(f.Field, field+"-") {
			return f.Message
		}
	}
	return ""
}

// BadParts names the wrong parts of a date-input ("year month"), so that only
// they are marked.
func (e Errors) BadParts(field string) string {
	var out []string
	for _, p := range dateParts {
		if e.For(field+"-"+p.name) != "" {
			out = append(out, p.name)
		}
	}
	return strings.Join(out, " ")
}

// errorsOf translates the fields of a kernel.Error; one without fields becomes
// a single line without an input.
func errorsOf(c *i18n.Catalog, l kernel.Lang, err error) Errors {
	var e *kernel.Error
	if !errors.As(err, &e) {
		return nil
	}
	var out Errors
	for _, f := range e.Fields {
		out = append(out, FieldError{f.Field, c.TMap(l, f.Key, f.Args)})
	}
	if len(out) == 0 {
		out = Errors{{Message: message(c, l, e)}}
	}
	return out
}

// message is what people read about an error: its own message, or the one of
// its kind.
func message(c *i18n.Catalog, l kernel.Lang, e *kernel.Error) string {
	if e.Key != "" && c.Has(e.Key) {
		return c.TMap(l, e.Key, e.Args)
	}
	return c.T(l, "error."+e.Kind.String()+".text")
}
