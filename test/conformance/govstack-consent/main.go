// Command govstack-consent serves the GovStack consent interface over TLS with
// the one agreement that the published suite asks for, until its input ends. It
// prints the host it listens on.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"time"

	"maru/domain/mydata/govconsent"
	"maru/kernel"
	"maru/platform/authz"
	"maru/test/conformance/fixture"
)

// agreements has the one of the suite's test data.
type agreements struct{}

func (agreements) Agreement(_ context.Context, id string) (govconsent.Agreement, error) {
	if id != "1" {
		return govconsent.Agreement{}, kernel.E(kernel.NotFound, "", nil)
	}
	return govconsent.Agreement{ID: "1", Version: "1", Title: kernel.Text{KO: "시험", EN: "Test"}, Recipient: kernel.Text{KO: "시험", EN: "Test"},
		Items: []govconsent.Item{{ID: "name", Sensitivity: "personal", Title: kernel.Text{KO: "성명", EN: "Name"}}}}, nil
}

func (f agreements) Agreements(ctx context.Context) ([]govconsent.Agreement, error) {
	a, err := f.Agreement(ctx, "1")
	return []govconsent.Agreement{a}, err
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "govstack-consent:", err)
		os.Exit(1)
	}
}

func run() error {
	cert, err := selfSigned()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	face := govconsent.New(govconsent.Deps{Agreements: agreements{}, Log: slog.Default(),
		Authenticate: func(context.Context, string) (authz.Actor, error) {
			return authz.Actor{}, kernel.E(kernel.Unauthorized, "", nil)
		},
		Policy: govconsent.Policy{Name: "Test", Version: "1", URL: "https://localhost/privacy"}})
	return fixture.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}), face)
}

// selfSigned makes a certificate for this run: the suite does not check it.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
