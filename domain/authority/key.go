package authority

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"maru/kernel"
	"maru/platform/store"
)

const (
	keyTime = 90 * 24 * time.Hour // until a key gets a successor
	// keyAhead is how long a new key is published before it signs: clients
	// keep our key set for so long.
	keyAhead = 24 * time.Hour
	// keyAfter is how long a key is published after its successor signs: all
	// that it signed is long over by then.
	keyAfter = 7 * 24 * time.Hour
	ringTime = time.Minute
)

type signingKey struct {
	kid     string
	private *ecdsa.PrivateKey
	from    kernel.Time
}

// keyRing remembers the keys for a minute: reading them takes opening seals.
type keyRing struct {
	mu   sync.Mutex
	keys []signingKey // the newest first
	at   kernel.Time
}

// ring reads the keys and makes the first one.
func (s *Service) ring(ctx context.Context) ([]signingKey, error) {
	now := s.now()
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	if len(s.keys.keys) > 0 && now.Sub(s.keys.at) < ringTime {
		return s.keys.keys, nil
	}
	var list []signingKey
	read := func(tx *store.Tx) (err error) {
		list, err = s.readKeys(tx)
		return err
	}
	if err := s.d.DB.View(ctx, read); err != nil {
		return nil, wrap("read keys", err)
	}
	if len(list) == 0 {
		fresh, err := newKey()
		if err != nil {
			return nil, wrap("make key", err)
		}
		err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
			if err := read(tx); err != nil || len(list) > 0 {
				return err // another copy was faster
			}
			if err := s.insertKey(tx, fresh, now, now); err != nil {
				return err
			}
			return read(tx)
		})
		if err != nil {
			return nil, wrap("make key", err)
		}
	}
	s.keys.keys, s.keys.at = list, now
	return list, nil
}

func newKey() (signingKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return signingKey{}, err
	}
	jwk := jose.JSONWebKey{Key: private.Public()}
	print, err := jwk.Thumbprint(sha256Hash)
	if err != nil {
		return signingKey{}, err
	}
	return signingKey{kid: b64(print), private: private}, nil
}

func (s *Service) insertKey(tx *store.Tx, k signingKey, now, from kernel.Time) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return err
	}
	sealed, err := s.d.Keys.Seal("authority.key:"+k.kid, der)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO authority_key (kid, sealed, signs_from, created_at) VALUES ($1, $2, $3, $4)`, k.kid, sealed, int64(from), int64(now))
	return err
}

func (s *Service) readKeys(tx *store.Tx) ([]signingKey, error) {
	rows, err := tx.Query(`SELECT kid, sealed, signs_from FROM authority_key ORDER BY signs_from DESC, kid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []signingKey
	for rows.Next() {
		var k signingKey
		var sealed []byte
		if err := rows.Scan(&k.kid, &sealed, &k.from); err != nil {
			return nil, err
		}
		der, err := s.d.Keys.Open("authority.key:"+k.kid, sealed)
		if err != nil {
			return nil, err
		}
		any, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return nil, err
		}
		private, ok := any.(*ecdsa.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("key %s is a %T", k.kid, any)
		}
		k.private = private
		out = append(out, k)
	}
	return out, rows.Err()
}

// RotateKeys publishes a successor for a key that is old enough, or at once
// when now is true, and forgets keys that nothing valid is signed with.
func (s *Service) RotateKeys(ctx context.Context, early bool) error {
	if _, err := s.ring(ctx); err != nil {
		return err
	}
	fresh, err := newKey()
	if err != nil {
		return wrap("rotate keys", err)
	}
	now := s.now()
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		list, err := s.readKeys(tx)
		if err != nil || len(list) == 0 {
			return err
		}
		newest := list[0].from
		if newest <= now && (early || now.Sub(newest) >= keyTime-keyAhead) {
			if err := s.insertKey(tx, fresh, now, now.Add(keyAhead)); err != nil {
				return err
			}
		}
		for i := 1; i < len(list); i++ {
			if now >= list[i-1].from.Add(keyAfter) { // its successor has signed for long
				if _, err := tx.Exec(`DELETE FROM authority_key WHERE kid = $1`, list[i].kid); err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.keys.mu.Lock()
	s.keys.keys = nil
	s.keys.mu.Unlock()
	return wrap("rotate keys", err)
}

// KeySet is what clients verify with: public keys, those about to sign included.
func (s *Service) KeySet(ctx context.Context) (jose.JSONWebKeySet, error) {
	list, err := s.ring(ctx)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	var set jose.JSONWebKeySet
	for _, k := range list {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.private.Public(), KeyID: k.kid, Algorithm: string(jose.ES256), Use: "sig"})
	}
	return set, nil
}

// Types of the JWTs that we sign.
const (
	typeID     jose.ContentType = "JWT"
	typeLogout jose.ContentType = "logout+jwt"
)

// sign makes a JWT of claims with the key that signs now.
func (s *Service) sign(ctx context.Context, typ jose.ContentType, claims any) (string, error) {
	list, err := s.ring(ctx)
	if err != nil {
		return "", err
	}
	now := s.now()
	k := list[len(list)-1]
	for _, x := range list {
		if x.from <= now {
			k = x
			break
		}
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: k.private, KeyID: k.kid}},
		(&jose.SignerOptions{}).WithType(typ))
	if err != nil {
		return "", wrap("sign", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", wrap("sign", err)
	}
	object, err := signer.Sign(payload)
	if err != nil {
		return "", wrap("sign", err)
	}
	out, err := object.CompactSerialize()
	return out, wrap("sign", err)
}

// opened is the payload of an ID token that one of our keys signed.
func (s *Service) opened(ctx context.Context, token string) ([]byte, bool) {
	object, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil || len(object.Signatures) != 1 {
		return nil, false
	}
	if typ, _ := object.Signatures[0].Protected.ExtraHeaders[jose.HeaderType].(string); typ != string(typeID) {
		return nil, false
	}
	list, err := s.ring(ctx)
	if err != nil {
		return nil, false
	}
	for _, k := range list {
		if k.kid == object.Signatures[0].Protected.KeyID {
			payload, err := object.Verify(k.private.Public())
			return payload, err == nil
		}
	}
	return nil, false
}
