// Package web serves Maru's pages: a table of routes in two languages, a
// request with its language, actor and preferences, views in html/template
// over the design system, and the middleware that every answer passes
// (request id, recovery, security headers, cross-origin protection, rate and
// body limits, compression, error pages by kind).
//
// It knows no domain. A domain registers its pages with Server.Page under the
// Korean path ("/services/{id}"); the same page is served in English under
// /en. Handlers return an error instead of writing one; the server turns its
// kernel.Kind into the right page and logs it once under the request's id.
package web
