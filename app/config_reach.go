package app

import (
	"fmt"

	"maru/domain/notice"
	"maru/platform/mail"
	"maru/platform/sms"
)

// channels are the ways to reach people beside the inbox, nil for those that
// are not set up. The try-out keeps what it would send and sends nothing, so
// settings are refused there instead of ignored.
func (c *Config) channels() (letters, texts notice.Channel, err error) {
	if c.demo {
		if c.SMTP != "" || c.TextGateway != "" {
			return nil, nil, fmt.Errorf("the try-out sends nothing: leave out the mail server and the gateway of text messages")
		}
		return nil, nil, nil
	}
	if (c.SMTP == "") != (c.SMTPFrom == "") || c.SMTP == "" && (c.SMTPUser != "" || c.SMTPPasswordFile != "") || (c.SMTPUser == "") != (c.SMTPPasswordFile == "") {
		return nil, nil, fmt.Errorf("the mail server needs its address and a sender, and a user needs a password file")
	}
	if (c.TextGateway == "") != (c.TextGatewayKeyFile == "") {
		return nil, nil, fmt.Errorf("the gateway of text messages needs its address and a key file")
	}
	if c.SMTP != "" {
		cfg := mail.Config{Server: c.SMTP, From: c.SMTPFrom, User: c.SMTPUser}
		if c.SMTPPasswordFile != "" {
			if cfg.Password, err = keyOf(c.SMTPPasswordFile, "the password of the mail server"); err != nil {
				return nil, nil, err
			}
		}
		s, err := mail.New(cfg)
		if err != nil {
			return nil, nil, err
		}
		letters = notice.ByMail(s)
	}
	if c.TextGateway != "" {
		key, err := keyOf(c.TextGatewayKeyFile, "the key of the gateway of text messages")
		if err != nil {
			return nil, nil, err
		}
		g, err := sms.New(c.TextGateway, []byte(key))
		if err != nil {
			return nil, nil, err
		}
		texts = notice.ByText(g)
	}
	return letters, texts, nil
}
