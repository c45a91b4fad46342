package identity

import (
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// grantRow is a row of identity_grant.
type grantRow struct {
	id, account            kernel.ID
	role                   authz.Role
	agency, reason, state  string
	requestedBy, decidedBy kernel.ID
	requestedAt, decidedAt kernel.Time
	expiresAt              kernel.Time
}

func (g *grantRow) insert(tx *store.Tx) error {
	_, err := tx.Exec(`INSERT INTO identity_grant (id, account, role, agency, reason, state, requested_by, requested_at, decided_by, decided_at, expires_at, ended_by, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0)`,
		string(g.id), string(g.account), string(g.role), g.agency, g.reason, g.state,
		string(g.requestedBy), int64(g.requestedAt), string(g.decidedBy), int64(g.decidedAt), int64(g.expiresAt))
	return err
}

func readGrants(tx *store.Tx, where string, args ...any) ([]grantRow, error) {
	rows, err := tx.Query(`SELECT id, account, role, agency, reason, state, requested_by, requested_at, decided_by, decided_at, expires_at FROM identity_grant `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []grantRow
	for rows.Next() {
		var g grantRow
		if err := rows.Scan(&g.id, &g.account, &g.role, &g.agency, &g.reason, &g.state, &g.requestedBy, &g.requestedAt, &g.decidedBy, &g.decidedAt, &g.expiresAt); err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

func grantByID(tx *store.Tx, id kernel.ID) (grantRow, error) {
	rows, err := readGrants(tx, `WHERE id = $1`, string(id))
	if err != nil {
		return grantRow{}, err
	}
	if len(rows) == 0 {
		return grantRow{}, kernel.E(kernel.NotFound, "identity.role.none", nil)
	}
	return rows[0], nil
}

// activeGrants are the roles of an account now.
func activeGrants(tx *store.Tx, account kernel.ID, now kernel.Time) ([]authz.Grant, error) {
	rows, err := tx.Query(`SELECT role, agency FROM identity_grant WHERE account = $1 AND state = 'active' AND (expires_at = 0 OR expires_at > $2) ORDER BY id`,
		string(account), int64(now))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []authz.Grant
	for rows.Next() {
		var g authz.Grant
		if err := rows.Scan(&g.Role, &g.Agency); err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// endExpired closes the row of a role that ran out, so that the role can be
// asked for again.
func endExpired(tx *store.Tx, account kernel.ID, role authz.Role, agency string, now kernel.Time) error {
	_, err := tx.Exec(`UPDATE identity_grant SET state = CASE WHEN state = 'active' THEN 'ended' ELSE 'declined' END, ended_at = expires_at
		WHERE account = $1 AND role = $2 AND agency = $3 AND state IN ('requested', 'active') AND expires_at > 0 AND expires_at <= $4`,
		string(account), string(role), agency, int64(now))
	return err
}

// operators counts the accounts that are operators now.
func operators(tx *store.Tx, now kernel.Time) (int64, error) {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM identity_grant WHERE role = 'operator' AND state = 'active' AND (expires_at = 0 OR expires_at > $1)`, int64(now)).Scan(&n)
	return n, err
}
