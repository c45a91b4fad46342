package app

import (
	"encoding/base64"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	identityevents "maru/domain/identity/contract"
	"maru/domain/notice"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/mail/mailtest"
	"maru/platform/store"
	"maru/platform/web"
)

// TestChannels: settings that belong together come together, secrets are for
// their owner's eyes, and the try-out has no use for them.
func TestChannels(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, open := file("good", "a key of sixteen bytes\n", 0o600), file("open", "a key of sixteen bytes\n", 0o644)
	short := file("short", "key", 0o600)
	for name, c := range map[string]struct {
		cfg        Config
		mail, text bool
		ok         bool
	}{
		"nothing":                   {ok: true},
		"the try-out":               {cfg: Config{demo: true}, ok: true},
		"a mail server":             {cfg: Config{SMTP: "mail.example:587", SMTPFrom: "a@b.kr"}, mail: true, ok: true},
		"with a user":               {cfg: Config{SMTP: "mail.example:587", SMTPFrom: "A <a@b.kr>", SMTPUser: "a", SMTPPasswordFile: good}, mail: true, ok: true},
		"a gateway":                 {cfg: Config{TextGateway: "https://gate.example/", TextGatewayKeyFile: good}, text: true, ok: true},
		"no sender":                 {cfg: Config{SMTP: "mail.example:587"}},
		"no server":                 {cfg: Config{SMTPFrom: "a@b.kr"}},
		"no password":               {cfg: Config{SMTP: "mail.example:587", SMTPFrom: "a@b.kr", SMTPUser: "a"}},
		"a password for nobody":     {cfg: Config{SMTPPasswordFile: good}},
		"a password others read":    {cfg: Config{SMTP: "mail.example:587", SMTPFrom: "a@b.kr", SMTPUser: "a", SMTPPasswordFile: open}},
		"a server without port":     {cfg: Config{SMTP: "mail.example", SMTPFrom: "a@b.kr"}},
		"a gateway in the clear":    {cfg: Config{TextGateway: "http://gate.example/", TextGatewayKeyFile: good}},
		"a gateway without key":     {cfg: Config{TextGateway: "https://gate.example/"}},
		"a key without gateway":     {cfg: Config{TextGatewayKeyFile: good}},
		"a short key":               {cfg: Config{TextGateway: "https://gate.example/", TextGatewayKeyFile: short}},
		"a key others read":         {cfg: Config{TextGateway: "https://gate.example/", TextGatewayKeyFile: open}},
		"a try-out that would send": {cfg: Config{demo: true, SMTP: "mail.example:587", SMTPFrom: "a@b.kr"}},
	} {
		letters, texts, err := c.cfg.channels()
		if (err == nil) != c.ok || (letters != nil) != c.mail || (texts != nil) != c.text {
			t.Errorf("%s: %v %v %v", name, letters, texts, err)
		}
	}
}

// TestServedHouseSendsLetters joins it all: a served installation with a mail
// server, where somebody adds an address and loses the password to a guesser.
func TestServedHouseSendsLetters(t *testing.T) {
	srv := mailtest.Start(t, mailtest.Options{})
	a, err := Open(t.Context(), Config{Data: t.TempDir(), PublicURL: "https://maru.example.go.kr", SMTP: srv.Addr, SMTPFrom: "no-reply@maru.example"}, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	has := func(name string) bool {
		return slices.ContainsFunc(a.web.Pages(), func(p web.Page) bool { return p.Name == name })
	}
	if !has("notice.contact") || has("notice.outbox") {
		t.Error("the pages of contacts are not those of a server")
	}
	ctx := t.Context()
	run := func() {
		t.Helper()
		for range 5 {
			if _, err := a.jobs.RunDue(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	me := authz.Actor{Account: kernel.NewID(a.clock.Now()), Session: "s"}
	if err := a.notice.AddContact(ctx, me, notice.Mail, "me@example.kr", kernel.EN); err != nil {
		t.Fatal(err)
	}
	run()
	text := func(i int) string {
		t.Helper()
		if len(srv.Letters()) <= i {
			t.Fatalf("%d letters came", len(srv.Letters()))
		}
		b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, srv.Letters()[i].Message(t).Body))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	code := regexp.MustCompile(`\b\d{6}\b`).FindString(text(0))
	mine, err := a.notice.Contacts(ctx, me)
	if err != nil || len(mine) != 1 {
		t.Fatal(mine, err)
	}
	if err := a.notice.ProveContact(ctx, me, mine[0].ID, code); err != nil {
		t.Fatal(err)
	}
	err = a.db.Update(ctx, func(tx *store.Tx) error {
		return a.bus.Publish(tx, identityevents.Recovered, identityevents.Recovery{Account: me.Account})
	})
	if err != nil {
		t.Fatal(err)
	}
	run()
	if got := text(1); !strings.Contains(got, "Somebody recovered your Maru account") || !strings.Contains(got, "https://maru.example.go.kr/en") {
		t.Errorf("it says %q", got)
	}
	for _, m := range a.modules() {
		for _, c := range m.Checks {
			if err := c.Run(ctx); strings.HasPrefix(c.Name, "notice.") && err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
		}
	}
}
