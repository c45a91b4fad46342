package rule

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"maru/kernel"
)

// bound is what a name stands for while an expression is lowered.
type bound struct {
	person int // a variable or Head, when isPerson
	expr   *Expr
	rests  *Rests // of expr
	record map[string]Constant
	list   *List

	isPerson bool
}

// scope is the names in force. depth counts the variables in use.
type scope struct {
	names map[string]bound
	depth int
}

func (s scope) with(name string, b bound) scope {
	names := map[string]bound{name: b}
	for k, v := range s.names {
		if k != name {
			names[k] = v
		}
	}
	return scope{names, s.depth}
}

// errLower is a finding inside an expression; it is recovered at its edge.
type errLower struct{ error }

func fail(format string, args ...any) {
	panic(errLower{fmt.Errorf(format, args...)})
}

// definition lowers a formula or a programme's part once and gives its number.
func (c *compiler) definition(name string, programmePath []string, path []string) int {
	if i, ok := c.done[name]; ok {
		return i
	}
	programme := ""
	if programmePath != nil {
		programme = programmePath[0]
	}
	if slices.Contains(c.busy, name) {
		c.problem(programme, path, "circular: %s", strings.Join(append(c.busy, name), " needs "))
		c.done[name] = -1
		return -1
	}
	c.busy = append(c.busy, name)
	defer func() { c.busy = c.busy[:len(c.busy)-1] }()
	tree := c.law.Trees[name]
	body, rests, err := c.lowered(tree)
	if err == nil && strings.HasSuffix(name, ".amount") && programme != "" && body.Den != 1 {
		err = errors.New("the amount can be a part of a won: round it with half_up, down10 or up10")
	}
	if err != nil {
		c.problem(programme, path, "%s: %v", name, err)
		c.done[name] = -1
		return -1
	}
	if tree.Unverified {
		rests = c.marked(name, rests)
	}
	return c.define(name, len(tree.Args), body, rests)
}

func (c *compiler) define(name string, persons int, body *Expr, rests *Rests) int {
	body = c.wrapped(body)
	d := &Def{Name: name, Persons: persons, Body: body, Rests: rests}
	c.reads(d, body, map[*Expr]bool{})
	if f := c.formulas[name]; f != nil {
		d.Title = f.Title
	}
	d.Params, d.AnyDay, d.Calls = sorted(d.Params), sorted(d.AnyDay), sorted(d.Calls)
	c.done[name] = len(c.law.Defs)
	c.law.defIndex[name] = len(c.law.Defs)
	c.law.Defs = append(c.law.Defs, d)
	return c.done[name]
}

// sorted is a list in order, without repeats.
func sorted[T cmp.Ordered](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}

// reads collects the parameters and definitions that a node can read.
func (c *compiler) reads(d *Def, e *Expr, seen map[*Expr]bool) {
	if seen[e] {
		return
	}
	seen[e] = true
	switch e.Op {
	case OpParam, OpTable, OpStarts:
		d.Params = append(d.Params, int(e.K))
	case OpAt:
		d.AnyDay = append(d.AnyDay, int(e.K))
	case OpStatic:
		c.reads(d, c.law.Static[e.K], seen)
	case OpCall:
		to := c.law.Defs[e.K]
		d.Params = append(d.Params, to.Params...)
		d.AnyDay = append(d.AnyDay, to.AnyDay...)
		d.Calls = append(append(d.Calls, int(e.K)), to.Calls...)
	}
	for _, a := range e.Args {
		c.reads(d, a, seen)
	}
}

func (c *compiler) lowered(t *Tree) (out *Expr, rests *Rests, err error) {
	outer := c.parts
	c.parts = nil
	defer func() {
		c.parts = outer
		switch r := recover().(type) {
		case nil:
		case errLower:
			err = r.error
		default:
			panic(r)
		}
	}()
	s := scope{names: map[string]bound{}}
	for _, a := range t.Args {
		s = s.with(a.Name, bound{person: s.depth, isPerson: true})
		s.depth++
	}
	out = c.lower(t.AST.Expr(), s)
	return out, c.parts[0].Rests, nil
}

