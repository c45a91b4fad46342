package exchange

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/exchange/jws"
	"maru/domain/exchange/wire"
	"maru/kernel"
	"maru/platform/store"
)

// TestSilentSource: what others answered is kept, the silent one is asked again
// with growing pauses, and nothing is lost.
func TestSilentSource(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.taxes.Behave(Silent)
		d, ts := b.sign(t, "p-1", ask("service.pension"))
		if d.State != Standing || ts[0].State != Waiting || ts[0].Calls[0].State != CallDone || ts[0].Calls[1].State != CallWaiting || !ts[0].Kept {
			t.Fatalf("%+v", ts[0])
		}
		_, _, err := b.Received(t.Context(), me("p-1"), "pension")
		wantKind(t, err, kernel.Unavailable)
		_, _, err = b.Take(t.Context(), me("p-1"), d.ID, ts[0].ID)
		wantKind(t, err, kernel.Conflict)
		first := ts[0].Calls[0].ID
		for n, p := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
			if got := ts[0].NextAt.Sub(b.clock.Now()); got != p {
				t.Errorf("try %d: next in %v, want %v", n+1, got, p)
			}
			b.clock.Advance(p - time.Second)
			b.mustSweep(t)
			if _, ts = b.look(t, "p-1", d.ID); ts[0].Tries != n+1 {
				t.Errorf("asked too early: try %d", ts[0].Tries)
			}
			b.clock.Advance(time.Second)
			b.mustSweep(t)
			_, ts = b.look(t, "p-1", d.ID)
		}
		b.taxes.Behave(Answers)
		if err := b.Again(t.Context(), me("p-1"), d.ID); err != nil { // who cannot wait
			t.Fatal(err)
		}
		d, ts = b.look(t, "p-1", d.ID)
		if d.State != Done || ts[0].State != Done || ts[0].Calls[0].ID != first {
			t.Errorf("%+v", ts[0])
		}
		facts, ok, err := b.Received(t.Context(), me("p-1"), "pension")
		if err != nil || !ok || len(facts) != 3 {
			t.Errorf("%v %v %v", facts, ok, err)
		}
	})
}

func (b *bench) mustSweep(t *testing.T) {
	t.Helper()
	if err := b.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestPausesGrowToALimit(t *testing.T) {
	if pause(1) != firstPause || pause(2) != 2*firstPause || pause(30) != lastPause || pause(1<<30) != lastPause {
		t.Error(pause(1), pause(2), pause(30))
	}
}

// TestMakerDied: a transfer whose maker was killed is gone on with after its
// hold, and not before.
func TestMakerDied(t *testing.T) {
	b := lite(t)
	d, _ := b.sign(t, "p-1", Ask{Bundle: "bundle.work", Version: "1", Key: "maker-died", EveryDays: 30, Months: 3})
	left := b.newTransfer(d, b.clock.Now().Add(time.Second))
	err := b.db.Update(t.Context(), func(tx *store.Tx) error { return b.begin(tx, left, b.clock.Now()) })
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []State{Waiting, Done} {
		b.mustSweep(t)
		if _, ts := b.look(t, "p-1", d.ID); ts[0].ID != left.ID || ts[0].State != want {
			t.Errorf("%+v, want %s", ts[0], want)
		}
		b.clock.Advance(hold)
	}
}

// TestTwoAtOnce: however many go on with a transfer, it is carried out once.
func TestTwoAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.taxes.Behave(Silent)
		d, ts := b.sign(t, "p-1", ask("bundle.work"))
		b.taxes.Behave(Answers)
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if err := b.run(t.Context(), ts[0].ID, true); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if _, ts = b.look(t, "p-1", d.ID); ts[0].State != Done || ts[0].Tries != 2 {
			t.Errorf("%+v", ts[0])
		}
		if n := b.rows(t, "exchange.transfer"); n != 1 {
			t.Errorf("%d transfers logged", n)
		}
	})
}

