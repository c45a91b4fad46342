package app

import (
	"context"
	"net/http"

	"maru/domain/authority"
	"maru/kernel"
	"maru/platform/authz"
)

// joinAuthority makes the authorisation server.
func (a *App) joinAuthority(bodies agencies) {
	a.authority = authority.New(authority.Deps{DB: a.db, Keys: a.keys, Clock: a.clock, Log: a.log, Issuer: a.cfg.PublicURL,
		Sessions: sessions{a}, Agencies: bodies})
}

// sessions is authority's view of identity.
type sessions struct{ a *App }

// Signed is level 1 everywhere: a password is one factor.
func (s sessions) Signed(ctx context.Context, actor authz.Actor) (authority.Signed, error) {
	at, password, err := s.a.identity.SignedIn(ctx, actor)
	in := authority.Signed{At: at, AAL: 1}
	if password {
		in.AMR = []string{"pwd"}
	}
	return in, err
}

func (s sessions) Levels() []int { return []int{1} }

func (s sessions) StepUp(int, string) string { return "" }

func (s sessions) Actor(ctx context.Context, account kernel.ID) (authz.Actor, error) {
	return s.a.identity.ActorOf(ctx, account)
}

func (s sessions) SignOut(w http.ResponseWriter, r *http.Request, actor authz.Actor) error {
	cookie, err := s.a.identity.SignOutOf(r, actor)
	if err != nil {
		return err
	}
	s.a.web.ClearCookie(w, cookie)
	w.Header().Set("Clear-Site-Data", `"storage"`)
	return nil
}

// ClientAgencies lists the bodies that programs can belong to.
func (a agencies) ClientAgencies(ctx context.Context) ([]authority.Agency, error) {
	all, err := a.Agencies(ctx)
	out := make([]authority.Agency, len(all))
	for i, x := range all {
		out[i] = authority.Agency(x)
	}
	return out, err
}
