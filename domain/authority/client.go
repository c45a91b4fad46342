package authority

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"database/sql"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	jose "github.com/go-jose/go-jose/v4"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/address"
	"maru/platform/authz"
	"maru/platform/store"
)

const sha256Hash = crypto.SHA256

// States of a client.
const (
	Requested = "requested"
	Active    = "active"
	Declined  = "declined"
	Ended     = "ended"
)

// Registration is what operators register of a program.
type Registration struct {
	Name    kernel.Text `json:"name"`
	Purpose kernel.Text `json:"purpose"` // one sentence for people: what the program is for
	// Agency is the body of government it belongs to. Programs of one body
	// see the same subject; one without sees a subject of its own.
	Agency       string          `json:"agency,omitempty"`
	Public       bool            `json:"public"`         // on people's devices: it cannot keep a key of its own
	Keys         json.RawMessage `json:"keys,omitempty"` // JWK set, of programs that are not public
	RedirectURIs []string        `json:"redirect_uris"`
	LogoutURIs   []string        `json:"logout_uris,omitempty"` // where people may land after signing out
	// BackchannelURI is told when somebody's session here ends, "" for nowhere.
	BackchannelURI string   `json:"backchannel_logout_uri,omitempty"`
	Scopes         []string `json:"scopes"`
	// Loose lets requests come by the browser instead of pushed, and tokens
	// work for whoever holds them: for programs that know neither PAR nor DPoP.
	Loose bool `json:"loose,omitempty"`
	// Signed takes no request but those that the program signed (RFC 9101).
	Signed bool   `json:"signed_requests,omitempty"`
	Reason string `json:"reason"` // for the other operator and the log
}

// Client is a registered program.
type Client struct {
	ID string `json:"id"`
	Registration
	State       string      `json:"state"`
	RequestedBy kernel.ID   `json:"requested_by"`
	RequestedAt kernel.Time `json:"requested_at"`
	DecidedBy   kernel.ID   `json:"decided_by,omitempty"`
	DecidedAt   kernel.Time `json:"decided_at,omitempty"`
	// MayApprove tells whether the actor who listed it may agree to it.
	MayApprove bool `json:"may_approve"`
}

// sector is what the client's subjects are for.
func (c *Client) sector() string {
	if c.Agency != "" {
		return "agency:" + c.Agency
	}
	return "client:" + c.ID
}

const (
	maxURIs   = 20
	maxURI    = 500
	maxWords  = 200
	maxKeys   = 10
	maxKeySet = 20 << 10
)

func requireOperator(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeAdmin); err != nil {
		return err
	}
	if !actor.Has(authz.Operator) {
		return kernel.E(kernel.Forbidden, "authority.client.operators_only", nil)
	}
	return nil
}

