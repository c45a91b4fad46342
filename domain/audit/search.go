package audit

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Query is what an auditor looks for. Empty fields do not narrow.
type Query struct {
	// Purpose is why, in the auditor's words. It stands in the log before
	// anything is shown.
	Purpose string
	// From and To are days of Seoul, both within.
	From, To kernel.Date
	Act      string // "casework.decide", or the domain before the dot
	Agency   string // for which somebody acted
	Account  string // who acted
	Object   string // "application:ID"
	Subject  string // a registry person, or "account:ID": found by pseudonym
}

const (
	minPurpose = 10  // characters: more than "check"
	maxFilter  = 200 // characters of any other field
	searchPage = 100 // entries
	// searchDays bounds one search: a log is looked through for something.
	searchDays = 366
)

// Hit is an entry found by an auditor: who, what and why, never the data itself.
type Hit struct {
	Access
	Account string `json:"account"`
	Basis   string `json:"basis"`
	Service string `json:"service"`
	Index   int64  `json:"index"` // place in the tree, -1 while it waits
}

// Search finds entries, the newest first, for an auditor who says why. The
// search itself is an entry, written before anything is shown. before is next
// of the page before. Errors: Forbidden for others, Invalid by field.
func (l *Log) Search(ctx context.Context, a authz.Actor, lang kernel.Lang, q Query, before kernel.ID) (list []Hit, next kernel.ID, err error) {
	if err := l.searched(ctx, a, &q); err != nil {
		return nil, "", err
	}
	query, args := q.sql(before)
	err = l.d.DB.View(ctx, func(tx *store.Tx) error {
		list, next = nil, ""
		rows, err := tx.Query(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, seq, err := scanRow(rows)
			if err != nil {
				return err
			}
			if len(list) == searchPage {
				next = list[searchPage-1].ID
				break
			}
			h := Hit{Access: l.words(r, lang), Account: r.Account, Basis: r.Basis, Service: r.Service, Index: -1}
			if seq.Valid {
				h.Index = seq.Int64
			}
			list = append(list, h)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, "", fmt.Errorf("audit: search: %w", err)
	}
	return list, next, nil
}

// searched sees that an auditor may look and says why, and writes it down.
func (l *Log) searched(ctx context.Context, a authz.Actor, q *Query) error {
	if err := a.Require(authz.ScopeAdmin); err != nil {
		return err
	}
	if !a.Has(authz.Auditor) {
		return kernel.E(kernel.Forbidden, "audit.search.auditors", nil)
	}
	if err := q.check(); err != nil {
		return err
	}
	err := l.d.DB.Update(ctx, func(tx *store.Tx) error {
		// Whose data was looked for sees it in their own access log.
		told := *q
		told.Subject = ""
		return Append(tx, l.now(), Entry{Actor: a, Act: "audit.search", Object: "log:" + l.d.Origin, Subject: q.Subject, Purpose: "audit.purpose.search", Detail: told})
	})
	if err != nil {
		return fmt.Errorf("audit: record a search: %w", err)
	}
	return nil
}

func (q *Query) check() error {
	e := kernel.E(kernel.Invalid, "error.check_answers", nil)
	q.Purpose = strings.TrimSpace(q.Purpose)
	if n := utf8.RuneCountInString(q.Purpose); n < minPurpose || n > maxReason {
		e.Field("purpose", "audit.search.purpose_wrong", nil)
	}
	if q.From.IsZero() {
		e.Field("from", "audit.search.day_wrong", nil)
	}
	if q.To.IsZero() || q.To.Before(q.From) || q.From.AddDays(searchDays).Before(q.To) {
		e.Field("to", "audit.search.to_wrong", nil)
	}
	for name, s := range map[string]*string{"act": &q.Act, "agency": &q.Agency, "account": &q.Account, "object": &q.Object, "subject": &q.Subject} {
		if *s = strings.TrimSpace(*s); utf8.RuneCountInString(*s) > maxFilter {
			e.Field(name, "audit.search.long", nil)
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// maxReason bounds a purpose, in characters.
const maxReason = 500

// sql is the query: ids sort by time, so the period is a range of ids.
func (q *Query) sql(before kernel.ID) (string, []any) {
	var where strings.Builder
	var args []any
	and := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		if where.Len() > 0 {
			where.WriteString(" AND ")
		}
		where.WriteString(condition)
	}
	and("id >= ? AND id < ?", idAt(q.From), idAt(q.To.AddDays(1)))
	if before != "" {
		and("id < ?", string(before))
	}
	if q.Act != "" {
		and("(act = ? OR substr(act, 1, ?) = ?)", q.Act, int64(len(q.Act)+1), q.Act+".")
	}
	for _, is := range [][2]string{{"agency", q.Agency}, {"account", q.Account}, {"object", q.Object}, {"subject", pseudonym(q.Subject)}} {
		if is[1] != "" {
			and(is[0]+" = ?", is[1]) // in one order, so that equal questions are one statement
		}
	}
	return rowColumns + " WHERE " + where.String() + fmt.Sprintf(" ORDER BY id DESC LIMIT %d", searchPage+1), args
}

// idAt sorts before every id made on a day or later, and after all before it.
func idAt(d kernel.Date) string {
	ms := d.In(kernel.Seoul).UnixMilli()
	return fmt.Sprintf("%08x-%04x", ms>>16, ms&0xffff)
}

// week is the period that the form begins with.
func week(now kernel.Time) (from, to kernel.Date) {
	to = now.DateIn(kernel.Seoul)
	return to.AddDays(-7), to
}
