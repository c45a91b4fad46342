package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const header = "c2sp.org/tlog-proof@v1"

// MaxReceipt bounds a receipt, in bytes.
const MaxReceipt = 64 << 10

// maxPath is how many hashes lead to the root of any tree.
const maxPath = 63

// ErrReceipt is a text that is no receipt.
var ErrReceipt = errors.New("proof: not a receipt")

// Failures of a receipt that can be read.
var (
	ErrSignature = errors.New("proof: the checkpoint is not signed by the log")
	ErrIncluded  = errors.New("proof: the record is not in the signed tree")
	ErrWitnesses = errors.New("proof: too few witnesses signed the checkpoint")
)

// Receipt is one record of a log with what proves that it is in there.
type Receipt struct {
	// Record is the canonical form of the record, Salt what its commitment
	// hides it with.
	Record json.RawMessage
	Salt   []byte
	Index  int64
	Path   []tlog.Hash // from the leaf's sibling to the root's child
	// Signed is the checkpoint with its signatures, verbatim.
	Signed string
}

// extra is what stands in the proof beside what the format fixes.
type extra struct {
	Record []byte `json:"record"`
	Salt   []byte `json:"salt"`
}

// Commitment is SHA-256(salt ‖ record): the leaf of the tree.
func Commitment(salt, record []byte) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write(record)
	return h.Sum(nil)
}

// Text writes the receipt.
func (r *Receipt) Text() (string, error) {
	e, err := json.Marshal(extra{Record: r.Record, Salt: r.Salt})
	if err != nil {
		return "", fmt.Errorf("proof: write a receipt: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", header, base64.StdEncoding.EncodeToString(e), r.Index)
	for _, h := range r.Path {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n" + r.Signed)
	return b.String(), nil
}

// Parse reads a receipt. What it says is not checked: Verify does.
func Parse(text string) (*Receipt, error) {
	if len(text) > MaxReceipt {
		return nil, ErrReceipt
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	top, signed, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(top, "\n")
	if !ok || len(lines) < 3 || len(lines) > 3+maxPath || lines[0] != header {
		return nil, ErrReceipt
	}
	r := &Receipt{Signed: signed}
	coded, ok := strings.CutPrefix(lines[1], "extra ")
	if !ok {
		return nil, ErrReceipt
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(coded)
	if err != nil {
		return nil, ErrReceipt
	}
	var e extra
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil || len(e.Salt) == 0 || !json.Valid(e.Record) {
		return nil, ErrReceipt
	}
	r.Record, r.Salt = e.Record, e.Salt
	index, ok := strings.CutPrefix(lines[2], "index ")
	if !ok {
		return nil, ErrReceipt
	}
	if r.Index, ok = decimal(index); !ok {
		return nil, ErrReceipt
	}
	for _, line := range lines[3:] {
		h, err := hash(line)
		if err != nil {
			return nil, ErrReceipt
		}
		r.Path = append(r.Path, h)
	}
	return r, nil
}

// Proven is what a receipt proves.
type Proven struct {
	Checkpoint Checkpoint
	// Witnesses are the names of those among the known ones that cosigned.
	Witnesses []string
}

// Verify checks that the record stands at its place in a tree that the log
// signed and at least quorum of the witnesses cosigned. The errors are
// ErrSignature, ErrIncluded and ErrWitnesses.
func (r *Receipt) Verify(log note.Verifier, quorum int, witnesses ...note.Verifier) (Proven, error) {
	c, seen, err := Open(r.Signed, log, witnesses...)
	if err != nil {
		return Proven{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	leaf := tlog.RecordHash(Commitment(r.Salt, r.Record))
	if r.Index >= c.Size || tlog.CheckRecord(r.Path, c.Size, c.Root, r.Index, leaf) != nil {
		return Proven{}, ErrIncluded
	}
	if len(seen) < quorum {
		return Proven{}, fmt.Errorf("%w: %s of %s", ErrWitnesses, strconv.Itoa(len(seen)), strconv.Itoa(quorum))
	}
	return Proven{Checkpoint: c, Witnesses: seen}, nil
}