// check names everything that is wrong with a registration.
func (s *Service) check(ctx context.Context, g *Registration) error {
	e := kernel.E(kernel.Invalid, "authority.client.check_form", nil)
	for _, f := range []struct {
		name string
		p    *string
	}{{"name_ko", &g.Name.KO}, {"name_en", &g.Name.EN}, {"purpose_ko", &g.Purpose.KO}, {"purpose_en", &g.Purpose.EN}, {"reason", &g.Reason}} {
		*f.p = strings.TrimSpace(*f.p)
		if n := utf8.RuneCountInString(*f.p); n < 1 || n > maxWords || strings.ContainsAny(*f.p, "\r\n\u202e\u202d\u2066\u2067\u2068") {
			e.Field(f.name, "authority.client.words", map[string]any{"max": maxWords})
		}
	}
	if g.Agency != "" {
		all, err := s.d.Agencies.ClientAgencies(ctx)
		if err != nil {
			return wrap("agencies", err)
		}
		if !slices.ContainsFunc(all, func(a Agency) bool { return a.ID == g.Agency }) {
			e.Field("agency", "authority.client.no_agency", nil)
		}
	}
	if len(g.RedirectURIs) == 0 || len(g.RedirectURIs) > maxURIs || slices.ContainsFunc(g.RedirectURIs, func(u string) bool { return !goodURI(u, g.Public) }) {
		e.Field("redirect_uris", "authority.client.uri", nil)
	}
	if len(g.LogoutURIs) > maxURIs || slices.ContainsFunc(g.LogoutURIs, func(u string) bool { return !goodURI(u, g.Public) }) {
		e.Field("logout_uris", "authority.client.uri", nil)
	}
	if g.BackchannelURI != "" && !s.goodBackchannel(g.BackchannelURI) {
		e.Field("backchannel_uri", "authority.client.one_uri", nil)
	}
	if len(g.Scopes) == 0 || slices.ContainsFunc(g.Scopes, func(x string) bool { return !slices.Contains(Scopes, x) }) {
		e.Field("scopes", "authority.client.scope", nil)
	}
	if g.Public {
		g.Keys = nil
		if g.Signed {
			e.Field("signed", "authority.client.cannot_sign", nil)
		}
	} else if _, err := parseKeys(g.Keys); err != nil {
		e.Field("keys", "authority.client.keys", nil)
	} else {
		var b bytes.Buffer
		if err := json.Compact(&b, g.Keys); err != nil {
			return wrap("client keys", err)
		}
		g.Keys = b.Bytes()
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// goodURI tells whether people may be sent to u: https, http on the person's
// own machine, or for public clients an app's scheme with a dot (RFC 8252
// section 7.1).
func goodURI(s string, public bool) bool {
	u, err := url.Parse(s)
	if err != nil || len(s) > maxURI || u.User != nil || strings.ContainsAny(s, "#*\\ \t\r\n\"'<>;,") || u.String() != s {
		return false
	}
	for _, r := range s {
		if r > 0x7e || r < 0x21 {
			return false
		}
	}
	switch u.Scheme {
	case "https":
		return u.Hostname() != ""
	case "http":
		ip := net.ParseIP(u.Hostname())
		return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	}
	return public && strings.Contains(u.Scheme, ".") && u.Opaque == ""
}

// goodBackchannel tells whether we may call u: https, on the open internet or in a
// network that operators allowed. What
// its name means is judged when we call, because names change. Programs of the
// try-out run on its own machine.
func (s *Service) goodBackchannel(raw string) bool {
	if s.d.Demo || !goodURI(raw, false) {
		return goodURI(raw, false)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || address.Loopback(u.Hostname()) {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err != nil || s.d.reaches(ip)
}

// signatures are the algorithms that clients may sign with. Secrets shared
// with us and "none" are not among them, so no confusion can bring them in.
var signatures = []jose.SignatureAlgorithm{jose.ES256, jose.EdDSA}

// parseKeys reads a client's public keys.
func parseKeys(raw json.RawMessage) (*jose.JSONWebKeySet, error) {
	var set jose.JSONWebKeySet
	if len(raw) > maxKeySet {
		return nil, errors.New("too long")
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, err
	}
	if len(set.Keys) == 0 || len(set.Keys) > maxKeys {
		return nil, errors.New("no keys or too many")
	}
	for _, k := range set.Keys {
		if !goodKey(k) {
			return nil, errors.New("a key is private or of another kind")
		}
	}
	return &set, nil
}

// thumbprints are those of a client's keys (RFC 7638), for the operator who
// compares them with what the client's people say.
func (c *Client) thumbprints() ([]string, error) {
	if c.Public {
		return nil, nil
	}
	set, err := parseKeys(c.Keys)
	if err != nil {
		return nil, wrap("client keys", err)
	}
	var out []string
	for _, k := range set.Keys {
		sum, err := k.Thumbprint(sha256Hash)
		if err != nil {
			return nil, wrap("thumbprint", err)
		}
		out = append(out, b64(sum))
	}
	return out, nil
}

// goodKey tells whether k is a public key of an algorithm in signatures.
func goodKey(k jose.JSONWebKey) bool {
	if !k.IsPublic() || !k.Valid() {
		return false
	}
	switch key := k.Key.(type) {
	case *ecdsa.PublicKey:
		return key.Curve == elliptic.P256()
	case ed25519.PublicKey:
		return true
	}
	return false
}

// RegisterClient asks for a program to be registered; another operator must
// agree. A repeated request with the same key, if there is one, makes one.
func (s *Service) RegisterClient(ctx context.Context, actor authz.Actor, g Registration, key string) (string, error) {
	if err := requireOperator(actor); err != nil {
		return "", err
	}
	if err := s.check(ctx, &g); err != nil {
		return "", err
	}
	data, err := json.Marshal(g)
	if err != nil {
		return "", wrap("register client", err)
	}
	once := ""
	if key != "" {
		once = b64(s.d.Keys.MAC("authority.once", []byte(string(actor.Account)+" "+key)))
	}
	var id string
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		if once != "" {
			err := tx.QueryRow(`SELECT id FROM authority_client WHERE once = $1`, once).Scan(&id)
			if err == nil || !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		now := s.now()
		id = string(kernel.NewID(now))
		_, err := tx.Exec(`INSERT INTO authority_client (id, once, data, state, requested_by, requested_at, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, '', 0)`,
			id, once, string(data), Requested, string(actor.Account), int64(now))
		if err != nil {
			return err
		}
		return s.logClient(tx, actor, "authority.request_client", id, g.Reason)
	})
	return id, wrap("register client", err)
}

func (s *Service) logClient(tx *store.Tx, actor authz.Actor, act, id, reason string) error {
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: act, Object: "client:" + id, Purpose: "authority.purpose.clients",
		Detail: map[string]string{"reason": reason}})
}

// ApproveClient lets a program in. Who asked may not agree.
func (s *Service) ApproveClient(ctx context.Context, actor authz.Actor, id string) error {
	return s.decideClient(ctx, actor, id, Requested, Active, "authority.approve_client")
}

// DeclineClient refuses a program; who asked may take it back so.
func (s *Service) DeclineClient(ctx context.Context, actor authz.Actor, id string) error {
	return s.decideClient(ctx, actor, id, Requested, Declined, "authority.decline_client")
}

// EndClient shuts a program out at once, with every grant that people gave it;
// one operator suffices, because taking power away must be quick.
func (s *Service) EndClient(ctx context.Context, actor authz.Actor, id string) error {
	return s.decideClient(ctx, actor, id, Active, Ended, "authority.end_client")
}

func (s *Service) decideClient(ctx context.Context, actor authz.Actor, id, from, to, act string) error {
	if err := requireOperator(actor); err != nil {
		return err
	}
	return wrap("decide client", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		c, err := clientByID(tx, id)
		if err != nil {
			return err
		}
		if c.State != from {
			return kernel.E(kernel.Conflict, "authority.client.decided", nil)
		}
		if to == Active && c.RequestedBy == actor.Account {
			return kernel.E(kernel.Forbidden, "authority.client.two_people", nil)
		}
		now := s.now()
		if _, err := tx.Exec(`UPDATE authority_client SET state = $1, decided_by = $2, decided_at = $3 WHERE id = $4`,
			to, string(actor.Account), int64(now), id); err != nil {
			return err
		}
		if to == Ended {
			if _, err := tx.Exec(`UPDATE authority_grant SET revoked_at = $1 WHERE client = $2 AND revoked_at = 0`, int64(now), id); err != nil {
				return err
			}
			if _, err := tx.Exec(`DELETE FROM authority_consent WHERE client = $1`, id); err != nil {
				return err
			}
		}
		return s.logClient(tx, actor, act, id, c.Reason)
	}))
}

