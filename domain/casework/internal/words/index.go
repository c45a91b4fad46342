package words

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

// Put indexes an application that is not in the index.
func Put(tx *store.Tx, seq int64, terms []Term) error {
	if len(terms) == 0 {
		return nil
	}
	return tx.Later(`INSERT INTO casework_waiting (seq, terms) VALUES ($1, $2)`, seq, pack(terms))
}

// Drop takes an application out of the index, if it is in.
func Drop(tx *store.Tx, seq int64, now kernel.Time) error {
	for _, list := range []string{`DELETE FROM casework_waiting WHERE seq = $1`, `DELETE FROM casework_words WHERE seq = $1`} {
		if n, err := tx.Exec(list, seq); err != nil || n > 0 {
			return err
		}
	}
	n, err := count(tx)
	if err != nil || n == 1 {
		return err // there are no segments
	}
	_, err = tx.Exec(`INSERT INTO casework_unword (seq, n, at) VALUES ($1, $2, $3)
		ON CONFLICT (seq) DO UPDATE SET n = excluded.n, at = excluded.at`, seq, n, now)
	return err
}

// count is the next number of a segment or a removal.
func count(tx *store.Tx) (n int64, err error) {
	err = tx.QueryRow(`SELECT 1 + MAX(n) FROM (SELECT COALESCE(MAX(id), 0) AS n FROM casework_segment
		UNION ALL SELECT COALESCE(MAX(n), 0) AS n FROM casework_unword) AS c`).Scan(&n)
	return n, err
}

// pack writes terms, in order and each once, of six bytes each.
func pack(terms []Term) []byte {
	terms = slices.Clone(terms)
	slices.Sort(terms)
	terms = slices.Compact(terms)
	out := make([]byte, 0, len(terms)*termBytes)
	var b [8]byte
	for _, t := range terms {
		binary.BigEndian.PutUint64(b[:], uint64(t))
		out = append(out, b[8-termBytes:]...)
	}
	return out
}

// list is the packed words of one application.
type list []byte

func (l list) len() int { return len(l) / termBytes }

func (l list) at(i int) Term {
	var b [8]byte
	copy(b[8-termBytes:], l[i*termBytes:])
	return Term(binary.BigEndian.Uint64(b[:]))
}

func (l list) holds(t Term) bool {
	i := sort.Search(l.len(), func(i int) bool { return l.at(i) >= t })
	return i < l.len() && l.at(i) == t
}

func (l list) holdsAll(terms []Term) bool {
	return !slices.ContainsFunc(terms, func(t Term) bool { return !l.holds(t) })
}

// waitingLists are where words wait: those of today, and those that stood in
// the index before it had segments, as decimal numbers of 63 bits.
var waitingLists = [...]struct {
	oldest, newest, remove string
	read                   func([]byte) (list, error)
}{{
	oldest: `SELECT seq, terms FROM casework_waiting WHERE seq > 0 ORDER BY seq LIMIT $1`,
	newest: `SELECT seq, terms FROM casework_waiting WHERE seq < $1 ORDER BY seq DESC LIMIT $2`,
	remove: `DELETE FROM casework_waiting WHERE seq >= $1 AND seq <= $2 RETURNING seq, terms`,
	read:   func(b []byte) (list, error) { return list(b), nil },
}, {
	oldest: `SELECT seq, terms FROM casework_words WHERE seq > 0 ORDER BY seq LIMIT $1`,
	newest: `SELECT seq, terms FROM casework_words WHERE seq < $1 ORDER BY seq DESC LIMIT $2`,
	remove: `DELETE FROM casework_words WHERE seq >= $1 AND seq <= $2 RETURNING seq, terms`,
	read:   readDecimal,
}}

func readDecimal(b []byte) (list, error) {
	var terms []Term
	for f := range strings.FieldsSeq(string(b)) {
		t, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("casework: list of words: %w", err)
		}
		terms = append(terms, TermOf(t))
	}
	return pack(terms), nil
}

// eachList gives the lists that a query of waitingLists finds.
func eachList(tx *store.Tx, read func([]byte) (list, error), fn func(seq int64, l list), query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var b []byte
		if err := rows.Scan(&seq, &b); err != nil {
			return err
		}
		l, err := read(b)
		if err != nil {
			return err
		}
		fn(seq, l)
	}
	return rows.Err()
}
