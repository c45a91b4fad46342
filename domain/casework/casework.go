package casework

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"maru/domain/casework/internal/store"
	"maru/domain/casework/internal/words"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/blob"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/i18n"
	pstore "maru/platform/store"
)

// Deps is everything casework works with.
type Deps struct {
	DB        *pstore.DB
	Clock     clock.Clock
	Keys      *crypto.Keys
	Blobs     *blob.Store
	Events    *events.Bus
	Catalog   Catalog
	Agencies  Agencies
	Registers Registers
	Calendar  Calendar
	Cashier   Cashier
	Officials Officials
	Counter   Counter
	Delegates Delegates // nil: nobody acts for anybody
	Texts     *i18n.Catalog
	Log       *slog.Logger
}

// Service does casework's acts. Each act is safe to call from many goroutines
// and many copies of the program at once.
type Service struct {
	Deps
	merging sync.Mutex // held while this copy merges words
	words   words.Memory
	// recounting: cases are only written, see Recount; nothing can be read.
	recounting bool
	unused     func(number string) bool // of a recounted case; nil for any
	dealing    sync.Mutex               // held while this copy deals cases out
}

// New makes the service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Application is an application as stored.
type Application = store.Application

// Party, Event, Document and File are rows that belong to an application.
type (
	Party    = store.Party
	Event    = store.Event
	Document = store.Document
	File     = store.File
)

// The statuses of an application.
const (
	Draft      = "draft"                // only the applicant sees it
	Signatures = "awaiting_signatures"  // others must confirm first
	Payment    = "awaiting_payment"     // the fee is not paid yet
	Submitted  = "submitted"            // numbered, on the desk, nobody's yet
	InReview   = "in_review"            // an official has it
	Correction = "correction_requested" // the office's clock stands still
	SecondLook = "second_look"          // a second official confirms (four eyes)
	Decided    = "decided"
	Objected   = "objection" // decided, and the applicant objects
	Withdrawn  = "withdrawn"
)

// The decisions an application can end in.
const (
	Granted       = "granted"
	PartlyGranted = "partly_granted"
	Refused       = "refused"
	Accepted      = "accepted"
	Returned      = "returned"
	Replied       = "replied"
	Dismissed     = "dismissed" // of an objection: the decision stands
)

// Adverse tells whether a decision takes something away or keeps it back, so
// that it must carry reason, law and the way to object (행정절차법 제23조, 제26조).
func Adverse(decision string) bool {
	return decision == Refused || decision == PartlyGranted || decision == Returned || decision == Dismissed
}

// Content is what an application says: the answers, where prefilled ones come
// from, and the facts that registers gave. It is stored sealed.
type Content struct {
	Applicant string                  `json:"applicant"` // name as the account or register has it
	Answers   map[string]kernel.Value `json:"answers"`
	Sources   map[string]Source       `json:"sources,omitempty"`
	Facts     map[string]kernel.Value `json:"facts,omitempty"`
	// Told are the questions whose answers the applicant told elsewhere, and when:
	// what registers know goes before it, and so does another answer.
	Told map[string]kernel.Date `json:"told,omitempty"`
	// DateFacts are the facts that are dates: in JSON they look like texts.
	DateFacts []string `json:"date_facts,omitempty"`
	// Members are whom the applicant may name, as registers told under consent.
	Members []Member `json:"members,omitempty"`
	// People are the names of the registered persons whom answers mention.
	People  map[string]string `json:"people,omitempty"`
	Pending *Proposal         `json:"pending,omitempty"` // decision awaiting the second official
	// Fee is what the application costs since it was handed in.
	Fee *Fee `json:"fee,omitempty"`
	// Parts are the decisions on the entries, Objects the entries that an
	// objection names.
	Parts   []PartDecision `json:"parts,omitempty"`
	Objects []string       `json:"objects,omitempty"`

	booked bool // handed in: a visit is booked outside of the answers' check
}

// Known are the persons whose names answers may mention.
func (c *Content) Known() []Member {
	out := append([]Member(nil), c.Members...)
	for id, name := range c.People {
		out = append(out, Member{Person: id, Name: name})
	}
	return out
}