func (c *compiler) lowerProgramme(p Programme) {
	names, _, paths := parts(p)
	out := &Compiled{ID: p.ID, Person: p.Benefit.Unit == "person", Benefit: p.Benefit}
	n := len(p.Benefit.Conditions)
	for i, name := range names {
		def := c.definition(name, []string{p.ID}, paths[i])
		if i < n {
			out.Conditions = append(out.Conditions, def)
		} else {
			out.Amount = def
		}
	}
	if len(c.problems) == 0 {
		out.Eligible = c.verdict(p)
		c.law.Programmes = append(c.law.Programmes, out)
	}
}

// verdict is the definition of all conditions of a programme together.
func (c *compiler) verdict(p Programme) int {
	name := p.ID + ".eligible"
	if i, ok := c.done[name]; ok {
		return i
	}
	if slices.Contains(c.busy, name) {
		fail("circular: %s", strings.Join(append(c.busy, name), " needs "))
	}
	c.busy = append(c.busy, name)
	defer func() { c.busy = c.busy[:len(c.busy)-1] }()
	var args []*Expr
	var parts []Part
	persons := len(programmeArgs(p))
	for i, cond := range p.Benefit.Conditions {
		def := c.definition(p.ID+"."+cond.ID, []string{p.ID}, []string{"benefit", "conditions", strconv.Itoa(i), "when"})
		if def < 0 {
			fail("needs %s.%s, which cannot be read", p.ID, cond.ID)
		}
		vars := []int{0, 1}[:persons]
		one := c.call(def, vars)
		args, parts = append(args, one), append(parts, Part{one, c.callRests(def, vars)})
	}
	return c.define(name, persons, c.and(args), c.of(RestsAnd, parts))
}

// programmeCall is eligible or amount_of with the id of a programme.
func (c *compiler) programmeCall(fn string, args []ast.Expr, s scope) *Expr {
	id := textOf(args[0])
	i := slices.IndexFunc(c.source.Programmes, func(p Programme) bool { return p.ID == id })
	if i < 0 {
		fail("no programme %q with a rule", id)
	}
	p := c.source.Programmes[i]
	if (p.Benefit.Unit == "person") != (len(args) == 2) {
		fail("%s(%q): a person stands with programmes of persons alone", fn, id)
	}
	var vars []int
	if len(args) == 2 {
		vars = []int{c.person(args[1], s)}
	}
	if fn == "eligible" {
		return c.call(c.verdict(p), vars)
	}
	def := c.definition(id+".amount", []string{id}, []string{"benefit", "amount"})
	if def < 0 {
		fail("needs the amount of %s, which cannot be read", id)
	}
	return c.call(def, vars)
}

// person is the variable that an expression of a person names.
func (c *compiler) person(e ast.Expr, s scope) int {
	if e.Kind() == ast.IdentKind {
		if e.AsIdent() == "head" {
			return Head
		}
		if b, ok := s.names[e.AsIdent()]; ok && b.isPerson {
			return b.person
		}
	}
	fail("a person is named by m, head or the name of a loop")
	return 0
}

// textOf is a text written out.
func textOf(e ast.Expr) string {
	if e.Kind() == ast.LiteralKind {
		if t, ok := e.AsLiteral().(types.String); ok {
			return string(t)
		}
	}
	fail("a text in quotes is wanted here")
	return ""
}

// lower turns an expression into a node and notes what its value rests on.
func (c *compiler) lower(e ast.Expr, s scope) *Expr {
	from := len(c.parts)
	n := c.lowerPlain(e, s)
	rests := c.restsOf(e, s, c.parts[from:])
	c.parts = append(c.parts[:from], Part{n, rests})
	return n
}

