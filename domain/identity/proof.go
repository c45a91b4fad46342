package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/web"
)

// codeTime is how long a counter code holds: a visit to the counter.
const codeTime = 15 * time.Minute

// codeLetters leaves out letters that are mistaken for others when read aloud
// or off a small screen.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// How a person was proven.
const (
	methodCounter  = "counter"
	methodMobileID = "mobile_id"
	methodDemo     = "demo"
	methodMandate  = "mandate" // somebody who may act for them by law, or by order of a court
)

var errUnproven = kernel.E(kernel.Invalid, "identity.proof.no_match", nil)

// CounterCode makes a code that its owner tells the official at the counter:
// it shows that who stands there has the account. A new one replaces the old.
func (s *Service) CounterCode(ctx context.Context, actor authz.Actor) (code string, expires kernel.Time, err error) {
	if !actor.SignedIn() {
		return "", 0, errVisitor
	}
	if actor.Proven() {
		return "", 0, kernel.E(kernel.Conflict, "identity.proof.already", nil)
	}
	code = newCode()
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := s.accountByID(tx, actor.Account)
		if err != nil {
			return err
		}
		if a.Staff {
			return kernel.E(kernel.Forbidden, "identity.proof.staff", nil)
		}
		if _, err := tx.Exec(`DELETE FROM identity_link WHERE purpose = 'counter' AND account = $1`, string(actor.Account)); err != nil {
			return err
		}
		now := s.now()
		expires = now.Add(codeTime)
		return s.insertLink(tx, now, s.codeHash(code), linkCounter, actor.Account, "", false, expires)
	})
	if err != nil {
		return "", 0, wrap("counter code", err)
	}
	return code, expires, nil
}

// newCode is eight letters: 39 bits, guessed never within the bounds on tries.
func newCode() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails on the platforms Go supports
	for i, c := range b {
		b[i] = codeLetters[int(c)%len(codeLetters)]
	}
	return string(b[:])
}

// codeHash is keyed, unlike that of longer secrets: 39 bits could be searched.
func (s *Service) codeHash(code string) []byte {
	code = strings.ToUpper(strings.Join(strings.Fields(code), ""))
	return s.d.Keys.MAC("identity.code", []byte(code))
}

// CounterProof is what an official enters at the counter.
type CounterProof struct {
	Agency string // for which the official acts; the only one if ""
	Code   string
	Facts  PersonFacts
}

// ProveAtCounter links the account with the code to the person with the four
// facts. The official has seen the person and the card; who did it, for which
// agency and when is logged to the person. What did not match is not told. The
// link is for good: it takes a fresh proof of the official.
func (s *Service) ProveAtCounter(ctx context.Context, actor authz.Actor, p CounterProof) error {
	agency, err := counterAgency(actor, p.Agency)
	if err != nil {
		return err
	}
	if err := s.RequireFresh(ctx, actor, web.FreshAct); err != nil {
		return err
	}
	person, err := s.onCard(ctx, actor, &p.Facts)
	if err != nil {
		return err
	}
	if err := s.stranger(ctx, actor, person); err != nil {
		return err
	}
	return s.linkByCode(ctx, actor, agency, p.Code, person)
}

// stranger refuses officials to vouch for themselves or for somebody of their own
// household, as far as it is known who they are: staff keep away from what they
// have a private interest in (Act on the Prevention of Conflict of Interest
// Related to Duties of Public Servants art. 5).
func (s *Service) stranger(ctx context.Context, official authz.Actor, person string) error {
	if !official.Proven() || person == "" {
		return nil
	}
	same := official.Person == person
	if !same && s.d.Households != nil {
		var err error
		if same, err = s.d.Households.SameHousehold(ctx, official.Person, person); err != nil {
			return wrap("household", err)
		}
	}
	if same {
		return kernel.E(kernel.Forbidden, "identity.proof.own_household", nil)
	}
	return nil
}

// onCard is the person with the facts of a card, "" for nobody. Tries are
// bounded.
func (s *Service) onCard(ctx context.Context, actor authz.Actor, f *PersonFacts) (string, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	if err := s.count(ctx, proofTries(actor)); err != nil {
		return "", err
	}
	person, err := s.d.People.MatchPerson(ctx, *f)
	if kernel.Is(err, kernel.NotFound) {
		return "", nil
	}
	return person, wrap("match person", err)
}

func proofTries(official authz.Actor) bound { return perHour("proof", string(official.Account), 30) }

