package connector

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"maru/kernel"
)

// The headers of the X-Road Message Protocol for REST r1 (PR-REST 1.0.4,
// section 4.3).
const (
	HeaderClient      = "X-Road-Client"
	HeaderService     = "X-Road-Service"
	HeaderID          = "X-Road-Id"
	HeaderRequestID   = "X-Road-Request-Id"
	HeaderRequestHash = "X-Road-Request-Hash"
	HeaderError       = "X-Road-Error"
	HeaderRepresented = "X-Road-Represented-Party"
	HeaderUser        = "X-Road-UserId"
)

// maxAddress is how long an address may be: security servers refuse longer
// ones (section 4.2).
const maxAddress = 2000

// Identifier writes parts as the protocol wants them: each percent-encoded by
// itself, with slashes between.
func Identifier(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = url.PathEscape(p)
	}
	return strings.Join(out, "/")
}

// ParseIdentifier reads what Identifier writes. It takes as many parts as a
// client or a service has.
func ParseIdentifier(s string, least, most int) ([]string, error) {
	parts := strings.Split(s, "/")
	if len(parts) < least || len(parts) > most {
		return nil, fmt.Errorf("X-Road identifier of %d parts", len(parts))
	}
	for i, p := range parts {
		plain, err := url.PathUnescape(p)
		if err != nil || !validPart(plain) {
			return nil, errors.New("X-Road identifier with an empty or forbidden part")
		}
		parts[i] = plain
	}
	return parts, nil
}

// validPart refuses what the protocol restricts in identifiers (section 4.8):
// colon, semicolon, slashes, percent, path steps and control characters.
func validPart(p string) bool {
	return p != "" && p != "." && p != ".." && !strings.ContainsAny(p, ":;/\\%") && !strings.ContainsFunc(p, func(r rune) bool {
		return r < ' ' || r >= 0x7f && r <= 0x9f || r == 0x200b || r == 0xfeff
	})
}

// address is where the service is reached through the security server.
func (x *XRoad) address(server string) (string, error) {
	for _, id := range [][]string{x.Client, x.Service} {
		for _, p := range id {
			if !validPart(p) {
				return "", fmt.Errorf("xroad: %q cannot be part of an identifier", p)
			}
		}
	}
	if len(x.Client) < 3 || len(x.Client) > 4 || len(x.Service) < 4 || len(x.Service) > 5 {
		return "", errors.New("xroad: a client has three or four parts, a service four or five")
	}
	for _, p := range x.Represented {
		if !validPart(p) || len(x.Represented) > 2 {
			return "", fmt.Errorf("xroad: represented party %q", p)
		}
	}
	path := x.Path
	if path == "" {
		path = "/read"
	}
	if path[0] != '/' || strings.ContainsAny(path, "?#") {
		return "", fmt.Errorf("xroad: path %q", path)
	}
	out := strings.TrimSuffix(server, "/") + "/r1/" + Identifier(x.Service) + path
	if len(out) > maxAddress {
		return "", errors.New("xroad: the address is too long")
	}
	return out, nil
}

// dress adds the headers and returns the id of the message.
func (x *XRoad) dress(req *http.Request) (id string) {
	id = string(kernel.RandomID())
	req.Header.Set(HeaderClient, Identifier(x.Client))
	req.Header.Set(HeaderID, id)
	if len(x.Represented) > 0 {
		req.Header.Set(HeaderRepresented, Identifier(x.Represented))
	}
	return id
}

// Fault is an error of X-Road itself, not of the register behind it.
type Fault struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Detail  string `json:"detail"`
}

// Error names the fault's type, which says which side it is on.
func (f *Fault) Error() string { return "X-Road: " + f.Type + " (" + f.Detail + ")" }

// check tells an answer of the register from one of X-Road, and one to this
// message from one to another. The hash of the request is the consumer's
// security server's to compare, which saw all headers; that it is there, and
// a SHA-512, is ours.
func (x *XRoad) check(res *http.Response, body []byte, id string) error {
	if kind := res.Header.Get(HeaderError); kind != "" {
		f := &Fault{Type: kind}
		if json.Unmarshal(body, f) != nil || f.Type != kind {
			f = &Fault{Type: kind}
		}
		return f
	}
	if got := res.Header.Get(HeaderID); got != id {
		return fmt.Errorf("X-Road: answer to the message %q", got)
	}
	if got := res.Header.Get(HeaderService); got != Identifier(x.Service) {
		return fmt.Errorf("X-Road: answer of the service %q", got)
	}
	if got := res.Header.Get(HeaderClient); got != Identifier(x.Client) {
		return fmt.Errorf("X-Road: answer for the client %q", got)
	}
	hash, err := base64.StdEncoding.DecodeString(res.Header.Get(HeaderRequestHash))
	if err != nil || len(hash) != 64 {
		return errors.New("X-Road: no hash of the request")
	}
	return nil
}
