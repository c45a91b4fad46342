package population

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/rule"
)

// benchPersons is how many persons the benchmarks make; MARU_BENCH_PERSONS says
// otherwise.
func benchPersons() int {
	if n, err := strconv.Atoi(os.Getenv("MARU_BENCH_PERSONS")); err == nil && n > 0 {
		return n
	}
	return 500_000
}

// used is the processor time of the program: on a busy machine the clock on the
// wall says little.
func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchSample(b *testing.B, law *rule.Law) *Sample {
	m, _ := marginals(b)
	return testSample(b, law, SampleOptions{Seed: 1, Persons: benchPersons(), Marginals: m})
}

func BenchmarkMake(b *testing.B) {
	law := testLaw(b)
	s := benchSample(b, law)
	m, err := s.Maker()
	if err != nil {
		b.Fatal(err)
	}
	h := NewHousehold(law)
	persons, i, region := 0, 0, 0
	begun := used(b)
	for b.Loop() {
		if i == s.In(region) {
			i, region = 0, (region+1)%len(s.Regions())
		}
		m.Household(region, i, h)
		persons += len(h.IDs)
		i++
	}
	b.ReportMetric(float64((used(b)-begun).Nanoseconds())/float64(persons), "cpu-ns/person")
}

// BenchmarkFile writes a population, then reads it in every way.
func BenchmarkFile(b *testing.B) {
	law := testLaw(b)
	s := benchSample(b, law)
	schema, err := NewSchema(law, true)
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "people")
	write := func(b *testing.B) {
		if err := s.Write(context.Background(), path, schema, testOrigin(), 2); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("write", func(b *testing.B) {
		n := 0
		begun := used(b)
		for b.Loop() {
			write(b)
			n += s.Persons()
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "persons/s")
		b.ReportMetric(float64((used(b)-begun).Nanoseconds())/float64(n), "cpu-ns/person")
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/float64(s.Persons()), "bytes/person")
	})
	if _, err := os.Stat(path); err != nil {
		write(b)
	}
	b.Run("open", func(b *testing.B) {
		n := 0
		begun := used(b)
		for b.Loop() {
			snap, err := Open(context.Background(), path, law, testAccess(), &recorder{})
			if err != nil {
				b.Fatal(err)
			}
			if err := snap.Close(); err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64((used(b)-begun).Milliseconds())/float64(n), "cpu-ms/op")
	})
	v := testOpen(b, path, law).View()
	b.Run("start", func(b *testing.B) { // the first time
		for b.Loop() {
			v.Start()
		}
	})
	b.Run("load", func(b *testing.B) { benchLoad(b, law, v) })
	b.Run("frame", func(b *testing.B) {
		f := frame.New(law)
		i := 0
		for b.Loop() {
			v.Frame(i, f)
			i = (i + 7919) % v.Households()
		}
	})
	b.Run("find", func(b *testing.B) {
		i := 0
		for b.Loop() {
			if _, _, ok := v.Find(v.ID(i)); !ok {
				b.Fatal(i)
			}
			i = (i + 7919) % v.Persons()
		}
	})
	b.Run("birthdays", func(b *testing.B) {
		for b.Loop() {
			if len(v.Birthdays(s.day)) == 0 {
				b.Fatal("nobody")
			}
		}
	})
}

// benchLoad reads facts of everybody, in spans of 16,384 rows.
func benchLoad(b *testing.B, law *rule.Law, v *View) {
	const span = 1 << 14
	out, known := make([]int64, span), make([]uint64, words(span))
	load := func(b *testing.B, slots ...int) {
		n := 0
		begun := used(b)
		for b.Loop() {
			for _, slot := range slots {
				for from := 0; from < v.Persons(); from += span {
					v.LoadPerson(slot, from, min(from+span, v.Persons()), out, known)
				}
			}
			n += v.Persons() * len(slots)
		}
		b.ReportMetric(float64((used(b)-begun).Nanoseconds())/float64(n), "cpu-ns/value")
	}
	var all []int
	for slot := range law.Persons {
		all = append(all, slot)
	}
	b.Run("all", func(b *testing.B) { load(b, all...) })
	for _, id := range []string{"birth_date", "sex", "region", "earned_income_month", "gross_income_year", "disability", "driving_licence_until", "due_date"} {
		b.Run(id, func(b *testing.B) { load(b, law.Fact(false, id).Slot) })
	}
}
