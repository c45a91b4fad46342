package exchange

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/exchange/jws"
	"maru/domain/exchange/wire"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

func TestDemandMovesTheBundle(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		d, ts := b.sign(t, "p-1", ask("bundle.work"))
		if d.State != Done || len(ts) != 1 || ts[0].State != Done || !ts[0].Kept || len(ts[0].Calls) != 2 {
			t.Fatalf("%+v %+v", d, ts)
		}
		own, err := b.PublicKeys(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		payload, _, err := own.Verify(wire.DemandType, d.Signature)
		var said statement
		if err := errors.Join(err, json.Unmarshal(payload, &said)); err != nil {
			t.Fatal(err)
		}
		if said.Person != "p-1" || said.Level != 2 || said.Bundle.Basis == "" || len(said.Bundle.Fields) != 3 {
			t.Errorf("the signed demand says %+v", said)
		}
		payload, _, err = own.Verify(wire.ReceiptType, ts[0].Receipt)
		var receipt receiptText
		if err := errors.Join(err, json.Unmarshal(payload, &receipt)); err != nil {
			t.Fatal(err)
		}
		if receipt.Hash != ts[0].Hash || receipt.Calls[0].Answer == "" || strings.Contains(string(payload), "표본") {
			t.Errorf("receipt %s", payload)
		}
		signed, data, err := b.Take(t.Context(), me("p-1"), d.ID, ts[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := data.Facts["earned_income_month"].Read(); err != nil || v.Text() != "2100000" {
			t.Errorf("income %v %v", v, err)
		}
		if _, _, err := own.Verify(wire.DataType, signed); err != nil {
			t.Error(err)
		}
		for act, n := range map[string]int{"exchange.demand": 1, "exchange.transfer": 1, "exchange.take": 1} {
			if got := b.rows(t, act); got != n {
				t.Errorf("%d rows of %s, want %d", got, act, n)
			}
		}
	})
}

// TestNobodyElses: another person's demand is not there, whatever is tried.
func TestNobodyElses(t *testing.T) {
	b := lite(t)
	d, ts := b.sign(t, "p-1", ask("bundle.work"))
	ctx, other := t.Context(), me("p-2")
	_, _, err := b.Show(ctx, other, d.ID)
	wantKind(t, err, kernel.NotFound)
	_, _, err = b.Take(ctx, other, d.ID, ts[0].ID)
	wantKind(t, err, kernel.NotFound)
	wantKind(t, b.Withdraw(ctx, other, d.ID), kernel.NotFound)
	wantKind(t, b.Again(ctx, other, d.ID), kernel.NotFound)
	mine, _ := b.sign(t, "p-2", ask("bundle.work"))
	_, _, err = b.Take(ctx, other, mine.ID, ts[0].ID) // own demand, another's transfer
	wantKind(t, err, kernel.NotFound)
	helped := me("p-1")
	helped.Helper = authz.Helper{Account: "helper", Agency: "x"}
	_, err = b.Mine(ctx, helped)
	wantKind(t, err, kernel.Forbidden)
	_, err = b.Mine(ctx, authz.Actor{Account: "a"})
	wantKind(t, err, kernel.Forbidden)
	_, err = b.Mine(ctx, authz.Actor{})
	wantKind(t, err, kernel.Unauthorized)
}

func TestDemandRefuses(t *testing.T) {
	b := lite(t)
	for name, c := range map[string]struct {
		ask  Ask
		kind kernel.Kind
	}{
		"no such bundle": {Ask{Bundle: "bundle.x", Version: "1", Key: "12345678"}, kernel.NotFound},
		"older version":  {Ask{Bundle: "bundle.work", Version: "0", Key: "12345678"}, kernel.Conflict},
		"no key":         {Ask{Bundle: "bundle.work", Version: "1"}, kernel.Invalid},
		"other period":   {Ask{Bundle: "bundle.work", Version: "1", Key: "12345678", EveryDays: 7, Months: 3}, kernel.Invalid},
		"negative":       {Ask{Bundle: "bundle.work", Version: "1", Key: "12345678", EveryDays: -30, Months: 3}, kernel.Invalid},
		"for ever":       {Ask{Bundle: "bundle.work", Version: "1", Key: "12345678", EveryDays: 30, Months: 99}, kernel.Invalid},
	} {
		if _, err := b.Demand(t.Context(), me("p-1"), c.ask); !kernel.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.fresh = kernel.E(kernel.Unauthorized, "exchange.error.confirm", nil)
	_, err := b.Demand(t.Context(), me("p-1"), ask("bundle.work"))
	wantKind(t, err, kernel.Unauthorized)
	if n := b.rows(t, "exchange.demand"); n != 0 || len(b.consents) != 0 {
		t.Errorf("%d demands and %d consents without a proof", n, len(b.consents))
	}
}

// TestSameKeyIsTheSameDemand: a double click signs once.
func TestSameKeyIsTheSameDemand(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := ask("bundle.work")
		var ids [4]kernel.ID
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				d, err := b.Demand(t.Context(), me("p-1"), a)
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = d.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("demands %v", ids)
			}
		}
		if n := b.rows(t, "exchange.demand"); n != 1 {
			t.Errorf("%d demands", n)
		}
		if d, err := b.Demand(t.Context(), me("p-2"), a); err != nil || d.ID == ids[0] {
			t.Errorf("another account with the same key: %v %v", d, err)
		}
	})
}

