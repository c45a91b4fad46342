package contract

import "maru/kernel"

// QuestionTypes are the types a question can have.
var QuestionTypes = []string{"text", "longtext", "int", "money", "bool", "date", "enum", "set", "region", "agency", "person", "persons", "file", "counts", "list", "slot"}

// ValueKind is the kind of value that answers the question. Regions, agencies,
// persons, enum members and slots (an instant like 2026-11-24T10:30) are texts;
// files are the set of their blob ids, counts the set of "option*number", lists
// the set of their lines.
func (q *Question) ValueKind() kernel.ValueKind {
	switch q.Type {
	case "int", "money":
		return kernel.IntValue
	case "bool":
		return kernel.BoolValue
	case "date":
		return kernel.DateValue
	case "set", "persons", "file", "counts", "list":
		return kernel.SetValue
	}
	return kernel.TextValue
}

// ValueKind is the kind of value the fact has.
func (f *Fact) ValueKind() kernel.ValueKind {
	switch f.Type {
	case "int":
		return kernel.IntValue
	case "bool":
		return kernel.BoolValue
	case "date":
		return kernel.DateValue
	case "set":
		return kernel.SetValue
	}
	return kernel.TextValue
}

// Question is the question with this id.
func (s *Service) Question(id string) (*Question, bool) {
	for i := range s.Questions {
		if s.Questions[i].ID == id {
			return &s.Questions[i], true
		}
	}
	return nil, false
}

// Shown lists the questions to ask: those whose condition holds, given the
// answers to the questions shown before them. An answer to a question that is
// no longer shown does not count, so nothing hangs on a forgotten branch.
func (s *Service) Shown(env Env) []*Question {
	seen := Env{Answers: make(map[string]kernel.Value, len(env.Answers)), Facts: env.Facts, Today: env.Today}
	var out []*Question
	for i := range s.Questions {
		q := &s.Questions[i]
		if Eval(q.When, seen) != Yes {
			continue
		}
		out = append(out, q)
		if v, ok := env.Answers[q.ID]; ok {
			seen.Answers[q.ID] = v
		}
	}
	return out
}

// Counted is env with only the answers that count: those to questions shown.
func (s *Service) Counted(env Env) Env {
	answers := make(map[string]kernel.Value, len(env.Answers))
	for _, q := range s.Shown(env) {
		if v, ok := env.Answers[q.ID]; ok {
			answers[q.ID] = v
		}
	}
	return Env{Answers: answers, Facts: env.Facts, Today: env.Today}
}

// Eligible tells whether every rule of eligibility holds, and the rules that
// do not hold (no) and that cannot be told yet (unknown).
func (s *Service) Eligible(env Env) (t Tri, no, unknown []*Rule) {
	t = Yes
	for i := range s.Eligibility {
		r := &s.Eligibility[i]
		switch Eval(&r.If, env) {
		case No:
			no = append(no, r)
			t = No
		case Unknown:
			unknown = append(unknown, r)
			t = t.And(Unknown)
		}
	}
	return t, no, unknown
}

// AutoDecision is the decision that registers settle, or "": eligibility must
// hold, and so must the rule's own condition. It is never a refusal.
func (s *Service) AutoDecision(env Env) string {
	if s.Auto == nil {
		return ""
	}
	if t, _, _ := s.Eligible(env); t != Yes || Eval(&s.Auto.If, env) != Yes {
		return ""
	}
	return s.Auto.Decision
}
