package casework

import (
	"context"
	"reflect"

	"maru/domain/audit"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Start opens a draft of the service for the actor. A draft that already
// waits for the same service is given back instead of a second one.
func (s *Service) Start(ctx context.Context, actor authz.Actor, service string) (kernel.ID, error) {
	svc, ref, err := s.mayApply(actor, service)
	if err != nil {
		return "", err
	}
	var id kernel.ID
	err = s.DB.Update(ctx, func(tx *pstore.Tx) error {
		mine, err := store.OfAccount(tx, actor.Account, 0, 50)
		if err != nil {
			return err
		}
		if a, ok := waiting(mine, actor, svc.ID); ok {
			id = a.ID
			return nil
		}
		a, err := s.newDraft(actor, ref, Content{Applicant: actor.Name, Answers: map[string]kernel.Value{}})
		if err != nil {
			return err
		}
		id = a.ID
		return store.Insert(tx, a)
	})
	return id, err
}

// mayApply finds the service and tells whether this actor may apply for it
// here. Only a complaint may come from somebody who has not proven who they
// are (민원 처리에 관한 법률 제8조 asks for name and address, not for proof).
func (s *Service) mayApply(actor authz.Actor, service string) (*catalog.Service, catalog.Ref, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, catalog.Ref{}, err
	}
	svc, ref, err := s.Catalog.Current(service)
	if err != nil {
		return nil, ref, err
	}
	if !actor.Covers(svc.ID) {
		return nil, ref, kernel.E(kernel.Forbidden, "casework.error.not_covered", nil)
	}
	if !svc.Online {
		return nil, ref, kernel.E(kernel.Conflict, "casework.error.not_online", nil)
	}
	if !actor.Proven() && svc.Kind != "complaint" {
		return nil, ref, kernel.E(kernel.Forbidden, "casework.error.prove_first", nil)
	}
	return svc, ref, nil
}

func (s *Service) newDraft(actor authz.Actor, ref catalog.Ref, c Content) (*Application, error) {
	now := s.Clock.Now()
	a := &Application{ID: kernel.RandomID(), Seq: newSeq(now), Service: ref.ServiceID, Pack: ref.Pack, Account: actor.Account,
		Person: actor.Person, Status: Draft, CreatedAt: now, UpdatedAt: now, PurgeAt: now.Add(draftLife), Helper: helperOf(actor)}
	return a, s.sealContent(a, c)
}

// own reads the actor's application in the transaction; somebody else's is
// NotFound, so that nobody learns which ids exist. If the actor goes on to write,
// it is no longer the helper's who began it: they would read along.
func own(tx *pstore.Tx, actor authz.Actor, id kernel.ID) (*Application, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, err
	}
	a, err := store.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if !mayKnow(actor, a) {
		return nil, kernel.E(kernel.NotFound, "casework.error.no_case", nil)
	}
	if a.Helper != helperOf(actor) {
		a.Helper = ""
	}
	return a, nil
}

// Open reads an application of the actor's own. A draft of a definition that
// is no longer in force moves to the one that is, so that what people see is
// what they will be asked.
func (s *Service) Open(ctx context.Context, actor authz.Actor, id kernel.ID) (*Case, error) {
	c, err := s.open(ctx, actor, id)
	if err != nil || c.Status != Draft || !s.outdated(c.Application, c.Service) {
		return c, err
	}
	if err := s.refresh(ctx, actor, id); err != nil {
		return nil, err
	}
	return s.open(ctx, actor, id)
}

func (s *Service) open(ctx context.Context, actor authz.Actor, id kernel.ID) (*Case, error) {
	var c *Case
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		c, err = s.read(tx, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// refresh moves a draft to the definition in force and changes nothing else.
func (s *Service) refresh(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	return s.changeDraft(ctx, actor, id, func(*pstore.Tx, *Application, *catalog.Service, *Content) error { return nil })
}

// read opens everything that belongs to an application.
func (s *Service) read(tx *pstore.Tx, a *Application) (*Case, error) {
	svc, err := s.Definition(tx.Context(), a)
	if err != nil {
		return nil, err
	}
	c := &Case{Application: a, Service: svc}
	if c.Content, err = s.openContent(a, svc); err != nil {
		return nil, err
	}
	parties, err := store.Parties(tx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range parties {
		name, err := s.openText(a.ID, p.Name)
		if err != nil {
			return nil, err
		}
		c.Parties = append(c.Parties, PartyView{p, name})
	}
	files, err := store.Files(tx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		name, err := s.openText(a.ID, f.Name)
		if err != nil {
			return nil, err
		}
		c.Files = append(c.Files, FileView{f, name})
	}
	if a.Number != "" {
		if c.Joint, err = s.joints(tx, a.ID); err != nil {
			return nil, err
		}
	}
	events, err := store.Events(tx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		note, err := s.openText(a.ID, e.Note)
		if err != nil {
			return nil, err
		}
		c.Events = append(c.Events, EventView{e, note})
	}
	c.visitAsked = s.visitAsked(svc, &c.Content)
	if c.Visit, err = store.GetVisit(tx, a.ID); err != nil {
		return nil, err
	}
	c.AnswerBy, err = store.AnswerBy(tx, a.ID)
	return c, err
}

// Mine lists the actor's applications, newest first, below the cursor (0: from
// the newest).
func (s *Service) Mine(ctx context.Context, actor authz.Actor, before int64, limit int) ([]*Application, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, err
	}
	var out []*Application
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = ofAccount(tx, actor, before, limit)
		return err
	})
	return out, err
}

