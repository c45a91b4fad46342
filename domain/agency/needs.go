package agency

import "maru/domain/agency/contract"

// Packs gives the data of the pack now in force and the version it is of; the
// same version always comes with the same data.
type Packs interface {
	Agencies() (version string, d contract.Data)
}
