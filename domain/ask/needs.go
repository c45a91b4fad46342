package ask

import (
	"context"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

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
	// Quiet are the subjects that only who speaks of them is shown.
	Quiet []contract.Quiet
	// Said and Facts tell what words say about people.
	Said  contract.Said
	Facts map[string]*contract.Fact
}

// Places lists the regions, provinces (two digits) before their regions.
type Places interface {
	Regions() []Place
}

// Place is a region with its name; of a district of a city "city district".
type Place struct {
	Region kernel.Region
	Name   kernel.Text
}

// Rules knows whom programmes are for.
type Rules interface {
	// Fit names the programmes, by service id, a condition of which holds by
	// what is known of a person and of the household, and which are not out of
	// the question.
	Fit(person, household map[string]kernel.Value, today kernel.Date) map[string]bool
}

// Applications begins drafts.
type Applications interface {
	// Begin opens a draft of the service, or the one that waits already, and
	// writes the answers that fit where the person gave none. left are the
	// questions whose answers were not taken.
	Begin(ctx context.Context, actor authz.Actor, service string, answers map[string]kernel.Value) (id kernel.ID, left []string, err error)
}

// Offices know who is in charge.
type Offices interface {
	// Office is the city, county or district office of a region.
	Office(region string) (id string, ok bool)
}
