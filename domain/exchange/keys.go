package exchange

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"maru/domain/exchange/jws"
	"maru/kernel"
	"maru/platform/store"
)

// Whose keys there are: the installation's own, and that of the registers
// inside the program.
const (
	ownKeys   = "installation"
	innerKeys = "registers"
)

// keyDays is how long a key signs before the next one takes over.
const keyDays = 90

// ownPublic are the installation's keys without asking the store each
// time: those that were there when the current one was taken up.
func (s *Service) ownPublic(ctx context.Context) (jws.Keys, error) {
	if _, err := s.own(ctx); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.public, nil
}

// signing is a key that signs, and until when.
type signing struct {
	*jws.Signer
	until kernel.Time
}

// own is the installation's current signer.
func (s *Service) own(ctx context.Context) (*jws.Signer, error) {
	now := s.now()
	s.mu.RLock()
	k := s.signer
	s.mu.RUnlock()
	if k != nil && now < k.until {
		return k.Signer, nil
	}
	k, err := s.signingKey(ctx, ownKeys)
	if err != nil {
		return nil, err
	}
	public, err := s.publicKeys(ctx, ownKeys)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.signer, s.public = k, public
	s.mu.Unlock()
	return k.Signer, nil
}

// signingKey is an owner's current key; the first is made when it is needed,
// and the next when the current one has signed for keyDays.
func (s *Service) signingKey(ctx context.Context, owner string) (*signing, error) {
	now := s.now()
	var out *signing
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		var id string
		var sealed []byte
		var made kernel.Time
		err := tx.QueryRow(`SELECT id, sealed, made_at FROM exchange_key WHERE owner = $1 AND ended_at = 0`, owner).Scan(&id, &sealed, &made)
		until := made.Add(keyDays * 24 * time.Hour)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		case now < until:
			seed, err := s.d.Keys.Open("exchange.key:"+id, sealed)
			if err != nil {
				return err
			}
			out, err = newSigning(id, seed, until)
			return err
		default:
			if _, err := tx.Exec(`UPDATE exchange_key SET ended_at = $1 WHERE id = $2`, int64(now), id); err != nil {
				return err
			}
		}
		out, err = s.makeKey(tx, owner, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("exchange: key: %w", err)
	}
	return out, nil
}

func (s *Service) makeKey(tx *store.Tx, owner string, now kernel.Time) (*signing, error) {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // never fails on the platforms Go supports
	id := string(kernel.NewID(now))
	sealed, err := s.d.Keys.Seal("exchange.key:"+id, seed)
	if err != nil {
		return nil, err
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if _, err := tx.Exec(`INSERT INTO exchange_key (id, owner, public, sealed, made_at) VALUES ($1, $2, $3, $4, $5)`,
		id, owner, []byte(public), sealed, int64(now)); err != nil {
		return nil, err
	}
	return newSigning(id, seed, now.Add(keyDays*24*time.Hour))
}

func newSigning(id string, seed []byte, until kernel.Time) (*signing, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("a key of a wrong length")
	}
	signer, err := jws.NewSigner(id, ed25519.NewKeyFromSeed(seed))
	return &signing{signer, until}, err
}

// publicKeys are an owner's keys, ended ones too: what they signed still holds.
func (s *Service) publicKeys(ctx context.Context, owner string) (jws.Keys, error) {
	out := jws.Keys{}
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT id, public FROM exchange_key WHERE owner = $1`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var public []byte
			if err := rows.Scan(&id, &public); err != nil {
				return err
			}
			out[id] = ed25519.PublicKey(public)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("exchange: keys: %w", err)
	}
	return out, nil
}

// PublicKeys are those that other installations check our messages with, the
// ended ones too.
func (s *Service) PublicKeys(ctx context.Context) (jws.Keys, error) {
	return s.publicKeys(ctx, ownKeys)
}
