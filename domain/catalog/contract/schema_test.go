package contract

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"maru/kernel"
)

type schemaNode struct {
	Ref        string                `json:"$ref"`
	Properties map[string]schemaNode `json:"properties"`
	Items      *schemaNode           `json:"items"`
	Defs       map[string]schemaNode `json:"$defs"`
	Closed     *bool                 `json:"additionalProperties"`
}

// TestSchemaFitsService: what the schema allows is what Service reads, field
// by field and at every depth.
func TestSchemaFitsService(t *testing.T) {
	var root schemaNode
	if err := json.Unmarshal(Schema, &root); err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var compare func(path string, n schemaNode, typ reflect.Type)
	compare = func(path string, n schemaNode, typ reflect.Type) {
		if n.Ref != "" {
			n = root.Defs[n.Ref[len("#/$defs/"):]]
		}
		switch typ.Kind() {
		case reflect.Pointer:
			compare(path, n, typ.Elem())
			return
		case reflect.Slice:
			if n.Items == nil {
				t.Errorf("%s: the schema has no list", path)
				return
			}
			compare(path+"[]", *n.Items, typ.Elem())
			return
		case reflect.Struct:
			if typ == reflect.TypeFor[kernel.Date]() {
				return // written as a text
			}
		default:
			if n.Properties != nil {
				t.Errorf("%s: the schema has an object where Go has %s", path, typ)
			}
			return
		}
		if seen[typ] && typ != reflect.TypeFor[kernel.Text]() {
			return
		}
		seen[typ] = true
		if n.Closed == nil || *n.Closed {
			t.Errorf("%s: the schema lets unknown keys pass", path)
		}
		var names []string
		for i := range typ.NumField() {
			f := typ.Field(i)
			name := f.Tag.Get("yaml")
			if name == "-" {
				continue
			}
			names = append(names, name)
			sub, ok := n.Properties[name]
			if !ok {
				t.Errorf("%s.%s: not in the schema", path, name)
				continue
			}
			compare(path+"."+name, sub, f.Type)
		}
		for name := range n.Properties {
			if !slices.Contains(names, name) {
				t.Errorf("%s.%s: in the schema, not in Go", path, name)
			}
		}
	}
	compare("service", root, reflect.TypeFor[Service]())
}
