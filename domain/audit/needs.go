package audit

import (
	"context"

	"maru/kernel"
)

// AgencyNames tells what an agency is called.
type AgencyNames interface {
	// Name is the agency's name in l, or "" when the id is unknown.
	Name(agency string, l kernel.Lang) string
}

// ItemNames tells what data is called.
type ItemNames interface {
	// ItemName is the name of a fact or another item of a consent in l, or ""
	// when the id is unknown.
	ItemName(id string, l kernel.Lang) string
}

// Mandates names people for the access log of whom they act for.
type Mandates interface {
	// ActorName is who acts under a mandate.
	ActorName(ctx context.Context, mandate kernel.ID) (string, error)
}

// Apps names the programs that people let act for them.
type Apps interface {
	// AppName is what a registered program is called in l.
	AppName(ctx context.Context, client string, l kernel.Lang) (string, error)
}

// Registers names the registers that bodies keep here.
type Registers interface {
	// RegisterName is what the register of a code is called in l, "" where there
	// is none any more.
	RegisterName(ctx context.Context, code string, l kernel.Lang) (string, error)
}

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	Has(key string) bool
	T(l kernel.Lang, key string, args ...any) string
}
