package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"maru/kernel"
	"maru/platform/address"
)

// Config is where letters are handed over.
type Config struct {
	Server string // HOST:PORT
	From   string // address, or "Name <address>"
	// User and Password sign in to the server, "" for a server that asks for
	// neither.
	User, Password string
	Roots          *x509.CertPool // nil: those of the system
}

// Letter is a letter to one reader.
type Letter struct {
	ID            kernel.ID // becomes the Message-ID
	At            kernel.Time
	To            string // as Address returns it
	Subject, Text string
	Lang          kernel.Lang
}

// ErrRefused means that the address takes no letters: another try would fail
// the same way.
var ErrRefused = errors.New("mail: the address takes no letters")

const (
	// timeout bounds each conversation with the server.
	timeout = 20 * time.Second
	// connections is how many there are at once, and kept for a moment so that a
	// batch shares them.
	connections = 4
	idle        = 5 * time.Second
	portTLS     = 465 // TLS from the start, RFC 8314
)

// Sender hands letters over. It is safe for concurrent use.
type Sender struct {
	cfg     Config
	from    *mail.Address
	domain  string
	options []gomail.Option
	direct  bool // TLS from the start
	host    string
	dialer  gomail.DialContextFunc
	pool
	suspects suspects
}

// New makes a sender; it talks to nobody yet.
func New(c Config) (*Sender, error) {
	host, port, err := net.SplitHostPort(c.Server)
	number, perr := strconv.Atoi(port)
	if err != nil || perr != nil || host == "" {
		return nil, fmt.Errorf("mail: server %q: give HOST:PORT", c.Server)
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail: sender %q: %w", c.From, err)
	}
	if from.Address, err = Address(from.Address); err != nil {
		return nil, fmt.Errorf("mail: sender %q: %w", c.From, err)
	}
	s := &Sender{cfg: c, from: from, host: host, direct: number == portTLS, pool: pool{slots: make(chan struct{}, connections)}}
	_, s.domain, _ = strings.Cut(from.Address, "@")
	s.dialer = new(net.Dialer).DialContext
	s.options = []gomail.Option{gomail.WithPort(number), gomail.WithTimeout(timeout), gomail.WithoutSMTPUTF8(),
		gomail.WithTLSConfig(&tls.Config{ServerName: host, RootCAs: c.Roots, MinVersion: tls.VersionTLS12})}
	switch {
	case s.direct:
		s.options = append(s.options, gomail.WithSSL())
	case address.Loopback(host):
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if c.User != "" {
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	return s, nil
}

// Send hands one letter over. It returns nil once the server has taken it,
// ErrRefused where the address is the trouble, and any other error where trying
// again later may help. A letter that was taken in the moment in which the
// connection broke is handed over again, under the same Message-ID.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	m, err := s.compose(l)
	if err != nil {
		return err
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	c, used := s.take()
	for {
		if c == nil {
			if c, err = s.dial(ctx); err != nil {
				return hidden("connect", err)
			}
		}
		err := c.client.SendWithSMTPClient(c.conn, m)
		if used && errors.Is(err, gone) { // the server closed it meanwhile
			c.close()
			c, used = nil, false
			continue
		}
		if err == nil || m.IsDelivered() {
			s.give(c)
			s.suspects.taken(l.To)
			return nil
		}
		c.close()
		return s.judge(err, l)
	}
}

// gone is how the library says that a connection is no longer there.
var gone = &gomail.SendError{Reason: gomail.ErrConnCheck}

func (s *Sender) compose(l Letter) (*gomail.Msg, error) {
	to, err := Address(l.To)
	if err != nil {
		return nil, ErrRefused
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingB64))
	m.FromMailAddress(s.from)
	if err := m.To(to); err != nil {
		return nil, ErrRefused
	}
	if strings.ContainsAny(l.Subject, "\r\n") {
		return nil, fmt.Errorf("mail: a subject of several lines")
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(l.At.Std())
	m.SetMessageIDWithValue(string(l.ID) + "@" + s.domain)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // nobody's absence answers it (RFC 3834)
	m.SetGenHeader("Content-Language", string(l.Lang))
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	return m, nil
}

// hidden is an error without what the server said, which may quote the address.
func hidden(what string, err error) error {
	var network *net.OpError
	switch {
	case errors.As(err, &network), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fmt.Errorf("mail: %s: %w", what, err)
	case len(err.Error()) > 3 && (err.Error()[0] == '4' || err.Error()[0] == '5'):
		return fmt.Errorf("mail: %s: the server answered %s", what, err.Error()[:3])
	}
	return fmt.Errorf("mail: %s: %T", what, err)
}
