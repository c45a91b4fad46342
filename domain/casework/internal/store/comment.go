package store

import (
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

// Comment is one row of casework_comment.
type Comment struct {
	ID          kernel.ID
	Application kernel.ID
	Agency      string
	Author      kernel.ID
	At          kernel.Time
	Body        []byte // sealed
	Mentions    []kernel.ID
}

// AddComment adds one.
func AddComment(tx *store.Tx, c *Comment) error {
	mentions := make([]string, len(c.Mentions))
	for i, m := range c.Mentions {
		mentions[i] = string(m)
	}
	_, err := tx.Exec(`INSERT INTO casework_comment (id, application, agency, author, at, body, mentions) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.Application, c.Agency, c.Author, c.At, c.Body, strings.Join(mentions, " "))
	return err
}

// Comments lists what an agency's officials wrote about a case, oldest first,
// after a comment ("" from the first).
func Comments(tx *store.Tx, application kernel.ID, agency string, after kernel.ID, limit int) ([]*Comment, error) {
	rows, err := tx.Query(`SELECT id, application, agency, author, at, body, mentions FROM casework_comment
		WHERE application = $1 AND agency = $2 AND id > $3 ORDER BY id LIMIT $4`, application, agency, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Comment
	for rows.Next() {
		var c Comment
		var mentions string
		if err := rows.Scan(&c.ID, &c.Application, &c.Agency, &c.Author, &c.At, &c.Body, &mentions); err != nil {
			return nil, err
		}
		for _, m := range strings.Fields(mentions) {
			c.Mentions = append(c.Mentions, kernel.ID(m))
		}
		out = append(out, &c)
	}
	return out, rows.Err()
}

// Follow has an account told of comments on a case; Unfollow no more.
func Follow(tx *store.Tx, application, account kernel.ID, agency string) error {
	_, err := tx.Exec(`INSERT INTO casework_follow (application, account, agency) VALUES ($1, $2, $3)
		ON CONFLICT (application, account) DO UPDATE SET agency = excluded.agency`, application, account, agency)
	return err
}

// Unfollow ends Follow.
func Unfollow(tx *store.Tx, application, account kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_follow WHERE application = $1 AND account = $2`, application, account)
	return err
}

// Followers lists who of an agency follows a case.
func Followers(tx *store.Tx, application kernel.ID, agency string) ([]kernel.ID, error) {
	return ids(tx, `SELECT account FROM casework_follow WHERE application = $1 AND agency = $2 ORDER BY account`, application, agency)
}

// DropDesk removes what officials wrote and were told about a case.
func DropDesk(tx *store.Tx, application kernel.ID) error {
	for _, q := range []string{
		`DELETE FROM casework_comment WHERE application = $1`,
		`DELETE FROM casework_follow WHERE application = $1`,
		`DELETE FROM casework_handover WHERE application = $1`,
		`DELETE FROM casework_ping WHERE application = $1 AND application <> ''`,
		`DELETE FROM casework_alarm WHERE application = $1`,
	} {
		if _, err := tx.Exec(q, application); err != nil {
			return err
		}
	}
	return nil
}
