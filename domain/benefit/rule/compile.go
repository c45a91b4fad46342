package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"

	"maru/domain/catalog/contract"
)

// compiler turns a source into a law. What is wrong becomes problems; the rest
// goes on as far as it makes sense.
type compiler struct {
	source   Source
	law      *Law
	lists    []*List
	problems []Problem

	env      *cel.Env
	formulas map[string]*formula
	// checked are the expressions of programmes that were checked already, with
	// environments by what they are over: a catalogue of thousands of programmes
	// says the same few hundred things.
	checked map[string]checked
	envs    map[string]*cel.Env
	// params and consts find parameters by name.
	params map[string]int
	// nodes finds a node by its meaning.
	nodes map[string]*Expr
	// statics finds the number of a static node.
	statics map[*Expr]int
	// busy are the definitions being lowered, to find circles.
	busy []string
	done map[string]int
	// parts are the expressions lowered so far on the way to the one at work, with
	// what they rest on.
	parts []Part
	// marks are the numbers of what is unverified, by name.
	marks map[string]int
}

// formula is a formula on its way to a definition.
type formula struct {
	contract.Formula
	index int // in the source
	args  []Arg
	tree  *ast.AST // parsed, then checked
	uses  []string // formulas it names
	whole bool     // its definition's result is static or its arguments are persons alone
}

// Compile reads a source. The law is nil when there are problems.
func Compile(s Source) (*Law, []Problem) {
	c := &compiler{
		source: s, formulas: map[string]*formula{}, params: map[string]int{}, nodes: map[string]*Expr{}, statics: map[*Expr]int{}, done: map[string]int{}, marks: map[string]int{},
		checked: map[string]checked{}, envs: map[string]*cel.Env{},
		law: &Law{Trees: map[string]*Tree{}, wordIndex: map[string]int64{}, factIndex: [2]map[string]*Fact{{}, {}}, defIndex: map[string]int{}},
	}
	c.dictionary()
	c.parameters()
	c.records()
	var err error
	if c.env, err = c.environment(); err != nil {
		c.problem("", nil, "the names clash: %v", err)
		return nil, c.problems
	}
	c.readFormulas()
	c.programmes()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	c.law.Lists = c.lists
	return c.law, nil
}

func (c *compiler) problem(programme string, path []string, format string, args ...any) {
	c.problems = append(c.problems, Problem{programme, path, fmt.Sprintf(format, args...)})
}

func (c *compiler) dictionary() {
	for _, in := range c.source.Facts {
		f, ok := factOf(in)
		if !ok {
			continue
		}
		for _, m := range f.Members {
			c.word(m)
		}
		c.law.Facts = append(c.law.Facts, f)
	}
	for i := range c.law.Facts {
		f := &c.law.Facts[i]
		if f.Household {
			f.Slot = len(c.law.Households)
			c.law.Households = append(c.law.Households, f)
		} else {
			f.Slot = len(c.law.Persons)
			c.law.Persons = append(c.law.Persons, f)
		}
		c.law.factIndex[truth(f.Household)][f.ID] = f
	}
}

// word is the number of a text.
func (c *compiler) word(s string) int64 {
	n, ok := c.law.wordIndex[s]
	if !ok {
		n = int64(len(c.law.words))
		c.law.words = append(c.law.words, s)
		c.law.wordIndex[s] = n
	}
	return n
}

func (c *compiler) parameters() {
	for i, in := range c.source.Law.Parameters {
		path := []string{"parameters", strconv.Itoa(i)}
		if !c.name(in.ID, path) {
			continue
		}
		p, err := c.paramOf(in)
		if err != nil {
			c.problem("", path, "parameter %s: %v", in.ID, err)
			continue
		}
		c.params[p.ID] = len(c.law.Params)
		c.law.Params = append(c.law.Params, p)
	}
}

// reserved are the names that expressions begin with, and the functions there are.
var reserved = []string{"date", "h", "head", "members", "m", "true", "false", "null", "in",
	"min", "max", "floor", "half_up", "down10", "up10", "given", "starts", "at", "day", "year", "years", "months_between", "full_months", "days",
	"add_months", "in_year", "eligible", "amount_of", "any", "all", "count", "sum"}

