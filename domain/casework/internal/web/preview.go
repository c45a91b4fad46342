package web

import (
	"net/http"
	"strings"

	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/web"
)

// Preview is a question as residents will see it, for the editor of a service
// that is not in force. Nothing stands behind it: no application, no register,
// and what is sent from it is not kept.
type Preview struct {
	Service  *catalog.Service
	Question *catalog.Question
	Action   string // where the form leads
	Back     string // to the question before
	Home     string // the service's page, in preview
	At, Of   int
}

// ShowPreview shows the page of a question.
func ShowPreview(srv *web.Server, s *casework.Service, w http.ResponseWriter, r *web.Request, in Preview) error {
	p := &Pages{srv: srv, s: s, clock: s.Clock}
	q := in.Question
	v := questionView{Service: in.Service.Title, Q: q, Back: in.Back, At: in.At, Of: in.Of, Action: in.Action, FileAction: in.Action, Home: in.Home, Preview: in.Home,
		Options: p.choices(r, in.Service, q, nil)}
	switch q.Type {
	case "counts":
		v.Counts = countFields(r, q, kernel.Value{}, nil)
	case "slot":
		v.Visit = in.Service.Visit
	case "file":
		_, l := casework.UploadLimits(in.Service)
		v.MaxBytes = l.MaxBytes
		var accept []string
		for _, t := range l.Types {
			accept = append(accept, map[string]string{"pdf": ".pdf", "png": ".png", "jpeg": ".jpg,.jpeg"}[t])
		}
		v.Accept = strings.Join(accept, ",")
	}
	return srv.Render(w, r, views, web.View{Template: "apply-question", Title: q.Title.In(r.Lang) + " - " + in.Service.Title.In(r.Lang), Data: v})
}
