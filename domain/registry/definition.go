package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"maru/domain/audit"
	"maru/kernel"
)

// Definition is what a register is: JSON Schema's words for fields, and ours
// for what a register needs beside.
type Definition struct {
	Code    string      `json:"code" maxLength:"64" doc:"Names the register in addresses; letters, digits, - and _."`
	Agency  string      `json:"agency" maxLength:"64" doc:"The body that keeps it."`
	Version string      `json:"version" maxLength:"20" doc:"A label: 1.0"`
	Name    kernel.Text `json:"name"`
	Basis   string      `json:"basis,omitempty" maxLength:"300" doc:"Law and article on which it is kept; people see it in their access log. A register of persons needs it."`
	Fields  []Field     `json:"fields" maxItems:"100"`
	Key     string      `json:"key,omitempty" maxLength:"64" doc:"The field that names a record; left empty in a record, it is the record's own id."`
	Person  string      `json:"person,omitempty" maxLength:"64" doc:"The field that holds the person's id in the civil register. Readings of such records are in that person's access log."`
	Unique  [][]string  `json:"unique,omitempty" maxItems:"8" doc:"Fields, or sets of fields, whose values no two records share."`
}

// Field is one thing that a record holds.
type Field struct {
	ID       string      `json:"id" maxLength:"64"`
	Type     string      `json:"type" enum:"string,integer,number,boolean,date,object,any"`
	Title    kernel.Text `json:"title"`
	Required bool        `json:"required,omitempty"`
	Max      int         `json:"max,omitempty" doc:"Most characters of a text; 1000 if 0."`
	Enum     []string    `json:"enum,omitempty" maxItems:"200"`
	Fields   []Field     `json:"fields,omitempty" maxItems:"100" doc:"Of an object."`
}

// Types of fields. Any takes what JSON can say and checks no more.
const (
	String  = "string"
	Integer = "integer"
	Number  = "number"
	Boolean = "boolean"
	Date    = "date"
	Object  = "object"
	Any     = "any"
)

const (
	maxFields = 100      // of a definition, nested ones too
	maxDepth  = 4        // of objects in objects
	maxText   = 10_000   // characters of a field, where the definition allows as many
	usualText = 1000     // characters where it says nothing
	maxRecord = 64 << 10 // bytes of a record as JSON
	maxUnique = 8
	maxSet    = 4 // fields of one unique set
	maxEnum   = 200
	maxName   = 200 // characters of a name
	maxBasis  = 300
)

