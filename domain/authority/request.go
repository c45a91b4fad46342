package authority

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

// pushedPrefix begins the name of a pushed request (RFC 9126 section 2.2).
const pushedPrefix = "urn:ietf:params:oauth:request_uri:"

// request is what a client asks a person for.
type request struct {
	ID      kernel.ID   `json:"-"`
	Client  string      `json:"-"`
	State   string      `json:"-"`
	Created kernel.Time `json:"-"` // when the browser came with it
	Expires kernel.Time `json:"-"`

	RedirectURI string   `json:"redirect_uri"`
	Scopes      []string `json:"scopes"`
	ClientState string   `json:"state,omitempty"`
	Nonce       string   `json:"nonce,omitempty"`
	Challenge   string   `json:"challenge"`
	Prompt      []string `json:"prompt,omitempty"`
	MaxAge      int64    `json:"max_age"` // seconds, -1 for any
	ACR         []string `json:"acr,omitempty"`
	Locales     string   `json:"locales,omitempty"`
	JKT         string   `json:"jkt,omitempty"`
	Resources   []string `json:"resources"`
	// Pushed is when the request came, by the browser or before it.
	Pushed  kernel.Time `json:"pushed"`
	Subject string      `json:"sub,omitempty"` // whom the client means, "" for whoever comes
}

// States of a request.
const (
	statePushed = "pushed"
	stateOpen   = "open"
	stateDone   = "done"
)

// redirected is a fault that the client hears of through the browser.
type redirected struct {
	uri, state string
	*Fault
}

func (r *redirected) Unwrap() error { return r.Fault }

// read takes the parameters of an authorisation request apart. What is wrong
// with the redirect URI is a Fault, all else a redirected one: nobody is sent
// to an address that is not registered.
func (c *Client) read(issuer string, form url.Values) (*request, error) {
	if err := single(form); err != nil {
		return nil, err
	}
	q := &request{Client: c.ID, RedirectURI: form.Get("redirect_uri"), ClientState: form.Get("state"), Nonce: form.Get("nonce"),
		Challenge: form.Get("code_challenge"), Prompt: strings.Fields(form.Get("prompt")), MaxAge: -1, ACR: strings.Fields(form.Get("acr_values")),
		Locales: form.Get("ui_locales"), JKT: form.Get("dpop_jkt")}
	if !slices.Contains(c.RedirectURIs, q.RedirectURI) {
		return nil, fault(http.StatusBadRequest, "invalid_request", "redirect_uri is not one that is registered")
	}
	no := func(code, text string) (*request, error) {
		return nil, &redirected{q.RedirectURI, q.ClientState, fault(http.StatusBadRequest, code, text)}
	}
	switch {
	case form.Get("registration") != "":
		return no("registration_not_supported", "operators register clients")
	case form.Get("response_type") == "":
		return no("invalid_request", "response_type is missing")
	case form.Get("response_type") != "code":
		return no("unsupported_response_type", "only the code flow exists here")
	case form.Get("response_mode") != "" && form.Get("response_mode") != "query":
		return no("invalid_request", "only the response mode query exists here")
	case form.Get("code_challenge_method") != "S256":
		return no("invalid_request", "PKCE with S256 is needed")
	case !isHash(q.Challenge):
		return no("invalid_request", "code_challenge is not a SHA-256")
	case q.JKT != "" && !isHash(q.JKT):
		return no("invalid_request", "dpop_jkt is not a SHA-256")
	case slices.ContainsFunc(q.Prompt, func(p string) bool {
		return !slices.Contains([]string{"none", "login", "consent", "select_account"}, p)
	}), slices.Contains(q.Prompt, "none") && len(q.Prompt) > 1:
		return no("invalid_request", "prompt is not understood")
	}
	if v := form.Get("max_age"); v != "" {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil || n < 0 {
			return no("invalid_request", "max_age is not a number of seconds")
		}
		q.MaxAge = n
	}
	// Scopes that are unknown are left out (OpenID Connect Core section
	// 3.1.2.1), as are those that the client was not registered for: the
	// answer says what was granted.
	asked := strings.Fields(form.Get("scope"))
	for _, x := range Scopes {
		if slices.Contains(asked, x) && slices.Contains(c.Scopes, x) {
			q.Scopes = append(q.Scopes, x)
		}
	}
	if len(q.Scopes) == 0 || len(q.Scopes) == 1 && q.Scopes[0] == scopeOffline {
		return no("invalid_scope", "none of these scopes is registered for the client")
	}
	var err error
	if q.Resources, err = resourcesOf(issuer, form["resource"]); err != nil {
		return no(invalidTarget.Code, invalidTarget.Text)
	}
	if len(q.Resources) == 0 {
		q.Resources = meant(q.Scopes)
	}
	return q, nil
}

