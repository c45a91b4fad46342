package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"maru/kernel"
	"maru/platform/mail/mailtest"
)

const at kernel.Time = 1_764_000_000_000_000

func letter(to string) Letter {
	return Letter{ID: "01960000-0000-7000-8000-000000000001", At: at, To: to, Subject: "새 소식이 있어요", Text: "알림함에서 확인해 주세요.\n.\n끝", Lang: kernel.KO}
}

func sender(t *testing.T, c Config) *Sender {
	t.Helper()
	if c.From == "" {
		c.From = "마루 <no-reply@maru.example>"
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// reach has names of the internet lead to this machine.
func (s *Sender) reach(addr string) *Sender {
	s.dialer = func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, addr)
	}
	return s
}

func TestLetter(t *testing.T) {
	srv := mailtest.Start(t, mailtest.Options{})
	s := sender(t, Config{Server: srv.Addr})
	for range 3 {
		if err := s.Send(t.Context(), letter("resident@example.kr")); err != nil {
			t.Fatal(err)
		}
	}
	if n := srv.Connections(); n != 1 {
		t.Errorf("three letters took %d connections", n)
	}
	got := srv.Letters()
	if len(got) != 3 || got[0].From != "no-reply@maru.example" || got[0].To != "resident@example.kr" {
		t.Fatalf("arrived: %+v", got)
	}
	m := got[0].Message(t)
	for name, want := range map[string]string{
		"Message-Id": "<01960000-0000-7000-8000-000000000001@maru.example>", "Date": "Mon, 24 Nov 2025 16:00:00 +0000", "Auto-Submitted": "auto-generated",
		"To": "<resident@example.kr>", "Content-Type": "text/plain; charset=UTF-8", "List-Unsubscribe": "", "User-Agent": "", "X-Mailer": "", "Content-Language": "ko",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Name != "마루" || from[0].Address != "no-reply@maru.example" {
		t.Errorf("from %v %v", from, err)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil || m.Header.Get("Content-Transfer-Encoding") != "base64" || strings.Contains(string(body), "알림함") {
		t.Errorf("body %q %v", body, err)
	}
}

// TestIPv6 reaches a server by its number.
func TestIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here")
	}
	defer l.Close()
	knocked := make(chan struct{})
	go func() {
		if c, err := l.Accept(); err == nil {
			_ = c.Close()
			close(knocked)
		}
	}()
	if err := sender(t, Config{Server: l.Addr().String()}).Send(t.Context(), letter("resident@example.kr")); err == nil {
		t.Error("sent to nobody")
	}
	<-knocked
}

// The address is given up only where the address is the trouble.
func TestRefused(t *testing.T) {
	srv := mailtest.Start(t, mailtest.Options{})
	s := sender(t, Config{Server: srv.Addr})
	for name, c := range map[string]struct {
		stage string
		err   error
		gone  bool
	}{
		"no such mailbox":    {"to", mailtest.Refusal(550, [3]int{5, 1, 1}), true},
		"a full one":         {"to", mailtest.Refusal(552, [3]int{5, 2, 2}), true},
		"it has moved":       {"to", mailtest.Refusal(551, [3]int{5, 1, 6}), true},
		"no code beside it":  {"to", mailtest.Refusal(550, mailtest.Bare), false},
		"any code at all":    {"to", mailtest.Refusal(550, [3]int{5, 0, 0}), false},
		"our own domain":     {"to", mailtest.Refusal(553, [3]int{5, 1, 8}), false},
		"a full server":      {"to", mailtest.Refusal(554, [3]int{5, 3, 1}), false},
		"a code in words":    {"to", mailtest.Said(550, "relaying denied to 10.5.1.1"), false},
		"a number, no code":  {"to", mailtest.Said(550, "5.1.1.7 is blocked"), false},
		"refused at the end": {"data", mailtest.Refusal(552, [3]int{5, 2, 2}), false},
		"greylisted":         {"to", mailtest.Refusal(451, [3]int{4, 7, 1}), false},
		"our own policy":     {"to", mailtest.Refusal(550, [3]int{5, 7, 1}), false},
		"our own address":    {"from", mailtest.Refusal(550, [3]int{5, 1, 8}), false},
		"full for now":       {"data", mailtest.Refusal(452, [3]int{4, 2, 2}), false},
	} {
		t.Run(name, func(t *testing.T) {
			srv.Answer(func(stage, _ string) error {
				if stage == c.stage {
					return c.err
				}
				return nil
			})
			err := s.Send(t.Context(), letter("resident@example.kr"))
			if err == nil || errors.Is(err, ErrRefused) != c.gone || strings.Contains(err.Error(), "resident") {
				t.Errorf("%v", err)
			}
		})
	}
	srv.Answer(nil)
	if err := s.Send(t.Context(), letter("resident@example.kr")); err != nil {
		t.Error(err)
	}
}

