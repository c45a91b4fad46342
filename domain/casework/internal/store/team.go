package store

import (
	"database/sql"
	"errors"
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

// Team is one row of casework_team with its members.
type Team struct {
	ID        kernel.ID
	Agency    string
	Name      kernel.Text
	Services  []string // none for all
	Spread    bool     // new cases are dealt out to members
	CreatedAt kernel.Time
	ClosedAt  kernel.Time
	Rev       int64
	Members   []Member
}

// Member is one row of casework_member.
type Member struct {
	Account kernel.ID
	Lead    bool
	Since   kernel.Time
}

const teamColumns = `id, agency, name_ko, name_en, services, spread, created_at, closed_at, rev`

func scanTeam(r row) (*Team, error) {
	var t Team
	var services string
	err := r.Scan(&t.ID, &t.Agency, &t.Name.KO, &t.Name.EN, &services, &t.Spread, &t.CreatedAt, &t.ClosedAt, &t.Rev)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.team.error.none", nil)
	}
	t.Services = strings.Fields(services)
	return &t, err
}

// InsertTeam adds a team and its members.
func InsertTeam(tx *store.Tx, t *Team) error {
	t.Rev = 1
	_, err := tx.Exec(`INSERT INTO casework_team (`+teamColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		t.ID, t.Agency, t.Name.KO, t.Name.EN, strings.Join(t.Services, " "), t.Spread, t.CreatedAt, t.ClosedAt, t.Rev)
	if err != nil {
		return err
	}
	return putMembers(tx, t)
}

// UpdateTeam writes a team and its members, and fails with Conflict when
// somebody else changed it since it was read.
func UpdateTeam(tx *store.Tx, t *Team) error {
	n, err := tx.Exec(`UPDATE casework_team SET name_ko = $1, name_en = $2, services = $3, spread = $4, closed_at = $5, rev = rev + 1
		WHERE id = $6 AND rev = $7`, t.Name.KO, t.Name.EN, strings.Join(t.Services, " "), t.Spread, t.ClosedAt, t.ID, t.Rev)
	if err != nil {
		return err
	}
	if n == 0 {
		return kernel.E(kernel.Conflict, "casework.team.error.changed", nil)
	}
	t.Rev++
	if _, err := tx.Exec(`DELETE FROM casework_member WHERE team = $1`, t.ID); err != nil {
		return err
	}
	return putMembers(tx, t)
}

func putMembers(tx *store.Tx, t *Team) error {
	for _, m := range t.Members {
		if _, err := tx.Exec(`INSERT INTO casework_member (team, account, agency, lead, since) VALUES ($1, $2, $3, $4, $5)`,
			t.ID, m.Account, t.Agency, m.Lead, m.Since); err != nil {
			return err
		}
	}
	return nil
}

// DropMember takes an account out of every team of an agency.
func DropMember(tx *store.Tx, agency string, account kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_member WHERE agency = $1 AND account = $2`, agency, account)
	return err
}

// Teams lists an agency's working teams with their members, oldest first.
func Teams(tx *store.Tx, agency string) ([]*Team, error) {
	rows, err := tx.Query(`SELECT `+teamColumns+` FROM casework_team WHERE agency = $1 AND closed_at = 0 ORDER BY id`, agency)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Team
	byID := map[kernel.ID]*Team{}
	for rows.Next() {
		t, err := scanTeam(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		byID[t.ID] = t
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		return nil, err
	}
	members, err := tx.Query(`SELECT team, account, lead, since FROM casework_member WHERE agency = $1 ORDER BY team, since, account`, agency)
	if err != nil {
		return nil, err
	}
	defer members.Close()
	for members.Next() {
		var team kernel.ID
		var m Member
		if err := members.Scan(&team, &m.Account, &m.Lead, &m.Since); err != nil {
			return nil, err
		}
		if t := byID[team]; t != nil {
			t.Members = append(t.Members, m)
		}
	}
	return out, members.Err()
}

// Spreading lists the agencies with a team that deals cases out.
func Spreading(tx *store.Tx) ([]string, error) {
	rows, err := tx.Query(`SELECT DISTINCT agency FROM casework_team WHERE closed_at = 0 AND spread ORDER BY agency`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// IsTeam tells whether there is, or was, a team with this id.
func IsTeam(tx *store.Tx, id kernel.ID) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM casework_team WHERE id = $1`, id).Scan(&n)
	return n > 0, err
}
