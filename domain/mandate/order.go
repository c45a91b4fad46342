package mandate

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/domain/mandate/contract"
	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Order is a guardianship that a court ordered, as an official enters it from
// the certificate of registration (후견등기에 관한 법률).
type Order struct {
	Agency   string      `json:"agency"` // of the official; "" for the only one
	Kind     string      `json:"kind"`   // of Kinds
	Themes   []string    `json:"themes"` // that the court gave; none is all of adult guardianship
	Ward     Card        `json:"ward"`
	Guardian Card        `json:"guardian"`
	Court    string      `json:"court"`
	Case     string      `json:"case"`
	Ordered  kernel.Date `json:"ordered"`
	Last     kernel.Date `json:"last"`     // the last day on which it is to hold here
	Evidence string      `json:"evidence"` // SHA-256 of the paper, in hex
}

// The kinds of guardianship that a court orders for adults.
const (
	AdultGuardian     = "adult"     // 성년후견 (민법 제9조): represents in everything, or where the court says (제938조)
	LimitedGuardian   = "limited"   // 한정후견 (민법 제12조): where the court says (제959조의4)
	SpecifiedGuardian = "specified" // 특정후견 (민법 제14조의2): where and until when the court says (제959조의11)
)

// Kinds are all of them.
var Kinds = []string{AdultGuardian, LimitedGuardian, SpecifiedGuardian}

// whole is the theme of a guardian who represents in everything. No other kind of
// guardian has it.
const whole = "guardianship"

// office is the agency for which the official works here.
func office(actor authz.Actor, agency string) (string, error) {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return "", err
	}
	if err := noApp(actor); err != nil {
		return "", err
	}
	own := actor.Agencies(authz.Official)
	if agency == "" && len(own) > 0 {
		agency = own[0]
	}
	if !slices.Contains(own, agency) {
		return "", kernel.E(kernel.Forbidden, "mandate.error.officials_only", nil)
	}
	return agency, nil
}

