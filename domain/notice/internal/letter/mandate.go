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

// AppDone is the kind of message about an app that acted for its reader; its
// Topic is the app, and after a slash what was done.
const AppDone = "app_done"

// Apps names the programs that people let act for them.
type Apps interface {
	AppName(ctx context.Context, client string, l kernel.Lang) (string, error)
}

func (w Writer) appDone(ctx context.Context, m *store.Message, l kernel.Lang) (Letter, error) {
	client, act, _ := strings.Cut(m.Topic, "/")
	name, err := w.Apps.AppName(ctx, client, l)
	if err != nil && !kernel.Is(err, kernel.NotFound) {
		return Letter{}, err
	}
	args := []any{"app", name, "what", w.what(m, act, l)}
	return Letter{Message: m, Title: w.Texts.T(l, "notice.title."+m.Kind, args...), Text: w.Texts.T(l, "notice.text."+m.Kind, args...)}, nil
}

// what is an act in words, with the public service that it was about.
func (w Writer) what(m *store.Message, act string, l kernel.Lang) string {
	if act == "" {
		return ""
	}
	room, name, _ := strings.Cut(act, ".")
	key := room + ".act." + name
	if !w.Texts.Has(key) {
		key = "audit.act.other"
	}
	what := w.Texts.T(l, key)
	if m.Service != "" {
		what = w.Titles.Title(m.Service, m.Pack, l) + ", " + what
	}
	return what
}

func (w Writer) mandate(ctx context.Context, m *store.Message, l kernel.Lang) (Letter, error) {
	id, act, _ := strings.Cut(m.Topic, "/")
	principal, actor, _, err := w.Mandates.Sides(ctx, kernel.ID(id))
	if err != nil && !kernel.Is(err, kernel.NotFound) {
		return Letter{}, err
	}
	args := []any{"principal", principal, "actor", actor, "what", w.what(m, act, l)}
	return Letter{Message: m, Title: w.Texts.T(l, "notice.title."+m.Kind, args...), Text: w.Texts.T(l, "notice.text."+m.Kind, args...)}, nil
}
