package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/i18n"
)

// Config is what a Server needs to know. Only Catalog is required.
type Config struct {
	Catalog *i18n.Catalog
	Clock   clock.Clock  // nil: the system's
	Log     *slog.Logger // nil: slog.Default()

	// Demo serves the try-out world: demo pages exist, the banner shows.
	Demo bool
	// PublicURL is where people reach this installation, without a path:
	// "https://maru.example.go.kr". Cookies are Secure when it is https.
	PublicURL string
	// Official and OfficialSuffix together let the masthead of an official
	// site show: the setting, and a PublicURL whose host is or ends in the
	// suffix ("go.kr"). Everything else carries the try-out banner.
	Official       bool
	OfficialSuffix string
	// Operator is the body that runs the installation, for the footer.
	Operator kernel.Text

	// Authenticate finds who asks; nil or a kernel.Unauthorized error means a
	// visitor.
	Authenticate func(*http.Request) (authz.Actor, error)
	// Acting tells whether who signed in acts for another person, and as whom a
	// page sees them then; nil for everybody who acts for themselves. With an
	// error it says for whom they act and that this page is not for that. Nil:
	// nobody acts for anybody.
	Acting func(*Request) (*Acting, error)
	// Nav is the main navigation for this request; the app decides.
	Nav func(*Request) []NavItem
	// SessionEnds is when the session of the request ends if nothing more
	// happens, zero for none; last tells that no request can put it off. Pages
	// warn people before it, with script and without.
	SessionEnds func(*Request) (at kernel.Time, last bool)
	// Lead looks at every page request of somebody signed in, after its
	// audience: a path leads there first, with ?next=<path>&kept=<token> as to
	// sign-in, so that nothing that was typed is lost. Nil: nobody is led.
	Lead func(*Request) (path string, err error)
	// Keep puts aside a form posted with a session that has expired, sealed
	// for the account of that session, and returns the token under which
	// sign-in finds it ("" when there was no such session). Sign-in shows it
	// to nobody else and hands it to Server.Replay.
	Keep func(*http.Request, Kept) (token string, err error)

	// SignInPath and SignOutPath are identity's pages; default /sign-in and
	// /sign-out. Sign-in gets ?next=<path>&kept=<token>. SessionPath, by default
	// /account/session, tells what is left of a session and lets people stay.
	SignInPath, SignOutPath, SessionPath string

	Limits Limits
	// TrustedProxies are the load balancers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
}

// NavItem is one entry of the main navigation.
type NavItem struct {
	Name  string // compared with View.Active
	Text  string // translated
	Path  string // without language prefix
	Count int    // badge, hidden at 0
}

// Kept is a form that was posted too late.
type Kept struct {
	Path string // with language prefix
	Form url.Values
}
