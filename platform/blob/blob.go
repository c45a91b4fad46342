package blob

import (
	"context"
	"embed"
	"io"
	"strconv"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
)

// chunkSize is how much of a file is sealed at a time (bytes).
const chunkSize = 256 << 10

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() store.Migrations { return store.Embedded("blob", migrations, "migrations") }

// Meta describes a stored file.
type Meta struct {
	ID        kernel.ID
	Name      string // cleaned, with the ending that fits the content
	Type      string // media type by content
	Size      int64  // bytes
	SHA256    string // hex
	CreatedAt kernel.Time
}

// Limits say what may be put.
type Limits struct {
	MaxBytes int64    // 0 means 10 MiB
	Types    []string // of "pdf", "png", "jpeg"; empty means all three
}

const defaultMaxBytes = 10 << 20

// Scanner looks for malware. An error refuses the file: of kind Invalid when
// something was found, anything else when it could not look.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) error
}

// Store keeps files.
type Store struct {
	db      *store.DB
	keys    *crypto.Keys
	clock   clock.Clock
	scanner Scanner
	usedBy  []func(tx *store.Tx, id kernel.ID) (bool, error)
}

// New makes a store of files. s may be nil: nothing is scanned then.
func New(db *store.DB, k *crypto.Keys, c clock.Clock, s Scanner) *Store {
	return &Store{db: db, keys: k, clock: c, scanner: s}
}

// UsedBy tells of somebody who keeps references to files: used reports whether
// one of them names id. Called before serving begins.
func (s *Store) UsedBy(used func(tx *store.Tx, id kernel.ID) (bool, error)) {
	s.usedBy = append(s.usedBy, used)
}

// What is sealed is bound to its place by these contexts.
func nameContext(id kernel.ID) string { return "blob.name:" + string(id) }

func chunkContext(id kernel.ID, no int) string {
	return "blob.chunk:" + string(id) + ":" + strconv.Itoa(no)
}
