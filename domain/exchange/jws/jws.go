package jws

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// The algorithms.
const (
	EdDSA = "EdDSA"
	ES256 = "ES256"
)

// ErrSignature is the one error of Verify: why a message is not believed is
// nothing that its sender needs to know. What was wrong is wrapped for the log.
var ErrSignature = errors.New("jws: not a message of this key")

var b64 = base64.RawURLEncoding.Strict()

// header is all that a protected header may hold.
type header struct {
	Alg string `json:"alg"`
	KID string `json:"kid"`
	Typ string `json:"typ"`
}

// Signer signs under one key.
type Signer struct {
	kid, alg string
	key      crypto.Signer
}

// NewSigner takes an Ed25519 or a P-256 key.
func NewSigner(kid string, key crypto.Signer) (*Signer, error) {
	alg, err := algorithm(key.Public())
	if err != nil {
		return nil, err
	}
	return &Signer{kid, alg, key}, nil
}

// KID names the key.
func (s *Signer) KID() string { return s.kid }

// Sign makes a compact JWS of payload.
func (s *Signer) Sign(typ string, payload []byte) (string, error) {
	h, err := json.Marshal(header{s.alg, s.kid, typ})
	if err != nil {
		return "", err
	}
	n := b64.EncodedLen(len(h)) + 1 + b64.EncodedLen(len(payload))
	msg := make([]byte, 0, n+90)
	msg = b64.AppendEncode(msg, h)
	msg = append(msg, '.')
	msg = b64.AppendEncode(msg, payload)
	sig, err := s.signature(msg)
	if err != nil {
		return "", fmt.Errorf("jws: sign: %w", err)
	}
	return string(b64.AppendEncode(append(msg, '.'), sig)), nil
}

func (s *Signer) signature(msg []byte) ([]byte, error) {
	switch k := s.key.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(k, msg), nil
	case *ecdsa.PrivateKey:
		sum := sha256.Sum256(msg)
		r, t, err := ecdsa.Sign(rand.Reader, k, sum[:])
		if err != nil {
			return nil, err
		}
		out := make([]byte, 64)
		r.FillBytes(out[:32])
		t.FillBytes(out[32:])
		return out, nil
	}
	return nil, errors.New("unknown kind of key")
}

// Keys are the keys of one sender by name.
type Keys map[string]crypto.PublicKey

// Verify checks a compact JWS of a type and returns its payload and the name
// of the key.
func (k Keys) Verify(typ, message string) (payload []byte, kid string, err error) {
	head, rest, ok := strings.Cut(message, ".")
	body, sig, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 {
		return nil, "", fmt.Errorf("%w: not three parts", ErrSignature)
	}
	hb, err1 := b64.DecodeString(head)
	sb, err2 := b64.DecodeString(sig)
	payload, err3 := b64.DecodeString(body)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, "", fmt.Errorf("%w: base64url", ErrSignature)
	}
	var h header
	d := json.NewDecoder(bytes.NewReader(hb))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil || d.More() {
		return nil, "", fmt.Errorf("%w: header", ErrSignature)
	}
	key, ok := k[h.KID]
	if !ok || h.Typ != typ {
		return nil, "", fmt.Errorf("%w: key %q, type %q", ErrSignature, h.KID, h.Typ)
	}
	alg, err := algorithm(key)
	if err != nil || alg != h.Alg {
		return nil, "", fmt.Errorf("%w: algorithm %q", ErrSignature, h.Alg)
	}
	if !verify(key, []byte(message[:len(head)+1+len(body)]), sb) {
		return nil, "", fmt.Errorf("%w: signature", ErrSignature)
	}
	return payload, h.KID, nil
}

func verify(key crypto.PublicKey, msg, sig []byte) bool {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return len(sig) == ed25519.SignatureSize && ed25519.Verify(k, msg, sig)
	case *ecdsa.PublicKey:
		if len(sig) != 64 {
			return false
		}
		sum := sha256.Sum256(msg)
		return ecdsa.Verify(k, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	}
	return false
}

// algorithm is the one that a key is for.
func algorithm(key crypto.PublicKey) (string, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return EdDSA, nil
		}
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return ES256, nil
		}
	}
	return "", errors.New("jws: keys are Ed25519 or P-256")
}

// Hash binds one message to another: SHA-256 of the compact text, base64url.
func Hash(message string) string {
	sum := sha256.Sum256([]byte(message))
	return b64.EncodeToString(sum[:])
}
