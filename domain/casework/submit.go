package casework

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Submission is an application handed in whole, as the API does.
type Submission struct {
	Service string
	Answers map[string]kernel.Value
	Parties map[string]string // party id to registry person or name
	Key     string            // idempotency key, required
}

// Apply creates and submits an application in one act. The same key again
// gives the same application; the same key with another body is a Conflict.
func (s *Service) Apply(ctx context.Context, actor authz.Actor, in Submission) (*Application, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, err
	}
	if err := checkKey(in.Key); err != nil {
		return nil, err
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "casework.error.answers", err)
	}
	hash := s.fingerprint("apply", body)
	a, err := s.apply(ctx, actor, in, hash)
	if err == nil || kernel.Is(err, kernel.Invalid) {
		return a, err
	}
	// What is done stays done: a retry is told so even when the service has
	// left the catalogue since, or a register does not answer now.
	var prior *Application
	done := false
	verr := s.DB.View(ctx, func(tx *pstore.Tx) (verr error) {
		prior, done, verr = s.used(tx, actor, in.Key, hash)
		return verr
	})
	if verr != nil || !done {
		return nil, err
	}
	return prior, nil
}

func (s *Service) apply(ctx context.Context, actor authz.Actor, in Submission, hash string) (*Application, error) {
	svc, ref, err := s.mayApply(actor, in.Service)
	if err != nil {
		return nil, err
	}
	c := Content{Applicant: actor.Name, Answers: map[string]kernel.Value{}}
	for k, v := range in.Answers {
		c.Answers[k] = v
	}
	retype(svc, c.Answers)
	for party, who := range in.Parties {
		i := slices.IndexFunc(svc.Parties, func(p catalog.Party) bool { return p.ID == party && p.Question != "" })
		if i < 0 {
			return nil, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("parties."+party, "casework.answer.unknown_party", nil)
		}
		if _, given := c.Answers[svc.Parties[i].Question]; !given {
			c.Answers[svc.Parties[i].Question] = kernel.TextOf(who)
		}
	}
	retype(svc, c.Answers)
	known, err := s.gather(ctx, actor, svc, &c)
	if err != nil {
		return nil, err
	}
	// Whom the caller names as a party need not live with the applicant: all it
	// does is ask that person.
	for _, who := range in.Parties {
		if idShape.MatchString(who) && !known.has(who) {
			known = append(known, Member{Person: who})
		}
	}
	var out *Application
	err = s.update(ctx, func(tx *pstore.Tx) error {
		// A copy: the transaction may run again.
		work := c
		work.Answers = cloneAnswers(c.Answers)
		a, err := s.newDraft(actor, ref, work)
		if err != nil {
			return err
		}
		if prior, fresh, err := s.take(tx, actor, in.Key, store.Key{Hash: hash, Application: a.ID}); err != nil || !fresh {
			out = prior
			return err
		}
		files, err := s.adopt(tx, a, svc, &work)
		if err != nil {
			return err
		}
		if err := s.submit(tx, actor, a, svc, &work, known, files); err != nil {
			return err
		}
		if err := store.Insert(tx, a); err != nil {
			return err
		}
		out = a
		return nil
	})
	return out, err
}

// Submit hands in a draft. The key is the one the check page carried.
func (s *Service) Submit(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	c, err := s.open(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if c.Status != Draft {
		// A double click or a retry: what was asked has happened.
		return c.Application, nil
	}
	if s.outdated(c.Application, c.Service) {
		// Nobody hands in a form that they have not seen: the draft moves to
		// the definition in force, and the applicant looks at it again.
		if err := s.refresh(ctx, actor, id); err != nil {
			return nil, err
		}
		return nil, kernel.E(kernel.Conflict, "casework.error.definition_changed", nil)
	}
	content := c.Content
	known, err := s.gather(ctx, actor, c.Service, &content)
	if err != nil {
		return nil, err
	}
	var out *Application
	err = s.update(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		if a.Status != Draft {
			out = a
			return nil
		}
		out = a
		return s.handIn(ctx, tx, actor, a, gathered{content, known}, known)
	})
	return out, err
}

// gathered is what registers told for a draft, and whom its applicant may name.
type gathered struct {
	Content
	known people
}

// handIn submits a draft in the transaction, with what registers told before.
// Known are the persons whom its applicant may name.
func (s *Service) handIn(ctx context.Context, tx *pstore.Tx, actor authz.Actor, a *Application, g gathered, known people) error {
	svc, err := s.Definition(ctx, a)
	if err != nil {
		return err
	}
	if s.outdated(a, svc) {
		return kernel.E(kernel.Conflict, "casework.error.definition_changed", nil)
	}
	now, err := s.openContent(a, svc)
	if err != nil {
		return err
	}
	now.Facts, now.Members, now.Applicant = g.Facts, g.Members, g.Applicant
	s.attribute(svc, &now, g.Sources)
	files, err := store.Files(tx, a.ID)
	if err != nil {
		return err
	}
	if err := s.submit(tx, actor, a, svc, &now, known, files); err != nil {
		return err
	}
	return store.Update(tx, a)
}

