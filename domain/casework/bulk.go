package casework

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"maru/domain/audit"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// One act on many cases is first shown as what it would do to each, then waits
// for some minutes in which it can be taken back, and is then done case by
// case, each as if by hand. What takes something away from a person is never
// done so: everybody is owed a reason of their own.

// Bulk is an act on several cases; BulkCase is what became of one.
type (
	Bulk     = store.Bulk
	BulkCase = store.BulkCase
)

// The statuses of a bulk act.
const (
	BulkWaiting = "waiting" // it can still be taken back
	BulkRunning = "running"
	BulkDone    = "done"
	BulkUndone  = "undone"
)

// The acts that can be done in bulk.
const (
	BulkAssign   = "assign"    // take the cases
	BulkHandOver = "hand_over" // give them to a colleague
	BulkAsk      = "ask"       // ask the applicants back
	BulkDecide   = "decide"    // decide, in the applicants' favour
)

// BulkActs lists them in the order in which they are offered.
var BulkActs = []string{BulkAssign, BulkHandOver, BulkAsk, BulkDecide}

const (
	// undoFor is how long a bulk act can be taken back.
	undoFor = 5 * time.Minute
	// bulkTries is for how long a case that fails is tried again.
	bulkTries = 24 * time.Hour
	// mostBulk bounds how many cases one takes.
	mostBulk = 100
	// bulkLife is how long what was done stays on its page.
	bulkLife = 30 * 24 * time.Hour
)

// BulkOrder is what an official wants done.
type BulkOrder struct {
	Act      string      `json:"act"`
	Cases    []kernel.ID `json:"-"`
	To       kernel.ID   `json:"to,omitempty"`       // for BulkHandOver
	Decision string      `json:"decision,omitempty"` // for BulkDecide
	// Text is the reason or the message, its blanks filled for each case; to a
	// colleague, a note as it stands.
	Text string `json:"text,omitempty"`
}

// BulkLine is what an order would do to one case.
type BulkLine struct {
	*Application
	Title kernel.Text
	Text  string        // as it would be read about this case
	Why   *kernel.Error // why it cannot be done, nil if it can
}

