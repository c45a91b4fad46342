package catalog

import (
	"slices"
	"strconv"
	"strings"

	agency "maru/domain/agency/contract"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Fewest utterances by which people can find a service.
const (
	minDirectory = 5
	minOnline    = 20
	minOnlineEN  = 8
)

// checker looks for what no schema can tell: references that lead nowhere,
// conditions that cannot be tested, texts and utterances that are missing.
type checker struct {
	pack  *Pack
	found *findings
}

func (c *checker) all() {
	c.directory()
	c.holidaysCover()
	for _, id := range c.pack.Order {
		c.service(c.pack.Services[id], c.pack.source[id])
	}
	c.lifeEvents()
	c.duplicates()
}

func (c *checker) service(s *contract.Service, src *source) {
	c.agencyRule(s, src)
	c.questions(s, src)
	c.parties(s, src)
	for i := range s.Eligibility {
		c.condition(s, src, &s.Eligibility[i].If, len(s.Questions), "eligibility", strconv.Itoa(i), "if")
	}
	if s.Auto != nil {
		c.condition(s, src, &s.Auto.If, len(s.Questions), "auto", "if")
		if !slices.Contains(s.Decisions, s.Auto.Decision) {
			c.found.err(src.file, src.line("auto", "decision"), "auto: %q is not among the decisions", s.Auto.Decision)
		}
	}
	c.outcome(s, src)
	c.conclusion(s, src)
	c.deadline(s, src)
	for i, id := range s.LifeEvents {
		if !slices.ContainsFunc(c.pack.LifeEvents, func(e contract.LifeEvent) bool { return e.ID == id }) {
			c.found.err(src.file, src.line("life_events", strconv.Itoa(i)), "no life event %q in %s", id, lifeEventsFile)
		}
	}
	unique(c, src, "steps", s.Steps, func(x contract.Step) string { return x.ID })
	c.utterances(s, src)
	if !s.Online && s.TimeLimit.IsZero() && !slices.Contains(s.Unverified, "time_limit") {
		c.found.warn(src.file, 0, "no time_limit: state it or list it under unverified")
	}
}

func (c *checker) agencyRule(s *contract.Service, src *source) {
	a := s.Agency
	line := src.line("agency")
	i := slices.IndexFunc(c.pack.Agencies.Types, func(t agency.Type) bool { return t.ID == a.Type })
	if i < 0 {
		c.found.err(src.file, line, "no agency type %q in %s", a.Type, agenciesFile)
		return
	}
	per := c.pack.Agencies.Types[i].Per
	if a.Body != "" {
		c.body(a, src)
	}
	switch kind, ref, _ := strings.Cut(a.By, ":"); kind {
	case "nationwide":
		if a.Body == "" {
			c.found.err(src.file, line, "by nationwide needs the body in charge")
		}
	case "fact":
		if f := c.pack.Facts[ref]; f == nil || f.Of != "region" {
			c.found.err(src.file, line, "%q is no fact that holds a region", ref)
		}
		if per == agency.PerNation && a.Body == "" {
			c.found.err(src.file, line, "bodies of type %q are nationwide: say which by body", a.Type)
		}
	case "question":
		q, ok := s.Question(ref)
		if !ok || q.Type != "region" && q.Type != "agency" {
			c.found.err(src.file, line, "%q is no question that asks for a region or an agency", ref)
		}
	}
}

func (c *checker) body(a contract.AgencyRule, src *source) {
	i := slices.IndexFunc(c.pack.Agencies.Bodies, func(b agency.Body) bool { return b.ID == a.Body })
	switch {
	case i < 0:
		c.found.err(src.file, src.line("agency", "body"), "no body %q in %s", a.Body, agenciesFile)
	case a.By == "nationwide" && c.pack.Agencies.Bodies[i].Type != a.Type:
		c.found.err(src.file, src.line("agency", "type"), "body %q is of type %q, not %q", a.Body, c.pack.Agencies.Bodies[i].Type, a.Type)
	case !c.pack.Agencies.Bodies[i].Until.IsZero():
		c.found.warn(src.file, src.line("agency", "body"), "body %q ended on %s; name its successor %q", a.Body, c.pack.Agencies.Bodies[i].Until, c.pack.Agencies.Bodies[i].Successor)
	}
}

func (c *checker) questions(s *contract.Service, src *source) {
	unique(c, src, "questions", s.Questions, func(q contract.Question) string { return q.ID })
	for i := range s.Questions {
		q := &s.Questions[i]
		at := strconv.Itoa(i)
		bad := func(key, format string, args ...any) {
			c.found.err(src.file, src.line("questions", at, key), "question "+q.ID+": "+format, args...)
		}
		choice := q.Type == "enum" || q.Type == "set" || q.Type == "counts"
		if choice && len(q.Options) == 0 {
			bad("type", "%s needs options", q.Type)
		}
		if !choice && len(q.Options) > 0 {
			bad("options", "options are for enum, set and counts")
		}
		if q.Type == "slot" && (s.Visit == nil || s.Visit.Question != q.ID) {
			bad("type", "a slot is booked for the visit: name the question there")
		}
		if (q.Type == "person" || q.Type == "persons") != (q.From != "") && q.From != "" {
			bad("from", "from is for person and persons")
		}
		if (q.Past || q.Future) && q.Type != "date" {
			bad("type", "past and future are for dates")
		}
		if q.Max != 0 && q.Min > q.Max {
			bad("min", "min is larger than max")
		}
		if q.Confirmed && q.Fact == "" {
			bad("confirmed", "confirmed needs the fact it comes from")
		}
		if q.Of != "" {
			if of, ok := before(s, i, q.Of); !ok || of.Type != "person" {
				bad("of", "%q is no earlier question that names a person", q.Of)
			}
		}
		c.questionFact(q, bad)
		c.condition(s, src, q.When, i, "questions", at, "when")
	}
}

func (c *checker) questionFact(q *contract.Question, bad func(key, format string, args ...any)) {
	if q.Fact == "" {
		return
	}
	f := c.pack.Facts[q.Fact]
	if f == nil {
		bad("fact", "no fact %q in facts.yaml", q.Fact)
		return
	}
	if f.ValueKind() != q.ValueKind() {
		bad("type", "fact %q holds %s, the question asks for %s", f.ID, f.Type, q.Type)
	}
	for _, o := range q.Options {
		if f.Type == "enum" && !slices.Contains(f.Members, o.Value) {
			bad("options", "option %q is no member of fact %q", o.Value, f.ID)
		}
	}
}

func before(s *contract.Service, i int, id string) (*contract.Question, bool) {
	for j := range s.Questions[:i] {
		if s.Questions[j].ID == id {
			return &s.Questions[j], true
		}
	}
	return nil, false
}

func (c *checker) parties(s *contract.Service, src *source) {
	unique(c, src, "parties", s.Parties, func(p contract.Party) string { return p.ID })
	applicants := 0
	for i := range s.Parties {
		p := &s.Parties[i]
		at := strconv.Itoa(i)
		if p.Role == "applicant" {
			applicants++
		}
		if p.Question != "" {
			if q, ok := s.Question(p.Question); !ok || q.Type != "person" && q.Type != "persons" {
				c.found.err(src.file, src.line("parties", at, "question"), "party %s: %q is no question that names people", p.ID, p.Question)
			}
		} else if p.Role == "cosigner" || p.Role == "witness" {
			c.found.err(src.file, src.line("parties", at), "party %s: a %s needs the question that names them", p.ID, p.Role)
		}
		c.condition(s, src, p.When, len(s.Questions), "parties", at, "when")
	}
	if s.Online && applicants != 1 {
		c.found.err(src.file, src.line("parties"), "an online service has one applicant, not %d", applicants)
	}
}

func (c *checker) outcome(s *contract.Service, src *source) {
	for i, id := range s.Outcome.Facts {
		if c.pack.Facts[id] == nil {
			c.found.err(src.file, src.line("outcome", "facts", strconv.Itoa(i)), "outcome: no fact %q in facts.yaml", id)
		}
	}
	for i, id := range s.Outcome.Questions {
		if _, ok := s.Question(id); !ok {
			c.found.err(src.file, src.line("outcome", "questions", strconv.Itoa(i)), "outcome: no question %q", id)
		}
	}
	if s.Outcome.Type == "document" && s.Outcome.Statement.IsZero() {
		c.found.err(src.file, src.line("outcome"), "outcome: a document needs its statement")
	}
}

func (c *checker) deadline(s *contract.Service, src *source) {
	if s.Deadline == nil || s.Deadline.Question == "" {
		return
	}
	if q, ok := s.Question(s.Deadline.Question); !ok || q.Type != "date" {
		c.found.err(src.file, src.line("deadline", "question"), "deadline: %q is no question that asks for a date", s.Deadline.Question)
	}
}

func (c *checker) utterances(s *contract.Service, src *source) {
	ko, en := len(s.Utterances[kernel.KO]), len(s.Utterances[kernel.EN])
	file := strings.TrimSuffix(src.file, "service.yaml") + "utterances.ko.txt"
	switch {
	case s.Online && (ko+en < minOnline || en < minOnlineEN):
		c.found.err(file, 0, "%d utterances, %d of them English: an online service has at least %d, %d of them English", ko+en, en, minOnline, minOnlineEN)
	case !s.Online && ko+en < minDirectory:
		c.found.err(file, 0, "%d utterances: a service has at least %d", ko+en, minDirectory)
	case en == 0:
		c.found.warn(file, 0, "no English utterance")
	}
}

func (c *checker) lifeEvents() {
	for i := range c.pack.LifeEvents {
		e := &c.pack.LifeEvents[i]
		c.lifeSteps(e)
		for _, id := range e.Services {
			s := c.pack.Services[id]
			if s == nil {
				c.found.warn(lifeEventsFile, 0, "life event %s: no service %q", e.ID, id)
			} else if !slices.Contains(s.LifeEvents, e.ID) {
				c.found.warn(c.pack.source[id].file, c.pack.source[id].line("life_events"), "life event %s lists the service, the service does not list it", e.ID)
			}
		}
	}
}

func unique[T any](c *checker, src *source, key string, list []T, id func(T) string) {
	seen := map[string]bool{}
	for i, x := range list {
		if seen[id(x)] {
			c.found.err(src.file, src.line(key, strconv.Itoa(i)), "%s: id %q stands twice", key, id(x))
		}
		seen[id(x)] = true
	}
}
