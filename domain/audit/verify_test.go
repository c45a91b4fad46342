package audit

import (
	"context"
	"slices"
	"testing"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestVerifyHonest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		rep := verify(t, l)
		if !rep.OK() || rep.Size != 0 {
			t.Fatalf("empty log: %+v", rep)
		}
		size := int64(0)
		// Sizes around the ends of tiles and of batches.
		for _, n := range []int{1, 254, 1, 1, 300, 1100} {
			fill(t, l, c, n)
			if got := sequence(t, l); got != n {
				t.Fatalf("chained %d rows, want %d", got, n)
			}
			size += int64(n)
			rep := verify(t, l)
			if !rep.OK() || rep.Size != size || rep.Pending != 0 {
				t.Fatalf("at %d: %+v", size, rep)
			}
		}
		fill(t, l, c, 3)
		if rep := verify(t, l); !rep.OK() || rep.Pending != 3 || rep.Size != size {
			t.Fatalf("with rows waiting: %+v", rep)
		}
		if n := sequence(t, l) + sequence(t, l); n != 3 {
			t.Fatalf("chained %d, want 3 once", n)
		}
	}, Migrations())
}

func verify(t *testing.T, l *Log, kept ...string) Report {
	t.Helper()
	rep, err := l.Verify(context.Background(), kept...)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// Each case changes what it should not and must be found, at the right place.
func TestVerifyFindsTampering(t *testing.T) {
	const rows = 600
	cases := []struct {
		name   string
		tamper func(t *testing.T, l *Log)
		kind   FindingKind
		seq    int64
	}{
		{"content changed", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `UPDATE audit_row SET act = 'casework.nothing' WHERE seq = 300`)
		}, Changed, 300},
		{"time changed", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `UPDATE audit_row SET at = at + 1 WHERE seq = 0`)
		}, Changed, 0},
		{"content and leaf changed", func(t *testing.T, l *Log) {
			forge(t, l, 300)
		}, Changed, 300},
		{"content, leaf and leaf tile changed", func(t *testing.T, l *Log) {
			forge(t, l, 300)
			exec(t, l.d.DB, `UPDATE audit_tile SET data = (SELECT data FROM audit_tile WHERE level = 0 AND n = 0) WHERE level = 0 AND n = 1`)
		}, BrokenTree, rows},
		{"row deleted", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `DELETE FROM audit_row WHERE seq = 599`)
		}, Deleted, 599},
		{"rows swapped", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `UPDATE audit_row SET seq = 100000 WHERE seq = 7`)
			exec(t, l.d.DB, `UPDATE audit_row SET seq = 7 WHERE seq = 8`)
			exec(t, l.d.DB, `UPDATE audit_row SET seq = 8 WHERE seq = 100000`)
		}, Changed, 7},
		{"row inserted at the end", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `INSERT INTO audit_row (id, at, account, role, role_agency, system, act, object, subject, purpose, basis, service, agency, detail, salt, leaf, seq)
				SELECT 'forged', at, account, role, role_agency, system, act, object, subject, purpose, basis, service, agency, detail, salt, leaf, 600 FROM audit_row WHERE seq = 5`)
		}, Inserted, 600},
		{"salt taken but content left", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `UPDATE audit_row SET salt = $1, act = 'casework.other' WHERE seq = 4`, []byte{})
		}, Changed, 4},
		{"upper tile changed", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `UPDATE audit_tile SET data = $1 WHERE level = 1`, make([]byte, 64))
		}, BrokenTree, 0},
		{"leaf tile lost", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `DELETE FROM audit_tile WHERE level = 0 AND n = 2`)
		}, BrokenTree, 512},
		{"checkpoint replaced", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `UPDATE audit_checkpoint SET note = replace(note, '600', '599')`)
		}, BadNote, -1},
		{"waiting row changed", func(t *testing.T, l *Log) {
			exec(t, l.d.DB, `UPDATE audit_row SET seq = NULL, act = 'x' WHERE seq = 599`)
		}, Changed, -1},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			l, c := newLog(t, storetest.SQLite(t, Migrations()))
			fill(t, l, c, rows)
			sequence(t, l)
			tc.tamper(t, l)
			rep := verify(t, l)
			if !slices.ContainsFunc(rep.Findings, func(f Finding) bool { return f.Kind == tc.kind && f.Seq == tc.seq }) {
				t.Fatalf("findings %+v, want %s at %d", rep.Findings, tc.kind, tc.seq)
			}
		})
	}
}

// forge rewrites a row together with its commitment, as one would who knows
// the code.
func forge(t *testing.T, l *Log, seq int64) {
	t.Helper()
	err := l.d.DB.Update(context.Background(), func(tx *store.Tx) error {
		rows, err := readRows(tx, seq, seq+1)
		if err != nil {
			return err
		}
		r := rows[seq]
		r.Account = "somebody-else"
		leaf, err := r.commit()
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE audit_row SET account = $1, leaf = $2 WHERE seq = $3`, r.Account, leaf, seq)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who removes rows, tiles and checkpoint together leaves a log that agrees
// with itself; a checkpoint kept elsewhere shows it.
func TestVerifyFindsRollback(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	fill(t, l, c, 10)
	sequence(t, l)
	c.Advance(24 * 3600e9)
	fill(t, l, c, 10)
	sequence(t, l)
	kept, verifier, err := l.Checkpoint(context.Background())
	if err != nil || kept == "" || verifier == "" {
		t.Fatalf("checkpoint %q, verifier %q, %v", kept, verifier, err)
	}
	if rep := verify(t, l, kept); !rep.OK() {
		t.Fatalf("before: %+v", rep.Findings)
	}
	exec(t, l.d.DB, `DELETE FROM audit_checkpoint WHERE size = 20`)
	exec(t, l.d.DB, `DELETE FROM audit_row WHERE seq >= 10`)
	if rep := verify(t, l); !rep.OK() {
		t.Fatalf("without a kept checkpoint it should agree with itself: %+v", rep.Findings)
	}
	rep := verify(t, l, kept)
	if len(rep.Findings) != 1 || rep.Findings[0].Kind != RolledBack {
		t.Fatalf("findings %+v, want rolled back", rep.Findings)
	}
	if rep := verify(t, l, "no note"); len(rep.Findings) != 1 || rep.Findings[0].Kind != BadNote {
		t.Fatalf("findings %+v, want a bad note", rep.Findings)
	}
}

func TestVerifyWithAnothersKey(t *testing.T) {
	l, c := newLog(t, storetest.SQLite(t, Migrations()))
	fill(t, l, c, 2)
	sequence(t, l)
	other, _ := newLog(t, l.d.DB) // another key file
	if rep := verify(t, other); rep.OK() {
		t.Fatal("a log whose key cannot be opened must not verify")
	}
}

func TestErase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		fill(t, l, c, 5)
		sequence(t, l)
		cut := c.Now() + 1
		c.Advance(3600e9)
		fill(t, l, c, 5)
		sequence(t, l)
		ctx := context.Background()
		for _, want := range []int64{5, 0} {
			if n, err := l.Erase(ctx, cut); err != nil || n != want {
				t.Fatalf("erased %d, %v; want %d", n, err, want)
			}
		}
		rep := verify(t, l)
		if !rep.OK() || rep.Erased != 5 || rep.Size != 10 {
			t.Fatalf("%+v", rep)
		}
		if list, _, err := l.Mine(ctx, authz.Actor{Account: "reader", Person: "p-1"}, kernel.KO, ""); err != nil || len(list) != 5 {
			t.Fatalf("%d entries, %v; want those that were not erased", len(list), err)
		}
	}, Migrations())
}
