package ask

import "maru/domain/catalog/contract"

// Catalog gives what is searched.
type Catalog interface {
	// Pack is the active pack. The index is made anew when its hash changes.
	Pack() Pack
}

// Pack is a version of the catalogue. It is read-only.
type Pack struct {
	Hash       string
	Services   []*contract.Service // in a fixed order
	LifeEvents []contract.LifeEvent
	Crises     []contract.Crisis
}
