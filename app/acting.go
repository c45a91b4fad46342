package app

import (
	"net/http"

	"maru/domain/mandate"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
	"maru/platform/web"
)

// What may be done for somebody else, page by page and operation by operation.
// What does not stand here, nobody does for another person: a new page is closed
// until somebody decides otherwise and writes a line.

// actingPages are the pages that show or do something of the person acted for.
var actingPages = map[string]mandate.Use{
	"casework.mine":          {Action: authz.ReadApplications},
	"casework.application":   {Action: authz.ReadApplications},
	"casework.done":          {Action: authz.ReadApplications},
	"casework.document":      {Action: authz.ReadApplications},
	"casework.file":          {Action: authz.ReadApplications},
	"casework.start":         {Action: authz.PrepareApplications},
	"casework.consent":       {Action: authz.PrepareApplications},
	"casework.question":      {Action: authz.PrepareApplications},
	"casework.question_save": {Action: authz.PrepareApplications},
	"casework.upload":        {Action: authz.PrepareApplications},
	"casework.file_remove":   {Action: authz.PrepareApplications},
	"casework.check_answers": {Action: authz.PrepareApplications},
	"casework.consent_save":  {Action: authz.GiveConsent},
	"casework.submit":        {Action: authz.SubmitApplications},
	"casework.pay":           {Action: authz.SubmitApplications},
	"casework.pay_do":        {Action: authz.SubmitApplications},
	"casework.withdraw":      {Action: authz.SubmitApplications},
	"casework.withdraw_do":   {Action: authz.SubmitApplications},
	"casework.correct":       {Action: authz.SubmitApplications},
	"casework.correct_do":    {Action: authz.SubmitApplications},
	"casework.extension":     {Action: authz.SubmitApplications},
	"casework.object":        {Action: authz.SubmitApplications},
	"casework.object_do":     {Action: authz.SubmitApplications},
	"catalog.service":        {Action: authz.ReadApplications, Quiet: true}, // everybody's page, with the way to apply
	"mydata.list":            {Action: authz.ReadConsents},
	"mydata.withdraw":        {Action: authz.WithdrawConsent},
	"notice.list":            {Action: authz.ReadNotices},
	"notice.message":         {Action: authz.ReadNotices},
}

// actingOperations are those of the API.
var actingOperations = map[string]mandate.Use{
	"applications.list":      {Action: authz.ReadApplications},
	"applications.get":       {Action: authz.ReadApplications},
	"applications.prefill":   {Action: authz.PrepareApplications},
	"mydata.grant":           {Action: authz.GiveConsent},
	"mydata.consents":        {Action: authz.ReadConsents},
	"mydata.withdraw":        {Action: authz.WithdrawConsent},
	"applications.create":    {Action: authz.SubmitApplications},
	"applications.withdraw":  {Action: authz.SubmitApplications},
	"applications.answers":   {Action: authz.SubmitApplications},
	"applications.objection": {Action: authz.SubmitApplications},
	"applications.payment":   {Action: authz.SubmitApplications},
}

// ownPages are the signed-in person's at any time.
var ownPages = map[string]bool{
	"mandate.list": true, "mandate.act": true, "mandate.stop": true,
	"identity.sign_in": true, "identity.sign_in_do": true, "identity.sign_out": true, "identity.demo_sign_in": true, "identity.demo_sign_in_do": true,
	"authority.sign_out": true, "authority.sign_out_do": true, "identity.second_do": true, "identity.passkey_sign_in": true, "identity.passkey_sign_in_options": true, "identity.passkey_confirm_options": true,
	"identity.confirm": true, "identity.confirm_do": true, "identity.mobile_sign_in": true, "identity.mobile_sign_in_back": true, "identity.mobile_sign_in_do": true, "identity.mobile": true, "identity.mobile_back": true, "identity.mobile_do": true, "identity.try_out_mobile": true, "identity.try_out_mobile_do": true, "identity.session": true, "identity.session_stay": true,
	"web.preferences": true,
}

// acting is web.Config.Acting: for whom a session acts, and as whom a page sees
// it then.
func (a *App) acting(r *web.Request) (*web.Acting, error) {
	id := mandate.Chosen(r.Request, r.Self)
	if id == "" {
		return nil, nil
	}
	out := &web.Acting{ID: string(id), Own: ownPages[r.Page.Name]}
	use, personal := actingPages[r.Page.Name]
	if !personal || out.Own {
		m, err := a.mandate.Standing(r.Context(), r.Self, id)
		if out.Own {
			out.Actor = r.Self
			if err != nil {
				return out, nil // over: the page is one's own, and leads back
			}
		}
		if kernel.Is(err, kernel.Forbidden) && r.Page.For == web.Public {
			return nil, nil // over: as anybody sees it
		}
		if err != nil {
			return out, err
		}
		out.Name, out.Ends = m.Names.Principal, m.Until
		if !out.Own && r.Page.For != web.Public {
			return out, kernel.E(kernel.Forbidden, "error.acting", nil)
		}
		return out, nil
	}
	use.What = r.Page.Name
	who, m, err := a.mandate.As(r.Context(), r.Self, id, use)
	if m != nil {
		out.Name, out.Ends = m.Names.Principal, m.Until
	}
	if err != nil && use.Quiet {
		if m == nil {
			return nil, nil // over: as at any other page for everybody
		}
		err = nil // seen as a visitor sees it
	}
	out.Actor = who
	return out, err
}

// actFor is api.Config.ActFor.
func (a *App) actFor(r *http.Request, operation string, self authz.Actor) (authz.Actor, error) {
	use, ok := actingOperations[operation]
	if !ok {
		return authz.Actor{}, kernel.E(kernel.Forbidden, "error.acting", nil)
	}
	use.What = operation
	id, err := kernel.ParseID(r.Header.Get(api.ActingHeader))
	if err != nil {
		id = "" // as unknown as any other
	}
	who, _, err := a.mandate.As(r.Context(), self, id, use)
	return who, err
}

// actingNav is the navigation while somebody acts for another: what is everybody's,
// and of the person's what the mandate reaches.
func (a *App) actingNav(r *web.Request) []web.NavItem {
	items := []web.NavItem{
		{Name: "home", Text: r.T("app.nav.home"), Path: "/"},
		{Name: "services", Text: r.T("app.nav.services"), Path: "/services"},
		{Name: "applications", Text: r.T("app.nav.applications_of", "name", r.Acting.Name), Path: "/applications"},
	}
	if r.Actor.Mandated() && r.Actor.Can(authz.ReadNotices) {
		items = append(items, web.NavItem{Name: "notices", Text: r.T("app.nav.notices"), Path: "/notices"})
	}
	if r.Actor.Mandated() && r.Actor.Can(authz.ReadConsents) {
		items = append(items, web.NavItem{Name: "my-data", Text: r.T("app.nav.my_data"), Path: "/my-data"})
	}
	return append(items, web.NavItem{Name: "account", Text: r.T("app.nav.mandates"), Path: web.ForPath})
}
