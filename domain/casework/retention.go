package casework

import (
	"context"
	"time"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Purge erases what is past its time: drafts and withdrawn applications that
// nobody touched are deleted whole; of a closed case stays that it was
// (number, service, agency, dates, decision), without any person or word.
func (s *Service) Purge(ctx context.Context) (int, error) {
	total := 0
	for {
		var n int
		err := s.DB.Update(ctx, func(tx *pstore.Tx) error {
			now := s.Clock.Now()
			due, err := store.Expired(tx, now, 50)
			if err != nil {
				return err
			}
			n = len(due)
			for _, a := range due {
				if err := s.purge(tx, a, now); err != nil {
					return err
				}
			}
			loose, err := store.LooseFiles(tx, now.Add(-24*time.Hour), 50)
			if err != nil {
				return err
			}
			n += len(loose)
			for _, f := range loose {
				if err := s.Blobs.Delete(tx, f.ID); err != nil {
					return err
				}
				if err := store.DropFile(tx, f.Application, f.ID); err != nil {
					return err
				}
			}
			if err := store.ForgetPings(tx, now.Add(-keyLife)); err != nil {
				return err
			}
			if err := store.ForgetAbsences(tx, s.today().AddDays(-365)); err != nil {
				return err
			}
			if err := store.ForgetBundles(tx, now.Add(-draftLife)); err != nil {
				return err
			}
			if err := store.ForgetTries(tx, now.Add(-24*time.Hour)); err != nil {
				return err
			}
			return store.ForgetKeys(tx, now.Add(-keyLife))
		})
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

func (s *Service) purge(tx *pstore.Tx, a *Application, now kernel.Time) error {
	by := authz.Actor{System: "retention"}
	if err := s.audited(tx, now, by, "casework.purge", a, "casework.purpose.retention"); err != nil {
		return err
	}
	if a.Number == "" {
		return s.erase(tx, a)
	}
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
	if err := store.BlankEvents(tx, a.ID); err != nil {
		return err
	}
	if err := store.DropDocumentBody(tx, a.ID); err != nil {
		return err
	}
	if err := store.DropWords(tx, a.Seq); err != nil {
		return err
	}
	if err := store.DropDesk(tx, a.ID); err != nil {
		return err
	}
	if err := store.ForgetMember(tx, a.ID); err != nil {
		return err
	}
	if err := store.DropVisit(tx, a.ID); err != nil {
		return err
	}
	if err := store.DropAnswerBy(tx, a.ID); err != nil {
		return err
	}
	a.Answers, a.Person, a.Account, a.Assignee, a.PurgeAt = []byte{}, "", "", "", 0
	return store.Update(tx, a)
}
