package identity

import (
	"embed"
	"log/slog"
	"net"
	"net/http"
	"runtime"

	"github.com/go-webauthn/webauthn/webauthn"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/store"
)

// Deps is what identity needs. DB, Keys, Texts, Agencies, People and Places
// must be set; World too where Demo is.
type Deps struct {
	DB       *store.DB
	Keys     *crypto.Keys
	Clock    clock.Clock
	Log      *slog.Logger
	Texts    Texts
	Agencies Agencies
	People   PersonMatcher
	Places   Places
	// Households keeps officials from proving themselves and those who live with
	// them; nil: from themselves only.
	Households Households
	MobileID   MobileID    // nil: proofing at counters only; in the try-out, one that is played
	Events     *events.Bus // nil: nobody is told of roles

	// PublicURL begins links that people pass on (invitations), without a
	// final slash.
	PublicURL string

	Demo  bool // the try-out world: demo sign-in exists
	World DemoWorld

	// ClientIP is where a request comes from, for rate limits; behind a proxy
	// it must see through it. The peer's address if nil.
	ClientIP func(*http.Request) string
	// Hashing bounds how many passwords are hashed at once, 19 MiB and a core
	// each; half the processors if 0, so that pages go on through a flood.
	Hashing int
	// Policy is what is asked for beyond a password.
	Policy Policy
	// Contacts tells whether people can be told by e-mail or text message: their
	// account page leads to where they choose.
	Contacts func() bool
}

// Service is the identity domain.
type Service struct {
	d      Deps
	hasher *hasher
	cache  *cache
	rp     *webauthn.WebAuthn // nil: no name under which passkeys could work
}

// New makes the service.
func New(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = clock.System()
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.ClientIP == nil {
		d.ClientIP = peer
	}
	if d.Hashing <= 0 {
		d.Hashing = max(1, runtime.NumCPU()/2)
	}
	if d.Demo && d.MobileID == nil && d.World != nil {
		d.MobileID = tryOutID{d.Keys, d.World}
	}
	rp, err := relyingParty(d.PublicURL)
	if err != nil {
		d.Log.Warn("passkeys are off: they need a public URL with a host name", "err", err)
	}
	return &Service{d: d, hasher: newHasher(d.Hashing, argonMemory), cache: newCache(d.Clock), rp: rp}
}

func (s *Service) now() kernel.Time { return s.d.Clock.Now() }

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

//go:embed internal/store/migrations/*.sql
var migrations embed.FS

// Migrations are the domain's tables.
func Migrations() store.Migrations {
	return store.Embedded("identity", migrations, "internal/store/migrations")
}
