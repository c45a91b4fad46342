package casework

import (
	"context"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Suggest writes answers into a draft where the applicant gave none, all that
// fit in one transaction. left are the questions, in the order of the form,
// whose answers were not taken: they are given already, or do not fit. Somebody
// else wrote them, so that no answer of the applicant's is ever replaced.
func (s *Service) Suggest(ctx context.Context, actor authz.Actor, id kernel.ID, answers map[string]kernel.Value) (left []string, err error) {
	err = s.changeDraft(ctx, actor, id, func(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) error {
		left = nil // the transaction may run again
		files, err := store.Files(tx, a.ID)
		if err != nil {
			return err
		}
		for i := range svc.Questions {
			q := &svc.Questions[i]
			v, suggested := answers[q.ID]
			if !suggested {
				continue
			}
			if given, ok := c.Answers[q.ID]; ok {
				if !given.Equal(v) {
					left = append(left, q.ID)
				}
				continue
			}
			val, wrong := s.check(q, v, files, c.Known(), s.today())
			if wrong != nil || !val.Known() {
				left = append(left, q.ID)
				continue
			}
			s.place(c, q, val)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return left, nil
}
