package casework

import (
	"testing"

	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// TestUpdateDrawsAgain: a number that is taken is drawn anew, and a conflict
// that an act found by itself stands.
func TestUpdateDrawsAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := New(Deps{DB: db})
		insert := func(tx *store.Tx, n int) error {
			_, err := tx.Exec("INSERT INTO casework_drawn (n) VALUES ($1)", n)
			return err
		}
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.Exec("CREATE TABLE casework_drawn (n BIGINT PRIMARY KEY)"); err != nil {
				return err
			}
			return insert(tx, 1)
		})
		if err != nil {
			t.Fatal(err)
		}
		draws := []int{1, 1, 2}
		tries := 0
		draw := func(tx *store.Tx) error {
			tries++
			return insert(tx, draws[(tries-1)%len(draws)])
		}
		if err := s.update(t.Context(), draw); err != nil || tries != 3 {
			t.Errorf("%d tries, %v", tries, err)
		}
		tries = 0
		if err := s.update(t.Context(), draw); !kernel.Is(err, kernel.Conflict) || tries != drawTries {
			t.Errorf("all taken: %d tries, %v", tries, err)
		}
		tries = 0
		err = s.update(t.Context(), func(*store.Tx) error {
			tries++
			return kernel.E(kernel.Conflict, "casework.error.status", nil)
		})
		if !kernel.Is(err, kernel.Conflict) || tries != 1 {
			t.Errorf("an act's own conflict: %d tries, %v", tries, err)
		}
	})
}