// disputed tells whether the applicant says that a register is wrong.
func (c *Content) disputed() bool {
	for _, s := range c.Sources {
		if s.Disputed {
			return true
		}
	}
	return false
}

// Source says where a prefilled answer comes from.
type Source struct {
	Registry string      `json:"registry"`
	AsOf     kernel.Date `json:"as_of"`
	// Disputed: the applicant said "this is wrong" and gave another value.
	Disputed bool `json:"disputed,omitempty"`
}

// Case is an application opened for an actor who may see it.
type Case struct {
	*Application
	Content Content
	Service *catalog.Service
	Parties []PartyView
	Files   []FileView
	Events  []EventView
	Visit   *Visit // nil when none is booked
	// AnswerBy is the last day for the answer to a request for correction.
	AnswerBy kernel.Date

	Joint      []Joint // what other agencies were asked
	visitAsked bool    // the answers call for a visit
}

// PartyView, FileView and EventView are rows with their sealed texts opened.
type PartyView struct {
	*Party
	Name string
}

// FileView is a file with its name.
type FileView struct {
	*File
	Name string
}

// EventView is a timeline entry with its text.
type EventView struct {
	*Event
	Note string
}

func (s *Service) today() kernel.Date { return s.Clock.Now().DateIn(kernel.Seoul) }

func (s *Service) sealContent(a *Application, c Content) error {
	c.DateFacts = nil
	for id, v := range c.Facts {
		if v.Kind() == kernel.DateValue {
			c.DateFacts = append(c.DateFacts, id)
		}
	}
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	a.Answers, err = s.Keys.Seal("casework.answers:"+string(a.ID), b)
	return err
}

func (s *Service) openContent(a *Application, svc *catalog.Service) (Content, error) {
	c := Content{Answers: map[string]kernel.Value{}}
	if len(a.Answers) == 0 {
		return c, nil // purged
	}
	b, err := s.Keys.Open("casework.answers:"+string(a.ID), a.Answers)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, err
	}
	retype(svc, c.Answers)
	for _, id := range c.DateFacts {
		if c.Facts[id], err = c.Facts[id].As(kernel.DateValue); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (s *Service) sealText(application kernel.ID, text string) ([]byte, error) {
	if text == "" {
		return []byte{}, nil
	}
	return s.Keys.Seal("casework.text:"+string(application), []byte(text))
}

func (s *Service) openText(application kernel.ID, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	b, err := s.Keys.Open("casework.text:"+string(application), sealed)
	return string(b), err
}

// Definition is the version of the service that the application pins.
func (s *Service) Definition(ctx context.Context, a *Application) (*catalog.Service, error) {
	return s.Catalog.Pinned(ctx, catalog.Ref{ServiceID: a.Service, Pack: a.Pack})
}

// record adds a timeline entry of the actor.
func (s *Service) record(tx *pstore.Tx, a *Application, now kernel.Time, actor authz.Actor, act, code, note string, shared bool) error {
	sealed, err := s.sealText(a.ID, note)
	if err != nil {
		return err
	}
	kind, by, at := "applicant", actor.Account, a.Agency
	switch {
	case actor.System != "":
		kind = "rule"
	case actor.Assisted():
		kind, by, at = "assisted", actor.Helper.Account, actor.Helper.Agency
	case actor.Mandated():
		kind, by = "delegate", actor.Helper.Account
	case actor.Account != a.Account && actor.Has(authz.Official):
		kind = "official"
	case actor.Account != a.Account:
		kind = "party"
	}
	return store.AddEvent(tx, a, &Event{ID: kernel.NewID(now), At: now, Act: act, Actor: by,
		ByKind: kind, Agency: at, Code: code, Note: sealed, Shared: shared})
}

// draftLife is how long an untouched draft is kept, and keyLife how long an
// idempotency key is remembered.
const (
	draftLife = 90 * 24 * time.Hour
	keyLife   = 30 * 24 * time.Hour
)
