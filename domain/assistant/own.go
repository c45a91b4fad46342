package assistant

import (
	"context"
	"slices"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
)

// Person is somebody in whose name a program calls, by their consent. A nil
// Person is nobody: the program is anonymous.
type Person struct {
	Actor  authz.Actor
	Name   kernel.Text // of the program, as operators registered it
	Scopes []string
}

// May tells whether the person let the program use a tool for them.
func (p *Person) May(scope string) bool { return p != nil && slices.Contains(p.Scopes, scope) }

// scopes are what a tool needs to answer about a person.
var scopes = map[string]string{
	"get_status":        authz.ScopeToolStatus,
	"check_eligibility": authz.ScopeToolBenefits,
	"start_application": authz.ScopeToolForms,
}

// ScopeFor is the scope that a tool needs to answer about a person, "" where it
// never does.
func ScopeFor(tool string) string { return scopes[tool] }

// allowed says what is missing where a person may not be told about.
func (s *Service) allowed(p *Person, tool string) error {
	switch {
	case p == nil || s.d.Own == nil:
		return kernel.E(kernel.Unauthorized, "assistant.error.sign_in", nil)
	case !p.May(ScopeFor(tool)):
		return kernel.E(kernel.Forbidden, "assistant.error.scope", nil).With("scope", ScopeFor(tool))
	}
	return nil
}

// OwnApplication is how one of the person's applications stands.
type OwnApplication struct {
	Service     string `json:"service"`
	Title       string `json:"title"`
	Number      string `json:"number,omitempty" jsonschema:"receipt number, once it was handed in"`
	State       string `json:"state" jsonschema:"code of the state"`
	StateText   string `json:"state_text" jsonschema:"the state in words"`
	YourTurn    bool   `json:"your_turn" jsonschema:"true: it waits for the person, who goes on at url"`
	SubmittedAt string `json:"submitted_at,omitempty" jsonschema:"RFC 3339"`
	DueAt       string `json:"due_at,omitempty" jsonschema:"when the office must decide by law (RFC 3339)"`
	URL         string `json:"url,omitempty" jsonschema:"page for the person to open; it asks them to sign in"`
}

// OwnStatus tells how the person's applications stand, the newest first; what is
// in them stays out.
func (s *Service) OwnStatus(ctx context.Context, p *Person, lang string) (Status, string, error) {
	if err := s.allowed(p, "get_status"); err != nil {
		return Status{}, "", err
	}
	l := ParseLang(lang)
	list, err := s.d.Own.Applications(ctx, p.Actor, l)
	if err != nil {
		return Status{}, "", err
	}
	out := Status{Lang: string(l), URL: s.link(l, "/applications"), Message: s.t(l, "assistant.status.own", "n", len(list)), Applications: list}
	var b strings.Builder
	b.WriteString(out.Message)
	for i := range list {
		a := &list[i]
		a.URL = s.link(l, a.URL)
		b.WriteString("\n- " + a.Title + ": " + a.StateText)
		if a.YourTurn {
			b.WriteString(" (" + s.t(l, "assistant.status.your_turn") + ") " + a.URL)
		}
	}
	return out, b.String(), nil
}

// OwnCheck decides what the person is entitled to, from what registers hold and
// the person consented to have looked up. It tells the outcome; the reasons, which
// say what was found, stand on the person's own page. id is as for Check.
func (s *Service) OwnCheck(ctx context.Context, p *Person, id, lang string) (Checked, string, error) {
	if err := s.allowed(p, "check_eligibility"); err != nil {
		return Checked{}, "", err
	}
	l := ParseLang(lang)
	if err := s.decidable(id); err != nil {
		return Checked{}, "", err
	}
	verdicts, err := s.d.Own.Entitled(ctx, p.Actor, l)
	if kernel.Is(err, kernel.Forbidden) {
		err = kernel.E(kernel.Forbidden, "assistant.error.consent", err).With("url", s.link(l, "/benefits/mine"))
	}
	if err != nil {
		return Checked{}, "", err
	}
	for i := range verdicts {
		verdicts[i].Members, verdicts[i].Reasons = nil, nil
	}
	out, text := s.checked(verdicts, id, l, s.today().String(), "/benefits/mine")
	for i := range out.Verdicts {
		for j := range out.Verdicts[i].Missing {
			missing := &out.Verdicts[i].Missing[j]
			missing.Member, missing.Tell = "", "on_site"
		}
	}
	return out, text, nil
}

// OwnStart is Start for a link that only this person can use.
func (s *Service) OwnStart(p *Person, id, lang string, facts map[string]any) (Started, string, error) {
	if err := s.allowed(p, "start_application"); err != nil {
		return Started{}, "", err
	}
	return s.start(id, lang, facts, Handover{Client: p.Name.In(ParseLang(lang)), Account: p.Actor.Account})
}
