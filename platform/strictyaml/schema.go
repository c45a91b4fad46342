package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"sort"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Schema is a compiled JSON Schema (draft 2020-12).
type Schema struct{ schema *jsonschema.Schema }

// Compile reads a schema. It never loads other files or addresses.
func Compile(text []byte) (*Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("strictyaml: schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	if err := c.AddResource("schema.json", doc); err != nil {
		return nil, fmt.Errorf("strictyaml: schema: %w", err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		return nil, fmt.Errorf("strictyaml: schema: %w", err)
	}
	return &Schema{schema: s}, nil
}

// MustCompile is Compile for schemas that are part of the program.
func MustCompile(text []byte) *Schema {
	s, err := Compile(text)
	if err != nil {
		panic(err)
	}
	return s
}

// check gives a problem for each leaf of the validation error, by line.
func (s *Schema) check(doc *Document) []Problem {
	err := s.schema.Validate(doc.Value)
	if err == nil {
		return nil
	}
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return []Problem{{Message: err.Error()}}
	}
	var out []Problem
	leaves(ve, func(e *jsonschema.ValidationError) {
		path := e.InstanceLocation
		// An unknown key is best shown on its own line.
		if k, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
			for _, p := range k.Properties {
				at := append(append([]string(nil), path...), p)
				out = append(out, Problem{Line: doc.Line(at...), Message: place(path) + fmt.Sprintf("unknown key %q", p)})
			}
			return
		}
		out = append(out, Problem{Line: doc.Line(path...), Message: place(path) + e.ErrorKind.LocalizedString(printer)})
	})
	sort.SliceStable(out, func(i, j int) bool { return out[i].Line < out[j].Line })
	return out
}

var printer = message.NewPrinter(language.English)

func leaves(e *jsonschema.ValidationError, visit func(*jsonschema.ValidationError)) {
	if len(e.Causes) == 0 {
		visit(e)
		return
	}
	for _, c := range e.Causes {
		leaves(c, visit)
	}
}

func place(path []string) string {
	if len(path) == 0 {
		return ""
	}
	var b bytes.Buffer
	for i, p := range path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	b.WriteString(": ")
	return b.String()
}
