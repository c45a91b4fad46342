package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Party is one row of casework_party.
type Party struct {
	ID          kernel.ID
	Application kernel.ID
	Party       string // id in the definition
	Role        string
	Person      string // registry person, "" when only the name is known
	Name        []byte // sealed, as the applicant gave it
	Status      string // named, asked, signed, declined
	SignedBy    kernel.ID
	SignedAt    kernel.Time
}

const partyColumns = `id, application, party, role, person, name, status, signed_by, signed_at`

func scanParty(r row) (*Party, error) {
	var p Party
	err := r.Scan(&p.ID, &p.Application, &p.Party, &p.Role, &p.Person, &p.Name, &p.Status, &p.SignedBy, &p.SignedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.error.no_invitation", nil)
	}
	return &p, err
}

// InsertParty adds a party.
func InsertParty(tx *store.Tx, p *Party) error {
	_, err := tx.Exec(`INSERT INTO casework_party (`+partyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.Application, p.Party, p.Role, p.Person, p.Name, p.Status, p.SignedBy, p.SignedAt)
	return err
}

// GetParty reads one party, or NotFound.
func GetParty(tx *store.Tx, id kernel.ID) (*Party, error) {
	return scanParty(tx.QueryRow(`SELECT `+partyColumns+` FROM casework_party WHERE id = $1`, id))
}

// Parties lists an application's parties in the order they were added.
func Parties(tx *store.Tx, application kernel.ID) ([]*Party, error) {
	return partyList(tx, `SELECT `+partyColumns+` FROM casework_party WHERE application = $1 ORDER BY id`, application)
}

// PartiesOf lists where a person is asked to sign: what was withdrawn since is
// not asked any more.
func PartiesOf(tx *store.Tx, person string) ([]*Party, error) {
	return partyList(tx, `SELECT `+partyColumns+` FROM casework_party p WHERE person = $1 AND person <> '' AND status = 'asked' AND EXISTS
		(SELECT 1 FROM casework_application a WHERE a.id = p.application AND a.status = 'awaiting_signatures') ORDER BY id`, person)
}

func partyList(tx *store.Tx, q string, args ...any) ([]*Party, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Party
	for rows.Next() {
		p, err := scanParty(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// UpdateParty writes a party's answer.
func UpdateParty(tx *store.Tx, p *Party) error {
	_, err := tx.Exec(`UPDATE casework_party SET person = $1, status = $2, signed_by = $3, signed_at = $4 WHERE id = $5`,
		p.Person, p.Status, p.SignedBy, p.SignedAt, p.ID)
	return err
}

// DropNamed removes the parties of whom nothing is asked.
func DropNamed(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_party WHERE application = $1 AND status = 'named'`, application)
	return err
}

// DropParties removes an application's parties, with what was asked of them.
func DropParties(tx *store.Tx, application kernel.ID) error {
	if _, err := tx.Exec(`DELETE FROM casework_request WHERE application = $1`, application); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM casework_party WHERE application = $1`, application)
	return err
}

// Event is one row of an application's timeline.
type Event struct {
	ID          kernel.ID
	Application kernel.ID
	At          kernel.Time
	Act         string
	Actor       kernel.ID // account; "" for the program
	ByKind      string    // applicant, party, official, rule
	Agency      string
	Code        string // decision, target agency, party id ...
	Note        []byte // sealed text, nil for none
	Shared      bool   // the applicant sees it
}

const eventColumns = `id, application, at, act, actor, by_kind, agency, code, note, shared`

// AddEvent appends to the timeline of a, which the caller writes in the same
// transaction. Two acts of one instant (a submission that a rule decides at
// once), or of two machines whose clocks differ, keep the order in which they
// were written: the later one counts a microsecond on.
func AddEvent(tx *store.Tx, a *Application, e *Event) error {
	if e.Note == nil {
		e.Note = []byte{}
	}
	e.Application, e.At = a.ID, max(e.At, a.told+1)
	a.told = e.At
	_, err := tx.Exec(`INSERT INTO casework_event (`+eventColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.ID, e.Application, e.At, e.Act, e.Actor, e.ByKind, e.Agency, e.Code, e.Note, e.Shared)
	return err
}

// Events lists the timeline, oldest first.
func Events(tx *store.Tx, application kernel.ID) ([]*Event, error) {
	rows, err := tx.Query(`SELECT `+eventColumns+` FROM casework_event WHERE application = $1 ORDER BY at`, application)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Event
	for rows.Next() {
		var e Event
		if err := rows.Scan(&e.ID, &e.Application, &e.At, &e.Act, &e.Actor, &e.ByKind, &e.Agency, &e.Code, &e.Note, &e.Shared); err != nil {
			return nil, err
		}
		out = append(out, &e)
	}
	return out, rows.Err()
}

// BlankEvents takes persons and texts out of a timeline: accounts, notes, and
// the receipt of a fee, behind which a payer stands. What happened when stays.
func BlankEvents(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`UPDATE casework_event SET note = $1, actor = '', code = CASE WHEN act = 'paid' THEN '' ELSE code END WHERE application = $2`,
		[]byte{}, application)
	return err
}

// DropEvents removes the timeline of a draft.
func DropEvents(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_event WHERE application = $1`, application)
	return err
}

// Document is one row of casework_document.
type Document struct {
	Number      string
	Application kernel.ID
	Service     string
	Agency      string
	IssuedAt    kernel.Time
	Hash        string // hex SHA-256 of the canonical body
	Body        []byte // sealed
	RevokedAt   kernel.Time
}

// InsertDocument adds an issued document.
func InsertDocument(tx *store.Tx, d *Document) error {
	_, err := tx.Exec(`INSERT INTO casework_document (number, application, service, agency, issued_at, hash, body, revoked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, d.Number, d.Application, d.Service, d.Agency, d.IssuedAt, d.Hash, d.Body, d.RevokedAt)
	return err
}

// GetDocument reads a document, or NotFound.
func GetDocument(tx *store.Tx, number string) (*Document, error) {
	var d Document
	err := tx.QueryRow(`SELECT number, application, service, agency, issued_at, hash, body, revoked_at FROM casework_document WHERE number = $1`, number).
		Scan(&d.Number, &d.Application, &d.Service, &d.Agency, &d.IssuedAt, &d.Hash, &d.Body, &d.RevokedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.error.no_document", nil)
	}
	return &d, err
}

// RevokeDocument marks a document as no longer valid.
func RevokeDocument(tx *store.Tx, number string, at kernel.Time) error {
	_, err := tx.Exec(`UPDATE casework_document SET revoked_at = $1 WHERE number = $2 AND revoked_at = 0`, at, number)
	return err
}

// DropDocumentBody empties a document's content; that it was issued stays.
func DropDocumentBody(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`UPDATE casework_document SET body = $1 WHERE application = $2`, []byte{}, application)
	return err
}