var (
	codePattern    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	versionPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.]{0,19}$`)
	fieldPattern   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
)

// Fine tells whether text can be a register's code, or a person's id as
// registers write it.
func Fine(text string) bool { return codePattern.MatchString(text) }

// residentPattern is the shape of a resident or foreigner registration number:
// who has a copy of the log could find such a subject by trying all.
var residentPattern = regexp.MustCompile(`^\d{6}[-_]?\d{7}$`)

func finePerson(text string) bool { return Fine(text) && !residentPattern.MatchString(text) }

// check finds what is wrong with a definition by itself.
func (d *Definition) check() error {
	e := kernel.E(kernel.Invalid, "registry.error.definition", nil)
	wrong := func(at, why string) { e.Field(at, "registry.error.def."+why, nil) }
	if !codePattern.MatchString(d.Code) {
		wrong("code", "code")
	}
	if !versionPattern.MatchString(d.Version) {
		wrong("version", "version")
	}
	if d.Name.KO = strings.TrimSpace(d.Name.KO); d.Name.KO == "" || max(utf8.RuneCountInString(d.Name.KO), utf8.RuneCountInString(d.Name.EN)) > maxName {
		wrong("name", "name")
	}
	// PIPA art. 15: without a basis nobody's data is kept.
	d.Basis = strings.TrimSpace(d.Basis)
	switch {
	case utf8.RuneCountInString(d.Basis) > maxBasis || !audit.LegalBasis(d.Basis):
		wrong("basis", "basis")
	case d.Person != "" && d.Basis == "":
		wrong("basis", "basis_missing")
	}
	n := 0
	checkFields(d.Fields, "fields", 1, &n, wrong)
	if n == 0 || n > maxFields {
		wrong("fields", "fields")
	}
	scalar := func(id string) bool {
		f := d.field(id)
		return f != nil && f.Type != Object && f.Type != Any
	}
	for at, id := range map[string]string{"key": d.Key, "person": d.Person} {
		if f := d.field(id); id != "" && (f == nil || f.Type != String) {
			wrong(at, "text_field")
		}
	}
	// By its key a record is named where nothing is logged if it is not there.
	if d.Key != "" && d.Key == d.Person {
		wrong("key", "key_person")
	}
	if len(d.Unique) > maxUnique {
		wrong("unique", "unique")
	}
	for _, set := range d.Unique {
		if len(set) == 0 || len(set) > maxSet || !slices.ContainsFunc(set, scalar) || slices.ContainsFunc(set, func(id string) bool { return !scalar(id) }) {
			wrong("unique", "unique")
			break
		}
	}
	if len(e.Fields) > 0 {
		slices.SortFunc(e.Fields, func(a, b kernel.FieldError) int { return strings.Compare(a.Field, b.Field) })
		return e
	}
	return nil
}

func checkFields(list []Field, at string, depth int, n *int, wrong func(at, why string)) {
	seen := map[string]bool{}
	for i, f := range list {
		here := at + "[" + strconv.Itoa(i) + "]"
		if *n++; *n > maxFields {
			return
		}
		switch {
		case !fieldPattern.MatchString(f.ID) || seen[f.ID]:
			wrong(here, "field_id")
		case !slices.Contains([]string{String, Integer, Number, Boolean, Date, Object, Any}, f.Type):
			wrong(here, "type")
		case f.Max < 0 || f.Max > maxText || len(f.Enum) > maxEnum || len(f.Enum) > 0 && f.Type != String || f.Max > 0 && f.Type != String:
			wrong(here, "limits")
		case (f.Type == Object) != (len(f.Fields) > 0) || depth == maxDepth && f.Type == Object:
			wrong(here, "object")
		case max(utf8.RuneCountInString(f.Title.KO), utf8.RuneCountInString(f.Title.EN)) > maxName:
			wrong(here, "name")
		default:
			checkFields(f.Fields, here+".fields", depth+1, n, wrong)
		}
		seen[f.ID] = true
	}
}

// follows tells whether a version may come after another: what records are
// found by, and what their fields mean, stays. The body may change: bodies merge.
func (d *Definition) follows(before *Definition) error {
	same := d.Key == before.Key && d.Person == before.Person &&
		slices.EqualFunc(d.Unique, before.Unique, func(a, b []string) bool { return slices.Equal(a, b) })
	if !same || !typesStay(d.Fields, before.Fields) {
		return kernel.E(kernel.Conflict, "registry.error.breaks", nil)
	}
	return nil
}

func typesStay(now, before []Field) bool {
	for i := range now {
		at := slices.IndexFunc(before, func(b Field) bool { return b.ID == now[i].ID })
		if at >= 0 && (before[at].Type != now[i].Type || !typesStay(now[i].Fields, before[at].Fields)) {
			return false
		}
	}
	return true
}

// field is a field of the first level, nil where there is none.
func (d *Definition) field(id string) *Field { return fieldOf(d.Fields, id) }

func fieldOf(list []Field, id string) *Field {
	i := slices.IndexFunc(list, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// FieldIDs are the fields of the first level in the definition's order.
func (d *Definition) FieldIDs() []string {
	out := make([]string, len(d.Fields))
	for i, f := range d.Fields {
		out[i] = f.ID
	}
	return out
}

// Values are what a record holds. Numbers are json.Number, so that none loses
// digits.
type Values = map[string]any

// Decode reads one value of JSON as registers do.
func Decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("registry: more than one value")
	}
	return nil
}

// fit checks what a record is to hold; what is null is absent.
func (d *Definition) fit(v Values) error {
	return d.fitTo(d.Fields, v)
}

// fitPart checks what is to be written into a record by itself, before anybody
// looks whether there is one.
func (d *Definition) fitPart(v Values) error {
	var named []Field
	for _, f := range d.Fields {
		if _, ok := v[f.ID]; ok {
			f.Required = f.Required && f.ID != d.Key // a key that is taken away is the own id
			named = append(named, f)
		}
	}
	return d.fitTo(named, clone(v))
}

// clone copies a record with the objects in it. Lists are not changed in place.
func clone(v Values) Values {
	out := make(Values, len(v))
	for name, val := range v {
		if inner, ok := val.(Values); ok {
			val = clone(inner)
		}
		out[name] = val
	}
	return out
}

func (d *Definition) fitTo(list []Field, v Values) error {
	e := kernel.E(kernel.Invalid, "registry.error.record", nil)
	fitFields(list, v, "", e)
	if p, ok := v[d.Person].(string); ok && d.Person != "" && !finePerson(p) {
		e.Field(d.Person, "registry.error.value.person", nil)
	}
	if len(e.Fields) > 0 {
		slices.SortFunc(e.Fields, func(a, b kernel.FieldError) int { return strings.Compare(a.Field, b.Field) })
		e.Fields = e.Fields[:min(len(e.Fields), maxFields)]
		return e
	}
	if b, err := json.Marshal(v); err != nil || len(b) > maxRecord {
		return kernel.E(kernel.TooLarge, "registry.error.large", err)
	}
	return nil
}

func fitFields(list []Field, v Values, at string, e *kernel.Error) {
	for name := range v {
		if !slices.ContainsFunc(list, func(f Field) bool { return f.ID == name }) {
			// The name is the caller's own word, of any length: it is not repeated.
			e.Field(strings.TrimSuffix(at, "."), "registry.error.value.unknown", nil)
		}
	}
	for i := range list {
		f := &list[i]
		val, there := v[f.ID]
		if val == nil {
			delete(v, f.ID)
			there = false
		}
		if !there {
			if f.Required {
				e.Field(at+f.ID, "registry.error.value.required", nil)
			}
			continue
		}
		if why := f.wrong(val); why != "" {
			e.Field(at+f.ID, "registry.error.value."+why, nil)
			continue
		}
		if f.Type == Object {
			fitFields(f.Fields, val.(Values), at+f.ID+".", e)
		}
	}
}

// wrong is why a value is not one of the field's, "" where it is.
func (f *Field) wrong(val any) string {
	switch f.Type {
	case String:
		s, ok := val.(string)
		if !ok {
			return "type"
		}
		most := f.Max
		if most == 0 {
			most = usualText
		}
		if utf8.RuneCountInString(s) > most {
			return "long"
		}
		if strings.ContainsRune(s, 0) {
			return "sign"
		}
		if f.Required && strings.TrimSpace(s) == "" {
			return "required"
		}
		if len(f.Enum) > 0 && !slices.Contains(f.Enum, s) {
			return "enum"
		}
		return ""
	case Integer:
		n, ok := val.(json.Number)
		if !ok {
			return "type"
		}
		if _, err := strconv.ParseInt(n.String(), 10, 64); err != nil {
			return "type"
		}
	case Number:
		n, ok := val.(json.Number)
		if !ok {
			return "type"
		}
		if x, err := n.Float64(); err != nil || math.IsInf(x, 0) || plain(n) == "" {
			return "type"
		}
	case Boolean:
		if _, ok := val.(bool); !ok {
			return "type"
		}
	case Date:
		s, ok := val.(string)
		if !ok {
			return "type"
		}
		if _, err := kernel.ParseDate(s); err != nil {
			return "type"
		}
	case Object:
		if _, ok := val.(Values); !ok {
			return "type"
		}
	case Any:
		if depth(val, maxDepth) < 0 {
			return "deep"
		}
	}
	return ""
}

// depth is what is left of n levels below a value, negative where it is deeper.
func depth(val any, n int) int {
	if n < 0 {
		return n
	}
	left := n
	switch val := val.(type) {
	case Values:
		for _, x := range val {
			left = min(left, depth(x, n-1))
		}
	case []any:
		for _, x := range val {
			left = min(left, depth(x, n-1))
		}
	}
	return left
}

// plain is a value as text, the same for equal values: what is compared, sorted
// and hashed. A text is composed (NFC) and without space around it, a number is
// exact: 100, 1e2 and 100.0 are one. "" for none and for what has no plain form.
func plain(val any) string {
	switch val := val.(type) {
	case string:
		return strings.TrimSpace(norm.NFC.String(val))
	case bool:
		return strconv.FormatBool(val)
	case json.Number:
		return exact(val.String())
	}
	return ""
}

var numberPattern = regexp.MustCompile(`^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$`)

// widest is how many digits a number may have and be written out; beyond, it has
// an exponent.
const widest = 400

// exact is a decimal number in its one form, "" for what is none.
func exact(text string) string {
	m := numberPattern.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	sign, digits, exp := m[1], m[2]+m[3], 0
	if m[4] != "" {
		var err error
		if exp, err = strconv.Atoi(m[4]); err != nil || max(exp, -exp) > 1<<30 {
			return ""
		}
	}
	exp -= len(m[3])
	whole := strings.TrimRight(digits, "0")
	exp += len(digits) - len(whole)
	digits = strings.TrimLeft(whole, "0")
	switch {
	case digits == "":
		return "0"
	case exp >= 0 && len(digits)+exp <= widest:
		return sign + digits + strings.Repeat("0", exp)
	case exp < 0 && -exp < len(digits):
		return sign + digits[:len(digits)+exp] + "." + digits[len(digits)+exp:]
	case exp < 0 && -exp <= widest:
		return sign + "0." + strings.Repeat("0", -exp-len(digits)) + digits
	}
	return sign + digits + "e" + strconv.Itoa(exp)
}

// at is the value under a path of field ids.
func at(v Values, path string) any {
	for {
		name, rest, more := strings.Cut(path, ".")
		val := v[name]
		if !more {
			return val
		}
		inner, ok := val.(Values)
		if !ok {
			return nil
		}
		v, path = inner, rest
	}
}

// under is the field under a path, nil where there is none.
func (d *Definition) under(path string) *Field {
	list := d.Fields
	for {
		name, rest, more := strings.Cut(path, ".")
		f := fieldOf(list, name)
		if f == nil || !more {
			return f
		}
		list, path = f.Fields, rest
	}
}

// project leaves what the definition names: who reads by an older version gets
// what that version has.
func (d *Definition) project(v Values) Values { return projected(d.Fields, v) }

func projected(list []Field, v Values) Values {
	out := Values{}
	for _, f := range list {
		val, ok := v[f.ID]
		if !ok {
			continue
		}
		if inner, ok := val.(Values); ok && f.Type == Object {
			val = projected(f.Fields, inner)
		}
		out[f.ID] = val
	}
	return out
}
