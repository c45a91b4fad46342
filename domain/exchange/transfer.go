package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"maru/domain/audit"
	"maru/domain/exchange/wire"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// hold is how long one who works on a transfer has it for themselves; the job
// that looks after it wakes up after that.
const hold = time.Minute

// Pauses between tries: the first, doubled each time, never more than the last.
const (
	firstPause = time.Minute
	lastPause  = 6 * time.Hour
)

// pause is how long after the n-th try (from 1) a silent source is left alone.
func pause(n int) time.Duration {
	p := firstPause
	for range min(n-1, 20) {
		if p *= 2; p >= lastPause {
			return lastPause
		}
	}
	return p
}

// transferKind is who acts in the log where a transfer goes on by itself.
const transferKind = "exchange.transfer"

// begin stores a transfer that its maker holds; if the maker dies, the sweep
// takes over when the hold has ended.
func (s *Service) begin(tx *store.Tx, t *Transfer, now kernel.Time) error {
	calls, err := json.Marshal(t.Calls)
	if err != nil {
		return err
	}
	t.Tries = 1
	until := now.Add(hold)
	return tx.Later(`INSERT INTO exchange_transfer (id, demand, begun_at, state, tries, next_at, held_until, fence, calls) VALUES ($1, $2, $3, $4, 1, $5, $5, 1, $6)`,
		string(t.ID), string(t.Demand), int64(t.BegunAt), string(t.State), int64(until), string(calls))
}

