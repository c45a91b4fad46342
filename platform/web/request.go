package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
)

// Request is a request for a page, with all that the server found out.
type Request struct {
	*http.Request
	Lang  kernel.Lang
	Actor authz.Actor
	// Self is who signed in; it differs from Actor while they act for another
	// person, and Acting says for whom.
	Self   authz.Actor
	Acting *Acting
	Prefs  Prefs
	Page   Page // the page asked for; zero on error pages of unknown paths

	server *Server
	posted url.Values // of ParseForm, read once
}

// Link is path in the request's language. Paths of the API, of static files
// and of other sites stay as they are.
func (r *Request) Link(path string) string { return link(r.Lang, path) }

// T is the message of key in the request's language.
func (r *Request) T(key string, args ...any) string {
	return r.server.cfg.Catalog.T(r.Lang, key, args...)
}

// Here is the path and query of the request without language prefix: what a
// form sends along to come back to this page. It has one slash in front: with
// two, a link to it would lead to another site.
func (r *Request) Here() string {
	_, path := splitLang(r.URL.EscapedPath())
	path = "/" + strings.TrimLeft(path, "/")
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	return path
}

// ID names the request in the log and on error pages.
func (r *Request) ID() string { return RequestID(r.Context()) }

type requestIDKey struct{}

// RequestID is the id of the request that ctx belongs to, "" outside one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func link(l kernel.Lang, path string) string {
	if l != kernel.EN || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return path
	}
	for _, own := range []string{"/static/", "/api/", "/en/"} {
		if strings.HasPrefix(path, own) {
			return path
		}
	}
	switch rest := strings.TrimPrefix(path, "/"); {
	case rest == "" || rest[0] == '?' || rest[0] == '#':
		return "/en" + rest
	}
	return "/en" + path
}

// splitLang cuts the language prefix off an escaped path.
func splitLang(path string) (kernel.Lang, string) {
	if path == "/en" || path == "/en/" {
		return kernel.EN, "/"
	}
	if rest, ok := strings.CutPrefix(path, "/en/"); ok {
		return kernel.EN, "/" + rest
	}
	return kernel.KO, path
}
