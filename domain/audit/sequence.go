package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"maru/kernel"
	"maru/platform/store"
)

const (
	// leaseTime is how long a copy may sequence without a sign of life. A
	// holder that stalls longer is fenced off by the token.
	leaseTime = 30 * time.Second
	batchRows = 1024
)

var errFenced = errors.New("audit: another copy took over sequencing")

// Sequence chains every row that waits and returns how many it chained; none
// when another copy is at it. It is what the periodic job calls.
func (l *Log) Sequence(ctx context.Context) (int, error) {
	waiting, err := l.waiting(ctx)
	if err != nil || !waiting {
		return 0, err // an idle log costs one read, no write
	}
	signer, err := l.signer(ctx)
	if err != nil {
		return 0, err
	}
	if err := l.mayChain(ctx, signer); err != nil {
		return 0, err
	}
	token, ok, err := l.lease(ctx)
	if err != nil || !ok {
		return 0, err
	}
	total := 0
	for {
		n, err := l.batch(ctx, token, signer)
		if errors.Is(err, errFenced) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		total += n
		if n < batchRows {
			return total, l.release(ctx, token)
		}
	}
}

// mayChain refuses while the log contradicts what was signed before; see
// Trouble. Witnesses are asked once after the start.
func (l *Log) mayChain(ctx context.Context, s *signer) error {
	found, err := l.Troubles(ctx)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return fmt.Errorf("%w: %s", errTrouble, found[0].Detail)
	}
	if !l.consulted.Load() {
		if err := l.consult(ctx, s); err != nil {
			return err
		}
		l.consulted.Store(true)
	}
	return l.sound(ctx, s)
}

func (l *Log) waiting(ctx context.Context) (bool, error) {
	found := false
	err := l.d.DB.View(ctx, func(tx *store.Tx) error {
		var one int64
		err := tx.QueryRow(`SELECT 1 FROM audit_row WHERE seq IS NULL LIMIT 1`).Scan(&one)
		found = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("audit: look for rows: %w", err)
	}
	return found, nil
}

// lease takes the right to sequence, unless somebody else holds it.
func (l *Log) lease(ctx context.Context) (token int64, ok bool, err error) {
	now := l.now()
	holder := string(kernel.NewID(now)) // each run is a holder of its own
	err = l.d.DB.Update(ctx, func(tx *store.Tx) error {
		err := tx.QueryRow(`INSERT INTO audit_lease (name, holder, token, until, size) VALUES ('sequencer', $1, 1, $2, 0)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = audit_lease.token + 1, until = excluded.until
			WHERE audit_lease.until <= $3 RETURNING token`,
			holder, int64(now.Add(leaseTime)), int64(now)).Scan(&token)
		ok = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("audit: take the lease: %w", err)
	}
	return token, ok, nil
}

func (l *Log) release(ctx context.Context, token int64) error {
	err := l.d.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE audit_lease SET until = 0 WHERE name = 'sequencer' AND token = $1`, token)
		return err
	})
	if err != nil {
		return fmt.Errorf("audit: release the lease: %w", err)
	}
	return nil
}

// batch chains up to batchRows rows. Numbers, tiles, size and checkpoint move
// in one transaction, and only while token is the newest.
func (l *Log) batch(ctx context.Context, token int64, s *signer) (int, error) {
	n := 0
	err := l.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := l.now()
		var size int64
		err := tx.QueryRow(`UPDATE audit_lease SET until = $1 WHERE name = 'sequencer' AND token = $2 RETURNING size`,
			int64(now.Add(leaseTime)), token).Scan(&size)
		if errors.Is(err, sql.ErrNoRows) {
			return errFenced
		}
		if err != nil {
			return err
		}
		leaves, err := number(tx, size)
		if err != nil {
			return err
		}
		n = len(leaves)
		if n == 0 {
			return nil
		}
		if err := l.tellDelegated(tx, size, size+int64(n)); err != nil {
			return err
		}
		t := openTree(tx, size)
		root, err := t.grow(leaves)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE audit_lease SET size = $1 WHERE name = 'sequencer'`, t.size); err != nil {
			return err
		}
		return s.checkpoint(tx, now, t.size, root)
	})
	if err != nil {
		return 0, fmt.Errorf("audit: chain rows: %w", err)
	}
	return n, nil
}

// number gives waiting rows their places from size on, oldest first, and
// returns their leaves in that order.
func number(tx *store.Tx, size int64) ([][]byte, error) {
	rows, err := tx.Query(`UPDATE audit_row SET seq = $1 + p.n
		FROM (SELECT q.id AS id, row_number() OVER (ORDER BY q.id) - 1 AS n
			FROM (SELECT id FROM audit_row WHERE seq IS NULL ORDER BY id LIMIT $2) AS q) AS p
		WHERE audit_row.id = p.id RETURNING audit_row.seq, audit_row.leaf`, size, int64(batchRows))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	type placed struct {
		seq  int64
		leaf []byte
	}
	var got []placed
	for rows.Next() {
		var p placed
		if err := rows.Scan(&p.seq, &p.leaf); err != nil {
			return nil, err
		}
		got = append(got, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(got, func(a, b placed) int { return int(a.seq - b.seq) })
	leaves := make([][]byte, len(got))
	for i, p := range got {
		if p.seq != size+int64(i) {
			return nil, fmt.Errorf("row got place %d, expected %d", p.seq, size+int64(i))
		}
		leaves[i] = p.leaf
	}
	return leaves, nil
}
