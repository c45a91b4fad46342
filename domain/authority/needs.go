package authority

import (
	"context"
	"net/http"
	"time"

	"maru/kernel"
	"maru/platform/authz"
)

// Signed is how a session began.
type Signed struct {
	At kernel.Time // when the person last proved who they are
	// AAL is the authenticator assurance level reached, 1 to 3 (NIST SP
	// 800-63B-4).
	AAL int
	AMR []string // how, by the names of RFC 8176
}

// Sessions knows people and their sessions.
type Sessions interface {
	// Signed tells how the actor's session began; Unauthorized when it ended.
	Signed(ctx context.Context, a authz.Actor) (Signed, error)
	// Levels are the assurance levels that sessions here can reach.
	Levels() []int
	// StepUp is the page that lifts the actor's session to aal and then leads to
	// next, "" when the actor has nothing to lift it with.
	StepUp(ctx context.Context, a authz.Actor, aal int, next string) (path string, err error)
	// Ready is the page that the actor must pass before they let an app act for
	// them, "" when they may now. The error says why no page would help.
	Ready(ctx context.Context, a authz.Actor, next string) (path string, err error)
	// Enough tells whether a.Proof, of some time ago, suffices for an act that
	// weighs much: aal is then 0, else the level to prove, within the time given
	// before the act. The error says why no proof would help now.
	Enough(ctx context.Context, a authz.Actor) (aal int, within time.Duration, err error)
	// Actor is who an account is and what it may do now; NotFound when the
	// account is gone.
	Actor(ctx context.Context, account kernel.ID) (authz.Actor, error)
	// SignOut ends the session that r carries, with its cookie.
	SignOut(w http.ResponseWriter, r *http.Request, a authz.Actor) error
}

// Agency is a body of government.
type Agency struct {
	ID   string
	Name kernel.Text
}

// Agencies lists the bodies that clients can belong to.
type Agencies interface {
	ClientAgencies(ctx context.Context) ([]Agency, error)
}
