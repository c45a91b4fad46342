package payment

import (
	"maru/domain/payment/internal/store"
	"maru/platform/clock"
	pstore "maru/platform/store"
)

// Deps are what the cashier stands on; DB and Clock are required.
type Deps struct {
	DB    *pstore.DB
	Clock clock.Clock
	// Demo opens the try-out cashier, which takes no money. Without it the
	// cashier is closed: no payment service is connected.
	Demo bool
}

// Service is the cashier. It is safe for concurrent use.
type Service struct {
	db    *pstore.DB
	clock clock.Clock
	open  bool
}

// Charge is one amount taken.
type Charge = store.Charge

// New makes the cashier.
func New(d Deps) *Service { return &Service{db: d.DB, clock: d.Clock, open: d.Demo} }
