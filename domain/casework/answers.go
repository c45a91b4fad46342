package casework

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

// retype gives values read from JSON the kinds their questions ask for; what
// does not fit is left as it is for validation to name.
func retype(svc *catalog.Service, answers map[string]kernel.Value) {
	for i := range svc.Questions {
		q := &svc.Questions[i]
		if v, ok := answers[q.ID]; ok {
			if t, err := v.As(q.ValueKind()); err == nil {
				answers[q.ID] = t
			}
		}
	}
}

// env is what conditions of the definition are tested against.
func (c *Content) env(today kernel.Date) catalog.Env {
	return catalog.Env{Answers: c.Answers, Facts: c.Facts, Today: today}
}

// Shown lists the questions that are asked, given the answers so far.
func (c *Content) Shown(svc *catalog.Service, today kernel.Date) []*catalog.Question {
	return svc.Shown(c.env(today))
}

// settled is what a rule may decide on: the facts, the answers that registers
// bear out, and the answers to what no register knows. An answer that a
// register should bear out and does not is unknown to a rule.
func (c *Content) settled(svc *catalog.Service, today kernel.Date) catalog.Env {
	env := c.env(today)
	env.Answers = make(map[string]kernel.Value, len(c.Answers))
	for id, v := range c.Answers {
		q, ok := svc.Question(id)
		src, told := c.Sources[id]
		if ok && (q.Fact == "" || told && !src.Disputed) {
			env.Answers[id] = v
		}
	}
	return env
}

// people are the persons the applicant may name: nil when registers were not
// asked, because the applicant did not agree.
type people []Member

func (p people) has(id string) bool {
	return slices.ContainsFunc(p, func(m Member) bool { return m.Person == id })
}

// validate checks every answer that is shown and drops those that are not. It
// returns the wrong ones in the order of the questions.
func (s *Service) validate(svc *catalog.Service, c *Content, files []*File, known people) []kernel.FieldError {
	today := s.today()
	var wrong []kernel.FieldError
	for id := range c.Answers {
		if _, ok := svc.Question(id); !ok {
			wrong = append(wrong, kernel.FieldError{Field: id, Key: "casework.answer.unknown_question"})
		}
	}
	slices.SortFunc(wrong, func(a, b kernel.FieldError) int { return strings.Compare(a.Field, b.Field) })
	kept := make(map[string]kernel.Value, len(c.Answers))
	for _, q := range c.Shown(svc, today) {
		if v := c.Answers[q.ID]; c.booked && q.Type == "slot" {
			// A visit is moved or cancelled by its own act.
			if v.Known() {
				kept[q.ID] = v
			}
			continue
		}
		v, fe := s.check(q, c.Answers[q.ID], files, known, today)
		if fe != nil {
			wrong = append(wrong, *fe)
		} else if v.Known() {
			kept[q.ID] = v
		}
	}
	c.Answers = kept
	return wrong
}

// The longest texts where the definition names no other.
const (
	maxText = 200
	maxLong = 5000
	maxWon  = 1_000_000_000_000
)

// idShape is how registry persons are named; a typed name never looks so.
var idShape = regexp.MustCompile(`^[a-z]+-[0-9]+$`)

