package identity

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"time"

	"maru/kernel"
	"maru/platform/store"
)

// challengeTime is how long a person has to answer a challenge.
const challengeTime = 5 * time.Minute

// What a challenge is for: an answer to one is none to another.
const (
	forSignIn  = "sign-in"
	forConfirm = "confirm"
	forNewKey  = "new-key"
)

const (
	challengeRandom = 16
	challengeMAC    = 32
	challengeSize   = challengeRandom + 8 + challengeMAC
)

// newChallenge makes a challenge for a purpose and a session ("" for visitors).
// It carries its own end and a keyed hash over all of it, so that nothing is
// stored for a page that anybody may ask for; only answered ones are stored, so
// that each is answered once.
func (s *Service) newChallenge(purpose string, session kernel.ID) []byte {
	b := make([]byte, challengeRandom, challengeSize)
	_, _ = rand.Read(b) // never fails on the platforms Go supports
	b = binary.BigEndian.AppendUint64(b, uint64(s.now().Add(challengeTime)))
	return append(b, s.challengeMAC(purpose, session, b)...)
}

// encodeChallenge writes a challenge as it comes back.
func encodeChallenge(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (s *Service) challengeMAC(purpose string, session kernel.ID, head []byte) []byte {
	text := append([]byte(purpose+"\x00"+string(session)+"\x00"), head...)
	return s.d.Keys.MAC("identity.challenge", text)[:challengeMAC]
}

// challengeEnds checks that a challenge is ours, for this purpose and session,
// and returns when it ends.
func (s *Service) challengeEnds(purpose string, session kernel.ID, text string) (kernel.Time, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != challengeSize {
		return 0, errPasskey
	}
	head, mac := b[:challengeSize-challengeMAC], b[challengeSize-challengeMAC:]
	if !hmac.Equal(mac, s.challengeMAC(purpose, session, head)) {
		return 0, errPasskey
	}
	ends := kernel.Time(binary.BigEndian.Uint64(head[challengeRandom:]))
	if s.now() >= ends {
		return 0, kernel.E(kernel.Invalid, "identity.passkey.late", nil)
	}
	return ends, nil
}

// spend notes that a challenge was answered; a second answer is refused, also
// of two at once.
func spend(tx *store.Tx, text string, ends kernel.Time) error {
	n, err := tx.Exec(`INSERT INTO identity_challenge (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hashOf(text), int64(ends))
	if err != nil {
		return err
	}
	if n == 0 {
		return errPasskey
	}
	return nil
}
