package simulate

import (
	"maru/domain/benefit"
	"maru/kernel"
)

// Catalog is what the pages need of the catalogue: the law in force.
type Catalog interface {
	Benefits() benefit.Pack
	// PackHash changes with the pack.
	PackHash() string
}

// Places tells what provinces and districts are called, by their codes.
type Places interface {
	RegionNames() map[string]kernel.Text
}
