// Package store holds the tables of registry and their statements.
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

// Migrations of the tables registry_*.
func Migrations() store.Migrations { return store.Embedded("registry", migrations, "migrations") }

// Register is one row of registry_register.
type Register struct {
	ID        kernel.ID
	Number    int64
	Code      string
	Agency    string
	Version   string
	CreatedAt kernel.Time
}

const registerColumns = `id, number, code, agency, version, created_at`

func scanRegister(r interface{ Scan(dest ...any) error }) (*Register, error) {
	var x Register
	err := r.Scan(&x.ID, &x.Number, &x.Code, &x.Agency, &x.Version, &x.CreatedAt)
	return &x, err
}

// none is what is absent, or another's.
func none(err error) error { return kernel.E(kernel.NotFound, "registry.error.none", err) }

// one reads a row that may be absent.
func one[T any](x *T, err error) (*T, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return nil, none(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("registry: read: %w", err)
	}
	return x, nil
}

// list reads all rows.
func list[T any](rows *sql.Rows, err error, scan func(interface{ Scan(dest ...any) error }) (*T, error)) ([]*T, error) {
	if err != nil {
		return nil, fmt.Errorf("registry: list: %w", err)
	}
	defer rows.Close()
	var out []*T
	for rows.Next() {
		x, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("registry: list: %w", err)
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// InsertRegister keeps a new register and gives it the next number, which no
// register had before: who removes one twice removes no other.
func InsertRegister(tx *store.Tx, r *Register) error {
	if _, err := tx.Exec(`UPDATE registry_number SET last = last + 1`); err != nil {
		return err
	}
	if err := tx.QueryRow(`SELECT last FROM registry_number`).Scan(&r.Number); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO registry_register (`+registerColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`, r.ID, r.Number, r.Code, r.Agency, r.Version, r.CreatedAt)
	return err
}

// GetRegister finds a register by its code.
func GetRegister(tx *store.Tx, code string) (*Register, error) {
	return one(scanRegister(tx.QueryRow(`SELECT `+registerColumns+` FROM registry_register WHERE code = $1`, code)))
}

// NumberedRegister finds a register by its number.
func NumberedRegister(tx *store.Tx, number int64) (*Register, error) {
	return one(scanRegister(tx.QueryRow(`SELECT `+registerColumns+` FROM registry_register WHERE number = $1`, number)))
}

// Registers lists all, by code.
func Registers(tx *store.Tx) ([]*Register, error) {
	rows, err := tx.Query(`SELECT ` + registerColumns + ` FROM registry_register ORDER BY code`)
	return list(rows, err, scanRegister)
}

// SetVersion puts a version of a register into force, with the body that keeps it.
func SetVersion(tx *store.Tx, r *Register) error {
	_, err := tx.Exec(`UPDATE registry_register SET version = $1, agency = $2 WHERE id = $3`, r.Version, r.Agency, r.ID)
	return err
}

// DeleteRegister takes a register that holds no records, with its versions.
func DeleteRegister(tx *store.Tx, id kernel.ID) error {
	if _, err := tx.Exec(`DELETE FROM registry_version WHERE register = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM registry_register WHERE id = $1`, id)
	return err
}

// Version is one row of registry_version.
type Version struct {
	Register kernel.ID
	Version  string
	Body     string
	State    string
	By       kernel.ID
	Second   kernel.ID
	At       kernel.Time
	Settled  kernel.Time
}

const versionColumns = `register, version, body, state, by_account, second, at, settled_at`

func scanVersion(r interface{ Scan(dest ...any) error }) (*Version, error) {
	var v Version
	err := r.Scan(&v.Register, &v.Version, &v.Body, &v.State, &v.By, &v.Second, &v.At, &v.Settled)
	return &v, err
}

// InsertVersion keeps a proposal.
func InsertVersion(tx *store.Tx, v *Version) error {
	_, err := tx.Exec(`INSERT INTO registry_version (`+versionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, v.Register, v.Version, v.Body, v.State, v.By, v.Second, v.At, v.Settled)
	return err
}

// GetVersion reads one version.
func GetVersion(tx *store.Tx, register kernel.ID, version string) (*Version, error) {
	return one(scanVersion(tx.QueryRow(`SELECT `+versionColumns+` FROM registry_version WHERE register = $1 AND version = $2`, register, version)))
}

// Versions lists a register's versions, the newest first.
func Versions(tx *store.Tx, register kernel.ID) ([]*Version, error) {
	rows, err := tx.Query(`SELECT `+versionColumns+` FROM registry_version WHERE register = $1 ORDER BY at DESC, version DESC`, register)
	return list(rows, err, scanVersion)
}

// SetState moves a version on.
func SetState(tx *store.Tx, v *Version) error {
	_, err := tx.Exec(`UPDATE registry_version SET state = $1, second = $2, settled_at = $3 WHERE register = $4 AND version = $5`, v.State, v.Second, v.Settled, v.Register, v.Version)
	return err
}

// DeleteVersion takes a proposal that was declined.
func DeleteVersion(tx *store.Tx, register kernel.ID, version string) error {
	_, err := tx.Exec(`DELETE FROM registry_version WHERE register = $1 AND version = $2 AND state = 'proposed'`, register, version)
	return err
}

// Record is one row of registry_record.
type Record struct {
	ID        kernel.ID
	Register  kernel.ID
	Version   string
	Rev       int64
	Fields    []byte
	By        kernel.ID
	CreatedAt kernel.Time
	ChangedAt kernel.Time
}

const recordColumns = `id, register, version, rev, fields, by_account, created_at, changed_at`

func scanRecord(r interface{ Scan(dest ...any) error }) (*Record, error) {
	var x Record
	err := r.Scan(&x.ID, &x.Register, &x.Version, &x.Rev, &x.Fields, &x.By, &x.CreatedAt, &x.ChangedAt)
	return &x, err
}

// InsertRecord keeps a new record.
func InsertRecord(tx *store.Tx, r *Record) error {
	_, err := tx.Exec(`INSERT INTO registry_record (`+recordColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, r.ID, r.Register, r.Version, r.Rev, r.Fields, r.By, r.CreatedAt, r.ChangedAt)
	return err
}

// UpdateRecord writes the state of a record, the one before it having been kept.
func UpdateRecord(tx *store.Tx, r *Record) error {
	_, err := tx.Exec(`UPDATE registry_record SET version = $1, rev = $2, fields = $3, by_account = $4, changed_at = $5 WHERE id = $6`, r.Version, r.Rev, r.Fields, r.By, r.ChangedAt, r.ID)
	return err
}

// GetRecord reads one record of a register.
func GetRecord(tx *store.Tx, register, id kernel.ID) (*Record, error) {
	return one(scanRecord(tx.QueryRow(`SELECT `+recordColumns+` FROM registry_record WHERE register = $1 AND id = $2`, register, id)))
}

// EachRecord hands the records of a register to fn, the oldest first.
func EachRecord(tx *store.Tx, register kernel.ID, fn func(*Record) error) error {
	rows, err := tx.Query(`SELECT `+recordColumns+` FROM registry_record WHERE register = $1 ORDER BY id`, register)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRecord(rows)
		if err != nil {
			return err
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Page lists ids of records, the oldest first.
func Page(tx *store.Tx, register kernel.ID, offset, limit int64) ([]kernel.ID, error) {
	return ids(tx.Query(`SELECT id FROM registry_record WHERE register = $1 ORDER BY id LIMIT $2 OFFSET $3`, register, limit, offset))
}

func ids(rows *sql.Rows, err error) ([]kernel.ID, error) {
	found, err := list(rows, err, func(r interface{ Scan(dest ...any) error }) (*kernel.ID, error) {
		var id kernel.ID
		err := r.Scan(&id)
		return &id, err
	})
	var out []kernel.ID
	for _, id := range found {
		out = append(out, *id)
	}
	return out, err
}

// Count is how many records a register holds.
func Count(tx *store.Tx, register kernel.ID) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM registry_record WHERE register = $1`, register).Scan(&n)
	return n, err
}

// DeleteRecord takes a record with its past and its index.
func DeleteRecord(tx *store.Tx, id kernel.ID) error {
	for _, q := range []string{`DELETE FROM registry_record WHERE id = $1`, `DELETE FROM registry_past WHERE record = $1`, `DELETE FROM registry_index WHERE record = $1`} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	return nil
}

// KeepPast keeps what a record is before it changes.
func KeepPast(tx *store.Tx, r *Record) error {
	_, err := tx.Exec(`INSERT INTO registry_past (record, rev, version, fields, by_account, at) VALUES ($1, $2, $3, $4, $5, $6)`, r.ID, r.Rev, r.Version, r.Fields, r.By, r.ChangedAt)
	return err
}

// Past lists what a record was, the newest first.
func Past(tx *store.Tx, record kernel.ID, limit int64) ([]*Record, error) {
	rows, err := tx.Query(`SELECT record, '', version, rev, fields, by_account, at, at FROM registry_past WHERE record = $1 ORDER BY rev DESC LIMIT $2`, record, limit)
	return list(rows, err, scanRecord)
}

// Index is a keyed hash of a record.
type Index struct {
	Name   string
	MAC    []byte
	Single bool
}

// PutIndex replaces the index of a record; Conflict where another record, holder,
// has what only one may have.
func PutIndex(tx *store.Tx, register, record kernel.ID, list []Index) (holder kernel.ID, err error) {
	if _, err := tx.Exec(`DELETE FROM registry_index WHERE record = $1`, record); err != nil {
		return "", err
	}
	for _, x := range list {
		if x.Single {
			if held, err := Lookup(tx, register, x.Name, x.MAC, 1); err != nil {
				return "", err
			} else if len(held) > 0 {
				return held[0], kernel.E(kernel.Conflict, "registry.error.taken", nil)
			}
		}
		if _, err := tx.Exec(`INSERT INTO registry_index (register, name, mac, record, single) VALUES ($1, $2, $3, $4, $5)`, register, x.Name, x.MAC, record, x.Single); err != nil {
			return "", err
		}
	}
	return "", nil
}

// Lookup finds up to limit records by a keyed hash, the oldest first.
func Lookup(tx *store.Tx, register kernel.ID, name string, mac []byte, limit int64) ([]kernel.ID, error) {
	return ids(tx.Query(`SELECT record FROM registry_index WHERE register = $1 AND name = $2 AND mac = $3 ORDER BY record LIMIT $4`, register, name, mac, limit))
}

// Purge forgets old keys.
func Purge(tx *store.Tx, before kernel.Time) error {
	_, err := tx.Exec(`DELETE FROM registry_key WHERE at < $1`, before)
	return err
}

// Broken counts what cannot be: records without a register, index or past
// without a record, registers without the version they are in.
func Broken(tx *store.Tx) (n int, err error) {
	err = tx.QueryRow(`SELECT
		(SELECT count(*) FROM registry_record r WHERE NOT EXISTS (SELECT 1 FROM registry_register g WHERE g.id = r.register)) +
		(SELECT count(*) FROM registry_index i WHERE NOT EXISTS (SELECT 1 FROM registry_record r WHERE r.id = i.record)) +
		(SELECT count(*) FROM registry_past p WHERE NOT EXISTS (SELECT 1 FROM registry_record r WHERE r.id = p.record)) +
		(SELECT count(*) FROM registry_register g WHERE g.version <> '' AND NOT EXISTS (SELECT 1 FROM registry_version v WHERE v.register = g.id AND v.version = g.version AND v.state = 'active'))`).Scan(&n)
	return n, err
}
