// Package api is the ground of Maru's JSON interface: operations below
// /api/v1, described as OpenAPI 3.1 at /api/openapi.json.
//
// A domain registers an operation with Register, giving an input and an output
// struct; the framework behind this package (huma on net/http's ServeMux)
// reads path, query, header and body from the tags and writes the description.
// No other package imports the framework.
//
// Every failure is one shape, application/problem+json (RFC 9457), in the
// language the caller asks for (?lang= or Accept-Language; Korean otherwise):
//
//	{"type","title","status","detail","kind","errors":[{"field","message"}],"id"}
//
// That holds for what the framework finds (missing, unknown or mistyped
// fields), for what a domain returns (kernel.Error), and for paths and methods
// that do not exist, bodies that are too large, of another type, not JSON, or
// that carry NUL or broken UTF-8. A panic becomes a 500 whose id is in the log;
// its cause is never told.
//
// Callers prove who they are with a bearer token only, never with a cookie, so
// that no other site can act in a visitor's name here.
package api