func (c *compiler) lowerPlain(e ast.Expr, s scope) *Expr {
	switch e.Kind() {
	case ast.LiteralKind:
		return c.literal(e)
	case ast.IdentKind:
		return c.ident(e.AsIdent(), s)
	case ast.SelectKind:
		return c.field(e.AsSelect(), s)
	case ast.CallKind:
		return c.function(e.AsCall(), s)
	case ast.ComprehensionKind:
		return c.loop(e.AsComprehension(), s)
	}
	fail("lists and records are for “in” and starts alone")
	return nil
}

func (c *compiler) literal(e ast.Expr) *Expr {
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		return c.constant(Bool, truth(bool(v)))
	case types.Int:
		if int64(v) > maxProperty || int64(v) < -maxProperty {
			fail("%d is too large", int64(v))
		}
		return c.constant(Num, int64(v))
	case types.String:
		return c.constant(Word, c.word(string(v)))
	}
	fail("%v: write whole numbers, texts, true or false; a fraction as a division", e.AsLiteral())
	return nil
}

func (c *compiler) ident(name string, s scope) *Expr {
	if b, ok := s.names[name]; ok {
		if b.expr == nil {
			fail("%s is a person or record; a field of it is wanted", name)
		}
		return b.expr
	}
	if name == "date" {
		return c.node(Expr{Op: OpDate, Type: Date, Den: 1, Static: true, Lo: minDay, Hi: maxDay})
	}
	if k, ok := c.params[name]; ok {
		p := c.law.Params[k]
		if len(p.By) > 0 || p.Kind == "codes" {
			fail("%s is a table or a list; a key or starts is wanted", name)
		}
		return c.node(Expr{Op: OpParam, Type: p.valueType(), Den: p.Den, K: int64(k), Static: true, Lo: p.Lo, Hi: p.Hi})
	}
	if f, ok := c.formulas[name]; ok && len(f.args) == 0 {
		return c.callFormula(f, nil, s)
	}
	fail("%s cannot stand alone", name)
	return nil
}

func (p *Param) valueType() Type {
	if p.Kind == "date" {
		return Date
	}
	return Num
}

func (c *compiler) field(sel ast.SelectExpr, s scope) *Expr {
	on, name := sel.Operand(), sel.FieldName()
	if on.Kind() != ast.IdentKind {
		fail("a field is of h, a person or a record")
	}
	id := on.AsIdent()
	if b, ok := s.names[id]; ok && b.record != nil {
		kind, v := b.list.Fields[name], b.record[name]
		switch kind {
		case "text":
			return c.constant(Word, c.word(v.Text))
		case "date":
			return c.constant(Date, v.Number)
		case "codes":
			fail("%s.%s is a list of codes; it stands in starts", id, name)
		}
		return c.constant(Num, v.Number)
	}
	household := id == "h"
	f := c.law.Fact(household, name)
	e := Expr{Op: OpHousehold, Type: f.Type, Den: 1, K: int64(f.Slot), Lo: f.Lo, Hi: f.Hi}
	if !household {
		e.Op = OpFact
		e.Var = []int{c.person(on, s)}
	}
	if f.Type == Word {
		for _, m := range f.Members {
			e.Words = append(e.Words, c.word(m))
		}
		slices.Sort(e.Words)
		e.Lo, e.Hi = e.Words[0], e.Words[len(e.Words)-1]
	}
	return c.node(e)
}

