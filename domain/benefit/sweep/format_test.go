package sweep

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"maru/domain/benefit/population"
)

// small is a world with results in a file.
func small(t *testing.T, seed int) (*world, Options) {
	t.Helper()
	w := newWorld(t, compiled(t, source(seed)), 30, uint64(seed))
	return w, Options{Law: w.law, LawHash: "law", Date: day, Results: filepath.Join(t.TempDir(), "results"), Workers: 2}
}

func evaluate(t *testing.T, w *world, o Options) *Report {
	t.Helper()
	r, err := Evaluate(context.Background(), w.snap.View(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDamaged: no byte of a results file can change without its being refused,
// and then nothing is decided.
func TestDamaged(t *testing.T) {
	w, o := small(t, 1)
	evaluate(t, w, o)
	whole, err := os.ReadFile(o.Results)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		b := slices.Clone(whole)
		b[at] ^= 1 << (at % 8)
		if _, err := readResults(b); !errors.Is(err, ErrFormat) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
	for n := range len(whole) {
		if _, err := readResults(whole[:n]); !errors.Is(err, ErrFormat) {
			t.Fatalf("cut to %d: %v", n, err)
		}
	}
	if _, err := readResults(append(slices.Clone(whole), 0)); !errors.Is(err, ErrFormat) {
		t.Errorf("a byte more: %v", err)
	}
	broken := slices.Clone(whole)
	broken[len(broken)/2] ^= 4
	if err := os.WriteFile(o.Results, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	w.happen()
	if _, err := Evaluate(context.Background(), w.snap.View(), o); !errors.Is(err, ErrFormat) {
		t.Errorf("swept over a damaged file: %v", err)
	}
	if now, err := os.ReadFile(o.Results); err != nil || !slices.Equal(now, broken) {
		t.Errorf("the damaged file was touched: %v", err)
	}
	if err := os.WriteFile(o.Results, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(o.Results, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Evaluate(context.Background(), w.snap.View(), o); !errors.Is(err, ErrFormat) {
		t.Errorf("a file that others can read was taken: %v", err)
	}
}

// TestRefused: what a run does not do.
func TestRefused(t *testing.T) {
	w, o := small(t, 2)
	named := o
	named.Programmes = []string{"alpha", "nothing"}
	if _, err := Evaluate(context.Background(), w.snap.View(), named); !errors.Is(err, ErrProgramme) {
		t.Errorf("a programme that is not there: %v", err)
	}
	evaluate(t, w, o)
	named.Programmes = []string{"alpha"}
	if _, err := Evaluate(context.Background(), w.snap.View(), named); !errors.Is(err, ErrProgramme) {
		t.Errorf("named programmes over the results of all: %v", err)
	}
	named.Results += ".named"
	if r := evaluate(t, w, named); len(r.Programmes) != 1 || r.Programmes[0].ID != "alpha" {
		t.Errorf("%+v", r.Programmes)
	}
	equal(t, "named", stored(t, named.Results), w.truth(day, named.Programmes))

	others := newWorld(t, w.law, 30, 99)
	others.next = 1 << 40
	others.rebuildWith(30)
	if _, err := Evaluate(context.Background(), others.snap.View(), o); !errors.Is(err, ErrOthers) {
		t.Errorf("results of other people: %v", err)
	}

	unlock, err := lock(o.Results + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Evaluate(context.Background(), w.snap.View(), o); !errors.Is(err, ErrBusy) {
		t.Errorf("two at once: %v", err)
	}
	unlock()
	evaluate(t, w, o)
}

// rebuildWith replaces everybody by people who are new.
func (w *world) rebuildWith(households int) {
	w.t.Helper()
	w.must(w.snap.Update(func(v *population.View) ([]population.Change, error) {
		var out []population.Change
		for h := range v.Households() {
			out = append(out, population.Change{Key: v.Key(h)})
		}
		for range households {
			out = append(out, population.Change{Key: population.NewKey, Household: w.household()})
		}
		return out, nil
	}))
}

// TestTellFirst: who has nothing to be compared with is told of where it was
// asked for, and nowhere else.
func TestTellFirst(t *testing.T) {
	w, o := small(t, 3)
	hears := &ears{t: t}
	o.Listener, o.TellFirst = hears, true
	evaluate(t, w, o)
	want, _ := differences(nil, w.truth(day, nil))
	if len(want) == 0 || len(hears.heard) != len(want) {
		t.Fatalf("told of %d, want %d", len(hears.heard), len(want))
	}
	for k, c := range want {
		if hears.heard[k] != c {
			t.Errorf("%+v, want %+v", hears.heard[k], c)
		}
	}
}

// TestInterrupted: a listener that fails and a context that ends leave what is
// done; the run goes on from there, tells what was not told, and a journal of
// other inputs is given up.
func TestInterrupted(t *testing.T) {
	later := day.AddDays(4000)
	var w *world
	var o Options
	for seed := 1; ; seed++ { // until a law decides otherwise later on
		w, o = small(t, seed)
		for range 4 { // blocks of their own
			for range 40 {
				w.happen()
			}
			w.rebuild()
		}
		if d, _ := differences(w.truth(day, nil), w.truth(later, nil)); len(d) > 10 {
			break
		}
		if seed == 100 {
			t.Fatal("every law decides as before")
		}
	}
	evaluate(t, w, o)
	was := w.truth(day, nil)
	o.Date = later
	want, _ := differences(was, w.truth(o.Date, nil))
	hears := &ears{t: t, again: true, fail: 2, err: errors.New("no line")}
	o.Listener, o.Workers = hears, 1
	if _, err := Evaluate(context.Background(), w.snap.View(), o); !errors.Is(err, hears.err) {
		t.Fatalf("the listener's error: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	o.Progress = func(p Progress) { stop() }
	hears.fail = 0
	if _, err := Evaluate(ctx, w.snap.View(), o); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	o.Progress = nil
	// What is torn off does not count, nor what stands behind it.
	path := journalPath(o.Results)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{len(text) - 1, len(text) / 2, journalHead, 10, 0} {
		if err := os.WriteFile(path, append(slices.Clone(text[:cut]), 1, 0, 0, 0, 9, 9), 0o600); err != nil {
			t.Fatal(err)
		}
		again := o
		again.Results = filepath.Join(t.TempDir(), "results")
		for _, name := range []string{"", ".run"} {
			b, err := os.ReadFile(o.Results + name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(again.Results+name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r := evaluate(t, w, again)
		equal(t, "results", stored(t, again.Results), w.truth(o.Date, nil))
		if cut == len(text)-1 && r.Resumed == 0 {
			t.Error("nothing was taken up")
		}
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	r := evaluate(t, w, o)
	if r.Resumed == 0 || r.Abandoned {
		t.Errorf("it did not go on: %+v", r)
	}
	for k, c := range want {
		if hears.heard[k] != c {
			t.Fatalf("heard %+v, want %+v", hears.heard[k], c)
		}
	}
	if len(hears.heard) != len(want) {
		t.Errorf("heard of %d, want %d", len(hears.heard), len(want))
	}
	// A journal of other inputs, and a file that was being written.
	for name, b := range map[string][]byte{".run": text, ".123.part": text} {
		if err := os.WriteFile(o.Results+name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.Date = o.Date.AddDays(1000)
	if r := evaluate(t, w, o); !r.Abandoned || r.Resumed > 0 {
		t.Errorf("%+v", r)
	}
	equal(t, "results", stored(t, o.Results), w.truth(o.Date, nil))
	if left, err := filepath.Glob(o.Results + ".*"); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestAmounts: amounts come out of a section as they went in.
func TestAmounts(t *testing.T) {
	edges := []int64{0, 1, -1, 342_510, 349_700, 1 << 40, math.MaxInt64 / 2, math.MinInt64 / 2}
	rapid.Check(t, func(t *rapid.T) {
		won := rapid.OneOf(rapid.SampledFrom(edges), rapid.Int64Range(-1<<60, 1<<60), rapid.Int64Range(0, 300))
		var g gathered
		g.reset()
		rows := rapid.IntRange(1, 700).Draw(t, "rows")
		g.entitled = make([]uint64, words(rows))
		var want []Amount
		list := rapid.SliceOfN(won, 1, 12).Draw(t, "amounts")
		pcg := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for row := range rows {
			if pcg.IntN(3) > 0 {
				want = append(want, Amount{})
				continue
			}
			g.entitled[row>>6] |= 1 << (row & 63)
			one := list[pcg.IntN(len(list))]
			want = append(want, Amount{one, true})
			g.pay(one)
		}
		text, err := g.append(nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := parse(text, rows, false)
		if err != nil {
			t.Fatal(err)
		}
		for row, w := range want {
			state, got := s.state(row)
			if got != w || (state == Entitled) != w.Known {
				t.Fatalf("row %d: %v %v, want %v", row, state, got, w)
			}
		}
	})
}

// FuzzResults: no bytes make the reader fail otherwise than by an error.
func FuzzResults(f *testing.F) {
	f.Add([]byte(magic), uint16(3))
	var g gathered
	g.reset()
	g.entitled = []uint64{0b1011}
	g.pay(5)
	g.pay(7)
	g.pay(900)
	text, err := g.append(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, uint16(4))
	f.Add(appendBlock(nil, hash{}, []population.ID{1, 2, 3, 4}, []int32{0, 2, 4}, [][]byte{text, text}), uint16(4))
	f.Fuzz(func(t *testing.T, b []byte, rows uint16) {
		if _, err := readResults(b); err != nil && !errors.Is(err, ErrFormat) {
			t.Error(err)
		}
		use := func(s *section, rows int) {
			s.sum()
			for row := range min(rows, 500) {
				s.state(row)
			}
			dense(s.entitled, nil, rows)
		}
		if s, err := parse(b, int(rows), false); err == nil {
			use(&s, int(rows))
		}
		programmes := []programmeHead{{ID: "a", Person: true}, {ID: "b"}}
		if len(b) >= blockHead {
			if k, err := readBlock(b, programmes); err == nil {
				for i, p := range programmes {
					s, err := parse(k.section(i), k.rows(p.Person), true)
					if err != nil {
						t.Fatal(err)
					}
					use(&s, k.rows(p.Person))
				}
				for row := range k.persons {
					k.household(row)
				}
			}
		}
		j := journal{done: map[int]extent{}, told: map[int]bool{}, counts: make([]Counts, 2)}
		if len(b) > 0 {
			j.take(b, 0)
		}
	})
}
