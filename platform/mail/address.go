package mail

import (
	"errors"
	"net/netip"
	"strings"
)

// ErrAddress is what Address says of anything that is no plain address.
var ErrAddress = errors.New("mail: not a plain address")

// Longest parts of an address (RFC 5321 section 4.5.3.1), in bytes.
const (
	maxLocal   = 64
	maxAddress = 254
	maxLabel   = 63
)

// Address is an address as people have it: letters, digits and the marks that
// need no quotes, at a host name. Quoted names, comments, address literals and
// letters beyond ASCII are refused, not mended: many servers on the way would
// not take them, and what looks like two addresses to one program is one to
// another. The host's letters become small; those of the name stay, for they
// may matter to the host.
func Address(s string) (string, error) {
	s = strings.Trim(s, " \t")
	local, host, ok := strings.Cut(s, "@")
	if !ok || len(s) > maxAddress || !dotAtom(local) || !hostName(host) {
		return "", ErrAddress
	}
	return local + "@" + strings.ToLower(host), nil
}

// dotAtom tells whether s is a dot-atom of RFC 5322.
func dotAtom(s string) bool {
	if len(s) > maxLocal {
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return !alphanumeric(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r) }) {
			return false
		}
	}
	return true
}

// hostName tells whether s is a name of at least two labels that is no number.
func hostName(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > maxLabel || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, func(r rune) bool { return !alphanumeric(r) && r != '-' }) {
			return false
		}
	}
	_, err := netip.ParseAddr(s)
	return err != nil && strings.ContainsFunc(labels[len(labels)-1], func(r rune) bool { return r < '0' || r > '9' })
}

func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
