package population

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
)

func TestAccess(t *testing.T) {
	law := testLaw(t)
	path := testFile(t, law, testSample(t, law, SampleOptions{Seed: 1, Persons: 50}))
	for name, change := range map[string]func(*Access){
		"no basis":      func(a *Access) { a.Basis = "" },
		"no purpose":    func(a *Access) { a.Purpose = " " },
		"no role":       func(a *Access) { a.Role = "" },
		"other basis":   func(a *Access) { a.Basis = "curiosity" },
		"other purpose": func(a *Access) { a.Purpose = "advertising" },
	} {
		a, r := testAccess(), &recorder{}
		change(&a)
		if s, err := Open(t.Context(), path, law, a, r); s != nil || !errors.Is(err, ErrAccess) || len(r.openings) != 0 {
			t.Errorf("%s: %v, %v, %d recorded", name, s, err, len(r.openings))
		}
	}
	full := errors.New("the disk is full")
	if s, err := Open(t.Context(), path, law, testAccess(), &recorder{err: full}); s != nil || !errors.Is(err, full) {
		t.Errorf("not recorded: %v, %v", s, err)
	}
	if s, err := Open(t.Context(), path, law, testAccess(), nil); s != nil || !errors.Is(err, ErrAccess) {
		t.Errorf("nobody records: %v, %v", s, err)
	}
	r := &recorder{}
	s, err := Open(t.Context(), path, law, testAccess(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(r.openings) != 1 || r.openings[0].Access != testAccess() || r.openings[0].Persons != 50 || r.openings[0].Origin.Builder != "test" || len(r.openings[0].File) != 32 {
		t.Errorf("recorded %+v", r.openings)
	}
	if !strings.Contains(r.openings[0].Origin.Source, "synthetic") {
		t.Errorf("the source does not say that incomes are synthetic: %q", r.openings[0].Origin.Source)
	}

	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, law, testAccess(), r); !errors.Is(err, ErrAccess) {
		t.Errorf("others could read the file: %v", err)
	}

	schema, err := NewSchema(law, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Origin{{}, {Basis: "b", Purpose: "p", Role: "r", BuiltAt: 1}, {Basis: "b", Purpose: "p", Role: "r", Builder: "b"}} {
		if _, err := NewWriter(filepath.Join(t.TempDir(), "people"), schema, o); !errors.Is(err, ErrAccess) {
			t.Errorf("written without an origin: %v", err)
		}
	}
	o, persons, _, err := Describe(path)
	if err != nil || persons != 50 || o.Basis != testOrigin().Basis {
		t.Errorf("%+v, %d, %v", o, persons, err)
	}
}

// TestWriterFails: a file that is not finished is not there.
func TestWriterFails(t *testing.T) {
	law := testLaw(t)
	schema, err := NewSchema(law, true)
	if err != nil {
		t.Fatal(err)
	}
	h := NewHousehold(law)
	one := func(id ID) *Household {
		h.IDs = []ID{id}
		h.Frame.Reset(1)
		return h
	}
	for name, write := range map[string]func(w *Writer) error{
		"nobody":      func(w *Writer) error { return nil },
		"given up":    func(w *Writer) error { w.Add(one(1)); w.Abort(); return nil },
		"same person": func(w *Writer) error { w.Add(one(1)); return w.Add(one(1)) },
		"impossible": func(w *Writer) error {
			one(1).Frame.SetHousehold(law.Fact(true, "debt").Slot, -5)
			if err := w.Add(h); !errors.Is(err, ErrFact) {
				return errors.New("a negative debt was taken")
			}
			return nil
		},
	} {
		dir := t.TempDir()
		w, err := NewWriter(filepath.Join(dir, "people"), schema, testOrigin())
		if err != nil {
			t.Fatal(err)
		}
		if err := write(w); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.Close(); err == nil {
			t.Errorf("%s: closed without an error", name)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}

// TestDictionary: a file for other facts is refused, and says why.
func TestDictionary(t *testing.T) {
	law := testLaw(t)
	path := testFile(t, law, testSample(t, law, SampleOptions{Seed: 1, Persons: 300}))
	fact := func(s *rule.Source, id string) *contract.Fact {
		return &s.Facts[slices.IndexFunc(s.Facts, func(f contract.Fact) bool { return f.ID == id })]
	}
	for name, c := range map[string]struct {
		change func(*rule.Source)
		want   string
	}{
		"type": {func(s *rule.Source) {
			*fact(s, "rent_month") = contract.Fact{ID: "rent_month", Entity: "household", Type: "bool"}
		}, "another type"},
		"unit":   {func(s *rule.Source) { fact(s, "rent_month").Unit = "won" }, "another type or unit"},
		"member": {func(s *rule.Source) { f := fact(s, "tenure"); f.Members = f.Members[1:] }, "no member"},
		"gone":   {func(s *rule.Source) { fact(s, "debt").ID = "debts" }, "debt"},
		"more": {func(s *rule.Source) {
			s.Facts = append(s.Facts, contract.Fact{ID: "shoes", Entity: "person", Type: "int"})
			s.Programmes[0].Benefit.Conditions[0].When += " && m.shoes > 3"
		}, "shoes"},
		"receives": {func(s *rule.Source) {
			p := s.Programmes[0]
			p.ID = "shoe-aid"
			s.Programmes = append(s.Programmes, p)
			s.Programmes[1].Benefit.Conditions[0].When += ` && "shoe-aid" in h.receives`
		}, "shoe-aid"},
	} {
		s := testSource(t)
		c.change(&s)
		other, problems := rule.Compile(s)
		if other == nil {
			t.Fatalf("%s: %v", name, problems)
		}
		r := &recorder{}
		if _, err := Open(t.Context(), path, other, testAccess(), r); !errors.Is(err, ErrDictionary) || !strings.Contains(err.Error(), c.want) || len(r.openings) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOtherNumbers: a law that numbers words, facts and programmes otherwise
// reads the same.
func TestOtherNumbers(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 3000, Missing: .1})
	path := testFile(t, law, s)
	src := testSource(t)
	slices.Reverse(src.Facts)
	for i := range src.Facts {
		src.Facts[i].Members = slices.Clone(src.Facts[i].Members)
		slices.Reverse(src.Facts[i].Members)
	}
	src.Programmes[0].Benefit.Conditions[0].When = `years(m.birth_date, date) >= 65 && !("livelihood-benefit" in h.receives) && !("basic-pension" in h.receives)`
	other, problems := rule.Compile(src)
	if other == nil {
		t.Fatal(problems)
	}
	if other.SetBit("basic-pension") == law.SetBit("basic-pension") {
		t.Fatal("the bits are the same")
	}
	snap := testOpen(t, path, other)
	want := households(t, other, testSample(t, other, SampleOptions{Seed: 1, Persons: 3000}))
	plain := households(t, law, s)
	for i, w := range want { // known as in the file: by the first law's slots
		for m := range w.ids {
			w.personKnown[m] = 0
			for slot, f := range other.Persons {
				k := plain[i].personKnown[m] >> law.Fact(false, f.ID).Slot & 1
				w.personKnown[m] |= k << slot
				w.person[m*len(other.Persons)+slot] &= -int64(k)
			}
		}
		w.householdKnown = 0
		for slot, f := range other.Households {
			k := plain[i].householdKnown >> law.Fact(true, f.ID).Slot & 1
			w.householdKnown |= k << slot
			w.household[slot] &= -int64(k)
		}
	}
	same(t, other, snap.View(), want)
}

// TestDamage: a file that is cut off, of another version or changed anywhere is
// refused.
func TestDamage(t *testing.T) {
	law := testLaw(t)
	path := testFile(t, law, testSample(t, law, SampleOptions{Seed: 1, Persons: 20}))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(name string, b []byte, want string) {
		t.Helper()
		at := filepath.Join(t.TempDir(), "people")
		if err := os.WriteFile(at, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), at, law, testAccess(), &recorder{})
		if err == nil {
			s.Close()
		}
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := 0; n < len(good); n += 1 + n/9 {
		try("cut off", good[:n], "")
	}
	try("longer", append(slices.Clone(good), 0), "bytes")
	for at := 0; at < len(good); at += 1 + at/40 {
		if at >= 72 && at < preambleSize {
			continue // nothing stands there; the checksum below says so
		}
		b := slices.Clone(good)
		b[at] ^= 0x20
		try("changed", b, "")
	}
	b := slices.Clone(good)
	copy(b, "PNG")
	try("magic", b, "does not begin like one")
	b = slices.Clone(good)
	binary.LittleEndian.PutUint32(b[8:], 2)
	try("version", b, "version 2")
}

// sealed sets all checksums of a file right, so that what is wrong in it gets
// past them.
func sealed(b []byte) []byte {
	b = slices.Clone(b)
	if len(b) < preambleSize {
		return b
	}
	at := binary.LittleEndian.Uint64(b[16:])
	if at > uint64(len(b)) {
		return b
	}
	h := b[at:]
	binary.LittleEndian.PutUint64(b[24:], uint64(len(h)))
	binary.LittleEndian.PutUint64(b[32:], uint64(len(b)))
	sum := sha256.Sum256(h)
	copy(b[40:], sum[:])
	clear(b[12:16])
	binary.LittleEndian.PutUint32(b[12:], checksum(b[:preambleSize]))
	return b
}

// small is a file of few people and facts.
func small(f *testing.F, law *rule.Law) (file []byte, s *Schema) {
	f.Helper()
	schema, err := NewSchema(law, false)
	if err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(f.TempDir(), "people")
	if err := testSample(f, law, SampleOptions{Seed: 1, Persons: 12, Missing: .1}).Write(f.Context(), path, schema, testOrigin(), 1); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	return b, schema
}

// FuzzOpen: whatever a file holds, opening it fails or all of it can be read.
func FuzzOpen(f *testing.F) {
	law := testLaw(f)
	good, _ := small(f, law)
	f.Add(good, false)
	f.Add(good, true)
	f.Add(good[:len(good)/2], true)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte, whole bool) {
		if whole {
			b = sealed(b)
		}
		at := filepath.Join(dir, "people")
		if err := os.WriteFile(at, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), at, law, testAccess(), &recorder{})
		if err != nil {
			return
		}
		readAll(law, s.View())
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// FuzzBlock does it for a block by itself, past all checksums.
func FuzzBlock(f *testing.F) {
	law := testLaw(f)
	good, schema := small(f, law)
	h, _, err := readHeader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		f.Fatal(err)
	}
	rows := good[h.Blocks[0].At : h.Blocks[0].At+h.Blocks[0].Length]
	f.Add(rows)
	f.Add(rows[:len(rows)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := parseBlock(b, schema)
		if err != nil {
			return
		}
		empty := make([]byte, indexSize(k.rows))
		runs := 1 << runBits(k.rows)
		binary.LittleEndian.PutUint32(empty[4*runs:], uint32(k.rows))
		x, err := parseIndex(empty, k.rows)
		if err != nil {
			t.Fatal(err)
		}
		readAll(law, newView(newBase(schema, &header{Persons: k.rows, Households: k.households}, fileNumber{}, b, []*block{k}, x), make([]*patch, 2)))
	})
}

func readAll(law *rule.Law, v *View) {
	out, known := make([]int64, v.Persons()), make([]uint64, words(v.Persons()))
	for slot := range law.Persons {
		v.LoadPerson(slot, 0, v.Persons(), out, known)
	}
	for slot := range law.Households {
		v.LoadHousehold(slot, 0, v.Households(), out, known)
	}
	h := NewHousehold(law)
	for i := range v.Households() {
		v.Household(i, h)
		for _, id := range h.IDs {
			v.Find(id)
		}
	}
	for day := range int64(366) {
		v.Birthdays(20000 + day)
	}
	v.Start()
}

// FuzzJournal: whatever a journal holds, opening fails or all can be read.
func FuzzJournal(f *testing.F) {
	law := testLaw(f)
	path := testFile(f, law, testSample(f, law, SampleOptions{Seed: 1, Persons: 40}))
	snap := testOpen(f, path, law)
	record := snap.base.record([]Key{0, 20}, map[Key]*stored{0: {household: make([]int64, len(law.Households))}, 20: {household: make([]int64, len(law.Households))}})
	f.Add(record[recordHead:])
	h := NewHousehold(law)
	snap.View().Household(1, h)
	f.Add(snap.base.record([]Key{1}, map[Key]*stored{1: storedOf(h)})[recordHead:])
	f.Fuzz(func(t *testing.T, text []byte) {
		changes, added := map[Key]*stored{}, 0
		if snap.base.replay(text, changes, &added) == nil {
			readAll(law, snap.View().with(changes))
		}
	})
}