// Clients lists what is asked for and what is registered, for operators.
func (s *Service) Clients(ctx context.Context, actor authz.Actor) ([]Client, error) {
	if err := requireOperator(actor); err != nil {
		return nil, err
	}
	out := []Client{}
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		out = out[:0]
		rows, err := tx.Query(clientColumns + ` WHERE state IN ('requested', 'active') ORDER BY state DESC, id DESC`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			c, err := scanClient(rows)
			if err != nil {
				return err
			}
			c.MayApprove = c.State == Requested && c.RequestedBy != actor.Account
			out = append(out, *c)
		}
		return rows.Err()
	})
	return out, wrap("list clients", err)
}

const clientColumns = `SELECT id, data, state, requested_by, requested_at, decided_by, decided_at FROM authority_client`

func scanClient(row interface{ Scan(...any) error }) (*Client, error) {
	var c Client
	var data string
	if err := row.Scan(&c.ID, &data, &c.State, &c.RequestedBy, &c.RequestedAt, &c.DecidedBy, &c.DecidedAt); err != nil {
		return nil, err
	}
	return &c, json.Unmarshal([]byte(data), &c.Registration)
}

func clientByID(tx *store.Tx, id string) (*Client, error) {
	c, err := scanClient(tx.QueryRow(clientColumns+` WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "authority.client.none", nil)
	}
	return c, err
}

// active is the client with this id; NotFound when there is none in force.
func (s *Service) active(ctx context.Context, id string) (*Client, error) {
	var c *Client
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		c, err = clientByID(tx, id)
		return err
	})
	if err == nil && c.State != Active {
		err = kernel.E(kernel.NotFound, "authority.client.none", nil)
	}
	if err != nil {
		return nil, wrap("client", err)
	}
	return c, nil
}
