package mount

import (
	"net/http"

	"maru/domain/casework"
	"maru/domain/casework/internal/web"
	pweb "maru/platform/web"
)

// QuestionPreview is a question to show to the editor of a service.
type QuestionPreview = web.Preview

// ShowQuestion shows a question's page with nothing behind it.
func ShowQuestion(srv *pweb.Server, s *casework.Service, w http.ResponseWriter, r *pweb.Request, in QuestionPreview) error {
	return web.ShowPreview(srv, s, w, r, in)
}
