// Package store holds the tables of alerts and their statements.
package store

import (
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables benefit_alert_*.
func Migrations() store.Migrations {
	return store.Embedded("benefit_alert", migrations, "migrations")
}

// Person is one row of benefit_alert_person.
type Person struct {
	Person    string
	Account   kernel.ID
	Pseudonym int64  // a keyed hash of it
	Choices   []byte // sealed
	Paused    bool
	Version   int64
	SentAt    kernel.Time
	BeganAt   kernel.Time
	UpdatedAt kernel.Time
}

// Get reads a subscriber, nil where the person is none.
func Get(tx *store.Tx, person string) (*Person, error) {
	var p Person
	err := tx.QueryRow(`SELECT person, account, pseudonym, choices, paused, version, sent_at, began_at, updated_at
		FROM benefit_alert_person WHERE person = $1`, person).
		Scan(&p.Person, &p.Account, &p.Pseudonym, &p.Choices, &p.Paused, &p.Version, &p.SentAt, &p.BeganAt, &p.UpdatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("alert: read subscriber: %w", err)
	}
	return &p, nil
}

// Put writes a subscriber with the next version.
func Put(tx *store.Tx, p *Person) error {
	p.Version++
	_, err := tx.Exec(`INSERT INTO benefit_alert_person (person, account, pseudonym, choices, paused, version, sent_at, began_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (person) DO UPDATE SET account = excluded.account, pseudonym = excluded.pseudonym, choices = excluded.choices,
			paused = excluded.paused, version = excluded.version, sent_at = excluded.sent_at, updated_at = excluded.updated_at`,
		p.Person, string(p.Account), p.Pseudonym, p.Choices, p.Paused, p.Version, int64(p.SentAt), int64(p.BeganAt), int64(p.UpdatedAt))
	if err != nil {
		return fmt.Errorf("alert: write subscriber: %w", err)
	}
	return nil
}

// Drop forgets a person: setting, standing, what was told and what was not sent
// yet. Messages that were sent stay with the inbox.
func Drop(tx *store.Tx, person string) error {
	for _, q := range []string{
		`DELETE FROM benefit_alert_person WHERE person = $1`,
		`DELETE FROM benefit_alert_standing WHERE person = $1`,
		`DELETE FROM benefit_alert_told WHERE person = $1`,
		`DELETE FROM benefit_alert_message WHERE person = $1 AND sent_at = 0`,
	} {
		if _, err := tx.Exec(q, person); err != nil {
			return fmt.Errorf("alert: forget: %w", err)
		}
	}
	return nil
}

// After lists up to n subscribers after one, in order.
func After(tx *store.Tx, person string, n int) ([]string, error) {
	return texts(tx, `SELECT person FROM benefit_alert_person WHERE person > $1 ORDER BY person LIMIT $2`, person, int64(n))
}

// Named lists the subscribers among some pseudonyms, as they are kept; at most a
// few hundred.
func Named(tx *store.Tx, pseudonyms []int64) ([]string, error) {
	if len(pseudonyms) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(pseudonyms)), make([]any, len(pseudonyms))
	for i, p := range pseudonyms {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), p
	}
	return texts(tx, `SELECT person FROM benefit_alert_person WHERE pseudonym IN (`+strings.Join(marks, ", ")+`) ORDER BY person`, args...)
}

func texts(tx *store.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, fmt.Errorf("alert: list: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("alert: list: %w", err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("alert: list: %w", err)
	}
	return out, nil
}

// Standing reads what was last decided, sealed; nil before the first look.
func Standing(tx *store.Tx, person string) (day kernel.Date, state []byte, err error) {
	err = tx.QueryRow(`SELECT day, state FROM benefit_alert_standing WHERE person = $1`, person).Scan(&day, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return kernel.Date{}, nil, nil
	}
	if err != nil {
		return day, nil, fmt.Errorf("alert: read standing: %w", err)
	}
	return day, state, nil
}

