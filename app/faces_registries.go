package app

import "maru/domain/registry/govregistries"

// serveGovRegistries mounts the GovStack digital registries interface.
func (a *App) serveGovRegistries() {
	a.web.Handle(govregistries.Prefix+"/", govregistries.New(govregistries.Deps{Registers: a.registers, Log: govregistries.AuditLog{Log: a.audit}, Bodies: a.agency,
		Authenticate: a.caller, Base: a.cfg.PublicURL, Errors: a.log}))
}
