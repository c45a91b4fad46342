package mail

import (
	"context"
	"net"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// pool keeps connections for a moment after a letter, for the next one.
type pool struct {
	slots chan struct{} // one a connection in use

	mu   sync.Mutex
	idle []*connection
}

type connection struct {
	client *gomail.Client
	conn   *smtp.Client
	timer  *time.Timer // closes it when nobody comes
}

func (c *connection) close() { _ = c.client.CloseWithSMTPClient(c.conn) } // it may be broken already

// enter waits for a free slot.
func (p *pool) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) leave() { <-p.slots }

// take is a connection that waits, nil when there is none.
func (p *pool) take() (c *connection, used bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := len(p.idle); n > 0; n-- {
		c = p.idle[n-1]
		p.idle = p.idle[:n-1]
		if c.timer.Stop() {
			return c, true
		}
	}
	return nil, false
}

// give lets a connection wait for the next letter.
func (p *pool) give(c *connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.timer = time.AfterFunc(idle, func() {
		p.drop(c)
		c.close()
	})
	p.idle = append(p.idle, c)
}

func (p *pool) drop(c *connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, x := range p.idle {
		if x == c {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			return
		}
	}
}

// Close ends the connections that wait.
func (p *pool) Close() {
	for {
		c, ok := p.take()
		if !ok {
			return
		}
		c.close()
	}
}

// dial opens a connection, encrypted and signed in as the configuration says.
func (s *Sender) dial(ctx context.Context) (*connection, error) {
	var raw net.Conn
	options := s.options
	if !s.direct {
		options = append(options[:len(options):len(options)], gomail.WithDialContextFunc(func(ctx context.Context, network, _ string) (net.Conn, error) {
			var err error
			raw, err = s.dialer(ctx, network, s.cfg.Server) // the library writes numbers of IPv6 without brackets
			return raw, err
		}))
	}
	client, err := gomail.NewClient(s.host, options...)
	if err != nil {
		return nil, err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		if raw != nil {
			_ = raw.Close() // the library leaves it open
		}
		return nil, err
	}
	return &connection{client: client, conn: conn}, nil
}
