package store

import (
	"fmt"
	"strconv"
	"strings"

	"maru/platform/store"
)

// The index of words: casework_word tells which applications hold a word (a
// keyed hash), casework_words which words an application holds.

// PutWords indexes an application, which stands in the index not yet.
func PutWords(tx *store.Tx, seq int64, terms []int64) error {
	var list strings.Builder
	for i, t := range terms {
		if i > 0 {
			list.WriteByte(' ')
		}
		list.WriteString(strconv.FormatInt(t, 10))
	}
	if _, err := tx.Exec(`INSERT INTO casework_words (seq, terms) VALUES ($1, $2)`, seq, list.String()); err != nil {
		return err
	}
	return batches(tx, wordInsert, seq, terms)
}

// DropWords takes an application out of the index.
func DropWords(tx *store.Tx, seq int64) error {
	var list string
	rows, err := tx.Query(`DELETE FROM casework_words WHERE seq = $1 RETURNING terms`, seq)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	if err := rows.Scan(&list); err != nil {
		return err
	}
	if err := rows.Close(); err != nil {
		return err
	}
	var terms []int64
	for _, f := range strings.Fields(list) {
		t, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return fmt.Errorf("casework: words of %d: %w", seq, err)
		}
		terms = append(terms, t)
	}
	return batches(tx, wordDelete, seq, terms)
}

// batchSizes are how many words one statement takes: a few sizes keep the
// number of distinct statements, and so the statement cache, small.
var batchSizes = [...]int{32, 8, 1}

var (
	wordInsert = statements("INSERT INTO casework_word (seq, term) VALUES ", "($1, $%d)", "")
	wordDelete = statements("DELETE FROM casework_word WHERE seq = $1 AND term IN (", "$%d", ")")
)

func statements(head, each, tail string) map[int]string {
	out := map[int]string{}
	for _, n := range batchSizes {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = fmt.Sprintf(each, i+2)
		}
		out[n] = head + strings.Join(parts, ", ") + tail
	}
	return out
}

// batches runs a statement, by its sizes, over all terms.
func batches(tx *store.Tx, statements map[int]string, seq int64, terms []int64) error {
	for _, n := range batchSizes {
		for len(terms) >= n {
			args := make([]any, 0, n+1)
			args = append(args, seq)
			for _, t := range terms[:n] {
				args = append(args, t)
			}
			if _, err := tx.Exec(statements[n], args...); err != nil {
				return err
			}
			terms = terms[n:]
		}
	}
	return nil
}

// WordCount counts the applications under a word, up to a bound.
func WordCount(tx *store.Tx, term int64, most int) (int, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM casework_word WHERE term = $1 LIMIT $2) AS c`, term, most).Scan(&n)
	return n, err
}

// Postings lists the newest applications under a word, below seq before.
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

// HasWord tells whether the application stands under the word.
func HasWord(tx *store.Tx, term, seq int64) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM casework_word WHERE term = $1 AND seq = $2`, term, seq).Scan(&n)
	return n > 0, err
}
