package catalog

import (
	"slices"
	"strconv"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// conclusion checks what hangs on the decision: fee, parts, grounds, visit and
// notices.
func (c *checker) conclusion(s *contract.Service, src *source) {
	c.fee(s, src)
	unique(c, src, "grounds", s.Grounds, func(g contract.Ground) string { return g.ID })
	if s.Parts != "" {
		if q, ok := s.Question(s.Parts); !ok || q.Type != "list" {
			c.found.err(src.file, src.line("parts"), "parts: %q is no question of type list", s.Parts)
		}
		if !slices.Contains(s.Decisions, "partly_granted") {
			c.found.err(src.file, src.line("decisions"), "a service decided in parts needs the decision partly_granted")
		}
	}
	if v := s.Visit; v != nil {
		if q, ok := s.Question(v.Question); !ok || q.Type != "slot" {
			c.found.err(src.file, src.line("visit", "question"), "visit: %q is no question of type slot", v.Question)
		}
	}
	for i, n := range s.Notices {
		if n.On != "submitted" && !slices.Contains(s.Decisions, n.On) {
			c.found.err(src.file, src.line("notices", strconv.Itoa(i), "on"), "notice on %q, which is no decision of this service", n.On)
		}
	}
}

// fee holds the questions with a price and the prices of options together: a
// price that no fee counts would mislead.
func (c *checker) fee(s *contract.Service, src *source) {
	for i, id := range s.Fee.Questions {
		q, ok := s.Question(id)
		if !ok || q.Type != "enum" && q.Type != "set" && q.Type != "counts" {
			c.found.err(src.file, src.line("fee", "questions", strconv.Itoa(i)), "fee: %q is no question with options", id)
		}
	}
	for i := range s.Questions {
		q := &s.Questions[i]
		priced := slices.ContainsFunc(q.Options, func(o contract.Option) bool { return o.Won > 0 })
		if priced != slices.Contains(s.Fee.Questions, q.ID) {
			c.found.err(src.file, src.line("questions", strconv.Itoa(i)), "question %s: options with a price and fee.questions belong together", q.ID)
		}
	}
}

// lifeSteps checks the steps of a life event.
func (c *checker) lifeSteps(e *contract.LifeEvent) {
	bad := func(step, format string, args ...any) {
		c.found.err(lifeEventsFile, 0, "life event "+e.ID+", step "+step+": "+format, args...)
	}
	both := func(t kernel.Text) bool { return t.KO != "" && t.EN != "" }
	seen := map[string]bool{}
	for i := range e.Steps {
		st := &e.Steps[i]
		s := c.pack.Services[st.Service]
		switch {
		case st.ID == "" || seen[st.ID]:
			bad(st.ID, "needs an id of its own")
		case st.Service == "" && (!both(st.Title) || !both(st.Text)):
			bad(st.ID, "without a service, title and text in both languages say what to do")
		case st.Service != "" && !slices.Contains(e.Services, st.Service):
			bad(st.ID, "service %q is not among the life event's services", st.Service)
		case st.Together && (s == nil || !s.Online):
			bad(st.ID, "only services done online are applied for together")
		case !both(st.Who):
			bad(st.ID, "says in both languages who does it")
		case st.Due != nil && (st.Due.Value <= 0 || st.Due.Unit != "days" && st.Due.Unit != "months" || st.Due.Law == ""):
			bad(st.ID, "due needs value, unit days or months, and its law")
		case st.Due != nil && (!both(st.Due.Note) || st.Due.From != "" && st.Due.From != "day" && st.Due.From != "month_end"):
			bad(st.ID, "due says in both languages by when, and counts from the next day, from the day or from month_end")
		}
		seen[st.ID] = true
	}
}
