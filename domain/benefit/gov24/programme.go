package gov24

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
)

// Programme is a service as a programme, with what people want to read of it.
type Programme struct {
	ID      string // "gov24-" and the service's id
	Benefit contract.Benefit
	Service Service
	Detail  Detail // empty where the catalogue has none
	// Regions are the beginnings of region codes that it is for; none: the
	// whole country.
	Regions []string
	// Local: for a city, county or district, not for a whole province.
	Local bool
	// Kinds are what the conditions ask about, in their order.
	Kinds []Kind
	// Unlocated: of a local body whose place is not known, so that no region is
	// asked though there must be one.
	Unlocated bool
}

// Kind is what a condition asks about.
type Kind string

// The kinds; Open is the condition that always holds.
const (
	ByRegion    Kind = "region"
	ByAge       Kind = "age"
	BySex       Kind = "sex"
	ByIncome    Kind = "income"
	ByPerson    Kind = "person"
	ByHousehold Kind = "household"
	Open        Kind = "open"
)

// Rule is the programme for rule.Compile.
func (p *Programme) Rule() rule.Programme { return rule.Programme{ID: p.ID, Benefit: p.Benefit} }

// builder makes the conditions of one programme.
type builder struct {
	texts *i18n.Catalog
	out   []contract.BenefitCondition
	kinds []Kind
}

// of names what the conditions added last ask about.
func (b *builder) of(k Kind) {
	for len(b.kinds) < len(b.out) {
		b.kinds = append(b.kinds, k)
	}
}

func (b *builder) add(when string, unverified bool, key string, args ...any) {
	b.out = append(b.out, contract.BenefitCondition{
		ID: "c" + strconv.Itoa(len(b.out)+1), When: when, Unverified: unverified, Text: b.text(key, func(kernel.Lang) []any { return args }),
	})
}

func (b *builder) text(key string, args func(kernel.Lang) []any) kernel.Text {
	return kernel.Text{KO: b.texts.T(kernel.KO, key, args(kernel.KO)...), EN: b.texts.T(kernel.EN, key, args(kernel.EN)...)}
}

func (b *builder) sex(set []string) {
	male, female := slices.Contains(set, maleCode), slices.Contains(set, femaleCode)
	switch {
	case male == female:
	case male:
		b.add(`m.sex == "male"`, false, "gov24.condition.male")
	default:
		b.add(`m.sex == "female"`, false, "gov24.condition.female")
	}
}

// ages has been checked: from lies below to.
func (b *builder) ages(from, to int) {
	if from > 0 {
		b.add(fmt.Sprintf("age(m) >= %d", from), false, "gov24.condition.age_from", "age", from)
	}
	if to > 0 && to < noUpperAge {
		b.add(fmt.Sprintf("age(m) <= %d", to), false, "gov24.condition.age_to", "age", to)
	}
}

// income joins bands that lie side by side.
func (b *builder) income(set []string) {
	var spans []band
	n := 0
	last := -2
	for i, c := range of(groupIncome) {
		if !slices.Contains(set, c.id) {
			continue
		}
		n++
		if last == i-1 {
			spans[len(spans)-1].to = bands[i].to
		} else {
			spans = append(spans, bands[i])
		}
		last = i
	}
	if n == 0 || n == len(bands) {
		return
	}
	rules := make([]string, len(spans))
	for i, s := range spans {
		rules[i] = s.rule()
		if s.from > 0 && s.to > 0 && len(spans) > 1 {
			rules[i] = "(" + rules[i] + ")"
		}
	}
	b.out = append(b.out, contract.BenefitCondition{
		ID: "c" + strconv.Itoa(len(b.out)+1), When: strings.Join(rules, " || "),
		Text: b.text("gov24.condition.income", func(l kernel.Lang) []any {
			names := make([]string, len(spans))
			for i, s := range spans {
				names[i] = s.words(b.texts, l)
			}
			return []any{"list", strings.Join(names, ", ")}
		}),
	})
}

func (s band) rule() string {
	above, below := fmt.Sprintf("gross > threshold(%d)", s.from), fmt.Sprintf("gross <= threshold(%d)", s.to)
	switch {
	case s.from == 0:
		return below
	case s.to == 0:
		return above
	}
	return above + " && " + below
}

func (s band) words(texts *i18n.Catalog, l kernel.Lang) string {
	switch {
	case s.from == 0:
		return texts.T(l, "gov24.income.to", "to", s.to)
	case s.to == 0:
		return texts.T(l, "gov24.income.from", "from", s.from)
	}
	return texts.T(l, "gov24.income.between", "from", s.from, "to", s.to)
}

// reading is how a group of codes was read.
type reading uint8

const (
	restricts reading = iota
	unrestricted
	block         // a wildcard beside most of the codes: unrestricted
	contradiction // a wildcard beside few codes: they restrict
)

// read decides whether the codes of a group restrict.
func read(g group, set []string) ([]code, reading) {
	var marked []code
	all := of(g)
	wild := false
	for _, c := range codes {
		if c.group == g && slices.Contains(set, c.id) {
			if c.wildcard {
				wild = true
			} else {
				marked = append(marked, c)
			}
		}
	}
	switch {
	case len(marked) == 0 || len(marked) == len(all):
		return nil, unrestricted
	case wild && 2*len(marked) > len(all):
		return nil, block
	case wild:
		return marked, contradiction
	}
	return marked, restricts
}

// oneOf adds the condition that one of the codes of a group holds.
func (b *builder) oneOf(g group, set []string) reading {
	marked, how := read(g, set)
	if len(marked) == 0 {
		return how
	}
	key := "gov24.condition.one_of"
	if len(marked) == 1 {
		key = "gov24.condition.is"
	}
	b.out = append(b.out, contract.BenefitCondition{
		ID: "c" + strconv.Itoa(len(b.out)+1), When: anyOf(marked), Unverified: how == contradiction,
		Text: b.text(key, func(l kernel.Lang) []any {
			names := make([]string, len(marked))
			for i, c := range marked {
				names[i] = b.texts.T(l, "gov24.code."+strings.ToLower(c.id))
			}
			return []any{"list", strings.Join(names, ", ")}
		}),
	})
	return how
}

// anyOf writes codes as a rule; members of one enum as a list.
func anyOf(marked []code) string {
	var rules []string
	for i := 0; i < len(marked); i++ {
		c := marked[i]
		switch {
		case c.rule != "":
			rules = append(rules, c.rule)
		case c.member == "":
			rules = append(rules, c.fact)
		default:
			members := []string{strconv.Quote(c.member)}
			for ; i+1 < len(marked) && marked[i+1].fact == c.fact; i++ {
				members = append(members, strconv.Quote(marked[i+1].member))
			}
			if len(members) == 1 {
				rules = append(rules, c.fact+" == "+members[0])
			} else {
				rules = append(rules, c.fact+" in ["+strings.Join(members, ", ")+"]")
			}
		}
	}
	return strings.Join(rules, " || ")
}

func (b *builder) region(where place) {
	quoted := make([]string, len(where.codes))
	for i, c := range where.codes {
		quoted[i] = strconv.Quote(c)
	}
	b.add("starts(head.region, ["+strings.Join(quoted, ", ")+"])", false, "gov24.condition.region", "region", where.name)
}
