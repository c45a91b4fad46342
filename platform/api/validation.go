package api

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"maru/kernel"
)

// The framework validates with messages in English. Its message table is a set
// of package variables meant to be replaced; ours hold a message key and the
// value, so that people get the sentence in their language. What is set here
// concerns this package alone: nobody else imports the framework.
func init() {
	for v, key := range map[*string]string{
		&validation.MsgUnexpectedProperty:                 "unknown",
		&validation.MsgExpectedRFC3339DateTime:            "instant",
		&validation.MsgExpectedRFC1123DateTime:            "instant",
		&validation.MsgExpectedRFC3339Date:                "date",
		&validation.MsgExpectedRFC3339Time:                "wrong",
		&validation.MsgExpectedRFC5322Email:               "email",
		&validation.MsgExpectedRFC5890Hostname:            "wrong",
		&validation.MsgExpectedRFC2673IPv4:                "wrong",
		&validation.MsgExpectedRFC2373IPv6:                "wrong",
		&validation.MsgExpectedRFCIPAddr:                  "wrong",
		&validation.MsgExpectedRFC3986URI:                 "wrong",
		&validation.MsgExpectedRFC4122UUID:                "id",
		&validation.MsgExpectedRFC6570URITemplate:         "wrong",
		&validation.MsgExpectedRFC6901JSONPointer:         "wrong",
		&validation.MsgExpectedRFC6901RelativeJSONPointer: "wrong",
		&validation.MsgExpectedRegexp:                     "wrong",
		&validation.MsgExpectedMatchAtLeastOneSchema:      "value",
		&validation.MsgExpectedMatchExactlyOneSchema:      "value",
		&validation.MsgExpectedNotMatchSchema:             "wrong",
		&validation.MsgExpectedPropertyNameInObject:       "wrong",
		&validation.MsgExpectedBoolean:                    "boolean",
		&validation.MsgExpectedDuration:                   "wrong",
		&validation.MsgExpectedNumber:                     "number",
		&validation.MsgExpectedInteger:                    "integer",
		&validation.MsgExpectedString:                     "string",
		&validation.MsgExpectedBase64String:               "wrong",
		&validation.MsgExpectedArray:                      "array",
		&validation.MsgExpectedObject:                     "object",
		&validation.MsgExpectedArrayItemsUnique:           "unique",
		&validation.MsgExpectedBePattern:                  "pattern",
		&validation.MsgExpectedMatchPattern:               "pattern",
	} {
		*v = coded("api.field."+key, "", "")
	}
	for v, key := range map[*string]string{
		&validation.MsgExpectedOneOf:                     "one_of|%v",
		&validation.MsgExpectedMinimumNumber:             "min|%v",
		&validation.MsgExpectedExclusiveMinimumNumber:    "above|%v",
		&validation.MsgExpectedMaximumNumber:             "max|%v",
		&validation.MsgExpectedExclusiveMaximumNumber:    "below|%v",
		&validation.MsgExpectedNumberBeMultipleOf:        "multiple|%v",
		&validation.MsgExpectedMinLength:                 "min_length|%d",
		&validation.MsgExpectedMaxLength:                 "max_length|%d",
		&validation.MsgExpectedMinItems:                  "min_items|%d",
		&validation.MsgExpectedMaxItems:                  "max_items|%d",
		&validation.MsgExpectedMinProperties:             "min_items|%d",
		&validation.MsgExpectedMaxProperties:             "max_items|%d",
		&validation.MsgExpectedRequiredProperty:          "required||%s",
		&validation.MsgExpectedDependentRequiredProperty: "required||%s",
	} {
		*v = mark + "api.field." + key
	}
	// Names are what the description says, letter by letter.
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return &Problem{Status: status}
	}
	huma.NewErrorWithContext = func(hc huma.Context, status int, msg string, errs ...error) huma.StatusError {
		s, ok := hc.Context().Value(stateKey{}).(*state)
		if !ok {
			return huma.NewError(status, msg, errs...)
		}
		return s.api.invalid(s, status, hc.Operation().MaxBodyBytes-1, errs)
	}
}

// mark begins a coded message: mark, message key, "|" value, "|" path below
// the place the framework names.
const mark = "\x01"

func coded(key, value, at string) string {
	switch {
	case at != "":
		return mark + key + "|" + value + "|" + at
	case value != "":
		return mark + key + "|" + value
	}
	return mark + key
}

// plain are messages that the framework does not let us replace.
var plain = map[string]string{
	"invalid integer":        "api.field.integer",
	"invalid float":          "api.field.number",
	"invalid floating value": "api.field.number",
	"invalid boolean":        "api.field.boolean",
}

// decode splits a message of the framework.
func decode(msg string) (key, value, at string) {
	if rest, ok := strings.CutPrefix(msg, mark); ok {
		key, rest, _ = strings.Cut(rest, "|")
		value, at, _ = strings.Cut(rest, "|")
		return key, value, at
	}
	if key, ok := plain[msg]; ok {
		return key, "", ""
	}
	if strings.HasPrefix(msg, "required ") { // required query parameter is missing
		return "api.field.required", "", ""
	}
	return "api.field.wrong", "", ""
}

// invalid is the problem for what the framework found.
func (a *API) invalid(s *state, status int, limit int64, errs []error) *Problem {
	l := s.call.Lang
	switch status {
	case http.StatusRequestEntityTooLarge:
		return a.problem(l, s.w, tooLarge(limit))
	case http.StatusRequestTimeout:
		p := a.problem(l, s.w, kernel.E(kernel.Invalid, "api.body.slow", nil))
		p.Status = status
		return p
	case http.StatusUnsupportedMediaType:
		p := a.problem(l, s.w, kernel.E(kernel.Invalid, "api.body.type", nil))
		p.Status = status
		return p
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
	default: // reading or writing failed under us
		var cause error
		if len(errs) > 0 {
			cause = errs[0]
		}
		return a.problem(l, s.w, kernel.E(kernel.Internal, "", cause))
	}
	if len(errs) == 0 {
		p := a.problem(l, s.w, kernel.E(kernel.Invalid, "api.body.missing", nil))
		p.Status = status
		return p
	}
	p := a.problem(l, s.w, kernel.E(kernel.Invalid, "api.fields", nil))
	for _, err := range errs {
		loc, msg := "", err.Error()
		if d, ok := err.(huma.ErrorDetailer); ok {
			loc, msg = d.ErrorDetail().Location, d.ErrorDetail().Message
		}
		key, value, at := decode(msg)
		if key == "api.body.json" {
			p.Detail, p.Status = a.c.Catalog.T(l, key, "line", value), http.StatusBadRequest
		}
		p.Errors = append(p.Errors, FieldError{
			Field:   field(loc, at),
			Message: a.c.Catalog.T(l, key, argOf(key), value),
		})
	}
	return p
}

// argOf is the name of the value in the message.
func argOf(key string) string {
	if key == "api.body.json" {
		return "line"
	}
	return "value"
}

// field is the name a caller knows an input by: without "body." and the like.
func field(loc, at string) string {
	for _, in := range [...]string{"body", "query", "path", "header", "cookie"} {
		if loc == in {
			loc = ""
		} else if rest, ok := strings.CutPrefix(loc, in+"."); ok {
			loc = rest
		}
	}
	f := join(loc, at)
	if f == "" {
		return "body"
	}
	return f
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "." + b
}

func index(at string, i int) string { return at + "[" + strconv.Itoa(i) + "]" }

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
