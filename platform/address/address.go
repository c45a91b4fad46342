// Package address tells of the addresses that this program talks to whether
// they are on this machine, and whether anybody on the way could listen.
package address

import (
	"net"
	"net/netip"
	"net/url"
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
