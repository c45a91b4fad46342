package notice

import (
	"context"
	"errors"
	"sync"

	"maru/domain/notice/internal/reach"
	"maru/platform/mail"
	"maru/platform/sms"
)

// Outgoing is what goes to somebody's address or number.
type Outgoing = reach.Outgoing

// Channel hands messages over.
type Channel interface {
	// Send returns nil once the message was taken, an error that is ErrUnreachable
	// where no further try would help, and any other error where it may.
	Send(ctx context.Context, o Outgoing) error
}

// ErrUnreachable means that an address or number takes nothing.
var ErrUnreachable = errors.New("notice: the address or number takes nothing")

// ByMail is the channel of letters.
func ByMail(s *mail.Sender) Channel { return byMail{s} }

type byMail struct{ *mail.Sender }

func (c byMail) Send(ctx context.Context, o Outgoing) error {
	err := c.Sender.Send(ctx, mail.Letter{ID: o.ID, At: o.At, To: o.To, Subject: o.Subject, Text: o.Text, Lang: o.Lang})
	if errors.Is(err, mail.ErrRefused) {
		return ErrUnreachable
	}
	return err
}

// ByText is the channel of text messages.
func ByText(g *sms.Gateway) Channel { return byText{g} }

type byText struct{ *sms.Gateway }

func (c byText) Send(ctx context.Context, o Outgoing) error {
	err := c.Gateway.Send(ctx, sms.Message{ID: o.ID, To: o.To, Text: o.Text, Lang: o.Lang, At: o.At})
	if errors.Is(err, sms.ErrRefused) {
		return ErrUnreachable
	}
	return err
}

// outbox stands for both channels in the try-out, which sends nothing: it keeps
// what would have been sent in memory, for a page that shows it to everybody.
type outbox struct {
	mu   sync.Mutex
	kept []Outgoing
}

// outboxSize is how many messages it keeps, the newest.
const outboxSize = 100

func (b *outbox) Send(_ context.Context, o Outgoing) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.kept {
		if b.kept[i].ID == o.ID {
			return nil
		}
	}
	b.kept = append(b.kept, o)
	if over := len(b.kept) - outboxSize; over > 0 {
		b.kept = append([]Outgoing(nil), b.kept[over:]...)
	}
	return nil
}

// TriedOut lists what the try-out would have sent, the newest first.
func (s *Service) TriedOut() []Outgoing {
	if s.outbox == nil {
		return nil
	}
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	out := make([]Outgoing, 0, len(s.outbox.kept))
	for i := len(s.outbox.kept) - 1; i >= 0; i-- {
		out = append(out, s.outbox.kept[i])
	}
	return out
}

// channels are the channels by kind of contact.
func channels(d Deps, b *outbox) map[string]Channel {
	out := map[string]Channel{}
	for kind, c := range map[string]Channel{Mail: d.Mail, Text: d.Text} {
		switch {
		case b != nil:
			out[kind] = b
		case c != nil:
			out[kind] = c
		}
	}
	return out
}
