package letter

import (
	"context"
	"strings"

	"maru/domain/notice/internal/store"
	"maru/kernel"
)

// MandatePrefix begins the kinds of messages about somebody who acts for
// another; their Topic is the mandate, and after a slash what was done.
const MandatePrefix = "mandate_"

// Mandates names the two sides of a mandate.
type Mandates interface {
	// Sides are the names of both and the registry person whom it is about.
	Sides(ctx context.Context, id kernel.ID) (principal, actor, person string, err error)
}

func (w Writer) mandate(ctx context.Context, m *store.Message, l kernel.Lang) (Letter, error) {
	id, act, _ := strings.Cut(m.Topic, "/")
	principal, actor, _, err := w.Mandates.Sides(ctx, kernel.ID(id))
	if err != nil && !kernel.Is(err, kernel.NotFound) {
		return Letter{}, err
	}
	what := ""
	if act != "" {
		room, name, _ := strings.Cut(act, ".")
		if key := room + ".act." + name; w.Texts.Has(key) {
			what = w.Texts.T(l, key)
		} else {
			what = w.Texts.T(l, "audit.act.other")
		}
		if m.Service != "" {
			what = w.Titles.Title(m.Service, m.Pack, l) + ", " + what
		}
	}
	args := []any{"principal", principal, "actor", actor, "what", what}
	return Letter{Message: m, Title: w.Texts.T(l, "notice.title."+m.Kind, args...), Text: w.Texts.T(l, "notice.text."+m.Kind, args...)}, nil
}
