package casework

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Somebody known by a typed name finds the request to confirm by a code that
// the applicant hands on, by any way they like.
const (
	codeLife  = 14 * 24 * time.Hour
	codeTries = 5  // by people whose code it is not, then it is dead
	hourTries = 10 // of one account
	// codeLetters hold no two that are taken for each other, in print or by
	// voice: no 0 O, 1 I L, 2 Z, 5 S, 8 B.
	codeLetters = "ACDEFGHJKMNPQRTUVWXY34679"
	codeLength  = 8
)

// Code is what the applicant hands on.
type Code struct {
	Code  string // in groups of four
	Until kernel.Time
	Dead  bool // over, or tried too often: to be renewed
}

// code is the code of a request: it follows from the key, and is stored
// nowhere.
func (s *Service) code(party kernel.ID, issued kernel.Time) string {
	n := binary.BigEndian.Uint64(s.Keys.MAC("casework.code:"+string(party), []byte(strconv.FormatInt(int64(issued), 10))))
	var b strings.Builder
	for range codeLength {
		b.WriteByte(codeLetters[n%uint64(len(codeLetters))])
		n /= uint64(len(codeLetters))
	}
	return b.String()
}

func (s *Service) codeHash(code string) string {
	return hex.EncodeToString(s.Keys.MAC("casework.code_hash", []byte(code)))
}

// readCode takes a typed code: small letters, spaces and dashes do not matter.
func readCode(typed string) (string, bool) {
	code := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' {
			return -1
		}
		return r
	}, typed))
	ok := len(code) == codeLength && strings.Trim(code, codeLetters) == ""
	return code, ok
}

// ask writes down what is asked of a party, with a code for whoever is known by
// a typed name only.
func (s *Service) ask(tx *pstore.Tx, p *Party, now kernel.Time) error {
	q := &store.Request{Party: p.ID, Application: p.Application, AskedAt: now, IssuedAt: now}
	if p.Person == "" {
		q.Hash = s.codeHash(s.code(p.ID, now))
	}
	return store.InsertRequest(tx, q)
}

// Codes gives the applicant the codes of those who are still to confirm.
func (s *Service) Codes(ctx context.Context, actor authz.Actor, id kernel.ID) (map[kernel.ID]Code, error) {
	out := map[kernel.ID]Code{}
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		clear(out)
		a, err := own(tx, actor, id)
		if err != nil || a.Status != Signatures {
			return err
		}
		all, err := store.Requests(tx, id)
		if err != nil {
			return err
		}
		parties, err := store.Parties(tx, id)
		if err != nil {
			return err
		}
		for _, q := range all {
			asked := slices.ContainsFunc(parties, func(p *Party) bool { return p.ID == q.Party && p.Status == PartyAsked })
			if q.Hash == "" || !asked {
				continue
			}
			code := s.code(q.Party, q.IssuedAt)
			out[q.Party] = Code{code[:4] + "-" + code[4:], q.IssuedAt.Add(codeLife), !s.alive(q)}
		}
		return nil
	})
	return out, err
}

func (s *Service) alive(q *store.Request) bool {
	return q.Tries < codeTries && s.Clock.Now() < q.IssuedAt.Add(codeLife)
}

// RenewCode gives a party another code; the one before does not work any more,
// and whoever used it has to use the new one.
func (s *Service) RenewCode(ctx context.Context, actor authz.Actor, id, party kernel.ID, key string) (*Application, error) {
	return s.ownAct(ctx, actor, id, key, "code_renew", party, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		p, err := store.GetParty(tx, party)
		if err != nil {
			return err
		}
		if p.Application != a.ID || a.Status != Signatures || p.Status != PartyAsked || len(p.Name) == 0 {
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		p.Person = ""
		if err := store.UpdateParty(tx, p); err != nil {
			return err
		}
		all, err := store.Requests(tx, a.ID)
		if err != nil {
			return err
		}
		q := &store.Request{Party: p.ID, Application: a.ID, AskedAt: now}
		i := slices.IndexFunc(all, func(q *store.Request) bool { return q.Party == party })
		if i >= 0 {
			q = all[i]
		} else if err := store.InsertRequest(tx, q); err != nil { // asked before there were codes
			return err
		}
		q.IssuedAt, q.Tries = now, 0
		q.Hash = s.codeHash(s.code(p.ID, now))
		return store.UpdateRequest(tx, q)
	})
}

