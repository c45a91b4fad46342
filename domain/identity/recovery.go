package identity

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

const (
	recoveryCodes = 10
	// Sixteen letters: four find the row, twelve (60 bits) are hashed.
	recoverySelector = 4
	recoverySize     = 16
	recoveryLetters  = "abcdefghijkmnpqrstuvwxyz23456789" // 32, none that look alike

	// coolingTime is how long authenticators that came after a recovery may not
	// do what weighs most: the owner hears of the recovery meanwhile.
	coolingTime = 24 * time.Hour
)

// NewRecoveryCodes makes ten codes for the actor and returns them, in groups of
// four letters; they are shown this once. Codes made before no longer work.
func (s *Service) NewRecoveryCodes(ctx context.Context, actor authz.Actor) ([]string, error) {
	if err := actor.Alone(); err != nil {
		return nil, err
	}
	codes := make([]string, 0, recoveryCodes)
	hashes := map[string]string{}
	for len(codes) < recoveryCodes {
		code := randomLetters(recoverySize)
		if _, twice := hashes[code[:recoverySelector]]; twice {
			continue
		}
		hash, err := s.hasher.hash(ctx, code[recoverySelector:])
		if err != nil {
			return nil, err
		}
		hashes[code[:recoverySelector]] = hash
		codes = append(codes, grouped(code))
	}
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		f, err := factorsOf(tx, actor.Account)
		if err != nil {
			return err
		}
		if !f.second() {
			return kernel.E(kernel.Conflict, "identity.recovery.factor_first", nil)
		}
		if _, err := tx.Exec(`DELETE FROM identity_recovery WHERE account = $1`, string(actor.Account)); err != nil {
			return err
		}
		for selector, hash := range hashes {
			if _, err := tx.Exec(`INSERT INTO identity_recovery (id, account, selector, hash, created_at, used_at) VALUES ($1, $2, $3, $4, $5, 0)`,
				string(kernel.NewID(now)), string(actor.Account), selector, hash, int64(now)); err != nil {
				return err
			}
		}
		return s.append(tx, actor, "identity.recovery_codes", object(actor.Account), "identity.purpose.account")
	})
	if err != nil {
		return nil, wrap("recovery codes", err)
	}
	return codes, nil
}

func randomLetters(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails on the platforms Go supports
	for i := range b {
		b[i] = recoveryLetters[int(b[i])%len(recoveryLetters)] // 256 is a multiple of 32
	}
	return string(b)
}

func grouped(code string) string {
	var parts []string
	for ; len(code) > 4; code = code[4:] {
		parts = append(parts, code[:4])
	}
	return strings.Join(append(parts, code), "-")
}

// plainCode is a code as people type it, without what they put between.
func plainCode(typed string) string {
	if len(typed) > 100 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			return r
		}
		return -1
	}, typed)
}

// codeBounds: six digits can be guessed, so few may be tried.
func codeBounds(account kernel.ID) []bound {
	return []bound{
		{"code\x00" + string(account), 5, 15 * time.Minute},
		perHour("code-account", string(account), 20),
	}
}

// checkedCode is a code that may hold; take uses it up, within a transaction.
type checkedCode struct {
	account kernel.ID
	code    string
	row     string // of the recovery code that matched, "" for codes of an app
}

// check looks at a code of an app or a recovery code. Attempts are counted
// before. What costs time is done here, outside any transaction.
func (s *Service) check(ctx context.Context, account kernel.ID, typed string) (checkedCode, error) {
	if err := s.count(ctx, codeBounds(account)...); err != nil {
		return checkedCode{}, err
	}
	c := checkedCode{account: account, code: plainCode(typed)}
	if len(c.code) != recoverySize {
		return c, nil
	}
	var hash string
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT id, hash FROM identity_recovery WHERE account = $1 AND selector = $2 AND used_at = 0`, string(account), c.code[:recoverySelector])
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&c.row, &hash); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return checkedCode{}, wrap("recovery code", err)
	}
	ok, err := s.hasher.matches(ctx, hash, c.code[recoverySelector:])
	if err != nil {
		return checkedCode{}, err
	}
	if !ok {
		return checkedCode{}, errCode
	}
	return c, nil
}

// take uses a code up: of two at once, one wins. A recovery code begins the
// cooling time and ends the account's sessions but the one named: whoever is
// signed in elsewhere shows anew who they are.
func (s *Service) take(tx *store.Tx, now kernel.Time, c checkedCode, session kernel.ID) (means, error) {
	if c.row == "" {
		since, err := s.takeTOTP(tx, c.account, c.code, true)
		if err != nil {
			return means{}, err
		}
		return means{2, []string{methodCode}, since}, s.forgive(tx, codeBounds(c.account)...)
	}
	n, err := tx.Exec(`UPDATE identity_recovery SET used_at = $1 WHERE id = $2 AND used_at = 0`, int64(now), c.row)
	if err != nil {
		return means{}, err
	}
	if n == 0 {
		return means{}, errCode
	}
	if _, err := tx.Exec(`DELETE FROM identity_session WHERE account = $1 AND id <> $2`, string(c.account), string(session)); err != nil {
		return means{}, err
	}
	if err := s.recovered(tx, now, c.account); err != nil {
		return means{}, err
	}
	return means{2, []string{methodRecovery}, now}, s.forgive(tx, codeBounds(c.account)...)
}

// recovered begins the cooling time of an account and lets its owner know.
func (s *Service) recovered(tx *store.Tx, now kernel.Time, account kernel.ID) error {
	if _, err := tx.Exec(`UPDATE identity_account SET cooling_until = $1 WHERE id = $2`, int64(now.Add(coolingTime)), string(account)); err != nil {
		return err
	}
	actor, err := s.actor(tx, account, now)
	if err != nil {
		return err
	}
	if err := s.append(tx, actor, "identity.recover", object(account), "identity.purpose.account"); err != nil {
		return err
	}
	if err := s.tellEnded(tx, account, ""); err != nil {
		return err
	}
	return s.tellRecovered(tx, actor)
}
