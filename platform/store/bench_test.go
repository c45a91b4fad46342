package store_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

var benchSchema = schema("bench", `
CREATE TABLE bench_case (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE bench_outbox (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE bench_audit (id TEXT PRIMARY KEY, body TEXT NOT NULL)`)

// BenchmarkSubmit is the main act: three rows in one durable transaction, from
// many callers at once. On SQLite they share commits; the server of the tests
// does not sync, so that its figure says nothing about durable writes.
func BenchmarkSubmit(b *testing.B) {
	body := strings.Repeat("x", 600)
	storetest.EachBench(b, func(b *testing.B, db *store.DB) {
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				err := db.Update(b.Context(), func(tx *store.Tx) error {
					id := kernel.NewID(1)
					for _, q := range []string{
						"INSERT INTO bench_case (id, body) VALUES ($1, $2)",
						"INSERT INTO bench_outbox (id, body) VALUES ($1, $2)",
						"INSERT INTO bench_audit (id, body) VALUES ($1, $2)",
					} {
						if _, err := tx.Exec(q, id, body); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}, benchSchema)
}

// BenchmarkSubmitAlone is the same without company: one sync for each act.
func BenchmarkSubmitAlone(b *testing.B) {
	storetest.EachBench(b, func(b *testing.B, db *store.DB) {
		for b.Loop() {
			err := db.Update(b.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec("INSERT INTO bench_case (id, body) VALUES ($1, $2)", kernel.NewID(1), "body")
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}, benchSchema)
}

func BenchmarkPointRead(b *testing.B) {
	storetest.EachBench(b, func(b *testing.B, db *store.DB) {
		ids := make([]kernel.ID, 1000)
		err := db.Update(b.Context(), func(tx *store.Tx) error {
			for i := range ids {
				ids[i] = kernel.NewID(1)
				if _, err := tx.Exec("INSERT INTO bench_case (id, body) VALUES ($1, $2)", ids[i], "body"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		var n atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				err := db.View(b.Context(), func(tx *store.Tx) error {
					var body string
					return tx.QueryRow("SELECT body FROM bench_case WHERE id = $1", ids[n.Add(1)%1000]).Scan(&body)
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}, benchSchema)
}
