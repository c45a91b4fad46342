package crypto

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"

	"maru/kernel"
)

// A sealed value is the format's number, the key's id (big endian), the nonce
// and the ciphertext with its tag.
const (
	sealFormat = 1
	headSize   = 1 + 4 + chacha20poly1305.NonceSizeX
	// Overhead is how much longer a sealed value is than the plain one (bytes).
	Overhead = headSize + chacha20poly1305.Overhead
)

// Seal encrypts plain under the current key. context says what the value is
// and whose ("casework.answers:"+id) and must be given again to Open.
func (k *Keys) Seal(context string, plain []byte) ([]byte, error) {
	k.mu.RLock()
	id := k.file.Current
	a := k.sealers[id]
	k.mu.RUnlock()
	out := make([]byte, headSize, Overhead+len(plain))
	out[0] = sealFormat
	binary.BigEndian.PutUint32(out[1:5], id)
	if _, err := rand.Read(out[5:headSize]); err != nil {
		return nil, fmt.Errorf("crypto: %w", err)
	}
	return a.Seal(out, out[5:headSize], plain, aad(out[:5], context)), nil
}

// ErrSealed is the cause when a value was changed, cut, or sealed for another
// context or with a key that is not there.
var ErrSealed = errors.New("crypto: a sealed value does not open")

// Open decrypts what Seal made. Its error is Internal: somebody or something
// has touched the database.
func (k *Keys) Open(context string, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != sealFormat {
		return nil, kernel.E(kernel.Internal, "", ErrSealed)
	}
	a, err := k.sealer(binary.BigEndian.Uint32(sealed[1:5]))
	if err != nil {
		return nil, kernel.E(kernel.Internal, "", errors.Join(ErrSealed, err))
	}
	plain, err := open(a, context, sealed)
	if err != nil {
		return nil, kernel.E(kernel.Internal, "", ErrSealed)
	}
	return plain, nil
}

func open(a cipher.AEAD, context string, sealed []byte) ([]byte, error) {
	return a.Open(nil, sealed[5:headSize], sealed[headSize:], aad(sealed[:5], context))
}

// aad authenticates the head with the context.
func aad(head []byte, context string) []byte {
	return append(append(make([]byte, 0, len(head)+len(context)), head...), context...)
}

// Blind is a keyed hash of s for search indexes, never negative. Equal s in
// equal contexts have equal hashes, also after Rotate.
func (k *Keys) Blind(context, s string) int64 {
	h := k.hasher()
	defer k.blind.Put(h)
	h.Reset()
	var b [sha256.Size]byte
	// The length keeps ("ab","c") and ("a","bc") apart.
	binary.BigEndian.PutUint32(b[:4], uint32(len(context)))
	_, _ = h.Write(b[:4])
	_, _ = h.Write([]byte(context))
	_, _ = h.Write([]byte(s))
	return int64(binary.BigEndian.Uint64(h.Sum(b[:0])) >> 1)
}

// MAC authenticates b in a context (32 bytes), also after Rotate. Compare with
// hmac.Equal.
func (k *Keys) MAC(context string, b []byte) []byte {
	h := hmac.New(sha256.New, k.mac)
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(context)))
	_, _ = h.Write(n[:])
	_, _ = h.Write([]byte(context))
	_, _ = h.Write(b)
	return h.Sum(nil)
}
