package store

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strconv"

	"maru/kernel"
	"maru/platform/store"
)

// AgencyQueue is the desk of cases that are nobody's and no team's.
const AgencyQueue = "queue"

// openStatuses are those in which officials still have something to do.
var openStatuses = []string{"submitted", "in_review", "correction_requested", "second_look", "objection"}

// desk is who has the case before them: the assignee, the team, the agency's
// queue; NULL when nothing is left to do.
func (a *Application) desk() any {
	switch {
	case a.Number == "" || !slices.Contains(openStatuses, a.Status):
		return nil
	case a.Assignee != "":
		return string(a.Assignee)
	case a.Team != "":
		return string(a.Team)
	}
	return AgencyQueue
}

// View narrows and orders a list of open cases.
type View struct {
	Desks    []string    // of these only; nil for every desk of the agency
	Service  string      // "" for all
	Statuses []string    // nil for every open one
	From, To kernel.Time // due from and before; 0 for no bound
	Stopped  bool        // those whose clock stands still only
	Last     bool        // what is due last first
	AfterDue kernel.Time // where the page before ended
	AfterSeq int64       // 0 for the first page
	Limit    int
	// ByStatus reads the statuses' ranges although desks are named: where these
	// hold much more than what the statuses leave.
	ByStatus bool
	Turn     *Turn // those only whose proposal waits for somebody; nil for all
}

// Turn is for whom proposed decisions wait: for who is next in their line of
// approval or, where there is no line, for anybody at the view's desks but the
// assignee.
type Turn struct {
	Actor string
	For   []string // the actor, and those for whom they act today
}

// nextInLine is the step of an application's line of approval that waits.
const nextInLine = ` FROM casework_approval AS p WHERE p.application = casework_application.id AND p.agreed_at = 0
	AND NOT EXISTS (SELECT 1 FROM casework_approval AS b WHERE b.application = p.application AND b.step < p.step AND b.agreed_at = 0)`

// span is one range of an index.
type span struct{ desk, status string }

// Open lists an agency's open cases by their due dates. Each desk, or each
// status, is one range of an index that holds open cases only; up to a page of
// each is read and merged, however many cases there are.
func Open(tx *store.Tx, agency string, v View) ([]*Application, error) {
	statuses := v.Statuses
	if statuses == nil {
		statuses = openStatuses
	}
	var spans []span
	byDesk := v.Desks != nil && v.Service == "" && !v.ByStatus
	if byDesk {
		for _, d := range v.Desks {
			spans = append(spans, span{desk: d})
		}
	} else {
		for _, s := range statuses {
			spans = append(spans, span{status: s})
		}
	}
	var out []*Application
	for _, sp := range spans {
		q, args := v.query(agency, sp, statuses)
		l, err := list(tx, q, args...)
		if err != nil {
			return nil, err
		}
		out = append(out, l...)
	}
	slices.SortFunc(out, func(a, b *Application) int {
		c := cmp.Or(cmp.Compare(a.DueAt, b.DueAt), cmp.Compare(a.Seq, b.Seq))
		if v.Last {
			return -c
		}
		return c
	})
	return out[:min(len(out), v.Limit)], nil
}

func (v *View) query(agency string, sp span, statuses []string) (string, []any) {
	var args []any
	arg := func(x any) string {
		args = append(args, x)
		return "$" + strconv.Itoa(len(args))
	}
	// The bare test of desk is what lets the planners use the partial indexes.
	q := `SELECT ` + columns + ` FROM casework_application WHERE desk IS NOT NULL AND agency = ` + arg(agency)
	in := func(column string, values []string) {
		q += ` AND ` + column + ` IN (`
		for i, s := range values {
			if i > 0 {
				q += `, `
			}
			q += arg(s)
		}
		q += `)`
	}
	if v.Service != "" {
		q += ` AND service = ` + arg(v.Service)
	}
	if sp.status != "" {
		q += ` AND status = ` + arg(sp.status)
		if v.Turn != nil {
			q += ` AND (EXISTS (SELECT 1` + nextInLine + ` AND p.proposer <> ` + arg(v.Turn.Actor)
			in("p.account", v.Turn.For)
			q += `) OR NOT EXISTS (SELECT 1` + nextInLine + `) AND assignee <> ` + arg(v.Turn.Actor)
		}
		if v.Desks != nil {
			in("desk", v.Desks)
		}
		if v.Turn != nil {
			q += `)`
		}
	} else {
		q += ` AND desk = ` + arg(sp.desk)
		if v.Statuses != nil {
			in("status", statuses)
		}
	}
	if v.From > 0 {
		q += ` AND due_at >= ` + arg(v.From)
	}
	if v.To > 0 {
		q += ` AND due_at < ` + arg(v.To)
	}
	if v.Stopped {
		q += ` AND paused_at > 0`
	} else if v.From > 0 || v.To > 0 {
		q += ` AND paused_at = 0`
	}
	order, after := ` ORDER BY due_at, seq`, `>`
	if v.Last {
		order, after = ` ORDER BY due_at DESC, seq DESC`, `<`
	}
	if v.AfterSeq > 0 {
		q += ` AND (due_at, seq) ` + after + ` (` + arg(v.AfterDue) + `, ` + arg(v.AfterSeq) + `)`
	}
	return q + order + ` LIMIT ` + arg(v.Limit), args
}

