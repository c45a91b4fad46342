package api

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"maru/kernel"
)

// newRegistry describes the kernel's types as they look in JSON, and names
// schemas after their domain so that two domains may both have an Entry.
func newRegistry() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", distinct(schemaName))
	r.RegisterTypeAlias(reflect.TypeFor[kernel.Value](), reflect.TypeFor[valueSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[kernel.Time](), reflect.TypeFor[timeSchema]())
	r.RegisterTypeAlias(reflect.TypeFor[kernel.Date](), reflect.TypeFor[dateSchema]())
	return r
}

// distinct numbers names that two types would share: bodies without a type
// name are called after their field alone.
func distinct(name func(reflect.Type, string) string) func(reflect.Type, string) string {
	taken := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		base := name(t, hint)
		for n := 1; ; n++ {
			candidate := base
			if n > 1 {
				candidate = base + strconv.Itoa(n)
			}
			if other, ok := taken[candidate]; !ok || other == t {
				taken[candidate] = t
				return candidate
			}
		}
	}
}

func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, strings.ReplaceAll(hint, ".", "-"))
	if t.Name() == "" {
		return name
	}
	return domainOf(t.PkgPath()) + name
}

// domainOf is "Casework" for maru/domain/casework/internal/api; "" elsewhere.
func domainOf(pkg string) string {
	parts := strings.Split(pkg, "/")
	if len(parts) < 3 || parts[1] != "domain" {
		return ""
	}
	return strings.ToUpper(parts[2][:1]) + parts[2][1:]
}

type valueSchema struct{}

// Schema describes kernel.Value.
func (valueSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "text, whole number, yes or no, date (YYYY-MM-DD) or list of codes, by the question's type; null takes the answer back",
		AnyOf: []*huma.Schema{
			{Type: "string", Nullable: true}, // the framework knows no type null of its own
			{Type: "integer"},
			{Type: "boolean"},
			{Type: "array", Items: &huma.Schema{Type: "string"}},
		},
	}
}

type timeSchema struct{}

// Schema describes kernel.Time.
func (timeSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Format: "date-time", Description: "RFC 3339"}
}

type dateSchema struct{}

// Schema describes kernel.Date.
func (dateSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Format: "date", Description: "YYYY-MM-DD"}
}
