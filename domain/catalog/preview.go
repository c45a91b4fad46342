package catalog

import (
	"net/http"

	"maru/domain/catalog/contract"
	"maru/domain/catalog/internal/web"
	platformweb "maru/platform/web"
)

// Preview marks a page that only shows what a draft would look like.
type Preview = web.Preview

// ShowPreview shows the public page of a definition that is not in force.
func (s *Service) ShowPreview(srv *platformweb.Server, w http.ResponseWriter, r *platformweb.Request, svc *contract.Service, in Preview) error {
	return web.Show(srv, facade{s}, w, r, svc, in)
}
