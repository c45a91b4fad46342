package editor

import (
	"net/http"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/web"
)

// Bodies knows the directory of bodies.
type Bodies interface {
	// Type is the type of a body, "" when there is no such body.
	Type(id string) string
	Name(id string, l kernel.Lang) string
}

// Questions shows a page of the form as residents see it, with nothing behind
// it. Only pages need it.
type Questions interface {
	Preview(w http.ResponseWriter, r *web.Request, q QuestionPreview) error
}

// QuestionPreview is one question to show.
type QuestionPreview struct {
	Service  *contract.Service
	Question *contract.Question
	Action   string // where the form leads; nothing is kept of it
	Back     string
	Home     string // the page of the service, in preview
	At, Of   int
}
