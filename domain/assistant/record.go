package assistant

import (
	"context"
	"strings"
	"unicode"

	"maru/domain/audit"
	"maru/kernel"
	pstore "maru/platform/store"
)

// Tools are what an assistant may ask.
var Tools = []string{"find_services", "describe_service", "check_eligibility", "start_application", "get_status", "list_life_events"}

// Call is one call of a tool, as far as it is recorded.
type Call struct {
	Tool    string // one of Tools, "" for any other name
	Service string // id in the active pack, "" for none
	Outcome string // "answered", "refused", "failed"
	Client  string // claimed name and version
	// Person is whom the call was about, nil for nobody: then no row says whose
	// assistant asked.
	Person *Person
}

// Record leaves the audit row of a call. Without it the call is not answered.
func (s *Service) Record(ctx context.Context, c Call) error {
	if s.d.DB == nil {
		return nil
	}
	if c.Tool == "" {
		c.Tool = "unknown_tool"
	}
	e := audit.Entry{Act: "assistant." + c.Tool, Object: "tool:" + c.Tool, Purpose: "assistant.purpose.tool", Service: c.Service,
		Detail: map[string]any{"assistant": c.Client, "claimed": true, "outcome": c.Outcome}}
	if p := c.Person; p != nil {
		e.Actor, e.Subject, e.Purpose = p.Actor, audit.SubjectOf(p.Actor.Person, p.Actor.Account), "assistant.purpose.own"
		e.Detail = map[string]any{"outcome": c.Outcome} // the row's basis names the program
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error { return audit.Append(tx, s.d.Clock.Now(), e) })
}

// Claimed is a client's name and version as they go into the log and onto the
// page: short, of harmless characters, and never a number of somebody's.
func (s *Service) Claimed(name, version string) string {
	clean := func(text string, most int) string {
		text = strings.Map(func(r rune) rune {
			if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ._/+-", r)) {
				return r
			}
			return -1
		}, text)
		if len(text) > most {
			text = text[:most]
		}
		return strings.TrimSpace(text)
	}
	name, version = clean(name, 40), clean(version, 20)
	if digits(name) > 6 || digits(version) > 12 || IdentifierIn(name+" "+version, s.today()) != "" {
		return "withheld"
	}
	return strings.TrimSpace(name + " " + version)
}

// digits counts them: a name that is mostly a number may be a person's.
func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// Refused is the answer to a call that carried a number of somebody's.
func (s *Service) Refused(kind, lang string) string {
	l := ParseLang(lang)
	text := s.t(l, "assistant.refused."+kind)
	if u := s.link(l, "/services"); u != "" {
		text += "\n" + u
	}
	return text
}

// Today is the day of the law.
func (s *Service) Today() kernel.Date { return s.today() }
