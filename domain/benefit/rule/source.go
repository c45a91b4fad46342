package rule

import (
	"fmt"
	"strings"

	"maru/domain/catalog/contract"
)

// Source is what a law is compiled from.
type Source struct {
	Facts      []contract.Fact
	Law        contract.BenefitLaw
	Programmes []Programme
}

// Programme is one benefit to compile.
type Programme struct {
	ID      string
	Benefit contract.Benefit
}

// Problem is one thing wrong with a source. Programme is "" for the shared law;
// Path leads to the place in its file, in the keys and indices of the YAML.
type Problem struct {
	Programme string
	Path      []string
	Message   string
}

func (p Problem) String() string {
	where := p.Programme
	if where == "" {
		where = "the shared law"
	}
	return fmt.Sprintf("%s: %s: %s", where, strings.Join(p.Path, "."), p.Message)
}
