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

// find gives what the lists and the index say of a word.
func find(t *testing.T, db *store.DB, term int64) (recent, merged []int64) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) (err error) {
		if recent, err = RecentWords(tx, []int64{term}, 1<<62); err != nil {
			return err
		}
		merged, err = Postings(tx, term, 1<<62, 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return recent, merged
}

// TestWords puts in as many words as every batch size takes, merges them and
// takes them out: what is taken out leaves nothing behind, merged or not, and
// the neighbour stays.
func TestWords(t *testing.T) {
	const shared = int64(1) << 62
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, n := range []int{0, 1, 7, 8, 65, 600} {
			for _, merge := range []bool{false, true} {
				terms := make([]int64, n)
				for i := range terms {
					terms[i] = shared + int64(i)
				}
				update(t, db, func(tx *store.Tx) error { return PutWords(tx, 1, terms) })
				update(t, db, func(tx *store.Tx) error { return PutWords(tx, 2, []int64{shared}) })
				if merge {
					update(t, db, func(tx *store.Tx) error { _, err := MergeWords(tx, 10); return err })
					if got := counts(t, db); got != [2]int{n + 1, 2} {
						t.Errorf("%d words: %v rows", n, got)
					}
				}
				want := []int64{2, 1}[:min(n, 1)+1]
				recent, merged := find(t, db, shared)
				if merge && (len(recent) > 0 || !slices.Equal(merged, want)) || !merge && (len(merged) > 0 || !slices.Equal(recent, want)) {
					t.Errorf("%d words, merged %t: in lists %v, in the index %v", n, merge, recent, merged)
				}
				update(t, db, func(tx *store.Tx) error { return DropWords(tx, 1) })
				update(t, db, func(tx *store.Tx) error { return DropWords(tx, 1) }) // again: nothing to do
				recent, merged = find(t, db, shared)
				if got := append(recent, merged...); !slices.Equal(got, []int64{2}) {
					t.Errorf("%d words, merged %t: %v are left", n, merge, got)
				}
				update(t, db, func(tx *store.Tx) error { return DropWords(tx, 2) })
				if got := counts(t, db); got != [2]int{} {
					t.Errorf("%d words, merged %t: %v rows are left", n, merge, got)
				}
			}
		}
	}, Migrations())
}

// TestMergeWords merges the oldest first, no more than asked for, and finds by
// several words only what holds them all.
func TestMergeWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for seq := range int64(5) {
			update(t, db, func(tx *store.Tx) error { return PutWords(tx, seq+1, []int64{7, 100 + seq}) })
		}
		update(t, db, func(tx *store.Tx) error {
			if n, err := MergeWords(tx, 3); n != 3 || err != nil {
				t.Errorf("merged %d cases, %v", n, err)
			}
			return nil
		})
		recent, merged := find(t, db, 7)
		if !slices.Equal(recent, []int64{5, 4}) || !slices.Equal(merged, []int64{3, 2, 1}) {
			t.Errorf("in lists %v, in the index %v", recent, merged)
		}
		err := db.View(t.Context(), func(tx *store.Tx) error {
			for _, tt := range []struct {
				terms  []int64
				before int64
				want   []int64
			}{{[]int64{7, 104}, 9, []int64{5}}, {[]int64{7, 100}, 9, nil}, {[]int64{7}, 5, []int64{4}}, {[]int64{10}, 9, nil}} {
				got, err := RecentWords(tx, tt.terms, tt.before)
				if err != nil || !slices.Equal(got, tt.want) {
					t.Errorf("lists with %v before %d: %v, %v", tt.terms, tt.before, got, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *store.Tx) error { _, err := MergeWords(tx, 10); return err })
		update(t, db, func(tx *store.Tx) error { _, err := MergeWords(tx, 10); return err }) // nothing waits
		if recent, merged := find(t, db, 7); len(recent) > 0 || len(merged) != 5 {
			t.Errorf("in lists %v, in the index %v", recent, merged)
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
