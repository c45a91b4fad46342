package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"maru/domain/exchange/jws"
	"maru/domain/exchange/wire"
	"maru/kernel"
)

// Why a call brought nothing, for operators and the log.
const (
	whySilent  = "silent" // no answer in time
	whyTooMuch = "oversize"
	whyForged  = "distrusted" // not signed by the source
	whyReplay  = "replayed"   // signed, and an answer to something else
	whyBroken  = "unreadable"
)

// call asks one source once.
func (s *Service) call(ctx context.Context, d *Demand, c Call) heard {
	now := s.now()
	c.ID, c.At = kernel.NewID(now), now
	fail := func(why string, err error) heard {
		c.Why = why
		s.d.Log.WarnContext(ctx, "exchange: call", "source", c.Source, "call", c.ID, "why", why, "err", err)
		return heard{Call: c}
	}
	src, ok := s.sources[c.Source]
	if !ok {
		return fail(whySilent, fmt.Errorf("no source %q", c.Source))
	}
	query, err := s.query(ctx, d, c, now)
	if err != nil {
		return fail(whySilent, err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.d.CallTimeout)
	defer cancel()
	text, err := src.Ask(ctx, query)
	switch {
	case kernel.Is(err, kernel.TooLarge), len(text) > wire.MaxMessage:
		return fail(whyTooMuch, err)
	case err != nil:
		return fail(whySilent, err)
	}
	keys, err := src.Keys(ctx)
	if err != nil {
		return fail(whySilent, err)
	}
	payload, key, err := keys.Verify(wire.AnswerType, text)
	if err != nil {
		return fail(whyForged, err)
	}
	var a wire.Answer
	if err := wire.Decode(payload, &a); err != nil {
		return fail(whyBroken, err)
	}
	if a.Issuer != c.Source || a.Asker != s.d.Name || a.Query != jws.Hash(query) {
		return fail(whyReplay, nil)
	}
	c.Answer, c.Key, c.Why = jws.Hash(text), key, ""
	return s.took(c, a, fail)
}

func (s *Service) query(ctx context.Context, d *Demand, c Call, now kernel.Time) (string, error) {
	signer, err := s.own(ctx)
	if err != nil {
		return "", err
	}
	q := wire.Query{Issuer: s.d.Name, Source: c.Source, Call: c.ID, At: now.Std().Unix(), Person: d.Person, Demand: d.ID,
		Bundle: d.Bundle.ID + "@" + d.Bundle.Version, Basis: d.Bundle.Basis, Purpose: d.Bundle.Purpose.KO, Fields: c.Asked}
	b, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	return signer.Sign(wire.QueryType, b)
}

// took takes over of an answer what was asked for.
func (s *Service) took(c Call, a wire.Answer, fail func(string, error) heard) heard {
	switch {
	case a.Refused != "":
		if !slices.Contains(wire.Grounds, a.Refused) {
			return fail(whyBroken, fmt.Errorf("ground %q", a.Refused))
		}
		c.State, c.Ground = CallRefused, a.Refused
		return heard{Call: c}
	case a.Unknown:
		c.State = CallUnknown
		return heard{Call: c}
	}
	facts := map[string]wire.Fact{}
	for id, f := range a.Facts {
		if !slices.Contains(c.Asked, id) {
			c.Extra++ // dropped unread; the log counts it
			continue
		}
		if _, err := f.Read(); err != nil {
			return fail(whyBroken, err)
		}
		facts[id] = f
		if f.Type != "unknown" {
			c.Got = append(c.Got, id)
		}
	}
	slices.Sort(c.Got)
	c.State = CallDone
	sum, err := factsHash(facts)
	if err != nil {
		return fail(whyBroken, err)
	}
	c.Hash = sum
	return heard{c, facts}
}

// factsHash is SHA-256 of the facts as JSON, whose keys are sorted.
func factsHash(facts map[string]wire.Fact) (string, error) {
	b, err := json.Marshal(facts)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}