// queue stores a transfer that nobody holds: the next sweep takes it.
func (s *Service) queue(tx *store.Tx, t *Transfer, now kernel.Time) error {
	calls, err := json.Marshal(t.Calls)
	if err != nil {
		return err
	}
	return tx.Later(`INSERT INTO exchange_transfer (id, demand, begun_at, state, next_at, calls) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(t.ID), string(t.Demand), int64(t.BegunAt), string(t.State), int64(now), string(calls))
}

// work is a transfer that somebody holds while they work on it.
type work struct {
	demand   *Demand
	transfer *Transfer
	fence    int64
}

// run goes on with a transfer that waits. It does nothing where another holds
// it, or where its time has not come and it is not to be hurried.
func (s *Service) run(ctx context.Context, id kernel.ID, hurry bool) error {
	w, err := s.take(ctx, id, hurry)
	switch {
	case kernel.Is(err, kernel.NotFound):
		return nil // purged meanwhile
	case err != nil:
		return err
	case w.transfer == nil:
		return nil
	}
	return s.carryHeld(ctx, w)
}

// take takes hold of a transfer; it is nil where nothing is left to do, or
// nothing yet.
func (s *Service) take(ctx context.Context, id kernel.ID, hurry bool) (w work, err error) {
	now := s.now()
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		w = work{}
		t, err := scanTransfer(tx.QueryRow(`SELECT `+transferColumns+` FROM exchange_transfer WHERE id = $1`, string(id)))
		if err != nil {
			return err
		}
		d, err := demandByID(tx, t.Demand)
		if err != nil {
			return err
		}
		var held kernel.Time
		if err := tx.QueryRow(`SELECT held_until, fence FROM exchange_transfer WHERE id = $1`, string(id)).Scan(&held, &w.fence); err != nil {
			return err
		}
		if t.State != Waiting || d.State != Standing || held > now || t.NextAt > now && !hurry {
			return nil
		}
		w.fence++
		t.Tries++
		w.demand, w.transfer = d, t
		_, err = tx.Exec(`UPDATE exchange_transfer SET held_until = $1, fence = $2, tries = $3 WHERE id = $4`, int64(now.Add(hold)), w.fence, int64(t.Tries), string(id))
		return err
	})
	if err != nil {
		return work{}, fmt.Errorf("exchange: take transfer: %w", err)
	}
	return w, nil
}

// carry carries out what its maker holds.
func (s *Service) carry(ctx context.Context, d *Demand, t *Transfer) error {
	return s.carryHeld(ctx, work{demand: d, transfer: t, fence: 1})
}

// heard is what one call brought.
type heard struct {
	Call
	facts map[string]wire.Fact
}

// carryHeld asks the sources that were not heard yet, all at once, and keeps
// what came. The consent is looked at before and after: what arrives when it
// has ended is not kept.
func (s *Service) carryHeld(ctx context.Context, w work) error {
	if stands, err := s.d.Consents.Stands(ctx, w.demand.Consent); err != nil || !stands {
		return s.dropIfOver(ctx, w.demand, err)
	}
	calls := make([]heard, len(w.transfer.Calls))
	var all sync.WaitGroup
	for i, c := range w.transfer.Calls {
		calls[i].Call = c
		if c.settled() {
			continue
		}
		all.Go(func() { calls[i] = s.call(ctx, w.demand, c) })
	}
	all.Wait()
	if stands, err := s.d.Consents.Stands(ctx, w.demand.Consent); err != nil || !stands {
		return s.dropIfOver(ctx, w.demand, err)
	}
	return s.keep(ctx, w, calls)
}

func (s *Service) dropIfOver(ctx context.Context, d *Demand, err error) error {
	if err != nil {
		return err
	}
	return s.end(ctx, d.ID, Expired)
}

// keep stores what came, with its row in the log, and either closes the transfer
// with a receipt or says when the silent sources are asked again. A fence that
// moved on means that somebody else took over: nothing is stored.
func (s *Service) keep(ctx context.Context, w work, calls []heard) error {
	now := s.now()
	t := *w.transfer
	t.Calls = make([]Call, len(calls))
	t.State = Done
	fresh := map[string]wire.Fact{}
	var news []Call
	for i, h := range calls {
		t.Calls[i] = h.Call
		if !h.settled() {
			t.State = Waiting
		}
		if h.ID != w.transfer.Calls[i].ID {
			news = append(news, h.Call)
		}
		for id, f := range h.facts {
			fresh[id] = f
		}
	}
	t.Hash = contentHash(t.Calls)
	if t.State == Done {
		t.DoneAt, t.NextAt = now, 0
		if err := s.receipt(ctx, w.demand, &t); err != nil {
			return err
		}
	} else {
		t.NextAt = now.Add(pause(t.Tries))
	}
	err := s.d.DB.UpdateReadCommitted(ctx, func(tx *store.Tx) error { return s.store(tx, w, t, fresh, news, now) })
	if err != nil {
		return fmt.Errorf("exchange: keep transfer: %w", err)
	}
	*w.transfer = t
	if t.State == Done && w.demand.EveryDays == 0 {
		w.demand.State, w.demand.EndedAt = Done, now
	}
	return nil
}

// store writes what keep settled. It decides by the two rows that it locks: who
// takes the demand back meanwhile either waits and then deletes what this
// brought, or was first and is seen. The demand is locked first, as there.
func (s *Service) store(tx *store.Tx, w work, t Transfer, fresh map[string]wire.Fact, news []Call, now kernel.Time) error {
	var fence int64
	var state, demandState State
	var content []byte
	err := tx.QueryRow(`SELECT t.fence, t.state, t.content, d.state FROM exchange_demand d JOIN exchange_transfer t ON t.demand = d.id WHERE t.id = $1`+tx.ForUpdate(), string(t.ID)).
		Scan(&fence, &state, &content, &demandState)
	if err != nil {
		return err
	}
	if fence != w.fence || state != Waiting || demandState != Standing {
		return nil
	}
	all, err := s.open(t.ID, content)
	if err != nil {
		return err
	}
	for id, f := range fresh {
		all[id] = f
	}
	keepUntil := kernel.Time(0)
	if len(all) > 0 {
		plain, err := json.Marshal(all)
		if err != nil {
			return err
		}
		if content, err = s.d.Keys.Seal(contentOf(t.ID), plain); err != nil {
			return err
		}
		keepUntil = now.Add(time.Duration(w.demand.Bundle.KeepDays) * 24 * time.Hour)
	}
	calls, err := json.Marshal(t.Calls)
	if err != nil {
		return err
	}
	err = tx.Later(`UPDATE exchange_transfer SET state = $1, next_at = $2, held_until = 0, calls = $3, content = $4, hash = $5, receipt = $6, done_at = $7, keep_until = $8 WHERE id = $9`,
		string(t.State), int64(t.NextAt), string(calls), content, t.Hash, t.Receipt, int64(t.DoneAt), int64(keepUntil), string(t.ID))
	if err != nil {
		return err
	}
	if t.State == Done && w.demand.EveryDays == 0 {
		err := tx.Later(`UPDATE exchange_demand SET state = $1, ended_at = $2 WHERE id = $3`, string(Done), int64(now), string(w.demand.ID))
		if err != nil {
			return err
		}
	}
	return s.logged(tx, w.demand, t, news, now)
}

// hop is a call as the log tells it: who was asked for what and what came, by
// ids and hashes, never a value.
type hop struct {
	Source string    `json:"source"`
	Call   kernel.ID `json:"call"`
	State  CallState `json:"state"`
	Fields []string  `json:"fields,omitempty"`
	Extra  int       `json:"extra,omitempty"`
	Ground string    `json:"ground,omitempty"`
	Hash   string    `json:"hash,omitempty"`
	Answer string    `json:"answer,omitempty"`
	Why    string    `json:"why,omitempty"`
}

// logged writes the row of this try: every hop with the hash of its signed
// answer.
func (s *Service) logged(tx *store.Tx, d *Demand, t Transfer, news []Call, now kernel.Time) error {
	if len(news) == 0 && t.State == Waiting {
		return nil
	}
	act := "exchange.transfer"
	if t.State == Waiting {
		act = "exchange.waiting"
	}
	hops := make([]hop, 0, len(news))
	for _, c := range news {
		hops = append(hops, hop{c.Source, c.ID, c.State, c.Got, c.Extra, c.Ground, c.Hash, c.Answer, c.Why})
	}
	return audit.Append(tx, now, audit.Entry{Actor: authz.Actor{System: transferKind}, Act: act, Object: "demand:" + string(d.ID), Subject: d.Person,
		Purpose: "exchange.purpose.transfer", Basis: "consent:" + string(d.Consent), Service: d.Bundle.Service,
		Detail: struct {
			Transfer kernel.ID `json:"transfer"`
			Hash     string    `json:"hash,omitempty"`
			Fields   []string  `json:"fields"`
			Hops     []hop     `json:"hops"`
		}{t.ID, t.Hash, gotOf(news), hops}})
}

// gotOf are the fields that calls brought.
func gotOf(calls []Call) []string {
	out := []string{}
	for _, c := range calls {
		out = append(out, c.Got...)
	}
	slices.Sort(out)
	return out
}

// contentHash is the hash over what each source gave, in the order of calls.
func contentHash(calls []Call) string {
	h := sha256.New()
	for _, c := range calls {
		fmt.Fprintf(h, "%s %s\n", c.Source, c.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// receiptText is what a receipt says: hashes and names, no value.
type receiptText struct {
	Transfer kernel.ID `json:"jti"`
	Issuer   string    `json:"iss"`
	At       int64     `json:"iat"`
	Demand   kernel.ID `json:"demand"`
	Bundle   string    `json:"bundle"`
	Basis    string    `json:"basis"`
	Hash     string    `json:"hash"`
	Calls    []Call    `json:"calls"`
}

func (s *Service) receipt(ctx context.Context, d *Demand, t *Transfer) error {
	signer, err := s.own(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(receiptText{t.ID, s.d.Name, t.DoneAt.Std().Unix(), d.ID, d.Bundle.ID + "@" + d.Bundle.Version, d.Bundle.Basis, t.Hash, t.Calls})
	if err != nil {
		return err
	}
	t.Receipt, err = signer.Sign(wire.ReceiptType, text)
	return err
}

func contentOf(t kernel.ID) string { return "exchange.content:" + string(t) }

// open reads sealed content; none is an empty map.
func (s *Service) open(t kernel.ID, sealed []byte) (map[string]wire.Fact, error) {
	out := map[string]wire.Fact{}
	if len(sealed) == 0 {
		return out, nil
	}
	plain, err := s.d.Keys.Open(contentOf(t), sealed)
	if err != nil {
		return nil, err
	}
	return out, json.Unmarshal(plain, &out)
}
