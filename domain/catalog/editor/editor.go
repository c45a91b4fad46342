package editor

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"maru/domain/audit"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
)

// Deps is what the editor needs.
type Deps struct {
	DB      *store.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Catalog *catalog.Service
	Bodies  Bodies
	Hooks   catalog.Hooks // the checks that other rooms know how to make
}

// Service is the editor.
type Service struct {
	deps Deps

	one sync.Mutex // one check at a time: each reads a whole pack

	mu       sync.Mutex
	archives []kept[[]byte] // of versions, which never change
	reports  []kept[*Report]
	errors   []kept[map[string]bool] // errors of versions, by text
}

type kept[T any] struct {
	key   string
	value T
}

// New makes the editor.
func New(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = clock.System()
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{deps: d}
}

// States of a draft.
const (
	Open      = "open"      // worked on
	Proposed  = "proposed"  // waits for a second person
	Approved  = "approved"  // part of a version
	Discarded = "discarded" // given up
)

// Acts on a draft, as its record tells them.
const (
	ActStarted   = "started"
	ActSaved     = "saved"
	ActProposed  = "proposed"
	ActWithdrawn = "withdrawn"
	ActSentBack  = "sent_back"
	ActApproved  = "approved"
	ActDiscarded = "discarded"
	ActMerged    = "merged"

	actKeyed = "keyed" // a save under an idempotency key; not shown
)

// Draft is a change to one service that is worked on.
type Draft struct {
	ID        kernel.ID
	Service   string
	Agency    string // whose editors work on it
	Base      string // hash of the version it began with
	Revision  int64
	State     string
	Why       string
	From      kernel.Date // zero until proposed
	ChangedAt kernel.Time
	Pack      string // hash of the version that came of it
	Acts      []Act  // the earliest first

	proposedBy, proposedPerson, proposedAgency string
}

// Act is one entry of a draft's record.
type Act struct {
	Act    string
	At     kernel.Time
	Name   string // of who did it, as the account says
	Agency string
	Note   string // the reason, where one is given

	account, person string
}

// Last is the latest act of a kind.
func (d *Draft) Last(act string) (Act, bool) {
	for _, a := range slices.Backward(d.Acts) {
		if a.Act == act {
			return a, true
		}
	}
	return Act{}, false
}

// Returned tells whether the draft was sent back since it was proposed last.
func (d *Draft) Returned() bool {
	proposed, _ := d.Last(ActProposed)
	back, ok := d.Last(ActSentBack)
	return ok && proposed.At <= back.At
}

// LastAct is the latest of all.
func (d *Draft) LastAct() Act {
	if len(d.Acts) == 0 {
		return Act{}
	}
	return d.Acts[len(d.Acts)-1]
}

func fromRow(r cstore.Draft, acts []cstore.Act) *Draft {
	d := &Draft{ID: kernel.ID(r.ID), Service: r.Service, Agency: r.Agency, Base: r.Base, Revision: r.Revision, State: r.State, Why: r.Why,
		ChangedAt: r.ChangedAt, Pack: r.Pack, proposedBy: r.ProposedBy, proposedPerson: r.ProposedPerson, proposedAgency: r.ProposedAgency}
	if from, err := kernel.ParseDate(r.From); err == nil {
		d.From = from
	}
	for _, a := range acts {
		if a.Act == actKeyed {
			continue
		}
		d.Acts = append(d.Acts, Act{Act: a.Act, At: a.At, Name: a.Name, Agency: a.Agency, Note: a.Note, account: a.Account, person: a.Person})
	}
	return d
}

// service is the definition in force; NotFound when the pack has none.
func (s *Service) service(id string) (*contract.Service, error) {
	svc, ok := s.deps.Catalog.Service(id)
	if !ok {
		return nil, kernel.E(kernel.NotFound, "catalog.no_service", nil)
	}
	return svc, nil
}

// archive is a stored version.
func (s *Service) archive(ctx context.Context, hash string) ([]byte, error) {
	if data, ok := get(s, &s.archives, hash); ok {
		return data, nil
	}
	data, err := s.deps.Catalog.Archive(ctx, hash)
	if err != nil {
		return nil, err
	}
	put(s, &s.archives, hash, data, 6)
	return data, nil
}

// folder is what a stored version holds of a service.
func (s *Service) folder(ctx context.Context, hash, service string) (map[string]string, error) {
	data, err := s.archive(ctx, hash)
	if err != nil {
		return nil, err
	}
	return catalog.Folder(data, service)
}

func get[T any](s *Service, list *[]kept[T], key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range *list {
		if k.key == key {
			return k.value, true
		}
	}
	var none T
	return none, false
}

func put[T any](s *Service, list *[]kept[T], key string, value T, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*list = append(*list, kept[T]{key, value})
	if len(*list) > most {
		*list = slices.Delete(*list, 0, len(*list)-most)
	}
}

// record writes an act to the draft's own record and to the audit log.
func (s *Service) record(ctx context.Context, tx *store.Tx, actor authz.Actor, r cstore.Draft, agency, act, note string) error {
	now := s.deps.Clock.Now()
	a := cstore.Act{ID: actID(ctx, actor, now), Act: act, At: now, Account: string(actor.Account), Person: actor.Person, Name: actor.Name, Agency: agency, Note: note}
	if act == ActSaved {
		// One line of the record for each editor, and none of the log: it is of
		// what becomes of drafts, not of every line. A key has its own row.
		if strings.HasPrefix(a.ID, "key:") {
			keyed := a
			keyed.Act = actKeyed
			if err := cstore.AddAct(tx, r.ID, keyed); err != nil {
				return err
			}
		}
		a.ID = "saved:" + string(actor.Account)
		return cstore.AddAct(tx, r.ID, a)
	}
	if err := cstore.AddAct(tx, r.ID, a); err != nil {
		return err
	}
	return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "catalog.draft_" + act, Object: "draft:" + r.ID, Purpose: "catalog.purpose.activate",
		Service: r.Service, Agency: agency, Detail: map[string]string{"from": r.From, "why": r.Why, "note": note, "pack": r.Pack}})
}

func (s *Service) today() kernel.Date { return s.deps.Clock.Now().DateIn(kernel.Seoul) }
