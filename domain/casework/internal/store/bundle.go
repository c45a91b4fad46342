package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Bundle is one row of casework_bundle.
type Bundle struct {
	ID          kernel.ID
	Account     kernel.ID
	Event       string // life event
	Status      string // open, submitted
	CreatedAt   kernel.Time
	UpdatedAt   kernel.Time
	SubmittedAt kernel.Time
}

// BundleMember ties an application to a bundle.
type BundleMember struct {
	Application kernel.ID
	Bundle      kernel.ID
	Service     string
	Place       int
	Fate        string // why it left, "" while it is in
}

const bundleColumns = `id, account, event, status, created_at, updated_at, submitted_at`

func scanBundle(r row) (*Bundle, error) {
	var b Bundle
	err := r.Scan(&b.ID, &b.Account, &b.Event, &b.Status, &b.CreatedAt, &b.UpdatedAt, &b.SubmittedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.bundle.error.none", nil)
	}
	return &b, err
}

// InsertBundle adds a bundle.
func InsertBundle(tx *store.Tx, b *Bundle) error {
	_, err := tx.Exec(`INSERT INTO casework_bundle (`+bundleColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		b.ID, b.Account, b.Event, b.Status, b.CreatedAt, b.UpdatedAt, b.SubmittedAt)
	return err
}

// GetBundle reads a bundle, or NotFound.
func GetBundle(tx *store.Tx, id kernel.ID) (*Bundle, error) {
	return scanBundle(tx.QueryRow(`SELECT `+bundleColumns+` FROM casework_bundle WHERE id = $1`, id))
}

// OpenBundle reads the account's bundle of a life event that is not handed in
// yet, or NotFound.
func OpenBundle(tx *store.Tx, account kernel.ID, event string) (*Bundle, error) {
	return scanBundle(tx.QueryRow(`SELECT `+bundleColumns+` FROM casework_bundle WHERE account = $1 AND event = $2 AND status = 'open'
		ORDER BY id LIMIT 1`, account, event))
}

// BundleOf reads the bundle that an application belongs to, or NotFound.
func BundleOf(tx *store.Tx, application kernel.ID) (*Bundle, error) {
	return scanBundle(tx.QueryRow(`SELECT `+bundleColumns+` FROM casework_bundle WHERE id =
		(SELECT bundle FROM casework_bundle_member WHERE application = $1 AND fate = '')`, application))
}

// UpdateBundle writes how far a bundle is.
func UpdateBundle(tx *store.Tx, b *Bundle) error {
	_, err := tx.Exec(`UPDATE casework_bundle SET status = $1, updated_at = $2, submitted_at = $3 WHERE id = $4`,
		b.Status, b.UpdatedAt, b.SubmittedAt, b.ID)
	return err
}

// BundleMembers lists a bundle's applications in order, those that left too.
func BundleMembers(tx *store.Tx, bundle kernel.ID) ([]BundleMember, error) {
	rows, err := tx.Query(`SELECT application, bundle, service, place, fate FROM casework_bundle_member WHERE bundle = $1 ORDER BY place, application`, bundle)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []BundleMember
	for rows.Next() {
		var m BundleMember
		if err := rows.Scan(&m.Application, &m.Bundle, &m.Service, &m.Place, &m.Fate); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// PutBundleMember adds an application to a bundle, or moves it there from the
// one in which it was.
func PutBundleMember(tx *store.Tx, m BundleMember) error {
	_, err := tx.Exec(`INSERT INTO casework_bundle_member (application, bundle, service, place, fate) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (application) DO UPDATE SET bundle = excluded.bundle, place = excluded.place, fate = excluded.fate`,
		m.Application, m.Bundle, m.Service, m.Place, m.Fate)
	return err
}

// LeaveBundle notes why an application is not part of its bundle any more.
func LeaveBundle(tx *store.Tx, application kernel.ID, fate string) error {
	_, err := tx.Exec(`UPDATE casework_bundle_member SET fate = $1 WHERE application = $2 AND fate = ''`, fate, application)
	return err
}

// ForgetMember drops what ties an application to a bundle, and the bundle with
// its last application.
func ForgetMember(tx *store.Tx, application kernel.ID) error {
	if _, err := tx.Exec(`DELETE FROM casework_bundle WHERE id = (SELECT bundle FROM casework_bundle_member WHERE application = $1)
		AND NOT EXISTS (SELECT 1 FROM casework_bundle_member m WHERE m.bundle = casework_bundle.id AND m.application <> $2)`,
		application, application); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM casework_bundle_member WHERE application = $1`, application)
	return err
}

// ForgetBundles drops bundles that nobody touched since before and that were
// never handed in. Their drafts have a term of their own.
func ForgetBundles(tx *store.Tx, before kernel.Time) error {
	if _, err := tx.Exec(`DELETE FROM casework_bundle_member WHERE bundle IN
		(SELECT id FROM casework_bundle WHERE status = 'open' AND updated_at < $1)`, before); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM casework_bundle WHERE status = 'open' AND updated_at < $1`, before)
	return err
}
