package words

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	casestore "maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const now = kernel.Time(1_764_000_000_000_000)

func update(t testing.TB, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func merge(t testing.TB, db *store.DB, at kernel.Time) {
	t.Helper()
	if err := Merge(t.Context(), db, at); err != nil {
		t.Fatal(err)
	}
}

// find searches with small segments in memory and with none, which must come to
// the same.
func find(t testing.TB, db *store.DB, before int64, limit int, terms ...Term) (out []int64) {
	t.Helper()
	out = findWith(t, db, &Memory{}, before, limit, terms...)
	if stored := findWith(t, db, &Memory{none: true}, before, limit, terms...); !slices.Equal(out, stored) {
		t.Fatalf("in memory %v, in the store %v", out, stored)
	}
	return out
}

func findWith(t testing.TB, db *store.DB, m *Memory, before int64, limit int, terms ...Term) (out []int64) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error {
		out = nil
		return Find(tx, m, terms, before, func(seq int64) (bool, error) {
			out = append(out, seq)
			return len(out) < limit, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rows(t testing.TB, db *store.DB, query string) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(query).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// naive is the index as one map.
type naive map[int64]map[Term]bool

func (n naive) find(before int64, limit int, terms ...Term) (out []int64) {
	for seq, has := range n {
		if seq < before && !slices.ContainsFunc(terms, func(t Term) bool { return !has[t] }) {
			out = append(out, seq)
		}
	}
	slices.SortFunc(out, func(a, b int64) int { return cmp.Compare(b, a) })
	return out[:min(len(out), limit)]
}

// TestLikeNaive puts cases in, out and in again with other words, merges now
// and then, lets weeks pass, and finds what a map would find, page by page.
func TestLikeNaive(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(7, 11))
		want := naive{}
		vocabulary := make([]Term, 40)
		for i := range vocabulary {
			vocabulary[i] = Term(r.Uint64()) & maxTerm
		}
		vocabulary[0], vocabulary[1] = 0, maxTerm
		words := func() []Term {
			var out []Term
			for range r.IntN(12) {
				// Some words are in nearly every case, some in hardly any.
				out = append(out, vocabulary[r.IntN(1+r.IntN(len(vocabulary)))])
			}
			return out
		}
		at, next := now, int64(1)<<50
		for range 60 {
			update(t, db, func(tx *store.Tx) error {
				for range r.IntN(120) {
					next += 1 + r.Int64N(1<<r.IntN(40))
					terms := words()
					has := map[Term]bool{}
					for _, w := range terms {
						has[w] = true
					}
					if err := Put(tx, next, terms); err != nil {
						return err
					}
					want[next] = has
				}
				for seq := range want {
					if r.IntN(40) > 0 {
						continue
					}
					if err := Drop(tx, seq, at); err != nil {
						return err
					}
					delete(want, seq)
					if r.IntN(2) > 0 {
						continue
					}
					terms := words()
					has := map[Term]bool{}
					for _, w := range terms {
						has[w] = true
					}
					want[seq] = has
					if err := Put(tx, seq, terms); err != nil {
						return err
					}
				}
				return nil
			})
			switch r.IntN(4) {
			case 0:
				merge(t, db, at)
			case 1: // only a part of the work, as when the program is stopped
				if _, err := gather(t.Context(), db); err != nil {
					t.Fatal(err)
				}
				for range r.IntN(3) {
					if _, err := tidy(t.Context(), db, at); err != nil {
						t.Fatal(err)
					}
				}
			}
			at = at.Add(time.Duration(r.IntN(48)) * time.Hour)
			for range 12 {
				terms := []Term{vocabulary[r.IntN(1+r.IntN(len(vocabulary)))]}
				for range r.IntN(3) {
					terms = append(terms, vocabulary[r.IntN(1+r.IntN(len(vocabulary)))])
				}
				before, limit := int64(1)<<62, 1+r.IntN(30)
				for range 3 {
					got, expected := find(t, db, before, limit, terms...), want.find(before, limit, terms...)
					if !slices.Equal(got, expected) {
						t.Fatalf("%v before %d: %v, want %v", terms, before, got, expected)
					}
					if len(got) == 0 {
						break
					}
					before = got[len(got)-1]
				}
			}
		}
		if n := rows(t, db, "SELECT COUNT(*) FROM casework_segment WHERE state = 'live'"); n < 2 || n > 2*fanout {
			t.Errorf("%d segments are left", n)
		}
	}, casestore.Migrations())
}

// TestErased: what was taken out has left the blocks a week later, and nothing
// tells that it was there.
func TestErased(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error { return Put(tx, 1, []Term{7, 8}) })
		update(t, db, func(tx *store.Tx) error { return Put(tx, 2, []Term{7}) })
		merge(t, db, now)
		for range 2 { // again: nothing to do
			update(t, db, func(tx *store.Tx) error { return Drop(tx, 1, now) })
		}
		merge(t, db, now.Add(keepRemoved-time.Second))
		if n := rows(t, db, "SELECT COUNT(*) FROM casework_unword"); n != 1 {
			t.Errorf("%d removals before the week is over", n)
		}
		if got := find(t, db, 9, 9, 7); !slices.Equal(got, []int64{2}) {
			t.Errorf("found %v", got)
		}
		merge(t, db, now.Add(keepRemoved))
		var left []posting
		err := db.View(t.Context(), func(tx *store.Tx) error {
			all, err := segments(tx, `id > 0`)
			if err != nil || len(all) != 1 {
				return fmt.Errorf("%d segments, %w", len(all), err)
			}
			blocks, err := all[0].some(tx, 0, -1, 10)
			for _, b := range blocks {
				err = b.each(func(p posting) bool { left = append(left, p); return true })
			}
			return err
		})
		if err != nil || !slices.Equal(left, []posting{{7, 0}}) {
			t.Errorf("left %v, %v", left, err)
		}
		update(t, db, func(tx *store.Tx) error { return Drop(tx, 2, now) })
		merge(t, db, now.Add(keepRemoved))
		for _, table := range []string{"casework_unword", "casework_block", "casework_waiting"} {
			if n := rows(t, db, "SELECT COUNT(*) FROM "+table); n != 0 && table != "casework_unword" {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
	}, casestore.Migrations())
}

