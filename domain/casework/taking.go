package casework

import (
	"slices"

	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

// Taking is whom an application is about or who receives what it brings.
type Taking struct {
	Title    kernel.Text
	Role     string // subject or payee
	Question string // that named them, "" for the applicant
	Names    []string
}

// Taking lists subjects and payees in the definition's order.
func (s *Service) Taking(c *Case) []Taking { return s.taking(c.Service, &c.Content) }

func (s *Service) taking(svc *catalog.Service, c *Content) []Taking {
	known := c.Known()
	name := func(who string) string {
		if i := slices.IndexFunc(known, func(m Member) bool { return m.Person == who }); i >= 0 {
			return known[i].Name
		}
		return who
	}
	env := svc.Counted(c.env(s.today()))
	var out []Taking
	for i := range svc.Parties {
		p := &svc.Parties[i]
		if p.Role != "subject" && p.Role != "payee" || catalog.Eval(p.When, env) != catalog.Yes {
			continue
		}
		t := Taking{Title: p.Title, Role: p.Role, Question: p.Question}
		v := env.Answers[p.Question]
		set, isSet := v.Set()
		switch {
		case p.Question == "":
			t.Names = []string{c.Applicant}
		case isSet:
			for _, who := range set {
				t.Names = append(t.Names, name(who))
			}
		case v.Known():
			t.Names = []string{name(v.Text())}
		}
		if len(t.Names) > 0 {
			out = append(out, t)
		}
	}
	return out
}
