package web

import (
	"slices"
	"strconv"
	"strings"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

func wanted() error {
	return kernel.E(kernel.Invalid, "benefit.error.answer", nil).Field("answer", "benefit.error.answer", nil)
}

// most is the largest number that the form takes.
const most = 100_000_000_000_000

// parse reads an answer as the form sends it; a set may come in several parts.
func parse(fact contract.Fact, raw []string) (kernel.Value, error) {
	one := ""
	if len(raw) > 0 {
		one = strings.TrimSpace(raw[0])
	}
	switch fact.Type {
	case "bool":
		if one == "true" || one == "false" {
			return kernel.BoolOf(one == "true"), nil
		}
	case "int":
		n, err := strconv.ParseInt(strings.NewReplacer(",", "", " ", "").Replace(one), 10, 64)
		if err == nil && n >= 0 && n <= most {
			return kernel.IntOf(n), nil
		}
	case "date":
		if d, err := kernel.ParseDate(one); err == nil {
			return kernel.DateValueOf(d), nil
		}
	case "enum":
		if slices.Contains(fact.Members, one) {
			return kernel.TextOf(one), nil
		}
	case "code":
		if _, err := strconv.Atoi(one); err == nil && len(one) == 5 {
			return kernel.TextOf(one), nil
		}
	case "set":
		var members []string
		for _, part := range raw {
			for m := range strings.FieldsSeq(part) {
				members = append(members, m)
			}
		}
		return kernel.SetOf(members...), nil
	}
	return kernel.Value{}, wanted()
}

// carried is a value as a hidden field carries it on.
func carried(v kernel.Value) string {
	if members, ok := v.Set(); ok {
		return strings.Join(members, " ")
	}
	return v.Text()
}
