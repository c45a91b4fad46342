package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// authenticator is a security key in memory: one credential, as WebAuthn level
// 3 describes it.
type authenticator struct {
	t      testing.TB
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte
	host   string
	origin string
	count  uint32
	uv     bool // it verified its user
	be, bs bool // its key may be backed up, and is
}

func newAuthenticator(t testing.TB) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fine(t, err)
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &authenticator{t: t, key: key, id: id, host: "localhost", origin: "http://localhost:8080", uv: true}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (a *authenticator) data(attested []byte) []byte {
	rp := sha256.Sum256([]byte(a.host))
	flags := byte(0x01) // user present
	if a.uv {
		flags |= 0x04
	}
	if a.be {
		flags |= 0x08
	}
	if a.bs {
		flags |= 0x10
	}
	if attested != nil {
		flags |= 0x40
	}
	out := append(rp[:], flags)
	out = binary.BigEndian.AppendUint32(out, a.count)
	return append(out, attested...)
}

func (a *authenticator) client(kind, challenge string) []byte {
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
	fine(a.t, err)
	return b
}

// challenge is what options ask for.
func (a *authenticator) challenge(options []byte) string {
	var o struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
	}
	fine(a.t, json.Unmarshal(options, &o))
	if o.User.ID != "" {
		handle, err := base64.RawURLEncoding.DecodeString(o.User.ID)
		fine(a.t, err)
		a.handle = handle
	}
	return o.Challenge
}

// create answers the options of a registration.
func (a *authenticator) create(options []byte) []byte {
	challenge := a.challenge(options)
	public, err := a.key.PublicKey.Bytes() // 4, x, y
	fine(a.t, err)
	cose, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	fine(a.t, err)
	attested := make([]byte, 16) // no model
	attested = binary.BigEndian.AppendUint16(attested, uint16(len(a.id)))
	attested = append(append(attested, a.id...), cose...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": a.data(attested)})
	fine(a.t, err)
	return a.answer(map[string]any{"clientDataJSON": b64(a.client("webauthn.create", challenge)), "attestationObject": b64(object), "transports": []string{"internal"}})
}

// get answers the options of a sign-in or a confirmation.
func (a *authenticator) get(options []byte) []byte {
	a.count++
	client := a.client("webauthn.get", a.challenge(options))
	data := a.data(nil)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	fine(a.t, err)
	return a.answer(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(a.handle)})
}

func (a *authenticator) answer(response map[string]any) []byte {
	b, err := json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": response,
		"clientExtensionResults": map[string]any{}, "authenticatorAttachment": "platform"})
	fine(a.t, err)
	return b
}
