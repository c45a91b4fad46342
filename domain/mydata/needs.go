package mydata

import (
	"context"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Catalog tells what a service's definition names.
type Catalog interface {
	// Pinned is the definition in the version of ref; an empty Pack means the
	// active one. The error is kernel.NotFound where there is none.
	Pinned(ctx context.Context, ref contract.Ref) (*contract.Service, error)
	// PackHash is the version now active.
	PackHash() string
	// Fact is the entry of the fact dictionary.
	Fact(id string) (*contract.Fact, bool)
	// AgencyType is the name of a type of agency.
	AgencyType(id string) kernel.Text
}

// Provider answers for the registers: the sample world, or adapters to real
// ones. Errors are kernel.NotFound for a person no register knows and
// kernel.Unavailable where a register does not answer.
type Provider interface {
	// Facts gives the named facts; one that no register holds is present with
	// an unknown value, or absent.
	Facts(ctx context.Context, person string, facts []string) (map[string]Fact, error)
	// Household lists who is registered at the person's address, the person
	// among them, the head first.
	Household(ctx context.Context, person string) ([]Member, error)
	// Family lists spouse, parents and children by the family register, the
	// person not among them.
	Family(ctx context.Context, person string) ([]Member, error)
	// Guards tells whether guardian may act for person by law: a parent or
	// guardian of a minor.
	Guards(ctx context.Context, guardian, person string) (bool, error)
	// Withheld tells whether an office keeps the papers of a person's register
	// from somebody who might have them by law, to protect the person or theirs
	// from violence (Resident Registration Act art. 29 paras. 6 and 7, Act on the
	// Registration of Family Relations art. 14 paras. 8 and 9).
	Withheld(ctx context.Context, from, person string) (bool, error)
	// Adult tells whether the person is of age on that day (Civil Act art. 4: 19
	// years). Whose birth date no register knows is not.
	Adult(ctx context.Context, person string, on kernel.Date) (bool, error)
}
