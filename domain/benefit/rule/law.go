package rule

import (
	"slices"

	"cel.dev/cel-go/common/ast"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Law is everything compiled together. It does not change.
type Law struct {
	Facts      []Fact
	Params     []*Param
	Lists      []*List
	Defs       []*Def
	Programmes []*Compiled
	// Nodes are all nodes by their ID; Static those by the number that an
	// OpStatic carries.
	Nodes  []*Expr
	Static []*Expr
	// Persons and Households are the facts by their slots.
	Persons, Households []*Fact
	// Marks are the names of what can be unverified: parameters, formulas,
	// conditions ("programme.c1") and amounts ("programme.amount").
	Marks []string
	// Trees are the checked expressions, for the reference evaluator alone.
	Trees map[string]*Tree

	words     []string
	wordIndex map[string]int64
	bits      []string
	factIndex [2]map[string]*Fact // of persons, of households
	defIndex  map[string]int
}

// Compiled is a programme as numbers of definitions.
type Compiled struct {
	ID         string
	Person     bool // decided for each member; else for the household
	Benefit    contract.Benefit
	Conditions []int
	Eligible   int // all conditions together
	Amount     int
}

// List is a list of records that rules go through.
type List struct {
	ID      string
	Fields  map[string]string
	Records []map[string]Constant
}

// Constant is one field of a record: a number (won, int, date) or texts.
type Constant struct {
	Number int64
	Text   string
	Texts  []string
	Ranges []Range
}

// Tree is one checked expression with the names it is over.
type Tree struct {
	Name   string
	Args   []Arg
	Source string
	AST    *ast.AST
	// Unverified: what it says was not found published.
	Unverified bool
}

// Arg is a name that a formula is over: a person, a whole number (Kind "int")
// or a record of the list Kind.
type Arg struct {
	Name, Kind string
}

// Person is the Kind of an Arg that is a person.
const Person = ""

// Word is the text of a word's number.
func (l *Law) Word(n int64) string { return l.words[n] }

// WordOf is the number of a text that rules or facts name; ok is false for any
// other.
func (l *Law) WordOf(text string) (n int64, ok bool) {
	n, ok = l.wordIndex[text]
	return n, ok
}

// Words is how many words there are.
func (l *Law) Words() int { return len(l.words) }

// SetBit is the bit of a programme in a set, -1 when no rule asks for it.
func (l *Law) SetBit(programme string) int { return slices.Index(l.bits, programme) }

// SetBits are the programmes that rules ask a set for, by their bits.
func (l *Law) SetBits() []string { return l.bits }

// Fact finds a fact of a person or of the household.
func (l *Law) Fact(household bool, id string) *Fact {
	return l.factIndex[truth(household)][id]
}

// Def finds a definition by name: a formula's, or programme.c1,
// programme.eligible, programme.amount.
func (l *Law) Def(name string) *Def {
	if i := l.DefIndex(name); i >= 0 {
		return l.Defs[i]
	}
	return nil
}

// DefIndex is the number of a definition, -1 when there is none of that name.
func (l *Law) DefIndex(name string) int {
	if i, ok := l.defIndex[name]; ok {
		return i
	}
	return -1
}

// Programme finds a programme.
func (l *Law) Programme(id string) *Compiled {
	i := slices.IndexFunc(l.Programmes, func(p *Compiled) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return l.Programmes[i]
}

// Run is a law on one date.
type Run struct {
	*Law
	Date    int64 // days since 1970-01-01
	KnownOn int64 // 0: all that is in store
	// Param is what each parameter is on the date; Static the values of the
	// static nodes.
	Param  []*Dated
	Static []int64
}

// At is the law on a date, by what was known on another (the zero date: all).
func (l *Law) At(date, knownOn kernel.Date) *Run {
	r := &Run{Law: l, Date: DayOf(date)}
	if !knownOn.IsZero() {
		r.KnownOn = DayOf(knownOn)
	}
	r.Param = make([]*Dated, len(l.Params))
	for i, p := range l.Params {
		r.Param[i] = p.At(r.Date, r.KnownOn)
	}
	r.Static = make([]int64, len(l.Static))
	for i, e := range l.Static {
		r.Static[i] = r.static(e)
	}
	return r
}

// static is the value of a node that depends on the run alone.
func (r *Run) static(e *Expr) int64 {
	arg := func(i int) int64 { return r.static(e.Args[i]) }
	switch e.Op {
	case OpConst:
		return e.K
	case OpStatic:
		// Statics are numbered as they are made: what one holds stands before it.
		return r.Static[e.K]
	case OpDate:
		return r.Date
	case OpParam:
		return r.Param[e.K].Number
	case OpAnd:
		for i := range e.Args {
			if arg(i) == 0 {
				return 0
			}
		}
		return 1
	case OpOr:
		for i := range e.Args {
			if arg(i) != 0 {
				return 1
			}
		}
		return 0
	case OpIf:
		if arg(0) != 0 {
			return arg(1)
		}
		return arg(2)
	case OpTable:
		at := 0
		for i := range e.Args {
			at = at*r.Params[e.K].Size[i] + r.Params[e.K].Place(i, arg(i))
		}
		return r.Param[e.K].Table[at]
	}
	var a, b int64
	if len(e.Args) > 0 {
		a = arg(0)
	}
	if len(e.Args) > 1 {
		b = arg(1)
	}
	return r.Apply(e, a, b)
}

// Place is where a key stands along one side of a table.
func (p *Param) Place(side int, key int64) int {
	if p.Keys[side] == nil {
		return int(key) - 1
	}
	return slices.Index(p.Keys[side], key)
}

// Apply computes a node of one or two known operands.
func (r *Run) Apply(e *Expr, a, b int64) int64 {
	switch e.Op {
	case OpNot:
		return 1 - a
	case OpEq:
		return truth(a == b)
	case OpLess:
		return truth(a < b)
	case OpLessEq:
		return truth(a <= b)
	case OpAdd:
		return a + b
	case OpSub:
		return a - b
	case OpMul:
		return a * b
	case OpScale:
		return a * e.K
	case OpFloor:
		return floorDiv(a, e.Args[0].Den)
	case OpMin:
		return min(a, b)
	case OpMax:
		return max(a, b)
	case OpIn:
		_, found := slices.BinarySearch(e.List, a)
		return truth(found)
	case OpHas:
		return a >> e.K & 1
	case OpStarts:
		return truth(In(r.Param[e.K].Ranges, a))
	case OpYears:
		return Years(a, b)
	case OpMonths:
		return Months(a, b)
	case OpFullMonths:
		return FullMonths(a, b)
	case OpDays:
		return b - a
	case OpYear:
		y, _, _ := Civil(a)
		return y
	case OpAddMonths:
		return AddMonths(a, b)
	case OpInYear:
		return InYear(a, b)
	case OpAt:
		return r.Params[e.K].At(a, r.KnownOn).Number
	}
	panic("rule: not a plain operation")
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// ParamIndex is the number of a parameter, -1 when there is none of that name.
func (l *Law) ParamIndex(id string) int {
	return slices.IndexFunc(l.Params, func(p *Param) bool { return p.ID == id })
}