// outdated tells whether another definition of the service is in force than
// the one the draft was written for. A new pack that leaves this service as it
// was changes nothing.
func (s *Service) outdated(a *Application, svc *catalog.Service) bool {
	cur, ref, err := s.Catalog.Current(a.Service)
	return err == nil && ref.Pack != a.Pack && !reflect.DeepEqual(cur, svc)
}

// gather reads, before any transaction is open, what submitting needs from
// registers: the facts under consent, where each comes from, and the persons
// who may be named. Without consent, or after it was taken back, nothing that
// registers once told stays with the application.
func (s *Service) gather(ctx context.Context, actor authz.Actor, svc *catalog.Service, c *Content) (people, error) {
	c.Facts, c.Members, c.Sources = nil, nil, nil
	if !actor.Proven() {
		return nil, nil
	}
	ok, err := s.mayRead(ctx, actor, svc.ID)
	if err != nil || !ok {
		return nil, err
	}
	p, err := s.prefill(ctx, actor, svc)
	if err != nil {
		return nil, err
	}
	c.Facts = p.Facts
	if name, ok := p.Facts["name"]; ok {
		c.Applicant = name.Text()
	}
	if c.Members, err = s.members(ctx, actor, svc); err != nil {
		return nil, err
	}
	s.attribute(svc, c, p.Sources)
	return c.Members, nil
}

// attribute notes which answers registers bear out and which of them the
// applicant disputes, whoever filled them in: sources tell where the facts of
// the questions come from.
func (s *Service) attribute(svc *catalog.Service, c *Content, sources map[string]Source) {
	c.Sources = make(map[string]Source, len(sources))
	for id, src := range sources {
		q, ok := svc.Question(id)
		if v := c.Answers[id]; ok && v.Known() {
			src.Disputed = !s.borneOut(q, v, c)
			c.Sources[id] = src
		}
	}
}

// borneOut tells whether an answer says what the register says, once both are
// written the same way.
func (s *Service) borneOut(q *catalog.Question, v kernel.Value, c *Content) bool {
	written := func(v kernel.Value) kernel.Value {
		if t, fe := s.check(q, v, nil, c.Known(), s.today()); fe == nil {
			return t
		}
		return v
	}
	told, err := c.Facts[q.Fact].As(q.ValueKind())
	return err == nil && written(v).Equal(written(told))
}

// submit validates and moves a draft to where it belongs: to co-signers, to
// the cashier, to the desk, or to a decision by rule. The caller stores a.
func (s *Service) submit(tx *pstore.Tx, actor authz.Actor, a *Application, svc *catalog.Service, c *Content, known people, files []*File) error {
	if wrong := s.validate(svc, c, files, known); wrong != nil {
		return &kernel.Error{Kind: kernel.Invalid, Key: "casework.error.answers", Fields: wrong}
	}
	now := s.Clock.Now()
	c.People = map[string]string{}
	for i := range svc.Questions {
		for _, m := range known {
			v := c.Answers[svc.Questions[i].ID]
			if set, _ := v.Set(); slices.Contains(set, m.Person) || v.Text() == m.Person {
				c.People[m.Person] = m.Name
			}
		}
	}
	c.Told = nil    // handed in, every answer is the applicant's own
	c.Members = nil // whom the answers do not mention, the case need not know
	env := c.env(s.today())
	if t, no, _ := svc.Eligible(env); t == catalog.No {
		// Nobody is refused by a rule: a person who thinks otherwise may apply,
		// and the official reads which condition the registers do not bear out.
		for _, r := range no {
			if err := s.record(tx, a, now, authz.Actor{System: "eligibility"}, "eligibility_doubt", r.Article, r.Else.KO, false); err != nil {
				return err
			}
		}
	}
	agency, err := s.Agencies.Route(svc.Agency, c.Answers, c.Facts, s.today())
	if err != nil {
		return err
	}
	a.Agency, a.UpdatedAt = agency, now
	if err := s.book(tx, a, svc, c); err != nil {
		return err
	}
	won, lines := svc.FeeFor(c.env(s.today()))
	c.Fee = &Fee{won, lines}
	if err := s.sealContent(a, *c); err != nil {
		return err
	}
	waits, err := s.inviteParties(tx, a, svc, c, now)
	if err != nil {
		return err
	}
	if waits {
		return move(a, Signatures)
	}
	return s.proceed(tx, actor, a, svc, c)
}

// proceed takes an application whose parties all agree to the cashier or the
// desk.
func (s *Service) proceed(tx *pstore.Tx, actor authz.Actor, a *Application, svc *catalog.Service, c *Content) error {
	if c.fee(svc).Won > a.Paid {
		return move(a, Payment)
	}
	return s.receive(tx, actor, a, svc, c)
}

