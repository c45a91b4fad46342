package population

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"

	"maru/platform/crypto"
)

// ID is a person's pseudonym: the first 64 bits of an HMAC-SHA256. Among 52
// million people two meet with a chance of 1 in 14,000; writing then fails.
type ID uint64

// Pseudonyms makes pseudonyms under one key. One goroutine may use it at a time.
type Pseudonyms struct {
	mac hash.Hash
	sum [sha256.Size]byte
}

// KeyOf is the key of an installation's pseudonyms, made from its key file: a
// person has one pseudonym in all its populations.
func KeyOf(keys *crypto.Keys) []byte { return keys.MAC("benefit.population", []byte("pseudonyms")) }

// NewPseudonyms takes a secret key of at least 32 bytes. The key does not stand
// in the file: without it nobody in the file can be found by number or name.
func NewPseudonyms(key []byte) (*Pseudonyms, error) {
	if len(key) < 32 {
		return nil, errors.New("population: a key of pseudonyms has at least 32 bytes")
	}
	return &Pseudonyms{mac: hmac.New(sha256.New, key)}, nil
}

// Of is the pseudonym of a person's id.
func (p *Pseudonyms) Of(person []byte) ID {
	p.mac.Reset()
	p.mac.Write(person) // a hash never fails
	return ID(binary.BigEndian.Uint64(p.mac.Sum(p.sum[:0])))
}
