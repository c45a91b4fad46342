package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

// Kinds of contacts.
const (
	Mail = "mail"
	Text = "text" // of a mobile telephone
)

// States of a contact.
const (
	Waiting = "waiting" // for its code
	Proven  = "proven"
	Left    = "left" // removed or replaced; told of safety for a while
)

// Contact is one row of notice_contact.
type Contact struct {
	ID, Account kernel.ID
	Kind        string
	Sealed      []byte // the address or number
	Target      []byte // its keyed hash
	Lang        kernel.Lang
	Topics      []string
	State       string
	Code        kernel.ID   // asked for last, "" for none
	AskedAt     kernel.Time // when that was
	ProvenAt    kernel.Time
	FailedAt    kernel.Time // since when it takes nothing
	Until       kernel.Time
	CreatedAt   kernel.Time
}

const contactColumns = `id, account, kind, sealed, target, lang, topics, state, code, asked_at, proven_at, failed_at, until, created_at`

// PutContact keeps c, new or changed.
func PutContact(tx *store.Tx, c *Contact) error {
	_, err := tx.Exec(`INSERT INTO notice_contact (`+contactColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (id) DO UPDATE SET lang = excluded.lang, topics = excluded.topics, state = excluded.state, code = excluded.code, asked_at = excluded.asked_at,
		proven_at = excluded.proven_at, failed_at = excluded.failed_at, until = excluded.until`,
		string(c.ID), string(c.Account), c.Kind, c.Sealed, c.Target, string(c.Lang), strings.Join(c.Topics, " "), c.State, string(c.Code),
		int64(c.AskedAt), int64(c.ProvenAt), int64(c.FailedAt), int64(c.Until), int64(c.CreatedAt))
	return wrapped("contact", err)
}

// DropContact deletes a contact with what was to be told there.
func DropContact(tx *store.Tx, id kernel.ID) error {
	if _, err := tx.Exec(`DELETE FROM notice_delivery WHERE contact = $1`, string(id)); err != nil {
		return wrapped("contact", err)
	}
	_, err := tx.Exec(`DELETE FROM notice_contact WHERE id = $1`, string(id))
	return wrapped("contact", err)
}

// Contacts lists an account's contacts, the oldest first.
func Contacts(tx *store.Tx, account kernel.ID) ([]*Contact, error) {
	return contacts(tx, `WHERE account = $1 ORDER BY created_at, id`, string(account))
}

// ContactByID is any account's contact; nil where it is gone.
func ContactByID(tx *store.Tx, id kernel.ID) (*Contact, error) {
	l, err := contacts(tx, `WHERE id = $1`, string(id))
	if err != nil || len(l) == 0 {
		return nil, err
	}
	return l[0], nil
}

// Forgotten lists up to n contacts whose time is over: those left, and those for
// which nobody typed the code.
func Forgotten(tx *store.Tx, now, asked kernel.Time, n int) ([]*Contact, error) {
	return contacts(tx, `WHERE state = 'left' AND until <= $1 OR state = 'waiting' AND created_at < $2 LIMIT $3`, int64(now), int64(asked), int64(n))
}

func contacts(tx *store.Tx, where string, args ...any) ([]*Contact, error) {
	rows, err := tx.Query(`SELECT `+contactColumns+` FROM notice_contact `+where, args...)
	if err != nil {
		return nil, wrapped("contacts", err)
	}
	defer rows.Close()
	var out []*Contact
	for rows.Next() {
		var c Contact
		var topics string
		if err := rows.Scan(&c.ID, &c.Account, &c.Kind, &c.Sealed, &c.Target, &c.Lang, &topics, &c.State, &c.Code, &c.AskedAt, &c.ProvenAt, &c.FailedAt, &c.Until, &c.CreatedAt); err != nil {
			return nil, wrapped("contacts", err)
		}
		c.Topics = strings.Fields(topics)
		out = append(out, &c)
	}
	return out, wrapped("contacts", rows.Err())
}

// AddCode keeps that a code was asked for.
func AddCode(tx *store.Tx, id, account kernel.ID, target []byte, now kernel.Time) error {
	_, err := tx.Exec(`INSERT INTO notice_code (id, account, target, at, tries) VALUES ($1, $2, $3, $4, 0)`, string(id), string(account), target, int64(now))
	return wrapped("code", err)
}

// Asked are how many codes were asked for.
type Asked struct {
	ByAccount int // for any address or number
	ForTarget int // by anybody
	Both      int // by the account for that address or number
	Accounts  int // that asked for that address or number
}

// Codes counts the codes asked for since then.
func Codes(tx *store.Tx, account kernel.ID, target []byte, since kernel.Time) (a Asked, err error) {
	err = tx.QueryRow(`SELECT (SELECT COUNT(*) FROM notice_code WHERE account = $1 AND at > $3), (SELECT COUNT(*) FROM notice_code WHERE target = $2 AND at > $3),
		(SELECT COUNT(*) FROM notice_code WHERE account = $1 AND target = $2 AND at > $3),
		(SELECT COUNT(DISTINCT account) FROM notice_code WHERE target = $2 AND at > $3)`,
		string(account), target, int64(since)).Scan(&a.ByAccount, &a.ForTarget, &a.Both, &a.Accounts)
	return a, wrapped("codes", err)
}

// TryCode counts one try at a code and tells when it was asked for; false where
// it was tried often enough or is gone.
func TryCode(tx *store.Tx, id kernel.ID, most int) (at kernel.Time, ok bool, err error) {
	err = tx.QueryRow(`UPDATE notice_code SET tries = tries + 1 WHERE id = $1 AND tries < $2 RETURNING at`, string(id), int64(most)).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return at, err == nil, wrapped("code", err)
}

// DropCodes forgets the codes asked for before then.
func DropCodes(tx *store.Tx, before kernel.Time) error {
	_, err := tx.Exec(`DELETE FROM notice_code WHERE at < $1`, int64(before))
	return wrapped("codes", err)
}

func wrapped(what string, err error) error {
	if err != nil {
		return fmt.Errorf("notice: %s: %w", what, err)
	}
	return nil
}
