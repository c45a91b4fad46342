package identity

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// States of a grant.
const (
	stateRequested = "requested"
	stateActive    = "active"
	stateDeclined  = "declined"
	stateEnded     = "ended"
)

const maxReason = 500

// Roles that can be granted; the first three are bound to an agency.
var Roles = []authz.Role{authz.Official, authz.Manager, authz.Editor, authz.Operator, authz.Auditor}

// BoundToAgency tells whether a role is for one agency.
func BoundToAgency(r authz.Role) bool {
	return r == authz.Official || r == authz.Manager || r == authz.Editor
}

// Grant is a role asked for or held, and who decided about it.
type Grant struct {
	ID          kernel.ID
	Account     kernel.ID
	Name        string // of the account's owner
	Role        authz.Role
	Agency      string
	Reason      string
	State       string
	RequestedBy string // name
	RequestedAt kernel.Time
	DecidedBy   string
	DecidedAt   kernel.Time
	ExpiresAt   kernel.Time // zero for never
	// MayApprove tells whether the actor who listed it may agree to it.
	MayApprove bool
}

// RoleRequest asks for a role for a staff account.
type RoleRequest struct {
	Login     string
	Role      authz.Role
	Agency    string // for official and editor
	Reason    string
	ExpiresAt kernel.Time // zero for never
}

func requireOperator(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeAdmin); err != nil {
		return err
	}
	if !actor.Has(authz.Operator) {
		return kernel.E(kernel.Forbidden, "identity.role.operators_only", nil)
	}
	return nil
}

// RequestRole asks for a role; another operator must agree.
func (s *Service) RequestRole(ctx context.Context, actor authz.Actor, q RoleRequest) (kernel.ID, error) {
	if err := requireOperator(actor); err != nil {
		return "", err
	}
	if err := s.checkRequest(ctx, &q); err != nil {
		return "", err
	}
	var id kernel.ID
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := s.accountByLogin(tx, q.Login)
		if kernel.Is(err, kernel.NotFound) || err == nil && !a.Staff {
			return kernel.E(kernel.Invalid, "identity.check_form", nil).Field("login", "identity.role.no_staff", nil)
		}
		if err != nil {
			return err
		}
		now := s.now()
		if err := endExpired(tx, a.ID, q.Role, q.Agency, now); err != nil {
			return err
		}
		var held int64
		if err := tx.QueryRow(`SELECT count(*) FROM identity_grant WHERE account = $1 AND role = $2 AND agency = $3 AND state IN ('requested', 'active')`,
			string(a.ID), string(q.Role), q.Agency).Scan(&held); err != nil {
			return err
		}
		if held > 0 {
			return kernel.E(kernel.Conflict, "identity.role.held", nil)
		}
		id = kernel.NewID(now)
		g := grantRow{id: id, account: a.ID, role: q.Role, agency: q.Agency, reason: q.Reason, state: stateRequested,
			requestedBy: actor.Account, requestedAt: now, expiresAt: q.ExpiresAt}
		if err := g.insert(tx); err != nil {
			return err
		}
		return s.appendGrant(tx, actor, "identity.request_role", g)
	})
	return id, wrap("request role", err)
}

func (s *Service) checkRequest(ctx context.Context, q *RoleRequest) error {
	q.Login, q.Reason = normalLogin(q.Login), strings.TrimSpace(q.Reason)
	e := kernel.E(kernel.Invalid, "identity.check_form", nil)
	if q.Login == "" {
		e.Field("login", "identity.role.no_staff", nil)
	}
	if !slices.Contains(Roles, q.Role) {
		e.Field("role", "identity.role.choose", nil)
	}
	if !BoundToAgency(q.Role) {
		q.Agency = ""
	} else if ok, err := s.agencyExists(ctx, q.Agency); err != nil {
		return err
	} else if !ok {
		e.Field("agency", "identity.role.choose_agency", nil)
	}
	if n := utf8.RuneCountInString(q.Reason); n < 1 || n > maxReason {
		e.Field("reason", "identity.role.reason", map[string]any{"max": maxReason})
	}
	if !q.ExpiresAt.IsZero() && q.ExpiresAt <= s.now() {
		e.Field("until", "identity.role.past", nil)
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

func (s *Service) agencyExists(ctx context.Context, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	all, err := s.d.Agencies.Agencies(ctx)
	if err != nil {
		return false, wrap("agencies", err)
	}
	return slices.ContainsFunc(all, func(a Agency) bool { return a.ID == id }), nil
}

// ApproveRole puts a requested role into force. Neither who asked nor who gets
// it may agree.
func (s *Service) ApproveRole(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	return s.decide(ctx, actor, id, stateActive, "identity.approve_role")
}

// DeclineRole refuses a requested role; who asked may take it back so.
func (s *Service) DeclineRole(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	return s.decide(ctx, actor, id, stateDeclined, "identity.decline_role")
}

func (s *Service) decide(ctx context.Context, actor authz.Actor, id kernel.ID, state, act string) error {
	if err := requireOperator(actor); err != nil {
		return err
	}
	var account kernel.ID
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		g, err := grantByID(tx, id)
		if err != nil {
			return err
		}
		if g.state != stateRequested {
			return kernel.E(kernel.Conflict, "identity.role.decided", nil)
		}
		if state == stateActive && (actor.Account == g.requestedBy || actor.Account == g.account) {
			return kernel.E(kernel.Forbidden, "identity.role.two_people", nil)
		}
		// The session may be older than the end of the actor's own role.
		if err := s.stillOperator(tx, actor); err != nil {
			return err
		}
		account = g.account
		if _, err := tx.Exec(`UPDATE identity_grant SET state = $1, decided_by = $2, decided_at = $3 WHERE id = $4`,
			state, string(actor.Account), int64(s.now()), string(id)); err != nil {
			return err
		}
		if err := s.tellRole(tx, g); err != nil {
			return err
		}
		return s.appendGrant(tx, actor, act, g)
	})
	if err != nil {
		return wrap("decide role", err)
	}
	s.cache.drop(account)
	return nil
}

