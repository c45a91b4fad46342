package editor

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/domain/catalog"
	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// MaxFile bounds one file of a draft in bytes: ten times the largest that
// people have written.
const MaxFile = 160 << 10

// Change makes the next files of a draft out of those that are there. It may
// run more than once.
type Change func(files map[string]string) (map[string]string, error)

// Files is the change that writes these files; an empty one is taken out.
func Files(changed map[string]string) Change {
	return func(files map[string]string) (map[string]string, error) { return over(files, changed), nil }
}

// Save changes a draft that stands at revision. Somebody who saved in between
// is a Conflict; nothing is written over that was not seen.
func (s *Service) Save(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64, change Change) (*Work, error) {
	w, err := s.Open(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if err := s.writable(actor, w, revision, ActSaved); err != nil {
		return w, err
	}
	folder, err := change(w.Files)
	if err != nil {
		return w, err
	}
	if folder, err = tidy(folder); err != nil {
		return w, err
	}
	return w, s.write(ctx, actor, w, revision, ActSaved, "", folder)
}

// writable tells why the actor cannot write this revision of the draft.
func (s *Service) writable(actor authz.Actor, w *Work, revision int64, act string) error {
	if err := s.mayWrite(actor, w.InForce, w.Draft); err != nil {
		return err
	}
	if w.State != Open {
		return kernel.E(kernel.Conflict, "catalog.editor.not_open", nil)
	}
	if w.Revision != revision {
		return stale(w.Draft, act)
	}
	return nil
}

// stale tells who changed the draft meanwhile. Who saves has words on the page
// that are not lost; for other acts it is enough to look again.
func stale(d *Draft, act string) error {
	key := "catalog.editor.changed_since"
	if act == ActSaved {
		key = "catalog.editor.stale"
	}
	return kernel.E(kernel.Conflict, key, nil).With("name", d.LastAct().Name)
}

// write stores the folder as the draft's, on the version that it stands on.
func (s *Service) write(ctx context.Context, actor authz.Actor, w *Work, revision int64, act, note string, folder map[string]string) error {
	base, err := s.folder(ctx, w.On, w.Service)
	if err != nil {
		return err
	}
	files := changes(base, folder)
	return s.move(ctx, actor, w.ID, revision, act, note, func(tx *store.Tx, r *cstore.Draft) error {
		if r.State != Open {
			return kernel.E(kernel.Conflict, "catalog.editor.not_open", nil)
		}
		r.Base = w.On
		w.Revision, w.Files = revision+1, folder
		return cstore.SetDraftFiles(tx, r.ID, files)
	})
}

// move takes a draft from one revision to the next and records the act.
func (s *Service) move(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64, act, note string, change func(*store.Tx, *cstore.Draft) error) error {
	return s.deps.DB.Update(ctx, func(tx *store.Tx) error {
		r, err := cstore.FindDraft(tx, id)
		if err != nil {
			return err
		}
		if r.Revision != revision {
			acts, err := cstore.Acts(tx, r.ID)
			if err != nil {
				return err
			}
			return stale(fromRow(r, acts), act)
		}
		if err := change(tx, &r); err != nil {
			return err
		}
		r.Revision, r.ChangedAt = revision+1, s.deps.Clock.Now()
		done, err := cstore.SaveDraft(tx, r, revision)
		if err != nil {
			return err
		}
		if !done {
			return stale(fromRow(r, nil), act)
		}
		return s.record(ctx, tx, actor, r, agencyOf(actor, r.Agency), act, note)
	})
}

// agencyOf is the body that the actor acts for: that of the draft, else the
// first they edit for; "" for an operator.
func agencyOf(actor authz.Actor, draft string) string {
	if actor.HasIn(authz.Editor, draft) {
		return draft
	}
	if list := actor.Agencies(authz.Editor); len(list) > 0 {
		return list[0]
	}
	return ""
}

// tidy refuses what no service's folder holds, and gives each text one kind of
// line end and a last one.
func tidy(folder map[string]string) (map[string]string, error) {
	known := catalog.ServiceFiles()
	out := make(map[string]string, len(folder))
	for name, text := range folder {
		switch {
		case !slices.Contains(known, name):
			return nil, kernel.E(kernel.Invalid, "catalog.editor.no_file", nil).With("files", strings.Join(known, ", ")).
				Field("name", "catalog.editor.no_file", map[string]any{"files": strings.Join(known, ", ")})
		case len(text) > MaxFile:
			return nil, kernel.E(kernel.TooLarge, "catalog.editor.large", nil).With("kb", MaxFile>>10)
		case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
			return nil, kernel.E(kernel.Invalid, "error.text", nil).Field("content", "error.text", nil)
		}
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
		if strings.TrimSpace(text) == "" {
			continue
		}
		out[name] = strings.TrimRight(text, "\n") + "\n"
	}
	if out[serviceFile] == "" {
		return nil, kernel.E(kernel.Invalid, "catalog.editor.no_service_file", nil).Field("content", "catalog.editor.no_service_file", nil)
	}
	return out, nil
}
