package words

import (
	"database/sql"
	"errors"
	"math"

	"maru/platform/store"
)

// segment is a part of the index that never changes while it is live.
type segment struct {
	id    int64
	state string
	cases int64 // at most: a case that was taken out may still count
	low   int64 // the oldest application, by seq
	high  int64 // the newest
	born  int64 // of what is in it the newest part's number: removals after it hide postings
	into  int64 // the segment that it is merged into, 0 for none

	// How far a building segment has come: the last posting written.
	atTerm Term
	atSeq  int64
}

// The states of a segment: it is built, searched, then removed block by block.
const (
	building = "building"
	live     = "live"
	dead     = "dead"
)

const segmentColumns = `id, state, cases, low, high, born, into_id, at_term, at_seq`

func segments(tx *store.Tx, where string, args ...any) ([]*segment, error) {
	rows, err := tx.Query(`SELECT `+segmentColumns+` FROM casework_segment WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*segment
	for rows.Next() {
		var s segment
		if err := rows.Scan(&s.id, &s.state, &s.cases, &s.low, &s.high, &s.born, &s.into, &s.atTerm, &s.atSeq); err != nil {
			return nil, err
		}
		out = append(out, &s)
	}
	return out, rows.Err()
}

func (s *segment) insert(tx *store.Tx) error {
	_, err := tx.Exec(`INSERT INTO casework_segment (`+segmentColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.id, s.state, s.cases, s.low, s.high, s.born, s.into, int64(s.atTerm), s.atSeq)
	return err
}

// place of an application in the segment's order, which is at most the last
// one; newer applications than the segment's begin at its first.
func (s *segment) place(seq int64) uint64 {
	if seq >= s.high {
		return 0
	}
	return uint64(s.high - seq)
}

func (s *segment) seq(place uint64) int64 { return s.high - int64(min(place, math.MaxInt64)) }

// level tells apart sizes of segments that are merged with each other.
func (s *segment) level() int {
	l := 0
	for n := s.cases / smallest; n >= fanout; n /= fanout {
		l++
	}
	return l
}

func (s *segment) put(tx *store.Tx, blocks []block) error {
	for _, b := range blocks {
		if _, err := tx.Exec(`INSERT INTO casework_block (segment, term, place, data) VALUES ($1, $2, $3, $4)`,
			s.id, int64(b.first), int64(b.top), b.data); err != nil {
			return err
		}
	}
	return nil
}

// at reads the block in which a posting stands, if the segment holds it: the
// last that does not begin after it. ok is false where it would stand before
// the first.
func (s *segment) at(tx *store.Tx, p posting) (b block, ok bool, err error) {
	return oneBlock(tx, `SELECT term, place, data FROM casework_block WHERE segment = $1 AND (term, place) <= ($2, $3)
		ORDER BY term DESC, place DESC LIMIT 1`, s.id, int64(p.term), int64(p.place))
}

// after reads the first block that begins after a posting.
func (s *segment) after(tx *store.Tx, p posting) (b block, ok bool, err error) {
	return oneBlock(tx, `SELECT term, place, data FROM casework_block WHERE segment = $1 AND (term, place) > ($2, $3)
		ORDER BY term, place LIMIT 1`, s.id, int64(p.term), int64(p.place))
}

func oneBlock(tx *store.Tx, query string, args ...any) (b block, ok bool, err error) {
	err = tx.QueryRow(query, args...).Scan(&b.first, &b.top, &b.data)
	if errors.Is(err, sql.ErrNoRows) {
		return b, false, nil
	}
	return b, err == nil, err
}

// some reads the next blocks after a key, which may be one before all others.
func (s *segment) some(tx *store.Tx, term, place int64, limit int) ([]block, error) {
	rows, err := tx.Query(`SELECT term, place, data FROM casework_block WHERE segment = $1 AND (term, place) > ($2, $3)
		ORDER BY term, place LIMIT $4`, s.id, term, place, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []block
	for rows.Next() {
		var b block
		if err := rows.Scan(&b.first, &b.top, &b.data); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}
