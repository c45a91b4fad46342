package imported

import (
	"runtime"
	"testing"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/store/storetest"
)

// real is how many services the real catalogue has.
const real = 11_032

// BenchmarkCatalogue measures a catalogue of the real size: importing it,
// building its snapshot, the memory that stays, another day, and one person.
func BenchmarkCatalogue(b *testing.B) {
	c := madeUp(b, 1, real)
	s, _, clock := service(b, storetest.SQLite(b, audit.Migrations(), Migrations()))
	b.Run("import", func(b *testing.B) {
		for range b.N {
			c.Services[0].Summary += "."
			if _, err := s.Import(b.Context(), operator, order(c)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("build", func(b *testing.B) {
		for range b.N {
			s.now.Store(nil)
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := s.Refresh(b.Context()); err != nil {
				b.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		}
	})
	b.Run("words", func(b *testing.B) {
		now := s.now.Load()
		for range b.N {
			now.words = wordsOf(now.list)
		}
	})
	b.Run("day", func(b *testing.B) {
		for range b.N {
			clock.Set(clock.Now().Add(24 * 3600e9))
			if err := s.Refresh(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, facts := range map[string]map[string]kernel.Value{"placed": born("1955-03-01", "12110"), "unplaced": born("1955-03-01", "")} {
		b.Run("find/"+name, func(b *testing.B) {
			in := alone(facts)
			in.Date = s.now.Load().day
			for range b.N {
				if _, err := s.Find(b.Context(), in, Query{Near: true, Limit: 20}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("search", func(b *testing.B) {
		for range b.N {
			if _, _, _, err := s.Search(b.Context(), "청년 이사비", 0, 20); err != nil {
				b.Fatal(err)
			}
		}
	})
}
