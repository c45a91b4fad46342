package life

import (
	"context"

	"maru/domain/catalog/contract"
	"maru/domain/life/internal/guide"
	"maru/kernel"
	"maru/platform/calendar"
)

// Catalog knows the life events, the services and the holidays.
type Catalog interface {
	LifeEvent(id string) (contract.LifeEvent, bool)
	Service(id string) (*contract.Service, bool)
	Calendar() *calendar.Calendar
}

// Applications tells how far a person's applications are.
type Applications interface {
	// Latest gives the newest application of each service that the account
	// began at or after since, by service. Withdrawn ones do not count.
	Latest(ctx context.Context, account kernel.ID, since kernel.Time) (map[string]Application, error)
}

// Application is an application of a step's service.
type Application = guide.Application

// The states of a step.
const (
	ToDo     = guide.ToDo
	Draft    = guide.Draft
	HandedIn = guide.HandedIn
	Decided  = guide.Decided
	Refused  = guide.Refused
	Done     = guide.Done
)
