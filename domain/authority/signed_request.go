package authority

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	jose "github.com/go-jose/go-jose/v4"

	"maru/kernel"
)

// maxObject bounds a signed request, in bytes.
const maxObject = 16 << 10

// unsigned are the claims that are about the JWT, not parameters of the request.
var unsigned = []string{"iss", "aud", "exp", "nbf", "iat", "jti"}

// signedRequest reads the parameters of a request that its client signed (JAR,
// RFC 9101): those in the object are all there are. Each object works once.
func (s *Service) signedRequest(ctx context.Context, c *Client, form url.Values) (url.Values, error) {
	bad := func(text string) (url.Values, error) {
		return nil, fault(http.StatusBadRequest, "invalid_request_object", text)
	}
	raw := form.Get("request")
	if c.Public || len(raw) > maxObject {
		return bad("the client has no key to sign with, or the request is too long")
	}
	object, err := jose.ParseSignedCompact(raw, signatures)
	if err != nil || len(object.Signatures) != 1 {
		return bad("the request is not a JWT of an algorithm we take")
	}
	// Other JWTs that the client signs are none (RFC 9101 section 10.8).
	switch typ, _ := object.Signatures[0].Protected.ExtraHeaders[jose.HeaderType].(string); strings.ToLower(typ) {
	case "", "jwt", "oauth-authz-req+jwt", "application/oauth-authz-req+jwt":
	default:
		return bad("the request is of another type")
	}
	payload, ok, err := c.verified(object)
	if err != nil {
		return nil, err
	}
	if !ok {
		return bad("the request is not signed with a registered key")
	}
	var claims struct {
		lifetime
		Iss string   `json:"iss"`
		Sub *string  `json:"sub"`
		Aud audience `json:"aud"`
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(payload, &claims) != nil || json.Unmarshal(payload, &all) != nil || claims.Iss != c.ID || claims.Sub != nil {
		return bad("iss must be the client, and sub must not be there")
	}
	if !slices.Contains(claims.Aud, s.d.Issuer) {
		return bad("the request is for somebody else")
	}
	if text := claims.wrong(s.now()); text != "" {
		return bad(text)
	}
	if claims.Nbf == nil {
		return bad("the JWT does not say from when it holds") // FAPI 2.0 message signing
	}
	out := url.Values{}
	for k, v := range all {
		if slices.Contains(unsigned, k) {
			continue
		}
		values, ok := parameter(v)
		if !ok || k == "request" || k == "request_uri" || len(values) > 1 && k != "resource" {
			return bad("a claim is no parameter of a request: " + clipped(k))
		}
		out[k] = values
	}
	if out.Get("client_id") != c.ID {
		return bad("client_id is not who signed")
	}
	fresh, err := s.once(ctx, "request "+c.ID+" "+claims.JTI, claims.forgotten())
	if err != nil {
		return nil, err
	}
	if !fresh {
		return bad("the request was used before")
	}
	return out, single(out)
}

// parameter is a claim as a parameter: text, a whole number, or texts. What is an
// object stays JSON.
func parameter(raw json.RawMessage) ([]string, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []string{text}, true
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil && list != nil {
		return list, true
	}
	var n json.Number
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&n) == nil && n != "" {
		return []string{n.String()}, true
	}
	return []string{string(raw)}, bytes.HasPrefix(raw, []byte("{"))
}

// clipped is a name that a client made up, short enough to tell it back.
func clipped(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x21 || r > 0x7e || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), 40)]
}

// lifetime are the claims that say when a client's JWT holds, and name it.
type lifetime struct {
	JTI string   `json:"jti"`
	Exp *float64 `json:"exp"`
	Nbf *float64 `json:"nbf"`
	Iat *float64 `json:"iat"`
}

// wrong says what is wrong with a JWT's time or name, "" for nothing.
func (l lifetime) wrong(at kernel.Time) string {
	now := float64(at) / 1e6
	switch {
	case l.Exp == nil || !(*l.Exp > now-skew.Seconds()) || *l.Exp > now+(assertionTime+skew).Seconds():
		return "the JWT is over, or good for too long"
	case l.Nbf != nil && !(*l.Nbf <= now+skew.Seconds()), l.Iat != nil && !(*l.Iat <= now+skew.Seconds()):
		return "the JWT is of the future"
	case l.Nbf != nil && *l.Nbf < now-(assertionTime+skew).Seconds():
		return "the JWT is too old" // FAPI 2.0 message signing, section 5.3.1
	case l.JTI == "" || len(l.JTI) > maxID:
		return "the JWT has no jti"
	}
	return ""
}

// forgotten is from when the JWT could not hold anyway.
func (l lifetime) forgotten() kernel.Time { return kernel.Time(*l.Exp * 1e6).Add(2 * skew) }

// verified is the payload of a JWT if one of the client's registered keys signed
// it. What its header says of keys is not looked at.
func (c *Client) verified(object *jose.JSONWebSignature) (payload []byte, ok bool, err error) {
	set, err := parseKeys(c.Keys)
	if err != nil {
		return nil, false, wrap("client keys", err)
	}
	kid := object.Signatures[0].Protected.KeyID
	for _, k := range set.Keys {
		if kid != "" && k.KeyID != "" && k.KeyID != kid {
			continue
		}
		if payload, err := object.Verify(k.Key); err == nil {
			return payload, true, nil
		}
	}
	return nil, false, nil
}
