package audit

import (
	"context"
	"fmt"
	"time"

	"maru/kernel"
	"maru/platform/store"
)

// rowContent is what erasing takes: everything that says who did what to
// whom. Id, instant and leaf stay, and with them the tree.
type rowContent struct {
	account, role, roleAgency, system, act, object, subject, purpose, basis, service, agency, detail string
}

func (r *row) content() *rowContent {
	return &rowContent{r.Account, r.Role, r.RoleAgency, r.System, r.Act, r.Object, r.Subject, r.Purpose, r.Basis, r.Service, r.Agency, r.Detail}
}

// eraseRows bounds one transaction.
const eraseRows = 1000

// Erase takes salt and content of chained rows older than before and returns
// how many. Without its salt a leaf can never be matched to a guess.
func (l *Log) Erase(ctx context.Context, before kernel.Time) (int64, error) {
	var total int64
	for {
		var n int64
		err := l.d.DB.Update(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.Exec(`UPDATE audit_row SET salt = $1, account = '', role = '', role_agency = '', system = '', act = '',
				object = '', subject = '', purpose = '', basis = '', service = '', agency = '', detail = ''
				WHERE id IN (SELECT id FROM audit_row WHERE seq IS NOT NULL AND at < $2 AND act <> '' ORDER BY id LIMIT $3)`,
				[]byte{}, int64(before), int64(eraseRows))
			return err
		})
		if err != nil {
			return total, fmt.Errorf("audit: erase: %w", err)
		}
		total += n
		if n < eraseRows {
			return total, nil
		}
	}
}

// eraseOld applies KeepDays.
func (l *Log) eraseOld(ctx context.Context) error {
	if l.d.KeepDays <= 0 {
		return nil
	}
	_, err := l.Erase(ctx, l.now().Add(-time.Duration(l.d.KeepDays)*24*time.Hour))
	return err
}