// CountDue counts an agency's cases of a status that are due from one instant
// and before another (0: no bound), up to a thousand: those whose clock runs, or
// those whose clock stands still.
func CountDue(tx *store.Tx, agency, status string, from, to kernel.Time, stopped bool) (n int, err error) {
	if to == 0 {
		to = 1<<63 - 1
	}
	err = tx.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM casework_application WHERE agency = $1 AND status = $2 AND due_at >= $3 AND due_at < $4 AND (paused_at > 0) = $5 LIMIT 1000) AS c`,
		agency, status, from, to, stopped).Scan(&n)
	return n, err
}

// Load is how much lies on one desk.
type Load struct {
	Open   int         // up to a thousand
	AtRisk int         // due before the instant asked for, the clock running; up to a thousand
	Oldest kernel.Time // when the oldest was received, 0 for none
}

// LoadOf measures a desk of an agency.
func LoadOf(tx *store.Tx, agency, desk string, soon kernel.Time) (l Load, err error) {
	var first int64
	err = tx.QueryRow(`SELECT COUNT(*), COALESCE(MIN(seq), 0) FROM
		(SELECT seq FROM casework_application WHERE desk IS NOT NULL AND agency = $1 AND desk = $2 ORDER BY due_at, seq LIMIT 1000) AS c`, agency, desk).Scan(&l.Open, &first)
	if err != nil || l.Open == 0 {
		return l, err
	}
	if err := tx.QueryRow(`SELECT submitted_at FROM casework_application WHERE seq = $1`, first).Scan(&l.Oldest); err != nil {
		return l, err
	}
	err = tx.QueryRow(`SELECT COUNT(*) FROM (SELECT paused_at FROM casework_application WHERE desk IS NOT NULL AND agency = $1 AND desk = $2
		AND due_at < $3 ORDER BY due_at, seq LIMIT 1000) AS c WHERE paused_at = 0`, agency, desk, soon).Scan(&l.AtRisk)
	return l, err
}

// CountDesk counts the open cases of a desk, up to a thousand.
func CountDesk(tx *store.Tx, agency, desk string) (n int, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM casework_application WHERE desk IS NOT NULL AND agency = $1 AND desk = $2 LIMIT 1000) AS c`, agency, desk).Scan(&n)
	return n, err
}

// OnDesk lists cases of one desk, the most urgent first.
func OnDesk(tx *store.Tx, agency, desk string, limit int) ([]*Application, error) {
	return list(tx, `SELECT `+columns+` FROM casework_application WHERE desk IS NOT NULL AND agency = $1 AND desk = $2 ORDER BY due_at, seq LIMIT $3`, agency, desk, limit)
}

// NextDesks lists agency and desk of open cases, each pair once, after a pair:
// one step along an index each, however many cases a desk has.
func NextDesks(tx *store.Tx, after [2]string, limit int) ([][2]string, error) {
	var out [][2]string
	for len(out) < limit {
		err := tx.QueryRow(`SELECT agency, desk FROM casework_application WHERE desk IS NOT NULL AND (agency, desk) > ($1, $2) ORDER BY agency, desk LIMIT 1`,
			after[0], after[1]).Scan(&after[0], &after[1])
		if errors.Is(err, sql.ErrNoRows) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, after)
	}
	return out, nil
}

// ServicesOpen lists the services of which an agency has open cases.
func ServicesOpen(tx *store.Tx, agency string) ([]string, error) {
	var out []string
	last := ""
	for {
		err := tx.QueryRow(`SELECT service FROM casework_application WHERE desk IS NOT NULL AND agency = $1 AND service > $2 ORDER BY service LIMIT 1`, agency, last).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, last)
	}
}