// PutStanding writes it.
func PutStanding(tx *store.Tx, person string, day kernel.Date, state []byte) error {
	_, err := tx.Exec(`INSERT INTO benefit_alert_standing (person, day, state) VALUES ($1, $2, $3)
		ON CONFLICT (person) DO UPDATE SET day = excluded.day, state = excluded.state`, person, day, state)
	if err != nil {
		return fmt.Errorf("alert: write standing: %w", err)
	}
	return nil
}

// DropStanding forgets it, and what rests on it and was not sent yet.
func DropStanding(tx *store.Tx, person string) error {
	for _, q := range []string{
		`DELETE FROM benefit_alert_standing WHERE person = $1`,
		`DELETE FROM benefit_alert_message WHERE person = $1 AND sent_at = 0`,
	} {
		if _, err := tx.Exec(q, person); err != nil {
			return fmt.Errorf("alert: forget standing: %w", err)
		}
	}
	return nil
}

// Tell keeps that a person was told of something; fresh is false where they were
// before.
func Tell(tx *store.Tx, id, person string, at kernel.Time) (fresh bool, err error) {
	n, err := tx.Exec(`INSERT INTO benefit_alert_told (id, person, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`, id, person, int64(at))
	if err != nil {
		return false, fmt.Errorf("alert: tell: %w", err)
	}
	return n == 1, nil
}

// Untell takes it back: what was to be told is not, for it no longer holds.
func Untell(tx *store.Tx, id string) error {
	if _, err := tx.Exec(`DELETE FROM benefit_alert_told WHERE id = $1`, id); err != nil {
		return fmt.Errorf("alert: untell: %w", err)
	}
	return nil
}

// Stray counts standings, told keys and waiting messages of who is no subscriber.
func Stray(tx *store.Tx) (total int, err error) {
	for _, from := range []string{`benefit_alert_standing x WHERE`, `benefit_alert_told x WHERE`, `benefit_alert_message x WHERE sent_at = 0 AND`} {
		var n int
		err := tx.QueryRow(`SELECT COUNT(*) FROM ` + from + ` NOT EXISTS (SELECT 1 FROM benefit_alert_person p WHERE p.person = x.person)`).Scan(&n)
		if err != nil {
			return total, fmt.Errorf("alert: count: %w", err)
		}
		total += n
	}
	return total, nil
}

// Message is one row of benefit_alert_message.
type Message struct {
	ID     kernel.ID
	Person string
	Kind   string
	Body   []byte // sealed
	MadeAt kernel.Time
	SendAt kernel.Time
	SentAt kernel.Time
}

const messageColumns = `id, person, kind, body, made_at, send_at, sent_at`

func message(row *sql.Row) (*Message, error) {
	var m Message
	err := row.Scan(&m.ID, &m.Person, &m.Kind, &m.Body, &m.MadeAt, &m.SendAt, &m.SentAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("alert: read message: %w", err)
	}
	return &m, nil
}

// GetMessage reads a message, nil where there is none.
func GetMessage(tx *store.Tx, id kernel.ID) (*Message, error) {
	return message(tx.QueryRow(`SELECT `+messageColumns+` FROM benefit_alert_message WHERE id = $1`, string(id)))
}

// Waiting is the message with news that waits for its hour, nil for none. One of
// the kind apart is not asked for.
func Waiting(tx *store.Tx, person, apart string) (*Message, error) {
	return message(tx.QueryRow(`SELECT `+messageColumns+` FROM benefit_alert_message WHERE person = $1 AND sent_at = 0 AND kind <> $2
		ORDER BY id LIMIT 1`, person, apart))
}

