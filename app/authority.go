package app

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"maru/domain/authority"
	"maru/domain/identity"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

// joinAuthority makes the authorisation server.
func (a *App) joinAuthority(bodies agencies) error {
	inside, err := a.cfg.backchannel()
	if err != nil {
		return err
	}
	a.authority = authority.New(authority.Deps{DB: a.db, Keys: a.keys, Clock: a.clock, Log: a.log, Jobs: a.jobs, Issuer: a.cfg.PublicURL,
		Sessions: sessions{a}, Agencies: bodies, Demo: a.cfg.demo, Inside: inside})
	return nil
}

// sessions is authority's view of identity.
type sessions struct{ a *App }

func (s sessions) Signed(_ context.Context, actor authz.Actor) (authority.Signed, error) {
	return authority.Signed{At: actor.Proof.At, AAL: actor.Proof.Level, AMR: actor.Proof.Methods}, nil
}

func (s sessions) Levels() []int { return []int{1, 2} }

func (s sessions) StepUp(ctx context.Context, actor authz.Actor, aal int, next string) (string, error) {
	if reach, err := s.reach(ctx, actor); err != nil || reach < aal {
		return "", err
	}
	return lead(identity.ConfirmPath, next), nil
}

// reach is the highest level that the account can prove.
func (s sessions) reach(ctx context.Context, actor authz.Actor) (int, error) {
	has, err := s.a.identity.Proofs(ctx, actor)
	if err != nil || !has.Passkey && !has.Code {
		return 1, err
	}
	return 2, nil
}

func lead(path, next string) string { return path + "?" + url.Values{"next": {next}}.Encode() }

func (s sessions) Ready(ctx context.Context, actor authz.Actor, next string) (string, error) {
	path, err := s.a.identity.LeadTo(ctx, actor, web.FreshAct)
	if path != "" {
		path = lead(path, next)
	}
	return path, err
}

// Enough judges the proof of some time ago as if its session stood before us.
func (s sessions) Enough(ctx context.Context, actor authz.Actor) (int, time.Duration, error) {
	actor.Token = false
	err := s.a.identity.RequireFresh(ctx, actor, web.FreshAct)
	if !kernel.Is(err, kernel.Unauthorized) {
		return 0, 0, err
	}
	aal, err := s.reach(ctx, actor)
	return aal, identity.FreshTime, err
}

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
