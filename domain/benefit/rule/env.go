package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/parser"
)

// The types of the notation. A whole number is CEL's int; an exact fraction,
// which CEL lacks, a type of its own. Members of enums and region codes are
// CEL's strings.
var (
	numType       = cel.OpaqueType("num")
	dateType      = cel.OpaqueType("date")
	setType       = cel.OpaqueType("set")
	personType    = cel.ObjectType("Person")
	householdType = cel.ObjectType("Household")
	textsType     = cel.ListType(cel.StringType)
)

// Names of the functions that stand in the checked trees for steps of loops.
const (
	stepAny   = "@any"
	stepAll   = "@all"
	stepSum   = "@sum"
	stepCount = "@count"
	zero      = "@zero"
)

// environment declares what expressions may say: the facts, the parameters,
// the lists and the functions. Formulas are added as they are checked.
func (c *compiler) environment() (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.CustomTypeProvider(c.fields()),
		cel.Variable("date", dateType),
		cel.Variable("h", householdType),
		cel.Variable("head", personType),
		cel.Variable("members", cel.ListType(personType)),
		cel.Macros(loop("any", stepAny), loop("all", stepAll), loop("sum", stepSum), loop("count", stepCount)),
	}
	opts = append(opts, functions()...)
	for _, p := range c.law.Params {
		opts = append(opts, cel.Variable(p.ID, p.celType()))
	}
	for _, l := range c.lists {
		opts = append(opts, cel.Variable(l.ID, cel.ListType(cel.ObjectType(l.ID))))
	}
	return cel.NewCustomEnv(opts...)
}

// functions declares the operators for the types there are. CEL's own would
// divide whole numbers with a rest lost, and know no fractions.
func functions() []cel.EnvOption {
	whole, num, b, text := cel.IntType, numType, cel.BoolType, cel.StringType
	decl := map[string][]cel.FunctionOpt{}
	add := func(name string, result *cel.Type, args ...*cel.Type) {
		id := strings.Trim(name, "_@") + fmt.Sprintf("_%d", len(decl[name]))
		decl[name] = append(decl[name], cel.Overload("maru_"+id, args, result))
	}
	pairs := [][2]*cel.Type{{whole, whole}, {whole, num}, {num, whole}, {num, num}}
	wider := func(p [2]*cel.Type) *cel.Type {
		if p[0] == whole && p[1] == whole {
			return whole
		}
		return num
	}
	for _, p := range pairs {
		for _, op := range []string{operators.Add, operators.Subtract, operators.Multiply, "min", "max"} {
			add(op, wider(p), p[0], p[1])
		}
		add(operators.Divide, num, p[0], p[1])
		for _, op := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.Equals, operators.NotEquals} {
			add(op, b, p[0], p[1])
		}
		add(operators.Conditional, wider(p), b, p[0], p[1])
	}
	for _, op := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.Equals, operators.NotEquals} {
		add(op, b, dateType, dateType)
	}
	for _, t := range []*cel.Type{b, text, personType} {
		add(operators.Equals, b, t, t)
		add(operators.NotEquals, b, t, t)
	}
	for _, t := range []*cel.Type{b, text, dateType} {
		add(operators.Conditional, t, b, t, t)
	}
	for _, t := range []*cel.Type{b, text, dateType, whole} {
		add("given", t, t, t)
	}
	add("given", num, whole, num)
	add("min", dateType, dateType, dateType)
	add("max", dateType, dateType, dateType)
	add(operators.LogicalAnd, b, b, b)
	add(operators.LogicalOr, b, b, b)
	add(operators.LogicalNot, b, b)
	add(operators.Negate, whole, whole)
	add(operators.In, b, text, textsType)
	add(operators.In, b, text, setType)
	add(operators.In, b, whole, cel.ListType(whole))
	for _, v := range []*cel.Type{whole, num} {
		for _, k := range []*cel.Type{whole, text} {
			add(operators.Index, v, cel.MapType(k, v), k)
			for _, k2 := range []*cel.Type{whole, text} {
				add(operators.Index, cel.MapType(k2, v), cel.MapType(k, cel.MapType(k2, v)), k)
			}
		}
	}
	for _, f := range []string{"floor", "half_up", "down10", "up10"} {
		add(f, whole, num)
		add(f, whole, whole)
	}
	add("years", whole, dateType, dateType)
	add("months_between", whole, dateType, dateType)
	add("full_months", whole, dateType, dateType)
	add("days", whole, dateType, dateType)
	add("year", whole, dateType)
	add("add_months", dateType, dateType, whole)
	add("in_year", dateType, whole, whole)
	add("day", dateType, text)
	add("starts", b, text, textsType)
	add("at", whole, whole, dateType)
	add("at", num, num, dateType)
	add("at", dateType, dateType, dateType)
	// Of another programme: its verdict, and its amount whether or not it is due.
	add("eligible", b, text)
	add("eligible", b, text, personType)
	add("amount_of", num, text)
	add("amount_of", num, text, personType)
	add(stepAny, b, b, b)
	add(stepAll, b, b, b)
	add(stepCount, whole, whole, b)
	add(stepSum, num, num, whole)
	add(stepSum, num, num, num)
	add(zero, num)
	var out []cel.EnvOption
	for _, name := range slices.Sorted(maps.Keys(decl)) {
		out = append(out, cel.Function(name, decl[name]...))
	}
	return out
}

