package store

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"maru/platform/store"
)

// The index of words: casework_words lists the words (keyed hashes) that an
// application holds, casework_word tells which applications hold a word.
//
// A case has a hundred words, and each stands on another page of the second
// table. Written case by case that was four fifths of all that submitting put
// on the disk, so that the newest cases wait in their lists, which a search
// reads one by one, and are merged many at a time: a word that several of them
// share is then written once.

// PutWords indexes an application, which stands in the index not yet.
func PutWords(tx *store.Tx, seq int64, terms []int64) error {
	_, err := tx.Exec(`INSERT INTO casework_words (seq, terms, waiting) VALUES ($1, $2, $1)`, seq, listOf(terms))
	return err
}

// listOf writes terms as a text in which each has a space on either side.
func listOf(terms []int64) string {
	b := []byte{' '}
	for _, t := range terms {
		b = append(strconv.AppendInt(b, t, 10), ' ')
	}
	return string(b)
}

func termsOf(list string) ([]int64, error) {
	var out []int64
	for f := range strings.FieldsSeq(list) {
		t, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("casework: list of words: %w", err)
		}
		out = append(out, t)
	}
	return out, nil
}

// posting is one row of casework_word.
type posting struct{ term, seq int64 }

// MergeWords carries the words of up to n waiting cases over, the oldest first,
// and tells of how many.
func MergeWords(tx *store.Tx, n int) (cases int, err error) {
	var postings []posting
	last := int64(0)
	err = eachList(tx, func(seq int64, list string) error {
		terms, err := termsOf(list)
		for _, t := range terms {
			postings = append(postings, posting{t, seq})
		}
		last = seq
		cases++
		return err
	}, `SELECT waiting, terms FROM casework_words WHERE waiting IS NOT NULL AND waiting > 0 ORDER BY waiting LIMIT $1`, n)
	if err != nil || cases == 0 {
		return 0, err
	}
	// In the order of the table, so that each of its pages is visited once.
	slices.SortFunc(postings, func(a, b posting) int {
		return cmp.Or(cmp.Compare(a.term, b.term), cmp.Compare(a.seq, b.seq))
	})
	if err := putPostings(tx, postings); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`UPDATE casework_words SET waiting = NULL WHERE waiting IS NOT NULL AND waiting <= $1`, last)
	return cases, err
}

// mostWaiting bounds how many lists a search reads: far more than ever wait.
const mostWaiting = 10_000

// RecentWords lists the waiting applications below seq before that hold all
// the terms, newest first.
func RecentWords(tx *store.Tx, terms []int64, before int64) ([]int64, error) {
	wanted := make([]string, len(terms))
	for i, t := range terms {
		wanted[i] = listOf([]int64{t})
	}
	var out []int64
	err := eachList(tx, func(seq int64, list string) error {
		if !slices.ContainsFunc(wanted, func(w string) bool { return !strings.Contains(list, w) }) {
			out = append(out, seq)
		}
		return nil
	}, `SELECT waiting, terms FROM casework_words WHERE waiting IS NOT NULL AND waiting < $1 ORDER BY waiting DESC LIMIT $2`, before, mostWaiting)
	return out, err
}

func eachList(tx *store.Tx, fn func(seq int64, list string) error, query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var list string
		if err := rows.Scan(&seq, &list); err != nil {
			return err
		}
		if err := fn(seq, list); err != nil {
			return err
		}
	}
	return rows.Err()
}

// DropWords takes an application out of the index.
func DropWords(tx *store.Tx, seq int64) error {
	list, waiting := "", false
	rows, err := tx.Query(`DELETE FROM casework_words WHERE seq = $1 RETURNING terms, waiting IS NOT NULL`, seq)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := rows.Scan(&list, &waiting); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil || waiting {
		return err
	}
	terms, err := termsOf(list)
	if err != nil {
		return err
	}
	for _, t := range terms {
		if _, err := tx.Exec(`DELETE FROM casework_word WHERE term = $1 AND seq = $2`, t, seq); err != nil {
			return err
		}
	}
	return nil
}

// batchSizes are how many postings one statement takes: a few sizes keep the
// number of distinct statements, and so the statement cache, small.
var batchSizes = [...]int{64, 8, 1}

var insertPostings = func() map[int]string {
	out := map[int]string{}
	for _, n := range batchSizes {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = fmt.Sprintf("($%d, $%d)", 2*i+1, 2*i+2)
		}
		out[n] = "INSERT INTO casework_word (term, seq) VALUES " + strings.Join(rows, ", ")
	}
	return out
}()

func putPostings(tx *store.Tx, postings []posting) error {
	for _, n := range batchSizes {
		for len(postings) >= n {
			args := make([]any, 0, 2*n)
			for _, p := range postings[:n] {
				args = append(args, p.term, p.seq)
			}
			if _, err := tx.Exec(insertPostings[n], args...); err != nil {
				return err
			}
			postings = postings[n:]
		}
	}
	return nil
}

// AnyMerged tells whether the index holds anything yet.
func AnyMerged(tx *store.Tx) (bool, error) {
	var one int
	err := tx.QueryRow(`SELECT 1 FROM casework_word LIMIT 1`).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// WordCount counts the merged applications under a word, up to a bound.
func WordCount(tx *store.Tx, term int64, most int) (int, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM casework_word WHERE term = $1 LIMIT $2) AS c`, term, most).Scan(&n)
	return n, err
}

// Postings lists the newest merged applications under a word, below seq before.
func Postings(tx *store.Tx, term, before int64, limit int) ([]int64, error) {
	rows, err := tx.Query(`SELECT seq FROM casework_word WHERE term = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`, term, before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var s int64
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// HasWord tells whether the merged application stands under the word.
func HasWord(tx *store.Tx, term, seq int64) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM casework_word WHERE term = $1 AND seq = $2`, term, seq).Scan(&n)
	return n > 0, err
}