// Register enters an order, as one mandate a theme. None entitles anybody until a
// second official of the same body confirms it.
func (s *Service) Register(ctx context.Context, official authz.Actor, key string, o Order) ([]*Mandate, error) {
	agency, err := office(official, o.Agency)
	if err != nil {
		return nil, err
	}
	o.Agency = agency
	themes, err := s.checkOrder(&o)
	if err != nil {
		return nil, err
	}
	ward, err := s.onCard(ctx, official, "ward", o.Ward)
	if err != nil {
		return nil, err
	}
	guardian, err := s.onCard(ctx, official, "guardian", o.Guardian)
	if err != nil {
		return nil, err
	}
	if ward.ID == guardian.ID {
		return nil, wrong("guardian-name", "mandate.error.same_person")
	}
	if err := s.stranger(ctx, official, ward.ID, guardian.ID); err != nil {
		return nil, err
	}
	var out []*Mandate
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		out = nil
		now := s.now()
		// The key is for the whole order, and beside it for each of its mandates.
		if _, err := s.once(tx, official.Account, key, o, "order"); err != nil {
			return err
		}
		for _, theme := range themes {
			id, each := kernel.NewID(now), key
			if key != "" {
				each += " " + theme.ID
			}
			prior, err := s.once(tx, official.Account, each, o, id)
			if err != nil {
				return err
			}
			m, err := s.propose(tx, official, prior, theme, &store.Row{ID: id, Principal: ward.ID, Actor: guardian.ID, Basis: ByOrder, Theme: theme.ID, Version: theme.Version,
				Until: dayEnd(o.Last), Evidence: o.Evidence, State: Proposed, Agency: agency, By: official.Account, Code: []byte{}, CreatedAt: now},
				Inside{Principal: ward.Name, Actor: guardian.Name, Kind: o.Kind, Court: o.Court, Case: o.Case, Ordered: o.Ordered})
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// propose keeps a row for a second official, or gives the one that was kept before.
func (s *Service) propose(tx *pstore.Tx, official authz.Actor, prior kernel.ID, theme Theme, row *store.Row, names Inside) (*Mandate, error) {
	if prior == "" {
		return s.enter(tx, official, "register", theme, row, names)
	}
	was, err := store.Get(tx, prior)
	if err != nil {
		return nil, err
	}
	return s.open(tx, was)
}

// given are the themes of an order. Only the court of an adult guardian gives all:
// what it did not give to another kind of guardian, that guardian has not got.
func (s *Service) given(o *Order, e *kernel.Error) []Theme {
	if !slices.Contains(Kinds, o.Kind) {
		e.Field("kind", "mandate.error.kind", nil)
		return nil
	}
	slices.Sort(o.Themes)
	o.Themes = slices.Compact(o.Themes)
	if len(o.Themes) == 0 && o.Kind == AdultGuardian {
		o.Themes = []string{whole}
	}
	var out []Theme
	for _, id := range o.Themes {
		t, ok := s.theme(id, ByOrder)
		if !ok || id == whole && (o.Kind != AdultGuardian || len(o.Themes) > 1) {
			e.Field("themes", "mandate.error.theme", nil)
			return nil
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		e.Field("themes", "mandate.error.themes_none", nil)
	}
	return out
}

// orderDays is the longest that an order holds here before the office looks at a
// new certificate: what a court ended since is not told to us.
const orderDays = 1826

func (s *Service) checkOrder(o *Order) ([]Theme, error) {
	e := kernel.E(kernel.Invalid, "mandate.error.check_form", nil)
	themes := s.given(o, e)
	for name, text := range map[string]*string{"court": &o.Court, "case": &o.Case} {
		if *text = strings.TrimSpace(*text); *text == "" || utf8.RuneCountInString(*text) > maxName {
			e.Field(name, "mandate.error."+name, nil)
		}
	}
	if o.Ordered.IsZero() || s.today().Before(o.Ordered) {
		e.Field("ordered", "mandate.error.ordered", nil)
	}
	if o.Last.Before(s.today()) || s.today().AddDays(orderDays).Before(o.Last) {
		e.Field("last", "mandate.error.last", map[string]any{"days": orderDays})
	}
	if b, err := hex.DecodeString(o.Evidence); err != nil || len(b) != 32 {
		e.Field("evidence", "mandate.error.evidence", nil)
	}
	if len(e.Fields) > 0 {
		slices.SortFunc(e.Fields, func(a, b kernel.FieldError) int { return strings.Compare(a.Field, b.Field) })
		return nil, e
	}
	o.Evidence = strings.ToLower(o.Evidence)
	return themes, nil
}

// onCard finds the living person of a card. What does not fit is told at the
// card's own fields.
func (s *Service) onCard(ctx context.Context, official authz.Actor, who string, c Card) (Person, error) {
	id, err := s.d.Accounts.PersonOf(ctx, official, c)
	if kernel.Is(err, kernel.Invalid) {
		return Person{}, wrong(who+"-name", "mandate.error.card")
	}
	if err != nil {
		return Person{}, err
	}
	p, err := s.living(ctx, id)
	if kernel.Is(err, kernel.Forbidden) {
		return Person{}, wrong(who+"-name", "mandate.error.card")
	}
	return p, err
}

// stranger refuses officials who are concerned, or whose household is.
func (s *Service) stranger(ctx context.Context, official authz.Actor, persons ...string) error {
	if !official.Proven() {
		return nil
	}
	for _, p := range persons {
		same := p == official.Person
		if !same {
			var err error
			if same, err = s.d.Register.SameHousehold(ctx, official.Person, p); err != nil {
				return err
			}
		}
		if same {
			return kernel.E(kernel.Forbidden, "mandate.error.own_household", nil)
		}
	}
	return nil
}

// ofOffice is an order that the official's agency registered; anybody else's is
// NotFound.
func (s *Service) ofOffice(tx *pstore.Tx, official authz.Actor, id kernel.ID) (*store.Row, error) {
	m, err := store.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if m.Basis != ByOrder || !official.HasIn(authz.Official, m.Agency) {
		return nil, kernel.E(kernel.NotFound, "mandate.error.none", nil)
	}
	return m, nil
}

// Confirm lets an order take effect: by another official than the one who
// entered it, who has seen the paper too. Ward and guardian are told.
func (s *Service) Confirm(ctx context.Context, official authz.Actor, id kernel.ID) error {
	if _, err := office(official, ""); err != nil {
		return err
	}
	var m *Mandate
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		row, err := s.ofOffice(tx, official, id)
		if err != nil {
			return err
		}
		m, err = s.open(tx, row)
		return err
	})
	if err != nil {
		return err
	}
	if m.By == official.Account {
		return kernel.E(kernel.Forbidden, "mandate.error.second", nil)
	}
	if err := s.stranger(ctx, official, m.Principal, m.Actor); err != nil {
		return err
	}
	for _, p := range []string{m.Principal, m.Actor} {
		if _, err := s.living(ctx, p); err != nil {
			return err
		}
	}
	who, err := s.d.Accounts.Represented(ctx, official, m.Principal, m.Names.Principal)
	if err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		row, err := s.ofOffice(tx, official, id)
		if err != nil {
			return err
		}
		switch {
		case row.State == Active && row.Second == official.Account:
			return nil // pressed twice
		case row.State != Proposed || s.now() >= row.Until:
			return kernel.E(kernel.Conflict, "mandate.error.state", nil)
		}
		row.Account, row.Since, row.Second, row.State = who.Account, s.now(), official.Account, Active
		if err := store.Accept(tx, row); err != nil {
			return err
		}
		if err := s.record(tx, official, "confirm", row, row.Agency); err != nil {
			return err
		}
		if err := s.tell(tx, row, row.Principal, contract.Ordered); err != nil {
			return err
		}
		return s.tell(tx, row, row.Actor, contract.Ordered)
	})
}

// EndOrder ends an order, or declines one that waits: any official of the body
// that registered it may, because less power is the safe side.
func (s *Service) EndOrder(ctx context.Context, official authz.Actor, id kernel.ID) error {
	if _, err := office(official, ""); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		m, err := s.ofOffice(tx, official, id)
		if err != nil || m.State == Ended {
			return err
		}
		how := EndedByOffice
		if m.State == Proposed {
			how = EndedDeclined
		}
		return s.end(tx, official, m, how, m.Agency)
	})
}

// Orders lists what the official's agency registered; the look is logged to
// each ward.
func (s *Service) Orders(ctx context.Context, official authz.Actor, agency string) ([]*Mandate, error) {
	agency, err := office(official, agency)
	if err != nil {
		return nil, err
	}
	var out []*Mandate
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		rows, err := store.OfAgency(tx, agency)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := s.record(tx, official, "look", r, agency); err != nil {
				return err
			}
		}
		out, err = s.openAll(tx, rows)
		return err
	})
	return out, err
}