// name tells whether a name may be given, and that it is the first so named.
func (c *compiler) name(id string, path []string) bool {
	ok := id != ""
	for i, r := range id {
		ok = ok && (r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9')
	}
	if !ok || slices.Contains(reserved, id) {
		c.problem("", path, "%q cannot be a name here", id)
		return false
	}
	_, isParam := c.params[id]
	_, isFormula := c.formulas[id]
	isList := slices.ContainsFunc(c.lists, func(l *List) bool { return l.ID == id })
	if isParam || isFormula || isList {
		c.problem("", path, "%q stands twice", id)
		return false
	}
	return true
}

func (c *compiler) records() {
	for i, in := range c.source.Law.Lists {
		path := []string{"lists", strconv.Itoa(i)}
		if !c.name(in.ID, path) {
			continue
		}
		l := &List{ID: in.ID, Fields: in.Fields}
		for _, name := range slices.Sorted(maps.Keys(in.Fields)) {
			if kind := in.Fields[name]; celTypes[kind] == nil || kind == "rate" || kind == "month_day" {
				c.problem("", append(path, "fields"), "field %s: unknown type %q: won, int, date, codes or text", name, kind)
				return
			}
		}
		for j, rec := range in.Records {
			out, err := recordOf(in.Fields, rec)
			if err != nil {
				c.problem("", append(path, "records", strconv.Itoa(j)), "%v", err)
				continue
			}
			l.Records = append(l.Records, out)
			for k := range j {
				if len(in.Apart) == 3 && k < len(l.Records)-1 && overlap(l.Records[k], out, in.Apart) {
					c.problem("", append(path, "records", strconv.Itoa(j)), "overlaps in time and region with record %d", k+1)
				}
			}
		}
		if len(in.Apart) != 0 && (len(in.Apart) != 3 || in.Fields[in.Apart[0]] != "date" || in.Fields[in.Apart[1]] != "date" || in.Fields[in.Apart[2]] != "codes") {
			c.problem("", append(path, "apart"), "apart names two date fields and one codes field")
		}
		c.lists = append(c.lists, l)
	}
}

func recordOf(fields map[string]string, rec map[string]any) (map[string]Constant, error) {
	out := map[string]Constant{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		v, ok := rec[name]
		if !ok {
			return nil, fmt.Errorf("field %s is missing", name)
		}
		switch fields[name] {
		case "text":
			s, ok := v.(string)
			if !ok {
				return nil, fmt.Errorf("field %s is no text", name)
			}
			out[name] = Constant{Text: s}
		case "codes":
			texts, ranges, err := codesOf(v)
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", name, err)
			}
			out[name] = Constant{Texts: texts, Ranges: ranges}
		default:
			r, err := numberOf(fields[name], v)
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", name, err)
			}
			out[name] = Constant{Number: r.Num().Int64()}
		}
	}
	for name := range rec {
		if fields[name] == "" {
			return nil, fmt.Errorf("no field %q", name)
		}
	}
	return out, nil
}

// overlap tells whether two records meet in days and in a region.
func overlap(a, b map[string]Constant, apart []string) bool {
	from, to, regions := apart[0], apart[1], apart[2]
	if a[to].Number < b[from].Number || b[to].Number < a[from].Number {
		return false
	}
	for _, x := range a[regions].Ranges {
		for _, y := range b[regions].Ranges {
			if x.Lo <= y.Hi && y.Lo <= x.Hi {
				return true
			}
		}
	}
	return false
}