// receive gives the application its number and due date and puts it on the
// desk, or decides it at once where the definition's rule and the registers
// settle everything.
func (s *Service) receive(tx *pstore.Tx, actor authz.Actor, a *Application, svc *catalog.Service, c *Content) error {
	now := s.Clock.Now()
	if err := move(a, Submitted); err != nil {
		return err
	}
	a.Number = newNumber("M", now, 2)
	for s.unused != nil && !s.unused(a.Number) {
		a.Number = newNumber("M", now, 2)
	}
	a.SubmittedAt, a.UpdatedAt, a.PurgeAt = now, now, 0
	a.DueAt = s.Calendar.Due(now, svc.TimeLimit)
	if err := s.toTeam(tx, a); err != nil {
		return err
	}
	if err := s.record(tx, a, now, actor, "submitted", "", "", true); err != nil {
		return err
	}
	if err := s.index(tx, a, svc, c); err != nil {
		return err
	}
	if err := s.audited(tx, now, actor, "casework.submit", a, "casework.purpose.application"); err != nil {
		return err
	}
	if err := s.publish(tx, contract.Submitted, a); err != nil {
		return err
	}
	if err := s.expect(tx, a, svc, c); err != nil {
		return err
	}
	// What the applicant disputes, registers do not settle.
	if d := svc.AutoDecision(c.settled(svc, s.today())); d != "" && !Adverse(d) && !c.disputed() {
		rule := authz.Actor{System: "rule:" + svc.ID + "@" + a.Pack[:min(12, len(a.Pack))]}
		return s.conclude(tx, rule, a, svc, c, Decision{Decision: d, Reason: svc.Auto.Reason.KO}, false)
	}
	return nil
}

func (s *Service) publish(tx *pstore.Tx, event string, a *Application) error {
	return s.Events.Publish(tx, event, contract.Event{Application: a.ID, Number: a.Number, Service: a.Service, Pack: a.Pack,
		Agency: a.Agency, Account: a.Account, Person: a.Person, Decision: a.Decision, Document: a.Document, Due: a.DueAt})
}

// take marks a key as used. Not fresh, it gives the application that the key
// was used on, or Conflict when it was used for something else.
func (s *Service) take(tx *pstore.Tx, actor authz.Actor, key string, k store.Key) (a *Application, fresh bool, err error) {
	prior, fresh, err := store.TakeKey(tx, actor.Account, key, k, s.Clock.Now())
	if err != nil || fresh {
		return nil, fresh, err
	}
	a, err = usedOn(tx, actor, prior, k.Hash)
	return a, false, err
}

// used looks a key up: ok with the application it was used on, or Conflict
// when it was used for something else.
func (s *Service) used(tx *pstore.Tx, actor authz.Actor, key, hash string) (a *Application, ok bool, err error) {
	k, ok, err := store.FindKey(tx, actor.Account, key)
	if err != nil || !ok {
		return nil, false, err
	}
	a, err = usedOn(tx, actor, k, hash)
	return a, err == nil, err
}

// usedOn is the application of a key that is taken. A key of the person tells
// whoever acts for them nothing that their mandate keeps from them.
func usedOn(tx *pstore.Tx, actor authz.Actor, k store.Key, hash string) (*Application, error) {
	taken := kernel.E(kernel.Conflict, "casework.error.key_reused", nil)
	if k.Hash != hash {
		return nil, taken
	}
	a, err := store.Get(tx, k.Application)
	if err == nil && actor.Mandated() && !mayKnow(actor, a) {
		return nil, taken
	}
	return a, err
}

// once runs an act on an application under an optional key: the second time
// it changes nothing and gives the application as it is now.
func (s *Service) once(tx *pstore.Tx, actor authz.Actor, key, act string, a *Application, body any, fn func() error) error {
	if key == "" {
		return fn()
	}
	if err := checkKey(key); err != nil {
		return err
	}
	if _, fresh, err := s.take(tx, actor, key, store.Key{Hash: s.actHash(act, a.ID, body), Application: a.ID}); err != nil || !fresh {
		return err
	}
	return fn()
}

// actHash fingerprints an act, so that a key used for something else is seen.
func (s *Service) actHash(act string, id kernel.ID, body any) string {
	b, err := json.Marshal(body)
	if err != nil {
		b = nil // bodies are our own plain types; texts always marshal
	}
	return s.fingerprint(act+":"+string(id), b)
}

// fingerprint is keyed: what people wrote cannot be guessed from a stolen
// table of keys.
func (s *Service) fingerprint(act string, body []byte) string {
	return hex.EncodeToString(s.Keys.MAC("casework.key:"+act, body))
}

// checkKey bounds idempotency keys to printable ASCII of at most 255
// characters (draft-ietf-httpapi-idempotency-key-header leaves it to us).
func checkKey(key string) error {
	bad := key == "" || len(key) > 255 || strings.ContainsFunc(key, func(r rune) bool { return r < 0x20 || r > 0x7e })
	if bad {
		return kernel.E(kernel.Invalid, "casework.error.key", nil).Field("Idempotency-Key", "casework.error.key", nil)
	}
	return nil
}

func cloneAnswers(m map[string]kernel.Value) map[string]kernel.Value {
	out := make(map[string]kernel.Value, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
