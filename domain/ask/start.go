package ask

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/said"
)

// Understood is an answer of a service's form that was said.
type Understood struct {
	Question string       `json:"q"`
	Value    kernel.Value `json:"v"`
	// Quote are the words it was read from, "" where a question was replied to.
	Quote string `json:"w,omitempty"`
}

const (
	// startLife is how long what was understood waits: enough to sign in for the
	// first time.
	startLife = time.Hour
	// maxStart is how much travels, in bytes before sealing: sealed it stays below
	// the longest path that sign-in remembers. maxUnderstood and maxQuote bound
	// what is in it.
	maxStart      = 1200
	maxStartToken = 1900 // characters
	maxUnderstood = 12
	maxQuote      = 40 // characters

	startSealed = "ask.start"
)

// understand finds what was said that answers questions of a form. Answers that
// registers confirm are left to them, and so is everything about people the
// form does not ask about. Nothing is an answer before the person has seen it.
func (c *conversation) understand(svc *contract.Service, replies []Replied, today kernel.Date) []Understood {
	var out []Understood
	used := map[string]bool{} // facts
	add := func(q *contract.Question, v kernel.Value, quote string) bool {
		if q.Confirmed || len(out) == maxUnderstood || slices.ContainsFunc(out, func(u Understood) bool { return u.Question == q.ID }) {
			return false
		}
		v, ok := answer(q, v, today)
		if !ok {
			return false
		}
		if r := []rune(quote); len(r) > maxQuote {
			quote = string(r[:maxQuote]) + "…"
		}
		out = append(out, Understood{q.ID, v, quote})
		return true
	}
	for i := range svc.Questions {
		q := &svc.Questions[i]
		if q.Fact == "" {
			continue
		}
		for _, f := range c.facts {
			if f.ID == q.Fact && f.Exact && f.Who == whose(q) && add(q, f.Value, f.Text) {
				used[f.ID] = true
			}
		}
		for _, r := range replies {
			// What was replied is about whom the matter is: the applicant, unless
			// the sentence speaks of somebody else.
			if r.Question.Fact != nil && r.Question.Fact.ID == q.Fact && r.Value != "" && whose(q) == "self" && c.alone() && q.Fact != "birth_date" {
				add(q, c.table.answer[q.Fact](r.Value), "")
			}
		}
	}
	c.only(svc, "date", today, used, add)
	c.only(svc, "region", today, used, add)
	return out
}

// whose fact a question asks for.
func whose(q *contract.Question) string {
	if q.Of == "" {
		return "self"
	}
	return q.Of
}

// alone tells whether the sentence speaks of nobody but the speaker.
func (c *conversation) alone() bool {
	return !slices.ContainsFunc(c.facts, func(f Fact) bool { return f.Who != "self" })
}

// only takes the one day or place that was told for the one question of that
// type which every applicant answers and which no fact is bound to: "I moved on
// 3 May" answers "When did you move?". With two of either nothing is guessed.
func (c *conversation) only(svc *contract.Service, kind string, today kernel.Date, used map[string]bool, add func(*contract.Question, kernel.Value, string) bool) {
	var q *contract.Question
	for i := range svc.Questions {
		x := &svc.Questions[i]
		if x.Type != kind || x.Fact != "" || x.When != nil || x.Optional || kind == "date" && !x.Past {
			continue
		}
		if q != nil {
			return
		}
		q = x
	}
	if q == nil {
		return
	}
	switch kind {
	case "date":
		var days []said.Measure
		for _, m := range said.Read(c.said, today) {
			if m.Kind == said.Date {
				days = append(days, m)
			}
		}
		if len(days) != 1 || slices.ContainsFunc(c.facts, func(f Fact) bool { return f.From == days[0].From && used[f.ID] }) {
			return
		}
		if m := days[0]; m.Until.IsZero() && m.Other.IsZero() && !m.About {
			add(q, kernel.DateValueOf(m.Date), m.Text)
		}
	case "region":
		if places := c.ix.teller.places.find(c.said); len(places) == 1 && places[0].exact {
			add(q, kernel.TextOf(string(places[0].region)), c.said[places[0].from:places[0].to])
		}
	}
}

