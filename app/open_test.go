package app

import (
	"log/slog"
	"testing"

	"maru/platform/clock"
)

// BenchmarkOpen is the start of the try-out on an empty folder, and on one that
// is there already. A third of it is the search index, a quarter reading and
// checking the pack, an eighth making the sample world, nearly all of it work
// of the processor: half a second on two busy ones, 70 MB in all. Migrations
// hardly count because they share one transaction; on a slow disk it is the
// two dozen syncs of a first start that people wait for.
func BenchmarkOpen(b *testing.B) {
	open := func(b *testing.B, data string) {
		a, err := Open(b.Context(), Config{Data: data, demo: true}, clock.System(), slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			open(b, b.TempDir())
		}
	})
	b.Run("again", func(b *testing.B) {
		data := b.TempDir()
		open(b, data)
		for b.Loop() {
			open(b, data)
		}
	})
}
