package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"maru/domain/audit"
	"maru/domain/registry/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/once"
	pstore "maru/platform/store"
)

// Deps are what registers stand on.
type Deps struct {
	DB     *pstore.DB
	Clock  clock.Clock
	Keys   *crypto.Keys
	Bodies Bodies
}

// Service keeps registers. It is safe for concurrent use.
type Service struct{ d Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Register is a register with one of its versions.
type Register struct {
	ID        kernel.ID
	Number    int64
	Def       Definition
	State     string // of the version: Proposed, Active or Past
	By        kernel.ID
	Second    kernel.ID
	ChangedAt kernel.Time // when the version was proposed, then settled
	Records   int
	Hash      string // of the definition as it is kept; whoever confirms says it
}

func hashOf(body string) string {
	h := sha256.Sum256([]byte(body))
	return hex.EncodeToString(h[:])
}

// The states of a version.
const (
	Proposed = "proposed"
	Active   = "active"
	Past     = "past"
)

// Record is one entry as it is shown.
type Record struct {
	ID        kernel.ID
	Version   string // under which it was last written
	Rev       int64
	Fields    Values
	CreatedAt kernel.Time
	ChangedAt kernel.Time
}

// Purposes are what somebody may look at a record for.
var Purposes = []string{"keep", "decide", "complaint", "law"}

// Look is why a record is read or written, and by which program.
type Look struct {
	Purpose string // one of Purposes
	App     string // what the caller says it is; for the record only
}

const maxApp = 200 // bytes of a program's name

func (l *Look) check() error {
	if !slices.Contains(Purposes, l.Purpose) {
		return kernel.E(kernel.Invalid, "registry.error.form", nil).Field("purpose", "registry.error.purpose", nil)
	}
	l.App = clip(l.App)
	return nil
}

// clip keeps printable ASCII of a program's name.
func clip(s string) string {
	b := []byte(s[:min(len(s), maxApp)])
	return string(slices.DeleteFunc(b, func(c byte) bool { return c < ' ' || c > '~' }))
}

func (s *Service) now() kernel.Time { return s.d.Clock.Now() }

// errNone is the one answer to what is absent and to what is another's.
var errNone = kernel.E(kernel.NotFound, "registry.error.none", nil)

// official refuses whoever keeps no register.
func official(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return err
	}
	if !actor.Has(authz.Official) {
		return kernel.E(kernel.Forbidden, "registry.error.officials_only", nil)
	}
	return nil
}

// own is a register that the official's body keeps, with the version under a
// label, "" for the one in force. Anything else is absent.
func (s *Service) own(tx *pstore.Tx, actor authz.Actor, code, version string) (*Register, error) {
	if err := official(actor); err != nil {
		return nil, err
	}
	row, err := store.GetRegister(tx, code)
	if err != nil {
		return nil, err
	}
	if !actor.HasIn(authz.Official, row.Agency) || row.Version == "" {
		return nil, errNone
	}
	if version == "" {
		version = row.Version
	}
	v, err := store.GetVersion(tx, row.ID, version)
	if err != nil {
		return nil, err
	}
	if v.State == Proposed {
		return nil, errNone
	}
	return s.register(row, v)
}

func (s *Service) register(row *store.Register, v *store.Version) (*Register, error) {
	r := &Register{ID: row.ID, Number: row.Number, State: v.State, By: v.By, Second: v.Second, ChangedAt: max(v.At, v.Settled), Hash: hashOf(v.Body)}
	if err := json.Unmarshal([]byte(v.Body), &r.Def); err != nil {
		return nil, fmt.Errorf("registry: definition of %s: %w", row.Code, err)
	}
	if v.State != Proposed {
		r.Def.Agency = row.Agency // who keeps it now keeps what was written by older versions
	}
	return r, nil
}

// RegisterName is what the register in force under a code is called, "" for none.
func (s *Service) RegisterName(ctx context.Context, code string, l kernel.Lang) (name string, err error) {
	err = s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		row, err := store.GetRegister(tx, code)
		if err != nil {
			return err
		}
		v, err := store.GetVersion(tx, row.ID, row.Version)
		if err != nil {
			return err
		}
		r, err := s.register(row, v)
		if err == nil {
			name = r.Def.Name.In(l)
		}
		return err
	})
	if kernel.Is(err, kernel.NotFound) {
		return "", nil
	}
	return name, err
}

