package mydata

import (
	"context"
	"fmt"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Audited lists everybody's consents for an auditor, the newest first; with an
// id, that one. A token opens them only with the scope that an auditor's log
// asks for. The look is in the log: a single consent's in that of its person.
func (s *Service) Audited(ctx context.Context, actor authz.Actor, id kernel.ID, offset, limit int) ([]Consent, error) {
	if err := actor.Require(authz.ScopeAdmin); err != nil {
		return nil, err
	}
	if !actor.Has(authz.Auditor) {
		return nil, kernel.E(kernel.Forbidden, "error.staff_only", nil)
	}
	limit = min(max(limit, 0), 1000)
	var out []Consent
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT `+consentColumns+` FROM mydata_consent WHERE $1 = '' OR id = $2 ORDER BY given_at DESC, id DESC LIMIT $3 OFFSET $4`,
			string(id), string(id), int64(limit), int64(max(offset, 0)))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			c, err := scanConsent(rows)
			if err != nil {
				return err
			}
			out = append(out, c)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		e := audit.Entry{Actor: actor, Act: "mydata.audited", Object: "consent:all", Purpose: "mydata.purpose.audited", Detail: len(out)}
		if id != "" && len(out) == 1 {
			e.Object, e.Subject = "consent:"+string(id), out[0].Person
		}
		return audit.Append(tx, s.clock.Now(), e)
	})
	if err != nil {
		return nil, fmt.Errorf("mydata: consents for an auditor: %w", err)
	}
	return out, nil
}
