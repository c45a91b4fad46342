package proof

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrCheckpoint is a text that is no checkpoint, or one of another log.
var ErrCheckpoint = errors.New("proof: not a checkpoint of this log")

// Verifier checks the signatures of one key.
type Verifier = note.Verifier

// NewLogVerifier reads a log's key, as maru log key prints it.
func NewLogVerifier(key string) (Verifier, error) { return note.NewVerifier(strings.TrimSpace(key)) }

// Checkpoint is the head of a log's tree.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// Text is the body that is signed: origin, decimal size and base64 root, a
// line each.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// ParseCheckpoint reads the body of a checkpoint, not its signatures. Lines
// after the third are allowed and mean nothing here.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" || lines[len(lines)-1] != "" {
		return Checkpoint{}, ErrCheckpoint
	}
	for _, extension := range lines[3 : len(lines)-1] {
		if extension == "" {
			return Checkpoint{}, ErrCheckpoint
		}
	}
	size, ok := decimal(lines[1])
	root, err := hash(lines[2])
	if !ok || err != nil {
		return Checkpoint{}, ErrCheckpoint
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// decimal reads a number without sign and without leading zeroes.
func decimal(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == s
}

func hash(s string) (tlog.Hash, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != tlog.HashSize {
		return tlog.Hash{}, ErrCheckpoint
	}
	return tlog.Hash(b), nil
}

// Open checks that a checkpoint is signed by the log whose key is given, and
// tells which of the witnesses cosigned it. Signatures of strangers are
// ignored.
func Open(signed string, log note.Verifier, witnesses ...note.Verifier) (Checkpoint, []string, error) {
	n, err := note.Open([]byte(signed), note.VerifierList(append([]note.Verifier{log}, witnesses...)...))
	if err != nil {
		return Checkpoint{}, nil, err
	}
	byLog := false
	var seen []string
	for _, s := range n.Sigs {
		if s.Name == log.Name() && s.Hash == log.KeyHash() {
			byLog = true
			continue
		}
		seen = append(seen, s.Name)
	}
	if !byLog {
		return Checkpoint{}, nil, ErrCheckpoint
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if c.Origin != log.Name() {
		return Checkpoint{}, nil, ErrCheckpoint
	}
	return c, seen, nil
}
