// Package store holds the SQL of casework: one function a statement, each in
// the transaction it is given. It seals nothing and decides nothing.
package store

import (
	"cmp"
	"database/sql"
	"embed"
	"errors"
	"slices"

	"maru/kernel"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables casework_*.
func Migrations() store.Migrations { return store.Embedded("casework", migrations, "migrations") }

// Application is one row of casework_application.
type Application struct {
	ID          kernel.ID
	Seq         int64 // orders by time of creation; key of the search index
	Number      string
	Service     string
	Pack        string
	Account     kernel.ID
	Person      string
	Agency      string
	Status      string
	Decision    string
	Assignee    kernel.ID
	Answers     []byte // sealed
	CreatedAt   kernel.Time
	UpdatedAt   kernel.Time
	SubmittedAt kernel.Time
	DueAt       kernel.Time
	PausedAt    kernel.Time // set while the office's clock stands still
	DecidedAt   kernel.Time
	ObjectUntil kernel.Date
	Document    string
	Paid        kernel.Money
	PurgeAt     kernel.Time
	Rev         int64
	Team        kernel.ID // whose queue it came to, "" for the agency's
	Helper      kernel.ID // who began it for the person under a mandate, "" for nobody

	told kernel.Time // of the timeline's last entry; never after UpdatedAt as stored
}

const columns = `id, seq, COALESCE(number, ''), service, pack, account, person, agency, status, decision, assignee, answers,
	created_at, updated_at, submitted_at, due_at, paused_at, decided_at, object_until, document, paid, purge_at, rev, team, helper`

type row interface{ Scan(dest ...any) error }

func scan(r row) (*Application, error) {
	var a Application
	err := r.Scan(&a.ID, &a.Seq, &a.Number, &a.Service, &a.Pack, &a.Account, &a.Person, &a.Agency, &a.Status, &a.Decision,
		&a.Assignee, &a.Answers, &a.CreatedAt, &a.UpdatedAt, &a.SubmittedAt, &a.DueAt, &a.PausedAt, &a.DecidedAt,
		&a.ObjectUntil, &a.Document, &a.Paid, &a.PurgeAt, &a.Rev, &a.Team, &a.Helper)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.error.no_case", nil)
	}
	if err != nil {
		return nil, err
	}
	a.told = a.UpdatedAt
	return &a, nil
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Insert adds an application.
func Insert(tx *store.Tx, a *Application) error {
	a.Rev, a.UpdatedAt = 1, max(a.UpdatedAt, a.told)
	return tx.Later(`INSERT INTO casework_application (id, seq, number, service, pack, account, person, agency, status, decision,
		assignee, answers, created_at, updated_at, submitted_at, due_at, paused_at, decided_at, object_until, document, paid, purge_at, rev, team, desk, helper)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		a.ID, a.Seq, nullable(a.Number), a.Service, a.Pack, a.Account, a.Person, a.Agency, a.Status, a.Decision, a.Assignee, a.Answers,
		a.CreatedAt, a.UpdatedAt, a.SubmittedAt, a.DueAt, a.PausedAt, a.DecidedAt, a.ObjectUntil, a.Document, a.Paid, a.PurgeAt, a.Rev, a.Team, a.desk(), a.Helper)
}

// Update writes every changing column of a, and fails with Conflict when
// somebody else changed the row since it was read.
func Update(tx *store.Tx, a *Application) error {
	a.UpdatedAt = max(a.UpdatedAt, a.told)
	n, err := tx.Exec(`UPDATE casework_application SET number = $1, agency = $2, status = $3, decision = $4, assignee = $5, answers = $6,
		updated_at = $7, submitted_at = $8, due_at = $9, paused_at = $10, decided_at = $11, object_until = $12, document = $13,
		paid = $14, purge_at = $15, pack = $16, person = $17, account = $18, team = $19, desk = $20, helper = $21, rev = rev + 1 WHERE id = $22 AND rev = $23`,
		nullable(a.Number), a.Agency, a.Status, a.Decision, a.Assignee, a.Answers, a.UpdatedAt, a.SubmittedAt, a.DueAt, a.PausedAt,
		a.DecidedAt, a.ObjectUntil, a.Document, a.Paid, a.PurgeAt, a.Pack, a.Person, a.Account, a.Team, a.desk(), a.Helper, a.ID, a.Rev)
	if err != nil {
		return err
	}
	if n == 0 {
		return kernel.E(kernel.Conflict, "casework.error.changed", nil)
	}
	a.Rev++
	return nil
}

// Get reads one application, or NotFound.
func Get(tx *store.Tx, id kernel.ID) (*Application, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM casework_application WHERE id = $1`, id))
}

