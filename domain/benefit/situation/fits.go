package situation

import (
	"maru/domain/benefit/rule"
	"maru/kernel"
)

// Fits tells whether a known value is one that a fact of the law can have, by
// the same measure as Check.
func Fits(fact *rule.Fact, v kernel.Value) bool {
	var f findings
	checkValue(&f, fact.ID, v, fact)
	return v.Known() && len(f.fields) == 0
}
