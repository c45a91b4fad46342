package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

// Rows keep coming while they are chained, and each is chained once.
func TestSequenceWhileAppending(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l, c := newLog(t, db)
		ctx := context.Background()
		const writers, each = 4, 60
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := db.Update(ctx, func(tx *store.Tx) error {
						return Append(tx, c.Now(), Entry{Act: "casework.view", Object: fmt.Sprintf("application:%d-%d", w, i)})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		written := make(chan struct{})
		go func() { wg.Wait(); close(written) }()
		chained := 0
		for done := false; !done; {
			select {
			case <-written:
				done = true
			default:
			}
			chained += sequence(t, l)
		}
		if rep := verify(t, l); !rep.OK() || rep.Size != writers*each || chained != writers*each {
			t.Fatalf("chained %d: %+v", chained, rep)
		}
	}, Migrations())
}
