package api

import (
	"net/http"

	"maru/kernel"
	"maru/platform/authz"
)

// ActingHeader names the mandate under which the caller acts for somebody else
// in one request.
const ActingHeader = "Maru-Acting-For"

// actFor is whom the operation sees. Who cannot act is told so: the request is
// never carried out as the caller's own.
func (a *API) actFor(r *http.Request, op Op, self authz.Actor) (authz.Actor, error) {
	if !self.SignedIn() {
		return self, kernel.E(kernel.Unauthorized, "api.no_token", nil)
	}
	if a.c.ActFor == nil {
		return self, kernel.E(kernel.Forbidden, "error.acting", nil)
	}
	return a.c.ActFor(r, op.ID, self)
}
