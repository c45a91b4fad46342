package casework

import (
	"context"
	"errors"

	"maru/kernel"
	pstore "maru/platform/store"
)

// drawTries is how often numbers are drawn anew. With tens of millions of
// numbers in a year one drawing in some hundred meets a taken one: four in a
// row meet nobody in a lifetime.
const drawTries = 4

// update runs fn in a transaction, and again where a number that it drew at
// random (of an application, of a document, of the index) was taken already.
// Only the store's own conflicts are tried again; those that an act found by
// itself name a message.
func (s *Service) update(ctx context.Context, fn func(tx *pstore.Tx) error) error {
	for try := 1; ; try++ {
		err := s.DB.Update(ctx, fn)
		var e *kernel.Error
		if try == drawTries || !errors.As(err, &e) || e.Kind != kernel.Conflict || e.Key != "" {
			return err
		}
	}
}
