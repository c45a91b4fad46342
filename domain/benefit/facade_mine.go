package benefit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"maru/domain/benefit/internal/web"
	"maru/domain/benefit/situation"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
)

// open is the actor's household decided, from what a page carried where that
// still serves, and what the next page carries.
func (f facade) open(ctx context.Context, actor authz.Actor, home string) (*Known, string, error) {
	h, carry, err := f.take(ctx, actor, home)
	if err != nil {
		return nil, "", err
	}
	k, err := f.decide(ctx, actor.Person, h)
	return k, carry, err
}

// Mine decides for the actor's household.
func (f facade) Mine(ctx context.Context, actor authz.Actor, home string, l kernel.Lang) (*web.Mine, error) {
	k, carry, err := f.open(ctx, actor, home)
	if err != nil {
		return nil, err
	}
	checked, err := f.checked(k.Answer, k.passed, l)
	if err != nil {
		return nil, err
	}
	out := &web.Mine{Checked: *checked, Home: carry}
	for _, m := range k.Members {
		one := web.Member{Name: m.Name, Relation: m.Relation, Self: m.ID == k.Self, Open: m.Open, Ask: m.Ask}
		if !slices.Contains(relations, one.Relation) {
			one.Relation = ""
		}
		out.Members = append(out.Members, one)
	}
	for i := range k.Answer.Results {
		r := &k.Answer.Results[i]
		if r.Eligible == situation.Yes && r.Programme.Benefit.Period == "month" {
			sum := soFar(r)
			out.Month += kernel.Money(sum)
			out.Estimate = out.Estimate || sum > 0 && (r.Confidence != Entitled || r.Amount == nil)
		}
	}
	for _, st := range k.Statements {
		out.Told = append(out.Told, f.told(k, st, l))
	}
	for _, id := range k.New {
		if fact, ok := k.Answer.Engine.entry(id); ok {
			out.New = append(out.New, fact.Title.In(l))
		}
	}
	for _, id := range k.Declined {
		if fact, ok := k.Answer.Engine.entry(id); ok {
			out.Declined = append(out.Declined, fact.Title.In(l))
		}
	}
	out.Others, err = f.othersFor(ctx, k.Answer.Situation, web.Asked{Limit: web.FewOthers}, l)
	return out, err
}

// relations are those to the head that pages have words for.
var relations = []string{situation.RelationHead, "spouse", "child", "parent", "grandchild", "other"}

// passed tells whether somebody said that they do not know.
func (k *Known) passed(ref string) bool {
	_, member, err := k.Answer.Engine.Ref(ref)
	return err == nil && slices.ContainsFunc(k.Statements, func(st Statement) bool {
		return !st.Value.Known() && k.ref(st) == ref && st.Subject == k.Persons[member]
	})
}

// ref is what a statement speaks of, "" where it is of nobody here.
func (k *Known) ref(st Statement) string {
	if st.Subject == "" {
		return situation.HouseholdRef(st.Fact)
	}
	for _, m := range k.Answer.Situation.Members {
		if k.Persons[m.ID] == st.Subject {
			return m.Ref(st.Fact)
		}
	}
	return ""
}

func (f facade) told(k *Known, st Statement, l kernel.Lang) web.Statement {
	out := web.Statement{ID: st.ID, Ref: k.ref(st), On: st.On}
	_, held := k.Held[out.Ref]
	fact, ok := k.Answer.Engine.entry(st.Fact)
	if _, _, err := k.Answer.Engine.Ref(out.Ref); err != nil {
		out.Ref = ""
	}
	out.Counts = out.Ref != "" && !held
	if !ok {
		out.What = st.Fact
		return out
	}
	out.What = fact.Title.In(l)
	if st.Value.Known() {
		out.Value = f.value(fact, st.Value, l)
	}
	return out
}

// value is a fact's value in words.
func (f facade) value(fact contract.Fact, v kernel.Value, l kernel.Lang) string {
	switch fact.Type {
	case "enum":
		return fact.Labels[v.Text()].In(l)
	case "bool":
		if yes, _ := v.Bool(); yes {
			return f.d.Texts.T(l, "benefit.page.yes")
		}
		return f.d.Texts.T(l, "benefit.page.no")
	case "date":
		d, _ := v.Date()
		return i18n.Date(l, d)
	case "code":
		for _, p := range f.d.Places.Regions(l) {
			if string(p.Region) == v.Text() {
				return p.Name
			}
		}
	case "set":
		var names []string
		members, _ := v.Set()
		for _, id := range members {
			if e, err := f.Engine(); err == nil {
				names = append(names, e.Titles[id].In(l))
			}
		}
		if names == nil {
			return f.d.Texts.T(l, "benefit.mine.none_of_them")
		}
		return strings.Join(names, ", ")
	case "int":
		n, _ := v.Int()
		if strings.HasPrefix(fact.Unit, "won") {
			return i18n.Money(l, kernel.Money(n))
		}
		return i18n.Number(l, n)
	}
	return v.Text()
}

