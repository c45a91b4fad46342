package casework

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/domain/audit"
	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/i18n/plain"
	pstore "maru/platform/store"
)

// Template is a text that an agency answers with again and again.
type Template = store.Template

// Blanks are what a template may leave open; Fill puts them in.
var Blanks = []string{"{name}", "{number}", "{service}", "{agency}", "{due}"}

// mostTemplates bounds what an agency keeps, maxTitle a title in characters.
const (
	mostTemplates = 500
	maxTitle      = 80
)

// Templates lists the templates of the official's agency, those of one service
// and those for every service, or all when service is "".
func (s *Service) Templates(ctx context.Context, actor authz.Actor, agency, service string) ([]*Template, error) {
	agency, err := deskAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	var out []*Template
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = store.Templates(tx, agency)
		return err
	})
	if service != "" {
		out = slices.DeleteFunc(out, func(t *Template) bool { return t.Service != "" && t.Service != service })
	}
	return out, err
}

// Template reads one template of the official's agencies.
func (s *Service) Template(ctx context.Context, actor authz.Actor, id kernel.ID) (*Template, error) {
	if _, err := deskAgency(actor, ""); err != nil {
		return nil, err
	}
	var t *Template
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		t, err = s.template(tx, actor, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (s *Service) template(tx *pstore.Tx, actor authz.Actor, id kernel.ID) (*Template, error) {
	t, err := store.GetTemplate(tx, id)
	if err != nil {
		return nil, err
	}
	if !actor.HasIn(authz.Official, t.Agency) {
		return nil, kernel.E(kernel.NotFound, "casework.error.no_template", nil)
	}
	return t, nil
}

// SaveTemplate adds a template (ID "") or changes one at the revision it was
// read at.
func (s *Service) SaveTemplate(ctx context.Context, actor authz.Actor, t Template) (*Template, error) {
	agency, err := deskAgency(actor, t.Agency)
	if err != nil {
		return nil, err
	}
	t.Agency, t.Title, t.Body = agency, strings.TrimSpace(t.Title), strings.TrimSpace(t.Body)
	if err := s.checkTemplate(&t); err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, func(tx *pstore.Tx) error {
		now, work := s.Clock.Now(), t
		work.Author, work.At = actor.Account, now
		act := "template_changed"
		if work.ID == "" {
			act = "template_added"
			all, err := store.Templates(tx, agency)
			if err != nil {
				return err
			}
			if len(all) >= mostTemplates {
				return kernel.E(kernel.Limited, "casework.error.too_many_templates", nil).With("max", mostTemplates)
			}
			work.ID = kernel.NewID(now)
			err = store.InsertTemplate(tx, &work)
			if err != nil {
				return err
			}
		} else {
			old, err := s.template(tx, actor, work.ID)
			if err != nil {
				return err
			}
			work.Agency = old.Agency
			if err := store.UpdateTemplate(tx, &work); err != nil {
				return err
			}
		}
		t = work
		return s.auditTemplate(tx, now, actor, act, &work)
	})
	if err != nil {
		return nil, err
	}
	return &t, nil
}

func (s *Service) checkTemplate(t *Template) error {
	bad := func(field, key string, args map[string]any) error {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(field, key, args)
	}
	switch n := utf8.RuneCountInString(t.Title); {
	case n == 0:
		return bad("title", "casework.error.title_missing", nil)
	case n > maxTitle:
		return bad("title", "casework.answer.too_long", map[string]any{"max": maxTitle, "now": n})
	case hasControl(t.Title, false):
		return bad("title", "casework.answer.control", nil)
	}
	if t.Service != "" {
		if _, _, err := s.Catalog.Current(t.Service); err != nil {
			return bad("service", "casework.error.service_unknown", nil)
		}
	}
	if _, err := text("body", t.Body, true); err != nil {
		return err
	}
	// A blank that nobody fills would reach people as it stands.
	rest := strings.NewReplacer(replacements(func(string) string { return "" })...).Replace(t.Body)
	if i := strings.IndexByte(rest, '{'); i >= 0 && strings.IndexByte(rest[i:], '}') > 0 {
		return bad("body", "casework.error.blank_unknown", map[string]any{"blanks": strings.Join(Blanks, " ")})
	}
	return nil
}

// DeleteTemplate removes a template of the official's agencies.
func (s *Service) DeleteTemplate(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if _, err := deskAgency(actor, ""); err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx *pstore.Tx) error {
		t, err := s.template(tx, actor, id)
		if err != nil {
			return err
		}
		if err := store.DeleteTemplate(tx, id); err != nil {
			return err
		}
		return s.auditTemplate(tx, s.Clock.Now(), actor, "template_removed", t)
	})
}

func (s *Service) auditTemplate(tx *pstore.Tx, now kernel.Time, actor authz.Actor, act string, t *Template) error {
	return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "casework." + act, Object: "template:" + string(t.ID),
		Purpose: "casework.purpose.handling", Agency: t.Agency})
}

// Fill puts a case's own words into a template.
func (s *Service) Fill(t *Template, c *Case, l kernel.Lang) string {
	return strings.NewReplacer(replacements(func(blank string) string {
		switch blank {
		case "{name}":
			return c.Content.Applicant
		case "{number}":
			return c.Number
		case "{service}":
			return c.Service.Title.In(l)
		case "{agency}":
			return s.Agencies.Name(c.Agency, l)
		}
		return i18n.Date(l, c.DueAt.DateIn(kernel.Seoul))
	})...).Replace(t.Body)
}

func replacements(value func(blank string) string) []string {
	out := make([]string, 0, 2*len(Blanks))
	for _, b := range Blanks {
		out = append(out, b, value(b))
	}
	return out
}

// Wording is what could be plainer in an answer to a person.
func Wording(text string) []plain.Finding { return plain.Lint(text) }
