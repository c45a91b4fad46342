package app

import (
	"crypto/x509"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"maru/domain/identity"
	"maru/kernel"
)

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
