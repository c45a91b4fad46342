package audit

import "maru/kernel"

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

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	Has(key string) bool
	T(l kernel.Lang, key string, args ...any) string
}
