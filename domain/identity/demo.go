package identity

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// DemoEntry is somebody whom a visitor of the try-out world can be.
type DemoEntry struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Role      string `json:"role" doc:"resident, official, editor, operator or auditor"`
	Agency    string `json:"agency" doc:"id of the agency, empty for residents, operators and auditors"`
	Situation string `json:"situation" doc:"why one would be this person"`
}

// demoStaff are the officials there are for each agency, and those there are
// once; the second of a kind is for acts that take two people.
var demoStaff = []struct {
	prefix string // with the agency's id after it
	id     string // or the whole id
	role   authz.Role
	key    string     // of name and situation
	also   authz.Role // a second role at the same agency
}{
	{prefix: "official-", role: authz.Official, key: "official"},
	{prefix: "official2-", role: authz.Official, key: "official2"},
	{prefix: "official3-", role: authz.Official, key: "official3"},
	{prefix: "lead-", role: authz.Official, key: "lead", also: authz.Manager},
	{prefix: "editor-", role: authz.Editor, key: "editor"},
	{id: "operator-1", role: authz.Operator, key: "operator1"},
	{id: "operator-2", role: authz.Operator, key: "operator2"},
	{id: "auditor-1", role: authz.Auditor, key: "auditor"},
}

var errNoDemo = kernel.E(kernel.NotFound, "", nil)

// DemoPeople lists the residents by situation, then staff by agency.
func (s *Service) DemoPeople(ctx context.Context, l kernel.Lang) ([]DemoEntry, error) {
	if !s.d.Demo {
		return nil, errNoDemo
	}
	residents, err := s.d.World.Listed(ctx)
	if err != nil {
		return nil, wrap("demo people", err)
	}
	out := make([]DemoEntry, 0, len(residents))
	for _, p := range residents {
		out = append(out, DemoEntry{ID: p.ID, Name: p.Name, Role: string(authz.Resident), Situation: p.Situation.In(l)})
	}
	agencies, err := s.d.Agencies.Agencies(ctx)
	if err != nil {
		return nil, wrap("demo people", err)
	}
	for _, st := range demoStaff {
		if st.id != "" {
			out = append(out, s.demoEntry(l, st.id, st.role, st.key, Agency{}))
			continue
		}
		for _, a := range agencies {
			out = append(out, s.demoEntry(l, st.prefix+a.ID, st.role, st.key, a))
		}
	}
	return out, nil
}

func (s *Service) demoEntry(l kernel.Lang, id string, role authz.Role, key string, a Agency) DemoEntry {
	return DemoEntry{ID: id, Role: string(role), Agency: a.ID,
		Name:      s.d.Texts.T(l, "identity.demo.name."+key, "agency", a.Name.In(l)),
		Situation: s.d.Texts.T(l, "identity.demo.situation."+key)}
}

// demoAccount is what a demo id stands for.
type demoAccount struct {
	id, name, person string
	grant            authz.Grant // none for residents
	also             authz.Role  // a second role at the same agency
}

func (s *Service) demoAccount(ctx context.Context, id string) (demoAccount, error) {
	for _, st := range demoStaff {
		if st.id == id {
			return demoAccount{id: id, name: s.demoEntry(kernel.KO, id, st.role, st.key, Agency{}).Name, grant: authz.Grant{Role: st.role}}, nil
		}
		agency, ok := strings.CutPrefix(id, st.prefix)
		if st.prefix == "" || !ok {
			continue
		}
		agencies, err := s.d.Agencies.Agencies(ctx)
		if err != nil {
			return demoAccount{}, wrap("demo sign-in", err)
		}
		for _, a := range agencies {
			if a.ID == agency {
				return demoAccount{id: id, name: s.demoEntry(kernel.KO, id, st.role, st.key, a).Name, grant: authz.Grant{Role: st.role, Agency: agency}, also: st.also}, nil
			}
		}
	}
	p, ok, err := s.d.World.Resident(ctx, id)
	if err != nil {
		return demoAccount{}, wrap("demo sign-in", err)
	}
	if !ok {
		return demoAccount{}, kernel.E(kernel.Invalid, "identity.demo.nobody", nil).Field("person", "identity.demo.nobody", nil)
	}
	return demoAccount{id: id, name: p.Name, person: p.ID}, nil
}