func (c *compiler) loop(l ast.ComprehensionExpr, s scope) *Expr {
	over := l.IterRange()
	step := l.LoopStep().AsCall()
	body := step.Args()[1]
	name := over.AsIdent()
	if over.Kind() != ast.IdentKind {
		fail("a loop goes over members or a list")
	}
	if _, taken := s.names[l.IterVar()]; taken || slices.Contains(reserved, l.IterVar()) {
		fail("%s has a meaning already: name the person of the loop otherwise", l.IterVar())
	}
	var parts []*Expr
	if name != "members" {
		i := slices.IndexFunc(c.lists, func(x *List) bool { return x.ID == name })
		if i < 0 {
			fail("a loop goes over members or a list, not %s", name)
		}
		for _, rec := range c.lists[i].Records {
			parts = append(parts, c.lower(body, s.with(l.IterVar(), bound{record: rec, list: c.lists[i]})))
		}
	} else {
		if s.depth >= MaxVars {
			fail("loops over members stand in one another too deep: put the inner one into a formula")
		}
		inner := s.with(l.IterVar(), bound{person: s.depth, isPerson: true})
		inner.depth++
		one := c.lower(body, inner)
		switch step.FunctionName() {
		case stepAny:
			return c.over(OpAny, one, s.depth)
		case stepAll:
			return c.not(c.over(OpAny, c.not(one), s.depth))
		case stepCount:
			return c.over(OpSum, c.choose(one, c.constant(Num, 1), c.constant(Num, 0)), s.depth)
		default:
			return c.over(OpSum, one, s.depth)
		}
	}
	switch step.FunctionName() {
	case stepAny:
		return c.or(parts)
	case stepAll:
		return c.and(parts)
	}
	sum := c.constant(Num, 0)
	for _, p := range parts {
		if step.FunctionName() == stepCount {
			p = c.choose(p, c.constant(Num, 1), c.constant(Num, 0))
		}
		sum = c.add(OpAdd, sum, p)
	}
	return sum
}

// function lowers a call.
func (c *compiler) function(call ast.CallExpr, s scope) *Expr {
	name, args := call.FunctionName(), call.Args()
	if f, ok := c.formulas[name]; ok {
		return c.callFormula(f, args, s)
	}
	switch name {
	case "eligible", "amount_of":
		return c.programmeCall(name, args, s)
	case "day":
		d, err := kernel.ParseDate(textOf(args[0]))
		if err != nil {
			fail("%v", err)
		}
		return c.constant(Date, DayOf(d))
	case "given":
		return c.given(args, s)
	case "starts":
		return c.starts(args, s)
	case "at":
		return c.at(args, s)
	case operators.In:
		return c.in(args, s)
	case operators.Index:
		return c.table(call, s)
	case operators.Equals, operators.NotEquals:
		e := c.equal(args, s)
		if name == operators.NotEquals {
			return c.not(e)
		}
		return e
	}
	in := make([]*Expr, len(args))
	for i, a := range args {
		in[i] = c.lower(a, s)
	}
	switch name {
	case operators.LogicalAnd:
		return c.and(in)
	case operators.LogicalOr:
		return c.or(in)
	case operators.LogicalNot:
		return c.not(in[0])
	case operators.Conditional:
		return c.choose(in[0], in[1], in[2])
	case operators.Less:
		return c.compare(OpLess, in[0], in[1])
	case operators.LessEquals:
		return c.compare(OpLessEq, in[0], in[1])
	case operators.Greater:
		return c.compare(OpLess, in[1], in[0])
	case operators.GreaterEquals:
		return c.compare(OpLessEq, in[1], in[0])
	case operators.Add:
		return c.add(OpAdd, in[0], in[1])
	case operators.Subtract:
		return c.add(OpSub, in[0], in[1])
	case operators.Negate:
		return c.add(OpSub, c.constant(Num, 0), in[0])
	case operators.Multiply:
		return c.multiply(in[0], in[1])
	case operators.Divide:
		return c.divide(in[0], in[1])
	case "min":
		return c.add(OpMin, in[0], in[1])
	case "max":
		return c.add(OpMax, in[0], in[1])
	case "floor":
		return c.floor(in[0])
	case "half_up":
		return c.floor(c.add(OpAdd, in[0], c.divide(c.constant(Num, 1), c.constant(Num, 2))))
	case "down10":
		return c.multiply(c.floor(c.divide(in[0], c.constant(Num, 10))), c.constant(Num, 10))
	case "up10":
		up := c.add(OpSub, c.constant(Num, 0), c.divide(in[0], c.constant(Num, 10)))
		return c.multiply(c.add(OpSub, c.constant(Num, 0), c.floor(up)), c.constant(Num, 10))
	case "years":
		return c.between(OpYears, Years, in)
	case "months_between":
		return c.between(OpMonths, Months, in)
	case "full_months":
		return c.between(OpFullMonths, FullMonths, in)
	case "days":
		return c.between(OpDays, func(a, b int64) int64 { return b - a }, in)
	case "year":
		lo, _, _ := Civil(in[0].Lo)
		hi, _, _ := Civil(in[0].Hi)
		return c.node(Expr{Op: OpYear, Type: Num, Den: 1, Args: in, Lo: lo, Hi: hi})
	case "add_months":
		const most = 14400 // twelve centuries
		if in[1].Lo < -most || in[1].Hi > most {
			fail("add_months: as many as %d to %d months", in[1].Lo, in[1].Hi)
		}
		return c.node(Expr{Op: OpAddMonths, Type: Date, Den: 1, Args: in, Lo: AddMonths(in[0].Lo, in[1].Lo), Hi: AddMonths(in[0].Hi, in[1].Hi)})
	case "in_year":
		if in[1].Op != OpParam && in[1].Op != OpConst || in[1].Lo < 101 || in[1].Hi > 1231 {
			fail("in_year wants a month and day: a parameter of type month_day, or month*100+day")
		}
		if in[0].Lo < 0 || in[0].Hi > 9999 {
			fail("in_year: the year can be %d to %d", in[0].Lo, in[0].Hi)
		}
		return c.node(Expr{Op: OpInYear, Type: Date, Den: 1, Args: in, Lo: InYear(in[0].Lo, 101), Hi: InYear(in[0].Hi, 1231) + 31})
	}
	fail("%s cannot stand here", name)
	return nil
}