// isHash tells whether s is a SHA-256 in base64url.
func isHash(s string) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == 32
}

// insert stores a request and returns the secrets that name it: the pushed
// request's, or the ticket of one that the browser brought.
func (s *Service) insert(tx *store.Tx, q *request, state string) (string, error) {
	now := s.now()
	id := kernel.NewID(now)
	q.Pushed = now
	plain, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	sealed, err := s.d.Keys.Seal("authority.request:"+string(id), plain)
	if err != nil {
		return "", err
	}
	uri, uriHash := newSecret()
	secret, ends := uri, now.Add(pushedTime)
	var ticket []byte
	if state == stateOpen {
		secret, ticket = newSecret()
		ends = now.Add(requestTime)
	}
	_, err = tx.Exec(`INSERT INTO authority_request (id, uri, ticket, client, params, state, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(id), uriHash, ticket, q.Client, sealed, state, int64(now), int64(ends))
	return secret, err
}

// request reads what a client asks for, signed or not.
func (s *Service) request(ctx context.Context, c *Client, form url.Values) (*request, error) {
	signed := form.Get("request") != ""
	if signed {
		var err error
		if form, err = s.signedRequest(ctx, c, form); err != nil {
			return nil, err
		}
	}
	q, err := c.read(s.d.Issuer, form)
	if hint := form.Get("id_token_hint"); err == nil && hint != "" {
		if q.Subject, err = s.hinted(ctx, c, hint); err != nil {
			return nil, &redirected{q.RedirectURI, q.ClientState, fault(http.StatusBadRequest, "invalid_request", "id_token_hint is not an ID token of ours for this client")}
		}
	}
	if err == nil && c.Signed && !signed {
		return nil, &redirected{q.RedirectURI, q.ClientState, fault(http.StatusBadRequest, "invalid_request", "this client signs its requests (RFC 9101)")}
	}
	return q, err
}

var errHint = errors.New("no ID token of ours")

// hinted is the subject of an ID token that we gave the client, also of one that
// is over.
func (s *Service) hinted(ctx context.Context, c *Client, hint string) (string, error) {
	payload, ok := s.opened(ctx, hint)
	var claims struct {
		Aud string `json:"aud"`
		Sub string `json:"sub"`
	}
	if !ok || json.Unmarshal(payload, &claims) != nil || claims.Aud != c.ID || claims.Sub == "" {
		return "", errHint
	}
	return claims.Sub, nil
}

// push stores a request that the client sent directly.
func (s *Service) push(r *http.Request, form url.Values) (uri string, err error) {
	c, err := s.client(r, form)
	if err != nil {
		return "", err
	}
	if form.Has("request_uri") {
		return "", fault(http.StatusBadRequest, "invalid_request", "a pushed request names no other")
	}
	jkt, err := s.proof(r, "")
	if err != nil {
		return "", err
	}
	// After the proof: who must prove again with a nonce of ours sends the same
	// signed request again.
	q, err := s.request(r.Context(), c, form)
	var far *redirected
	if errors.As(err, &far) {
		return "", far.Fault // there is no browser to send on
	}
	if err != nil {
		return "", err
	}
	if jkt != "" {
		if q.JKT != "" && q.JKT != jkt {
			return "", fault(http.StatusBadRequest, "invalid_dpop_proof", "dpop_jkt is not the proof's key")
		}
		q.JKT = jkt
	}
	err = s.d.DB.Update(r.Context(), func(tx *store.Tx) (err error) {
		uri, err = s.insert(tx, q, statePushed)
		return err
	})
	return pushedPrefix + uri, wrap("push", err)
}

// begin takes what the browser brought to the authorisation endpoint and
// returns the ticket under which the person goes on, and the languages asked for.
func (s *Service) begin(ctx context.Context, form url.Values) (ticket, locales string, err error) {
	if err := single(form); err != nil {
		return "", "", err
	}
	c, err := s.active(ctx, form.Get("client_id"))
	if kernel.Is(err, kernel.NotFound) {
		return "", "", fault(http.StatusBadRequest, "invalid_client", "there is no such client")
	}
	if err != nil {
		return "", "", err
	}
	if form.Get("request_uri") != "" {
		if form.Get("request") != "" {
			return "", "", fault(http.StatusBadRequest, "invalid_request", "request and request_uri do not go together")
		}
		return s.beginPushed(ctx, c, form.Get("request_uri"))
	}
	q, err := s.request(ctx, c, form)
	if err != nil {
		return "", "", err
	}
	if !c.Loose {
		return "", "", &redirected{q.RedirectURI, q.ClientState, fault(http.StatusBadRequest, "invalid_request", "this client pushes its requests (RFC 9126)")}
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		ticket, err = s.insert(tx, q, stateOpen)
		return err
	})
	return ticket, q.Locales, wrap("begin", err)
}

var errRequestOver = fault(http.StatusBadRequest, "invalid_request_uri", "the request is unknown, was used before or is over")

// beginPushed opens a pushed request. A page that is loaded again opens it anew,
// under another ticket, until the person has answered (FAPI 2.0 section 5.3.2.2,
// note 3): then it is used up.
func (s *Service) beginPushed(ctx context.Context, c *Client, uri string) (ticket, locales string, err error) {
	secret, ok := strings.CutPrefix(uri, pushedPrefix)
	if !ok {
		return "", "", errRequestOver
	}
	var fresh []byte
	ticket, fresh = newSecret()
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		q, err := s.scanRequest(tx.QueryRow(requestColumns+` WHERE uri = $1 AND client = $2 AND state <> 'done'`, hashOf(secret), c.ID))
		if err != nil {
			return err
		}
		if now >= q.Pushed.Add(pushedTime) {
			return errRequestOver
		}
		locales = q.Locales
		n, err := tx.Exec(`UPDATE authority_request SET ticket = $1, created_at = CASE WHEN state = 'pushed' THEN $2 ELSE created_at END,
			expires_at = $3, state = 'open' WHERE id = $4 AND state <> 'done'`,
			fresh, int64(now), int64(now.Add(requestTime)), string(q.ID))
		if err == nil && n == 0 {
			return errRequestOver
		}
		return err
	})
	return ticket, locales, wrap("begin", err)
}

const requestColumns = `SELECT id, client, params, state, created_at, expires_at FROM authority_request`

func (s *Service) scanRequest(row interface{ Scan(...any) error }) (*request, error) {
	var q request
	var sealed []byte
	err := row.Scan(&q.ID, &q.Client, &sealed, &q.State, &q.Created, &q.Expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errRequestOver
	}
	if err != nil {
		return nil, err
	}
	plain, err := s.d.Keys.Open("authority.request:"+string(q.ID), sealed)
	if err != nil {
		return nil, err
	}
	return &q, json.Unmarshal(plain, &q)
}

// waiting finds the request of a ticket that still waits for its answer.
func (s *Service) waiting(tx *store.Tx, ticket string) (*request, error) {
	q, err := s.scanRequest(tx.QueryRow(requestColumns+` WHERE ticket = $1`, hashOf(ticket)))
	if err != nil {
		return nil, err
	}
	if q.State != stateOpen || s.now() >= q.Expires {
		return nil, errRequestOver
	}
	return q, nil
}

// answer is where the browser goes with the answer to a request (RFC 9207: the
// issuer stands in it, so that a client that knows several cannot mix them up).
func (s *Service) answer(uri, state string, more url.Values) string {
	u, err := url.Parse(uri)
	if err != nil { // it was checked when it was registered
		return s.d.Issuer
	}
	v := u.Query()
	for k, x := range more {
		v[k] = x
	}
	if state != "" {
		v.Set("state", state)
	}
	v.Set("iss", s.d.Issuer)
	u.RawQuery = v.Encode()
	return u.String()
}

func (s *Service) refusal(uri, state, code, text string) string {
	v := url.Values{"error": {code}}
	if text != "" {
		v.Set("error_description", text)
	}
	return s.answer(uri, state, v)
}