// SignInDemo signs a person of the try-out world in and returns an API token
// for everything the person may do, good for twelve hours. The account is made
// on first use. Outside the try-out world it is NotFound.
func (s *Service) SignInDemo(ctx context.Context, id string) (token string, err error) {
	err = s.enterDemo(ctx, id, func(tx *store.Tx, now kernel.Time, actor authz.Actor) error {
		var err error
		token, _, err = insertToken(tx, now, actor.Account, "demo", ScopesOf(actor), now.Add(demoTokenTime))
		return err
	})
	return token, err
}

// DemoSession is SignInDemo for a browser: it returns a session's secret and
// ends the old one.
func (s *Service) DemoSession(ctx context.Context, id, old string, from Client) (secret string, actor authz.Actor, err error) {
	err = s.enterDemo(ctx, id, func(tx *store.Tx, now kernel.Time, a authz.Actor) error {
		var err error
		secret, actor, err = s.enter(tx, now, a.Account, old, from, means{1, []string{methodTryOut}, now})
		return err
	})
	if old != "" {
		s.cache.drop(actor.Account)
	}
	return secret, actor, err
}

func (s *Service) enterDemo(ctx context.Context, id string, enter func(*store.Tx, kernel.Time, authz.Actor) error) error {
	if !s.d.Demo {
		return errNoDemo
	}
	who, err := s.demoAccount(ctx, id)
	if err != nil {
		return err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		account, err := s.findOrMakeDemo(tx, now, who)
		if err != nil {
			return err
		}
		actor, err := s.actor(tx, account, now)
		if err != nil {
			return err
		}
		return enter(tx, now, actor)
	})
	return wrap("demo sign-in", err)
}

func (s *Service) findOrMakeDemo(tx *store.Tx, now kernel.Time, who demoAccount) (kernel.ID, error) {
	var account kernel.ID
	err := tx.QueryRow(`SELECT id FROM identity_account WHERE demo = $1`, who.id).Scan(&account)
	if !errors.Is(err, sql.ErrNoRows) {
		return account, err
	}
	kind := kindResident
	if who.grant.Role != "" {
		kind = kindStaff
	}
	account, err = s.insertAccount(tx, now, newAccount{kind: kind, demo: who.id, name: who.name})
	if err != nil {
		return "", err
	}
	if kind == kindResident {
		return account, s.link(tx, now, proof{authz.Actor{System: "demo"}, account, who.person, methodDemo, "", 0})
	}
	for _, role := range []authz.Role{who.grant.Role, who.also} {
		if role == "" {
			continue
		}
		g := grantRow{id: kernel.NewID(now), account: account, role: role, agency: who.grant.Agency, reason: "demo", state: stateActive,
			requestedAt: now, decidedAt: now}
		if err := g.insert(tx); err != nil {
			return "", err
		}
		if err := s.tellRole(tx, g); err != nil {
			return "", err
		}
		if err := s.appendGrant(tx, authz.Actor{System: "demo"}, "identity.approve_role", g); err != nil {
			return "", err
		}
	}
	return account, nil
}

// DemoStaff gives the accounts of people of the try-out world, made where they
// are not there yet, so that a desk can be furnished with colleagues.
func (s *Service) DemoStaff(ctx context.Context, people ...string) ([]kernel.ID, error) {
	if !s.d.Demo {
		return nil, errNoDemo
	}
	out := make([]kernel.ID, 0, len(people))
	for _, id := range people {
		who, err := s.demoAccount(ctx, id)
		if err != nil {
			return nil, err
		}
		var account kernel.ID
		err = s.d.DB.Update(ctx, func(tx *store.Tx) (err error) {
			account, err = s.findOrMakeDemo(tx, s.now(), who)
			return err
		})
		if err != nil {
			return nil, wrap("demo staff", err)
		}
		out = append(out, account)
	}
	return out, nil
}