// callFormula calls a formula over persons, and writes any other out in place.
func (c *compiler) callFormula(f *formula, args []ast.Expr, s scope) *Expr {
	if f.whole {
		def := c.definition(f.ID, nil, []string{"formulas", strconv.Itoa(f.index), "rule"})
		if def < 0 {
			fail("needs formula %s, which cannot be read", f.ID)
		}
		var vars []int
		for _, a := range args {
			vars = append(vars, c.person(a, s))
		}
		return c.call(def, vars)
	}
	inner := scope{names: map[string]bound{}, depth: s.depth}
	for i, a := range f.args {
		switch a.Kind {
		case Person:
			inner = inner.with(a.Name, bound{person: c.person(args[i], s), isPerson: true})
		case "int":
			n := c.lower(args[i], s)
			inner = inner.with(a.Name, bound{expr: n, rests: c.parts[len(c.parts)-1].Rests})
		default:
			b, ok := s.names[args[i].AsIdent()]
			if args[i].Kind() != ast.IdentKind || !ok || b.record == nil {
				fail("%s: a record of %s is named by the name of its loop", f.ID, a.Kind)
			}
			inner = inner.with(a.Name, b)
		}
	}
	return c.lower(f.tree.Expr(), inner)
}

// given is a fact, or what stands in for it.
func (c *compiler) given(args []ast.Expr, s scope) *Expr {
	fact, other := c.lower(args[0], s), c.lower(args[1], s)
	if fact.Op != OpHousehold && fact.Op != OpFact {
		fail("given: the first argument is a fact")
	}
	if fact.Type != other.Type {
		fail("given: what stands in for a fact is of its kind; regions are compared with starts")
	}
	e := Expr{Op: OpGiven, Type: fact.Type, Den: 1, Lo: min(fact.Lo, other.Lo), Hi: max(fact.Hi, other.Hi)}
	if fact.Type == Num {
		fact, other = c.level(fact, other)
		e.Den, e.Lo, e.Hi = fact.Den, min(fact.Lo, other.Lo), max(fact.Hi, other.Hi)
	}
	if fact.Type == Word {
		c.member(fact, other)
		e.Words = union(fact.Words, other.Words)
	}
	e.Args = []*Expr{fact, other}
	return c.node(e)
}

