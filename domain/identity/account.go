package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// The kinds of accounts: a staff member's own affairs go by another account.
const (
	kindResident = "resident"
	kindStaff    = "staff"
)

// Account is somebody who signs in.
type Account struct {
	ID        kernel.ID
	Staff     bool
	Login     string // "" for people of the try-out world
	Name      string
	Person    string // registry person, "" before proofing
	Demo      bool
	CreatedAt kernel.Time
}

const (
	maxLogin = 64
	maxName  = 100
)

// normalLogin is how login names are compared: small letters, no outer space.
func normalLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// loginTrouble is the message key of what is wrong with a new login name.
func loginTrouble(login string) string {
	n := utf8.RuneCountInString(login)
	if n < 4 || n > maxLogin {
		return "identity.login.length"
	}
	for _, r := range login {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@+", r) {
			return "identity.login.letters"
		}
	}
	return ""
}

func nameTrouble(name string) string {
	if n := utf8.RuneCountInString(name); n < 1 || n > maxName {
		return "identity.name.length"
	}
	return ""
}

func (s *Service) loginHash(login string) []byte {
	return s.d.Keys.MAC("identity.login", []byte(normalLogin(login)))
}

// Credentials are what a new account needs.
type Credentials struct{ Login, Name, Password string }

// check names everything that is wrong, not only the first.
func (c *Credentials) check() error {
	c.Login, c.Name = normalLogin(c.Login), strings.TrimSpace(c.Name)
	e := kernel.E(kernel.Invalid, "identity.check_form", nil)
	if k := loginTrouble(c.Login); k != "" {
		e.Field("login", k, map[string]any{"max": maxLogin})
	}
	if k := nameTrouble(c.Name); k != "" {
		e.Field("name", k, map[string]any{"max": maxName})
	}
	if k := passwordTrouble(c.Password, minPassword, c.Login, c.Name); k != "" {
		e.Field("password", k, passwordArgs(minPassword))
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

func passwordArgs(least int) map[string]any { return map[string]any{"min": least, "max": maxPassword} }

// newAccount is an account about to be stored.
type newAccount struct {
	kind, password, demo, person string
	login, name                  string
}

// insertAccount stores it; a login name that exists is Invalid at its field.
func (s *Service) insertAccount(tx *store.Tx, now kernel.Time, a newAccount) (kernel.ID, error) {
	id := kernel.NewID(now)
	login, err := s.d.Keys.Seal("identity.login:"+string(id), []byte(a.login))
	if err != nil {
		return "", err
	}
	name, err := s.d.Keys.Seal("identity.name:"+string(id), []byte(a.name))
	if err != nil {
		return "", err
	}
	var hash []byte
	if a.login != "" {
		hash = s.loginHash(a.login)
		var taken int64
		if err := tx.QueryRow(`SELECT count(*) FROM identity_account WHERE login = $1`, hash).Scan(&taken); err != nil {
			return "", err
		}
		if taken > 0 {
			return "", kernel.E(kernel.Invalid, "identity.check_form", nil).Field("login", "identity.login.taken", nil)
		}
	}
	_, err = tx.Exec(`INSERT INTO identity_account (id, kind, login, login_sealed, name_sealed, password, person, demo, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, string(id), a.kind, hash, login, name, a.password, a.person, a.demo, int64(now))
	return id, err
}

// Register makes a resident's account. It belongs to nobody in a registry
// until proofing.
func (s *Service) Register(ctx context.Context, c Credentials, from Client) (kernel.ID, error) {
	return s.register(ctx, c, from, func(*store.Tx, kernel.Time, kernel.ID) error { return nil })
}

// register makes a resident's account, and then does more in the same transaction.
func (s *Service) register(ctx context.Context, c Credentials, from Client, then func(*store.Tx, kernel.Time, kernel.ID) error) (kernel.ID, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	// Making accounts is free for machines too, and tells whether a login name
	// is taken: few an hour from one address.
	if err := s.count(ctx, perHour("register", from.IP, 20)); err != nil {
		return "", err
	}
	hash, err := s.hasher.hash(ctx, c.Password)
	if err != nil {
		return "", err
	}
	var id kernel.ID
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		var err error
		if id, err = s.insertAccount(tx, now, newAccount{kind: kindResident, password: hash, login: c.Login, name: c.Name}); err != nil {
			return err
		}
		if err := audit.Append(tx, now, audit.Entry{Actor: authz.Actor{Account: id}, Act: "identity.register",
			Object: object(id), Purpose: "identity.purpose.account"}); err != nil {
			return err
		}
		return then(tx, now, id)
	})
	if err != nil {
		return "", wrap("register", err)
	}
	return id, nil
}

func object(account kernel.ID) string { return "account:" + string(account) }

const accountColumns = `SELECT id, kind, login_sealed, name_sealed, person, demo, created_at FROM identity_account`

func (s *Service) scanAccount(row interface{ Scan(...any) error }) (Account, error) {
	var a Account
	var kind, demo string
	var login, name []byte
	if err := row.Scan(&a.ID, &kind, &login, &name, &a.Person, &demo, &a.CreatedAt); err != nil {
		return Account{}, err
	}
	a.Staff, a.Demo = kind == kindStaff, demo != ""
	l, err := s.d.Keys.Open("identity.login:"+string(a.ID), login)
	if err != nil {
		return Account{}, err
	}
	n, err := s.d.Keys.Open("identity.name:"+string(a.ID), name)
	if err != nil {
		return Account{}, err
	}
	a.Login, a.Name = string(l), string(n)
	return a, nil
}

// Account is the account with this id, NotFound if there is none.
func (s *Service) Account(ctx context.Context, id kernel.ID) (Account, error) {
	var a Account
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		a, err = s.accountByID(tx, id)
		return err
	})
	return a, wrap("account", err)
}

func (s *Service) accountByID(tx *store.Tx, id kernel.ID) (Account, error) {
	a, err := s.scanAccount(tx.QueryRow(accountColumns+` WHERE id = $1`, string(id)))
	return a, absent(err, "identity.no_account")
}

func (s *Service) accountByLogin(tx *store.Tx, login string) (Account, error) {
	a, err := s.scanAccount(tx.QueryRow(accountColumns+` WHERE login = $1`, s.loginHash(login)))
	return a, absent(err, "identity.no_account")
}

// absent turns "no rows" into NotFound with the message key.
func absent(err error, key string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return kernel.E(kernel.NotFound, key, nil)
	}
	return err
}

// wrap names the act, once, and leaves errors for people as they are.
func wrap(act string, err error) error {
	var e *kernel.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("identity: %s: %w", act, err)
}
