package exchange

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"maru/domain/audit"
	"maru/domain/exchange/jws"
	"maru/domain/exchange/wire"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Peer is another installation that may ask the registers here.
type Peer struct {
	Name   string   // as it names itself in queries
	Keys   jws.Keys // that its queries are signed with
	Fields []string // that it may ask for
	// XRoadClient, where it is set, is the only X-Road client behind which the
	// peer may stand, as the header writes it.
	XRoadClient string
}

// Provider answers queries of peers from a register inside: the provider's face
// of the exchange, reached directly or behind an X-Road security server.
type Provider struct {
	s      *Service
	holder Holder
	peers  []Peer
}

// Provide makes the provider's face.
func (s *Service) Provide(h Holder, peers []Peer) *Provider { return &Provider{s, h, peers} }

// clientHeader is what an X-Road security server tells of who asks.
const clientHeader = "X-Road-Client"

// ServeHTTP answers POST with a signed query by a signed answer. Who is not a
// peer learns nothing but that.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := p.read(r)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if err == nil {
		h.Set("Content-Type", "application/jwt")
		_, _ = io.WriteString(w, answer)
		return
	}
	status := map[kernel.Kind]int{kernel.Invalid: http.StatusBadRequest, kernel.Unauthorized: http.StatusUnauthorized, kernel.Forbidden: http.StatusForbidden,
		kernel.Conflict: http.StatusConflict, kernel.TooLarge: http.StatusRequestEntityTooLarge, kernel.Unavailable: http.StatusServiceUnavailable}[kernel.KindOf(err)]
	if status == 0 {
		status = http.StatusInternalServerError
	}
	p.s.d.Log.WarnContext(r.Context(), "exchange: query refused", "status", status, "err", err)
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "about:blank", "title": http.StatusText(status), "status": status})
}

func (p *Provider) read(r *http.Request) (string, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/jwt" {
		return "", kernel.E(kernel.Invalid, "", fmt.Errorf("content type %q", kind))
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, wire.MaxMessage+1))
	if err != nil {
		return "", kernel.E(kernel.Invalid, "", err)
	}
	if len(body) > wire.MaxMessage {
		return "", kernel.E(kernel.TooLarge, "", nil)
	}
	peer, q, err := p.query(string(body))
	if err != nil {
		return "", err
	}
	clients := r.Header.Values(clientHeader)
	if peer.XRoadClient != "" && (len(clients) == 0 || clients[len(clients)-1] != peer.XRoadClient) {
		return "", kernel.E(kernel.Forbidden, "", fmt.Errorf("X-Road client %q is not the peer's", clients))
	}
	return p.answer(r.Context(), peer, q, string(body))
}

// query finds the peer whose key signed the message; what the message calls
// itself must fit.
func (p *Provider) query(text string) (*Peer, wire.Query, error) {
	for i := range p.peers {
		q, err := readQuery(p.peers[i].Keys, text, p.s.d.Name, p.s.now())
		if err != nil {
			continue
		}
		if q.Issuer == p.peers[i].Name {
			return &p.peers[i], q, nil
		}
	}
	return nil, wire.Query{}, kernel.E(kernel.Unauthorized, "", fmt.Errorf("no peer signed this query for us, or it is too old"))
}

// answer reads the register for a peer. The call is marked as answered, and the
// reading stands in the person's access log, before anything is read, with the
// basis as the peer's word; a second answer to one call there is not.
func (p *Provider) answer(ctx context.Context, peer *Peer, q wire.Query, text string) (string, error) {
	allowed := !slices.ContainsFunc(q.Fields, func(f string) bool { return !slices.Contains(peer.Fields, f) })
	act := "exchange.serve"
	if !allowed {
		act = "exchange.refuse"
	}
	now := p.s.now()
	err := p.s.d.DB.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`INSERT INTO exchange_served (peer, call, at) VALUES ($1, $2, $3) ON CONFLICT (peer, call) DO NOTHING`, peer.Name, string(q.Call), int64(now))
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.Conflict, "", fmt.Errorf("call %s was answered before", q.Call))
		}
		return audit.Append(tx, now, audit.Entry{Actor: authz.Actor{System: "exchange.peer"}, Act: act, Object: "demand:" + string(q.Demand), Subject: q.Person,
			Purpose: "exchange.purpose.serve", Basis: "peer " + peer.Name + ": " + q.Basis, Detail: struct {
				Peer   string    `json:"peer"`
				Call   kernel.ID `json:"call"`
				Query  string    `json:"query"`
				Fields []string  `json:"fields"`
			}{peer.Name, q.Call, jws.Hash(text), q.Fields}})
	})
	if err != nil {
		return "", err
	}
	if !allowed {
		return "", kernel.E(kernel.Forbidden, "", fmt.Errorf("peer %s may not ask for all of %q", peer.Name, q.Fields))
	}
	a, err := answer(ctx, p.holder, q)
	if err != nil {
		return "", kernel.E(kernel.Unavailable, "", err)
	}
	signer, err := p.s.own(ctx)
	if err != nil {
		return "", err
	}
	return signAnswer(signer, a, p.s.d.Name, q.Issuer, text, now)
}

// jwk is a public key as RFC 8037 writes it.
type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   string `json:"x"`
	KID string `json:"kid"`
	Use string `json:"use"`
	Alg string `json:"alg"`
}

// ServeKeys shows the keys that this installation's messages are checked with,
// ended ones too, as a JWK set.
func (s *Service) ServeKeys(w http.ResponseWriter, r *http.Request) {
	keys, err := s.PublicKeys(r.Context())
	if err != nil {
		s.d.Log.ErrorContext(r.Context(), "exchange: keys", "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for kid, k := range keys {
		if public, ok := k.(ed25519.PublicKey); ok {
			set.Keys = append(set.Keys, jwk{"OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(public), kid, "sig", jws.EdDSA})
		}
	}
	slices.SortFunc(set.Keys, func(a, b jwk) int {
		if a.KID < b.KID {
			return -1
		}
		return 1
	})
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "max-age=300")
	_ = json.NewEncoder(w).Encode(set)
}
