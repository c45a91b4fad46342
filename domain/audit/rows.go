package audit

import (
	"database/sql"

	"maru/platform/store"
)

const rowColumns = `SELECT id, at, account, role, role_agency, system, act, object, subject, purpose, basis, service, agency, detail, salt, leaf, seq FROM audit_row`

func scanRow(rows *sql.Rows) (*row, sql.NullInt64, error) {
	var r row
	var seq sql.NullInt64
	err := rows.Scan(&r.ID, &r.At, &r.Account, &r.Role, &r.RoleAgency, &r.System, &r.Act, &r.Object, &r.Subject,
		&r.Purpose, &r.Basis, &r.Service, &r.Agency, &r.Detail, &r.salt, &r.leaf, &seq)
	return &r, seq, err
}

// readRows gives the rows with places from..to-1 by place.
func readRows(tx *store.Tx, from, to int64) (map[int64]*row, error) {
	rows, err := tx.Query(rowColumns+` WHERE seq >= $1 AND seq < $2`, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[int64]*row, to-from)
	for rows.Next() {
		r, seq, err := scanRow(rows)
		if err != nil {
			return nil, err
		}
		out[seq.Int64] = r
	}
	return out, rows.Err()
}
