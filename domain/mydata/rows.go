package mydata

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

const consentColumns = `id, person, account, service, pack, items, purpose, recipient, kept_years, given_at, expires_at, ended_at, ended, sensitive, declined`

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scanConsent(r scanner) (Consent, error) {
	var (
		c                     Consent
		id, account, items    string
		sensitive, declined   string
		given, expires, ended int64
	)
	err := r.Scan(&id, &c.Person, &account, &c.Service, &c.Pack, &items, &c.Purpose, &c.Recipient, &c.KeptYears,
		&given, &expires, &ended, &c.Ended, &sensitive, &declined)
	if err != nil {
		return Consent{}, err
	}
	c.ID, c.Account = kernel.ID(id), kernel.ID(account)
	c.GivenAt, c.ExpiresAt, c.EndedAt = kernel.Time(given), kernel.Time(expires), kernel.Time(ended)
	for _, list := range []struct {
		text string
		into *[]string
	}{{items, &c.Items}, {sensitive, &c.Sensitive}, {declined, &c.Declined}} {
		if err := json.Unmarshal([]byte(list.text), list.into); err != nil {
			return Consent{}, fmt.Errorf("mydata: items of consent %s: %w", id, err)
		}
	}
	return c, nil
}

func insertConsent(tx *store.Tx, c Consent) error {
	lists := make([]string, 3)
	for i, list := range [][]string{c.Items, c.Sensitive, c.Declined} {
		if list == nil {
			list = []string{}
		}
		b, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("mydata: items: %w", err)
		}
		lists[i] = string(b)
	}
	_, err := tx.Exec(`INSERT INTO mydata_consent (`+consentColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		string(c.ID), c.Person, string(c.Account), c.Service, c.Pack, lists[0], c.Purpose, c.Recipient,
		c.KeptYears, int64(c.GivenAt), int64(c.ExpiresAt), int64(c.EndedAt), c.Ended, lists[1], lists[2])
	if err != nil {
		return fmt.Errorf("mydata: store consent: %w", err)
	}
	return nil
}

// standing is the person's consent for the service that has not ended; ok is
// false when there is none. It may have expired.
func standing(tx *store.Tx, person, service string) (c Consent, ok bool, err error) {
	c, err = scanConsent(tx.QueryRow(`SELECT `+consentColumns+` FROM mydata_consent
		WHERE person = $1 AND service = $2 AND ended_at = 0`, person, service))
	if errors.Is(err, sql.ErrNoRows) {
		return Consent{}, false, nil
	}
	if err != nil {
		return Consent{}, false, fmt.Errorf("mydata: read consent: %w", err)
	}
	return c, true, nil
}

// consentByID is kernel.NotFound where there is none.
func consentByID(tx *store.Tx, id kernel.ID) (Consent, error) {
	c, err := scanConsent(tx.QueryRow(`SELECT `+consentColumns+` FROM mydata_consent WHERE id = $1`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return Consent{}, kernel.E(kernel.NotFound, "mydata.error.no_consent", nil)
	}
	if err != nil {
		return Consent{}, fmt.Errorf("mydata: read consent: %w", err)
	}
	return c, nil
}

func endConsent(tx *store.Tx, id kernel.ID, at kernel.Time, how string) error {
	_, err := tx.Exec(`UPDATE mydata_consent SET ended_at = $1, ended = $2 WHERE id = $3 AND ended_at = 0`, int64(at), how, string(id))
	if err != nil {
		return fmt.Errorf("mydata: end consent: %w", err)
	}
	return nil
}

// consentsOf lists the person's consents, the newest first.
func consentsOf(tx *store.Tx, person string) ([]Consent, error) {
	rows, err := tx.Query(`SELECT `+consentColumns+` FROM mydata_consent WHERE person = $1 ORDER BY given_at DESC, id DESC LIMIT 500`, person)
	if err != nil {
		return nil, fmt.Errorf("mydata: list consents: %w", err)
	}
	return scanAll(rows)
}

func scanAll(rows *sql.Rows) ([]Consent, error) {
	defer rows.Close()
	var out []Consent
	for rows.Next() {
		c, err := scanConsent(rows)
		if err != nil {
			return nil, fmt.Errorf("mydata: list consents: %w", err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("mydata: list consents: %w", err)
	}
	return out, nil
}

// overdue are up to n consents that have not ended and whose time is over, the
// oldest first.
func overdue(tx *store.Tx, now kernel.Time, n int) ([]Consent, error) {
	rows, err := tx.Query(`SELECT `+consentColumns+` FROM mydata_consent WHERE ended_at = 0 AND expires_at <= $1 ORDER BY expires_at LIMIT $2`, int64(now), n)
	if err != nil {
		return nil, fmt.Errorf("mydata: consents whose time is over: %w", err)
	}
	return scanAll(rows)
}
