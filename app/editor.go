package app

import (
	"net/http"

	"maru/domain/agency"
	"maru/domain/casework"
	"maru/domain/casework/mount"
	"maru/domain/catalog/editor"
	"maru/platform/web"
)

// editorBodies is the editor's view of the directory.
type editorBodies struct{ *agency.Service }

func (b editorBodies) Type(id string) string { return b.Directory().Type(id) }

// previewQuestions shows questions of a draft by casework's own page.
func (a *App) previewQuestions(srv *web.Server) editor.Questions {
	return questionPages{srv, a.casework}
}

type questionPages struct {
	srv   *web.Server
	cases *casework.Service
}

func (p questionPages) Preview(w http.ResponseWriter, r *web.Request, q editor.QuestionPreview) error {
	return mount.ShowQuestion(p.srv, p.cases, w, r, mount.QuestionPreview(q))
}
