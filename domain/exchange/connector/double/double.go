// Package double is a pair of X-Road security servers that is none: a double for
// tests, written from the Message Protocol for REST r1 (PR-REST 1.0.4). It does
// on the way what the protocol says about addresses, headers, the hash of the
// request and errors, and leaves out what lies between real servers: their
// transport, certificates, signatures and configuration. That an installation
// works behind a real security server is not proven by it.
package double

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"maru/domain/exchange/connector"
	"maru/kernel"
)

// Pair is the consumer's and the provider's security server in one.
type Pair struct {
	// Services are the addresses behind service ids, as Identifier writes them.
	Services map[string]string
	// Clients may call, as Identifier writes them.
	Clients []string
	// Spoil, where it is set, changes an answer on its way to the consumer.
	Spoil func(h http.Header)
	HTTP  *http.Client
}

// filtered headers are not passed on (section 4.3).
var filtered = []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Server"}

// ServeHTTP is the consumer's side: /r1/{service id}[/path][?query].
func (p *Pair) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), "/r1/")
	clients := r.Header.Values(connector.HeaderClient)
	if !ok || len(clients) == 0 || len(r.URL.String()) > 2000 {
		fault(w, http.StatusBadRequest, "Client.BadRequest")
		return
	}
	client := clients[len(clients)-1] // repeated: the last one counts
	if _, err := connector.ParseIdentifier(client, 3, 4); err != nil {
		fault(w, http.StatusBadRequest, "Client.BadRequest")
		return
	}
	service, path, ok := p.find(rest)
	if !ok {
		fault(w, http.StatusInternalServerError, "Server.ServerProxy.UnknownService")
		return
	}
	if !slices.Contains(p.Clients, client) {
		fault(w, http.StatusInternalServerError, "Server.ServerProxy.AccessDenied")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		fault(w, http.StatusBadRequest, "Client.BadRequest")
		return
	}
	p.forward(w, r, client, service, path, body)
}

// find takes the longest service id that the address begins with.
func (p *Pair) find(rest string) (service, path string, ok bool) {
	for id := range p.Services {
		if tail, has := strings.CutPrefix(rest, id); has && (tail == "" || tail[0] == '/') && len(id) > len(service) {
			service, path, ok = id, tail, true
		}
	}
	return service, path, ok
}

func (p *Pair) forward(w http.ResponseWriter, r *http.Request, client, service, path string, body []byte) {
	address := p.Services[service] + path
	if r.URL.RawQuery != "" {
		address += "?" + r.URL.RawQuery
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, address, bytes.NewReader(body))
	if err != nil {
		fault(w, http.StatusInternalServerError, "Server.ClientProxy.InternalError")
		return
	}
	req.Header = r.Header.Clone()
	for _, name := range filtered {
		req.Header.Del(name)
	}
	req.Header.Del(connector.HeaderRequestHash)
	req.Header.Set("User-Agent", "")
	req.Header.Set(connector.HeaderClient, client)
	if req.Header.Get(connector.HeaderID) == "" {
		req.Header.Set(connector.HeaderID, string(kernel.RandomID()))
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	id, hash := req.Header.Get(connector.HeaderID), requestHash(req, body)
	res, err := p.HTTP.Do(req)
	if err != nil {
		fault(w, http.StatusInternalServerError, "Server.ServerProxy.NetworkError")
		return
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	h := w.Header()
	maps.Copy(h, res.Header)
	for _, name := range filtered {
		h.Del(name)
	}
	h.Del(connector.HeaderError) // not the provider's to set
	h.Set(connector.HeaderClient, client)
	h.Set(connector.HeaderService, service)
	h.Set(connector.HeaderID, id)
	h.Set(connector.HeaderRequestID, string(kernel.RandomID()))
	h.Set(connector.HeaderRequestHash, hash)
	if p.Spoil != nil {
		p.Spoil(h)
	}
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body)
}

// requestHash is base64(SHA-512(SHA-512(headers) + SHA-512(body))), without a
// body base64(SHA-512(headers)). In which form the headers enter is the security
// servers' own affair; here it is their lines, sorted.
func requestHash(r *http.Request, body []byte) string {
	var lines []string
	for name, values := range r.Header {
		for _, v := range values {
			lines = append(lines, name+":"+v)
		}
	}
	slices.Sort(lines)
	sum := sha512.Sum512([]byte(r.Method + " " + r.URL.String() + "\n" + strings.Join(lines, "\n")))
	if len(body) > 0 {
		b := sha512.Sum512(body)
		sum = sha512.Sum512(append(sum[:], b[:]...))
	}
	return base64.StdEncoding.EncodeToString(sum[:])
}

// fault is an error of a security server (section 4.6).
func fault(w http.ResponseWriter, status int, kind string) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set(connector.HeaderError, kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(connector.Fault{Type: kind, Message: "double", Detail: string(kernel.RandomID())})
}