func (s *Service) stillOperator(tx *store.Tx, actor authz.Actor) error {
	grants, err := activeGrants(tx, actor.Account, s.now())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(grants, func(g authz.Grant) bool { return g.Role == authz.Operator }) {
		return kernel.E(kernel.Forbidden, "identity.role.operators_only", nil)
	}
	return nil
}

// RevokeRole ends a role at once; one operator suffices, because taking power
// away must be quick. Fewer than two operators may not remain.
func (s *Service) RevokeRole(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := requireOperator(actor); err != nil {
		return err
	}
	var account kernel.ID
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := s.stillOperator(tx, actor); err != nil {
			return err
		}
		g, err := grantByID(tx, id)
		if err != nil {
			return err
		}
		if g.state != stateActive {
			return kernel.E(kernel.Conflict, "identity.role.decided", nil)
		}
		now := s.now()
		if g.role == authz.Operator {
			n, err := operators(tx, now)
			if err != nil {
				return err
			}
			if n <= 2 {
				return kernel.E(kernel.Conflict, "identity.role.last_operators", nil)
			}
		}
		account = g.account
		if _, err := tx.Exec(`UPDATE identity_grant SET state = $1, ended_by = $2, ended_at = $3 WHERE id = $4`,
			stateEnded, string(actor.Account), int64(now), string(id)); err != nil {
			return err
		}
		if err := s.tellRole(tx, g); err != nil {
			return err
		}
		return s.appendGrant(tx, actor, "identity.revoke_role", g)
	})
	if err != nil {
		return wrap("revoke role", err)
	}
	s.cache.drop(account)
	return nil
}

// Grants lists what is asked for and what is in force, for operators.
func (s *Service) Grants(ctx context.Context, actor authz.Actor) ([]Grant, error) {
	if err := requireOperator(actor); err != nil {
		return nil, err
	}
	var out []Grant
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := readGrants(tx, `WHERE state IN ('requested', 'active') AND (expires_at = 0 OR expires_at > $1) ORDER BY state DESC, id DESC`, int64(s.now()))
		if err != nil {
			return err
		}
		names := map[kernel.ID]string{}
		name := func(id kernel.ID) string {
			if n, ok := names[id]; ok || id == "" {
				return n
			}
			a, err := s.accountByID(tx, id)
			if err != nil { // not an account: the set-up or the try-out world decided
				return ""
			}
			names[id] = a.Name
			return a.Name
		}
		out = make([]Grant, 0, len(rows))
		for _, g := range rows {
			out = append(out, Grant{ID: g.id, Account: g.account, Name: name(g.account), Role: g.role, Agency: g.agency, Reason: g.reason,
				State: g.state, RequestedBy: name(g.requestedBy), RequestedAt: g.requestedAt, DecidedBy: name(g.decidedBy), DecidedAt: g.decidedAt,
				ExpiresAt: g.expiresAt, MayApprove: g.state == stateRequested && g.requestedBy != actor.Account && g.account != actor.Account})
		}
		return nil
	})
	return out, wrap("list roles", err)
}

func (s *Service) appendGrant(tx *store.Tx, actor authz.Actor, act string, g grantRow) error {
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: act, Object: object(g.account), Purpose: "identity.purpose.roles",
		Agency: g.agency, Detail: map[string]string{"grant": string(g.id), "role": string(g.role), "agency": g.agency, "reason": g.reason}})
}
