package benefit

import "maru/kernel"

// Catalog is what the domain needs of the catalogue.
type Catalog interface {
	// Benefits is what the active pack says about benefits. Its hash changes
	// with the pack.
	Benefits() Pack
	// PackHash is the hash of the active pack.
	PackHash() string
}

// Places lists where people can live.
type Places interface {
	Regions(l kernel.Lang) []Place
}

// Place is a city, county or district.
type Place struct {
	Region kernel.Region
	Name   string
}