// record writes the log's row of an act on a record, about the person it names.
// It is an act of office, also where the official is that person.
func (s *Service) record(tx *pstore.Tx, actor authz.Actor, act string, r *Register, id kernel.ID, person string, look Look) error {
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Office: true, Act: "registry." + act, Object: ObjectOf(r.Def.Code), Subject: person, Agency: r.Def.Agency,
		Purpose: "registry.purpose." + look.Purpose, Basis: r.Def.Basis, Detail: Detail{Record: id, Version: r.Def.Version, App: look.App}})
}

// ObjectOf is what the log calls a register.
func ObjectOf(code string) string { return "register:" + code }

// Detail is what the log says of an act beside.
type Detail struct {
	Record  kernel.ID `json:"record"`
	Version string    `json:"version"`
	App     string    `json:"app,omitempty"`
}

func sealedAs(record kernel.ID) string { return "registry.record:" + string(record) }

func (s *Service) seal(id kernel.ID, v Values) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.d.Keys.Seal(sealedAs(id), b)
}

func (s *Service) open(row *store.Record) (*Record, error) {
	b, err := s.d.Keys.Open(sealedAs(row.ID), row.Fields)
	if err != nil {
		return nil, err
	}
	out := &Record{ID: row.ID, Version: row.Version, Rev: row.Rev, CreatedAt: row.CreatedAt, ChangedAt: row.ChangedAt}
	return out, Decode(b, &out.Fields)
}

// load reads a record as it is kept, and opens it.
func (s *Service) load(tx *pstore.Tx, r *Register, id kernel.ID) (*store.Record, *Record, error) {
	row, err := store.GetRecord(tx, r.ID, id)
	if err != nil {
		return nil, nil, err
	}
	rec, err := s.open(row)
	return row, rec, err
}

// The names of indexes. Ids of fields hold neither sign.
const (
	keyIndex    = "="
	uniqueIndex = "+"
	personIndex = "@"
)

// mac is the keyed hash under which a record is found.
func (s *Service) mac(register kernel.ID, name string, values []string) ([]byte, error) {
	b, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return s.d.Keys.MAC("registry.index:"+string(register)+":"+name, b), nil
}

// indexes are the keyed hashes of a record. A unique set with a value missing
// binds nothing.
func (s *Service) indexes(r *Register, v Values) ([]store.Index, error) {
	var out []store.Index
	add := func(name string, single bool, fields ...string) error {
		values := make([]string, len(fields))
		for i, f := range fields {
			if values[i] = plain(v[f]); values[i] == "" {
				return nil
			}
		}
		mac, err := s.mac(r.ID, name, values)
		out = append(out, store.Index{Name: name, MAC: mac, Single: single})
		return err
	}
	if r.Def.Key != "" {
		if err := add(keyIndex, true, r.Def.Key); err != nil {
			return nil, err
		}
	}
	for i, set := range r.Def.Unique {
		if err := add(uniqueName(i), true, set...); err != nil {
			return nil, err
		}
	}
	if r.Def.Person != "" {
		if err := add(personIndex, false, r.Def.Person); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func uniqueName(i int) string { return fmt.Sprintf("%s%d", uniqueIndex, i) }

// person is whom a record is about, "" for nobody.
func (r *Register) person(v Values) string {
	if r.Def.Person == "" {
		return ""
	}
	return plain(v[r.Def.Person])
}

// once tells what was made under a key; the same key for something else is a
// Conflict.
func (s *Service) once(tx *pstore.Tx, account kernel.ID, key string, what any, id kernel.ID) (prior kernel.ID, err error) {
	return once.Keys{Room: "registry", Made: "record", Keys: s.d.Keys}.Take(tx, account, key, what, id, s.now())
}

// verify is an invariant for maru verify.
func (s *Service) verify(ctx context.Context) error {
	return s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		n, err := store.Broken(tx)
		if err == nil && n > 0 {
			err = fmt.Errorf("registry: %d rows without what they hang on", n)
		}
		return err
	})
}
