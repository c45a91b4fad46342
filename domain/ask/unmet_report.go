package ask

import (
	"context"
	"io"
	"strconv"
	"strings"

	"maru/domain/ask/internal/store"
	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/spreadsheet"
	pstore "maru/platform/store"
)

// maxLooked is how many of the newest sentences a report goes through.
const maxLooked = 2000

// Unmet is what people asked for and did not find, of the last days.
type Unmet struct {
	Days int
	// Missed is how often somebody said that nothing fitted.
	Missed int64
	// Kept sentences were left, Rest of them in groups too small to be shown.
	Kept, Rest int
	Needs      []Need
}

// Plans tells whether somebody may see what services are missing.
func Plans(a authz.Actor) bool { return a.Has(authz.Editor) || a.Has(authz.Operator) }

// Look gathers what people asked for and did not find. Each look is in the log.
// Forbidden for those who neither edit services nor run the installation.
func (s *Service) Look(ctx context.Context, actor authz.Actor, export bool) (*Unmet, error) {
	switch {
	case s.db == nil:
		return nil, kernel.E(kernel.NotFound, "ask.error.plans", nil)
	case !actor.SignedIn():
		return nil, kernel.E(kernel.Unauthorized, "error.sign_in", nil)
	case !Plans(actor) || actor.Token:
		return nil, kernel.E(kernel.Forbidden, "ask.error.plans", nil)
	}
	out := &Unmet{Days: keptDays}
	var rows []store.Unmet
	err := s.db.View(ctx, func(tx *pstore.Tx) (err error) {
		if out.Missed, err = store.MissedSince(tx, s.today().AddDays(-keptDays).String()); err != nil {
			return err
		}
		rows, err = store.All(tx, s.clock.Now(), maxLooked)
		return err
	})
	if err != nil {
		return nil, err
	}
	list := make([]*sentence, 0, len(rows))
	for _, r := range rows {
		words, err := s.unmetKeys.Open(unmetSealed, r.Words)
		if err != nil {
			return nil, err
		}
		list = append(list, &sentence{text: string(words), lang: r.Lang, day: r.Day})
	}
	out.Kept = len(list)
	out.Needs, out.Rest = s.needs(list)
	err = s.db.Update(ctx, func(tx *pstore.Tx) error {
		return audit.Append(tx, s.clock.Now(), audit.Entry{Actor: actor, Act: "ask.look", Object: "unmet", Purpose: "ask.purpose.unmet",
			Detail: map[string]any{"sentences": out.Kept, "export": export}})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// WriteCSV writes the needs as a table for spreadsheets.
func (u *Unmet) WriteCSV(w io.Writer) error {
	c, err := spreadsheet.New(w, true)
	if err != nil {
		return err
	}
	c.Row("words", "count", "korean", "from", "to", "near")
	for _, n := range u.Needs {
		c.Row(spreadsheet.Text(strings.Join(n.Words, " ")), strconv.Itoa(n.Count), strconv.Itoa(n.Korean), n.From, n.To, strings.Join(n.Near, " "))
	}
	return c.Close()
}
