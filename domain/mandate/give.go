package mandate

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"
	"unicode/utf8"

	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

const (
	maxName   = 100
	offerLife = 7 * 24 * time.Hour
	maxOpen   = 20 // offers and mandates that one person has given at once
)

// Offer is what a principal gives, and to whom.
type Offer struct {
	Theme string      `json:"theme"`
	Name  string      `json:"name"`  // of whom it is for, as on their card
	Birth kernel.Date `json:"birth"` // of the same
	Last  kernel.Date `json:"last"`  // the last day on which it holds
}

// Give offers somebody to act for the actor. It takes effect when the person
// with that name and date of birth accepts it by the code that the actor hands
// on, by any way they like. Under the same key it is the same offer.
func (s *Service) Give(ctx context.Context, actor authz.Actor, key string, o Offer) (*Mandate, error) {
	if err := s.person(actor); err != nil {
		return nil, err
	}
	o.Name = strings.Join(strings.Fields(o.Name), " ")
	theme, err := s.checkOffer(&o)
	if err != nil {
		return nil, err
	}
	self, err := s.living(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	if sameName(self.Name, o.Name) && self.Birth == o.Birth {
		return nil, wrong("name", "mandate.error.self")
	}
	var out *Mandate
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		now := s.now()
		id := kernel.NewID(now)
		prior, err := s.once(tx, actor.Account, key, o, id)
		if err != nil {
			return err
		}
		if prior != "" {
			row, err := store.Get(tx, prior)
			if err != nil {
				return err
			}
			out, err = s.open(tx, row)
			return err
		}
		if err := s.room(tx, actor.Person, now); err != nil {
			return err
		}
		row := &store.Row{ID: id, Principal: actor.Person, Account: actor.Account, Basis: ByMandate, Theme: theme.ID, Version: theme.Version,
			Until: dayEnd(o.Last), State: Offered, By: actor.Account, Code: s.codeHash(s.code(id)), CodeUntil: now.Add(offerLife), CreatedAt: now}
		out, err = s.enter(tx, actor, "give", theme, row, Inside{Principal: self.Name, Actor: o.Name, Birth: o.Birth})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Service) checkOffer(o *Offer) (Theme, error) {
	e := kernel.E(kernel.Invalid, "mandate.error.check_form", nil)
	t, ok := s.theme(o.Theme, ByMandate)
	if !ok {
		e.Field("theme", "mandate.error.theme", nil)
	}
	if n := utf8.RuneCountInString(o.Name); n < 1 || n > maxName || !utf8.ValidString(o.Name) {
		e.Field("name", "mandate.error.name", nil)
	}
	if o.Birth.IsZero() || s.today().Before(o.Birth) {
		e.Field("birth", "mandate.error.birth", nil)
	}
	if o.Last.Before(s.today()) || ok && s.today().AddDays(t.Days).Before(o.Last) {
		e.Field("last", "mandate.error.last", map[string]any{"days": max(t.Days, 1)})
	}
	if len(e.Fields) > 0 {
		return t, e
	}
	return t, nil
}

// room bounds how much one person has given at once.
func (s *Service) room(tx *pstore.Tx, person string, now kernel.Time) error {
	rows, err := store.OfPrincipal(tx, person)
	if err != nil {
		return err
	}
	open := 0
	for _, r := range rows {
		if r.State == Active && now < r.Until || r.State == Offered && now < r.CodeUntil {
			open++
		}
	}
	if open >= maxOpen {
		return kernel.E(kernel.Conflict, "mandate.error.too_many", nil).With("max", maxOpen)
	}
	return nil
}

func wrong(field, key string) error {
	return kernel.E(kernel.Invalid, "mandate.error.check_form", nil).Field(field, key, nil)
}

// codeLetters hold no two that are taken for each other, in print or by voice.
const codeLetters = "ACDEFGHJKMNPQRTUVWXY34679"

const codeLength = 10 // 46 bits

// code is that of an offer. It is made from the id under a key, so that it can
// be shown to the principal again and is stored nowhere.
func (s *Service) code(id kernel.ID) string {
	mac := s.d.Keys.MAC("mandate.code", []byte(id))
	out := make([]byte, codeLength)
	for i := range out {
		out[i] = codeLetters[(int(mac[2*i])<<8|int(mac[2*i+1]))%len(codeLetters)]
	}
	return string(out)
}

func (s *Service) codeHash(code string) []byte {
	return s.d.Keys.MAC("mandate.code.stored", []byte(code))
}

// typedCode is a code as somebody typed it, "" when it cannot be one.
func typedCode(typed string) string {
	code := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' {
			return -1
		}
		return r
	}, typed))
	if len(code) != codeLength || strings.Trim(code, codeLetters) != "" {
		return ""
	}
	return code
}

// Code is what the principal hands on while an offer waits, "" otherwise.
func (s *Service) Code(m *Mandate) string {
	if m.State != Offered || s.now() >= m.CodeUntil || m.Tries >= offerTries {
		return ""
	}
	code := s.code(m.ID)
	if subtle.ConstantTimeCompare(s.codeHash(code), m.Row.Code) != 1 {
		return ""
	}
	return code[:5] + "-" + code[5:]
}

// sameName compares names as people write them on cards.
func sameName(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
	return plain(a) == plain(b)
}
