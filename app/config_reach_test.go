package app

import (
	"os"
	"path/filepath"
	"testing"
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
