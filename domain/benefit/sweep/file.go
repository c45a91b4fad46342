package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/bits"
	"os"

	"maru/domain/benefit/internal/mapped"
	"maru/domain/benefit/population"
	"maru/kernel"
	"maru/platform/durable"
)

// A results file: a preamble, the blocks side by side, the header in JSON. The
// preamble: magic, version and its own checksum as uint32, where the header
// stands and its length as uint64, and the header's SHA-256.
const (
	magic         = "MARUSWP\n"
	formatVersion = 1
	preambleSize  = 64
	maxHeader     = 64 << 20
)

// number is a results file's own: the begin of its header's SHA-256, which stands
// over the checksum of every block.
type number [16]byte

func (n number) String() string { return hex.EncodeToString(n[:]) }

// hash is written in hex.
type hash [sha256.Size]byte

// MarshalText writes a hash.
func (h hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText reads a hash.
func (h *hash) UnmarshalText(b []byte) error {
	if len(b) != 2*len(h) {
		return errors.New("sweep: no hash")
	}
	_, err := hex.Decode(h[:], b)
	return err
}

// header is what a file says of itself. No time of the clock is in it: the same
// run makes the same file.
type header struct {
	Run        int             `json:"run"`
	Previous   string          `json:"previous,omitempty"` // number of the results before
	Population string          `json:"population"`
	Law        string          `json:"law"`
	Date       kernel.Date     `json:"date"`
	Persons    int             `json:"persons"`
	Households int             `json:"households"`
	Programmes []programmeHead `json:"programmes"`
	Blocks     []blockAt       `json:"blocks"`
}

// programmeHead is a programme and what it comes to: of persons or of households.
type programmeHead struct {
	ID            string `json:"id"`
	Person        bool   `json:"person"`
	Meaning       hash   `json:"meaning"`
	Entitled      int64  `json:"entitled"`
	Unknown       int64  `json:"unknown"`
	Amount        int64  `json:"amount"`
	AmountUnknown int64  `json:"amount_unknown"`
}

type blockAt struct {
	At       int64  `json:"at"`
	Length   int64  `json:"length"`
	Checksum uint32 `json:"crc32c"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

func preamble(text []byte, at int64) []byte {
	b := make([]byte, preambleSize)
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[8:], formatVersion)
	binary.LittleEndian.PutUint64(b[16:], uint64(at))
	binary.LittleEndian.PutUint64(b[24:], uint64(len(text)))
	sum := sha256.Sum256(text)
	copy(b[32:], sum[:])
	binary.LittleEndian.PutUint32(b[12:], checksum(b))
	return b
}

// results is an open file of the last run.
type results struct {
	head    header
	number  number
	blocks  []block
	release func() error
}

// block is one block of results.
type block struct {
	persons, households int
	content             hash
	ids                 []byte // eight bytes a row
	heads               []byte // a bit a row, set where a household begins
	offsets             []byte // four bytes a section, and the end
	sections            []byte
}

// A block: rows, households, sections and 0 as uint32, the content, the
// pseudonyms, the heads, where each section begins and the end, and the sections.
const blockHead = 16 + sha256.Size

func (b *block) id(row int) population.ID {
	return population.ID(binary.LittleEndian.Uint64(b.ids[8*row:]))
}

// section is the bytes of a programme's section.
func (b *block) section(k int) []byte {
	from, to := binary.LittleEndian.Uint32(b.offsets[4*k:]), binary.LittleEndian.Uint32(b.offsets[4*k+4:])
	return b.sections[from:to]
}

// household is the number of a row's household.
func (b *block) household(row int) int {
	n := -1
	for w := range row >> 6 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b.heads[8*w:]))
	}
	return n + bits.OnesCount64(binary.LittleEndian.Uint64(b.heads[row>>6*8:])<<(63-row&63))
}

// begins are the first rows of the households, and the end.
func (b *block) begins(out []int32) []int32 {
	out = out[:0]
	for w := range len(b.heads) / 8 {
		for x := binary.LittleEndian.Uint64(b.heads[8*w:]); x != 0; x &= x - 1 {
			out = append(out, int32(64*w+bits.TrailingZeros64(x)))
		}
	}
	return append(out, int32(b.persons))
}

// rows is how many rows a programme's section has.
func (b *block) rows(person bool) int {
	if person {
		return b.persons
	}
	return b.households
}

// size is the length of a block without its sections.
func size(persons, sections int) int {
	return blockHead + 8*persons + 8*words(persons) + 4*(sections+1)
}

// openResults opens the results of the last run: nil where there are none yet.
// All of it is checked. The error is ErrFormat or that of the file system.
func openResults(path string) (*results, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is only read; what is mapped stays
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !mapped.Private(info) {
		return nil, fmt.Errorf("%w: %s can be read by others than its owner", ErrFormat, path)
	}
	b, release, err := mapped.Map(f, info.Size())
	if err != nil {
		return nil, err
	}
	r, err := readResults(b)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	r.release = release
	return r, nil
}

// readResults checks the bytes of a file.
func readResults(b []byte) (*results, error) {
	bad := func(format string, args ...any) (*results, error) {
		return nil, fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
	}
	if len(b) < preambleSize || string(b[:8]) != magic {
		return bad("it does not begin like one")
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != formatVersion {
		return bad("it is of version %d; this program reads version %d", v, formatVersion)
	}
	head := [preambleSize]byte(b)
	said := binary.LittleEndian.Uint32(head[12:])
	clear(head[12:16])
	if checksum(head[:]) != said {
		return bad("its beginning is damaged")
	}
	at, length := binary.LittleEndian.Uint64(head[16:]), binary.LittleEndian.Uint64(head[24:])
	if at < preambleSize || at > uint64(len(b)) || length > maxHeader || length != uint64(len(b))-at {
		return bad("its header lies outside")
	}
	text := b[at:]
	sum := sha256.Sum256(text)
	if !bytes.Equal(sum[:], head[32:]) {
		return bad("its header is damaged")
	}
	r := &results{number: number(sum[:])}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r.head); err != nil {
		return bad("its header cannot be read: %v", err)
	}
	next, persons, households := int64(preambleSize), 0, 0
	for i, e := range r.head.Blocks {
		if e.At != next || e.Length < blockHead || e.Length > int64(at)-e.At {
			return bad("block %d lies outside", i)
		}
		part := b[e.At : e.At+e.Length : e.At+e.Length]
		if checksum(part) != e.Checksum {
			return bad("block %d is damaged", i)
		}
		k, err := readBlock(part, r.head.Programmes)
		if err != nil {
			return bad("block %d: %v", i, err)
		}
		r.blocks = append(r.blocks, k)
		next, persons, households = next+e.Length, persons+k.persons, households+k.households
	}
	if next != int64(at) || persons != r.head.Persons || households != r.head.Households {
		return bad("its blocks do not make it up")
	}
	return r, nil
}

// readBlock checks that nothing in a block leads out of it.
func readBlock(b []byte, programmes []programmeHead) (block, error) {
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(b[at:])) }
	k := block{persons: u32(0), households: u32(4)}
	if u32(8) != len(programmes) || k.persons > len(b)/8 || size(k.persons, len(programmes)) > len(b) {
		return block{}, errors.New("it is too short")
	}
	copy(k.content[:], b[16:])
	b = b[blockHead:]
	take := func(n int) []byte {
		part := b[:n:n]
		b = b[n:]
		return part
	}
	k.ids = take(8 * k.persons)
	k.heads = take(8 * words(k.persons))
	k.offsets = take(4 * (len(programmes) + 1))
	k.sections = b
	begins := k.begins(nil)
	if len(begins) != k.households+1 || k.persons > 0 && begins[0] != 0 || k.households > 0 && int(begins[k.households-1]) >= k.persons {
		return block{}, errors.New("its households cannot be")
	}
	from := uint32(0)
	for i, p := range programmes {
		lo, hi := binary.LittleEndian.Uint32(k.offsets[4*i:]), binary.LittleEndian.Uint32(k.offsets[4*i+4:])
		if lo != from || hi < lo || int64(hi) > int64(len(b)) {
			return block{}, errors.New("its sections lie outside")
		}
		if _, err := parse(b[lo:hi], k.rows(p.Person), false); err != nil {
			return block{}, err
		}
		from = hi
	}
	if int(from) != len(b) {
		return block{}, errors.New("its sections do not make it up")
	}
	return k, nil
}

// appendBlock writes a block.
func appendBlock(out []byte, content hash, ids []population.ID, begins []int32, sections [][]byte) []byte {
	var head [16]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(ids)))
	binary.LittleEndian.PutUint32(head[4:], uint32(len(begins)-1))
	binary.LittleEndian.PutUint32(head[8:], uint32(len(sections)))
	out = append(append(out, head[:]...), content[:]...)
	for _, id := range ids {
		out = binary.LittleEndian.AppendUint64(out, uint64(id))
	}
	heads := make([]uint64, words(len(ids)))
	for _, row := range begins[:len(begins)-1] {
		heads[row>>6] |= 1 << (row & 63)
	}
	for _, w := range heads {
		out = binary.LittleEndian.AppendUint64(out, w)
	}
	at := uint32(0)
	for _, s := range sections {
		out = binary.LittleEndian.AppendUint32(out, at)
		at += uint32(len(s))
	}
	out = binary.LittleEndian.AppendUint32(out, at)
	for _, s := range sections {
		out = append(out, s...)
	}
	return out
}

// writer writes a results file; it appears under its name when it is whole.
type writer struct {
	file *durable.File
	at   int64
	head header
}

func newWriter(path string, head header) (*writer, error) {
	f, err := durable.Create(path)
	if err != nil {
		return nil, err
	}
	w := &writer{file: f, at: preambleSize, head: head}
	if _, err := f.Write(make([]byte, preambleSize)); err != nil {
		w.abort()
		return nil, err
	}
	return w, nil
}

func (w *writer) block(b []byte) error {
	if _, err := w.file.Write(b); err != nil {
		return err
	}
	w.head.Blocks = append(w.head.Blocks, blockAt{w.at, int64(len(b)), checksum(b)})
	w.at += int64(len(b))
	return nil
}

func (w *writer) close() error {
	text, err := json.Marshal(w.head)
	if err != nil {
		return err
	}
	if _, err := w.file.Write(text); err != nil {
		return err
	}
	if _, err := w.file.WriteAt(preamble(text, w.at), 0); err != nil {
		return err
	}
	w.at += int64(len(text))
	return w.file.Commit()
}

// abort gives the file up; after close it does nothing.
func (w *writer) abort() { w.file.Abort() }
