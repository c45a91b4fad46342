package wordvec

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
)

// twoWorlds is a text of two subjects that share no word.
func twoWorlds() []Document {
	rng := rand.New(rand.NewPCG(3, 4))
	var docs []Document
	for d := range 40 {
		var doc Document
		for range 6 {
			var line []Word
			for range 6 {
				id := uint32(d%2*100 + rng.IntN(12))
				line = append(line, Word{ID: id, Features: []uint64{uint64(id), 1000 + uint64(id)}})
			}
			doc = append(doc, line)
		}
		docs = append(docs, doc)
	}
	return docs
}

func TestTrain(t *testing.T) {
	m, err := Train(twoWorlds(), Options{Seed: 7, Company: 2, Buckets: 4096}, nil)
	if err != nil {
		t.Fatal(err)
	}
	vector := func(id uint64) Vector {
		var v Vector
		m.Add(&v, id, 1)
		m.Add(&v, 1000+id, 1)
		if !v.Unit() {
			t.Fatalf("nothing is known of %d", id)
		}
		return v
	}
	a, b, c := vector(1), vector(5), vector(101)
	sb, sc := b.Small(), c.Small()
	if near, far := a.Dot(&sb), a.Dot(&sc); near < far+0.3 {
		t.Errorf("words of one subject: %.2f, of two: %.2f", near, far)
	}
	var unknown Vector
	if m.Add(&unknown, 999999, 1); unknown.Unit() {
		t.Error("a feature never seen has a vector")
	}

	again, err := Train(twoWorlds(), Options{Seed: 7, Company: 2, Buckets: 4096}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var x, y bytes.Buffer
	for w, m := range map[*bytes.Buffer]*Model{&x: m, &y: again} {
		if _, err := m.WriteTo(w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(x.Bytes(), y.Bytes()) {
		t.Error("the same text and seed give another model")
	}
	read, err := Read(bytes.NewReader(x.Bytes()))
	if err != nil || read.Buckets() != 4096 {
		t.Fatal(err)
	}
	y.Reset()
	if _, err := read.WriteTo(&y); err != nil || !bytes.Equal(x.Bytes(), y.Bytes()) {
		t.Errorf("what was read is written otherwise: %v", err)
	}
	for _, at := range []int{0, 9, 13, 20, 5000, x.Len() - 1} {
		broken := bytes.Clone(x.Bytes())
		broken[at] ^= 1
		if _, err := Read(bytes.NewReader(broken)); !errors.Is(err, ErrFormat) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	if _, err := Train(nil, Options{}, nil); !errors.Is(err, ErrNothing) {
		t.Errorf("no text: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("maruvec1"))
	f.Add(append([]byte("maruvec1"), 64, 0, 0, 0, 255, 255, 255, 255))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := Read(bytes.NewReader(b)); err == nil && m.Buckets() == 0 {
			t.Fatal("an empty model")
		}
	})
}
