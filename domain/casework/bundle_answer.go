package casework

import (
	"context"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// AnswerBundle saves answers to questions of a bundle, each into every draft
// that shares it, all of them or none. Keys are those of BundleQuestion; a
// wrong answer is named by its key.
func (s *Service) AnswerBundle(ctx context.Context, actor authz.Actor, id kernel.ID, answers map[string]kernel.Value) error {
	return s.DB.Update(ctx, func(tx *pstore.Tx) error {
		b, err := ownBundle(tx, actor, id)
		if err != nil {
			return err
		}
		if b.Status != BundleOpen {
			return kernel.E(kernel.Conflict, "casework.bundle.error.submitted", nil)
		}
		drafts, err := s.openDrafts(tx, actor, id)
		if err != nil {
			return err
		}
		known := knownTo(drafts)
		var wrong []kernel.FieldError
		for key, v := range answers {
			if fe := s.answerEach(tx, drafts, known, key, v); fe != nil {
				wrong = append(wrong, *fe)
			}
		}
		if wrong != nil {
			return &kernel.Error{Kind: kernel.Invalid, Key: "casework.error.answers", Fields: wrong}
		}
		for _, o := range drafts {
			if err := s.keep(tx, o); err != nil {
				return err
			}
		}
		b.UpdatedAt = s.Clock.Now()
		return store.UpdateBundle(tx, b)
	})
}

// answerEach writes one answer into every draft that shares the question. A
// draft that does not ask it now need not take it.
func (s *Service) answerEach(tx *pstore.Tx, drafts []*opened, known []Member, key string, v kernel.Value) *kernel.FieldError {
	service, question, _ := splitKey(key)
	for _, lead := range drafts {
		q, ok := lead.svc.Question(question)
		if lead.svc.ID != service || !ok {
			continue
		}
		for _, o := range drafts {
			for i := range o.svc.Questions {
				other := &o.svc.Questions[i]
				if other != q && !alike(q, other) {
					continue
				}
				files, err := store.Files(tx, o.ID)
				if err != nil {
					return &kernel.FieldError{Field: key, Key: "casework.answer.missing.file"}
				}
				val, fe := s.check(other, v, files, known, s.today())
				switch {
				case fe == nil:
					s.place(&o.c, other, val)
					o.c.meet(val, &Content{Members: known})
				case other == q || o.asks(other.ID, s.today()):
					fe.Field = key
					return fe
				default:
					delete(o.c.Answers, other.ID)
				}
			}
		}
		return nil
	}
	return &kernel.FieldError{Field: key, Key: "casework.answer.unknown_question"}
}

// asks tells whether the draft asks the question now.
func (o *opened) asks(question string, today kernel.Date) bool {
	for _, q := range o.c.Shown(o.svc, today) {
		if q.ID == question {
			return true
		}
	}
	return false
}

// knownTo are the persons whom registers told of for any of the drafts. The
// applicant names them in all forms alike.
func knownTo(drafts []*opened) people {
	var out people
	for _, o := range drafts {
		for _, m := range o.c.Known() {
			if !out.has(m.Person) {
				out = append(out, m)
			}
		}
	}
	return out
}

// AgreeBundle records the actor's consent for the services named and fills in
// what registers know. Each consent is its own: when a register does not
// answer for one service, the others are filled in all the same, and the error
// tells of the one.
func (s *Service) AgreeBundle(ctx context.Context, actor authz.Actor, id kernel.ID, services []string) error {
	b, err := s.OpenBundle(ctx, actor, id)
	if err != nil {
		return err
	}
	if b.Status != BundleOpen {
		return kernel.E(kernel.Conflict, "casework.bundle.error.submitted", nil)
	}
	var down error
	for _, c := range b.Drafts() {
		for _, want := range services {
			if c.Service.ID != want {
				continue
			}
			err := s.Agree(ctx, actor, c.ID)
			if kernel.Is(err, kernel.Unavailable) {
				down = registerDown(want, err)
			} else if err != nil {
				return err
			}
		}
	}
	return down
}

// registerDown tells which service cannot go on because a register is silent.
func registerDown(service string, err error) error {
	return kernel.E(kernel.Unavailable, "casework.bundle.error.register", err).Field(service, "casework.bundle.error.register", nil)
}