func (c *compiler) starts(args []ast.Expr, s scope) *Expr {
	code := c.lower(args[0], s)
	if code.Type != Code {
		fail("starts: the first argument is a region code")
	}
	var k int
	list := args[1]
	switch list.Kind() {
	case ast.IdentKind:
		i, ok := c.params[list.AsIdent()]
		if !ok || c.law.Params[i].Kind != "codes" {
			fail("starts: %s is no list of codes", list.AsIdent())
		}
		k = i
	case ast.ListKind:
		var texts []string
		for _, el := range list.AsList().Elements() {
			texts = append(texts, textOf(el))
		}
		k = c.codes(texts)
	case ast.SelectKind:
		on := list.AsSelect().Operand()
		if b, ok := s.names[on.AsIdent()]; on.Kind() == ast.IdentKind && ok && b.record != nil {
			k = c.codes(b.record[list.AsSelect().FieldName()].Texts)
			break
		}
		fallthrough
	default:
		fail("starts: the second argument is a list of texts, a parameter or a record's field of type codes")
	}
	return c.node(Expr{Op: OpStarts, Type: Bool, Den: 1, K: int64(k), Args: []*Expr{code}, Hi: 1})
}

// codes is the number of a parameter that holds beginnings of codes written in
// a rule.
func (c *compiler) codes(texts []string) int {
	ranges, err := rangesOf(texts)
	if err != nil {
		fail("%v", err)
	}
	id := strings.Join(texts, " ")
	if k, ok := c.params[id]; ok {
		return k
	}
	c.params[id] = len(c.law.Params)
	c.law.Params = append(c.law.Params, &Param{ID: id, Kind: "codes", Den: 1, Values: []Dated{{From: minDay, Ranges: ranges, Texts: texts}}})
	return c.params[id]
}

// at is a parameter on another day than the run's.
func (c *compiler) at(args []ast.Expr, s scope) *Expr {
	k, ok := -1, false
	if args[0].Kind() == ast.IdentKind {
		k, ok = c.params[args[0].AsIdent()], c.params[args[0].AsIdent()] > 0 || len(c.law.Params) > 0 && c.law.Params[0].ID == args[0].AsIdent()
	}
	if !ok {
		fail("at: the first argument is a parameter")
	}
	p := c.law.Params[k]
	return c.node(Expr{Op: OpAt, Type: p.valueType(), Den: p.Den, K: int64(k), Args: []*Expr{c.lower(args[1], s)}, Lo: p.Lo, Hi: p.Hi})
}

func (c *compiler) in(args []ast.Expr, s scope) *Expr {
	if args[1].Kind() == ast.ListKind {
		what := c.lower(args[0], s)
		e := Expr{Op: OpIn, Type: Bool, Den: 1, Args: []*Expr{what}, Hi: 1}
		if what.Type == Code {
			fail("compare regions with starts")
		}
		for _, el := range args[1].AsList().Elements() {
			one := c.lower(el, s)
			if one.Op != OpConst {
				fail("in: the list holds texts or numbers written out")
			}
			c.member(what, one)
			e.List = append(e.List, one.K)
		}
		if what.Den != 1 {
			fail("in: a fraction cannot be looked for in a list")
		}
		slices.Sort(e.List)
		e.List = slices.Compact(e.List)
		return c.node(e)
	}
	set := c.lower(args[1], s)
	id := textOf(args[0])
	if set.Type != Set {
		fail("in: a list written out or a set stands on the right")
	}
	if !slices.ContainsFunc(c.source.Programmes, func(p Programme) bool { return p.ID == id }) {
		fail("no programme %q with a rule", id)
	}
	bit := slices.Index(c.law.bits, id)
	if bit < 0 {
		if bit = len(c.law.bits); bit == 63 {
			fail("rules ask a set for more than 63 programmes")
		}
		c.law.bits = append(c.law.bits, id)
	}
	return c.node(Expr{Op: OpHas, Type: Bool, Den: 1, K: int64(bit), Args: []*Expr{set}, Hi: 1})
}

