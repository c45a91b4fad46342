package audit

import (
	"context"
	"fmt"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Reading is one act on somebody's data in one place, as codes: for faces that
// have words of their own.
type Reading struct {
	ID     kernel.ID
	At     kernel.Time
	Role   string
	Agency string // for which whoever read acted
	Act    string
	Detail string // JSON, as the domain wrote it
}

// readingsMost is how many entries one answer holds, the newest. All of them
// stand in the person's access log.
const readingsMost = 500

// Readings are the acts on a person's data in one object, the newest first: for
// the person, or, of the last searchDays, for an auditor who says why. An
// auditor's look is an entry that names the days, written before anything is
// shown.
func (l *Log) Readings(ctx context.Context, a authz.Actor, subject, object, purpose string) ([]Reading, error) {
	from, err := l.mayRead(ctx, a, subject, object, purpose)
	if err != nil {
		return nil, err
	}
	var out []Reading
	err = l.d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.Query(rowColumns+` WHERE subject <> '' AND subject = $1 AND object = $2 AND id >= $4 ORDER BY id DESC LIMIT $3`, pseudonym(subject), object, int64(readingsMost), from)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, _, err := scanRow(rows)
			if err != nil {
				return err
			}
			out = append(out, Reading{ID: r.ID, At: kernel.Time(r.At), Role: r.Role, Agency: r.Agency, Act: r.Act, Detail: r.Detail})
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("audit: readings: %w", err)
	}
	return out, nil
}

// mayRead tells from which id on the actor may read.
func (l *Log) mayRead(ctx context.Context, a authz.Actor, subject, object, purpose string) (from string, err error) {
	if err := a.Require(authz.ScopeApplications); err == nil && subject != "" && subject == a.Person {
		return "", a.Alone()
	}
	today := l.now().DateIn(kernel.Seoul)
	q := Query{Purpose: purpose, From: today.AddDays(-searchDays), To: today, Object: object, Subject: subject}
	return idAt(q.From), l.searched(ctx, a, &q)
}
