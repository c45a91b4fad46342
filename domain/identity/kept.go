package identity

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/web"
)

// keptTime is how long a form waits for its owner to sign in again.
const keptTime = time.Hour

// Keep puts a form aside that was posted with a session that has ended, for
// the account of that session, and returns the secret under which Kept finds
// it; "" when the request has no such session. It is web.Config.Keep.
func (s *Service) Keep(r *http.Request, k web.Kept) (string, error) {
	session := s.secretOf(r)
	if session == "" {
		return "", nil
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return "", wrap("keep form", err)
	}
	secret, hash := newSecret()
	sealed, err := s.d.Keys.Seal(keptContext(hash), plain)
	if err != nil {
		return "", wrap("keep form", err)
	}
	err = s.d.DB.Update(r.Context(), func(tx *store.Tx) error {
		var account string
		err := tx.QueryRow(`SELECT account FROM identity_session WHERE hash = $1`, hashOf(session)).Scan(&account)
		if errors.Is(err, sql.ErrNoRows) {
			return errVisitor
		}
		if err != nil {
			return err
		}
		// One form an account: the last is what its owner was doing.
		if _, err := tx.Exec(`DELETE FROM identity_kept WHERE account = $1`, account); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO identity_kept (hash, account, sealed, expires_at) VALUES ($1, $2, $3, $4)`,
			hash, account, sealed, int64(s.now().Add(keptTime)))
		return err
	})
	if kernel.Is(err, kernel.Unauthorized) {
		return "", nil
	}
	if err != nil {
		return "", wrap("keep form", err)
	}
	return secret, nil
}

func keptContext(hash []byte) string { return "identity.kept:" + string(hash) }

// Kept hands out a form that was put aside, once and to its account only; to
// anybody else it is as if there were none, and it stays for its owner.
func (s *Service) Kept(ctx context.Context, actor authz.Actor, secret string) (k web.Kept, ok bool, err error) {
	if secret == "" || !actor.SignedIn() {
		return web.Kept{}, false, nil
	}
	hash := hashOf(secret)
	var sealed []byte
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		err := tx.QueryRow(`DELETE FROM identity_kept WHERE hash = $1 AND account = $2 AND expires_at > $3 RETURNING sealed`,
			hash, string(actor.Account), int64(s.now())).Scan(&sealed)
		ok = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || !ok {
		return web.Kept{}, false, wrap("kept form", err)
	}
	plain, err := s.d.Keys.Open(keptContext(hash), sealed)
	if err != nil {
		return web.Kept{}, false, wrap("kept form", err)
	}
	if err := json.Unmarshal(plain, &k); err != nil {
		return web.Kept{}, false, wrap("kept form", err)
	}
	return k, true, nil
}