// table is a parameter with its keys.
func (c *compiler) table(call ast.CallExpr, s scope) *Expr {
	var keys []ast.Expr
	var on ast.Expr
	for {
		on = call.Args()[0]
		keys = append([]ast.Expr{call.Args()[1]}, keys...)
		if on.Kind() != ast.CallKind || on.AsCall().FunctionName() != operators.Index {
			break
		}
		call = on.AsCall()
	}
	if on.Kind() != ast.IdentKind {
		fail("keys are for parameters")
	}
	k, ok := c.params[on.AsIdent()]
	if !ok {
		fail("%s is no parameter", on.AsIdent())
	}
	p := c.law.Params[k]
	if len(keys) != len(p.By) {
		fail("%s has %d keys", p.ID, len(p.By))
	}
	e := Expr{Op: OpTable, Type: p.valueType(), Den: p.Den, K: int64(k), Lo: p.Lo, Hi: p.Hi}
	for i, key := range keys {
		x := c.lower(key, s)
		switch {
		case p.Keys[i] == nil && (x.Lo < 1 || x.Hi > int64(p.Size[i])):
			fail("%s has the keys 1 to %d, but the key can be %d to %d: bound it with min and max", p.ID, p.Size[i], x.Lo, x.Hi)
		case p.Keys[i] != nil && x.Words == nil:
			fail("%s: the key can be any text", p.ID)
		case p.Keys[i] != nil:
			for _, w := range x.Words {
				if !slices.Contains(p.Keys[i], w) {
					fail("%s has no key %q", p.ID, c.law.words[w])
				}
			}
		}
		e.Args = append(e.Args, x)
	}
	return c.node(e)
}

func (c *compiler) equal(args []ast.Expr, s scope) *Expr {
	if c.isPerson(args[0], s) {
		a, b := c.person(args[0], s), c.person(args[1], s)
		switch {
		case a == b:
			return c.constant(Bool, 1)
		case a == Head:
			return c.node(Expr{Op: OpIsHead, Type: Bool, Den: 1, Var: []int{b}, Hi: 1})
		case b == Head:
			return c.node(Expr{Op: OpIsHead, Type: Bool, Den: 1, Var: []int{a}, Hi: 1})
		}
		return c.node(Expr{Op: OpSame, Type: Bool, Den: 1, Var: []int{min(a, b), max(a, b)}, Hi: 1})
	}
	a, b := c.lower(args[0], s), c.lower(args[1], s)
	if a.Type == Code || b.Type == Code {
		fail("compare regions with starts")
	}
	c.member(a, b)
	return c.compare(OpEq, a, b)
}

func (c *compiler) isPerson(e ast.Expr, s scope) bool {
	if e.Kind() != ast.IdentKind {
		return false
	}
	return e.AsIdent() == "head" || s.names[e.AsIdent()].isPerson
}

// member sees that the words of two operands can meet: a word that a fact never
// takes is a slip of the pen.
func (c *compiler) member(a, b *Expr) {
	if a.Type != Word || b.Type != Word {
		return
	}
	for _, p := range [][2]*Expr{{a, b}, {b, a}} {
		for _, w := range p[0].Words {
			if p[0].Op == OpConst && p[1].Words != nil && !slices.Contains(p[1].Words, w) {
				fail("%q is none of its values", c.law.words[w])
			}
		}
	}
}
