package population

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A preamble leads to the header: magic, version and its own checksum as
// uint32, where the header stands and its length, the length of the file as
// uint64, and the header's SHA-256.
const (
	magic         = "MARUPOP\n"
	formatVersion = 1
	preambleSize  = 80
	maxHeader     = 64 << 20
)

// header is what a file says of itself, in JSON.
type header struct {
	Origin     Origin            `json:"origin"`
	Facts      []dictionaryEntry `json:"facts"`
	Programmes []string          `json:"programmes"` // bits of the sets
	Persons    int               `json:"persons"`
	Households int               `json:"households"`
	Blocks     []blockAt         `json:"blocks"`
	Index      extent            `json:"index"`
	// Replaces is the number of the file that this one was rebuilt from.
	Replaces string `json:"replaces,omitempty"`
}

type blockAt struct {
	extent
	Rows       int `json:"rows"`
	Households int `json:"households"`
}

// extent is a part of a file.
type extent struct {
	At       int64  `json:"at"`
	Length   int64  `json:"length"`
	Checksum uint32 `json:"crc32c"`
}

// fileNumber is a file's own number: the begin of its header's SHA-256, which
// stands over every checksum in it.
type fileNumber [16]byte

func (n fileNumber) String() string { return hex.EncodeToString(n[:]) }

// preamble is the first bytes of a file whose header stands at its end.
func preamble(header []byte, at int64) []byte {
	b := make([]byte, preambleSize)
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[8:], formatVersion)
	binary.LittleEndian.PutUint64(b[16:], uint64(at))
	binary.LittleEndian.PutUint64(b[24:], uint64(len(header)))
	binary.LittleEndian.PutUint64(b[32:], uint64(at)+uint64(len(header)))
	sum := sha256.Sum256(header)
	copy(b[40:], sum[:])
	binary.LittleEndian.PutUint32(b[12:], checksum(b))
	return b
}

// readHeader reads and checks the header of a file of so many bytes. The error
// is ErrFormat, or that of reading.
func readHeader(r io.ReaderAt, size int64) (*header, fileNumber, error) {
	var number fileNumber
	bad := func(format string, args ...any) (*header, fileNumber, error) {
		return nil, number, fmt.Errorf("%w: "+format, append([]any{ErrFormat}, args...)...)
	}
	var b [preambleSize]byte
	if n, err := r.ReadAt(b[:], 0); n < preambleSize {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, number, err
		}
		return bad("it is too short")
	}
	if string(b[:8]) != magic {
		return bad("it does not begin like one")
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != formatVersion {
		return bad("it is of version %d; this program reads version %d", v, formatVersion)
	}
	said := binary.LittleEndian.Uint32(b[12:])
	clear(b[12:16])
	if checksum(b[:]) != said {
		return bad("its beginning is damaged")
	}
	at, length, end := int64(binary.LittleEndian.Uint64(b[16:])), int64(binary.LittleEndian.Uint64(b[24:])), int64(binary.LittleEndian.Uint64(b[32:]))
	if end != size {
		return bad("it has %d bytes and should have %d", size, end)
	}
	if at < preambleSize || length < 2 || length > maxHeader || at > size || length != size-at {
		return bad("its header lies outside")
	}
	text := make([]byte, length)
	if _, err := r.ReadAt(text, at); err != nil {
		return nil, number, err
	}
	sum := sha256.Sum256(text)
	if !bytes.Equal(sum[:], b[40:72]) {
		return bad("its header is damaged")
	}
	copy(number[:], sum[:])
	var h header
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return bad("its header cannot be read: %v", err)
	}
	if err := h.check(at); err != nil {
		return bad("%v", err)
	}
	return &h, number, nil
}

// check tells whether the parts lie side by side between preamble and header
// and the counts are those of the blocks.
func (h *header) check(end int64) error {
	next, rows, households := int64(preambleSize), 0, 0
	for _, b := range h.Blocks {
		if b.At != next || b.Length < blockHead || b.Length%8 != 0 || b.Length > end-b.At {
			return errors.New("a block lies outside")
		}
		if b.Rows < 1 || b.Rows > maxRows || b.Households < 1 || b.Households > b.Rows {
			return errors.New("a block's rows cannot be")
		}
		next, rows, households = b.At+b.Length, rows+b.Rows, households+b.Households
	}
	if h.Index.At != next || h.Index.Length != indexSize(rows) || h.Index.Length != end-next {
		return errors.New("the index lies outside")
	}
	if rows != h.Persons || households != h.Households {
		return errors.New("the counts do not meet")
	}
	return nil
}
