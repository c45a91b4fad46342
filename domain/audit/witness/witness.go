package witness

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"maru/domain/audit/proof"
	"maru/platform/clock"
	"maru/platform/durable"
)

// Why a checkpoint is not signed; the HTTP interface has a status for each.
var (
	ErrUnknown   = errors.New("witness: no such log is watched")
	ErrSignature = errors.New("witness: not signed by the log")
	ErrRequest   = errors.New("witness: malformed request")
	ErrContrary  = errors.New("witness: the checkpoint does not follow from the last one")
)

// SizeError says that the log's last checkpoint is another than the sender
// thinks; Size is that of the last one.
type SizeError struct{ Size int64 }

func (e *SizeError) Error() string {
	return fmt.Sprintf("witness: the last checkpoint has size %d", e.Size)
}

// Witness watches logs. It is safe for concurrent use.
type Witness struct {
	dir   string
	key   *proof.Witness
	clock clock.Clock
	logs  map[string]note.Verifier // by origin
	lock  *os.File

	mu sync.Mutex // held while a checkpoint is checked and written
}

// Open takes a folder, makes its key at the first time, and watches the logs
// whose keys are given. It fails where another witness has the folder, or the
// folder's key is that of another name; name may be "" once the key is made.
func Open(dir, name string, logs []note.Verifier, c clock.Clock) (*Witness, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	lock, err := lockFolder(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("witness: another one has the folder %s: %w", dir, err)
	}
	w := &Witness{dir: dir, clock: c, logs: map[string]note.Verifier{}, lock: lock}
	for _, l := range logs {
		w.logs[l.Name()] = l
	}
	if w.key, err = loadKey(filepath.Join(dir, "key"), name); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return w, nil
}

// Close gives the folder back.
func (w *Witness) Close() error { return w.lock.Close() }

// VerifierKey is what others check this witness's signatures with.
func (w *Witness) VerifierKey() string { return w.key.VerifierKey() }

// loadKey reads the witness's name and secret, or makes them.
func loadKey(path, name string) (*proof.Witness, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		seed := make([]byte, 32)
		_, _ = rand.Read(seed) // never fails on the platforms Go supports
		b = []byte(name + "\n" + hex.EncodeToString(seed) + "\n")
		if _, err := proof.NewWitness(name, seed); err != nil {
			return nil, err
		}
		if err := writeFile(path, b); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("witness: key: %w", err)
	}
	known, coded, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	seed, err := hex.DecodeString(coded)
	if err != nil {
		return nil, fmt.Errorf("witness: key file %s: %w", path, err)
	}
	if name != "" && name != known {
		return nil, fmt.Errorf("witness: the folder's key is that of %s", known)
	}
	return proof.NewWitness(known, seed)
}

func writeFile(path string, b []byte) error {
	err := durable.Write(path, func(f io.Writer) error {
		_, err := f.Write(b)
		return err
	})
	if err != nil {
		return fmt.Errorf("witness: write %s: %w", path, err)
	}
	return nil
}

// OriginHash is how a log is named in addresses.
func OriginHash(origin string) string {
	h := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(h[:])
}

func (w *Witness) path(origin string) string {
	return filepath.Join(w.dir, OriginHash(origin)+".checkpoint")
}

// Latest is the last checkpoint of a log with the log's and this witness's
// signature, "" before the first.
func (w *Witness) Latest(origin string) (string, error) {
	b, err := os.ReadFile(w.path(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("witness: %w", err)
	}
	return string(b), nil
}

// last is the head of what was signed last, of size 0 before the first.
func (w *Witness) last(l note.Verifier) (proof.Checkpoint, error) {
	signed, err := w.Latest(l.Name())
	if err != nil || signed == "" {
		return proof.Checkpoint{Origin: l.Name()}, err
	}
	c, _, err := proof.Open(signed, l)
	return c, err
}

// Add checks that a signed checkpoint follows from the last one, of size old,
// by a consistency proof, and returns the line of its cosignature. The errors
// are ErrUnknown, ErrSignature, ErrRequest, ErrContrary and *SizeError.
func (w *Witness) Add(old int64, path []tlog.Hash, signed string) (string, error) {
	origin, _, _ := strings.Cut(signed, "\n")
	l, ok := w.logs[origin]
	if !ok {
		return "", ErrUnknown
	}
	c, _, err := proof.Open(signed, l)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if old > c.Size {
		return "", ErrRequest
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	last, err := w.last(l)
	if err != nil {
		return "", err
	}
	if old != last.Size {
		return "", &SizeError{Size: last.Size}
	}
	if !follows(last, c, path) {
		return "", ErrContrary
	}
	line := w.key.Line(c.Text(), int64(w.clock.Now())/1e6)
	if err := w.write(origin, c, signed, l, line); err != nil {
		return "", err
	}
	return line, nil
}

// write keeps the checkpoint with the signatures that are known to hold.
func (w *Witness) write(origin string, c proof.Checkpoint, signed string, l note.Verifier, line string) error {
	n, err := note.Open([]byte(signed), note.VerifierList(l))
	if err != nil {
		return err
	}
	n.UnverifiedSigs = nil
	kept, err := note.Sign(n)
	if err != nil {
		return err
	}
	return writeFile(w.path(origin), append(kept, line...))
}

// follows tells whether the tree of next begins with that of last.
func follows(last, next proof.Checkpoint, path []tlog.Hash) bool {
	empty, _ := tlog.TreeHash(0, nil)
	switch {
	case next.Size == 0:
		return next.Root == empty && len(path) == 0
	case last.Size == 0:
		return len(path) == 0
	case last.Size == next.Size:
		return last.Root == next.Root && len(path) == 0
	}
	return tlog.CheckTree(path, next.Size, next.Root, last.Size, last.Root) == nil
}