// Prefill is what registers already answer for a service.
type Prefill struct {
	Answers map[string]kernel.Value
	Sources map[string]Source
	Facts   map[string]kernel.Value
}

// Prefill fetches what registers know for this service, under the actor's
// consent; Forbidden names what to consent to.
func (s *Service) Prefill(ctx context.Context, actor authz.Actor, service string) (Prefill, error) {
	svc, _, err := s.mayApply(actor, service)
	if err != nil {
		return Prefill{}, err
	}
	return s.prefill(ctx, actor, svc)
}

func (s *Service) prefill(ctx context.Context, actor authz.Actor, svc *catalog.Service) (Prefill, error) {
	p := Prefill{Answers: map[string]kernel.Value{}, Sources: map[string]Source{}, Facts: map[string]kernel.Value{}}
	facts, err := s.Registers.Facts(ctx, actor, svc)
	if err != nil {
		return p, err
	}
	for id, f := range facts {
		if f.Value.Known() {
			p.Facts[id] = f.Value
		}
	}
	for i := range svc.Questions {
		q := &svc.Questions[i]
		if f, ok := facts[q.Fact]; ok && q.Fact != "" && q.Of == "" && f.Value.Known() {
			if v, err := f.Value.As(q.ValueKind()); err == nil {
				p.Answers[q.ID] = v
				p.Sources[q.ID] = Source{Registry: f.Registry, AsOf: f.AsOf}
			}
		}
	}
	return p, nil
}

// Agree records the actor's consent for this draft's service and fills in what
// registers know. Answers that the applicant already gave stay.
func (s *Service) Agree(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	c, err := s.Open(ctx, actor, id)
	if err != nil {
		return err
	}
	if c.Status != Draft {
		return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", c.Status)
	}
	if err := s.Registers.Consent(ctx, actor, c.Service, catalog.Ref{ServiceID: c.Application.Service, Pack: c.Pack}); err != nil {
		return err
	}
	return s.bringIn(ctx, actor, id, c.Service)
}

// LastDay is the last day on which the law wants the application, counted from
// the answer that its definition names; zero while nothing tells.
func (s *Service) LastDay(c *Case) kernel.Date {
	d := c.Service.Deadline
	if d == nil {
		return kernel.Date{}
	}
	day, ok := c.Content.Answers[d.Question].Date()
	if !ok {
		return kernel.Date{}
	}
	return s.Calendar.LastDay(day, d)
}

// Refill fills a draft in under a consent that the actor gave at an earlier
// application for the same service. What was fetched already stays as it is;
// without such a consent, or while a register is silent, the draft stays empty.
func (s *Service) Refill(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	c, err := s.Open(ctx, actor, id)
	if err != nil || c.Status != Draft || len(c.Content.Facts) > 0 {
		return err
	}
	if ok, err := s.mayRead(ctx, actor, c.Service.ID); err != nil || !ok {
		return err
	}
	if err := s.bringIn(ctx, actor, id, c.Service); !kernel.Is(err, kernel.Unavailable) {
		return err
	}
	return nil
}

// bringIn fetches what registers know of the actor into a draft.
func (s *Service) bringIn(ctx context.Context, actor authz.Actor, id kernel.ID, asked *catalog.Service) error {
	p, err := s.prefill(ctx, actor, asked)
	if err != nil {
		return err
	}
	known, err := s.members(ctx, actor, asked)
	if err != nil {
		return err
	}
	return s.changeDraft(ctx, actor, id, func(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) error {
		c.Facts, c.Members = p.Facts, known
		for id, v := range p.Answers {
			// The definition may have moved on since registers were asked.
			if _, asked := svc.Question(id); !asked {
				continue
			}
			_, given := c.Answers[id]
			if _, told := c.Told[id]; !given || told {
				c.Answers[id] = v
				delete(c.Told, id)
			}
		}
		s.attribute(svc, c, p.Sources)
		if name, ok := p.Facts["name"]; ok {
			c.Applicant = name.Text()
		}
		return nil
	})
}

