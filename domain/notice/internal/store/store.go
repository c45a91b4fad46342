// Package store holds the table of notice and its statements.
package store

import (
	"database/sql"
	"errors"
	"fmt"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Message is one row of the inbox: ids and codes, no words.
type Message struct {
	ID          kernel.ID
	Event       kernel.ID // the event that it tells of
	Account     kernel.ID // whom it is for, or
	Person      string    // the registry person whom it is for
	At          kernel.Time
	Kind        string // "decided"; the message keys end in it
	Service     string
	Pack        string // version of the service's definition
	Agency      string // body in charge
	Number      string // of the application, "" before it has one
	Application kernel.ID
	Document    string // number of the outcome document, "" for none
	Decision    string // "" where the kind is no decision
	Due         kernel.Time
	Topic       string // step of a life event ("birth/report"), id of a benefit alert, "" for none
	Link        string // page where it goes on, without language prefix
	ReadAt      kernel.Time
}

// Read tells whether the message was opened.
func (m *Message) Read() bool { return !m.ReadAt.IsZero() }

const columns = `id, event, account, person, at, kind, service, pack, agency, number, application, document, decision, due, link, read_at, topic`

// Insert keeps m, unless its event was told before.
func Insert(tx *store.Tx, m *Message) error {
	err := tx.Later(`INSERT INTO notice_message (`+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (event) DO NOTHING`,
		string(m.ID), string(m.Event), string(m.Account), m.Person, int64(m.At), m.Kind, m.Service, m.Pack, m.Agency,
		m.Number, string(m.Application), m.Document, m.Decision, int64(m.Due), m.Link, int64(m.ReadAt), m.Topic)
	if err != nil {
		return fmt.Errorf("notice: insert: %w", err)
	}
	return nil
}

// mine is the condition under which a row is the actor's: $1 is the account,
// $2 the registry person. Neither may be empty on the row's side, because an
// account without proofing has no person and must not see everybody's.
const mine = `(account <> '' AND account = $1 OR person <> '' AND person = $2)`

// newest sorts after every id.
const newest kernel.ID = "g"

// List gives up to n of the actor's messages older than before ("" for the
// newest), the newest first.
func List(tx *store.Tx, actor authz.Actor, before kernel.ID, n int) ([]*Message, error) {
	if before == "" {
		before = newest
	}
	rows, err := tx.Query(`SELECT `+columns+` FROM notice_message WHERE `+mine+` AND id < $3 ORDER BY id DESC LIMIT $4`,
		string(actor.Account), actor.Person, string(before), int64(n))
	if err != nil {
		return nil, fmt.Errorf("notice: list: %w", err)
	}
	defer rows.Close()
	var out []*Message
	for rows.Next() {
		m, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("notice: list: %w", err)
		}
		out = append(out, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("notice: list: %w", err)
	}
	return out, nil
}

// Get is one of the actor's messages; NotFound when there is none, also when
// it is somebody else's.
func Get(tx *store.Tx, actor authz.Actor, id kernel.ID) (*Message, error) {
	m, err := scan(tx.QueryRow(`SELECT `+columns+` FROM notice_message WHERE `+mine+` AND id = $3`,
		string(actor.Account), actor.Person, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "notice.error.none", nil)
	}
	if err != nil {
		return nil, fmt.Errorf("notice: get: %w", err)
	}
	return m, nil
}

// Unread counts the actor's messages that nobody opened.
func Unread(tx *store.Tx, actor authz.Actor) (int, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM notice_message WHERE `+mine+` AND read_at = 0`,
		string(actor.Account), actor.Person).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("notice: count: %w", err)
	}
	return n, nil
}

// MarkRead sets when the message was opened, the first time only.
func MarkRead(tx *store.Tx, id kernel.ID, now kernel.Time) error {
	_, err := tx.Exec(`UPDATE notice_message SET read_at = $1 WHERE id = $2 AND read_at = 0`, int64(now), string(id))
	if err != nil {
		return fmt.Errorf("notice: mark: %w", err)
	}
	return nil
}

// MarkAllRead does so for all of the actor's messages.
func MarkAllRead(tx *store.Tx, actor authz.Actor, now kernel.Time) error {
	_, err := tx.Exec(`UPDATE notice_message SET read_at = $1
		WHERE read_at = 0 AND (account <> '' AND account = $2 OR person <> '' AND person = $3)`,
		int64(now), string(actor.Account), actor.Person)
	if err != nil {
		return fmt.Errorf("notice: mark all: %w", err)
	}
	return nil
}

// DropBefore deletes up to n messages with an id below before and tells how
// many. Ids begin with the time of their event, so that the primary key finds
// the oldest.
func DropBefore(tx *store.Tx, before kernel.ID, n int) (int, error) {
	gone, err := tx.Exec(`DELETE FROM notice_message WHERE id IN (
		SELECT id FROM notice_message WHERE id < $1 ORDER BY id LIMIT $2)`, string(before), int64(n))
	if err != nil {
		return 0, fmt.Errorf("notice: drop: %w", err)
	}
	return int(gone), nil
}

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scan(r scanner) (*Message, error) {
	var m Message
	err := r.Scan(&m.ID, &m.Event, &m.Account, &m.Person, &m.At, &m.Kind, &m.Service, &m.Pack, &m.Agency,
		&m.Number, &m.Application, &m.Document, &m.Decision, &m.Due, &m.Link, &m.ReadAt, &m.Topic)
	if err != nil {
		return nil, err
	}
	return &m, nil
}