// ByNumber reads the application with this number, or NotFound.
func ByNumber(tx *store.Tx, number string) (*Application, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM casework_application WHERE number = $1`, number))
}

// OfAccount lists an account's applications, newest first, older than before
// (0: from the newest).
func OfAccount(tx *store.Tx, account kernel.ID, before int64, limit int) ([]*Application, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return list(tx, `SELECT `+columns+` FROM casework_application WHERE account = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`,
		account, before, limit)
}

// Filter narrows a desk's list.
type Filter struct {
	Status   string // "" for every status that a desk sees
	Assignee string // "" for everybody's
	Before   int64  // Seq of the last case seen, 0 from the newest
	Limit    int
}

// onDesk are the statuses that officials see, toDo those on which they have to
// act.
var (
	onDesk = []string{"submitted", "in_review", "correction_requested", "second_look", "objection", "decided", "withdrawn"}
	toDo   = []string{"submitted", "in_review", "second_look", "objection"}
)

// Queue lists a desk's cases, newest first.
func Queue(tx *store.Tx, agency string, f Filter) ([]*Application, error) {
	if f.Before == 0 {
		f.Before = 1<<63 - 1
	}
	out, err := eachStatus(tx, onDesk, agency, f, ` AND seq < $3`, `seq DESC`)
	slices.SortFunc(out, func(a, b *Application) int { return cmp.Compare(b.Seq, a.Seq) })
	return out[:min(len(out), f.Limit)], err
}

// Due lists the cases on which a desk has to act, the most urgent first.
func Due(tx *store.Tx, agency string, f Filter) ([]*Application, error) {
	f.Before = 0
	out, err := eachStatus(tx, toDo, agency, f, ` AND due_at >= $3`, `due_at`)
	slices.SortStableFunc(out, func(a, b *Application) int { return cmp.Compare(a.DueAt, b.DueAt) })
	return out[:min(len(out), f.Limit)], err
}

// eachStatus reads up to a page of each status: one range of an index each,
// however many cases the desk has; merging them is short.
func eachStatus(tx *store.Tx, statuses []string, agency string, f Filter, from, order string) ([]*Application, error) {
	if f.Status != "" {
		statuses = []string{f.Status}
	}
	var out []*Application
	for _, status := range statuses {
		q := `SELECT ` + columns + ` FROM casework_application WHERE agency = $1 AND status = $2` + from
		args := []any{agency, status, f.Before}
		if f.Assignee != "" {
			q += ` AND assignee = $4 ORDER BY ` + order + ` LIMIT $5`
			args = append(args, f.Assignee, f.Limit)
		} else {
			q += ` ORDER BY ` + order + ` LIMIT $4`
			args = append(args, f.Limit)
		}
		l, err := list(tx, q, args...)
		if err != nil {
			return nil, err
		}
		out = append(out, l...)
	}
	return out, nil
}

// Counts tells how many cases a desk has in each open status.
func Counts(tx *store.Tx, agency string) (map[string]int, error) {
	out := map[string]int{}
	for _, s := range []string{"submitted", "in_review", "correction_requested", "second_look", "objection"} {
		var n int
		// Counted up to a cap: a badge needs no exact thousands.
		err := tx.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM casework_application WHERE agency = $1 AND status = $2 LIMIT 1000) AS c`, agency, s).Scan(&n)
		if err != nil {
			return nil, err
		}
		out[s] = n
	}
	return out, nil
}

// Expired lists applications whose retention is over.
func Expired(tx *store.Tx, now kernel.Time, limit int) ([]*Application, error) {
	return list(tx, `SELECT `+columns+` FROM casework_application WHERE purge_at > 0 AND purge_at <= $1 ORDER BY purge_at LIMIT $2`, now, limit)
}

// Delete removes a draft that was never submitted.
func Delete(tx *store.Tx, id kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_application WHERE id = $1`, id)
	return err
}

func list(tx *store.Tx, q string, args ...any) ([]*Application, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Application
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// Key is a used idempotency key.
type Key struct {
	Hash        string
	Application kernel.ID
}

// FindKey reads a used key; ok is false when it is new.
func FindKey(tx *store.Tx, account kernel.ID, key string) (k Key, ok bool, err error) {
	err = tx.QueryRow(`SELECT hash, application FROM casework_key WHERE account = $1 AND key = $2`, account, key).Scan(&k.Hash, &k.Application)
	if errors.Is(err, sql.ErrNoRows) {
		return k, false, nil
	}
	return k, err == nil, err
}

// TakeKey marks a key as used. Not fresh, it was used before, as prior tells.
//
// The row is tried before it is looked for: on PostgreSQL a look for a row that
// is not there makes the transaction depend on everybody who adds a key beside
// it, and under load most submissions were rolled back for it.
func TakeKey(tx *store.Tx, account kernel.ID, key string, k Key, now kernel.Time) (prior Key, fresh bool, err error) {
	n, err := tx.Exec(`INSERT INTO casework_key (account, key, hash, application, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account, key) DO NOTHING`, account, key, k.Hash, k.Application, now)
	if err != nil || n == 1 {
		return Key{}, n == 1, err
	}
	prior, _, err = FindKey(tx, account, key)
	return prior, false, err
}

// ForgetKeys drops keys older than before.
func ForgetKeys(tx *store.Tx, before kernel.Time) error {
	_, err := tx.Exec(`DELETE FROM casework_key WHERE at < $1`, before)
	return err
}

// BySeq reads an application by its index key.
func BySeq(tx *store.Tx, seq int64) (*Application, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM casework_application WHERE seq = $1`, seq))
}