// Answer saves one answer of a draft, after checking it.
func (s *Service) Answer(ctx context.Context, actor authz.Actor, id kernel.ID, question string, v kernel.Value) error {
	return s.changeDraft(ctx, actor, id, func(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) error {
		q, ok := svc.Question(question)
		if !ok {
			return kernel.E(kernel.NotFound, "casework.error.no_question", nil)
		}
		files, err := store.Files(tx, a.ID)
		if err != nil {
			return err
		}
		val, fe := s.check(q, v, files, c.Known(), s.today())
		if fe != nil {
			return &kernel.Error{Kind: kernel.Invalid, Key: "casework.error.answers", Fields: []kernel.FieldError{*fe}}
		}
		s.place(c, q, val)
		return nil
	})
}

// members asks registers for the persons whom the applicant may name, where
// the form has a question for them.
func (s *Service) members(ctx context.Context, actor authz.Actor, svc *catalog.Service) ([]Member, error) {
	for i := range svc.Questions {
		if svc.Questions[i].From != "" {
			return s.Registers.Household(ctx, actor, svc)
		}
	}
	return nil, nil
}

// changeDraft lets fn change a draft's content in one transaction. A draft of
// an older version of the service is moved to the version in force first: its
// answers stay, and only what no longer fits is asked again.
func (s *Service) changeDraft(ctx context.Context, actor authz.Actor, id kernel.ID, fn func(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) error) error {
	return s.DB.Update(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		if a.Status != Draft {
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		if cur, ref, err := s.Catalog.Current(a.Service); err == nil && ref.Pack != a.Pack {
			rebase(&c, svc, cur)
			a.Pack, svc = ref.Pack, cur
		}
		if err := fn(tx, a, svc, &c); err != nil {
			return err
		}
		now := s.Clock.Now()
		a.UpdatedAt, a.PurgeAt = now, now.Add(draftLife)
		if err := s.sealContent(a, c); err != nil {
			return err
		}
		if err := store.Update(tx, a); err != nil {
			return err
		}
		return s.spread(tx, actor, a, svc, &c)
	})
}

// rebase keeps the answers to questions that the newer definition asks the
// same way; what changed is asked again.
func rebase(c *Content, old, cur *catalog.Service) {
	for id := range c.Answers {
		was, had := old.Question(id)
		is, has := cur.Question(id)
		if !had || !has || !sameQuestion(was, is) {
			delete(c.Answers, id)
			delete(c.Sources, id)
			delete(c.Told, id)
		}
	}
}

// sameQuestion tells whether an answer to one answers the other: hints, and
// when a question is shown, leave its answer as good as it was.
func sameQuestion(a, b *catalog.Question) bool {
	x, y := *a, *b
	x.Hint, y.Hint, x.When, y.When = kernel.Text{}, kernel.Text{}, nil, nil
	return reflect.DeepEqual(x, y)
}

// Discard deletes a draft; nothing of it stays.
func (s *Service) Discard(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	return s.DB.Update(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		if a.Status != Draft {
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		return s.erase(tx, a)
	})
}

// erase removes an application that never was submitted, with all it holds.
func (s *Service) erase(tx *pstore.Tx, a *Application) error {
	files, err := store.Files(tx, a.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := s.Blobs.Delete(tx, f.ID); err != nil {
			return err
		}
		if err := store.DropFile(tx, a.ID, f.ID); err != nil {
			return err
		}
	}
	if err := store.DropParties(tx, a.ID); err != nil {
		return err
	}
	if err := store.DropAssists(tx, a.ID); err != nil {
		return err
	}
	if err := store.DropEvents(tx, a.ID); err != nil {
		return err
	}
	if err := s.leave(tx, a); err != nil {
		return err
	}
	if err := store.DropVisit(tx, a.ID); err != nil {
		return err
	}
	return store.Delete(tx, a.ID)
}

// audited writes the audit row of an act on an application.
func (s *Service) audited(tx *pstore.Tx, now kernel.Time, actor authz.Actor, act string, a *Application, purpose string) error {
	return s.auditedAt(tx, now, actor, act, a, a.Agency, purpose)
}

// auditedAt is audited for an act at another agency than the one in charge now.
func (s *Service) auditedAt(tx *pstore.Tx, now kernel.Time, actor authz.Actor, act string, a *Application, agency, purpose string) error {
	return audit.Append(tx, now, audit.Entry{Actor: actor, Act: act, Object: "application:" + string(a.ID), Subject: audit.SubjectOf(a.Person, a.Account),
		Purpose: purpose, Service: a.Service, Agency: agency})
}
