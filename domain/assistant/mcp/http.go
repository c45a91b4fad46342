package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"maru/kernel"
	"maru/platform/address"
)

const (
	// timeout bounds a request; ours take milliseconds.
	timeout = 30 * time.Second
	// wait bounds how long a request waits for its turn.
	wait = 5 * time.Second
)

// ServeHTTP answers the protocol's one address. Other sites' pages may not reach
// it through somebody's browser: the host must be ours, and an origin too.
func (m *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !m.ours(r.Host) || !m.origin(r) {
		refuse(w, http.StatusForbidden, "this host or origin may not ask here")
		return
	}
	if m.cfg.Allow != nil && !m.cfg.Allow(r) {
		m.Refuse(w, r, kernel.E(kernel.Limited, "", nil))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		refuse(w, http.StatusRequestEntityTooLarge, "the request is larger than 64 KiB")
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, "the request broke off")
		return
	case bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")):
		// A batch would ask many things for the price of one.
		refuse(w, http.StatusBadRequest, "batches are not taken; send one message a request")
		return
	}
	person, ok := m.admit(w, r, body)
	if !ok {
		return
	}
	// Only now: a caller who sends slowly holds up nobody's turn.
	turn, stop := context.WithTimeout(ctx, wait)
	defer stop()
	select {
	case m.slot <- struct{}{}:
		defer func() { <-m.slot }()
	case <-turn.Done():
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "many requests are at work; try again in a moment")
		return
	}
	in := r.WithContext(context.WithValue(ctx, personKey{}, person))
	in.Body = io.NopCloser(bytes.NewReader(body))
	m.http.ServeHTTP(w, in)
}

// Refuse answers what the site's own limits stop, for a caller that is a
// program.
func (m *Server) Refuse(w http.ResponseWriter, _ *http.Request, err error) {
	switch kernel.KindOf(err) {
	case kernel.Limited:
		w.Header().Set("Retry-After", "10")
		refuse(w, http.StatusTooManyRequests, "too many requests from this address; try again in a moment")
	case kernel.Forbidden:
		refuse(w, http.StatusForbidden, "this origin may not ask here")
	default:
		refuse(w, http.StatusInternalServerError, errFailed.Error())
	}
}

// refuse writes an error of JSON-RPC without an id, as the transport asks for.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// Whoever went away needs no answer.
	_ = json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "id": nil, "error": map[string]any{"code": -32000, "message": message}})
}

// ours tells whether a host is the site's, or loopback by its own name or
// number. A name of somebody else's that was made to point here is neither.
func (m *Server) ours(host string) bool {
	u, err := url.Parse(m.cfg.Site)
	return err == nil && u.Host != "" && host == u.Host || address.Loopback(host)
}

// origin tells whether a request comes from a program, which has no origin, or
// from a page of our own; a page of somebody's own machine may ask what runs on
// that machine.
func (m *Server) origin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	u, err := url.Parse(origins[0])
	if len(origins) > 1 || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	return u.Scheme+"://"+u.Host == m.cfg.Site || address.Loopback(u.Host) && address.Loopback(r.Host)
}