// readFormulas parses the formulas, puts them in an order in which each comes
// after those it names, and checks their types.
func (c *compiler) readFormulas() {
	var order []string
	for i, in := range c.source.Law.Formulas {
		path := []string{"formulas", strconv.Itoa(i)}
		if !c.name(in.ID, path) {
			continue
		}
		f := &formula{Formula: in, index: i}
		if err := c.arguments(f); err != nil {
			c.problem("", append(path, "of"), "formula %s: %v", in.ID, err)
			continue
		}
		var err error
		if f.tree, err = parse(in.Rule); err != nil {
			c.problem("", append(path, "rule"), "formula %s: %v", in.ID, err)
			continue
		}
		f.uses = namesIn(f.tree.Expr())
		c.formulas[in.ID] = f
		order = append(order, in.ID)
	}
	state := map[string]int{}
	var sorted []*formula
	var visit func(id string, trail []string) bool
	visit = func(id string, trail []string) bool {
		f := c.formulas[id]
		switch {
		case f == nil || state[id] == 2:
			return true
		case state[id] == 1:
			c.problem("", []string{"formulas", strconv.Itoa(f.index), "rule"}, "formula %s: circular: %s", id, strings.Join(append(trail, id), " needs "))
			return false
		}
		state[id] = 1
		for _, use := range f.uses {
			if !visit(use, append(trail, id)) {
				state[id] = 2
				return false
			}
		}
		state[id] = 2
		sorted = append(sorted, f)
		return true
	}
	for _, id := range order {
		visit(id, nil)
	}
	if len(c.problems) > 0 {
		return
	}
	for _, f := range sorted {
		c.checkFormula(f)
	}
}

func (c *compiler) arguments(f *formula) error {
	for _, text := range f.Of {
		name, kind, _ := strings.Cut(text, " ")
		isList := slices.ContainsFunc(c.lists, func(l *List) bool { return l.ID == kind })
		if kind != Person && kind != "int" && !isList {
			return fmt.Errorf("argument %q: nothing, int or the name of a list stands after the name", text)
		}
		f.args = append(f.args, Arg{name, kind})
	}
	f.whole = !slices.ContainsFunc(f.args, func(a Arg) bool { return a.Kind != Person })
	if f.whole && len(f.args) > MaxVars {
		return errors.New("a formula is over two persons at most")
	}
	return nil
}

// namesIn are the names an expression uses: identifiers and functions.
func namesIn(e ast.Expr) []string {
	var out []string
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			out = append(out, e.AsIdent())
		case ast.CallKind:
			out = append(out, e.AsCall().FunctionName())
		}
	}))
	return out
}

// checkFormula checks a formula's types and declares it to those that follow.
func (c *compiler) checkFormula(f *formula) {
	path := []string{"formulas", strconv.Itoa(f.index), "rule"}
	tree, t, err := c.check(f.Rule, f.args)
	if err != nil {
		c.problem("", path, "formula %s: %v", f.ID, err)
		return
	}
	f.tree = tree
	c.law.Trees[f.ID] = &Tree{Name: f.ID, Args: f.args, Source: f.Rule, AST: tree, Unverified: f.Unverified}
	decl := cel.Variable(f.ID, t)
	if len(f.args) > 0 {
		var args []*cel.Type
		for _, a := range f.args {
			args = append(args, argType(a))
		}
		decl = cel.Function(f.ID, cel.Overload("maru_formula_"+f.ID, args, t))
	}
	if c.env, err = c.env.Extend(decl); err != nil {
		c.problem("", path, "formula %s: %v", f.ID, err)
	}
}

func argType(a Arg) *cel.Type {
	switch a.Kind {
	case Person:
		return personType
	case "int":
		return cel.IntType
	default:
		return cel.ObjectType(a.Kind)
	}
}

// checked is what checking an expression gave.
type checked struct {
	tree *ast.AST
	typ  *cel.Type
	err  error
}

// check parses and checks one expression of a formula. Each formula changes the
// environment, so nothing is kept.
func (c *compiler) check(text string, args []Arg) (*ast.AST, *cel.Type, error) {
	env, err := c.with(args)
	if err != nil {
		return nil, nil, err
	}
	return checkIn(env, text)
}