// File is one uploaded file of an application.
type File struct {
	ID          kernel.ID // of the blob
	Application kernel.ID
	Question    string
	Name        []byte // sealed
	Type        string
	Size        int64
	At          kernel.Time
}

// InsertFile links a blob to an application.
func InsertFile(tx *store.Tx, f *File) error {
	_, err := tx.Exec(`INSERT INTO casework_file (id, application, question, name, type, size, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.Application, f.Question, f.Name, f.Type, f.Size, f.At)
	return err
}

// Files lists an application's files.
func Files(tx *store.Tx, application kernel.ID) ([]*File, error) {
	rows, err := tx.Query(`SELECT id, application, question, name, type, size, at FROM casework_file WHERE application = $1 ORDER BY id`, application)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*File
	for rows.Next() {
		var f File
		if err := rows.Scan(&f.ID, &f.Application, &f.Question, &f.Name, &f.Type, &f.Size, &f.At); err != nil {
			return nil, err
		}
		out = append(out, &f)
	}
	return out, rows.Err()
}

// DropFile unlinks a file.
func DropFile(tx *store.Tx, application, id kernel.ID) error {
	n, err := tx.Exec(`DELETE FROM casework_file WHERE id = $1 AND application = $2`, id, application)
	if err == nil && n == 0 {
		return kernel.E(kernel.NotFound, "casework.error.no_file", nil)
	}
	return err
}

// LooseFiles lists files uploaded before a time that no application took.
func LooseFiles(tx *store.Tx, before kernel.Time, limit int) ([]*File, error) {
	rows, err := tx.Query(`SELECT id, application, question, name, type, size, at FROM casework_file
		WHERE application LIKE 'account:%' AND at < $1 LIMIT $2`, before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*File
	for rows.Next() {
		var f File
		if err := rows.Scan(&f.ID, &f.Application, &f.Question, &f.Name, &f.Type, &f.Size, &f.At); err != nil {
			return nil, err
		}
		out = append(out, &f)
	}
	return out, rows.Err()
}

// HasFile tells whether any application, or a waiting upload, holds the blob.
func HasFile(tx *store.Tx, id kernel.ID) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM casework_file WHERE id = $1`, id).Scan(&n)
	return n > 0, err
}