// TestLateWriterIsFencedOff: who held a transfer too long stores nothing.
func TestLateWriterIsFencedOff(t *testing.T) {
	b := lite(t)
	b.taxes.Behave(Silent)
	d, ts := b.sign(t, "p-1", ask("bundle.work"))
	b.clock.Advance(time.Hour)
	late, err := b.take(t.Context(), ts[0].ID, false)
	if err != nil || late.transfer == nil {
		t.Fatal(late, err)
	}
	b.clock.Advance(2 * hold)
	b.mustSweep(t) // another takes over, and the source is still silent
	b.taxes.Behave(Answers)
	if err := b.carryHeld(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if _, ts := b.look(t, "p-1", d.ID); ts[0].State != Waiting || ts[0].Tries != 3 {
		t.Errorf("%+v", ts[0])
	}
}

func TestRefusalIsNotAskedAgain(t *testing.T) {
	b := lite(t)
	b.taxes.Behave(Refuses)
	d, ts := b.sign(t, "p-1", ask("bundle.work"))
	c := ts[0].Calls[1]
	if d.State != Done || c.State != CallRefused || c.Ground != "2" || c.Answer == "" {
		t.Errorf("%+v", c)
	}
}

func TestSourceThatKnowsNobody(t *testing.T) {
	b := lite(t)
	d, ts := b.sign(t, "p-nobody", ask("bundle.work"))
	if d.State != Done || ts[0].Calls[0].State != CallUnknown || ts[0].Kept {
		t.Errorf("%+v", ts[0])
	}
}

// TestConsentEndsDuringTheCall: what arrives after the consent ended is not
// kept.
func TestConsentEndsDuringTheCall(t *testing.T) {
	b := lite(t)
	signer, keys := newKey(t, "out-1")
	b.outside(t, "taxes-outside", "national tax", keys, func(_ context.Context, query string, q wire.Query) (string, error) {
		b.endConsent("consent-p-1-bundle.work")
		return signAnswer(signer, wire.Answer{Facts: map[string]wire.Fact{}}, "taxes-outside", q.Issuer, query, b.clock.Now())
	})
	d, ts := b.sign(t, "p-1", ask("bundle.work"))
	if d.State != Expired || ts[0].Kept || ts[0].State != Expired {
		t.Errorf("%+v %+v", d, ts[0])
	}
}

// outside adds a source outside.
func (b *bench) outside(t *testing.T, id, registry string, keys jws.Keys, answer func(context.Context, string, wire.Query) (string, error)) {
	t.Helper()
	if _, err := b.own(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Add(&outer{id: id, keys: keys, ask: answer, own: b.public, at: b.clock.Now}, registry)
}

// TestAnswersThatAreNotBelieved: forged, replayed, for somebody else, too much,
// broken: nothing is taken over, the transfer waits, and the log says why.
func TestAnswersThatAreNotBelieved(t *testing.T) {
	signer, keys := newKey(t, "out-1")
	thief, _ := newKey(t, "out-1") // another key of the same name
	good := wire.Answer{Facts: map[string]wire.Fact{"earned_income_month": {Type: "int", Value: json.RawMessage("1")}}}
	var old string // an answer to an earlier query
	for _, c := range []struct {
		name, why string
		answer    func(b *bench, query string, q wire.Query) (string, error)
	}{
		{"forged", whyForged, func(b *bench, query string, q wire.Query) (string, error) {
			return signAnswer(thief, good, "out", q.Issuer, query, b.clock.Now())
		}},
		{"first, kept for later", whySilent, func(b *bench, query string, q wire.Query) (text string, err error) {
			old, err = signAnswer(signer, good, "out", q.Issuer, query, b.clock.Now())
			return "", kernel.E(kernel.Unavailable, "", err)
		}},
		{"replayed", whyReplay, func(*bench, string, wire.Query) (string, error) { return old, nil }},
		{"of another source", whyReplay, func(b *bench, query string, q wire.Query) (string, error) {
			return signAnswer(signer, good, "else", q.Issuer, query, b.clock.Now())
		}},
		{"to another asker", whyReplay, func(b *bench, query string, _ wire.Query) (string, error) {
			return signAnswer(signer, good, "out", "there.test", query, b.clock.Now())
		}},
		{"the query itself", whyForged, func(_ *bench, query string, _ wire.Query) (string, error) { return query, nil }},
		{"oversize", whyTooMuch, func(*bench, string, wire.Query) (string, error) {
			return strings.Repeat("x", wire.MaxMessage+1), nil
		}},
		{"no ground", whyBroken, func(b *bench, query string, q wire.Query) (string, error) {
			return signAnswer(signer, wire.Answer{Refused: "because"}, "out", q.Issuer, query, b.clock.Now())
		}},
		{"wrong type of value", whyBroken, func(b *bench, query string, q wire.Query) (string, error) {
			return signAnswer(signer, wire.Answer{Facts: map[string]wire.Fact{"earned_income_month": {Type: "int", Value: json.RawMessage(`"x"`)}}}, "out", q.Issuer, query, b.clock.Now())
		}},
		{"unknown member", whyBroken, func(_ *bench, query string, _ wire.Query) (string, error) {
			return signer.Sign(wire.AnswerType, []byte(`{"iss":"out","admin":true}`))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := lite(t)
			b.outside(t, "out", "national tax", keys, func(_ context.Context, query string, q wire.Query) (string, error) { return c.answer(b, query, q) })
			_, ts := b.sign(t, "p-1", ask("bundle.work"))
			call := ts[0].Calls[1]
			if ts[0].State != Waiting || call.State != CallWaiting || call.Why != c.why || len(call.Got) != 0 {
				t.Errorf("%+v, want why %q", call, c.why)
			}
			if n := b.rows(t, "exchange.waiting"); n != 1 {
				t.Errorf("%d rows in the log", n)
			}
		})
	}
}

// TestMoreThanAsked: what nobody asked for is dropped and counted.
func TestMoreThanAsked(t *testing.T) {
	b := lite(t)
	signer, keys := newKey(t, "out-1")
	b.outside(t, "out", "national tax", keys, func(_ context.Context, query string, q wire.Query) (string, error) {
		return signAnswer(signer, wire.Answer{Facts: map[string]wire.Fact{"earned_income_month": {Type: "int", Value: json.RawMessage("5")},
			"debt": {Type: "int", Value: json.RawMessage("777")}, "name": {Type: "text", Value: json.RawMessage(`"x"`)}}}, "out", q.Issuer, query, b.clock.Now())
	})
	d, ts := b.sign(t, "p-1", ask("bundle.work"))
	if c := ts[0].Calls[1]; c.State != CallDone || c.Extra != 2 || len(c.Got) != 1 {
		t.Errorf("%+v", c)
	}
	_, data, err := b.Take(t.Context(), me("p-1"), d.ID, ts[0].ID)
	if err != nil || len(data.Facts) != 3 {
		t.Errorf("%v %v", data.Facts, err)
	}
	if v, _ := data.Facts["name"].Read(); v.Text() != "표본 p-1" {
		t.Errorf("another source's field was taken over: %q", v.Text())
	}
}

// TestSlowSource: a source that says nothing in time holds up nobody else.
func TestSlowSource(t *testing.T) {
	b := lite(t)
	b.d.CallTimeout = time.Second
	_, keys := newKey(t, "out-1")
	b.outside(t, "out", "national tax", keys, func(ctx context.Context, _ string, _ wire.Query) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	_, ts := b.sign(t, "p-1", ask("bundle.work"))
	if ts[0].Calls[0].State != CallDone || ts[0].Calls[1].Why != whySilent {
		t.Errorf("%+v", ts[0].Calls)
	}
}

// TestSealedAtRest: nothing that a source said lies open in the table.
func TestSealedAtRest(t *testing.T) {
	b := lite(t)
	b.sign(t, "p-1", ask("bundle.work"))
	err := b.db.View(t.Context(), func(tx *store.Tx) error {
		var calls string
		var content []byte
		if err := tx.QueryRow(`SELECT calls, content FROM exchange_transfer`).Scan(&calls, &content); err != nil {
			return err
		}
		if s := calls + string(content); strings.Contains(s, "표본") || strings.Contains(s, "2100000") {
			t.Error("a value lies open")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