// entry is the dictionary's entry of a fact, whosever it is.
func (e *Engine) entry(id string) (contract.Fact, bool) {
	if f, ok := e.Fact(false, id); ok {
		return f, true
	}
	return e.Fact(true, id)
}

// Offer is what the actor would agree to, by register.
func (f facade) Offer(ctx context.Context, actor authz.Actor, l kernel.Lang) (*web.Offer, error) {
	e, err := f.Engine()
	if err != nil {
		return nil, err
	}
	offer, err := f.d.Registers.Offer(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := &web.Offer{Mark: offer.mark(), Until: offer.Until.DateIn(kernel.Seoul), Agreed: offer.Sensitive}
	for _, id := range offer.Facts {
		fact, ok := e.entry(id)
		if !ok {
			continue
		}
		register := f.d.Registers.Registry(fact.Registry, l)
		list := &out.Sources
		if sensitive(fact) {
			list = &out.Sensitive
		}
		i := slices.IndexFunc(*list, func(r web.Holder) bool { return r.Name == register })
		if i < 0 {
			i = len(*list)
			*list = append(*list, web.Holder{Name: register})
		}
		(*list)[i].Facts = append((*list)[i].Facts, fact.Title.In(l))
	}
	return out, nil
}

// sensitive facts are agreed to by an act of their own, and asked with a word on
// what becomes of the answer.
func sensitive(f contract.Fact) bool { return f.Sensitivity == "sensitive" }

// mark names what is on offer, so that nobody agrees to what they were not shown.
func (o Offer) mark() string {
	sum := sha256.Sum256([]byte(strings.Join(o.Facts, " ")))
	return hex.EncodeToString(sum[:16])
}

// Agree records the actor's consent.
func (f facade) Agree(ctx context.Context, actor authz.Actor, mark string, sensitive bool) (bool, error) {
	offer, err := f.d.Registers.Offer(ctx, actor)
	if err != nil || offer.mark() != mark {
		return false, err
	}
	return true, f.d.Registers.Agree(ctx, actor, offer.Pack, sensitive)
}

// Tell keeps an answer.
func (f facade) Tell(ctx context.Context, actor authz.Actor, home, ref string, v kernel.Value) (string, error) {
	k, carry, err := f.open(ctx, actor, home)
	if err != nil {
		return "", err
	}
	return carry, f.Service.Tell(ctx, actor, k, ref, v)
}

// Apply opens an application. Of what was told in the check that anybody can
// make, only the household's facts are surely the applicant's, unless they live
// alone.
func (f facade) Apply(ctx context.Context, actor authz.Actor, service string, told *web.Told) (string, error) {
	if told != nil {
		return f.d.Drafts.Begin(ctx, actor, service, f.toldOf(told))
	}
	statements, err := f.tellable(ctx, actor)
	if err != nil {
		return "", err
	}
	return f.d.Drafts.Begin(ctx, actor, service, statements)
}

func (f facade) toldOf(told *web.Told) map[string]Statement {
	out := map[string]Statement{}
	today := f.d.Clock.Now().DateIn(kernel.Seoul)
	for ref, v := range told.Facts {
		who, id, _ := strings.Cut(ref, ".")
		if ref == situation.HouseholdRef(id) || told.Members == 1 && who == web.MemberID(0) {
			out[id] = Statement{Fact: id, Value: v, On: today}
		}
	}
	return out
}

// tellable is what the actor told of themselves and their household. Registers
// need not be read for it: what they hold, the service's own consent brings.
func (f facade) tellable(ctx context.Context, actor authz.Actor) (map[string]Statement, error) {
	out := map[string]Statement{}
	if !actor.Proven() {
		return out, nil
	}
	all, err := f.statements(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	for _, st := range all {
		if st.Value.Known() && (st.Subject == "" || st.Subject == actor.Person) {
			out[st.Fact] = st
		}
	}
	return out, nil
}
