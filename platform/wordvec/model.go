package wordvec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// Dim is the length of a vector.
const Dim = 64

// Vector is a text's or a word's place. Unit vectors have length 1; the zero
// vector stands for nothing known.
type Vector [Dim]float32

// Model is a table of vectors of features, each component one byte.
type Model struct {
	rows  []int8    // Dim a bucket
	scale []float32 // by bucket; 0 where the bucket was never trained
}

// Buckets is how many rows the table has.
func (m *Model) Buckets() int { return len(m.scale) }

// bucket is the row of a feature. The multiplication mixes the bits; neighbouring
// numbers land far apart.
func bucket(feature uint64, buckets int) int {
	feature ^= feature >> 32
	feature *= 0x9E3779B97F4A7C15
	return int((feature >> 33) % uint64(buckets))
}

// Add adds weight times the vector of a feature to v.
func (m *Model) Add(v *Vector, feature uint64, weight float32) {
	b := bucket(feature, len(m.scale))
	s := m.scale[b] * weight
	if s == 0 {
		return
	}
	row := m.rows[b*Dim : b*Dim+Dim]
	for i := range v {
		v[i] += float32(s * float32(row[i]))
	}
}

// Unit makes v of length 1 and tells whether it could: the zero vector stays.
func (v *Vector) Unit() bool {
	var sum float32
	for _, x := range v {
		sum += float32(x * x)
	}
	if sum <= 1e-12 {
		*v = Vector{}
		return false
	}
	n := float32(1 / math.Sqrt(float64(sum)))
	for i := range v {
		v[i] *= n
	}
	return true
}

// Small is a unit vector in bytes: 127 stands for 1.
type Small [Dim]int8

// Small rounds a unit vector.
func (v *Vector) Small() Small {
	var s Small
	for i, x := range v {
		s[i] = int8(math.RoundToEven(float64(max(-1, min(1, x))) * 127))
	}
	return s
}

// Dot is the cosine of a unit vector and a small one.
func (v *Vector) Dot(s *Small) float32 {
	var a, b, c, d float32
	for i := 0; i < Dim; i += 4 {
		a += v[i] * float32(s[i])
		b += v[i+1] * float32(s[i+1])
		c += v[i+2] * float32(s[i+2])
		d += v[i+3] * float32(s[i+3])
	}
	return (a + b + c + d) / 127
}

const (
	magic      = "maruvec1"
	maxBuckets = 1 << 20
)

// ErrFormat is a file that is no model, or a broken one.
var ErrFormat = errors.New("wordvec: no model of word vectors, or a broken one")

// WriteTo writes the model: magic, dimension, buckets, scales, rows, checksum.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	out := bufio.NewWriter(w)
	sum := crc32.NewIEEE()
	both := io.MultiWriter(out, sum)
	head := append([]byte(magic), 0, 0, 0, 0, 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(head[8:], Dim)
	binary.LittleEndian.PutUint32(head[12:], uint32(len(m.scale)))
	body := make([]byte, 0, len(head)+len(m.scale)*(4+Dim))
	body = append(body, head...)
	for _, s := range m.scale {
		body = binary.LittleEndian.AppendUint32(body, math.Float32bits(s))
	}
	for _, x := range m.rows {
		body = append(body, byte(x))
	}
	if _, err := both.Write(body); err != nil {
		return 0, fmt.Errorf("wordvec: write: %w", err)
	}
	if err := binary.Write(out, binary.LittleEndian, sum.Sum32()); err != nil {
		return 0, fmt.Errorf("wordvec: write: %w", err)
	}
	return int64(len(body) + 4), out.Flush()
}

// Read reads a model. The error is ErrFormat for anything that WriteTo did not
// write whole.
func Read(r io.Reader) (*Model, error) {
	head := make([]byte, 16)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, ErrFormat
	}
	n := binary.LittleEndian.Uint32(head[12:])
	if string(head[:8]) != magic || binary.LittleEndian.Uint32(head[8:]) != Dim || n == 0 || n > maxBuckets {
		return nil, ErrFormat
	}
	body := make([]byte, int(n)*(4+Dim))
	var tail [4]byte
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, ErrFormat
	}
	if _, err := io.ReadFull(r, tail[:]); err != nil {
		return nil, ErrFormat
	}
	if crc32.Update(crc32.ChecksumIEEE(head), crc32.IEEETable, body) != binary.LittleEndian.Uint32(tail[:]) {
		return nil, ErrFormat
	}
	m := &Model{rows: make([]int8, int(n)*Dim), scale: make([]float32, n)}
	for i := range m.scale {
		s := math.Float32frombits(binary.LittleEndian.Uint32(body[4*i:]))
		if !(s >= 0 && s < 1e6) {
			return nil, ErrFormat
		}
		m.scale[i] = s
	}
	for i, b := range body[4*int(n):] {
		m.rows[i] = int8(b)
	}
	return m, nil
}
