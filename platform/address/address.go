// Package address tells of the addresses that this program talks to whether
// they are on this machine, whether they are on the open internet, and whether
// anybody on the way could listen.
package address

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Loopback tells whether a host, with or without a port, is this machine by its
// own name or number. A name of somebody else's that was made to point here is
// not.
func Loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "localhost" {
		return true
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Zone() == "" && ip.Unmap().IsLoopback()
}

// Safe tells whether what goes to a URL and comes from it is read and changed by
// nobody on the way: https, or http within this machine.
func Safe(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && Loopback(u.Hostname()))
}

// nowhere are the ranges beside those that netip knows in which there is no host
// of the open internet (IANA's registries of special-purpose addresses).
var nowhere = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),      // this network, RFC 791
	netip.MustParsePrefix("100.64.0.0/10"),  // behind a provider's translation, RFC 6598
	netip.MustParsePrefix("192.0.0.0/24"),   // protocols, RFC 6890
	netip.MustParsePrefix("198.18.0.0/15"),  // benchmarks, RFC 2544
	netip.MustParsePrefix("240.0.0.0/4"),    // reserved, RFC 1112
	netip.MustParsePrefix("::/96"),          // IPv4 inside, RFC 4291
	netip.MustParsePrefix("64:ff9b:1::/48"), // translation within a network, RFC 8215
	netip.MustParsePrefix("100::/64"),       // discarded, RFC 6666
	netip.MustParsePrefix("2001::/32"),      // IPv4 inside: Teredo, RFC 4380
	netip.MustParsePrefix("2002::/16"),      // IPv4 inside: 6to4, RFC 3056
	netip.MustParsePrefix("fec0::/10"),      // sites, RFC 3879
}

// translated is where networks without IPv4 show its hosts (RFC 6052).
var translated = netip.MustParsePrefix("64:ff9b::/96")

// Public tells whether a number is a host's on the open internet: not this
// machine, nor a private network, the link, a group or nobody at all.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if translated.Contains(ip) {
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	return ip.Zone() == "" && ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(nowhere, func(p netip.Prefix) bool { return p.Contains(ip) })
}
