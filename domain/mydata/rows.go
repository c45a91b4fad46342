package mydata

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

const consentColumns = `id, person, account, service, pack, items, purpose, recipient, kept_years, given_at, expires_at, ended_at, ended`

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scanConsent(r scanner) (Consent, error) {
	var (
		c                     Consent
		id, account, items    string
		given, expires, ended int64
	)
	err := r.Scan(&id, &c.Person, &account, &c.Service, &c.Pack, &items, &c.Purpose, &c.Recipient, &c.KeptYears,
		&given, &expires, &ended, &c.Ended)
	if err != nil {
		return Consent{}, err
	}
	c.ID, c.Account = kernel.ID(id), kernel.ID(account)
	c.GivenAt, c.ExpiresAt, c.EndedAt = kernel.Time(given), kernel.Time(expires), kernel.Time(ended)
	if err := json.Unmarshal([]byte(items), &c.Items); err != nil {
		return Consent{}, fmt.Errorf("mydata: items of consent %s: %w", id, err)
	}
	return c, nil
}

func insertConsent(tx *store.Tx, c Consent) error {
	items, err := json.Marshal(c.Items)
	if err != nil {
		return fmt.Errorf("mydata: items: %w", err)
	}
	_, err = tx.Exec(`INSERT INTO mydata_consent (`+consentColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		string(c.ID), c.Person, string(c.Account), c.Service, c.Pack, string(items), c.Purpose, c.Recipient,
		c.KeptYears, int64(c.GivenAt), int64(c.ExpiresAt), int64(c.EndedAt), c.Ended)
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