// TestLargeMergeAtOnce merges in several steps, some of them in the middle of a word,
// and two copies of the program at it change nothing.
func TestLargeMergeAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const groups, each = fanout, 600
		r := rand.New(rand.NewPCG(1, 2))
		seq := int64(1) << 60
		var all []int64
		for range groups {
			update(t, db, func(tx *store.Tx) error {
				for range each {
					seq += 1 + r.Int64N(1<<32)
					all = append(all, seq)
					terms := []Term{5, 6} // in every case
					for range 50 {
						terms = append(terms, Term(r.Uint64())&maxTerm)
					}
					if err := Put(tx, seq, terms); err != nil {
						return err
					}
				}
				return nil
			})
			if _, err := gather(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		}
		var copies sync.WaitGroup
		for range 2 {
			copies.Go(func() {
				for more := true; more; {
					var err error
					if more, err = tidy(context.Background(), db, now); store.IsConflict(err) {
						more = true
					} else if err != nil {
						t.Error(err)
					}
				}
			})
		}
		copies.Wait()
		if n := rows(t, db, "SELECT COUNT(*) FROM casework_segment"); n != 1 {
			t.Errorf("%d segments", n)
		}
		if n := rows(t, db, "SELECT COUNT(*) FROM casework_block"); n < 2*stepBlocks {
			t.Errorf("only %d blocks: one step would have done", n)
		}
		slices.Reverse(all)
		if got := find(t, db, 1<<62, 1<<20, 5, 6); !slices.Equal(got, all) {
			t.Errorf("%d cases of %d", len(got), len(all))
		}
		if got := find(t, db, all[1000], 3, 6); !slices.Equal(got, all[1001:1004]) {
			t.Errorf("the next page is %v, want %v", got, all[1001:1004])
		}
	}, casestore.Migrations())
}

// TestUpgrade has an index of before the segments move over: it is found
// before, while and after.
func TestUpgrade(t *testing.T) {
	all := casestore.Migrations()
	before := fstest.MapFS{}
	for _, name := range []string{"0001_casework.sql", "0002_party_once.sql", "0003_word.sql", "0004_recent_words.sql"} {
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
		const a, b = int64(5) << 15, int64(6) << 15
		update(t, db, func(tx *store.Tx) error {
			for seq, terms := range map[int]string{1: fmt.Sprintf(" %d %d ", a, b), 2: fmt.Sprintf(" %d ", a), 3: " "} {
				if _, err := tx.Exec("INSERT INTO casework_words (seq, terms, waiting) VALUES ($1, $2, NULL)", seq, terms); err != nil {
					return err
				}
			}
			_, err := tx.Exec("INSERT INTO casework_word (term, seq) VALUES ($1, 1), ($2, 1), ($1, 2)", a, b)
			return err
		})
		if err := db.Migrate(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		update(t, db, func(tx *store.Tx) error { return Put(tx, 4, []Term{TermOf(a)}) })
		for _, want := range [][]int64{{4, 2, 1}, {4, 2, 1}} {
			if got := find(t, db, 9, 9, TermOf(a)); !slices.Equal(got, want) {
				t.Errorf("found %v, want %v", got, want)
			}
			merge(t, db, now)
		}
		if n := rows(t, db, "SELECT COUNT(*) FROM casework_words") + rows(t, db, "SELECT COUNT(*) FROM casework_waiting"); n != 0 {
			t.Errorf("%d lists still wait", n)
		}
		update(t, db, func(tx *store.Tx) error { return Drop(tx, 1, now) })
		if got := find(t, db, 9, 9, TermOf(a)); !slices.Equal(got, []int64{4, 2}) {
			t.Errorf("found %v", got)
		}
	})
}

// TestMemory: what is kept stays below its bound, and the last asked for stays.
func TestMemory(t *testing.T) {
	var m Memory
	for i := range 5 {
		m.turn++
		m.keep(segmentKey{id: int64(i)}, &whole{bytes: keptBytes/3 + 1})
	}
	if m.bytes > keptBytes || len(m.kept) != 2 || m.kept[segmentKey{id: 4}] == nil || m.kept[segmentKey{id: 3}] == nil {
		t.Errorf("%d bytes in %v", m.bytes, m.kept)
	}
	m.keep(segmentKey{id: 4}, &whole{bytes: 1})
	if m.bytes != keptBytes/3+2 {
		t.Errorf("read twice, it counts %d bytes", m.bytes)
	}
}
