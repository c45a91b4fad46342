package store

import (
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"maru/platform/store"
	"maru/platform/store/storetest"
)

// counts of the rows of both tables of the index.
func counts(t *testing.T, db *store.DB) (out [2]int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error {
		for i, table := range []string{"casework_word", "casework_words"} {
			if err := tx.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&out[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func update(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// TestWords puts in as many words as every batch size takes, and takes them
// out: what is taken out leaves nothing behind, and the neighbour stays.
func TestWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, n := range []int{0, 1, 7, 8, 41, 600} {
			terms := make([]int64, n)
			for i := range terms {
				terms[i] = 1<<62 + int64(i)
			}
			update(t, db, func(tx *store.Tx) error { return PutWords(tx, 1, terms) })
			update(t, db, func(tx *store.Tx) error { return PutWords(tx, 2, []int64{1 << 62}) })
			if got := counts(t, db); got != [2]int{n + 1, 2} {
				t.Errorf("%d words: %v rows", n, got)
			}
			update(t, db, func(tx *store.Tx) error { return DropWords(tx, 1) })
			update(t, db, func(tx *store.Tx) error { return DropWords(tx, 1) }) // again: nothing to do
			if got := counts(t, db); got != [2]int{1, 1} {
				t.Errorf("%d words: %v rows are left", n, got)
			}
			update(t, db, func(tx *store.Tx) error { return DropWords(tx, 2) })
		}
	}, Migrations())
}

// TestWordsMigration has an index of before 0003_word.sql move over.
func TestWordsMigration(t *testing.T) {
	all := Migrations()
	before := fstest.MapFS{}
	for _, name := range []string{"0001_casework.sql", "0002_party_once.sql"} {
		text, err := fs.ReadFile(all.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		before[name] = &fstest.MapFile{Data: text}
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := db.Migrate(t.Context(), store.Migrations{Domain: all.Domain, FS: before}); err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec("INSERT INTO casework_term (term, seq) VALUES (5, 1), (6, 1), (5, 2)")
			return err
		})
		if err := db.Migrate(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		var got []int64
		err := db.View(t.Context(), func(tx *store.Tx) (err error) {
			got, err = Postings(tx, 5, 10, 10)
			return err
		})
		if err != nil || !slices.Equal(got, []int64{2, 1}) {
			t.Errorf("postings %v, %v", got, err)
		}
		update(t, db, func(tx *store.Tx) error { return DropWords(tx, 1) })
		if got := counts(t, db); got != [2]int{1, 1} {
			t.Errorf("%v rows are left", got)
		}
	})
}