// A bare answer counts against an address once the server took a letter to a
// neighbour since: a server that relays for nobody answers the same to all.
func TestRefusedBare(t *testing.T) {
	srv := mailtest.Start(t, mailtest.Options{})
	s := sender(t, Config{Server: srv.Addr})
	closed := map[string]bool{}
	srv.Answer(func(stage, about string) error {
		if stage == "to" && (closed["all"] || closed[about]) {
			return mailtest.Refusal(550, mailtest.Bare)
		}
		return nil
	})
	send := func(to string, later time.Duration) error {
		l := letter(to)
		l.At = l.At.Add(later)
		return s.Send(t.Context(), l)
	}
	closed["all"] = true
	for range 3 {
		for _, to := range []string{"a@example.kr", "b@example.kr", "c@other.kr"} {
			if err := send(to, 0); err == nil || errors.Is(err, ErrRefused) {
				t.Fatalf("%s: %v", to, err)
			}
		}
	}
	closed = map[string]bool{"a@example.kr": true, "c@other.kr": true}
	if err := send("b@example.kr", time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := send("a@example.kr", time.Hour); !errors.Is(err, ErrRefused) {
		t.Errorf("its neighbour gets letters: %v", err)
	}
	if err := send("c@other.kr", time.Hour); errors.Is(err, ErrRefused) {
		t.Error("nobody of its domain got a letter")
	}
	if err := send("a@example.kr", 2*suspectTime); errors.Is(err, ErrRefused) {
		t.Error("what was long ago counts")
	}
	for i := range 2 * mostSuspects {
		s.suspects.again(fmt.Sprint(i)+"@example.kr", at)
	}
	if n := len(s.suspects.m); n != mostSuspects {
		t.Errorf("%d are kept", n)
	}
}

func TestEncrypted(t *testing.T) {
	chain, roots := mailtest.Certificate(t, "mail.example")
	srv := mailtest.Start(t, mailtest.Options{TLS: chain, User: "maru", Password: "secret"})
	c := Config{Server: "mail.example:587", User: "maru", Password: "secret", Roots: roots}
	if err := sender(t, c).reach(srv.Addr).Send(t.Context(), letter("resident@example.kr")); err != nil || srv.User() != "maru" {
		t.Fatalf("%v, signed in as %q", err, srv.User())
	}
	plain := mailtest.Start(t, mailtest.Options{})
	wrong, unknown, other := c, c, c
	wrong.Password = "guessed"
	unknown.Roots = nil
	other.Server = "other.example:587"
	for name, s := range map[string]*Sender{
		"without TLS":             sender(t, Config{Server: "mail.example:587"}).reach(plain.Addr),
		"a wrong password":        sender(t, wrong).reach(srv.Addr),
		"an unknown certificate":  sender(t, unknown).reach(srv.Addr),
		"somebody else's machine": sender(t, other).reach(srv.Addr),
	} {
		if err := s.Send(t.Context(), letter("resident@example.kr")); err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "guessed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(plain.Letters()) != 0 || len(srv.Letters()) != 1 {
		t.Error("a letter went where it must not")
	}
}

// A server that went away is not the address's fault, and nothing is left behind.
func TestGone(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := sender(t, Config{Server: l.Addr().String()})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), letter("resident@example.kr")); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Send(ctx, letter("resident@example.kr")); err == nil {
		t.Error("sent after the end")
	}
}

