package reference

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// run is the law on one day for one situation.
type run struct {
	law           *rule.Law
	situation     situation.Situation
	date, knownOn time.Time // knownOn: the zero time for all that is in store
	// done are the values of expressions over persons that were computed already:
	// a hundred formulas ask for the same ages and incomes again and again.
	done map[string]value
	// err is the first thing that could not be computed; values after it mean
	// nothing.
	err error
}

// names are what the names of an expression stand for, before those of the law.
type names map[string]value

// with is the names and one more.
func (n names) with(name string, v value) names {
	out := names{}
	for k, x := range n {
		out[k] = x
	}
	out[name] = v
	return out
}

// fail notes what could not be computed.
func (r *run) fail(format string, args ...any) value {
	if r.err == nil {
		r.err = fmt.Errorf("benefit: "+format, args...)
	}
	return value{}
}

// tree computes one of the law's expressions.
func (r *run) tree(name string, args ...value) value {
	t := r.law.Trees[name]
	if t == nil || len(t.Args) != len(args) {
		return r.fail("no rule %s of %d names", name, len(args))
	}
	key, persons := name, true
	in := names{}
	for i, a := range t.Args {
		in[a.Name] = args[i]
		key += " " + strconv.Itoa(args[i].person)
		persons = persons && args[i].kind == person
	}
	if v, ok := r.done[key]; ok && persons {
		return v
	}
	v := r.eval(t.AST.Expr(), in)
	if t.Unverified && v.known() {
		v = v.restingOn(name)
	}
	if persons {
		r.done[key] = v
	}
	return v
}

func (r *run) eval(e ast.Expr, in names) value {
	switch e.Kind() {
	case ast.LiteralKind:
		return r.literal(e)
	case ast.IdentKind:
		return r.ident(e.AsIdent(), in)
	case ast.SelectKind:
		return r.field(e.AsSelect(), in)
	case ast.CallKind:
		return r.call(e.AsCall(), in)
	case ast.ComprehensionKind:
		return r.loop(e.AsComprehension(), in)
	case ast.ListKind:
		var list []string
		for _, el := range e.AsList().Elements() {
			list = append(list, r.eval(el, in).word)
		}
		return textsOf(list)
	}
	return r.fail("an expression of kind %d", e.Kind())
}

func (r *run) literal(e ast.Expr) value {
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		return truthOf(bool(v))
	case types.Int:
		return numberOf(int64(v))
	case types.String:
		return wordOf(string(v))
	}
	return r.fail("the literal %v", e.AsLiteral())
}

func (r *run) ident(name string, in names) value {
	if v, ok := in[name]; ok {
		return v
	}
	switch name {
	case "date":
		return dayOf(r.date)
	case "h":
		return value{kind: household}
	case "head":
		return value{kind: person, person: 0}
	}
	if p := r.param(name); p != nil {
		return r.single(p, r.date)
	}
	return r.tree(name)
}

// field is a fact of the household or of a person, or a field of a record.
func (r *run) field(sel ast.SelectExpr, in names) value {
	of, name := r.eval(sel.Operand(), in), sel.FieldName()
	switch of.kind {
	case household:
		return r.fact(true, name, r.situation.Household[name], situation.HouseholdRef(name))
	case person:
		m := r.situation.Members[of.person]
		if of.person == 0 && name == situation.RelationFact {
			return wordOf(situation.RelationHead)
		}
		return r.fact(false, name, m.Facts[name], m.Ref(name))
	case record:
		c := of.record[name]
		switch of.fields[name] {
		case "text":
			return wordOf(c.Text)
		case "codes":
			return textsOf(c.Texts)
		case "date":
			return dayOf(daysFromEpoch(c.Number))
		}
		return numberOf(c.Number)
	}
	return r.fail("the field %s of something without fields", name)
}

// fact is what a situation holds, or unknown for want of ref.
func (r *run) fact(household bool, id string, v kernel.Value, ref string) value {
	f := r.law.Fact(household, id)
	if f == nil {
		return r.fail("no fact %s", id)
	}
	out, ok := value{}, true
	switch f.Type {
	case rule.Bool:
		out.kind = truth
		out.truth, ok = v.Bool()
	case rule.Num:
		var n int64
		n, ok = v.Int()
		out = numberOf(n)
	case rule.Date:
		var d kernel.Date
		d, ok = v.Date()
		out = dayOf(midnight(d))
	case rule.Set:
		out.kind = texts
		out.texts, ok = v.Set()
	default:
		out, ok = wordOf(v.Text()), v.Kind() == kernel.TextValue
	}
	switch {
	case !v.Known():
		return value{kind: out.kind, missing: refs{ref: true}}
	case !ok:
		return r.fail("%s is of another type", ref)
	}
	return out
}

// loop is any, all, count or sum over the members or the records of a list. The
// notation writes it as a fold whose step names which one it is.
func (r *run) loop(l ast.ComprehensionExpr, in names) value {
	step := l.LoopStep().AsCall()
	var each []value
	for _, item := range r.items(l.IterRange().AsIdent()) {
		each = append(each, r.eval(step.Args()[1], in.with(l.IterVar(), item)))
	}
	switch step.FunctionName() {
	case "@any":
		return or(each...)
	case "@all":
		return and(each...)
	case "@count":
		for i, v := range each {
			each[i] = choose(v, func() value { return numberOf(1) }, func() value { return numberOf(0) })
		}
		return r.sum(each)
	case "@sum":
		return r.sum(each)
	}
	return r.fail("the loop %s", step.FunctionName())
}

// items are what a loop goes over, in its order.
func (r *run) items(name string) []value {
	var out []value
	if name == "members" {
		for i := range r.situation.Members {
			out = append(out, value{kind: person, person: i})
		}
		return out
	}
	i := slices.IndexFunc(r.law.Lists, func(l *rule.List) bool { return l.ID == name })
	if i < 0 {
		r.fail("no list %s", name)
		return nil
	}
	for _, rec := range r.law.Lists[i].Records {
		out = append(out, value{kind: record, record: rec, fields: r.law.Lists[i].Fields})
	}
	return out
}

func (r *run) sum(each []value) value {
	return strict(number, each, func() value {
		total := numberOf(0)
		for _, v := range each {
			total = add(total, v)
		}
		return total
	})
}
