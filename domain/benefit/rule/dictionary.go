package rule

import (
	"cel.dev/cel-go/cel"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Fact is a fact that rules may speak of, by its place among those of its
// entity.
type Fact struct {
	ID        string
	Household bool // else of a person
	Type      Type
	Members   []string // of an enum
	Unit      string
	Registry  string
	Title     kernel.Text
	Labels    map[string]kernel.Text
	// Lo and Hi bound the values that an input may hold, both included. Words
	// and masks have their own.
	Lo, Hi int64
	// Slot is its number among the facts of its entity.
	Slot int
}

// Bounds of what a fact may hold. They are far above what there is and keep
// every sum within an int64 (compile proves it).
const (
	maxMonthly  = 100_000_000_000 // won a month or a day
	maxYearly   = 1_000_000_000_000
	maxProperty = 100_000_000_000_000
	maxCount    = 1_000_000_000
	// Days since 1970-01-01 of 1800-01-01 and 2999-12-31.
	minDay, maxDay = -62091, 376199
)

// factOf takes up a fact of the dictionary; texts and references to persons are
// nothing rules can speak of.
func factOf(f contract.Fact) (Fact, bool) {
	out := Fact{
		ID: f.ID, Household: f.Entity == "household", Members: f.Members, Unit: f.Unit, Registry: f.Registry, Title: f.Title, Labels: f.Labels,
		Lo: 0, Hi: 1,
	}
	switch f.Type {
	case "bool":
		out.Type = Bool
	case "int":
		out.Type = Num
		switch f.Unit {
		case "won a month", "won a day":
			out.Hi = maxMonthly
		case "won a year":
			out.Hi = maxYearly
		case "won":
			out.Hi = maxProperty
		case "persons":
			out.Lo, out.Hi = 1, 100
		case "order", "fetuses":
			out.Lo, out.Hi = 0, 100
		default:
			out.Hi = maxCount
		}
	case "date":
		out.Type, out.Lo, out.Hi = Date, minDay, maxDay
	case "enum":
		out.Type = Word
	case "code":
		out.Type, out.Lo, out.Hi = Code, 0, 99999
	case "set":
		if f.Of != "program" {
			return Fact{}, false
		}
		out.Type = Set
	default:
		return Fact{}, false
	}
	return out, true
}

func (f *Fact) entity() string {
	if f.Household {
		return "Household"
	}
	return "Person"
}

func (f *Fact) celType() *cel.Type {
	switch f.Type {
	case Bool:
		return cel.BoolType
	case Num:
		return cel.IntType
	case Date:
		return dateType
	case Set:
		return setType
	default:
		return cel.StringType
	}
}
