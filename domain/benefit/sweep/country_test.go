package sweep

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/kernel"
	"maru/pack"
)

// sampleKey is that of people behind whom nobody stands.
var sampleKey = []byte("a key of thirty-two bytes or more")

// country writes a sample population of several blocks.
func country(t *testing.T, law *rule.Law, persons int) string {
	t.Helper()
	s, err := population.NewSample(law, population.SampleOptions{Seed: 3, On: day, Persons: persons, Missing: 0.1, Key: sampleKey})
	if err != nil {
		t.Fatal(err)
	}
	schema, err := population.NewSchema(law, true)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "people")
	o := population.Origin{Basis: access.Basis, Purpose: access.Purpose, Role: access.Role, Builder: "test", BuiltAt: 1}
	if err := s.Write(context.Background(), path, schema, o, 2); err != nil {
		t.Fatal(err)
	}
	return path
}

func openCountry(t testing.TB, path string, law *rule.Law) *population.Snapshot {
	t.Helper()
	s, err := population.Open(context.Background(), path, law, access, silent{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestCountryByWorkers: over blocks of many thousands, results come to what package column
// counts, row for row, for any number of workers; what law and facts have not
// touched is carried over, to the byte.
func TestCountryByWorkers(t *testing.T) {
	law := compiled(t, ruletest.Pack(t, pack.KR()))
	path := country(t, law, 130_000)
	results := filepath.Join(t.TempDir(), "results")
	s := openCountry(t, path, law)
	o := Options{Law: law, LawHash: "a", Date: day, Results: results, Workers: 2}
	report, err := Evaluate(context.Background(), s.View(), o)
	if err != nil {
		t.Fatal(err)
	}
	wanted := make([]int, len(law.Programmes))
	for i := range wanted {
		wanted[i] = i
	}
	run := law.At(day, kernel.Date{})
	check := &rowCheck{t: t, results: results}
	check.open()
	if err := column.New(law).Run(context.Background(), run, s.View(), column.Options{Wanted: wanted, Amounts: true, Workers: 1}, check); err != nil {
		t.Fatal(err)
	}
	if check.rows == 0 || report.First != true || report.Blocks < 3 {
		t.Fatalf("%d rows, %+v", check.rows, report)
	}
	first, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}

	// One worker makes the same file.
	alone := o
	alone.Results, alone.Workers = results+".alone", 1
	if _, err := Evaluate(context.Background(), s.View(), alone); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(alone.Results); err != nil || !bytes.Equal(again, first) {
		t.Fatalf("another number of workers makes another file: %v", err)
	}

	// The same again leaves it as it is.
	if report, err = Evaluate(context.Background(), s.View(), o); err != nil || !report.Unchanged {
		t.Fatalf("%+v, %v", report, err)
	}

	// Another parameter touches the programmes that rest on it and no other.
	src := ruletest.Pack(t, pack.KR())
	for i, p := range src.Law.Parameters {
		if p.ID == "single_parent_percent" {
			for k := range p.Values {
				src.Law.Parameters[i].Values[k].Value = p.Values[k].Value.(int) + 9
			}
		}
	}
	other := compiled(t, src)
	s2 := openCountry(t, path, other)
	o.Law, o.LawHash = other, "b"
	if report, err = Evaluate(context.Background(), s2.View(), o); err != nil {
		t.Fatal(err)
	}
	var newly int64
	for _, p := range report.Programmes {
		touched := p.ID == "single-parent-support" || p.ID == "culture-card"
		if (p.Why == WhyMeaning) != touched || (p.Computed > 0) != touched || p.Computed+p.Carried != report.Blocks {
			t.Errorf("%+v", p)
		}
		if !touched && p.Counts != (Counts{}) {
			t.Errorf("differences where nothing was computed: %+v", p)
		}
		newly += p.Newly
	}
	if newly == 0 {
		t.Error("a higher limit made nobody entitled")
	}
	whole := o
	whole.Results = results + ".whole"
	if _, err := Evaluate(context.Background(), s2.View(), whole); err != nil {
		t.Fatal(err)
	}
	sameBlocks(t, results, whole.Results)

	// A changed household touches its block alone.
	h, v := population.NewHousehold(other), s2.View()
	v.Household(v.Households()/2, h)
	if _, err := s2.PutHousehold(h.IDs[0], map[string]kernel.Value{"rent_month": kernel.IntOf(1_234_000), "debt": {}}); err != nil {
		t.Fatal(err)
	}
	if report, err = Evaluate(context.Background(), s2.View(), o); err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Programmes {
		if p.Computed != 1 || p.Why != WhyFacts {
			t.Errorf("%+v", p)
		}
	}
	whole.Results = results + ".whole2"
	if _, err := Evaluate(context.Background(), s2.View(), whole); err != nil {
		t.Fatal(err)
	}
	sameBlocks(t, results, whole.Results)
}

// sameBlocks: two results files decide alike.
func sameBlocks(t *testing.T, a, b string) {
	t.Helper()
	x, err := openResults(a)
	if err != nil {
		t.Fatal(err)
	}
	defer x.release() //nolint:errcheck // it was only read
	y, err := openResults(b)
	if err != nil {
		t.Fatal(err)
	}
	defer y.release() //nolint:errcheck // it was only read
	if len(x.head.Blocks) != len(y.head.Blocks) {
		t.Fatalf("%d and %d blocks", len(x.head.Blocks), len(y.head.Blocks))
	}
	for i := range x.head.Blocks {
		if x.head.Blocks[i] != y.head.Blocks[i] {
			t.Errorf("block %d: %+v and %+v", i, x.head.Blocks[i], y.head.Blocks[i])
		}
	}
}

// rowCheck holds what package column decides against the results, row by row.
type rowCheck struct {
	t       *testing.T
	results string
	r       *results
	rows    int
	block   int
	parsed  []section
}

func (c *rowCheck) open() {
	r, err := openResults(c.results)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { r.release() }) //nolint:errcheck // it was only read
	c.r, c.block = r, -1
}

func (c *rowCheck) Take(_ int, r *column.Result) {
	bit := func(b []uint64, i int) bool { return b[i>>6]>>(i&63)&1 != 0 }
	p := c.r.head.Programmes[r.Wanted]
	for i := range r.Rows {
		row, block := r.First+i, 0
		for row >= c.r.blocks[block].rows(p.Person) {
			row -= c.r.blocks[block].rows(p.Person)
			block++
		}
		if block != c.block {
			c.block, c.parsed = block, make([]section, len(c.r.head.Programmes))
			for k, q := range c.r.head.Programmes {
				var err error
				if c.parsed[k], err = parse(c.r.blocks[block].section(k), c.r.blocks[block].rows(q.Person), false); err != nil {
					c.t.Fatal(err)
				}
			}
		}
		state, won := c.parsed[r.Wanted].state(row)
		want, paid := No, Amount{}
		switch {
		case bit(r.Entitled, i):
			want = Entitled
			if r.AmountKnown == nil || bit(r.AmountKnown, i) {
				paid = Amount{r.Amount[i], true}
			}
		case r.Unknown(i>>6)>>(i&63)&1 != 0:
			want = Unknown
		}
		if state != want || won != paid {
			c.t.Fatalf("%s, row %d: %v %v, want %v %v", p.ID, r.First+i, state, won, want, paid)
		}
		c.rows++
	}
}

// TestKilled: a sweep that is killed again and again ends in the same file, byte
// for byte, and its listener has heard of every difference.
func TestKilled(t *testing.T) {
	law := compiled(t, ruletest.Pack(t, pack.KR()))
	path := country(t, law, 200_000)
	dir := t.TempDir()
	s := openCountry(t, path, law)
	results, want := filepath.Join(dir, "results"), filepath.Join(dir, "want")
	for _, name := range []string{results, want} {
		if _, err := Evaluate(context.Background(), s.View(), Options{Law: law, Date: day, Results: name}); err != nil {
			t.Fatal(err)
		}
	}
	hears := &ears{t: t}
	later := day.AddDays(40)
	if _, err := Evaluate(context.Background(), s.View(), Options{Law: law, Date: later, Results: want, Listener: hears}); err != nil {
		t.Fatal(err)
	}
	if len(hears.heard) == 0 {
		t.Fatal("nothing changes in 40 days")
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	log := filepath.Join(dir, "heard")
	killed := 0
	for n := 0; ; n++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestHelper$")
		env := []string{"SWEEP_HELPER=1", "SWEEP_PEOPLE=" + path, "SWEEP_RESULTS=" + results, "SWEEP_LOG=" + log, "SWEEP_DATE=" + later.String()}
		switch {
		case n >= 7: // it may end
		case n%2 == 0:
			env = append(env, fmt.Sprintf("SWEEP_STEP=%d", 1+r.IntN(6)))
		default:
			env = append(env, fmt.Sprintf("SWEEP_MICROSECONDS=%d", r.IntN(400_000)))
		}
		cmd.Env = append(os.Environ(), env...)
		out, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("%v\n%s", err, out)
		}
		killed++
	}
	t.Logf("killed %d times", killed)
	if killed == 0 {
		t.Error("it was never killed")
	}
	got, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	expected, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, expected) {
		t.Error("the file is another than that of a sweep that was left alone")
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	heard := map[Change]bool{}
	for line := range strings.Lines(string(text)) {
		var c Change
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			continue // it was killed in the middle of a line
		}
		heard[c] = true
	}
	for _, c := range hears.heard {
		if !heard[c] {
			t.Fatalf("nobody was told of %+v", c)
		}
	}
	if len(heard) != len(hears.heard) {
		t.Errorf("told of %d differences, there are %d", len(heard), len(hears.heard))
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.part")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestHelper is the sweep that TestKilled kills.
func TestHelper(t *testing.T) {
	if os.Getenv("SWEEP_HELPER") == "" {
		t.Skip("it is run by TestKilled")
	}
	kill := func() { syscall.Kill(os.Getpid(), syscall.SIGKILL) } //nolint:errcheck // nothing comes after it
	steps := 0
	at, _ := strconv.Atoi(os.Getenv("SWEEP_STEP"))
	step := func() {
		if steps++; steps == at {
			kill()
		}
	}
	law := compiled(t, ruletest.Pack(t, pack.KR()))
	s := openCountry(t, os.Getenv("SWEEP_PEOPLE"), law)
	log, err := os.OpenFile(os.Getenv("SWEEP_LOG"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if us, err := strconv.Atoi(os.Getenv("SWEEP_MICROSECONDS")); err == nil {
		time.AfterFunc(time.Duration(us)*time.Microsecond, kill)
	}
	o := Options{Law: law, Date: kernel.MustDate(os.Getenv("SWEEP_DATE")), Results: os.Getenv("SWEEP_RESULTS"), Listener: writes{log, step}, Progress: func(Progress) { step() }}
	if _, err := Evaluate(context.Background(), s.View(), o); err != nil {
		t.Fatal(err)
	}
}

// writes is a listener that writes down what it hears.
type writes struct {
	log  *os.File
	step func()
}

func (w writes) Changed(_ context.Context, _ Run, changes []Change) error {
	var out bytes.Buffer
	out.WriteByte('\n') // what was cut off stays a line of its own
	for _, c := range changes {
		if err := json.NewEncoder(&out).Encode(c); err != nil {
			return err
		}
	}
	w.step()
	if _, err := w.log.Write(out.Bytes()); err != nil {
		return err
	}
	w.step()
	return nil
}
