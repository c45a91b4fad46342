package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Template is one row of casework_template.
type Template struct {
	ID      kernel.ID
	Agency  string
	Service string // "" for every service
	Title   string
	Body    string
	Author  kernel.ID // account that wrote it last
	At      kernel.Time
	Rev     int64
}

const templateColumns = `id, agency, service, title, body, author, at, rev`

func scanTemplate(r row) (*Template, error) {
	var t Template
	err := r.Scan(&t.ID, &t.Agency, &t.Service, &t.Title, &t.Body, &t.Author, &t.At, &t.Rev)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.error.no_template", nil)
	}
	return &t, err
}

// InsertTemplate adds a template.
func InsertTemplate(tx *store.Tx, t *Template) error {
	t.Rev = 1
	_, err := tx.Exec(`INSERT INTO casework_template (`+templateColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		t.ID, t.Agency, t.Service, t.Title, t.Body, t.Author, t.At, t.Rev)
	return err
}

// UpdateTemplate writes a template over the revision it was read at; Conflict
// when a colleague was faster.
func UpdateTemplate(tx *store.Tx, t *Template) error {
	n, err := tx.Exec(`UPDATE casework_template SET service = $1, title = $2, body = $3, author = $4, at = $5, rev = rev + 1
		WHERE id = $6 AND agency = $7 AND rev = $8`, t.Service, t.Title, t.Body, t.Author, t.At, t.ID, t.Agency, t.Rev)
	if err == nil && n == 0 {
		return kernel.E(kernel.Conflict, "casework.error.template_changed", nil)
	}
	t.Rev++
	return err
}

// DeleteTemplate removes a template.
func DeleteTemplate(tx *store.Tx, id kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_template WHERE id = $1`, id)
	return err
}

// GetTemplate reads one, or NotFound.
func GetTemplate(tx *store.Tx, id kernel.ID) (*Template, error) {
	return scanTemplate(tx.QueryRow(`SELECT `+templateColumns+` FROM casework_template WHERE id = $1`, id))
}

// Templates lists an agency's templates, by title.
func Templates(tx *store.Tx, agency string) ([]*Template, error) {
	rows, err := tx.Query(`SELECT `+templateColumns+` FROM casework_template WHERE agency = $1 ORDER BY title, id`, agency)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Template
	for rows.Next() {
		t, err := scanTemplate(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
