package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Approval is one row of casework_approval.
type Approval struct {
	Application kernel.ID
	Step        int
	Kind        string // review, agree or approve
	Agency      string
	Account     kernel.ID
	Proposer    kernel.ID
	AgreedBy    kernel.ID
	AgreedAt    kernel.Time // 0 while it waits
}

// InsertApproval adds a step.
func InsertApproval(tx *store.Tx, a *Approval) error {
	_, err := tx.Exec(`INSERT INTO casework_approval (application, step, kind, agency, account, proposer, agreed_by, agreed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, a.Application, a.Step, a.Kind, a.Agency, a.Account, a.Proposer, a.AgreedBy, a.AgreedAt)
	return err
}

// Approvals lists a proposal's steps in their order.
func Approvals(tx *store.Tx, application kernel.ID) ([]*Approval, error) {
	return approvals(tx, `WHERE application = $1 ORDER BY step`, application)
}

// ApprovalsBefore lists the steps that wait for one of the desks, each only
// when its turn has come, those of the oldest proposals first.
func ApprovalsBefore(tx *store.Tx, agency, desk string, limit int) ([]*Approval, error) {
	return approvals(tx, `AS a WHERE agency = $1 AND account = $2 AND agreed_at = 0 AND NOT EXISTS (SELECT 1 FROM casework_approval b
		WHERE b.application = a.application AND b.step < a.step AND b.agreed_at = 0) ORDER BY application LIMIT $3`, agency, desk, limit)
}

func approvals(tx *store.Tx, where string, args ...any) ([]*Approval, error) {
	rows, err := tx.Query(`SELECT application, step, kind, agency, account, proposer, agreed_by, agreed_at FROM casework_approval `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Approval
	for rows.Next() {
		var a Approval
		if err := rows.Scan(&a.Application, &a.Step, &a.Kind, &a.Agency, &a.Account, &a.Proposer, &a.AgreedBy, &a.AgreedAt); err != nil {
			return nil, err
		}
		out = append(out, &a)
	}
	return out, rows.Err()
}

// Agreed notes who agreed to a step.
func Agreed(tx *store.Tx, a *Approval) error {
	_, err := tx.Exec(`UPDATE casework_approval SET agreed_by = $1, agreed_at = $2 WHERE application = $3 AND step = $4`,
		a.AgreedBy, a.AgreedAt, a.Application, a.Step)
	return err
}

// DropApprovals removes a proposal's steps.
func DropApprovals(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_approval WHERE application = $1`, application)
	return err
}

// KeepLine remembers the line that somebody chose for a service.
func KeepLine(tx *store.Tx, agency string, account kernel.ID, service, line string) error {
	_, err := tx.Exec(`INSERT INTO casework_line (agency, account, service, line) VALUES ($1, $2, $3, $4)
		ON CONFLICT (agency, account, service) DO UPDATE SET line = excluded.line`, agency, account, service, line)
	return err
}

// LastLine is the line that somebody chose last, "" for none.
func LastLine(tx *store.Tx, agency string, account kernel.ID, service string) (string, error) {
	var line string
	err := tx.QueryRow(`SELECT line FROM casework_line WHERE agency = $1 AND account = $2 AND service = $3`, agency, account, service).Scan(&line)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return line, err
}
