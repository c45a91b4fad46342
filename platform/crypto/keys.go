package crypto

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"maru/kernel"
)

// secretSize is the size of every secret in the key file (bytes).
const secretSize = 32

// Keys are the secrets of one installation. They are safe for concurrent use.
type Keys struct {
	path string

	mu      sync.RWMutex
	seen    os.FileInfo // the file as last read
	file    keyFile
	sealers map[uint32]cipher.AEAD

	blind sync.Pool // of hash.Hash under the index secret
	mac   []byte
}

// newKeys prepares the ciphers for what the file holds.
func newKeys(path string, f keyFile, seen os.FileInfo) (*Keys, error) {
	k := &Keys{path: path}
	blind, err := derive(f.Index, "maru blind index v1")
	if err != nil {
		return nil, err
	}
	if k.mac, err = derive(f.Index, "maru mac v1"); err != nil {
		return nil, err
	}
	k.blind.New = func() any { return hmac.New(sha256.New, blind) }
	return k, k.use(f, seen)
}

// use takes over the sealing keys of a file just read or written. The caller
// holds the lock, or nobody else knows k yet.
func (k *Keys) use(f keyFile, seen os.FileInfo) error {
	sealers := make(map[uint32]cipher.AEAD, len(f.Keys))
	for _, key := range f.Keys {
		secret, err := derive(key.Secret, "maru seal v1")
		if err != nil {
			return err
		}
		if sealers[key.ID], err = chacha20poly1305.NewX(secret); err != nil {
			return err
		}
	}
	k.file, k.sealers, k.seen = f, sealers, seen
	return nil
}

func derive(secret []byte, purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, purpose, secretSize)
}

// Rotate adds a new key and seals with it from now on. Other copies of the
// program read the file again when they meet the new key.
func (k *Keys) Rotate() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	// Somebody else may have rotated since.
	f, _, err := readKeyFile(k.path)
	if err != nil {
		return err
	}
	next := f.add(kernel.TimeOf(time.Now()))
	if err := replaceKeyFile(k.path, next); err != nil {
		return err
	}
	f, seen, err := readKeyFile(k.path)
	if err != nil {
		return err
	}
	return k.use(f, seen)
}

// sealer is the cipher of a key. An unknown key may have come into the file
// since it was read.
func (k *Keys) sealer(id uint32) (cipher.AEAD, error) {
	k.mu.RLock()
	a, ok := k.sealers[id]
	seen := k.seen
	k.mu.RUnlock()
	if ok {
		return a, nil
	}
	now, err := os.Stat(k.path)
	if err != nil || seen != nil && os.SameFile(now, seen) && now.ModTime().Equal(seen.ModTime()) && now.Size() == seen.Size() {
		return nil, fmt.Errorf("crypto: sealed with key %d, which the key file lacks", id)
	}
	f, seen, err := readKeyFile(k.path)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.use(f, seen); err != nil {
		return nil, err
	}
	if a, ok := k.sealers[id]; ok {
		return a, nil
	}
	return nil, fmt.Errorf("crypto: sealed with key %d, which the key file lacks", id)
}

// Fingerprint tells key files apart without giving anything away: a backup
// names the one its rows are sealed with. It does not change with Rotate.
func (k *Keys) Fingerprint() string {
	return hex.EncodeToString(k.MAC("maru key file fingerprint", nil)[:8])
}

// hasher lends a keyed hash; give it back with k.blind.Put.
func (k *Keys) hasher() hash.Hash { return k.blind.Get().(hash.Hash) }

func randomSecret() []byte {
	b := make([]byte, secretSize)
	_, _ = rand.Read(b) // never fails
	return b
}
