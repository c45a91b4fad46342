// Package mailtest is a mail server for tests, in the test's own process.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server takes letters and keeps them.
type Server struct {
	Addr string // HOST:PORT on loopback

	mu      sync.Mutex
	letters []Letter
	answer  func(stage, about string) error
	user    string
	conns   int
}

// Letter is a letter as it arrived.
type Letter struct {
	From, To string // of the envelope
	Raw      string
}

// Message is the letter parsed.
func (l Letter) Message(t testing.TB) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(l.Raw))
	if err != nil {
		t.Fatalf("a letter that nobody can read: %v\n%s", err, l.Raw)
	}
	return m
}

// Options say what the server is like; the zero value is a plain one.
type Options struct {
	TLS            *tls.Config // offers STARTTLS
	User, Password string      // asked for, over TLS
}

// Start opens a server on loopback until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: l.Addr().String()}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns++
		if o.User != "" {
			return &guarded{session{server: s}, o}, nil
		}
		return &session{server: s}, nil
	}))
	srv.Domain, srv.TLSConfig = "mail.example", o.TLS
	srv.ErrorLog = quiet{}
	go func() { _ = srv.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = srv.Close() })
	return s
}

// quiet drops what the server has to say of connections that end.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Bare is no enhanced code at all; three zeroes are those of the code's class.
var Bare = [3]int(smtp.NoEnhancedCode)

// Refusal is an error that the server answers with.
func Refusal(code int, enhanced [3]int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "as the test wants it"}
}

// Said is a Refusal in these words, without an enhanced code.
func Said(code int, words string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: words}
}

// Answer has fn decide from now on what is taken: about stage "from", "to" or
// "data"; nil takes everything.
func (s *Server) Answer(fn func(stage, about string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = fn
}

func (s *Server) asked(stage, about string) error {
	s.mu.Lock()
	fn := s.answer
	s.mu.Unlock()
	if fn == nil {
		return nil
	}
	return fn(stage, about)
}

// Letters are those that were taken, in order.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

// Connections is how many there were.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

type session struct {
	server *Server
	letter Letter
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.letter = Letter{From: from}
	return s.server.asked("from", from)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.letter.To = to
	return s.server.asked("to", to)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.letter.Raw = string(raw)
	if err := s.server.asked("data", s.letter.To); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.letters = append(s.server.letters, s.letter)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// guarded asks who sends.
type guarded struct {
	session
	o Options
}

func (*guarded) AuthMechanisms() []string { return []string{sasl.Plain} }

func (g *guarded) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != g.o.User || password != g.o.Password {
			return smtp.ErrAuthFailed
		}
		g.server.mu.Lock()
		defer g.server.mu.Unlock()
		g.server.user = user
		return nil
	}), nil
}

// User is who signed in last.
func (s *Server) User() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.user
}

// Certificate is one for name, and the pool that believes it.
func Certificate(t testing.TB, name string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, pool
}