// answer is a value in the kind that the question asks for, if it fits.
func answer(q *contract.Question, v kernel.Value, today kernel.Date) (kernel.Value, bool) {
	if !v.Known() {
		return v, false
	}
	v, err := v.As(q.ValueKind())
	if err != nil || !q.WellFormed(v) {
		return kernel.Value{}, false
	}
	if n, ok := v.Int(); ok && (n < q.Min || q.Max > 0 && n > q.Max) {
		return kernel.Value{}, false
	}
	if d, ok := v.Date(); ok && (q.Past && today.Before(d) || q.Future && d.Before(today)) {
		return kernel.Value{}, false
	}
	return v, slices.Contains(Correctable, q.Type)
}

// Correctable are the types of questions whose answers can be understood: they
// can be shown and changed in one place.
var Correctable = []string{"bool", "enum", "date", "int", "money", "region"}

// started is what a token carries.
type started struct {
	Service string       `json:"s"`
	Expires kernel.Time  `json:"e"`
	Answers []Understood `json:"a"`
}

// Start seals what a conversation told of a service's form into a token that
// goes along while the person signs in: nothing of it is stored. "" where the
// service cannot be finished here. NotFound for no service; else the errors of
// Talk.
func (s *Service) Start(ctx context.Context, q Query, replies []Reply, service string) (token string, err error) {
	ix := s.index()
	doc, ok := ix.byID[service]
	if !ok {
		return "", kernel.E(kernel.NotFound, "ask.error.no_service", nil)
	}
	svc := ix.pack.Services[doc]
	if !svc.Online || s.keys == nil {
		return "", nil
	}
	t, err := s.Talk(ctx, q, replies)
	if err != nil {
		return "", err
	}
	c := &conversation{ix: ix, said: said.Clean(cmp.Or(t.Read, q.Text)), facts: t.Facts, table: s.factTable(ix)}
	w := started{Service: service, Expires: s.clock.Now().Add(startLife), Answers: c.understand(svc, t.Replies, s.today())}
	for {
		b, err := json.Marshal(w)
		if err != nil {
			return "", err
		}
		if len(b) <= maxStart {
			sealed, err := s.keys.Seal(startSealed, b)
			return base64.RawURLEncoding.EncodeToString(sealed), err
		}
		w.Answers = w.Answers[:len(w.Answers)-1]
	}
}

// Started opens a token: NotFound when it is none of ours or was changed,
// Conflict when it has expired or the service is not offered any more. Answers
// that the form in force does not ask for are gone.
func (s *Service) Started(token string) (*contract.Service, []Understood, error) {
	none := func(err error) (*contract.Service, []Understood, error) {
		return nil, nil, kernel.E(kernel.NotFound, "ask.error.no_start", err)
	}
	if s.keys == nil || len(token) > maxStartToken {
		return none(nil)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return none(nil)
	}
	if b, err = s.keys.Open(startSealed, b); err != nil {
		return none(nil)
	}
	var w started
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return none(err)
	}
	if s.clock.Now() >= w.Expires {
		return nil, nil, kernel.E(kernel.Conflict, "ask.error.start_expired", nil)
	}
	ix := s.index()
	doc, ok := ix.byID[w.Service]
	if !ok || !ix.pack.Services[doc].Online {
		return nil, nil, kernel.E(kernel.Conflict, "ask.error.no_service", nil)
	}
	svc := ix.pack.Services[doc]
	var out []Understood
	for _, u := range w.Answers {
		q, asked := svc.Question(u.Question)
		if !asked {
			continue
		}
		if v, ok := answer(q, u.Value, s.today()); ok {
			out = append(out, Understood{u.Question, v, u.Quote})
		}
	}
	return svc, out, nil
}

// Begin opens the application with the answers that the person has looked at,
// of those that the token carries. left tells how many were not taken: they are
// given already, or do not fit. The same person gets the same draft again.
func (s *Service) Begin(ctx context.Context, actor authz.Actor, token string, answers map[string]kernel.Value) (id kernel.ID, left int, err error) {
	svc, understood, err := s.Started(token)
	if err != nil {
		return "", 0, err
	}
	taken := map[string]kernel.Value{}
	for _, u := range understood {
		if v, ok := answers[u.Question]; ok && v.Known() {
			taken[u.Question] = v
		}
	}
	id, questions, err := s.applications.Begin(ctx, actor, svc.ID, taken)
	return id, len(questions), err
}

// today is the day in Korea.
func (s *Service) today() kernel.Date { return s.clock.Now().DateIn(kernel.Seoul) }

// ParseReply reads a reply as forms and addresses write it: question=value.
func ParseReply(s string) (Reply, bool) {
	id, value, ok := strings.Cut(s, "=")
	return Reply{id, value}, ok && len(s) <= 100
}