// PutMessage writes a message.
func PutMessage(tx *store.Tx, m *Message) error {
	_, err := tx.Exec(`INSERT INTO benefit_alert_message (`+messageColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, body = excluded.body, send_at = excluded.send_at, sent_at = excluded.sent_at`,
		string(m.ID), m.Person, m.Kind, m.Body, int64(m.MadeAt), int64(m.SendAt), int64(m.SentAt))
	if err != nil {
		return fmt.Errorf("alert: write message: %w", err)
	}
	return nil
}

// DropMessage forgets a message that will not be sent.
func DropMessage(tx *store.Tx, id kernel.ID) error {
	if _, err := tx.Exec(`DELETE FROM benefit_alert_message WHERE id = $1`, string(id)); err != nil {
		return fmt.Errorf("alert: drop message: %w", err)
	}
	return nil
}

// Unsay forgets what of a kind waits to be sent to a person: it is so no more.
func Unsay(tx *store.Tx, person, kind string) error {
	if _, err := tx.Exec(`DELETE FROM benefit_alert_message WHERE person = $1 AND kind = $2 AND sent_at = 0`, person, kind); err != nil {
		return fmt.Errorf("alert: unsay: %w", err)
	}
	return nil
}

// Pass is one row of benefit_alert_pass.
type Pass struct {
	ID      string
	Pack    string
	Place   string
	People  int64
	BeganAt kernel.Time
	EndedAt kernel.Time
}

const passColumns = `id, pack, place, people, began_at, ended_at`

func pass(row *sql.Row) (*Pass, error) {
	var p Pass
	err := row.Scan(&p.ID, &p.Pack, &p.Place, &p.People, &p.BeganAt, &p.EndedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("alert: read pass: %w", err)
	}
	return &p, nil
}

// GetPass reads a pass, nil where there is none.
func GetPass(tx *store.Tx, id string) (*Pass, error) {
	return pass(tx.QueryRow(`SELECT `+passColumns+` FROM benefit_alert_pass WHERE id = $1`, id))
}

// LastPass is the one begun last, nil before the first.
func LastPass(tx *store.Tx) (*Pass, error) {
	return pass(tx.QueryRow(`SELECT ` + passColumns + ` FROM benefit_alert_pass ORDER BY began_at DESC, id DESC LIMIT 1`))
}

// Begin keeps a new pass; fresh is false where it was begun before.
func Begin(tx *store.Tx, p *Pass) (fresh bool, err error) {
	n, err := tx.Exec(`INSERT INTO benefit_alert_pass (`+passColumns+`) VALUES ($1, $2, '', 0, $3, 0) ON CONFLICT (id) DO NOTHING`, p.ID, p.Pack, int64(p.BeganAt))
	if err != nil {
		return false, fmt.Errorf("alert: begin pass: %w", err)
	}
	return n == 1, nil
}

// Advance moves a pass on from where it was; moved is false where somebody else
// did. ended is 0 while there are more people.
func Advance(tx *store.Tx, id, from, to string, people int, ended kernel.Time) (moved bool, err error) {
	n, err := tx.Exec(`UPDATE benefit_alert_pass SET place = $1, people = people + $2, ended_at = $3 WHERE id = $4 AND place = $5 AND ended_at = 0`,
		to, int64(people), int64(ended), id, from)
	if err != nil {
		return false, fmt.Errorf("alert: advance pass: %w", err)
	}
	return n == 1, nil
}

// DropBefore forgets what is older than before: messages that were sent, what
// was told, and passes.
func DropBefore(tx *store.Tx, before kernel.Time) (int64, error) {
	var total int64
	for _, q := range []string{
		`DELETE FROM benefit_alert_message WHERE sent_at > 0 AND sent_at < $1`,
		`DELETE FROM benefit_alert_told WHERE at < $1`,
		`DELETE FROM benefit_alert_pass WHERE ended_at > 0 AND began_at < $1`,
	} {
		n, err := tx.Exec(q, int64(before))
		if err != nil {
			return total, fmt.Errorf("alert: purge: %w", err)
		}
		total += n
	}
	return total, nil
}
