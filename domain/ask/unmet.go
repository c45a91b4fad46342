package ask

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"maru/domain/ask/internal/redact"
	"maru/domain/ask/internal/store"
	"maru/kernel"
	pstore "maru/platform/store"
)

const (
	// keptDays is how long words that nothing fitted are kept.
	keptDays = 90
	// maxADay is how many are kept a day: beyond that they are only counted, so
	// that nobody fills the store.
	maxADay = 5000
	// lateBy is how much later than its day a purge may run before a check tells.
	lateBy = 3 * 24 * time.Hour

	unmetSealed = "ask.unmet"
)

// Missed counts that nothing that was found fitted somebody.
func (s *Service) Missed(ctx context.Context, l kernel.Lang) error {
	if s.db == nil {
		return nil
	}
	return s.db.Update(ctx, func(tx *pstore.Tx) error { return store.Missed(tx, s.today().String(), l) })
}

// Clean gives words as they would be kept: without personal data, as far as it
// can be told. "" for none, and where nothing is kept.
func (s *Service) Clean(words string) string {
	if s.db == nil || check(words) != nil {
		return ""
	}
	clean, _ := redact.Redact(words)
	return strings.TrimSpace(clean)
}

// Keep keeps words that nothing fitted, as the person agreed at this moment,
// without personal data. A second press of the same form keeps nothing more.
// Invalid on "words" for none, too many, or text that is none; on "key" for a
// key that was not given by Key.
func (s *Service) Keep(ctx context.Context, key, words string, l kernel.Lang) error {
	bad := kernel.E(kernel.Invalid, "error.check_answers", nil)
	if err := check(words); err != nil {
		e, _ := err.(*kernel.Error)
		return bad.Field("words", e.Fields[0].Key, e.Fields[0].Args)
	}
	id, err := kernel.ParseID(key)
	if err != nil {
		return bad.Field("words", "ask.error.form", nil)
	}
	if s.db == nil {
		return nil
	}
	clean := s.Clean(words)
	if n := utf8.RuneCountInString(clean); n > MaxQuery {
		clean = string([]rune(clean)[:MaxQuery])
	}
	sealed, err := s.unmetKeys.Seal(unmetSealed, []byte(clean))
	if err != nil {
		return err
	}
	now, day := s.clock.Now(), s.today()
	return s.db.Update(ctx, func(tx *pstore.Tx) error {
		n, err := store.OfDay(tx, day.String())
		if err != nil || n >= maxADay {
			return err
		}
		return store.Keep(tx, &store.Unmet{ID: string(id), Lang: l, Day: day.String(), Words: sealed, PurgeAt: now.Add(keptDays * 24 * time.Hour)})
	})
}

// Key names a form, so that pressing twice keeps once.
func (s *Service) Key() string { return string(kernel.RandomID()) }

// Purge drops words whose time is over, and tells how many.
func (s *Service) Purge(ctx context.Context) (n int64, err error) {
	err = s.db.Update(ctx, func(tx *pstore.Tx) (err error) {
		n, err = store.Purge(tx, s.clock.Now(), s.today().AddDays(-keptDays).String())
		return err
	})
	return n, err
}

// nothingStale checks that nothing is kept longer than was said.
func (s *Service) nothingStale(ctx context.Context) error {
	return s.db.View(ctx, func(tx *pstore.Tx) error {
		n, err := store.Stale(tx, s.clock.Now().Add(-lateBy))
		if err == nil && n > 0 {
			err = fmt.Errorf("ask: %d sentences are kept longer than %d days", n, keptDays)
		}
		return err
	})
}
