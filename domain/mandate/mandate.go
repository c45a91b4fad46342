package mandate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"maru/domain/audit"
	"maru/domain/mandate/contract"
	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/once"
	pstore "maru/platform/store"
)

// What a mandate rests on.
const (
	ByLaw      = "law"
	ByOrder    = "order"
	ByRegister = "register"
	ByMandate  = "mandate"
)

// The states of a mandate.
const (
	Offered  = "offered"  // waits for the one it is for
	Proposed = "proposed" // an order that waits for the second official
	Active   = "active"
	Ended    = "ended"
)

// By whom a mandate ended.
const (
	EndedByPrincipal = "principal"
	EndedByActor     = "actor"
	EndedByOffice    = "office"
	EndedDeclined    = "declined" // by the second official
	EndedByLaw       = "law"      // the register says otherwise now
)

// Deps are what mandates stand on. Log, Events and Counter may be nil.
type Deps struct {
	DB       *pstore.DB
	Clock    clock.Clock
	Keys     *crypto.Keys
	Log      *slog.Logger
	Events   *events.Bus
	Register Register
	Accounts Accounts
	Names    Names
	Counter  Counter
}

// Service keeps and decides mandates. It is safe for concurrent use.
type Service struct {
	d      Deps
	themes []Theme
	papers []string // services of registers' papers
}

// New makes the service; Start checks it against the store.
func New(d Deps) (*Service, error) {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	list, err := readThemes(themeFile)
	if err != nil {
		return nil, err
	}
	return &Service{d, list.Themes, list.Papers}, nil
}

// Mandate is a row with its names opened.
type Mandate struct {
	*store.Row
	Names Inside
	Theme Theme // as it was frozen
}

// Inside is what a row keeps sealed.
type Inside struct {
	Principal string      `json:"principal"`
	Actor     string      `json:"actor"` // as offered, then as the register has it
	Birth     kernel.Date `json:"birth,omitzero"`
	Kind      string      `json:"kind,omitempty"` // of a guardianship, of Kinds; "" is that of an adult
	Court     string      `json:"court,omitempty"`
	Case      string      `json:"case,omitempty"`
	Ordered   kernel.Date `json:"ordered,omitzero"`
}

// Holds tells whether the mandate can be used at now, as far as its row says.
func (m *Mandate) Holds(now kernel.Time) bool {
	return m.State == Active && now >= m.Since && (m.Until == 0 || now < m.Until)
}

func (s *Service) now() kernel.Time { return s.d.Clock.Now() }

func (s *Service) today() kernel.Date { return s.now().DateIn(kernel.Seoul) }

func sealedAs(id kernel.ID) string { return "mandate.names:" + string(id) }

func (s *Service) seal(id kernel.ID, in Inside) ([]byte, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	return s.d.Keys.Seal(sealedAs(id), b)
}

// open makes a Mandate of a row.
func (s *Service) open(tx *pstore.Tx, row *store.Row) (*Mandate, error) {
	b, err := s.d.Keys.Open(sealedAs(row.ID), row.Names)
	if err != nil {
		return nil, err
	}
	m := &Mandate{Row: row}
	if err := json.Unmarshal(b, &m.Names); err != nil {
		return nil, err
	}
	m.Theme, err = s.frozen(tx, row.Theme, row.Version)
	return m, err
}

func (s *Service) openAll(tx *pstore.Tx, rows []*store.Row) ([]*Mandate, error) {
	out := make([]*Mandate, 0, len(rows))
	for _, r := range rows {
		m, err := s.open(tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// enter keeps a new mandate: its theme as it is now, its names sealed, and the act
// in the log, at the office that registers it if one does.
func (s *Service) enter(tx *pstore.Tx, actor authz.Actor, act string, theme Theme, row *store.Row, names Inside) (*Mandate, error) {
	if err := s.freeze(tx, theme); err != nil {
		return nil, err
	}
	var err error
	if row.Names, err = s.seal(row.ID, names); err != nil {
		return nil, err
	}
	if err := store.Insert(tx, row); err != nil {
		return nil, err
	}
	if err := s.record(tx, actor, act, row, row.Agency); err != nil {
		return nil, err
	}
	return s.open(tx, row)
}

// record writes the log's row of an act on a mandate, about its principal.
func (s *Service) record(tx *pstore.Tx, actor authz.Actor, act string, m *store.Row, agency string) error {
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: "mandate." + act, Object: "mandate:" + string(m.ID), Subject: m.Principal,
		Purpose: "mandate.purpose.representation", Agency: agency,
		Detail: map[string]any{"basis": m.Basis, "theme": m.Theme, "version": m.Version}})
}

// tell publishes what became of a mandate to one person.
func (s *Service) tell(tx *pstore.Tx, m *store.Row, person, what string) error {
	if s.d.Events == nil || person == "" {
		return nil
	}
	return s.d.Events.Publish(tx, contract.Changed, contract.Change{Mandate: m.ID, Person: person, What: what})
}

// person refuses whoever may not deal with mandates for themselves.
func (s *Service) person(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return err
	}
	if err := actor.Alone(); err != nil {
		return err
	}
	if err := noApp(actor); err != nil {
		return err
	}
	if !actor.Proven() {
		return kernel.E(kernel.Forbidden, "mandate.error.prove_first", nil)
	}
	return nil
}

// noApp refuses a program that the person let in: it acts for that person, and
// hands no power over them, or over others, on.
func noApp(actor authz.Actor) error {
	if actor.Token && actor.Proof.Level != 0 {
		return kernel.E(kernel.Forbidden, "mandate.error.no_apps", nil)
	}
	return nil
}

// errDenied is the one answer to whatever is not allowed: it has no reason,
// because a reason would tell of the principal.
var errDenied = kernel.E(kernel.Forbidden, "mandate.error.denied", nil)

// once tells what was made under a key; the same key for something else is a
// Conflict.
func (s *Service) once(tx *pstore.Tx, account kernel.ID, key string, what any, id kernel.ID) (prior kernel.ID, err error) {
	return once.Keys{Room: "mandate", Made: "mandate", Keys: s.d.Keys}.Take(tx, account, key, what, id, s.now())
}

// dayEnd is the first instant after a day here.
func dayEnd(d kernel.Date) kernel.Time { return kernel.TimeOf(d.AddDays(1).In(kernel.Seoul)) }

// majority is the day somebody comes of age (민법 제4조: 19 years).
func majority(birth kernel.Date) kernel.Time {
	return kernel.TimeOf(time.Date(int(birth.Year)+19, time.Month(birth.Month), int(birth.Day), 0, 0, 0, 0, kernel.Seoul))
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// living is the person as registers know them; who is dead or unknown is denied.
func (s *Service) living(ctx context.Context, person string) (Person, error) {
	p, err := s.d.Register.Person(ctx, person)
	if kernel.Is(err, kernel.NotFound) || err == nil && !p.Alive {
		return Person{}, errDenied
	}
	if err != nil {
		return Person{}, fmt.Errorf("mandate: register: %w", err)
	}
	return p, nil
}
