package store

import (
	"database/sql"
	"errors"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

// Draft is a row of catalog_draft.
type Draft struct {
	ID, Service, Agency, Base string
	Revision                  int64
	State                     string
	Why                       string
	From                      string
	ProposedBy                string
	ProposedPerson            string
	ProposedAgency            string
	ProposedAt                kernel.Time
	Pack                      string
	ChangedAt                 kernel.Time
}

// Act is a row of catalog_draft_act.
type Act struct {
	ID, Act               string
	At                    kernel.Time
	Account, Person, Name string
	Agency, Note          string
}

const draftColumns = `id, service, agency, base, revision, state, why, active_from, proposed_by, proposed_person, proposed_agency, proposed_at, pack, changed_at`

func scanDraft(row interface{ Scan(...any) error }) (Draft, error) {
	var d Draft
	var proposed, changed int64
	err := row.Scan(&d.ID, &d.Service, &d.Agency, &d.Base, &d.Revision, &d.State, &d.Why, &d.From, &d.ProposedBy, &d.ProposedPerson, &d.ProposedAgency, &proposed, &d.Pack, &changed)
	d.ProposedAt, d.ChangedAt = kernel.Time(proposed), kernel.Time(changed)
	return d, err
}

// AddDraft begins a draft; Conflict when the body has one of this service.
func AddDraft(tx *store.Tx, d Draft) error {
	_, err := tx.Exec(`INSERT INTO catalog_draft (`+draftColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		d.ID, d.Service, d.Agency, d.Base, d.Revision, d.State, d.Why, d.From, d.ProposedBy, d.ProposedPerson, d.ProposedAgency, int64(d.ProposedAt), d.Pack, int64(d.ChangedAt))
	if err != nil {
		return fmt.Errorf("catalog: begin draft: %w", err)
	}
	return nil
}

// SaveDraft writes a draft that stands at revision was and tells whether it
// still did.
func SaveDraft(tx *store.Tx, d Draft, was int64) (bool, error) {
	n, err := tx.Exec(`UPDATE catalog_draft SET base = $1, revision = $2, state = $3, why = $4, active_from = $5, proposed_by = $6, proposed_person = $7,
		proposed_agency = $8, proposed_at = $9, pack = $10, changed_at = $11 WHERE id = $12 AND revision = $13`,
		d.Base, d.Revision, d.State, d.Why, d.From, d.ProposedBy, d.ProposedPerson, d.ProposedAgency, int64(d.ProposedAt), d.Pack, int64(d.ChangedAt), d.ID, was)
	if err != nil {
		return false, fmt.Errorf("catalog: save draft: %w", err)
	}
	return n == 1, nil
}

// FindDraft is one draft; NotFound when there is none.
func FindDraft(tx *store.Tx, id kernel.ID) (Draft, error) {
	d, err := scanDraft(tx.QueryRow(`SELECT `+draftColumns+` FROM catalog_draft WHERE id = $1`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return d, kernel.E(kernel.NotFound, "catalog.editor.no_draft", nil)
	}
	if err != nil {
		return d, fmt.Errorf("catalog: read draft: %w", err)
	}
	return d, nil
}

// OpenDrafts lists drafts that are worked on or wait for a second person, of
// one service or, with "", of all.
func OpenDrafts(tx *store.Tx, service string) ([]Draft, error) {
	return drafts(tx, `WHERE state IN ('open', 'proposed') AND (service = $1 OR $1 = '') ORDER BY id`, service)
}

// ApprovedDrafts lists the approved drafts of a service, or of all.
func ApprovedDrafts(tx *store.Tx, service string) ([]Draft, error) {
	return drafts(tx, `WHERE state = 'approved' AND (service = $1 OR $1 = '') ORDER BY id`, service)
}

func drafts(tx *store.Tx, where string, args ...any) ([]Draft, error) {
	rows, err := tx.Query(`SELECT `+draftColumns+` FROM catalog_draft `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("catalog: list drafts: %w", err)
	}
	defer rows.Close()
	var out []Draft
	for rows.Next() {
		d, err := scanDraft(rows)
		if err != nil {
			return nil, fmt.Errorf("catalog: list drafts: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// DraftFiles are the files that a draft changes.
func DraftFiles(tx *store.Tx, id string) (map[string]string, error) {
	rows, err := tx.Query(`SELECT name, content FROM catalog_draft_file WHERE draft = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("catalog: read draft's files: %w", err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var name, content string
		if err := rows.Scan(&name, &content); err != nil {
			return nil, fmt.Errorf("catalog: read draft's files: %w", err)
		}
		out[name] = content
	}
	return out, rows.Err()
}

// SetDraftFiles makes files the whole of what a draft changes.
func SetDraftFiles(tx *store.Tx, id string, files map[string]string) error {
	if _, err := tx.Exec(`DELETE FROM catalog_draft_file WHERE draft = $1`, id); err != nil {
		return fmt.Errorf("catalog: save draft's files: %w", err)
	}
	for name, content := range files {
		if _, err := tx.Exec(`INSERT INTO catalog_draft_file (draft, name, content) VALUES ($1, $2, $3)`, id, name, content); err != nil {
			return fmt.Errorf("catalog: save draft's files: %w", err)
		}
	}
	return nil
}

// AddAct records an act on a draft; one with the same id is brought up to date.
func AddAct(tx *store.Tx, draft string, a Act) error {
	_, err := tx.Exec(`INSERT INTO catalog_draft_act (draft, id, act, at, account, person, name, agency, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (draft, id) DO UPDATE SET at = excluded.at, name = excluded.name, person = excluded.person, agency = excluded.agency`,
		draft, a.ID, a.Act, int64(a.At), a.Account, a.Person, a.Name, a.Agency, a.Note)
	if err != nil {
		return fmt.Errorf("catalog: record act: %w", err)
	}
	return nil
}

// Acts are what was done with a draft, the earliest first.
func Acts(tx *store.Tx, draft string) ([]Act, error) {
	rows, err := tx.Query(`SELECT id, act, at, account, person, name, agency, note FROM catalog_draft_act WHERE draft = $1 ORDER BY at, id`, draft)
	if err != nil {
		return nil, fmt.Errorf("catalog: read acts: %w", err)
	}
	defer rows.Close()
	var out []Act
	for rows.Next() {
		var a Act
		var at int64
		if err := rows.Scan(&a.ID, &a.Act, &at, &a.Account, &a.Person, &a.Name, &a.Agency, &a.Note); err != nil {
			return nil, fmt.Errorf("catalog: read acts: %w", err)
		}
		a.At = kernel.Time(at)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Carry notes that an activation carries a draft.
func Carry(tx *store.Tx, activation kernel.ID, draft string, renewed bool) error {
	if _, err := tx.Exec(`INSERT INTO catalog_change (activation, draft, renewed) VALUES ($1, $2, $3) ON CONFLICT (activation, draft) DO NOTHING`,
		string(activation), draft, renewed); err != nil {
		return fmt.Errorf("catalog: note change: %w", err)
	}
	return nil
}

// Carried are the drafts that activations carry, by activation.
func Carried(tx *store.Tx) (map[kernel.ID][]string, error) {
	rows, err := tx.Query(`SELECT activation, draft FROM catalog_change ORDER BY activation, draft`)
	if err != nil {
		return nil, fmt.Errorf("catalog: read changes: %w", err)
	}
	defer rows.Close()
	out := map[kernel.ID][]string{}
	for rows.Next() {
		var a, d string
		if err := rows.Scan(&a, &d); err != nil {
			return nil, fmt.Errorf("catalog: read changes: %w", err)
		}
		out[kernel.ID(a)] = append(out[kernel.ID(a)], d)
	}
	return out, rows.Err()
}

// Overtaken tells whether a draft came into force, or is to, by an approval
// after the instant.
func Overtaken(tx *store.Tx, since kernel.Time) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM catalog_change c JOIN catalog_activation a ON a.id = c.activation WHERE a.approved_at > $1`, int64(since)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("catalog: look for later changes: %w", err)
	}
	return n > 0, nil
}

// Folders are the digests of the services of a version, nil when they were not
// noted yet.
func Folders(tx *store.Tx, pack string) (map[string]string, error) {
	rows, err := tx.Query(`SELECT service, digest FROM catalog_folder WHERE pack = $1`, pack)
	if err != nil {
		return nil, fmt.Errorf("catalog: read folders: %w", err)
	}
	defer rows.Close()
	var out map[string]string
	for rows.Next() {
		var s, d string
		if err := rows.Scan(&s, &d); err != nil {
			return nil, fmt.Errorf("catalog: read folders: %w", err)
		}
		if out == nil {
			out = map[string]string{}
		}
		out[s] = d
	}
	return out, rows.Err()
}

// SetFolders notes them; they never change.
func SetFolders(tx *store.Tx, pack string, digests map[string]string) error {
	for s, d := range digests {
		if _, err := tx.Exec(`INSERT INTO catalog_folder (pack, service, digest) VALUES ($1, $2, $3) ON CONFLICT (pack, service) DO NOTHING`, pack, s, d); err != nil {
			return fmt.Errorf("catalog: note folders: %w", err)
		}
	}
	return nil
}

// LastBySystem is when the program itself last brought a version into force.
func LastBySystem(tx *store.Tx) (a Activation, found bool, err error) {
	a, err = scan(tx.QueryRow(`SELECT `+columns+` FROM catalog_activation WHERE approved_by = $1 ORDER BY approved_at DESC, id DESC LIMIT 1`, System))
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("catalog: read activation: %w", err)
	}
	return a, true, nil
}

// NextApproval is the instant to note for an approval now: later than any
// other, so that of two in one microsecond it is known which came last.
func NextApproval(tx *store.Tx, now kernel.Time) (kernel.Time, error) {
	var last sql.NullInt64
	if err := tx.QueryRow(`SELECT MAX(approved_at) FROM catalog_activation`).Scan(&last); err != nil {
		return 0, fmt.Errorf("catalog: last approval: %w", err)
	}
	return max(now, kernel.Time(last.Int64)+1), nil
}
