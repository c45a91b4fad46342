package exchange

import (
	"context"

	mydata "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// Source is one holder's register. The exchange signs what it asks and checks
// what it hears; a source only carries.
type Source interface {
	ID() string
	Title() kernel.Text
	// Keys are what its answers are signed with, by name.
	Keys(ctx context.Context) (Verifier, error)
	// Ask carries a signed query and returns the signed answer. Any error means
	// that the source did not answer; kernel.TooLarge that it said too much.
	Ask(ctx context.Context, query string) (answer string, err error)
}

// Verifier checks a signed message (jws.Keys).
type Verifier interface {
	Verify(typ, message string) (payload []byte, key string, err error)
}

// Bundles knows what can be asked for.
type Bundles interface {
	// Bundle is one in a version, "" for the newest. NotFound where there is none.
	Bundle(ctx context.Context, id, version string) (Bundle, error)
	// Offered are those that go into the person's own hands.
	Offered(ctx context.Context) ([]Bundle, error)
}

// Consents are mydata's: a demand rests on one.
type Consents interface {
	// Give records the actor's consent to a bundle and says until when it stands.
	Give(ctx context.Context, actor authz.Actor, bundle Bundle) (consent kernel.ID, until kernel.Time, err error)
	// Stands tells whether it permits reading now.
	Stands(ctx context.Context, consent kernel.ID) (bool, error)
	// Withdraw ends it.
	Withdraw(ctx context.Context, actor authz.Actor, consent kernel.ID) error
}

// Prover tells how the actor proved who they are just now.
type Prover interface {
	// Fresh is an error of kind Unauthorized where confirming helps, of kind
	// Forbidden where it does not.
	Fresh(ctx context.Context, actor authz.Actor) (Proof, error)
}

// Proof is a fresh proof of who signs.
type Proof struct {
	Level   int      // AAL (NIST SP 800-63B-4)
	Methods []string // in words of RFC 8176
}

// Holder answers for registers inside this program (mydata's provider).
type Holder interface {
	Facts(ctx context.Context, person string, facts []string) (map[string]mydata.Fact, error)
}

// Words turns what a demand moves into words for people.
type Words interface {
	// Fact is a value as people read it.
	Fact(id string, v kernel.Value, l kernel.Lang) string
}
