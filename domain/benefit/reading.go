package benefit

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"maru/kernel"
	"maru/platform/authz"
)

// readingLife is how long one reading of the registers serves the questions of a
// page, so that ten answers are not ten looks into somebody's data.
const readingLife = 15 * time.Minute

// reading is what a page carries along, sealed: the household as it was read.
type reading struct {
	Person  string      `json:"person"`
	Consent kernel.ID   `json:"consent"`
	At      kernel.Time `json:"at"`
	Hash    string      `json:"hash"` // of the pack
	Home    *Home       `json:"home"`
	// Kinds are those of the values, by ref: JSON does not tell a date from a text.
	Kinds map[string]kernel.ValueKind `json:"kinds"`
}

func sealReading(person string) string { return "benefit.reading:" + person }

// take reads the household of the actor: from what the page carried while that
// is fresh and the same consent stands, else from the registers. carry is what
// the next page carries.
func (s *Service) take(ctx context.Context, actor authz.Actor, carried string) (h *Home, carry string, err error) {
	agreed, err := s.d.Registers.Agreed(ctx, actor.Person)
	if err != nil {
		return nil, "", err
	}
	if agreed == "" {
		return nil, "", needsConsent(nil)
	}
	if h := s.reread(actor.Person, agreed, carried); h != nil {
		return h, carried, nil
	}
	if h, err = s.home(ctx, actor, actor.Person); err != nil {
		return nil, "", err
	}
	r := reading{Person: actor.Person, Consent: agreed, At: s.d.Clock.Now(), Hash: s.d.Catalog.PackHash(), Home: h, Kinds: map[string]kernel.ValueKind{}}
	each(h, func(ref string, v kernel.Value) kernel.Value { r.Kinds[ref] = v.Kind(); return v })
	b, err := json.Marshal(r)
	if err != nil {
		return nil, "", fmt.Errorf("benefit: reading: %w", err)
	}
	if b, err = s.d.Keys.Seal(sealReading(actor.Person), b); err != nil {
		return nil, "", fmt.Errorf("benefit: seal reading: %w", err)
	}
	return h, base64.RawURLEncoding.EncodeToString(b), nil
}

// reread opens what a page carried; nil where it is not to be used any more.
func (s *Service) reread(person string, agreed kernel.ID, carried string) *Home {
	b, err := base64.RawURLEncoding.DecodeString(carried)
	if err != nil || len(b) == 0 {
		return nil
	}
	if b, err = s.d.Keys.Open(sealReading(person), b); err != nil {
		return nil
	}
	var r reading
	now := s.d.Clock.Now()
	if json.Unmarshal(b, &r) != nil || r.Home == nil || r.Person != person || r.Consent != agreed || r.Hash != s.d.Catalog.PackHash() ||
		now < r.At || now >= r.At.Add(readingLife) {
		return nil
	}
	fits := true
	each(r.Home, func(ref string, v kernel.Value) kernel.Value {
		if r.Kinds[ref] == kernel.Unknown {
			return kernel.Value{}
		}
		out, err := v.As(r.Kinds[ref])
		fits = fits && err == nil
		return out
	})
	if !fits {
		return nil
	}
	return r.Home
}

// each gives every value of a household to fn and puts back what it makes of it.
func each(h *Home, fn func(ref string, v kernel.Value) kernel.Value) {
	walk := func(who string, facts map[string]Held) {
		for id, held := range facts {
			held.Value = fn(who+"."+id, held.Value)
			facts[id] = held
		}
	}
	walk("", h.Facts)
	for _, m := range h.Members {
		walk(m.Person, m.Facts)
	}
}