func TestWithdrawDeletes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		d, ts := b.sign(t, "p-1", ask("bundle.work"))
		for range 2 {
			if err := b.Withdraw(t.Context(), me("p-1"), d.ID); err != nil {
				t.Fatal(err)
			}
		}
		d, ts2 := b.look(t, "p-1", d.ID)
		if d.State != Withdrawn || ts2[0].Kept || ts2[0].Receipt != ts[0].Receipt {
			t.Errorf("%+v %+v", d, ts2[0])
		}
		_, _, err := b.Take(t.Context(), me("p-1"), d.ID, ts[0].ID)
		wantKind(t, err, kernel.NotFound)
		if n := b.rows(t, "exchange.withdrawn"); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}

// TestConsentTakenBackElsewhere: the page of consents ends demands as well.
func TestConsentTakenBackElsewhere(t *testing.T) {
	b := lite(t)
	d, _ := b.sign(t, "p-1", ask("bundle.work"))
	if err := b.Ended(t.Context(), d.Consent); err != nil {
		t.Fatal(err)
	}
	if d, ts := b.look(t, "p-1", d.ID); d.State != Withdrawn || ts[0].Kept {
		t.Errorf("%+v", d)
	}
}

// TestTakenBackDuringATransfer: a transfer that is on its way finds the consent
// ended before the demand is told, and keeps nothing from whoever comes then.
func TestTakenBackDuringATransfer(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for person, end := range map[string]func(d *Demand) error{
			"p-1": func(d *Demand) error { return b.Withdraw(t.Context(), me("p-1"), d.ID) },
			"p-2": func(d *Demand) error { return b.Ended(t.Context(), d.Consent) },
		} {
			b.taxes.Behave(Silent)
			d, ts := b.sign(t, person, ask("bundle.work"))
			b.endConsent(d.Consent)
			if err := b.run(t.Context(), ts[0].ID, true); err != nil {
				t.Fatal(err)
			}
			if d, ts = b.look(t, person, d.ID); d.State != Expired || !ts[0].Kept {
				t.Fatalf("%s: %+v %+v", person, d, ts[0])
			}
			for range 2 {
				if err := end(d); err != nil {
					t.Fatal(err)
				}
			}
			if d, ts = b.look(t, person, d.ID); d.State != Withdrawn || ts[0].Kept {
				t.Errorf("%s: %s, kept %v", person, d.State, ts[0].Kept)
			}
		}
		if n := b.rows(t, "exchange.withdrawn"); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

// TestManyDemandsOfAConsent: all of them end, however many there are.
func TestManyDemandsOfAConsent(t *testing.T) {
	b := lite(t)
	d, _ := b.sign(t, "p-1", ask("bundle.work"))
	err := b.db.Update(t.Context(), func(tx *store.Tx) error {
		for i := range endAtOnce + 1 {
			one := *d
			one.ID = kernel.NewID(b.clock.Now())
			if err := insertDemand(tx, &one, fmt.Sprint("many-", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Ended(t.Context(), d.Consent); err != nil {
		t.Fatal(err)
	}
	if n := b.rows(t, "exchange.withdrawn"); n != endAtOnce+2 {
		t.Errorf("%d of %d demands ended", n, endAtOnce+2)
	}
}

func TestRegular(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		a := ask("bundle.work")
		a.EveryDays, a.Months = 30, 3
		d, _ := b.sign(t, "p-1", a)
		if d.State != Standing {
			t.Fatalf("state %s", d.State)
		}
		count := func() int {
			t.Helper()
			if err := b.regular(t.Context()); err != nil {
				t.Fatal(err)
			}
			// A regular transfer is begun for the sweep, which asks once.
			_, ts := b.look(t, "p-1", d.ID)
			begun := ts[0].State == Waiting
			if begun && ts[0].Tries != 0 {
				t.Errorf("asked %d times before the sweep", ts[0].Tries)
			}
			b.mustSweep(t)
			if _, ts = b.look(t, "p-1", d.ID); begun && (ts[0].State != Done || ts[0].Tries != 1) {
				t.Errorf("after the sweep: %+v", ts[0])
			}
			return len(ts)
		}
		if n := count(); n != 1 {
			t.Errorf("%d transfers on the first day", n)
		}
		b.clock.Advance(30 * 24 * time.Hour)
		if n := count(); n != 2 {
			t.Errorf("%d after a period", n)
		}
		b.clock.Advance(55 * 24 * time.Hour) // one was missed: it is not made up for
		if n := count(); n != 3 {
			t.Errorf("%d after a gap", n)
		}
		b.clock.Advance(10 * 24 * time.Hour)
		if err := b.expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 3 {
			t.Errorf("%d after the end", n)
		}
		if d, _ := b.look(t, "p-1", d.ID); d.State != Expired {
			t.Errorf("state %s", d.State)
		}
	})
}

func TestPurge(t *testing.T) {
	b := lite(t)
	d, _ := b.sign(t, "p-1", ask("bundle.work"))
	b.clock.Advance(30*24*time.Hour - time.Second)
	for _, kept := range []bool{true, false} {
		if err := b.purge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, ts := b.look(t, "p-1", d.ID); ts[0].Kept != kept {
			t.Errorf("kept %v, want %v", ts[0].Kept, kept)
		}
		b.clock.Advance(2 * time.Second)
	}
}

// TestPurgedWhileRead: what is deleted between the look and the reading is gone,
// not empty.
func TestPurgedWhileRead(t *testing.T) {
	b := lite(t)
	_, ts := b.sign(t, "p-1", ask("bundle.work"))
	b.clock.Advance(31 * 24 * time.Hour)
	if err := b.purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []kernel.ID{ts[0].ID, kernel.RandomID()} {
		_, err := b.content(t.Context(), id)
		wantKind(t, err, kernel.NotFound)
	}
}

// TestKeysRotate: a new key takes over, and what the old one signed still holds.
func TestKeysRotate(t *testing.T) {
	b := lite(t)
	d, _ := b.sign(t, "p-1", ask("bundle.work"))
	b.clock.Advance(keyDays*24*time.Hour + time.Second)
	later, ts := b.sign(t, "p-1", ask("bundle.work"))
	if later.State != Done || ts[0].State != Done {
		t.Fatalf("after rotation: %+v", ts[0])
	}
	own, err := b.PublicKeys(t.Context())
	if err != nil || len(own) != 2 {
		t.Fatalf("%d keys, %v", len(own), err)
	}
	_, k1, err1 := own.Verify(wire.DemandType, d.Signature)
	_, k2, err2 := own.Verify(wire.DemandType, later.Signature)
	if err := errors.Join(err1, err2); err != nil || k1 == k2 {
		t.Errorf("keys %s and %s: %v", k1, k2, err)
	}
}

func TestReceivedForAnApplication(t *testing.T) {
	b := lite(t)
	ctx := t.Context()
	if _, ok, err := b.Received(ctx, me("p-1"), "pension"); ok || err != nil {
		t.Errorf("without a demand: %v %v", ok, err)
	}
	d, ts := b.sign(t, "p-1", ask("service.pension"))
	if d.State != Done || ts[0].Calls[2].State != CallNobody {
		t.Fatalf("%+v", ts[0])
	}
	facts, ok, err := b.Received(ctx, me("p-1"), "pension")
	if err != nil || !ok || facts["name"].Value.Text() != "표본 p-1" || facts["name"].Registry != "resident register" || len(facts) != 3 {
		t.Errorf("%v %v %v", facts, ok, err)
	}
	if n := b.rows(t, "exchange.use"); n != 1 {
		t.Errorf("%d uses logged", n)
	}
	if _, ok, _ := b.Received(ctx, me("p-2"), "pension"); ok {
		t.Error("another person's")
	}
	b.endConsent(d.Consent)
	if _, ok, _ := b.Received(ctx, me("p-1"), "pension"); ok {
		t.Error("after the consent ended")
	}
}

// newKey is a key of its own for a source outside.
func newKey(t *testing.T, kid string) (*jws.Signer, jws.Keys) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := jws.NewSigner(kid, private)
	if err != nil {
		t.Fatal(err)
	}
	return s, jws.Keys{kid: public}
}
