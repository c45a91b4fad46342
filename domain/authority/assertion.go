package authority

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"maru/kernel"
)

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// assertionTime bounds how far ahead an assertion may end: we remember
	// each until then.
	assertionTime = time.Hour
	maxAssertion  = 8 << 10
)

func invalidClient(text string) error { return fault(http.StatusUnauthorized, "invalid_client", text) }

// audience is a claim that is one string or several.
type audience []string

func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

// client finds who calls an endpoint: a public client by its name, any other
// by an assertion signed with its registered key (RFC 7523).
func (s *Service) client(r *http.Request, form url.Values) (*Client, error) {
	if r.Header.Get("Authorization") != "" || form.Get("client_secret") != "" {
		return nil, invalidClient("there are no client secrets here: use private_key_jwt")
	}
	if form.Get("client_assertion") != "" || form.Get("client_assertion_type") != "" {
		return s.assertion(r.Context(), form)
	}
	id := form.Get("client_id")
	if id == "" {
		return nil, invalidClient("no client is named")
	}
	c, err := s.active(r.Context(), id)
	if kernel.Is(err, kernel.NotFound) || err == nil && !c.Public {
		return nil, invalidClient("the client is unknown or did not prove who it is")
	}
	return c, err
}

// assertion verifies a client's assertion. Keys come from the registration
// alone; what the assertion's header says of keys is not looked at.
func (s *Service) assertion(ctx context.Context, form url.Values) (*Client, error) {
	raw := form.Get("client_assertion")
	if form.Get("client_assertion_type") != assertionType || len(raw) > maxAssertion {
		return nil, invalidClient("the assertion is of another type or too long")
	}
	object, err := jose.ParseSignedCompact(raw, signatures)
	if err != nil || len(object.Signatures) != 1 {
		return nil, invalidClient("the assertion is not a JWT of an algorithm we take")
	}
	var c struct {
		lifetime
		Iss string   `json:"iss"`
		Sub string   `json:"sub"`
		Aud audience `json:"aud"`
	}
	if err := json.Unmarshal(object.UnsafePayloadWithoutVerification(), &c); err != nil || c.Iss == "" || c.Iss != c.Sub {
		return nil, invalidClient("iss and sub must both be the client")
	}
	if id := form.Get("client_id"); id != "" && id != c.Sub {
		return nil, invalidClient("the assertion is of another client")
	}
	client, err := s.active(ctx, c.Sub)
	if kernel.Is(err, kernel.NotFound) || err == nil && client.Public {
		return nil, invalidClient("the client is unknown or did not prove who it is")
	}
	if err != nil {
		return nil, err
	}
	if _, ok, err := client.verified(object); err != nil {
		return nil, err
	} else if !ok {
		return nil, invalidClient("the assertion is not signed with a registered key")
	}
	// FAPI 2.0 section 5.3.2.1 takes the issuer alone; programs that know plain
	// OpenID Connect name the endpoint.
	if len(c.Aud) != 1 || c.Aud[0] != s.d.Issuer && !(client.Loose && c.Aud[0] == s.d.Issuer+tokenPath) {
		return nil, invalidClient("the assertion is for somebody else, or not only for us")
	}
	if text := c.wrong(s.now()); text != "" {
		return nil, invalidClient(text)
	}
	fresh, err := s.once(ctx, "assertion "+client.ID+" "+c.JTI, c.forgotten())
	if err != nil {
		return nil, err
	}
	if !fresh {
		return nil, invalidClient("the assertion was used before")
	}
	return client, nil
}
