// Package store holds the tables of mandate and their statements.
package store

import (
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables mandate_*.
func Migrations() store.Migrations { return store.Embedded("mandate", migrations, "migrations") }

// Row is one row of mandate_row.
type Row struct {
	ID        kernel.ID
	Principal string
	Account   kernel.ID
	Actor     string
	Basis     string
	Theme     string
	Version   int64
	Since     kernel.Time
	Until     kernel.Time
	Evidence  string
	State     string
	Ended     string
	Names     []byte
	Agency    string
	By        kernel.ID
	Second    kernel.ID
	Code      []byte
	CodeUntil kernel.Time
	Tries     int64
	CreatedAt kernel.Time
	EndedAt   kernel.Time
}

const columns = `id, principal, account, actor, basis, theme, version, since, until, evidence, state, ended, names, agency, by_account, second, code, code_until, tries, created_at, ended_at`

func scan(r interface{ Scan(dest ...any) error }) (*Row, error) {
	var m Row
	err := r.Scan(&m.ID, &m.Principal, &m.Account, &m.Actor, &m.Basis, &m.Theme, &m.Version, &m.Since, &m.Until, &m.Evidence, &m.State, &m.Ended, &m.Names,
		&m.Agency, &m.By, &m.Second, &m.Code, &m.CodeUntil, &m.Tries, &m.CreatedAt, &m.EndedAt)
	return &m, err
}

// Insert keeps a new row.
func Insert(tx *store.Tx, m *Row) error {
	_, err := tx.Exec(`INSERT INTO mandate_row (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		m.ID, m.Principal, m.Account, m.Actor, m.Basis, m.Theme, m.Version, m.Since, m.Until, m.Evidence, m.State, m.Ended, m.Names,
		m.Agency, m.By, m.Second, m.Code, m.CodeUntil, m.Tries, m.CreatedAt, m.EndedAt)
	if err != nil {
		return fmt.Errorf("mandate: insert: %w", err)
	}
	return nil
}

// Accept fills in what an offer or a proposal lacks and makes it active.
func Accept(tx *store.Tx, m *Row) error {
	return one(tx.Exec(`UPDATE mandate_row SET account = $1, actor = $2, since = $3, state = 'active', names = $4, second = $5 WHERE id = $6 AND state IN ('offered', 'proposed')`,
		m.Account, m.Actor, m.Since, m.Names, m.Second, m.ID))
}

// End ends a row that has not ended.
func End(tx *store.Tx, id kernel.ID, how string, at kernel.Time) error {
	return one(tx.Exec(`UPDATE mandate_row SET state = 'ended', ended = $1, ended_at = $2, code = $3 WHERE id = $4 AND state <> 'ended'`, how, at, []byte{}, id))
}

// Tried counts a try by somebody whom an offer is not for.
func Tried(tx *store.Tx, id kernel.ID) error {
	return one(tx.Exec(`UPDATE mandate_row SET tries = tries + 1 WHERE id = $1`, id))
}

func one(n int64, err error) error {
	if err == nil && n != 1 {
		return fmt.Errorf("mandate: %d rows changed, expected one", n)
	}
	return err
}

// Get reads a row; NotFound where there is none.
func Get(tx *store.Tx, id kernel.ID) (*Row, error) {
	return found(scan(tx.QueryRow(`SELECT `+columns+` FROM mandate_row WHERE id = $1`, id)))
}

// Offered finds the offer of a code, accepted ones too; NotFound where there is
// none.
func Offered(tx *store.Tx, code []byte) (*Row, error) {
	return found(scan(tx.QueryRow(`SELECT `+columns+` FROM mandate_row WHERE basis = 'mandate' AND state <> 'ended' AND code = $1`, code)))
}

// Claimed finds the active row of who acts for somebody by what a register has.
func Claimed(tx *store.Tx, basis, principal, actor string) (*Row, error) {
	return found(scan(tx.QueryRow(`SELECT `+columns+` FROM mandate_row WHERE basis = $1 AND state = 'active' AND principal = $2 AND actor = $3`, basis, principal, actor)))
}

func found(m *Row, err error) (*Row, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "mandate.error.none", nil)
	}
	if err != nil {
		return nil, fmt.Errorf("mandate: read: %w", err)
	}
	return m, nil
}

// most is how many rows a list shows at most.
const most = 200

// OfPrincipal lists what was given for a person, the newest first.
func OfPrincipal(tx *store.Tx, person string) ([]*Row, error) {
	return list(tx.Query(`SELECT `+columns+` FROM mandate_row WHERE principal = $1 ORDER BY id DESC LIMIT $2`, person, int64(most)))
}

// OfActor lists for whom a person may act or might, the newest first.
func OfActor(tx *store.Tx, person string) ([]*Row, error) {
	return list(tx.Query(`SELECT `+columns+` FROM mandate_row WHERE actor = $1 AND actor <> '' ORDER BY id DESC LIMIT $2`, person, int64(most)))
}

// OfAgency lists the orders that an agency registered, the newest first.
func OfAgency(tx *store.Tx, agency string) ([]*Row, error) {
	return list(tx.Query(`SELECT `+columns+` FROM mandate_row WHERE agency = $1 AND agency <> '' ORDER BY id DESC LIMIT $2`, agency, int64(most)))
}

func list(rows *sql.Rows, err error) ([]*Row, error) {
	if err != nil {
		return nil, fmt.Errorf("mandate: list: %w", err)
	}
	defer rows.Close()
	var out []*Row
	for rows.Next() {
		m, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("mandate: list: %w", err)
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Theme is a frozen theme.
type Theme struct {
	ID         string
	Version    int64
	Hash, Body string
}

// GetTheme reads a frozen theme, nil where nothing rests on it yet.
func GetTheme(tx *store.Tx, id string, version int64) (*Theme, error) {
	t := Theme{ID: id, Version: version}
	err := tx.QueryRow(`SELECT hash, body FROM mandate_theme WHERE id = $1 AND version = $2`, id, version).Scan(&t.Hash, &t.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &t, err
}

// FreezeTheme keeps a theme, unless it is kept.
func FreezeTheme(tx *store.Tx, t *Theme, at kernel.Time) error {
	_, err := tx.Exec(`INSERT INTO mandate_theme (id, version, hash, body, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id, version) DO NOTHING`, t.ID, t.Version, t.Hash, t.Body, at)
	return err
}

// AddTry counts a wrong code, Tries how many there were since.
func AddTry(tx *store.Tx, account kernel.ID, at kernel.Time) error {
	_, err := tx.Exec(`INSERT INTO mandate_try (id, account, at) VALUES ($1, $2, $3)`, kernel.RandomID(), account, at)
	return err
}

// Tries counts the wrong codes of an account.
func Tries(tx *store.Tx, account kernel.ID, since kernel.Time) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM mandate_try WHERE account = $1 AND at > $2`, account, since).Scan(&n)
	return n, err
}

// Purge forgets old keys and tries, and rows that ended or could not be used
// any more before long.
func Purge(tx *store.Tx, keys, tries, long kernel.Time) error {
	for _, p := range []struct {
		query  string
		before kernel.Time
	}{
		{`DELETE FROM mandate_key WHERE at < $1`, keys},
		{`DELETE FROM mandate_try WHERE at < $1`, tries},
		{`DELETE FROM mandate_row WHERE until < $1 AND until > 0 AND (state = 'ended' AND ended_at < $1 OR state <> 'ended')`, long},
	} {
		if _, err := tx.Exec(p.query, p.before); err != nil {
			return err
		}
	}
	return nil
}

// Broken lists active rows that cannot be.
func Broken(tx *store.Tx) ([]kernel.ID, error) {
	rows, err := tx.Query(`SELECT id FROM mandate_row m WHERE state = 'active' AND (principal = '' OR account = '' OR actor = '' OR actor = principal
		OR NOT EXISTS (SELECT 1 FROM mandate_theme t WHERE t.id = m.theme AND t.version = m.version)) ORDER BY id LIMIT 100`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []kernel.ID
	for rows.Next() {
		var id kernel.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