// Preview tells what an order would do, and changes nothing but the log of who
// looked.
func (s *Service) Preview(ctx context.Context, actor authz.Actor, o BulkOrder) ([]BulkLine, error) {
	if err := s.checkOrder(actor, &o); err != nil {
		return nil, err
	}
	out := make([]BulkLine, 0, len(o.Cases))
	for _, id := range o.Cases {
		c, err := s.Look(ctx, actor, id)
		var e *kernel.Error
		switch {
		case errors.As(err, &e) && (e.Kind == kernel.NotFound || e.Kind == kernel.Forbidden):
			out = append(out, BulkLine{Application: &Application{ID: id}, Why: e})
			continue
		case err != nil:
			return nil, err
		}
		line := BulkLine{Application: c.Application, Title: c.Service.Title, Text: s.said(o, c)}
		if err := s.bulkable(c, o); err != nil && !errors.As(err, &line.Why) {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

// checkOrder tells whether an order makes sense by itself.
func (s *Service) checkOrder(actor authz.Actor, o *BulkOrder) error {
	if _, err := deskAgency(actor, ""); err != nil {
		return err
	}
	bad := func(field, key string, args map[string]any) error {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(field, key, args)
	}
	o.Cases = slices.Compact(slices.Sorted(slices.Values(o.Cases)))
	switch {
	case !slices.Contains(BulkActs, o.Act):
		return bad("act", "casework.bulk.error.act", nil)
	case len(o.Cases) == 0:
		return bad("case", "casework.bulk.error.cases", nil)
	case len(o.Cases) > mostBulk:
		return bad("case", "casework.bulk.error.many", map[string]any{"max": mostBulk})
	case o.Act == BulkHandOver && o.To == "":
		return bad("to", "casework.bulk.error.to", nil)
	case o.Act == BulkDecide && o.Decision == "":
		return bad("decision", "casework.error.decision_missing", nil)
	case o.Act == BulkDecide && Adverse(o.Decision):
		return bad("decision", "casework.bulk.error.adverse", nil)
	}
	var err error
	o.Text, err = text("text", o.Text, o.Act == BulkDecide || o.Act == BulkAsk)
	return err
}

// said is an order's text for one case, in the language of documents.
func (s *Service) said(o BulkOrder, c *Case) string {
	if o.Act == BulkDecide || o.Act == BulkAsk {
		return s.Fill(&Template{Body: o.Text}, c, kernel.KO)
	}
	return o.Text
}

// bulkable tells whether an order can be done to a case as it is now.
func (s *Service) bulkable(c *Case, o BulkOrder) error {
	to := map[string]string{BulkAsk: Correction, BulkDecide: Decided}[o.Act]
	if !Open(c.Status) || to != "" && !slices.Contains(arrows[c.Status], to) {
		return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", c.Status)
	}
	if o.Act == BulkDecide {
		if c.Status == Objected { // an objection is weighed by itself
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", c.Status)
		}
		return allowed(c.Service, c.Application, Decision{Decision: o.Decision})
	}
	return nil
}

// Order takes an order: it is done when the time to take it back is over. The
// same key again gives the same bulk act.
func (s *Service) Order(ctx context.Context, actor authz.Actor, key string, o BulkOrder) (*Bulk, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if err := s.checkOrder(actor, &o); err != nil {
		return nil, err
	}
	body := struct {
		BulkOrder
		Cases []kernel.ID
	}{o, o.Cases}
	agency, err := s.bulkAgency(ctx, actor, o.Cases)
	if err != nil {
		return nil, err
	}
	params, err := json.Marshal(o)
	if err != nil {
		return nil, kernel.E(kernel.Internal, "", fmt.Errorf("casework: bulk order: %w", err))
	}
	var out *Bulk
	err = s.update(ctx, func(tx *pstore.Tx) error {
		now := s.Clock.Now()
		b := &Bulk{ID: kernel.NewID(now), Agency: agency, Account: actor.Account, Act: o.Act, Status: BulkWaiting, MadeAt: now, RunAt: now.Add(undoFor)}
		prior, fresh, err := store.TakeKey(tx, actor.Account, key, store.Key{Hash: s.actHash("bulk", "", body), Application: b.ID}, now)
		if err != nil {
			return err
		}
		if !fresh {
			if prior.Hash != s.actHash("bulk", "", body) {
				return kernel.E(kernel.Conflict, "casework.error.key_reused", nil)
			}
			out, err = store.GetBulk(tx, prior.Application)
			return err
		}
		if err := stillHere(tx, actor, agency); err != nil {
			return err
		}
		for _, id := range o.Cases {
			b.Cases = append(b.Cases, BulkCase{Application: id})
		}
		if b.Params, err = s.Keys.Seal("casework.bulk:"+string(b.ID), params); err != nil {
			return err
		}
		out = b
		if err := store.InsertBulk(tx, b); err != nil {
			return err
		}
		return bulkAudit(tx, now, actor, "casework.bulk", b)
	})
	return out, err
}

// bulkAgency is the one agency whose cases these are.
func (s *Service) bulkAgency(ctx context.Context, actor authz.Actor, cases []kernel.ID) (string, error) {
	agency := ""
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		for _, id := range cases {
			a, err := desk(tx, actor, id)
			switch {
			case kernel.Is(err, kernel.NotFound), kernel.Is(err, kernel.Forbidden):
				continue // told case by case when it is done
			case err != nil:
				return err
			case agency != "" && agency != a.Agency:
				return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("case", "casework.bulk.error.agencies", nil)
			}
			agency = a.Agency
		}
		return nil
	})
	if err == nil && agency == "" {
		err = kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("case", "casework.bulk.error.cases", nil)
	}
	return agency, err
}

// Bulk reads a bulk act of the official's own, with what it says.
func (s *Service) Bulk(ctx context.Context, actor authz.Actor, id kernel.ID) (*Bulk, BulkOrder, error) {
	var b *Bulk
	var o BulkOrder
	if _, err := deskAgency(actor, ""); err != nil {
		return nil, o, err
	}
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		b, err = s.ownBulk(tx, actor, id)
		return err
	})
	if err != nil {
		return nil, o, err
	}
	o, err = s.orderOf(b)
	return b, o, err
}

// NumberOf is the number of a case, "" when it is gone. It is no look at
// personal data.
func (s *Service) NumberOf(ctx context.Context, id kernel.ID) (number string, err error) {
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		a, err := store.Get(tx, id)
		if kernel.Is(err, kernel.NotFound) {
			return nil
		}
		if err == nil {
			number = a.Number
		}
		return err
	})
	return number, err
}

func (s *Service) ownBulk(tx *pstore.Tx, actor authz.Actor, id kernel.ID) (*Bulk, error) {
	b, err := store.GetBulk(tx, id)
	if err != nil {
		return nil, err
	}
	if b.Account != actor.Account {
		return nil, kernel.E(kernel.NotFound, "casework.bulk.error.none", nil)
	}
	return b, nil
}

func (s *Service) orderOf(b *Bulk) (o BulkOrder, err error) {
	params, err := s.Keys.Open("casework.bulk:"+string(b.ID), b.Params)
	if err != nil {
		return o, err
	}
	return o, json.Unmarshal(params, &o)
}

// Undo takes a bulk act back while that is possible.
func (s *Service) Undo(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if _, err := deskAgency(actor, ""); err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		b, err := s.ownBulk(tx, actor, id)
		if err != nil || b.Status == BulkUndone {
			return err
		}
		turned, err := store.TurnBulk(tx, id, BulkWaiting, BulkUndone)
		if err != nil {
			return err
		}
		if !turned {
			return kernel.E(kernel.Conflict, "casework.bulk.error.late", nil)
		}
		return bulkAudit(tx, s.Clock.Now(), actor, "casework.bulk_undo", b)
	})
}