// check types and tests one answer.
func (s *Service) check(q *catalog.Question, v kernel.Value, files []*File, known people, today kernel.Date) (kernel.Value, *kernel.FieldError) {
	bad := func(key string, args ...any) (kernel.Value, *kernel.FieldError) {
		fe := &kernel.FieldError{Field: q.ID, Key: key}
		for i := 0; i+1 < len(args); i += 2 {
			if fe.Args == nil {
				fe.Args = map[string]any{}
			}
			fe.Args[args[i].(string)] = args[i+1]
		}
		return kernel.Value{}, fe
	}
	if v.Kind() == kernel.TextValue {
		v = kernel.TextOf(strings.TrimSpace(v.Text()))
	}
	if empty(v) {
		if q.Optional {
			return kernel.Value{}, nil
		}
		return bad("casework.answer.missing." + answerFamily(q.Type))
	}
	t, err := v.As(q.ValueKind())
	if err != nil {
		return bad("casework.answer.type." + answerFamily(q.Type))
	}
	switch q.Type {
	case "text", "longtext":
		limit := int64(maxText)
		if q.Type == "longtext" {
			limit = maxLong
		}
		if q.Max > 0 {
			limit = q.Max
		}
		if n := utf8.RuneCountInString(t.Text()); int64(n) > limit {
			return bad("casework.answer.too_long", "max", limit, "now", n)
		}
		if hasControl(t.Text(), q.Type == "longtext") {
			return bad("casework.answer.control")
		}
	case "int", "money":
		n, _ := t.Int()
		top := q.Max
		if top == 0 {
			top = maxWon
		}
		if n < q.Min || n > top {
			return bad("casework.answer.range", "min", q.Min, "max", top)
		}
	case "date":
		d, _ := t.Date()
		switch {
		case q.Past && today.Before(d):
			return bad("casework.answer.not_past")
		case q.Future && d.Before(today):
			return bad("casework.answer.not_future")
		case d.Year < 1900 || d.Year > 2200:
			return bad("casework.answer.type.date")
		}
	case "enum":
		if !slices.ContainsFunc(q.Options, func(o catalog.Option) bool { return o.Value == t.Text() }) {
			return bad("casework.answer.choose")
		}
	case "counts":
		return checkCounts(q, t, bad)
	case "list":
		return checkList(q, t, bad)
	case "slot":
		if !q.WellFormed(t) {
			return bad("casework.answer.slot_gone")
		}
	case "set":
		l, _ := t.Set()
		for _, m := range l {
			if !slices.ContainsFunc(q.Options, func(o catalog.Option) bool { return o.Value == m }) {
				return bad("casework.answer.choose")
			}
		}
	case "region":
		code, ok := s.Agencies.Region(t.Text(), today)
		if !ok {
			return bad("casework.answer.region")
		}
		t = kernel.TextOf(code)
	case "agency":
		if !s.Agencies.Exists(t.Text(), today) {
			return bad("casework.answer.agency")
		}
	case "person":
		if !personOK(t.Text(), known) {
			return bad("casework.answer.person")
		}
	case "persons":
		l, _ := t.Set()
		for _, m := range l {
			if !personOK(m, known) {
				return bad("casework.answer.person")
			}
		}
		if len(l) > 20 {
			return bad("casework.answer.person")
		}
	case "file":
		l, _ := t.Set()
		for _, m := range l {
			if !slices.ContainsFunc(files, func(f *File) bool { return string(f.ID) == m && f.Question == q.ID }) {
				return bad("casework.answer.file")
			}
		}
	}
	return t, nil
}

// personOK accepts a member of the applicant's household, or a plain name for
// somebody whom registers do not show to the applicant.
func personOK(s string, known people) bool {
	if idShape.MatchString(s) {
		return known.has(s)
	}
	n := utf8.RuneCountInString(s)
	return n >= 2 && n <= 60 && !hasControl(s, false)
}

func empty(v kernel.Value) bool {
	switch v.Kind() {
	case kernel.Unknown:
		return true
	case kernel.TextValue:
		return v.Text() == ""
	case kernel.SetValue:
		l, _ := v.Set()
		return len(l) == 0
	}
	return false
}

// answerFamily groups question types that share their error messages.
func answerFamily(t string) string {
	switch t {
	case "int", "money":
		return "number"
	case "date", "bool", "file", "counts", "slot":
		return t
	case "enum", "set", "region", "agency", "person", "persons":
		return "choice"
	}
	return "text"
}

// hasControl finds characters that no text of a person holds: control
// characters (but line breaks where lines are allowed) and the bidirectional
// overrides that can make a text read as another.
func hasControl(s string, lines bool) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return !lines
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return true
		}
		return unicode.IsControl(r)
	})
}
