package app

import (
	"context"
	"slices"

	"maru/domain/catalog/contract"
	"maru/domain/mydata"
	"maru/domain/mydata/govconsent"
	"maru/kernel"
)

// agreements is govconsent's view of the pack: each service that reads
// anything, and each bundle.
type agreements struct {
	a *App
}

func (g agreements) ids() []string {
	p := g.a.catalog.Active()
	out := slices.Clone(p.Order)
	for _, b := range p.Bundles {
		out = append(out, packBundle+b.ID)
	}
	return out
}

func (g agreements) Agreement(ctx context.Context, id string) (govconsent.Agreement, error) {
	if !slices.Contains(g.ids(), id) {
		return govconsent.Agreement{}, kernel.E(kernel.NotFound, "", nil)
	}
	version := g.a.catalog.PackHash()
	if found, err := g.a.bundles().Bundle(ctx, id, ""); err == nil {
		version = found.Version
	}
	pack := packFacts{Service: g.a.catalog, agencies: g.a.agency, bundles: g.a.bundles()}
	svc, err := pack.Pinned(ctx, contract.Ref{ServiceID: id, Pack: version})
	if err != nil {
		return govconsent.Agreement{}, err
	}
	out := govconsent.Agreement{ID: id, Version: version, Title: svc.Title, Recipient: pack.AgencyType(svc.Agency.Type), KeptYears: svc.Retention.Years}
	for _, item := range mydata.Bundle(svc) {
		one := govconsent.Item{ID: item, Sensitivity: "personal", Title: kernel.Text{KO: item, EN: item}}
		if f, ok := g.a.catalog.Fact(item); ok {
			one.Sensitivity, one.Title = f.Sensitivity, f.Title
		}
		out.Items = append(out.Items, one)
	}
	return out, nil
}

func (g agreements) Agreements(ctx context.Context) ([]govconsent.Agreement, error) {
	var out []govconsent.Agreement
	for _, id := range g.ids() {
		a, err := g.Agreement(ctx, id)
		if err != nil {
			return nil, err
		}
		if len(a.Items) > 0 {
			out = append(out, a)
		}
	}
	return out, nil
}

// serveGovConsent mounts the GovStack consent interface.
func (a *App) serveGovConsent() {
	a.web.Handle(govconsent.Prefix+"/", govconsent.New(govconsent.Deps{Agreements: agreements{a}, Consents: a.mydata, Authenticate: a.caller, Log: a.log,
		Policy: govconsent.Policy{Name: "Maru: handling of personal data", Version: Version(), URL: a.cfg.PublicURL + "/en/privacy", At: a.clock.Now()}}))
}
