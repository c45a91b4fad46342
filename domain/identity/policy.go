package identity

import (
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"

	"maru/kernel"
)

// Policy is what an installation asks of people beyond a password.
type Policy struct {
	// SecondFactor asks residents for a second factor before acts that weigh
	// most. Without it they are offered one and confirm with what they have.
	SecondFactor bool
	// StaffPasskeys is from when staff work with a passkey only; zero for not
	// yet.
	StaffPasskeys kernel.Time
	// StaffModels are the authenticators that staff may use, by AAGUID, nil for
	// any; StaffRoots the certificates with which their makers vouch for them.
	// With StaffPasskeys or StaffModels a staff member's key must stay on its
	// device.
	StaffModels []string
	StaffRoots  *x509.CertPool
}

// staffBound tells whether staff must use passkeys now.
func (p Policy) staffBound(now kernel.Time) bool {
	return !p.StaffPasskeys.IsZero() && now >= p.StaffPasskeys
}

// admits checks a staff member's new passkey: it stays on its device, is of an
// admitted model, and its maker vouches for that.
func (p Policy) admits(o *protocol.AttestationObject, now kernel.Time) error {
	refused := kernel.E(kernel.Invalid, "identity.passkey.model", nil)
	if (p.StaffModels != nil || !p.StaffPasskeys.IsZero()) && o.AuthData.Flags.HasBackupEligible() {
		return refused
	}
	if p.StaffModels == nil {
		return nil
	}
	if !slices.Contains(p.StaffModels, modelName(o.AuthData.AttData.AAGUID)) || p.StaffRoots == nil {
		return refused
	}
	chain, ok := o.AttStatement["x5c"].([]any)
	if !ok || len(chain) == 0 {
		return refused // vouched for by the key itself, or by nobody
	}
	var leaf *x509.Certificate
	between := x509.NewCertPool()
	for i, der := range chain {
		b, ok := der.([]byte)
		if !ok {
			return refused
		}
		cert, err := x509.ParseCertificate(b)
		if err != nil {
			return refused
		}
		if i == 0 {
			leaf = cert
		} else {
			between.AddCert(cert)
		}
	}
	// Attestation certificates name no use of their keys that X.509 knows.
	_, err := leaf.Verify(x509.VerifyOptions{Roots: p.StaffRoots, Intermediates: between, CurrentTime: now.Std(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return refused
	}
	return nil
}

// modelName writes an AAGUID as its makers do: 8-4-4-4-12 hexadecimal digits.
func modelName(aaguid []byte) string {
	h := hex.EncodeToString(aaguid)
	if len(h) != 32 {
		return ""
	}
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