// checkOnce is check for programmes, for which the environment no longer
// changes.
func (c *compiler) checkOnce(text string, args []Arg) (*ast.AST, *cel.Type, error) {
	over := ""
	for _, a := range args {
		over += a.Name + " " + a.Kind + "\n"
	}
	key := over + "\n" + text
	if k, ok := c.checked[key]; ok {
		return k.tree, k.typ, k.err
	}
	env := c.envs[over]
	if env == nil {
		var err error
		if env, err = c.with(args); err != nil {
			return nil, nil, err
		}
		c.envs[over] = env
	}
	var k checked
	k.tree, k.typ, k.err = checkIn(env, text)
	c.checked[key] = k
	return k.tree, k.typ, k.err
}

// with is the environment with names that an expression is over.
func (c *compiler) with(args []Arg) (*cel.Env, error) {
	if len(args) == 0 {
		return c.env, nil
	}
	var opts []cel.EnvOption
	for _, a := range args {
		opts = append(opts, cel.Variable(a.Name, argType(a)))
	}
	return c.env.Extend(opts...)
}

func checkIn(env *cel.Env, text string) (*ast.AST, *cel.Type, error) {
	if len(text) > 10_000 {
		return nil, nil, errors.New("the expression is longer than 10,000 characters")
	}
	checked, issues := env.Compile(text)
	if issues != nil && issues.Err() != nil {
		e := issues.Errors()[0]
		return nil, nil, fmt.Errorf("column %d: %s", e.Location.Column()+1, firstLine(e.Message))
	}
	return checked.NativeRep(), checked.OutputType(), nil
}

func (c *compiler) programmes() {
	if len(c.problems) > 0 {
		return
	}
	for _, p := range c.source.Programmes {
		c.checkProgramme(p)
	}
	if len(c.problems) > 0 {
		return
	}
	for _, p := range c.source.Programmes {
		c.lowerProgramme(p)
	}
	for _, f := range c.source.Law.Formulas {
		if len(c.problems) == 0 && c.formulas[f.ID].whole {
			c.definition(f.ID, nil, []string{"formulas", strconv.Itoa(c.formulas[f.ID].index), "rule"})
		}
	}
}

func programmeArgs(p Programme) []Arg {
	if p.Benefit.Unit == "person" {
		return []Arg{{"m", Person}}
	}
	return nil
}

// parts are a programme's expressions by the names of their definitions.
func parts(p Programme) (names, texts []string, paths [][]string) {
	add := func(name, text string, path ...string) {
		names, texts, paths = append(names, p.ID+"."+name), append(texts, text), append(paths, append([]string{"benefit"}, path...))
	}
	for i, cond := range p.Benefit.Conditions {
		add(cond.ID, cond.When, "conditions", strconv.Itoa(i), "when")
	}
	add("amount", p.Benefit.Amount, "amount")
	return names, texts, paths
}

func (c *compiler) checkProgramme(p Programme) {
	if p.Benefit.Unit != "person" && p.Benefit.Unit != "household" {
		c.problem(p.ID, []string{"benefit", "unit"}, "unit is person or household")
		return
	}
	if len(p.Benefit.Conditions) == 0 {
		c.problem(p.ID, []string{"benefit"}, "it has no condition")
	}
	names, texts, paths := parts(p)
	for i, name := range names {
		if c.law.Trees[name] != nil {
			c.problem(p.ID, paths[i], "%s stands twice", name)
			continue
		}
		tree, t, err := c.checkOnce(texts[i], programmeArgs(p))
		isNumber := strings.HasSuffix(name, ".amount")
		switch {
		case err != nil:
			c.problem(p.ID, paths[i], "%v", err)
		case isNumber && !t.IsExactType(cel.IntType) && !t.IsExactType(numType):
			c.problem(p.ID, paths[i], "it gives %s; an amount is a number of won", t)
		case !isNumber && !t.IsExactType(cel.BoolType):
			c.problem(p.ID, paths[i], "it gives %s; a condition is true or false", t)
		default:
			unsure := p.Benefit.AmountUnverified
			if i < len(p.Benefit.Conditions) {
				unsure = p.Benefit.Conditions[i].Unverified
			}
			c.law.Trees[name] = &Tree{Name: name, Args: programmeArgs(p), Source: texts[i], AST: tree, Unverified: unsure}
		}
	}
}
