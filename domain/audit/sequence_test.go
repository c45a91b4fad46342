package audit

import (
	"context"
	"errors"
	"testing"

	"maru/platform/store"
	"maru/platform/store/storetest"
)

// One copy at a time sequences, and one that stalled past its lease writes
// nothing when it wakes up.
func TestLease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		ctx := context.Background()
		fill(t, l, c, 3)
		s, err := l.signer(ctx)
		if err != nil {
			t.Fatal(err)
		}
		stalled, ok, err := l.lease(ctx)
		if err != nil || !ok {
			t.Fatalf("lease: %v %v", ok, err)
		}
		if n := sequence(t, l); n != 0 {
			t.Fatalf("a second copy chained %d rows while the lease holds", n)
		}
		c.Advance(leaseTime)
		if n := sequence(t, l); n != 3 {
			t.Fatalf("after the lease ran out: %d rows, want 3", n)
		}
		fill(t, l, c, 1)
		if _, err := l.batch(ctx, stalled, s); !errors.Is(err, errFenced) {
			t.Fatalf("a stalled holder wrote: %v", err)
		}
		if n := sequence(t, l); n != 1 {
			t.Fatalf("chained %d, want 1", n)
		}
		if rep := verify(t, l); !rep.OK() || rep.Size != 4 {
			t.Fatalf("%+v", rep)
		}
	}, Migrations())
}

func BenchmarkAppend(b *testing.B) {
	l, c := newLog(b, storetest.SQLite(b, Migrations()))
	fill(b, l, c, b.N)
}

func BenchmarkSequence(b *testing.B) {
	storetest.EachBench(b, func(b *testing.B, db *store.DB) {
		l, c := newLog(b, db)
		fill(b, l, c, b.N)
		b.ResetTimer()
		sequence(b, l)
	}, Migrations())
}
