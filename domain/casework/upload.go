package casework

import (
	"context"
	"io"
	"path"
	"slices"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/blob"
	pstore "maru/platform/store"
)

// Upload bounds where the definition names none.
const (
	defaultFileBytes = 10 << 20
	defaultFiles     = 5
)

// UploadLimits are the limits of a service's attachments.
func UploadLimits(svc *catalog.Service) (files int, l blob.Limits) {
	files, l = svc.Uploads.MaxFiles, blob.Limits{MaxBytes: svc.Uploads.MaxBytes, Types: svc.Uploads.Types}
	if files == 0 {
		files = defaultFiles
	}
	if l.MaxBytes == 0 {
		l.MaxBytes = defaultFileBytes
	}
	if len(l.Types) == 0 {
		l.Types = []string{"pdf", "png", "jpeg"}
	}
	return files, l
}

// Attach stores a file for a question of a draft, or of an application that
// is to be corrected, and adds it to the answer.
func (s *Service) Attach(ctx context.Context, actor authz.Actor, id kernel.ID, question, name string, r io.Reader) (kernel.ID, error) {
	c, err := s.Open(ctx, actor, id)
	if err != nil {
		return "", err
	}
	q, ok := c.Service.Question(question)
	if !ok || q.Type != "file" {
		return "", kernel.E(kernel.NotFound, "casework.error.no_question", nil)
	}
	if err := mayAttach(c.Application); err != nil {
		return "", err
	}
	most, limits := UploadLimits(c.Service)
	if len(c.Files) >= most {
		return "", kernel.E(kernel.Limited, "casework.error.too_many_files", nil).With("max", most)
	}
	m, err := s.Blobs.Put(ctx, name, r, limits)
	if err != nil {
		return "", err
	}
	err = s.DB.Update(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		if err := mayAttach(a); err != nil {
			return err
		}
		files, err := store.Files(tx, a.ID)
		if err != nil {
			return err
		}
		if len(files) >= most {
			return kernel.E(kernel.Limited, "casework.error.too_many_files", nil).With("max", most)
		}
		sealed, err := s.sealText(a.ID, m.Name)
		if err != nil {
			return err
		}
		if err := store.InsertFile(tx, &File{ID: m.ID, Application: a.ID, Question: question, Name: sealed, Type: m.Type, Size: m.Size, At: m.CreatedAt}); err != nil {
			return err
		}
		return s.setFiles(tx, a, c.Service, question, func(ids []string) []string { return append(ids, string(m.ID)) })
	})
	if err != nil {
		// The blob stays without an owner; the store's own clean-up takes it.
		return "", err
	}
	return m.ID, nil
}

// Upload stores a file that an application of the actor's, yet to be handed in,
// will name among its answers. Unused ones are swept away like drafts.
func (s *Service) Upload(ctx context.Context, actor authz.Actor, name string, r io.Reader) (kernel.ID, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return "", err
	}
	owner := loose(actor.Account)
	room := func(tx *pstore.Tx) error {
		files, err := store.Files(tx, owner)
		if err == nil && len(files) >= maxLoose {
			return kernel.E(kernel.Limited, "casework.error.too_many_files", nil).With("max", maxLoose)
		}
		return err
	}
	if err := s.DB.View(ctx, room); err != nil {
		return "", err
	}
	_, limits := UploadLimits(&catalog.Service{})
	m, err := s.Blobs.Put(ctx, name, r, limits)
	if err != nil {
		return "", err
	}
	err = s.DB.Update(ctx, func(tx *pstore.Tx) error {
		if err := room(tx); err != nil {
			return err
		}
		sealed, err := s.sealText(owner, m.Name)
		if err != nil {
			return err
		}
		return store.InsertFile(tx, &File{ID: m.ID, Application: owner, Name: sealed, Type: m.Type, Size: m.Size, At: m.CreatedAt})
	})
	return m.ID, err
}

// maxLoose is how many uploaded files of one account may wait for their
// application.
const maxLoose = 20

// loose owns the files of an account that belong to no application yet.
func loose(account kernel.ID) kernel.ID { return "account:" + account }

