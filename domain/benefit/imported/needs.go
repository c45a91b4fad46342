package imported

import (
	agency "maru/domain/agency/contract"
	"maru/domain/benefit/rule"
)

// Pack is what imported programmes are read and decided with.
type Pack interface {
	// PackHash is the hash of the pack in force; it changes with the pack.
	PackHash() string
	// Base is that pack.
	Base() Base
}

// Base is one version of the pack.
type Base struct {
	Hash string
	// Source are the facts, the shared law and the pack's own programmes, which
	// its formulas may ask about.
	Source rule.Source
	// Provinces are the places that names of bodies are found in.
	Provinces []agency.Province
}
