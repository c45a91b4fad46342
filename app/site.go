package app

import (
	"net/http"

	"maru/domain/ask"
	"maru/domain/benefit/simulate"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
	"maru/platform/web"
)

// serveWith makes the web server and the API.
func (a *App) serveWith() error {
	proxies, err := a.cfg.proxies()
	if err != nil {
		return err
	}
	a.web = web.New(web.Config{
		Catalog: a.texts, Clock: a.clock, Log: a.log,
		Demo: a.cfg.demo, PublicURL: a.cfg.PublicURL, Official: a.cfg.Official, OfficialSuffix: a.cfg.OfficialSuffix,
		Operator:     kernel.Text{KO: a.cfg.Operator, EN: a.cfg.Operator},
		Authenticate: a.identity.Authenticate,
		Acting:       a.acting,
		Nav:          a.nav,
		SessionEnds:  a.sessionEnds,
		Keep:         a.identity.Keep,
		Lead:         a.identity.Lead,
		Limits:       a.limits(), TrustedProxies: proxies,
	})
	a.api = api.New(api.Config{
		Title: "Maru", Version: Version(), Authenticate: a.identity.AuthenticateToken, Access: a.authority.Authenticate, Fresh: a.authority.Fresh, Catalog: a.texts, Log: a.log, Clock: a.clock,
		ActFor: a.actFor,
		Limit:  func(_ *http.Request, actor authz.Actor) error { return a.withinLimit(actor) },
	})
	return nil
}

// sessionEnds is for the warning before a session ends; a page is worth
// showing without it.
func (a *App) sessionEnds(r *web.Request) (kernel.Time, bool) {
	l, err := a.identity.SessionLeft(r.Context(), r.Self)
	if err != nil {
		a.log.WarnContext(r.Context(), "session end", "err", err)
	}
	return l.Ends(), l.Last()
}

// limits are those configured. The try-out is one person's machine on
// loopback, where a load test is welcome.
func (a *App) limits() web.Limits {
	l := web.Limits{IP: rate(a.cfg.RateIP), Account: rate(a.cfg.RateAccount)}
	if a.cfg.demo {
		generous := web.Rate{PerMinute: 600_000, Burst: 20_000}
		if a.cfg.RateIP == 0 {
			l.IP = generous
		}
		if a.cfg.RateAccount == 0 {
			l.Account = generous
		}
	}
	return l
}

func rate(perMinute int) web.Rate {
	if perMinute <= 0 {
		return web.Rate{PerMinute: perMinute}
	}
	return web.Rate{PerMinute: perMinute, Burst: max(perMinute/6, 10)}
}

// nav is the main navigation: what people come for first, then what is theirs,
// then the desk for those who have one.
func (a *App) nav(r *web.Request) []web.NavItem {
	if r.Acting != nil {
		return a.actingNav(r)
	}
	benefits := "/benefits"
	if r.Actor.Proven() {
		benefits = "/benefits/mine" // registers answer for them
	}
	items := []web.NavItem{
		{Name: "home", Text: r.T("app.nav.home"), Path: "/"},
		{Name: "services", Text: r.T("app.nav.services"), Path: "/services"},
		{Name: "life-events", Text: r.T("app.nav.life_events"), Path: "/life-events"},
		{Name: "benefits", Text: r.T("app.nav.benefits"), Path: benefits},
	}
	if !r.Actor.SignedIn() {
		return append(items, web.NavItem{Name: "check", Text: r.T("app.nav.check"), Path: "/check"})
	}
	if r.Actor.Has(authz.Official) {
		items = append(items, web.NavItem{Name: "desk", Text: r.T("app.nav.desk"), Path: "/desk"})
	}
	if r.Actor.Has(authz.Editor) {
		items = append(items, web.NavItem{Name: "desk-services", Text: r.T("app.nav.desk_services"), Path: "/desk/services"})
	}
	if simulate.For(r.Actor) {
		items = append(items, web.NavItem{Name: "simulate", Text: r.T("app.nav.simulate"), Path: "/benefits/simulate"})
	}
	if ask.Plans(r.Actor) {
		items = append(items, web.NavItem{Name: "unmet", Text: r.T("app.nav.unmet"), Path: "/ask/unmet"})
	}
	if r.Actor.Has(authz.Operator) {
		items = append(items, web.NavItem{Name: "admin", Text: r.T("app.nav.admin"), Path: "/admin/roles"})
	}
	if r.Actor.Has(authz.Auditor) {
		items = append(items, web.NavItem{Name: "audit", Text: r.T("app.nav.audit"), Path: "/audit"})
	}
	if !r.Actor.Staff() {
		unread, err := a.notice.Unread(r.Context(), r.Actor)
		if err != nil {
			a.log.WarnContext(r.Context(), "count unread notices", "err", err)
		}
		items = append(items,
			web.NavItem{Name: "applications", Text: r.T("app.nav.applications"), Path: "/applications"},
			web.NavItem{Name: "notices", Text: r.T("app.nav.notices"), Path: "/notices", Count: unread},
			web.NavItem{Name: "my-data", Text: r.T("app.nav.my_data"), Path: "/my-data"},
		)
	}
	return append(items, web.NavItem{Name: "account", Text: r.T("app.nav.account"), Path: "/account"})
}