// adopt gives waiting files that the answers name to the application.
func (s *Service) adopt(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) ([]*File, error) {
	if !slices.ContainsFunc(svc.Questions, func(q catalog.Question) bool { return q.Type == "file" && c.Answers[q.ID].Known() }) {
		return nil, nil // most applications name no file
	}
	waiting, err := store.Files(tx, loose(a.Account))
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	most, limits := UploadLimits(svc)
	var out []*File
	for i := range svc.Questions {
		q := &svc.Questions[i]
		named, _ := c.Answers[q.ID].Set()
		if q.Type != "file" {
			continue
		}
		for _, f := range waiting {
			if !slices.Contains(named, string(f.ID)) || f.Size > limits.MaxBytes || !slices.Contains(limits.Types, path.Base(f.Type)) || len(out) == most {
				continue
			}
			name, err := s.openText(f.Application, f.Name)
			if err != nil {
				return nil, err
			}
			if err := store.DropFile(tx, f.Application, f.ID); err != nil {
				return nil, err
			}
			f.Application, f.Question = a.ID, q.ID
			if f.Name, err = s.sealText(a.ID, name); err != nil {
				return nil, err
			}
			if err := store.InsertFile(tx, f); err != nil {
				return nil, err
			}
			out = append(out, f)
		}
	}
	return out, nil
}

func mayAttach(a *Application) error {
	if a.Status != Draft && a.Status != Correction {
		return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
	}
	return nil
}

// Detach removes a file again.
func (s *Service) Detach(ctx context.Context, actor authz.Actor, id, file kernel.ID) error {
	return s.DB.Update(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		if err := mayAttach(a); err != nil {
			return err
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		files, err := store.Files(tx, a.ID)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.ID != file {
				continue
			}
			if a.Status == Correction && f.At <= a.PausedAt {
				// What the office already had stays in its file.
				return kernel.E(kernel.Conflict, "casework.error.file_handed_in", nil)
			}
			if err := store.DropFile(tx, a.ID, file); err != nil {
				return err
			}
			if err := s.Blobs.Delete(tx, file); err != nil {
				return err
			}
			return s.setFiles(tx, a, svc, f.Question, func(ids []string) []string {
				var out []string
				for _, x := range ids {
					if x != string(file) {
						out = append(out, x)
					}
				}
				return out
			})
		}
		return kernel.E(kernel.NotFound, "casework.error.no_file", nil)
	})
}

func (s *Service) setFiles(tx *pstore.Tx, a *Application, svc *catalog.Service, question string, change func([]string) []string) error {
	c, err := s.openContent(a, svc)
	if err != nil {
		return err
	}
	ids, _ := c.Answers[question].Set()
	if next := change(append([]string(nil), ids...)); len(next) > 0 {
		c.Answers[question] = kernel.SetOf(next...)
	} else {
		delete(c.Answers, question)
	}
	if err := s.sealContent(a, c); err != nil {
		return err
	}
	a.UpdatedAt = s.Clock.Now()
	if a.Status == Draft {
		a.PurgeAt = a.UpdatedAt.Add(draftLife)
	}
	return store.Update(tx, a)
}

// FileFor tells whether the actor may download a file: the applicant, or an
// official of the agency in charge, whose look is logged.
func (s *Service) FileFor(ctx context.Context, actor authz.Actor, id, file kernel.ID) error {
	official := false
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		_, err := own(tx, actor, id)
		if kernel.Is(err, kernel.NotFound) && actor.Has(authz.Official) {
			official = true
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	var files []FileView
	if official {
		c, err := s.Look(ctx, actor, id)
		if err != nil {
			return err
		}
		files = c.Files
	} else {
		c, err := s.Open(ctx, actor, id)
		if err != nil {
			return err
		}
		files = c.Files
	}
	for _, f := range files {
		if f.ID == file {
			return nil
		}
	}
	return kernel.E(kernel.NotFound, "casework.error.no_file", nil)
}

// UsesFile tells the blob store whether casework still refers to a file.
func (s *Service) UsesFile(tx *pstore.Tx, id kernel.ID) (bool, error) {
	if used, err := store.HasFile(tx, id); err != nil || used {
		return used, err
	}
	return store.HasPhoto(tx, id)
}