func bulkAudit(tx *pstore.Tx, now kernel.Time, actor authz.Actor, act string, b *Bulk) error {
	return audit.Append(tx, now, audit.Entry{Actor: actor, Act: act, Object: "bulk:" + string(b.ID), Purpose: "casework.purpose.handling", Agency: b.Agency})
}

// RunBulks does what has waited long enough. A program that stops half-way, and
// another one that goes on, do each case once.
func (s *Service) RunBulks(ctx context.Context) error {
	now := s.Clock.Now()
	var due []kernel.ID
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		due, err = store.BulksDue(tx, now)
		return err
	})
	for _, id := range due {
		err = errors.Join(err, s.runBulk(ctx, id))
	}
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error { return store.ForgetBulks(tx, now.Add(-bulkLife)) })
}

func (s *Service) runBulk(ctx context.Context, id kernel.ID) error {
	var b *Bulk
	err := s.update(ctx, func(tx *pstore.Tx) (err error) {
		if _, err = store.TurnBulk(tx, id, BulkWaiting, BulkRunning); err != nil {
			return err
		}
		b, err = store.GetBulk(tx, id)
		return err
	})
	if err != nil || b.Status != BulkRunning {
		return err
	}
	o, err := s.orderOf(b)
	if err != nil {
		return err
	}
	actor, err := s.officialNow(ctx, b)
	if err != nil {
		return err
	}
	vain := 0
	var later error // what kept cases waiting for the next run
	for _, c := range b.Cases {
		if c.Outcome == "" {
			c.Outcome = "done"
			var e *kernel.Error
			err := s.doOne(ctx, actor, b, o, c.Application)
			switch {
			case errors.As(err, &e) && e.Key == "casework.error.key_reused":
				// Nothing else has this key: the act was done before the program
				// stopped, and only a blank of its text says something else by now.
			case errors.As(err, &e) && e.Kind != kernel.Internal && e.Kind != kernel.Unavailable:
				c.Outcome = e.Key
				if len(e.Fields) > 0 {
					c.Outcome = e.Fields[0].Key
				}
			case err != nil && ctx.Err() == nil && s.Clock.Now() > b.RunAt.Add(bulkTries):
				c.Outcome = "casework.bulk.error.failed"
			case err != nil:
				later = errors.Join(later, fmt.Errorf("casework: bulk act %s on case %s: %w", b.ID, c.Application, err))
				continue
			}
			err = s.update(ctx, func(tx *pstore.Tx) error { return store.BulkOutcome(tx, id, c.Application, c.Outcome) })
			if err != nil {
				return err
			}
		}
		if c.Outcome != "done" {
			vain++
		}
	}
	if later != nil {
		return later
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		turned, err := store.TurnBulk(tx, id, BulkRunning, BulkDone)
		if err != nil || !turned {
			return err
		}
		return s.ping(tx, s.Clock.Now(), b.Account, b.Agency, "", PingBulk, "", vain)
	})
}

// officialNow is who ordered a bulk act, as they are now: without their role,
// they can do nothing any more.
func (s *Service) officialNow(ctx context.Context, b *Bulk) (authz.Actor, error) {
	here, err := s.Officials.Officials(ctx, b.Agency)
	if err != nil {
		return authz.Actor{}, err
	}
	i := slices.IndexFunc(here, func(o Official) bool { return o.Account == b.Account })
	if i < 0 {
		return authz.Actor{Account: b.Account}, nil
	}
	return authz.Actor{Account: b.Account, Name: here[i].Name, Person: here[i].Person,
		Grants: []authz.Grant{{Role: authz.Official, Agency: b.Agency}}}, nil
}

// doOne does an order to one case, once however often it is tried.
func (s *Service) doOne(ctx context.Context, actor authz.Actor, b *Bulk, o BulkOrder, id kernel.ID) error {
	key := fmt.Sprintf("bulk-%s-%s", b.ID, id)
	var err error
	switch o.Act {
	case BulkAssign:
		_, err = s.Assign(ctx, actor, id, key)
	case BulkHandOver:
		_, err = s.HandOver(ctx, actor, id, key, o.To, o.Text)
	default:
		var c *Case
		if c, err = s.Look(ctx, actor, id); err != nil {
			return err
		}
		said := s.said(o, c)
		if o.Act == BulkAsk {
			_, err = s.AskBack(ctx, actor, id, key, said)
			return err
		}
		if c.Status == Objected {
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", c.Status)
		}
		_, err = s.Decide(ctx, actor, id, key, Decision{Decision: o.Decision, Reason: said})
	}
	return err
}

// Favourable are the decisions of a service that can be given in bulk.
func Favourable(svc *catalog.Service) []string {
	return slices.DeleteFunc(slices.Clone(svc.Decisions), Adverse)
}
