package assistant

import (
	"context"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// Catalog gives the services.
type Catalog interface {
	// Pack is the active pack.
	Pack() Pack
}

// Pack is a version of the catalogue. It is read-only.
type Pack struct {
	Hash       string
	Order      []string // service ids
	Services   map[string]*contract.Service
	LifeEvents []contract.LifeEvent
	Facts      map[string]*contract.Fact
}

// Finder turns everyday words into services.
type Finder interface {
	// Find answers in l, or in the language of the text for "". Invalid where
	// the text is none.
	Find(text string, l kernel.Lang, limit int) (Found, error)
}

// Found is what was found for everyday words.
type Found struct {
	Lang   kernel.Lang
	Read   string // the words as understood, where the keyboard was set wrong
	Hits   []Hit
	Bundle *contract.LifeEvent // nil for none
	Crisis *contract.Crisis    // nil for none; comes before anything else
}

// Hit is a service found, with the sentence that matched.
type Hit struct {
	Service *contract.Service
	Matched string
}

// Benefits decides by the rules of the active pack.
type Benefits interface {
	// Programmes tells which services have a rule.
	Has(service string) bool
	// Decide evaluates a household, given as the benefit API takes it. Invalid
	// names each wrong place.
	Decide(situation []byte, l kernel.Lang) ([]Verdict, error)
}

// Bodies tells what offices and places are called.
type Bodies interface {
	Name(agency string, l kernel.Lang) string
	TypeName(kind string, l kernel.Lang) string
	RegionName(code string, l kernel.Lang) string
}

// Applications begins drafts.
type Applications interface {
	// Begin opens a draft of the service, or the one that waits already, and
	// writes the answers that fit where the person gave none. left are the
	// questions whose answers were not taken.
	Begin(ctx context.Context, actor authz.Actor, service string, answers map[string]kernel.Value) (id kernel.ID, left []string, err error)
}

// Own tells about the person in whose name a program calls.
type Own interface {
	// Applications are the actor's, the newest first; URL is a path of ours.
	Applications(ctx context.Context, actor authz.Actor, l kernel.Lang) ([]OwnApplication, error)
	// Entitled decides every programme for the actor, by what registers hold and
	// the actor consented to; Forbidden without that consent.
	Entitled(ctx context.Context, actor authz.Actor, l kernel.Lang) ([]Verdict, error)
}

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	Has(key string) bool
	T(l kernel.Lang, key string, args ...any) string
	TMap(l kernel.Lang, key string, args map[string]any) string
}
