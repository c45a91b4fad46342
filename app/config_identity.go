package app

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"maru/domain/identity"
	"maru/kernel"
)

// private are the networks that anybody may use inside (RFC 1918, RFC 4193).
var private = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fc00::/7")}

// backchannel are the private networks in which apps may be told of sign-outs. This
// machine and its link are none: what answers there was not meant to be asked.
func (c *Config) backchannel() ([]netip.Prefix, error) {
	out, err := prefixes("back-channel network", c.BackchannelNetworks)
	if err != nil {
		return nil, err
	}
	for _, p := range out {
		if !slices.ContainsFunc(private, func(q netip.Prefix) bool { return q.Bits() <= p.Bits() && q.Contains(p.Addr()) }) {
			return nil, fmt.Errorf("back-channel network %s: name a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fc00::/7", p)
		}
	}
	return out, nil
}

// aaguid is how makers write the model of an authenticator.
var aaguid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// policy is what identity asks of people beyond a password.
func (c *Config) policy() (identity.Policy, error) {
	p := identity.Policy{SecondFactor: c.SecondFactor}
	if c.StaffPasskeys != "" {
		day, err := time.ParseInLocation(time.DateOnly, c.StaffPasskeys, kernel.Seoul)
		if err != nil {
			return p, fmt.Errorf("staff passkeys %q: give a day as 2027-01-31", c.StaffPasskeys)
		}
		p.StaffPasskeys = kernel.TimeOf(day)
	}
	for _, m := range c.StaffModels {
		m = strings.ToLower(strings.TrimSpace(m))
		if !aaguid.MatchString(m) {
			return p, fmt.Errorf("staff model %q: give an AAGUID as its maker writes it", m)
		}
		p.StaffModels = append(p.StaffModels, m)
	}
	if (p.StaffModels != nil) != (c.StaffRoots != "") {
		return p, fmt.Errorf("staff models and staff roots belong together: a model is only as true as the certificate that vouches for it")
	}
	if c.StaffRoots == "" {
		return p, nil
	}
	pem, err := os.ReadFile(c.StaffRoots)
	if err != nil {
		return p, fmt.Errorf("staff roots: %w", err)
	}
	p.StaffRoots = x509.NewCertPool()
	if !p.StaffRoots.AppendCertsFromPEM(pem) {
		return p, fmt.Errorf("staff roots %s: no certificate in it", c.StaffRoots)
	}
	return p, nil
}
