// Package letter puts a stored message into words: what happened and what
// comes next, in the reader's language.
package letter

import (
	"context"
	"strings"

	"maru/domain/notice/internal/store"
	"maru/kernel"
)

// Titles names services and steps.
type Titles interface {
	// Title is what the service is called in that version of the pack; its id
	// where the version is gone.
	Title(service, pack string, l kernel.Lang) string
	// Step is what a step of a life event is called, by its topic.
	Step(topic string, l kernel.Lang) string
	// Says are the service's own sentences about an act: "submitted", or a
	// decision.
	Says(service, pack, act string, l kernel.Lang) []string
}

// Agencies names bodies.
type Agencies interface {
	// Name is the body's name, or "" when the id is unknown.
	Name(agency string, l kernel.Lang) string
}

// Alerts puts into words what somebody was told of their benefits.
type Alerts interface {
	Told(ctx context.Context, message kernel.ID, l kernel.Lang) (Told, error)
}

// Told is an alert in words.
type Told struct {
	Title, Text string
	Changes     []Change
}

// Change is one benefit of which something is new.
type Change struct {
	Title  string
	Href   string // page of the service, without language
	Online bool   // it can be applied for here
	Lines  []string
}

// AlertPrefix begins the kinds of messages that are alerts; their Topic is the
// alert's id.
const AlertPrefix = "benefit_"

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	Has(key string) bool
	T(l kernel.Lang, key string, args ...any) string
}

// Letter is a message in words.
type Letter struct {
	*store.Message
	Title string // what happened, with the service's name
	Text  string // plain sentences: what happened, what next
	// Changes are what an alert tells of.
	Changes []Change
}

// Writer writes letters.
type Writer struct {
	Texts    Texts
	Titles   Titles
	Agencies Agencies
	Alerts   Alerts
	Mandates Mandates
	Apps     Apps
}

// Write puts m into words.
func (w Writer) Write(ctx context.Context, m *store.Message, l kernel.Lang) (Letter, error) {
	if strings.HasPrefix(m.Kind, AlertPrefix) {
		told, err := w.Alerts.Told(ctx, kernel.ID(m.Topic), l)
		return Letter{Message: m, Title: told.Title, Text: told.Text, Changes: told.Changes}, err
	}
	if strings.HasPrefix(m.Kind, MandatePrefix) {
		return w.mandate(ctx, m, l)
	}
	if m.Kind == AppDone {
		return w.appDone(ctx, m, l)
	}
	agency := w.Agencies.Name(m.Agency, l)
	if agency == "" {
		agency = m.Agency
	}
	args := []any{
		"service", w.Titles.Title(m.Service, m.Pack, l), "agency", agency,
		"number", m.Number, "document", m.Document, "due", m.Due,
	}
	if m.Topic != "" {
		args = append(args, "step", w.Titles.Step(m.Topic, l), "day", m.Due.DateIn(kernel.Seoul))
	}
	return Letter{
		Message: m,
		Title:   w.Texts.T(l, w.key("notice.title.", m), args...),
		Text:    w.text(m, l, args),
	}, nil
}

// text joins the sentences that have something to say in this message.
func (w Writer) text(m *store.Message, l kernel.Lang, args []any) string {
	sentences := []string{w.Texts.T(l, w.key("notice.text.", m), args...)}
	add := func(when bool, key string) {
		if when && w.Texts.Has(key) {
			sentences = append(sentences, w.Texts.T(l, key, args...))
		}
	}
	add(m.Number != "", "notice.number")
	// Kinds after which the office's clock runs tell until when.
	add(!m.Due.IsZero(), "notice.due."+m.Kind)
	add(m.Document != "" && m.Decision != "", "notice.document")
	add(true, w.key("notice.next.", m))
	act := m.Decision
	if m.Kind == "submitted" {
		act = m.Kind
	}
	if act != "" {
		sentences = append(sentences, w.Titles.Says(m.Service, m.Pack, act, l)...)
	}
	return strings.Join(sentences, " ")
}

// key is the most exact message there is: that of the kind and its decision,
// else that of the kind.
func (w Writer) key(prefix string, m *store.Message) string {
	if exact := prefix + m.Kind + "." + m.Decision; m.Decision != "" && w.Texts.Has(exact) {
		return exact
	}
	return prefix + m.Kind
}
