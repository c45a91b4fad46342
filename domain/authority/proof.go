package authority

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"maru/kernel"
	"maru/platform/store"
)

const (
	// nonceTime is how long a nonce is good: no proof made earlier works.
	nonceTime = 5 * time.Minute
	maxProof  = 8 << 10
	maxID     = 300
)

// nonce is a moment and a MAC over it: any copy of the program knows its own
// again without keeping it.
func (s *Service) nonce() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(s.now()))
	return b64(append(b[:], s.d.Keys.MAC("authority.nonce", b[:])[:16]...))
}

func (s *Service) nonceHolds(n string) bool {
	b, err := base64.RawURLEncoding.DecodeString(n)
	if err != nil || len(b) != 24 || !hmac.Equal(b[8:], s.d.Keys.MAC("authority.nonce", b[:8])[:16]) {
		return false
	}
	age := s.now().Sub(kernel.Time(binary.BigEndian.Uint64(b[:8])))
	return age >= -skew && age <= nonceTime
}

// proof checks the proof of possession that r carries (RFC 9449 section 4.3)
// and returns the thumbprint of its key, "" when r carries none. token is the
// access token that it must be for, "" at our own endpoints.
func (s *Service) proof(r *http.Request, token string) (string, error) {
	sent := r.Header.Values("DPoP")
	if len(sent) == 0 {
		return "", nil
	}
	bad := func(text string) (string, error) { return "", fault(http.StatusBadRequest, "invalid_dpop_proof", text) }
	if len(sent) > 1 || len(sent[0]) > maxProof {
		return bad("more than one proof, or one too long")
	}
	object, err := jose.ParseSignedCompact(sent[0], signatures)
	if err != nil || len(object.Signatures) != 1 {
		return bad("the proof is not a JWT of an algorithm we take")
	}
	head := object.Signatures[0].Protected
	if typ, _ := head.ExtraHeaders[jose.HeaderType].(string); typ != "dpop+jwt" {
		return bad("the proof is of another type")
	}
	if head.JSONWebKey == nil || !goodKey(*head.JSONWebKey) {
		return bad("the proof carries no public key that we take")
	}
	payload, err := object.Verify(head.JSONWebKey.Key)
	if err != nil {
		return bad("the proof is not signed with its key")
	}
	var c struct {
		JTI   string   `json:"jti"`
		HTM   string   `json:"htm"`
		HTU   string   `json:"htu"`
		IAT   *float64 `json:"iat"`
		ATH   string   `json:"ath"`
		Nonce string   `json:"nonce"`
	}
	if err := json.Unmarshal(payload, &c); err != nil || c.JTI == "" || len(c.JTI) > maxID || c.IAT == nil {
		return bad("the proof lacks jti or iat")
	}
	if c.HTM != r.Method || !sameURL(c.HTU, s.d.Issuer+r.URL.EscapedPath()) {
		return bad("the proof is for another request")
	}
	if token != "" && !hmac.Equal([]byte(c.ATH), []byte(b64(hashOf(token)))) {
		return bad("the proof is for another token")
	}
	now := s.now()
	if !s.nonceHolds(c.Nonce) {
		return "", &Fault{Status: http.StatusBadRequest, Code: "use_dpop_nonce", Text: "use the nonce of this answer", nonce: true}
	}
	if age := float64(now)/1e6 - *c.IAT; !(age >= -skew.Seconds() && age <= (nonceTime+skew).Seconds()) {
		return bad("the proof was not made just now")
	}
	print, err := head.JSONWebKey.Thumbprint(sha256Hash)
	if err != nil {
		return bad("the proof's key has no thumbprint")
	}
	jkt := b64(print)
	// The nonce bounds how long a proof could come again.
	if fresh, err := s.once(r.Context(), "dpop "+jkt+" "+c.JTI, now.Add(2*(nonceTime+skew))); err != nil {
		return "", err
	} else if !fresh {
		return bad("the proof was used before")
	}
	return jkt, nil
}

// sameURL compares htu with where the request went, without query and fragment.
func sameURL(htu, want string) bool {
	a, err := url.Parse(htu)
	if err != nil {
		return false
	}
	b, err := url.Parse(want)
	if err != nil {
		return false
	}
	return strings.EqualFold(a.Scheme, b.Scheme) && host(a) == host(b) && a.EscapedPath() == b.EscapedPath() && a.User == nil
}

func host(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// once tells whether this is the first time, in the whole installation, that
// what was shown; until is when it could not hold anyway.
func (s *Service) once(ctx context.Context, what string, until kernel.Time) (bool, error) {
	var n int64
	err := s.d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		n, err = tx.Exec(`INSERT INTO authority_replay (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hashOf(what), int64(until))
		return err
	})
	return n == 1, wrap("replay", err)
}
