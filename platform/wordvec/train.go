package wordvec

import (
	"errors"
	"math"
	"math/rand/v2"
)

// Options steer the training. The zero value of a field takes its default.
type Options struct {
	Seed     uint64
	Epochs   int     // times through the text; 12
	Window   int     // words on each side that count as company; 5
	Negative int     // random words each true one is told from; 5
	Company  int     // words of other lines of the document beside each word; 2
	Rate     float64 // first learning rate, sinking to nothing; 0.05
	Buckets  int     // rows of the table; 32768
	MinCount int     // fewer occurrences make a word no company; 2
}

func (o Options) complete() Options {
	set := func(n *int, to int) {
		if *n <= 0 {
			*n = to
		}
	}
	set(&o.Epochs, 12)
	set(&o.Window, 5)
	set(&o.Negative, 5)
	set(&o.Buckets, 32768)
	set(&o.MinCount, 2)
	if o.Company < 0 {
		o.Company = 0
	}
	if o.Rate <= 0 {
		o.Rate = 0.05
	}
	o.Buckets = min(o.Buckets, maxBuckets)
	return o
}

// Word is a word of the text: its number among the words, any number below
// 2^31, and the features it consists of.
type Word struct {
	ID       uint32
	Features []uint64
}

// Document is the lines of a text that speaks of one thing.
type Document [][]Word

// ErrNothing is a text with too few words to learn from.
var ErrNothing = errors.New("wordvec: too few words to learn from")

// Train makes a model of a text. Equal arguments give equal models. progress
// is told the share done, now and then; it may be nil.
func Train(docs []Document, o Options, progress func(share float64)) (*Model, error) {
	t, err := newTrainer(docs, o.complete())
	if err != nil {
		return nil, err
	}
	for e := range t.o.Epochs {
		for d := range docs {
			t.document(docs[d])
		}
		if progress != nil {
			progress(float64(e+1) / float64(t.o.Epochs))
		}
	}
	return t.model(), nil
}

type trainer struct {
	o      Options
	rng    *rand.Rand
	rows   []float32 // of features
	used   []bool
	out    []float32 // of words as company
	place  map[uint32]int32
	draw   []int32   // words by frequency to the power of 3/4
	keep   []float32 // chance that an occurrence of a frequent word counts
	total  int       // occurrences in all epochs
	done   int
	sig    [sigSteps + 1]float32
	in     Vector
	grad   Vector
	rowIDs []int
}

const (
	sigSteps = 1024
	sigMax   = 6
	drawn    = 1 << 18
	frequent = 1e-3
)

func newTrainer(docs []Document, o Options) (*trainer, error) {
	t := &trainer{o: o, rng: rand.New(rand.NewPCG(o.Seed, 0x6D617275)), place: map[uint32]int32{}}
	count := map[uint32]int{}
	var order []uint32
	all := 0
	for _, d := range docs {
		for _, line := range d {
			for _, w := range line {
				if count[w.ID]++; count[w.ID] == 1 {
					order = append(order, w.ID)
				}
				all++
			}
		}
	}
	var weights []float64
	sum := 0.0
	for _, id := range order {
		n := count[id]
		if n < o.MinCount {
			continue
		}
		t.place[id] = int32(len(weights))
		w := math.Pow(float64(n), 0.75)
		weights = append(weights, w)
		sum += w
		f := float64(n) / float64(all)
		t.keep = append(t.keep, float32(min(1, math.Sqrt(frequent/f)+frequent/f)))
	}
	if len(weights) < 2 {
		return nil, ErrNothing
	}
	t.draw = make([]int32, drawn)
	at, reach := 0, weights[0]/sum
	for i := range t.draw {
		for float64(i)/drawn > reach && at+1 < len(weights) {
			at++
			reach += weights[at] / sum
		}
		t.draw[i] = int32(at)
	}
	t.total = all * o.Epochs
	t.rows = make([]float32, o.Buckets*Dim)
	for i := range t.rows {
		t.rows[i] = float32((t.rng.Float64() - 0.5) / Dim)
	}
	t.used = make([]bool, o.Buckets)
	t.out = make([]float32, len(weights)*Dim)
	for i := range t.sig {
		x := (2*float64(i)/sigSteps - 1) * sigMax
		t.sig[i] = float32(1 / (1 + math.Exp(-x)))
	}
	return t, nil
}

func (t *trainer) document(d Document) {
	for l, line := range d {
		for i := range line {
			t.done++
			at, known := t.place[line[i].ID]
			if known && t.rng.Float32() > t.keep[at] {
				continue
			}
			if !t.read(line[i].Features) {
				continue
			}
			reach := 1 + t.rng.IntN(t.o.Window)
			for j := max(0, i-reach); j <= min(len(line)-1, i+reach); j++ {
				if j != i {
					t.pair(line[j].ID)
				}
			}
			for range t.o.Company {
				if len(d) < 2 {
					break
				}
				if other := d[t.rng.IntN(len(d))]; len(other) > 0 && &other[0] != &d[l][0] {
					t.pair(other[t.rng.IntN(len(other))].ID)
				}
			}
			t.write()
		}
	}
}

// read makes the word's vector of its features.
func (t *trainer) read(features []uint64) bool {
	t.rowIDs = t.rowIDs[:0]
	t.in, t.grad = Vector{}, Vector{}
	for _, f := range features {
		b := bucket(f, t.o.Buckets)
		t.rowIDs = append(t.rowIDs, b)
		t.used[b] = true
		row := t.rows[b*Dim : b*Dim+Dim]
		for k := range t.in {
			t.in[k] += row[k]
		}
	}
	n := float32(len(features))
	for k := range t.in {
		t.in[k] /= n
	}
	return len(features) > 0
}

// pair tells the word's vector from those of random words, and draws it to its
// company.
func (t *trainer) pair(company uint32) {
	at, ok := t.place[company]
	if !ok {
		return
	}
	rate := float32(t.o.Rate * max(1e-3, 1-float64(t.done)/float64(t.total)))
	for n := range t.o.Negative + 1 {
		label := float32(1)
		if n > 0 {
			if at = t.draw[t.rng.IntN(drawn)]; at == t.place[company] {
				continue
			}
			label = 0
		}
		row := t.out[int(at)*Dim : int(at)*Dim+Dim]
		var dot float32
		for k := range t.in {
			dot += float32(t.in[k] * row[k])
		}
		g := float32(rate * (label - t.sigmoid(dot)))
		for k := range t.in {
			t.grad[k] += float32(g * row[k])
			row[k] += float32(g * t.in[k])
		}
	}
}

func (t *trainer) write() {
	for _, b := range t.rowIDs {
		row := t.rows[b*Dim : b*Dim+Dim]
		for k := range row {
			row[k] += t.grad[k]
		}
	}
}

func (t *trainer) sigmoid(x float32) float32 {
	switch {
	case x <= -sigMax:
		return 0
	case x >= sigMax:
		return 1
	}
	return t.sig[int((x+sigMax)*(sigSteps/(2*sigMax)))]
}

// model rounds the rows to bytes.
func (t *trainer) model() *Model {
	m := &Model{rows: make([]int8, len(t.rows)), scale: make([]float32, t.o.Buckets)}
	for b, used := range t.used {
		if !used {
			continue
		}
		row := t.rows[b*Dim : b*Dim+Dim]
		var top float32
		for _, x := range row {
			top = max(top, x, -x)
		}
		if top == 0 {
			continue
		}
		m.scale[b] = top / 127
		for k, x := range row {
			m.rows[b*Dim+k] = int8(math.RoundToEven(float64(x / m.scale[b])))
		}
	}
	return m
}
