package casework

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/blob"
	"maru/platform/jpegclean"
	pstore "maru/platform/store"
)

// The bounds of an inspection's photos. A phone's photo is cleaned whole in memory.
const (
	MaxPhotos     = 12
	MaxPhotoBytes = 15 << 20
	maxCaption    = 200 // characters
)

// AddPhoto adds a photo to an inspection that is not recorded yet, once a key. Where
// and when it was taken, and whatever else the camera wrote beside the picture,
// is taken out before anything is stored.
func (s *Service) AddPhoto(ctx context.Context, actor authz.Actor, id kernel.ID, key, caption string, r io.Reader) (*Photo, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	caption = strings.TrimSpace(caption)
	if utf8.RuneCountInString(caption) > maxCaption || hasControl(caption, false) {
		return nil, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("caption", "casework.field.error.caption", map[string]any{"max": maxCaption})
	}
	row, err := s.myInspection(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if have, err := s.photoOf(ctx, row, key); err != nil || have != nil {
		return have, err
	}
	if err := s.photoFits(ctx, actor, row); err != nil {
		return nil, err
	}
	clean, cleaned, err := readPhoto(r)
	if err != nil {
		return nil, err
	}
	m, err := s.Blobs.Put(ctx, "photo.jpg", bytes.NewReader(clean), blob.Limits{MaxBytes: MaxPhotoBytes + 1<<10, Types: []string{"jpeg"}})
	if err != nil {
		return nil, err
	}
	sealed, err := s.sealText(row.Application, caption)
	if err != nil {
		return nil, err
	}
	_, err = s.act(ctx, actor, row.Application, "", "inspection_photo", nil, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if err := roomForPhoto(tx, a, actor, id); err != nil {
			return err
		}
		fresh, err := store.InsertPhoto(tx, &store.Photo{ID: m.ID, Inspection: id, Application: a.ID, Key: key, Caption: sealed, Size: m.Size, Cleaned: cleaned, At: now})
		if err != nil || fresh {
			return err
		}
		return s.Blobs.Delete(tx, m.ID) // the same photo came twice at once
	})
	if err != nil {
		return nil, err // the blob has no owner; the store's own clean-up takes it
	}
	return s.photoOf(ctx, row, key)
}

// readPhoto reads a photo whole and cleans it.
func readPhoto(r io.Reader) (clean []byte, cleaned bool, err error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxPhotoBytes+1))
	if err != nil {
		return nil, false, kernel.E(kernel.Invalid, "blob.broken_off", err)
	}
	if len(b) > MaxPhotoBytes {
		return nil, false, kernel.E(kernel.TooLarge, "blob.too_large", nil).With("limit", int64(MaxPhotoBytes))
	}
	clean, cleaned, err = jpegclean.Clean(b)
	if errors.Is(err, jpegclean.ErrBroken) {
		err = kernel.E(kernel.Invalid, "casework.field.error.photo", err)
	}
	return clean, cleaned, err
}

// photoOf is the photo that an inspection has under a key, nil for none.
func (s *Service) photoOf(ctx context.Context, row *store.Inspection, key string) (*Photo, error) {
	var out *Photo
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		photos, err := store.Photos(tx, row.Application)
		if err != nil {
			return err
		}
		for _, p := range photos {
			if p.Inspection == row.ID && p.Key == key {
				caption, err := s.openText(row.Application, p.Caption)
				out = &Photo{ID: p.ID, Caption: caption, Size: p.Size, Cleaned: p.Cleaned, At: p.At}
				return err
			}
		}
		return nil
	})
	return out, err
}

// photoFits refuses before the upload is read what would be refused after it.
func (s *Service) photoFits(ctx context.Context, actor authz.Actor, row *store.Inspection) error {
	if err := s.stillThere(ctx, row); err != nil {
		return err
	}
	return s.DB.View(ctx, func(tx *pstore.Tx) error {
		a, err := desk(tx, actor, row.Application)
		if err != nil {
			return err
		}
		return roomForPhoto(tx, a, actor, row.ID)
	})
}

// roomForPhoto tells whether the inspection takes another photo of the actor's.
func roomForPhoto(tx *pstore.Tx, a *Application, actor authz.Actor, inspection kernel.ID) error {
	v, err := store.GetInspection(tx, inspection)
	if err != nil {
		return err
	}
	if v.RecordedAt > 0 {
		return kernel.E(kernel.Conflict, "casework.field.error.recorded", nil)
	}
	if err := inHand(a, actor); err != nil {
		return err
	}
	photos, err := store.Photos(tx, a.ID)
	if err != nil {
		return err
	}
	n := 0
	for _, p := range photos {
		if p.Inspection == inspection {
			n++
		}
	}
	if n >= MaxPhotos {
		return kernel.E(kernel.Conflict, "casework.field.error.many_photos", nil).With("max", MaxPhotos)
	}
	return nil
}

// RemovePhoto takes a photo out of an inspection that is not recorded yet.
func (s *Service) RemovePhoto(ctx context.Context, actor authz.Actor, id, photo kernel.ID) (*Inspection, error) {
	row, err := s.myInspection(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	_, err = s.act(ctx, actor, row.Application, "", "inspection_photo_remove", nil, func(tx *pstore.Tx, a *Application, _ kernel.Time) error {
		row, err := store.GetInspection(tx, id)
		if err != nil {
			return err
		}
		if row.RecordedAt > 0 {
			return kernel.E(kernel.Conflict, "casework.field.error.recorded", nil)
		}
		return s.dropPhotos(tx, a.ID, func(p *store.Photo) bool { return p.Inspection == id && p.ID == photo })
	})
	if err != nil {
		return nil, err
	}
	return s.openInspection(row, nil)
}

// PhotoFor tells whether the official may see a photo of a case. The look is
// logged.
func (s *Service) PhotoFor(ctx context.Context, actor authz.Actor, id, photo kernel.ID) error {
	if err := s.notOwnHousehold(ctx, actor, id); err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx *pstore.Tx) error {
		a, err := desk(tx, actor, id)
		if err != nil {
			return err
		}
		photos, err := store.Photos(tx, a.ID)
		if err != nil {
			return err
		}
		for _, p := range photos {
			if p.ID == photo {
				return s.audited(tx, s.Clock.Now(), actor, "casework.read", a, "casework.purpose.handling")
			}
		}
		return kernel.E(kernel.NotFound, "casework.error.no_file", nil)
	})
}

// dropPhotos removes the photos of a case that match, files and rows.
func (s *Service) dropPhotos(tx *pstore.Tx, application kernel.ID, match func(*store.Photo) bool) error {
	photos, err := store.Photos(tx, application)
	if err != nil {
		return err
	}
	for _, p := range photos {
		if !match(p) {
			continue
		}
		if err := s.Blobs.Delete(tx, p.ID); err != nil {
			return err
		}
		if err := store.DropPhoto(tx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// purgeInspections removes a case's inspections and photos.
func (s *Service) purgeInspections(tx *pstore.Tx, application kernel.ID) error {
	if err := s.dropPhotos(tx, application, func(*store.Photo) bool { return true }); err != nil {
		return err
	}
	return store.DropInspections(tx, application)
}