// loop is members.name(n, expression). It becomes CEL's only loop, a fold, with
// a step that tells which one it was.
func loop(name, step string) cel.Macro {
	return cel.ReceiverMacro(name, 2, func(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
		if args[0].Kind() != ast.IdentKind {
			return nil, f.NewError(args[0].ID(), "the first argument must be a name")
		}
		var init ast.Expr
		switch step {
		case stepAny:
			init = f.NewLiteral(types.False)
		case stepAll:
			init = f.NewLiteral(types.True)
		case stepCount:
			init = f.NewLiteral(types.Int(0))
		default:
			init = f.NewCall(zero)
		}
		return f.NewComprehension(target, args[0].AsIdent(), f.AccuIdentName(), init, f.NewLiteral(types.True),
			f.NewCall(step, f.NewAccuIdent(), args[1]), f.NewAccuIdent()), nil
	})
}

// fields tells the checker the fields of a person, a household and the records
// of each list.
func (c *compiler) fields() types.Provider {
	out := fieldTypes{"Person": {}, "Household": {}}
	for _, f := range c.law.Facts {
		out[f.entity()][f.ID] = f.celType()
	}
	for _, l := range c.lists {
		out[l.ID] = map[string]*cel.Type{}
		for name, kind := range l.Fields {
			out[l.ID][name] = celTypes[kind]
		}
	}
	return out
}

// fieldTypes are the fields of object types by name.
type fieldTypes map[string]map[string]*cel.Type

func (f fieldTypes) EnumValue(name string) ref.Val    { return types.NewErr("no enum %q", name) }
func (f fieldTypes) FindIdent(string) (ref.Val, bool) { return nil, false }
func (f fieldTypes) NewValue(string, map[string]ref.Val) ref.Val {
	return types.NewErr("records cannot be made in rules")
}

func (f fieldTypes) FindStructType(name string) (*types.Type, bool) {
	if _, ok := f[name]; !ok {
		return nil, false
	}
	return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
}

func (f fieldTypes) FindStructFieldNames(name string) ([]string, bool) {
	fields, ok := f[name]
	return slices.Sorted(maps.Keys(fields)), ok
}

func (f fieldTypes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	t, ok := f[name][field]
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: t}, true
}

// parse reads one expression without checking types.
func parse(text string) (*ast.AST, error) {
	p, err := parser.NewParser(parser.Macros(loop("any", stepAny), loop("all", stepAll), loop("sum", stepSum), loop("count", stepCount)))
	if err != nil {
		return nil, err
	}
	tree, errs := p.Parse(common.NewTextSource(text))
	if len(errs.GetErrors()) > 0 {
		return nil, fmt.Errorf("%s", firstLine(errs.GetErrors()[0].Message))
	}
	return tree, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
