package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"maru/kernel"
)

// Argon2id as OWASP advises: 19 MiB, two passes, one lane; about 30 ms.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// hashQueue is how many may wait for a free place before sign-in says "too
// many": a flood must not pile up.
const hashQueue = 64

// hasher hashes passwords, a few at once: each takes memory and a core.
type hasher struct {
	memory  uint32 // KiB
	places  chan struct{}
	waiting atomic.Int64
	done    atomic.Int64 // hashes computed, for tests of equal work
	dummy   string       // a hash that no password has, for unknown accounts
}

// newHasher hashes n at once with memory KiB each. Tests that sign in a hundred
// times use little memory; everything else argonMemory.
func newHasher(n int, memory uint32) *hasher {
	h := &hasher{memory: memory, places: make(chan struct{}, n)}
	salt := make([]byte, argonSalt)
	key := make([]byte, argonKey)
	_, _ = rand.Read(salt) // never fails on the platforms Go supports
	_, _ = rand.Read(key)
	h.dummy = h.encode(salt, key)
	return h
}

func (h *hasher) acquire(ctx context.Context) error {
	if h.waiting.Add(1) > hashQueue {
		h.waiting.Add(-1)
		return kernel.E(kernel.Unavailable, "identity.busy", nil)
	}
	defer h.waiting.Add(-1)
	select {
	case h.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) release() { <-h.places }

// hash makes the stored form of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.release()
	h.done.Add(1)
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails on the platforms Go supports
	return h.encode(salt, argon2.IDKey([]byte(password), salt, argonTime, h.memory, argonLanes, argonKey)), nil
}

// matches tells whether password has the stored form; stored "" (no account,
// or one without a password) takes as long and never matches.
func (h *hasher) matches(ctx context.Context, stored, password string) (bool, error) {
	real := stored != ""
	if !real {
		stored = h.dummy
	}
	memory, time, lanes, salt, key, err := decodeHash(stored)
	if err != nil {
		return false, err
	}
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer h.release()
	h.done.Add(1)
	got := argon2.IDKey([]byte(password), salt, time, memory, lanes, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1 && real, nil
}

// encode writes the PHC string form, parameters included, so that they can
// be raised without locking anybody out.
func (h *hasher) encode(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

func decodeHash(s string) (memory, time uint32, lanes uint8, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return 0, 0, 0, nil, nil, fmt.Errorf("identity: stored password has another form")
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes); err != nil {
		return 0, 0, 0, nil, nil, fmt.Errorf("identity: stored password: %w", err)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return 0, 0, 0, nil, nil, fmt.Errorf("identity: stored password: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return 0, 0, 0, nil, nil, fmt.Errorf("identity: stored password: %w", err)
	}
	return memory, time, lanes, salt, key, nil
}
