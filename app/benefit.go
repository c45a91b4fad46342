package app

import (
	"maru/domain/benefit/rule"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
)

// benefitSource is what a pack says about benefits.
func benefitSource(p *catalog.Pack) rule.Source {
	s := rule.Source{Law: p.Benefits, Facts: make([]contract.Fact, 0, len(p.FactOrder))}
	for _, id := range p.FactOrder {
		s.Facts = append(s.Facts, *p.Facts[id])
	}
	for _, id := range p.Order {
		if b := p.Services[id].Benefit; b != nil {
			s.Programmes = append(s.Programmes, rule.Programme{ID: id, Benefit: *b})
		}
	}
	return s
}

// checkBenefits finds what is wrong with the rules of a pack.
func checkBenefits(p *catalog.Pack) []catalog.Finding {
	var out []catalog.Finding
	_, problems := rule.Compile(benefitSource(p))
	for _, problem := range problems {
		file, line := p.Place(problem.Programme, problem.Path...)
		out = append(out, catalog.Finding{Severity: catalog.Error, File: file, Line: line, Message: problem.Message})
	}
	return out
}