// linkByCode links the account with the code to a person, "" for one whom nobody
// found.
func (s *Service) linkByCode(ctx context.Context, actor authz.Actor, agency, code, person string) error {
	tries := proofTries(actor)
	var account kernel.ID
	failed := error(nil)
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		failed, account = nil, ""
		var expires kernel.Time
		err := tx.QueryRow(`SELECT account, expires_at FROM identity_link WHERE hash = $1 AND purpose = 'counter'`, s.codeHash(code)).Scan(&account, &expires)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if account == "" || now >= expires || person == "" {
			failed = errUnproven
			return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "identity.prove_failed", Object: object(account), Subject: person,
				Purpose: "identity.purpose.proof", Agency: agency})
		}
		if account == actor.Account {
			return kernel.E(kernel.Forbidden, "identity.proof.own", nil)
		}
		if err := s.forgive(tx, tries); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM identity_link WHERE purpose = 'counter' AND account = $1`, string(account)); err != nil {
			return err
		}
		return s.linkExisting(tx, now, proof{actor, account, person, methodCounter, agency, 0})
	})
	if err != nil {
		return wrap("prove", err)
	}
	s.cache.drop(account)
	return failed
}

// counterAgency is the agency for which the actor sits at the counter.
func counterAgency(actor authz.Actor, agency string) (string, error) {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return "", err
	}
	own := actor.Agencies(authz.Official)
	if agency == "" && len(own) == 1 {
		agency = own[0]
	}
	if !slices.Contains(own, agency) {
		return "", kernel.E(kernel.Forbidden, "identity.proof.officials_only", nil)
	}
	return agency, nil
}

type proof struct {
	by             authz.Actor
	account        kernel.ID
	person         string
	method, agency string
	ial            int // of the mobile ID; 0 is a counter's 2
}

// link ties an account to a person, once and for all: neither may have another.
func (s *Service) link(tx *store.Tx, now kernel.Time, p proof) error {
	a, err := s.accountByID(tx, p.account)
	if err != nil {
		return err
	}
	switch {
	case a.Staff:
		return kernel.E(kernel.Forbidden, "identity.proof.staff", nil)
	case a.Person != "":
		return kernel.E(kernel.Conflict, "identity.proof.already", nil)
	}
	var taken int64
	if err := tx.QueryRow(`SELECT count(*) FROM identity_account WHERE person = $1`, p.person).Scan(&taken); err != nil {
		return err
	}
	if taken > 0 {
		return kernel.E(kernel.Conflict, "identity.proof.taken", nil)
	}
	if _, err := tx.Exec(`UPDATE identity_account SET person = $1 WHERE id = $2`, p.person, string(p.account)); err != nil {
		return err
	}
	if p.by.Account == p.account {
		p.by.Person = p.person // their own act, from now on
	}
	official := p.by.Account
	if p.method == methodMobileID {
		official = ""
	}
	ial := p.ial
	if ial == 0 {
		ial = 2
	}
	if _, err := tx.Exec(`INSERT INTO identity_proof (id, account, person, method, official, agency, at, ial) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(kernel.NewID(now)), string(p.account), p.person, p.method, string(official), p.agency, int64(now), int64(ial)); err != nil {
		return err
	}
	return audit.Append(tx, now, audit.Entry{Actor: p.by, Act: "identity.prove", Object: object(p.account), Subject: p.person,
		Purpose: "identity.purpose.proof", Agency: p.agency, Detail: map[string]string{"method": p.method, "ial": strconv.Itoa(ial)}})
}

// linkExisting is link for an account that was there before: its owner hears of
// it, for it opens another way in and lasts.
func (s *Service) linkExisting(tx *store.Tx, now kernel.Time, p proof) error {
	if err := s.link(tx, now, p); err != nil {
		return err
	}
	return s.tellMeans(tx, p.account, "identity.prove")
}

func (f *PersonFacts) check() error {
	f.Name = strings.TrimSpace(f.Name)
	e := kernel.E(kernel.Invalid, "identity.check_form", nil)
	if n := utf8.RuneCountInString(f.Name); n < 1 || n > maxName {
		e.Field("name", "identity.name.length", map[string]any{"max": maxName})
	}
	if f.Birth.IsZero() {
		e.Field("birth", "identity.proof.birth", nil)
	}
	if f.Sex != "male" && f.Sex != "female" {
		e.Field("sex", "identity.proof.sex", nil)
	}
	if len(f.Region) != 5 {
		e.Field("region", "identity.proof.region", nil)
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}
