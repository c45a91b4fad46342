package connector

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"maru/domain/exchange"
	"maru/domain/exchange/jws"
	"maru/domain/exchange/wire"
	"maru/kernel"
)

// Config is one source as the operator names it.
type Config struct {
	ID         string            `yaml:"id"`
	Title      kernel.Text       `yaml:"title"`
	Registries []string          `yaml:"registries"` // as the fact dictionary names them
	URL        string            `yaml:"url"`        // of the service that answers queries
	Keys       map[string]string `yaml:"keys"`       // file of a public key (PEM), by its name
	CA         string            `yaml:"ca"`         // file of the certificates that the other side is checked with; the system's if absent
	Cert       string            `yaml:"cert"`       // file of our certificate, for mutual TLS
	Key        string            `yaml:"key"`        // file of its key, mode 0600
	TokenFile  string            `yaml:"token_file"` // file of a bearer token, mode 0600
	Seconds    int               `yaml:"seconds"`    // longest wait for an answer, 1 to 10; 10 if absent
	XRoad      *XRoad            `yaml:"xroad"`      // by way of a security server
}

// XRoad says how a source is reached through an X-Road security server of ours,
// at Config.URL. Parts are written as they are, not percent-encoded.
type XRoad struct {
	Client  []string `yaml:"client"`  // instance, class, member and, if any, subsystem: ours
	Service []string `yaml:"service"` // instance, class, member, subsystem if any, and service code: theirs
	Path    string   `yaml:"path"`    // below the service; "/read" if absent
	// Represented is the body for which we ask, where it is not the client:
	// class, if any, and code.
	Represented []string `yaml:"represented"`
}

// Source is a register reached over HTTP.
type Source struct {
	cfg    Config
	keys   jws.Keys
	client *http.Client
	url    string
	token  string
}

var _ exchange.Source = (*Source)(nil)

// Open reads what the configuration names. Plain HTTP is taken to this machine
// only, where a security server or a tunnel listens.
func Open(cfg Config) (*Source, error) {
	s := &Source{cfg: cfg, keys: jws.Keys{}}
	wrong := func(format string, args ...any) (*Source, error) {
		return nil, fmt.Errorf("source %q: "+format, append([]any{cfg.ID}, args...)...)
	}
	if cfg.ID == "" || cfg.Title.KO == "" || cfg.Title.EN == "" || len(cfg.Registries) == 0 || len(cfg.Keys) == 0 {
		return wrong("id, title in both languages, registries and keys are required")
	}
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return wrong("url %q: give an address without a user and query", cfg.URL)
	}
	local := u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost"
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return wrong("url %q: https, or http on this machine", cfg.URL)
	}
	s.url = cfg.URL
	if cfg.XRoad != nil {
		if s.url, err = cfg.XRoad.address(cfg.URL); err != nil {
			return wrong("%w", err)
		}
	}
	for kid, file := range cfg.Keys {
		if s.keys[kid], err = publicKey(file); err != nil {
			return wrong("key %q: %w", kid, err)
		}
	}
	if cfg.TokenFile != "" {
		b, err := secret(cfg.TokenFile)
		if err != nil {
			return wrong("%w", err)
		}
		s.token = strings.TrimSpace(string(b))
	}
	tlsConfig, err := cfg.tls()
	if err != nil {
		return wrong("%w", err)
	}
	if cfg.Seconds == 0 {
		cfg.Seconds = mostSeconds
	}
	if cfg.Seconds < 1 || cfg.Seconds > mostSeconds {
		return wrong("seconds is 1 to %d: a person waits meanwhile, and who is silent is asked again", mostSeconds)
	}
	s.client = &http.Client{Timeout: time.Duration(cfg.Seconds) * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{TLSClientConfig: tlsConfig, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 32 << 10, ForceAttemptHTTP2: true}}
	return s, nil
}

// mostSeconds is how long the exchange waits for any source.
const mostSeconds = int(exchange.CallTimeout / time.Second)

// secret reads a file that is its owner's alone.
func secret(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s is open to others; it must have mode 0600", name)
	}
	return os.ReadFile(name)
}

func (c Config) tls() (*tls.Config, error) {
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		b, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, err
		}
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("%s holds no certificate", c.CA)
		}
	}
	if (c.Cert == "") != (c.Key == "") {
		return nil, errors.New("cert and key belong together")
	}
	if c.Cert != "" {
		key, err := secret(c.Key)
		if err != nil {
			return nil, err
		}
		cert, err := os.ReadFile(c.Cert)
		if err != nil {
			return nil, err
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, err
		}
		out.Certificates = []tls.Certificate{pair}
	}
	return out, nil
}

// publicKey reads an Ed25519 or P-256 key (PKIX, PEM).
func publicKey(file string) (crypto.PublicKey, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return ParseKey(b)
}

// ParseKey reads an Ed25519 or P-256 public key (PKIX, PEM).
func ParseKey(text []byte) (crypto.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, errors.New("not a public key in PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	switch k := key.(type) {
	case ed25519.PublicKey:
		return k, nil
	case *ecdsa.PublicKey:
		if k.Params().Name == "P-256" {
			return k, nil
		}
	}
	return nil, errors.New("keys are Ed25519 or P-256")
}

// ID is the source's.
func (s *Source) ID() string { return s.cfg.ID }

// Title is its name for people.
func (s *Source) Title() kernel.Text { return s.cfg.Title }

// Keys are those the operator configured.
func (s *Source) Keys(context.Context) (exchange.Verifier, error) { return s.keys, nil }

// Ask posts the query. Any answer but 200 with a signed message is silence.
func (s *Source) Ask(ctx context.Context, query string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader([]byte(query)))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/jwt")
	req.Header.Set("Accept", "application/jwt")
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	var id string
	if s.cfg.XRoad != nil {
		id = s.cfg.XRoad.dress(req)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return "", kernel.E(kernel.Unavailable, "", err)
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(io.LimitReader(res.Body, wire.MaxMessage+1))
	switch {
	case err != nil:
		return "", kernel.E(kernel.Unavailable, "", err)
	case len(body) > wire.MaxMessage:
		return "", kernel.E(kernel.TooLarge, "", nil)
	}
	if s.cfg.XRoad != nil {
		if err := s.cfg.XRoad.check(res, body, id); err != nil {
			return "", kernel.E(kernel.Unavailable, "", err)
		}
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode != http.StatusOK || kind != "application/jwt" {
		return "", kernel.E(kernel.Unavailable, "", fmt.Errorf("source %s answers %d, %s", s.cfg.ID, res.StatusCode, kind))
	}
	return string(body), nil
}
