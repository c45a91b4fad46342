package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"

	"maru/kernel"
	"maru/platform/authz"
)

// Acting is a session in which somebody acts for another person.
type Acting struct {
	ID   string      // of the mandate
	Name string      // of the person acted for
	Ends kernel.Time // zero for no end
	// Actor is whom the page sees: the person acted for, with the helper in
	// it; the one who signed in, on pages about themselves; nobody at all, on
	// pages for everybody.
	Actor authz.Actor
	// Own is set on pages that are the signed-in person's at any time: those
	// take their forms without the check of whom they were opened for.
	Own bool
}

// actingParam travels with every form of a page that was opened while acting
// for somebody, so that a form never does for one person what was typed for
// another: another tab may have changed for whom one acts, or ended it.
const actingParam = "acting"

// StopPath is the page that ends acting for somebody, and ForPath the one that
// lists for whom one may act.
const (
	ForPath  = "/mandates"
	StopPath = "/mandates/stop"
)

// standIn finds out whether who signed in acts for somebody here, and may.
func (s *Server) standIn(r *Request) error {
	r.Self = r.Actor
	opened := r.URL.Query().Get(actingParam)
	if s.cfg.Acting != nil && r.Actor.SignedIn() {
		acting, err := s.cfg.Acting(r)
		if acting != nil {
			r.Acting, r.Actor = acting, acting.Actor
		}
		if err != nil {
			return err
		}
	}
	now := ""
	if r.Acting != nil {
		if r.Acting.Own {
			return nil
		}
		now = r.Acting.ID
	}
	if r.Method == http.MethodPost && opened != now && (opened != "" || r.Page.For != Public) {
		return kernel.E(kernel.Conflict, "error.acting_changed", nil)
	}
	return nil
}

// asSelf is the request of who signed in: proofs of who somebody is are asked
// of them, for whomever they act.
func (r *Request) asSelf() *Request {
	own := *r
	own.Actor = r.Self
	return &own
}

// formTag finds the forms of a page that post.
var formTag = regexp.MustCompile(`<form\b[^>]*\bmethod="post"[^>]*>`)

var formAction = regexp.MustCompile(`\baction="([^"]*)"`)

// markForms has every form of a page say for whom it was opened.
func markForms(page []byte, id string) []byte {
	return formTag.ReplaceAllFunc(page, func(tag []byte) []byte {
		return formAction.ReplaceAllFunc(tag, func(action []byte) []byte {
			raw := html.UnescapeString(string(formAction.FindSubmatch(action)[1]))
			u, err := url.Parse(raw)
			if err != nil || u.Host != "" {
				return action
			}
			q := u.Query()
			q.Set(actingParam, id)
			u.RawQuery = q.Encode()
			return []byte(`action="` + html.EscapeString(u.String()) + `"`)
		})
	})
}

// actingPath is a posted path with whom its form was opened for.
func actingPath(r *Request) string {
	path := r.URL.EscapedPath()
	if id := r.URL.Query().Get(actingParam); id != "" {
		path += "?" + url.Values{actingParam: {id}}.Encode()
	}
	return path
}
