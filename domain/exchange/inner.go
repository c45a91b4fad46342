package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"maru/domain/exchange/jws"
	"maru/domain/exchange/wire"
	"maru/kernel"
)

// Mood is how a register of the try-out behaves, so that people can see what
// happens when one does not answer.
type Mood string

// The moods.
const (
	Answers Mood = "answers"
	Silent  Mood = "silent"
	Refuses Mood = "refuses"
)

// Moods are all of them.
var Moods = []Mood{Answers, Silent, Refuses}

// Inner is a source inside this program: its answers take the same road as
// those of others, signed and checked.
type Inner struct {
	s      *Service
	id     string
	title  kernel.Text
	holder Holder

	mu   sync.RWMutex
	mood Mood
	key  *signing
	pub  jws.Keys
}

// Inner makes a source of a register inside the program.
func (s *Service) Inner(id string, title kernel.Text, h Holder) *Inner {
	return &Inner{s: s, id: id, title: title, holder: h, mood: Answers}
}

// ID is the source's.
func (i *Inner) ID() string { return i.id }

// Title is its name for people.
func (i *Inner) Title() kernel.Text { return i.title }

// Mood is how it behaves.
func (i *Inner) Mood() Mood {
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.mood
}

// Behave sets how it behaves.
func (i *Inner) Behave(m Mood) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.mood = m
}

// Keys are those of the registers inside the program.
func (i *Inner) Keys(ctx context.Context) (Verifier, error) {
	if _, err := i.signer(ctx); err != nil {
		return nil, err
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.pub, nil
}

func (i *Inner) signer(ctx context.Context) (*signing, error) {
	i.mu.RLock()
	key := i.key
	i.mu.RUnlock()
	if key != nil && i.s.now() < key.until {
		return key, nil
	}
	key, err := i.s.signingKey(ctx, innerKeys)
	if err != nil {
		return nil, err
	}
	pub, err := i.s.publicKeys(ctx, innerKeys)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	i.key, i.pub = key, pub
	i.mu.Unlock()
	return key, nil
}

// Ask answers from the register.
func (i *Inner) Ask(ctx context.Context, query string) (string, error) {
	mood := i.Mood()
	if mood == Silent {
		return "", kernel.E(kernel.Unavailable, "", nil)
	}
	own, err := i.s.ownPublic(ctx)
	if err != nil {
		return "", err
	}
	q, err := readQuery(own, query, i.id, i.s.now())
	if err != nil {
		return "", err
	}
	a := wire.Answer{}
	if mood == Refuses {
		a.Refused = "2"
	} else if a, err = answer(ctx, i.holder, q); err != nil {
		return "", err
	}
	key, err := i.signer(ctx)
	if err != nil {
		return "", err
	}
	return signAnswer(key.Signer, a, i.id, q.Issuer, query, i.s.now())
}

// readQuery is what any source does with a query first.
func readQuery(keys jws.Keys, query, source string, now kernel.Time) (wire.Query, error) {
	var q wire.Query
	payload, _, err := keys.Verify(wire.QueryType, query)
	if err != nil {
		return q, err
	}
	if err := wire.Decode(payload, &q); err != nil {
		return q, err
	}
	return q, q.Check(source, now)
}

// answer reads the register.
func answer(ctx context.Context, h Holder, q wire.Query) (wire.Answer, error) {
	facts, err := h.Facts(ctx, q.Person, q.Fields)
	if kernel.Is(err, kernel.NotFound) {
		return wire.Answer{Unknown: true}, nil
	}
	if err != nil {
		return wire.Answer{}, err
	}
	a := wire.Answer{Facts: make(map[string]wire.Fact, len(facts))}
	for id, f := range facts {
		if !slices.Contains(q.Fields, id) {
			continue
		}
		if a.Facts[id], err = wire.FactOf(f.Value, f.AsOf); err != nil {
			return wire.Answer{}, err
		}
	}
	return a, nil
}

func signAnswer(signer *jws.Signer, a wire.Answer, source, asker, query string, now kernel.Time) (string, error) {
	a.Issuer, a.Asker, a.Query, a.At = source, asker, jws.Hash(query), now.Std().Unix()
	b, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	return signer.Sign(wire.AnswerType, b)
}
