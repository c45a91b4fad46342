package identity

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Holder is somebody who holds a role.
type Holder struct {
	Account kernel.ID
	Name    string
	Person  string // registry person, "" without proofing
}

// Holders lists who holds a role at an agency now, by name.
func (s *Service) Holders(ctx context.Context, role authz.Role, agency string) ([]Holder, error) {
	var out []Holder
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		grants, err := readGrants(tx, `WHERE state = 'active' AND agency = $1 AND role = $2 AND (expires_at = 0 OR expires_at > $3)`, agency, string(role), int64(s.now()))
		if err != nil {
			return err
		}
		for _, g := range grants {
			a, err := s.accountByID(tx, g.account)
			if err != nil {
				return err
			}
			out = append(out, Holder{Account: a.ID, Name: a.Name, Person: a.Person})
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Holder) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Account, b.Account))
	})
	return out, wrap("holders of a role", err)
}

// tellRole publishes that a role of an account began or ended.
func (s *Service) tellRole(tx *store.Tx, g grantRow) error {
	if s.d.Events == nil {
		return nil
	}
	return s.d.Events.Publish(tx, contract.RoleChanged, contract.Role{Account: g.account, Role: string(g.role), Agency: g.agency})
}
