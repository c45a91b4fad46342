package store

import (
	"database/sql"
	"errors"
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

// Joint is one row of casework_joint: what one agency asks of another about a
// case.
type Joint struct {
	ID          kernel.ID
	Application kernel.ID
	Lead        string
	Agency      string
	State       string
	Ask         []byte // sealed
	Questions   []string
	Files       []string
	Asker       kernel.ID
	Taker       kernel.ID
	Opinion     string
	Reason      []byte // sealed
	CreatedAt   kernel.Time
	DueAt       kernel.Time
	Extended    bool
	RemindedAt  kernel.Time
	ClosedAt    kernel.Time
}

const jointColumns = `id, application, lead, agency, state, ask, questions, files, asker, taker, opinion, reason, created_at, due_at, extended, reminded_at, closed_at`

func scanJoint(r row) (*Joint, error) {
	var j Joint
	var questions, files string
	err := r.Scan(&j.ID, &j.Application, &j.Lead, &j.Agency, &j.State, &j.Ask, &questions, &files, &j.Asker, &j.Taker, &j.Opinion, &j.Reason,
		&j.CreatedAt, &j.DueAt, &j.Extended, &j.RemindedAt, &j.ClosedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.joint.error.none", nil)
	}
	j.Questions, j.Files = strings.Fields(questions), strings.Fields(files)
	return &j, err
}

// InsertJoint adds a request; Conflict when the agency is asked already.
func InsertJoint(tx *store.Tx, j *Joint) error {
	_, err := tx.Exec(`INSERT INTO casework_joint (`+jointColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		j.ID, j.Application, j.Lead, j.Agency, j.State, j.Ask, strings.Join(j.Questions, " "), strings.Join(j.Files, " "), j.Asker, j.Taker,
		j.Opinion, j.Reason, j.CreatedAt, j.DueAt, j.Extended, j.RemindedAt, j.ClosedAt)
	return err
}

// UpdateJoint writes what changes of a request.
func UpdateJoint(tx *store.Tx, j *Joint) error {
	if j.Reason == nil {
		j.Reason = []byte{}
	}
	_, err := tx.Exec(`UPDATE casework_joint SET state = $1, taker = $2, opinion = $3, reason = $4, due_at = $5, extended = $6, reminded_at = $7, closed_at = $8 WHERE id = $9`,
		j.State, j.Taker, j.Opinion, j.Reason, j.DueAt, j.Extended, j.RemindedAt, j.ClosedAt, j.ID)
	return err
}

// GetJoint reads one request, or NotFound.
func GetJoint(tx *store.Tx, id kernel.ID) (*Joint, error) {
	return scanJoint(tx.QueryRow(`SELECT `+jointColumns+` FROM casework_joint WHERE id = $1`, id))
}

// Joints lists a case's requests, oldest first.
func Joints(tx *store.Tx, application kernel.ID) ([]*Joint, error) {
	return jointList(tx, `SELECT `+jointColumns+` FROM casework_joint WHERE application = $1 ORDER BY id`, application)
}

// OpenJoints lists what an agency is asked, the most urgent first, after a
// request of the page before (0, "": from the start).
func OpenJoints(tx *store.Tx, agency string, due kernel.Time, id kernel.ID, limit int) ([]*Joint, error) {
	return jointList(tx, `SELECT `+jointColumns+` FROM casework_joint WHERE closed_at = 0 AND agency = $1 AND (due_at, id) > ($2, $3) ORDER BY due_at, id LIMIT $4`,
		agency, due, id, limit)
}

// ClosedJoints lists what an agency was asked, newest first, before a request
// of the page before (0: from the newest).
func ClosedJoints(tx *store.Tx, agency string, closed kernel.Time, id kernel.ID, limit int) ([]*Joint, error) {
	if closed == 0 {
		closed = 1<<63 - 1
	}
	return jointList(tx, `SELECT `+jointColumns+` FROM casework_joint WHERE closed_at > 0 AND agency = $1 AND (closed_at, id) < ($2, $3) ORDER BY closed_at DESC, id DESC LIMIT $4`,
		agency, closed, id, limit)
}

// CountJoints counts what waits for an agency's opinion, up to a thousand.
func CountJoints(tx *store.Tx, agency string) (n int, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM casework_joint WHERE closed_at = 0 AND agency = $1 LIMIT 1000) AS c`, agency).Scan(&n)
	return n, err
}

// DropJoints removes a case's requests with everything written in them.
func DropJoints(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_joint WHERE application = $1`, application)
	return err
}

func jointList(tx *store.Tx, q string, args ...any) ([]*Joint, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Joint
	for rows.Next() {
		j, err := scanJoint(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, rows.Err()
}
