package authority

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/jobs"
	"maru/platform/store"
)

// How long things live.
const (
	pushedTime  = 90 * time.Second    // a pushed request until the browser comes
	requestTime = 30 * time.Minute    // from there to the person's answer
	codeTime    = 60 * time.Second    // FAPI 2.0 section 5.3.2.1
	accessTime  = 10 * time.Minute    // an access or ID token
	refreshTime = 30 * 24 * time.Hour // a refresh token that nobody uses
	grantTime   = 180 * 24 * time.Hour
	skew        = time.Minute // by which clocks of others may differ
)

// Scopes that a client can have. The API's own scopes are those of authz.
const (
	scopeOpenID  = "openid"
	scopeProfile = "profile"
	scopeOffline = "offline_access"
)

// Scopes are all there are, in the order in which people read them.
var Scopes = []string{scopeOpenID, scopeProfile, authz.ScopeApplications, authz.ScopeDesk, authz.ScopeAdmin,
	authz.ScopeToolStatus, authz.ScopeToolBenefits, authz.ScopeToolForms, scopeOffline}

// Deps is what authority needs; all but Clock, Log and HTTP must be set.
type Deps struct {
	DB       *store.DB
	Keys     *crypto.Keys
	Clock    clock.Clock
	Log      *slog.Logger
	Sessions Sessions
	Agencies Agencies
	// Jobs tells clients of sessions that ended, by HTTP; nil is a client of our
	// own, which follows no redirects and, outside the try-out, reaches the open
	// internet and Inside only.
	Jobs *jobs.Runner
	HTTP *http.Client
	// Issuer is the installation's public URL without a final slash.
	Issuer string
	Demo   bool // the try-out world: programs on this machine may be told too
	// Inside are private networks in which programs may be told, beside the open
	// internet; none by default.
	Inside []netip.Prefix
}

// Service is the authorisation server.
type Service struct {
	d    Deps
	keys keyRing
}

// New makes the service.
func New(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = clock.System()
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.HTTP == nil {
		d.HTTP = caller(d)
	}
	return &Service{d: d}
}

func (s *Service) now() kernel.Time { return s.d.Clock.Now() }

//go:embed internal/store/migrations/*.sql
var migrations embed.FS

// Migrations are the domain's tables.
func Migrations() store.Migrations {
	return store.Embedded("authority", migrations, "internal/store/migrations")
}

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the domain's words.
func Messages() fs.FS { return messages }

// subject is who an account is to the clients of one sector. It comes from a
// secret that never rotates, so that it stays the same for life, and tells
// nothing about the account.
func (s *Service) subject(sector string, account kernel.ID) string {
	return b64(s.d.Keys.MAC("authority.subject:"+sector, []byte(account)))
}

func newSecret() (secret string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails on the platforms Go supports
	secret = b64(b[:])
	return secret, hashOf(secret)
}

func hashOf(s string) []byte {
	h := sha256.Sum256([]byte(s))
	return h[:]
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// wrap names the act, once, and leaves errors for people and clients as they are.
func wrap(act string, err error) error {
	var e *kernel.Error
	var f *Fault
	if err == nil || errors.As(err, &e) || errors.As(err, &f) {
		return err
	}
	return fmt.Errorf("authority: %s: %w", act, err)
}

// Fault is what a client did wrong, in the words of RFC 6749 section 5.2. Text
// is for its developers.
type Fault struct {
	Status int
	Code   string
	Text   string
	nonce  bool // the answer carries a fresh nonce
}

func (f *Fault) Error() string { return f.Code + ": " + f.Text }

func fault(status int, code, text string) *Fault {
	return &Fault{Status: status, Code: code, Text: text}
}

// single refuses parameters that come twice: two readers of one request must
// not read two things (RFC 6749 section 3.1).
func single(form url.Values) error {
	size := 0
	for k, v := range form {
		if len(v) > 1 && k != "resource" {
			return fault(400, "invalid_request", "a parameter comes twice")
		}
		for _, x := range v {
			size += len(x)
			if strings.ContainsRune(x, 0) {
				return fault(400, "invalid_request", "a parameter holds NUL")
			}
		}
	}
	if size > 32<<10 {
		return fault(400, "invalid_request", "the parameters are too long")
	}
	return nil
}
