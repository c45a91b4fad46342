package alert

import (
	"context"

	"maru/domain/benefit"
	"maru/domain/benefit/alert/internal/setting"
	"maru/kernel"
)

// Households decides for a person's household today, by what registers hold and
// the person's consent. Its error is kernel.Forbidden with the key
// ConsentNeeded where no consent stands, and kernel.Unavailable where a
// register does not answer.
type Households interface {
	Known(ctx context.Context, person string) (*benefit.Known, error)
}

// ConsentNeeded is the key of the error of who looks without consent.
const ConsentNeeded = "benefit.error.consent_needed"

// Guardians tells whether guardian may act for person by law: a parent or
// guardian of a minor.
type Guardians interface {
	Guards(ctx context.Context, guardian, person string) (bool, error)
}

// Applications tells for which services an account has an application under way
// or granted, and when the newest of each was begun.
type Applications interface {
	Applied(ctx context.Context, account kernel.ID) (map[string]kernel.Time, error)
}

// Pack is the pack in force.
type Pack interface {
	PackHash() string
	// Since is the day from which a pack is in force, zero where it is not
	// the one in force.
	Since(ctx context.Context, hash string) (kernel.Date, error)
	// Topics are the groups of programmes that people choose by, in order.
	Topics() []Topic
}

// Topic is a group of programmes.
type Topic = setting.Topic

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	T(l kernel.Lang, key string, args ...any) string
}
