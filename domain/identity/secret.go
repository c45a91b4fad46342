package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// newSecret is 256 random bits in 43 characters, and the hash to store. With
// that much chance in it a plain SHA-256 cannot be turned back.
func newSecret() (secret string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails on the platforms Go supports
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, hashOf(secret)
}

func hashOf(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}