// Redeem finds the request to confirm of a code, for the person whose name the
// applicant typed, and ties it to them. What goes wrong counts, so that codes
// are not guessed and not passed round.
func (s *Service) Redeem(ctx context.Context, actor authz.Actor, typed string) (kernel.ID, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return "", err
	}
	if !actor.Proven() {
		return "", kernel.E(kernel.Forbidden, "casework.error.prove_first", nil)
	}
	if strings.TrimSpace(typed) == "" {
		return "", kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("code", "casework.error.code_missing", nil)
	}
	code, wellFormed := readCode(typed)
	minor, err := s.isMinor(ctx, actor)
	if err != nil {
		return "", err
	}
	var party kernel.ID
	var fail error // told after the try is counted for good
	err = s.update(ctx, func(tx *pstore.Tx) error {
		party, fail = "", nil
		now := s.Clock.Now()
		n, err := store.Tries(tx, actor.Account, now.Add(-time.Hour))
		if err != nil {
			return err
		}
		if n >= hourTries {
			return kernel.E(kernel.Limited, "casework.error.code_tries", nil)
		}
		wrong := func(key string) error {
			fail = kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("code", key, nil)
			return store.AddTry(tx, actor.Account, now)
		}
		if !wellFormed {
			return wrong("casework.error.code_wrong")
		}
		q, err := store.RequestByHash(tx, s.codeHash(code))
		if err != nil {
			return err
		}
		if q == nil || !s.alive(q) {
			return wrong("casework.error.code_wrong")
		}
		p, a, err := s.invited(tx, actor, q.Party)
		if kernel.Is(err, kernel.NotFound) {
			q.Tries++
			if err := store.UpdateRequest(tx, q); err != nil {
				return err
			}
			return wrong("casework.error.code_name")
		}
		if err != nil {
			return err
		}
		if err := mayConfirm(tx, p, actor, minor); err != nil {
			return err
		}
		party = p.ID
		if p.Person == actor.Person {
			return nil
		}
		p.Person = actor.Person
		if err := store.UpdateParty(tx, p); err != nil {
			return err
		}
		return s.audited(tx, now, actor, "casework.redeem", a, "casework.purpose.confirmation")
	})
	if err == nil {
		err = fail
	}
	return party, err
}

// isMinor asks the register whether the actor is not of age yet; witnesses must
// be (민법 제812조 제2항, 제836조 제2항). Where it does not know, nobody is turned
// away, and the official sees to it.
func (s *Service) isMinor(ctx context.Context, actor authz.Actor) (bool, error) {
	age, known, err := s.Registers.Age(ctx, actor.Person, s.today())
	return known && age < kernel.AdultAge, err
}

// mayConfirm refuses who cannot confirm this: a witness under age, and anybody
// who takes part in this application as somebody else who confirms. Two
// witnesses of one name are two people, and a spouse is no witness.
func mayConfirm(tx *pstore.Tx, p *Party, actor authz.Actor, minor bool) error {
	if p.Role == "witness" && minor {
		return kernel.E(kernel.Forbidden, "casework.error.witness_minor", nil)
	}
	all, err := store.Parties(tx, p.Application)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != p.ID && asks(other.Role) && other.Status != PartyNamed && other.Person == actor.Person {
			return kernel.E(kernel.Conflict, "casework.error.signed_already", nil)
		}
	}
	return nil
}
