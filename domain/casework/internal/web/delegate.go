package web

import (
	"maru/kernel"
	"maru/platform/web"
)

// delegate says by name who acted for the applicant. A page is worth showing
// without the name.
func (p *Pages) delegate(r *web.Request, account kernel.ID) string {
	if p.s.Delegates != nil {
		if name, err := p.s.Delegates.DelegateName(r.Context(), account); err == nil && name != "" {
			return r.T("casework.by.delegate", "name", name)
		}
	}
	return r.T("casework.by.delegate_unnamed")
}