// TestReused sends over a connection that the server has closed meanwhile.
func TestReused(t *testing.T) {
	srv := mailtest.Start(t, mailtest.Options{})
	s := sender(t, Config{Server: srv.Addr})
	if err := s.Send(t.Context(), letter("resident@example.kr")); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	for _, c := range s.idle {
		c.close()
	}
	s.mu.Unlock()
	if err := s.Send(t.Context(), letter("resident@example.kr")); err != nil || srv.Connections() != 2 {
		t.Errorf("%v after %d connections", err, srv.Connections())
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"resident@example.kr": "resident@example.kr", " a.b+c@Sub.Example.KR ": "a.b+c@sub.example.kr", "A.B@xn--9n2bp8q.xn--3e0b707e": "A.B@xn--9n2bp8q.xn--3e0b707e",
		"o'hara_1@a-b.kr": "o'hara_1@a-b.kr",
		"":                "", "a": "", "@b.kr": "", "a@": "", "a@b": "", "a@b@c.kr": "", "a b@c.kr": "", "a@b.kr\r\nBcc: x@y.kr": "", "a@b.kr\nx": "", "a\r@b.kr": "",
		"\"a b\"@c.kr": "", "a(x)@b.kr": "", "<a@b.kr>": "", "A <a@b.kr>": "", "a@[127.0.0.1]": "", "a@127.0.0.1": "", "a@1.2": "", "a@-b.kr": "", "a@b-.kr": "", "a@b..kr": "",
		".a@b.kr": "", "a.@b.kr": "", "a..b@c.kr": "", "주민@example.kr": "", "a@한글.kr": "", "a@b.kr,c@d.kr": "", "a@b.kr;": "", "a@b.k\x00r": "", "a@b_c.kr": "", "a%b@c.kr\t": "a%b@c.kr",
		strings.Repeat("a", 65) + "@b.kr": "", "a@" + strings.Repeat("b", 64) + ".kr": "", "a@" + strings.Repeat("b.", 126) + "kr": "",
	} {
		got, err := Address(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
}

func TestNew(t *testing.T) {
	for _, c := range []Config{{}, {Server: "mail.example", From: "a@b.kr"}, {Server: "mail.example:smtp", From: "a@b.kr"}, {Server: ":25", From: "a@b.kr"},
		{Server: "mail.example:25"}, {Server: "mail.example:25", From: "a@b"}, {Server: "mail.example:25", From: "a@b.kr\r\nX: y"}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	s := sender(t, Config{Server: "127.0.0.1:1"})
	bad := letter("a@b.kr\r\nBcc: x@y.kr")
	if err := s.Send(t.Context(), bad); !errors.Is(err, ErrRefused) {
		t.Errorf("a header in an address: %v", err)
	}
	bad = letter("a@b.kr")
	bad.Subject = "x\r\nBcc: y@z.kr"
	if err := s.Send(t.Context(), bad); err == nil {
		t.Error("a header in a subject")
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"a@b.kr", "a@b.kr\r\nBcc: c@d.kr", "\"a\"@b.kr"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Address(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(a, " \t\r\n\x00<>,;:\"()[]\\") || strings.Count(a, "@") != 1 || len(a) > maxAddress {
			t.Errorf("%q became %q", s, a)
		}
		if again, err := Address(a); err != nil || again != a {
			t.Errorf("%q is not stable", a)
		}
	})
}
